//! The lines in which git speaks: four hexadecimal digits with the length, and the line.
//! <https://git-scm.com/docs/gitprotocol-common#_pkt_line_format>. Every byte here comes from outside.

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pkt<'b> {
    /// A line, without the line break at its end.
    Line(&'b [u8]),
    /// `0000`: the end of a message.
    Flush,
    /// `0001`: the end of a part of a message.
    Delim,
    /// `0002`: the end of an answer.
    End,
}

/// The longest line with its length.
const LONGEST: usize = 65_520;

/// All lines; `None` where the bytes are none of them, or end within one.
pub(super) fn read(mut bytes: &[u8]) -> Option<Vec<Pkt<'_>>> {
    let mut all = vec![];
    while !bytes.is_empty() {
        let digits = bytes.get(..4)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let length = usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        let end = match length {
            0..=2 => 4,
            4..=LONGEST => length,
            _ => return None,
        };
        all.push(match length {
            0 => Pkt::Flush,
            1 => Pkt::Delim,
            2 => Pkt::End,
            _ => {
                let line = bytes.get(4..end)?;
                Pkt::Line(line.strip_suffix(b"\n").unwrap_or(line))
            }
        });
        bytes = bytes.get(end..)?;
    }
    Some(all)
}

/// Writes a line. Ours are all short.
pub(super) fn line(text: &str) -> String {
    format!("{:04x}{text}\n", text.len() + 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_were_written() {
        let bytes = format!("{}0001{}00000002", line("command=ls-refs"), line("ref-prefix refs/tags/"));
        let whole = [
            Pkt::Line(b"command=ls-refs"),
            Pkt::Delim,
            Pkt::Line(b"ref-prefix refs/tags/"),
            Pkt::Flush,
            Pkt::End,
        ];
        assert_eq!(read(bytes.as_bytes()).unwrap(), whole);
        assert_eq!(read(b"0004").unwrap(), [Pkt::Line(b"")]);
        assert_eq!(read(b"0008\xff\x00\x01\x02").unwrap(), [Pkt::Line(b"\xff\x00\x01\x02")]);
        assert_eq!(read(b"").unwrap(), []);
    }

    #[test]
    fn what_is_no_line_is_none() {
        for bytes in [
            &b"0003"[..],
            b"000",
            b"0009abcd",
            b"ffff",
            b"fff1",
            b"+004",
            b" 004",
            b"zzzz",
            b"0005a\n00",
            b"<html>",
            b"0x04",
            b"\xff\xff\xff\xff",
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }
}

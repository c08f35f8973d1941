//! Makes a line fit to read: no colours, no control characters, valid UTF-8, a bounded length.

use crate::bytes::{at, from, run};

/// Bytes of a record that are read; later bytes do not count.
pub(crate) const MAX_RECORD: usize = 32 * 1024;
/// Replaces a record that looks like no text at all.
pub(crate) const BINARY: &[u8] = b"<binary>";

/// The bytes of a record that count: those before the limit, without half a character at the end.
pub(crate) fn bounded(record: &[u8]) -> &[u8] {
    let Some(mut head) = record.get(..MAX_RECORD) else { return record };
    for _ in 0..3 {
        if at(record, head.len()) & 0xc0 != 0x80 {
            break;
        }
        head = head.get(..head.len() - 1).unwrap_or_default();
    }
    head
}

/// The record needs no cleaning: ASCII text, tabs and line ends.
pub(crate) fn is_plain(record: &[u8]) -> bool {
    record.iter().fold(true, |plain, &b| plain & matches!(b, b' '..=b'~' | b'\t' | b'\n'))
}

/// Writes a clean copy; false if it does not look like text.
pub(crate) fn clean(record: &[u8], into: &mut Vec<u8>) -> bool {
    into.clear();
    let mut odd = 0;
    let mut i = 0;
    while i < record.len() {
        let b = at(record, i);
        if b == 0x1b {
            i += escape(from(record, i));
            continue;
        }
        if b < 0x80 {
            let control = (b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0x7f;
            odd += usize::from(control);
            into.push(if control || b == b'\r' { b' ' } else { b });
            i += 1;
            continue;
        }
        let n = character(from(record, i));
        if n == 0 {
            odd += 1;
            i += 1;
            // Bytes that are no text become one mark, however many there are.
            if into.last() != Some(&b'?') {
                into.push(b'?');
            }
            continue;
        }
        into.extend_from_slice(from(record, i).get(..n).unwrap_or_default());
        i += n;
    }
    odd * 5 <= record.len()
}

/// How long the escape sequence at the start is, in bytes.
fn escape(s: &[u8]) -> usize {
    match at(s, 1) {
        b'[' => 2 + run(from(s, 2), |b| (0x20..0x40).contains(&b)) + 1,
        // Operating system commands, such as links, up to a bell or a string terminator.
        b']' => {
            let n = run(from(s, 2), |b| b != 0x07 && b != 0x1b);
            2 + n + if at(s, n + 2) == 0x1b { 2 } else { 1 }
        }
        b'(' | b')' => 3,
        _ => 2,
    }
}

/// How long the character that starts here is, or 0 if it is not UTF-8.
fn character(s: &[u8]) -> usize {
    let n = match at(s, 0) {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return 0,
    };
    if s.get(..n).is_some_and(|c| std::str::from_utf8(c).is_ok()) { n } else { 0 }
}

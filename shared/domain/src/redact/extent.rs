//! Finds where a value without quotation marks ends. If in doubt, the value is taken to be longer: a password may
//! hold any sign.

use super::form::{Quote, close, line_start, quote_at};

/// The end of the word that begins at `from`, before `limit`; `around` is the quotation that it stands in.
pub(super) fn word_end(b: &[u8], from: usize, limit: usize, around: Option<Quote>) -> usize {
    let mut i = from;
    let mut opened: u32 = 0;
    while i < limit {
        let rest = &b[i..limit];
        let ends = match b[i] {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => true,
            b'\\' => {
                if quote_at(b, i)
                    .is_some_and(|q| around == Some(q) || breaks(b.get(q.end..limit).unwrap_or_default()))
                {
                    true
                } else {
                    // An escaped blank, or any other escaped sign, belongs to the word.
                    i += if matches!(rest.get(1), Some(b' ' | b'\\')) { 2 } else { 1 };
                    continue;
                }
            }
            b'"' | b'\'' | b'`' => around.is_some_and(|q| b[q.end - 1] == b[i]) || breaks(&rest[1..]),
            b',' => breaks(&rest[1..]) || quote_at(b, i + 1).is_some() || assigns(&rest[1..]),
            b';' => breaks(&rest[1..]) || assigns(&rest[1..]),
            b'&' => {
                rest.len() == 1
                    || rest.starts_with(b"&amp;")
                    || quote_at(b, i).is_some()
                    || assigns(&rest[1..])
            }
            b'(' | b'[' | b'{' => {
                opened += 1;
                false
            }
            b')' | b']' | b'}' if opened > 0 => {
                opened -= 1;
                false
            }
            b')' | b']' | b'}' => breaks(&rest[1..]),
            b'<' => rest.get(1) == Some(&b'/'),
            b'%' => {
                let code = rest.get(1..3).unwrap_or_default();
                code == b"26" || code == b"22" || rest.starts_with(b"%2526")
            }
            _ => false,
        };
        if ends {
            return i;
        }
        i += 1;
    }
    limit.max(from)
}

/// Whether these bytes after a sign show that a word ended there.
fn breaks(rest: &[u8]) -> bool {
    match rest.first() {
        None => true,
        Some(b) if b.is_ascii_whitespace() => true,
        Some(b',' | b';' | b')' | b']' | b'}' | b'"' | b'\'' | b'`' | b'<') => true,
        Some(b'\\') => matches!(rest.get(1), Some(b'n' | b'r' | b't' | b'"' | b'\'' | b'\\')),
        Some(b'.' | b':') => rest.get(1).is_none_or(u8::is_ascii_whitespace),
        Some(_) => false,
    }
}

/// Whether another `name=` or `name:` follows.
fn assigns(rest: &[u8]) -> bool {
    let name = rest
        .iter()
        .take(64)
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.' | b' ' | b'[' | b']'))
        .count();
    name > 0 && matches!(rest.get(name), Some(b'=' | b':'))
}

/// The end of text that follows a closed quotation without a break, as a shell joins it: `'a'"b"c`.
pub(super) fn joined_end(b: &[u8], open: Quote, from: usize, limit: usize) -> usize {
    let begun = line_start(b, open.at);
    let mut i = from;
    while i < limit {
        let end = match quote_at(b, i) {
            // The same mark twice is a mark within the text; another mark opens a quotation, unless we are inside one
            // that it closes.
            Some(next) if open.end - open.at == 1 && next.end - next.at == 1 => {
                let mark = b[next.at];
                let inside = b[begun..open.at].iter().filter(|c| **c == mark).count() % 2 == 1;
                if inside { break } else { close(b, next, limit).map_or(limit, |(_, behind)| behind) }
            }
            Some(_) => break,
            None if b[i].is_ascii_alphanumeric()
                || matches!(b[i], b'$' | b'_' | b'!' | b'*' | b'^')
                || b[i] >= 0x80 =>
            {
                word_end(b, i, limit, None)
            }
            None => break,
        };
        if end <= i {
            break;
        }
        i = end;
    }
    i
}

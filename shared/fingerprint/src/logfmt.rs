//! Reads `key=value` lines. Only lines that name a message or an error count: others are text with equal signs.

use crate::bytes::{SPACE, at, class, cut, from, run};
use crate::fields::Found;

/// The fields of a logfmt line; `None` if it is not logfmt.
pub(crate) fn read(s: &[u8]) -> Option<Found<'_>> {
    let mut found = Found::default();
    let (mut i, mut pairs) = (0, 0);
    // Most prose is ruled out here.
    let first = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@' | b'/'));
    if first == 0 || at(s, first) != b'=' {
        return None;
    }
    // Some programs write bars between the pairs; then values may have spaces.
    let barred = crate::bytes::find(cut(s, 0, s.len().min(200)), b" | ").is_some_and(|bar| {
        let next = from(s, bar + 3);
        at(next, run(next, |b| b.is_ascii_alphanumeric() || b == b'_')) == b'='
    });
    loop {
        i += run(from(s, i), |b| class(b) == SPACE || barred && b == b'|');
        if i >= s.len() {
            break;
        }
        let n =
            run(from(s, i), |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@' | b'/'));
        let key = cut(s, i, i + n);
        if n == 0 || at(s, i + n) != b'=' {
            // Loose words before the first pairs show that it is prose.
            if pairs < 2 || n == 0 {
                return None;
            }
            i += n;
            continue;
        }
        i += n + 1;
        let (value, end, quoted) = if barred { barred_value(s, i) } else { value(s, i) };
        found.take(key, b"", 0, value, quoted);
        pairs += 1;
        i = end;
    }
    (pairs >= 2 && found.says_something()).then_some(found)
}

/// The value at `i`, where it ends, and whether it is escaped.
fn value(s: &[u8], i: usize) -> (&[u8], usize, bool) {
    if at(s, i) != b'"' {
        let n = run(from(s, i), |b| class(b) != SPACE);
        return (cut(s, i, i + n), i + n, false);
    }
    let mut end = i + 1;
    while let Some(&b) = s.get(end) {
        match b {
            b'\\' => end += 2,
            b'"' => break,
            _ => end += 1,
        }
    }
    let end = end.min(s.len());
    (cut(s, i + 1, end), (end + 1).min(s.len()), true)
}

/// The value at `i` up to the next bar.
fn barred_value(s: &[u8], i: usize) -> (&[u8], usize, bool) {
    let n = crate::bytes::find(from(s, i), b" | ").unwrap_or(s.len().saturating_sub(i));
    (cut(s, i, i + n), i + n, false)
}

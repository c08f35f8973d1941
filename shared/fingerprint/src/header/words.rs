//! The words of headers: what the word at the start of some bytes can be, and how long it is.

use crate::bytes::{at, cut, digits, from, run};
use crate::level::Level;
use crate::time;

/// Longest bracket: some threads have the name of the work they do.
const LONGEST_BRACKET: usize = 400;

/// Seconds or milliseconds since 1970, with a fraction; a space must follow.
pub(super) fn epoch(s: &[u8]) -> usize {
    let n = digits(s);
    if !(n == 10 || n == 13) || !matches!(at(s, 0), b'1' | b'2') {
        return 0;
    }
    let f = if at(s, n) == b'.' { digits(from(s, n + 1)) } else { 0 };
    let end = if f > 0 { n + f + 1 } else { n };
    if matches!(at(s, end), b' ' | b'\t' | b']') { end } else { 0 }
}

/// klog: a level's letter, month and day, a time.
pub(super) fn klog_time(s: &[u8]) -> usize {
    if Level::from_letter(at(s, 0)).is_none() || digits(from(s, 1)) != 4 || at(s, 5) != b' ' {
        return 0;
    }
    let n = time::timestamp(from(s, 6));
    if n > 0 { n + 6 } else { 0 }
}

/// Seconds since the kernel started: `[   12.345678]`.
pub(super) fn uptime(s: &[u8]) -> usize {
    let gap = run(s, |b| b == b' ');
    let n = gap + digits(from(s, gap));
    if n > gap && at(s, n) == b'.' && digits(from(s, n + 1)) == 6 && at(s, n + 7) == b']' { n + 7 } else { 0 }
}

/// How long the balanced bracket at the start is.
pub(super) fn bracketed(s: &[u8]) -> usize {
    if at(s, 0) != b'[' {
        return 0;
    }
    let mut depth = 0_i32;
    for (i, &b) in s.iter().enumerate().take(LONGEST_BRACKET) {
        depth += i32::from(b == b'[') - i32::from(b == b']');
        if depth == 0 {
            return i + 1;
        }
    }
    0
}

/// Not prose: marks, numbers, capitals, or a name with digits, dots or dashes.
pub(super) fn technical(s: &[u8]) -> bool {
    let marks =
        s.iter().any(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_' | b'/' | b'[' | b'|' | b'@'));
    let capitals = s.iter().all(u8::is_ascii_uppercase);
    (marks || capitals)
        && !s.ends_with(b",")
        && !s.ends_with(b".")
        && !s.ends_with(b":")
        && !s.contains(&b'=')
        && !s.contains(&b'"')
}

pub(super) fn is_number(s: &[u8]) -> bool {
    !s.is_empty() && digits(s) == s.len()
}

/// Whether a level follows within a few parts, so that this part still belongs to the header.
pub(super) fn level_soon(s: &[u8]) -> bool {
    s.split(|&b| b == b' ' || b == b'\t').filter(|w| !w.is_empty()).take(4).any(|w| {
        upper_level(w).is_some()
            || w.len() == 1 && Level::from_letter(at(w, 0)).is_some()
            || w.starts_with(b"[")
    }) || !s.is_empty() && !is_number(cut(s, 0, run(s, |b| b > b' ')))
}

/// `file.go:123]`
pub(super) fn klog(s: &[u8]) -> bool {
    let n = run(s, |b| b > b' ');
    cut(s, 0, n).ends_with(b"]") && cut(s, 0, n).contains(&b':')
}

pub(super) fn klog_like(s: &[u8]) -> bool {
    s.len() > 2
        && !s.iter().any(|b| matches!(b, b'=' | b','))
        && s.iter().skip(1).any(|b| b.is_ascii_uppercase() || matches!(b, b'.' | b'_' | b'/' | b'$' | b':'))
}

/// A name of a logger: dotted, a path of modules, or in camel case.
pub(super) fn identifier(s: &[u8]) -> bool {
    let ok = s.iter().all(|b| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'.' | b'_' | b'$' | b'-' | b':' | b'/' | b'#' | b'[' | b']' | b'(' | b')' | b'@')
    });
    ok && s
        .iter()
        .skip(1)
        .any(|b| b.is_ascii_uppercase() || matches!(b, b'.' | b'_' | b'$' | b':' | b'/' | b'['))
        && s.iter().any(u8::is_ascii_alphabetic)
}

/// The length of a tag or logger up to the colon or space after it, with the brackets inside.
pub(super) fn tag(s: &[u8]) -> usize {
    let mut i = 0;
    while let Some(&b) = s.get(i) {
        match b {
            b'[' => {
                let n = bracketed(from(s, i));
                if n == 0 {
                    return 0;
                }
                i += n;
                continue;
            }
            b':' if matches!(at(s, i + 1), b' ' | b'\t' | 0) => break,
            0..=b' ' | b'=' | b',' | b';' | b'"' | b'{' => break,
            _ => i += 1,
        }
    }
    i
}

/// A tag without its process number.
pub(super) fn bare(s: &[u8]) -> &[u8] {
    cut(s, 0, run(s, |b| b != b'['))
}

/// Whether a logger and a colon come next.
pub(super) fn has_logger(s: &[u8]) -> bool {
    let n = tag(s);
    n > 0
        && at(s, n) == b':'
        && identifier(cut(s, 0, n))
        && cut(s, 0, n).iter().any(|b| matches!(b, b'.' | b'$' | b'_'))
}

/// A level in capitals at the start, with its length.
pub(super) fn upper_level(s: &[u8]) -> Option<(Level, usize)> {
    let n = run(s, |b| b.is_ascii_uppercase());
    if n < 3 || at(s, n).is_ascii_alphanumeric() || at(s, n) == b'_' {
        return None;
    }
    Level::from_word(cut(s, 0, n)).map(|l| (l, n))
}

/// The level that a whole word is: `ERROR`, `[WARN]`, `E/`.
pub(super) fn level_word(word: &[u8]) -> Option<Level> {
    let bare = word.strip_prefix(b"[").and_then(|w| w.strip_suffix(b"]")).unwrap_or(word);
    let bare = bare.strip_suffix(b":").unwrap_or(bare);
    upper_level(bare).filter(|(_, n)| *n == bare.len()).map(|(level, _)| level)
}

/// Words that are a level wherever a line begins with them in capitals. Other words (`LOG`, `FINE`) need more proof.
pub(super) fn is_plain_level(word: &[u8]) -> bool {
    matches!(
        word,
        b"TRACE"
            | b"DEBUG"
            | b"INFO"
            | b"NOTICE"
            | b"WARN"
            | b"WARNING"
            | b"ERROR"
            | b"ERR"
            | b"SEVERE"
            | b"CRITICAL"
            | b"CRIT"
            | b"FATAL"
            | b"EMERG"
    )
}

/// `4711:M`: a Redis process and its role.
pub(super) fn redis_process(word: &[u8]) -> bool {
    let n = digits(word);
    n > 0
        && at(word, n) == b':'
        && word.len() == n + 2
        && matches!(at(word, n + 1), b'M' | b'S' | b'C' | b'X')
}

/// The digits as a number.
pub(super) fn number(s: &[u8]) -> Option<u64> {
    std::str::from_utf8(s).ok()?.parse().ok()
}

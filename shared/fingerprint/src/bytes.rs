//! Byte classes and slices that cannot panic.

/// 0 to 9.
pub(crate) const DIGIT: u16 = 1;
/// a to z and A to Z.
pub(crate) const LETTER: u16 = 2;
/// Spaces and control characters.
pub(crate) const SPACE: u16 = 4;
/// Ends an atom: quotes, brackets, commas and the like.
pub(crate) const DELIM: u16 = 8;
/// `.`
pub(crate) const DOT: u16 = 16;
/// `/` and `\`
pub(crate) const SLASH: u16 = 32;
/// `@`
pub(crate) const AT: u16 = 64;
/// `:`
pub(crate) const COLON: u16 = 128;
/// `-`
pub(crate) const DASH: u16 = 256;
/// Any other mark inside an atom, and every byte that is not ASCII.
pub(crate) const OTHER: u16 = 512;
/// A to Z, beside [`LETTER`].
pub(crate) const UPPER: u16 = 1024;

static CLASS: [u16; 256] = classes();

const fn classes() -> [u16; 256] {
    let mut table = [OTHER; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = match i as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' => LETTER,
            b'A'..=b'Z' => LETTER | UPPER,
            0..=b' ' | 0x7f => SPACE,
            b'"' | b'\'' | b'`' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' | b',' | b';'
            | b'|' | b'=' => DELIM,
            b'.' => DOT,
            b'/' | b'\\' => SLASH,
            b'@' => AT,
            b':' => COLON,
            b'-' => DASH,
            _ => OTHER,
        };
        i += 1;
    }
    table
}

/// The class of a byte; the table covers every byte, so this cannot fail.
#[inline(always)]
pub(crate) fn class(b: u8) -> u16 {
    CLASS[b as usize]
}

/// The byte at `i`, or 0 past the end.
#[inline(always)]
pub(crate) fn at(s: &[u8], i: usize) -> u8 {
    s.get(i).copied().unwrap_or(0)
}

/// The bytes from `a` to `b`; empty if they lie outside.
#[inline(always)]
pub(crate) fn cut(s: &[u8], a: usize, b: usize) -> &[u8] {
    s.get(a..b).unwrap_or_default()
}

/// The bytes from `a` on.
#[inline(always)]
pub(crate) fn from(s: &[u8], a: usize) -> &[u8] {
    s.get(a..).unwrap_or_default()
}

/// How many bytes at the start satisfy `is`.
#[inline(always)]
pub(crate) fn run(s: &[u8], is: impl Fn(u8) -> bool) -> usize {
    s.iter().position(|&b| !is(b)).unwrap_or(s.len())
}

/// How many digits stand at the start.
#[inline(always)]
pub(crate) fn digits(s: &[u8]) -> usize {
    run(s, |b| b.is_ascii_digit())
}

/// Where `needle` starts in `s`. Looks for its first byte, because needles here are short and begin with a rare byte.
#[inline]
pub(crate) fn find(s: &[u8], needle: &[u8]) -> Option<usize> {
    let &first = needle.first()?;
    memchr::memchr_iter(first, s).find(|&i| from(s, i).starts_with(needle))
}

/// Without the spaces at both ends.
pub(crate) fn trim(s: &[u8]) -> &[u8] {
    if at(s, 0) > b' ' && s.last().is_some_and(|&b| b > b' ' && b != 0x7f) && at(s, 0) != 0x7f {
        return s;
    }
    let start = run(s, |b| class(b) == SPACE);
    let end = s.iter().rposition(|&b| class(b) != SPACE).map_or(0, |i| i + 1);
    cut(s, start, end.max(start))
}

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
/// Any other mark inside an atom, and what is not ASCII.
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

/// The bytes from `a` to `b`, or nothing where there are none.
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

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * ONES;
/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// Where the digits of a text stand, a bit for each byte of a block: eight bytes are looked at in one step.
pub(crate) struct Digits<'a> {
    text: &'a [u8],
    block: usize,
    bits: u64,
}

impl<'a> Digits<'a> {
    #[inline(always)]
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, block: 0, bits: bits(text) }
    }

    /// Where the next digit stands, from `i` on. `i` never goes back.
    #[inline(always)]
    pub(crate) fn next(&mut self, i: usize) -> Option<usize> {
        if i >= self.block + BLOCK {
            self.block = i - i % BLOCK;
            self.bits = bits(from(self.text, self.block));
        }
        let mut left = self.bits & (!0 << ((i - self.block) % BLOCK));
        while left == 0 {
            self.block += BLOCK;
            if self.block >= self.text.len() {
                return None;
            }
            self.bits = bits(from(self.text, self.block));
            left = self.bits;
        }
        Some(self.block + left.trailing_zeros() as usize)
    }

    /// How many digits stand from the digit at `i` on, which is the one that was found last.
    #[inline(always)]
    pub(crate) fn count(&self, i: usize) -> usize {
        let n = (!(self.bits >> ((i - self.block) % BLOCK))).trailing_zeros() as usize;
        if i + n < self.block + BLOCK { n } else { digits(from(self.text, i)) }
    }
}

/// A bit for each digit among the first bytes.
#[inline(always)]
fn bits(s: &[u8]) -> u64 {
    if let Some(block) = s.first_chunk::<BLOCK>() {
        return bits_of(block);
    }
    let mut block = [0; BLOCK];
    if let Some(start) = block.get_mut(..s.len()) {
        start.copy_from_slice(s);
    }
    bits_of(&block)
}

#[inline(always)]
fn bits_of(block: &[u8; BLOCK]) -> u64 {
    let (eights, _) = block.as_chunks::<8>();
    let mut bits = 0;
    for (n, eight) in eights.iter().enumerate() {
        let t = u64::from_le_bytes(*eight) ^ (0x30 * ONES);
        // The high bit of every byte that is a digit, as bit `n` of its byte.
        let high = !(((t & !HIGH) + 0x76 * ONES) | t) & HIGH;
        bits |= (high >> 7) << n;
    }
    // Eight bytes of eight bits, turned: bit `n` of byte `k` becomes bit `k` of byte `n`.
    for (by, of) in [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)] {
        let turned = (bits ^ (bits >> by)) & of;
        bits ^= turned ^ (turned << by);
    }
    bits
}

/// Where `needle` starts in `s`. By its first byte: needles here are short and begin with what is rare.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_found_wherever_they_stand() {
        let text: Vec<u8> = (0..=255).chain((0..400).map(|n| if n % 7 < 3 { b'7' } else { b'x' })).collect();
        for len in [0, 1, 7, 8, 63, 64, 65, 128, 300, text.len()] {
            let text = &text[..len];
            let (mut digits_of, mut i) = (Digits::new(text), 0);
            while let Some(n) = digits_of.next(i) {
                assert_eq!(Some(n), text[i..].iter().position(u8::is_ascii_digit).map(|n| i + n));
                assert_eq!(digits_of.count(n), digits(&text[n..]));
                i = n + 1;
            }
            assert!(!text.get(i..).unwrap_or_default().iter().any(u8::is_ascii_digit));
        }
    }
}

//! Where digits, letters and words of a line stand, one bit for each byte: found sixteen bytes at a time, read by
//! shifts.

use wide::u8x16;

/// Bytes that share a word of bits.
const BLOCK: usize = 64;
const LANES: usize = 16;

/// The bits of a block.
#[derive(Clone, Copy, Default)]
struct Block {
    digits: u64,
    letters_and_digits: u64,
    words: u64,
}

/// The bits of a line, in a buffer that only grows.
#[derive(Default)]
pub(crate) struct Marks {
    blocks: Vec<Block>,
}

impl Marks {
    /// Reads a line. Says whether it has a line end or a backslash.
    #[inline(always)]
    pub(crate) fn read(&mut self, line: &[u8]) -> bool {
        self.blocks.clear();
        let mut breaks = u8x16::splat(0);
        self.blocks.extend(line.chunks(BLOCK).map(|block| Block::of(block, &mut breaks)));
        breaks.any()
    }

    #[inline(always)]
    fn block(&self, n: usize) -> Block {
        self.blocks.get(n).copied().unwrap_or_default()
    }

    /// Where the next digit stands, from `i` on.
    #[inline(always)]
    pub(crate) fn next_digit(&self, i: usize) -> Option<usize> {
        let mut n = i / BLOCK;
        let mut left = self.blocks.get(n)?.digits & (!0 << (i % BLOCK));
        while left == 0 {
            n += 1;
            left = self.blocks.get(n)?.digits;
        }
        Some(n * BLOCK + left.trailing_zeros() as usize)
    }

    /// Where the digits that begin at `i` end.
    #[inline(always)]
    pub(crate) fn digits_end(&self, i: usize) -> usize {
        self.end(i, |block| block.digits)
    }

    /// Where the letters and digits that begin at `i` end.
    #[inline(always)]
    pub(crate) fn end_of_run(&self, i: usize) -> usize {
        self.end(i, |block| block.letters_and_digits)
    }

    /// Where the letters and digits that end at `i` begin.
    #[inline(always)]
    pub(crate) fn start_of_run(&self, i: usize) -> usize {
        let mut start = i;
        while start > 0 {
            let (n, bit) = ((start - 1) / BLOCK, (start - 1) % BLOCK);
            let run = (self.block(n).letters_and_digits << (BLOCK - 1 - bit)).leading_ones() as usize;
            start -= run;
            if run <= bit {
                break;
            }
        }
        start
    }

    /// The place after the last letter, digit or `_` before `i`; bytes before `far` are not read.
    #[inline(always)]
    pub(crate) fn word_before(&self, i: usize, far: usize) -> usize {
        let mut end = i;
        while end > far {
            let (n, bit) = ((end - 1) / BLOCK, (end - 1) % BLOCK);
            let gap = (self.block(n).words << (BLOCK - 1 - bit)).leading_zeros() as usize;
            if gap <= bit {
                end -= gap;
                break;
            }
            end -= bit + 1;
        }
        end.max(far)
    }

    #[inline(always)]
    fn end(&self, i: usize, of: impl Fn(&Block) -> u64) -> usize {
        let mut n = i / BLOCK;
        let bit = i % BLOCK;
        let mut run = (of(&self.block(n)) >> bit).trailing_ones() as usize;
        let mut end = i + run;
        if run == BLOCK - bit {
            loop {
                n += 1;
                run = of(&self.block(n)).trailing_ones() as usize;
                end += run;
                if run < BLOCK {
                    break;
                }
            }
        }
        end
    }
}

impl Block {
    /// The bits of a block, which may be shorter at the end of a line.
    #[inline(always)]
    fn of(bytes: &[u8], breaks: &mut u8x16) -> Self {
        let mut block = Self::default();
        let (lanes, rest) = bytes.as_chunks::<LANES>();
        for (n, lane) in lanes.iter().enumerate() {
            block.add(*lane, n * LANES, breaks);
        }
        if !rest.is_empty() {
            // The last lane repeats some bytes. For a line that is shorter than a lane, a copy is used.
            if let Some(lane) = bytes.last_chunk::<LANES>() {
                block.add(*lane, bytes.len() - LANES, breaks);
            } else {
                let mut lane = [0; LANES];
                for (to, b) in lane.iter_mut().zip(rest) {
                    *to = *b;
                }
                block.add(lane, 0, breaks);
            }
        }
        block
    }

    #[inline(always)]
    fn add(&mut self, lane: [u8; LANES], by: usize, breaks: &mut u8x16) {
        let bytes = u8x16::new(lane);
        *breaks |= bytes.simd_eq(u8x16::splat(b'\n')) | bytes.simd_eq(u8x16::splat(b'\\'));
        let digits = within(bytes, b'0', 9);
        let letters = within(bytes | u8x16::splat(0x20), b'a', 25);
        let both = digits | letters;
        let words = both | bytes.simd_eq(u8x16::splat(b'_'));
        self.digits |= u64::from(digits.to_bitmask()) << by;
        self.letters_and_digits |= u64::from(both.to_bitmask()) << by;
        self.words |= u64::from(words.to_bitmask()) << by;
    }
}

/// The bytes from `first` to `first + more`.
#[inline(always)]
fn within(bytes: u8x16, first: u8, more: u8) -> u8x16 {
    let away = bytes - u8x16::splat(first);
    away.min(u8x16::splat(more)).simd_eq(away)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::from;

    #[test]
    fn bits_say_what_the_bytes_are() {
        let text: Vec<u8> =
            (0..=255).rev().chain((0..700).map(|n| b"7x_- "[n * n / 97 % 5])).chain([b'a'; 150]).collect();
        let mut marks = Marks::default();
        for len in [0, 1, 15, 16, 17, 63, 64, 65, 128, 300, text.len()] {
            let text = &text[..len];
            assert_eq!(marks.read(text), text.iter().any(|b| matches!(b, b'\n' | b'\\')));
            let run = |i: usize, is: fn(&u8) -> bool| i + from(text, i).iter().take_while(|b| is(b)).count();
            for i in 0..len {
                let next = text[i..].iter().position(u8::is_ascii_digit).map(|n| i + n);
                assert_eq!(marks.next_digit(i), next);
                assert_eq!(marks.digits_end(i), run(i, u8::is_ascii_digit));
                assert_eq!(marks.end_of_run(i), run(i, u8::is_ascii_alphanumeric));
            }
            for i in 0..=len {
                let before = text[..i].iter().rev();
                let run = before.clone().take_while(|b| b.is_ascii_alphanumeric()).count();
                assert_eq!(marks.start_of_run(i), i - run);
                let gap = before.take_while(|&&b| !b.is_ascii_alphanumeric() && b != b'_').count();
                for far in [0, i / 2, i.saturating_sub(64)] {
                    assert_eq!(marks.word_before(i, far), (i - gap).max(far));
                }
            }
            assert_eq!(marks.next_digit(len), None);
        }
    }
}

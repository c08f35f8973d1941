//! The hash of a template, and how it is written. It is defined here bit by bit, so that it never changes.

use std::fmt;
use std::str::FromStr;

/// The name of a pattern: 64 bits, written as 13 characters of Crockford's base 32 in lower case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Fingerprint(u64);

/// Digits without i, l, o and u, which are easily misread.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 13;

impl Fingerprint {
    /// The fingerprint of a template under one version of the built-in rules.
    pub fn of(template: &[u8], version: u32) -> Self {
        Self(hash(template, u64::from(version)))
    }

    /// The fingerprint as a number.
    pub fn to_u64(self) -> u64 {
        self.0
    }

    /// The fingerprint with this number.
    pub fn from_u64(number: u64) -> Self {
        Self(number)
    }

    /// The text, as bytes: what [`fmt::Display`] prints.
    pub fn to_ascii(self) -> [u8; LENGTH] {
        let mut text = [b'0'; LENGTH];
        let mut rest = self.0;
        for place in text.iter_mut().rev() {
            *place = ALPHABET.get((rest & 31) as usize).copied().unwrap_or(b'0');
            rest >>= 5;
        }
        text
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(std::str::from_utf8(&self.to_ascii()).unwrap_or_default())
    }
}

/// A text that is no fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotAFingerprint;

impl fmt::Display for NotAFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a fingerprint is 13 characters of 0-9 and a-z without i, l, o and u, such as `0v3k8q1zr7d2m`",
        )
    }
}

impl std::error::Error for NotAFingerprint {}

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        if text.len() != LENGTH {
            return Err(NotAFingerprint);
        }
        let mut number: u64 = 0;
        for b in text.bytes() {
            let digit = ALPHABET.iter().position(|&a| a == b.to_ascii_lowercase()).ok_or(NotAFingerprint)?;
            number = number.checked_mul(32).ok_or(NotAFingerprint)?;
            number |= digit as u64;
        }
        Ok(Self(number))
    }
}

const K0: u64 = 0x9e37_79b9_7f4a_7c15;
const K1: u64 = 0xbf58_476d_1ce4_e5b9;
const K2: u64 = 0x94d0_49bb_1331_11eb;

/// The two halves of a 128-bit product, folded into one.
#[inline(always)]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Sixteen bytes in each step, little endian. The length is added at the end, so that a zero byte counts.
pub(crate) fn hash(bytes: &[u8], seed: u64) -> u64 {
    let mut state = mix(seed ^ K0, K1);
    let mut chunks = bytes.chunks_exact(16);
    for chunk in &mut chunks {
        state = mix(word(chunk) ^ K1 ^ state, word(chunk.get(8..).unwrap_or_default()) ^ K2);
    }
    let rest = chunks.remainder();
    state = mix(word(rest) ^ K1 ^ state, word(rest.get(8..).unwrap_or_default()) ^ K2);
    mix(state ^ bytes.len() as u64, K0) ^ state
}

/// The first eight bytes as a number; if there are fewer, zeros are added.
#[inline(always)]
fn word(bytes: &[u8]) -> u64 {
    if let Some(&eight) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(eight);
    }
    bytes.iter().rev().fold(0, |n, &b| (n << 8) | u64::from(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_changes() {
        // Golden values: a change here would rename every pattern that was ever stored.
        assert_eq!(Fingerprint::of(b"", 1).to_string(), GOLDEN[0]);
        assert_eq!(Fingerprint::of(b"disk <*> is full", 1).to_string(), GOLDEN[1]);
        assert_eq!(Fingerprint::of(b"0123456789abcdef0123456789abcdef+", 1).to_string(), GOLDEN[2]);
    }

    const GOLDEN: [&str; 3] = ["e213tcgkxq777", "f597eqp07qsat", "f6hz1qzs5rcn0"];

    #[test]
    fn text_and_back() {
        for n in [0, 1, 31, 32, u64::MAX, 0x0123_4567_89ab_cdef] {
            let f = Fingerprint::from_u64(n);
            assert_eq!(f.to_string().parse(), Ok(f));
            assert_eq!(f.to_string().to_uppercase().parse(), Ok(f));
        }
        for bad in ["", "0", "zzzzzzzzzzzzzz", "zzzzzzzzzzzzz", "0000000000000i", "000000000000i", "ääääää0"]
        {
            assert_eq!(bad.parse::<Fingerprint>(), Err(NotAFingerprint), "{bad}");
        }
    }
}

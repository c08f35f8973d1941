//! Ids: words that no person would choose. Also words with digits that are not ids.

use crate::bytes::{DOT, SLASH, at, cut, from, run};

/// `8-4-4-4-12` hexadecimal digits.
pub(crate) fn uuid(s: &[u8]) -> usize {
    let Some(text) = s.get(..36) else { return 0 };
    let fits = text.iter().enumerate().all(|(i, &b)| match i {
        8 | 13 | 18 | 23 => b == b'-',
        _ => b.is_ascii_hexdigit(),
    });
    if fits && !at(s, 36).is_ascii_alphanumeric() { 36 } else { 0 }
}

/// `0x` and hexadecimal digits.
pub(crate) fn hex_literal(s: &[u8]) -> usize {
    if at(s, 0) != b'0' || !matches!(at(s, 1), b'x' | b'X') {
        return 0;
    }
    let n = run(from(s, 2), |b| b.is_ascii_hexdigit());
    if n == 0 { 0 } else { n + 2 }
}

/// A word of hexadecimal letters only, as long as a hash or an address.
pub(crate) fn is_hex_word(s: &[u8]) -> bool {
    s.iter().all(u8::is_ascii_hexdigit) && is_id(s)
}

/// A word of letters and digits that no person would choose: hexadecimal, or letters and digits in turn.
pub(crate) fn is_id(s: &[u8]) -> bool {
    let (mut digits, mut hex, mut upper, mut lower, mut turns) = (0, true, 0, 0, 0);
    let mut last = None;
    for &b in s {
        let digit = b.is_ascii_digit();
        digits += usize::from(digit);
        upper += usize::from(b.is_ascii_uppercase());
        lower += usize::from(b.is_ascii_lowercase());
        hex &= b.is_ascii_hexdigit();
        turns += usize::from(last.is_some_and(|l| l != digit));
        last = Some(digit);
    }
    let one_case = upper == 0 || lower == 0;
    if hex && one_case {
        return match s.len() {
            0..=3 => false,
            4 | 5 => digits > 0 && (at(s, 0).is_ascii_digit() || turns >= 2),
            8 | 16 | 24 | 32 | 40 | 56 | 64 => true,
            _ => digits > 0,
        };
    }
    digits > 0 && (turns >= 4 || (turns >= 3 && s.len() >= 8) || (s.len() >= 16 && digits >= 3 && turns >= 2))
}

/// Longest term, in bytes.
pub(crate) const LONGEST_TERM: usize = 7;

/// Terms whose digits are part of the word.
const TERMS: &[&[u8]] = &[
    b"ipv4", b"ipv6", b"ip4", b"ip6", b"inet6", b"icmp6", b"icmpv6", b"s3", b"ec2", b"k8s", b"http2",
    b"http3", b"h2", b"h2c", b"md5", b"sha1", b"sha256", b"sha384", b"sha512", b"base64", b"utf8", b"utf16",
    b"oauth2", b"x86", b"amd64", b"arm64", b"i386", b"i686", b"x509", b"log4j", b"slf4j", b"p50", b"p90",
    b"p95", b"p99", b"route53", b"ext3", b"ext4", b"int8", b"int16", b"int32", b"int64", b"uint8", b"uint16",
    b"uint32", b"uint64", b"float32", b"float64", b"win32", b"win64", b"mp3", b"mp4", b"neo4j", b"db2",
    b"nat64", b"nfs4", b"nfsv3", b"nfsv4", b"smb2", b"lz4", b"bzip2", b"utf32", b"crc32", b"murmur3",
    b"python2", b"python3", b"l1", b"l2", b"l3", b"l4", b"l7", b"i2c", b"ssh2",
];

/// A place for every term, and some more for terms whose place is taken; a power of two.
const PLACES: usize = 256;

/// The terms by their hash, packed.
static PACKED: [u64; PLACES] = packed_terms();

const fn packed_terms() -> [u64; PLACES] {
    let mut table = [0; PLACES];
    let mut n = 0;
    while n < TERMS.len() {
        let (mut term, mut i) = (0u64, 0);
        while i < TERMS[n].len() {
            term |= (TERMS[n][i] as u64) << (8 * i);
            i += 1;
        }
        let mut place = place_of(term);
        while table[place] != 0 {
            place = (place + 1) % PLACES;
        }
        table[place] = term;
        n += 1;
    }
    table
}

const fn place_of(term: u64) -> usize {
    (term.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize
}

/// A short word in lower case as a number; `as_is` maps each byte.
#[inline(always)]
pub(crate) fn packed(s: &[u8], as_is: impl Fn(u8) -> u8) -> u64 {
    s.iter().rev().fold(0, |n, &b| n << 8 | u64::from(as_is(b.to_ascii_lowercase())))
}

/// Whether the packed word is a term.
#[inline(always)]
pub(crate) fn is_packed_term(word: u64) -> bool {
    let mut place = place_of(word);
    loop {
        match PACKED.get(place % PLACES) {
            Some(&term) if term != 0 => {
                if term == word {
                    return true;
                }
                place += 1;
            }
            _ => return false,
        }
    }
}

/// Whether the word is one of the terms with digits, in upper or lower case.
pub(crate) fn is_term(s: &[u8]) -> bool {
    !s.is_empty() && s.len() <= LONGEST_TERM && is_packed_term(packed(s, |b| b))
}

/// The last part of a pod's name: five characters without vowels and without digits that look like letters.
pub(crate) fn is_pod_suffix(s: &[u8]) -> bool {
    s.len() == 5 && s.iter().all(|b| b"bcdfghjklmnpqrstvwxz2456789".contains(b))
}

/// Letters in both cases in an order that no name has: `dQwXYcgQ`. Changes of case after single letters tell it from
/// camel case.
pub(crate) fn is_random(s: &[u8]) -> bool {
    if s.len() < 9 {
        return false;
    }
    let (mut upper, mut lower, mut run, mut changes, mut last) = (0, 0, 0, 0, 0);
    for &b in s {
        let kind = match b {
            b'A'..=b'Z' => 1,
            b'a'..=b'z' => 2,
            b'0'..=b'9' | b'-' | b'_' => 3,
            _ => return false,
        };
        upper += usize::from(kind == 1);
        lower += usize::from(kind == 2);
        run = if kind == 2 { run + 1 } else { 0 };
        // Longer parts between capitals are words in camel case.
        if run > 4 {
            return false;
        }
        changes += usize::from(last != 0 && last != kind);
        last = kind;
    }
    upper >= 2 && lower >= 2 && changes * 5 >= s.len() * 2
}

/// A token that no person would choose, with the marks it may hold: Base64, a JWT, an id behind a short prefix.
pub(crate) fn token(s: &[u8], flags: u16) -> usize {
    let n = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'.' | b'='));
    if n < 11 {
        return 0;
    }
    let word = cut(s, 0, n);
    if word.starts_with(b"eyJ") && word.iter().filter(|&&b| b == b'.').count() == 2 {
        return n;
    }
    // `=` ends an atom, but it also ends Base64.
    let body = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    let padded = run(from(s, body), |b| b == b'=');
    if padded > 0
        && padded <= 2
        && body >= 14
        && (body + padded) % 4 == 0
        && !at(s, body + padded).is_ascii_alphanumeric()
    {
        return body + padded;
    }
    if flags & (DOT | SLASH) != 0 {
        return 0;
    }
    let plain = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let whole = cut(s, 0, plain);
    // `ch_3MmlLrLkdIwHu7ix0snN0B15`
    let prefix = run(whole, |b| b.is_ascii_lowercase());
    if (2..=5).contains(&prefix) && at(whole, prefix) == b'_' && plain >= prefix + 11 {
        let rest = from(whole, prefix + 1);
        if rest.iter().all(u8::is_ascii_alphanumeric)
            && rest.iter().any(u8::is_ascii_alphabetic)
            && (is_id(rest) || is_random(rest))
        {
            return plain;
        }
    }
    if is_random(whole) { plain } else { 0 }
}

/// Names that clouds give to machines: `gke-shop-pool-0f5b54d9-m44q`, `aks-pool-34917322-vmss00000c`.
pub(crate) fn node_name(s: &[u8]) -> usize {
    let n = run(s, |b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'));
    let n = n - cut(s, 0, n).iter().rev().take_while(|&&b| matches!(b, b'.' | b'-')).count();
    let name = cut(s, 0, n);
    let parts = name.iter().filter(|&&b| b == b'-').count();
    let pool = (name.starts_with(b"gke-") || name.starts_with(b"aks-"))
        && parts >= 3
        && name.iter().any(u8::is_ascii_digit);
    if pool { n } else { 0 }
}

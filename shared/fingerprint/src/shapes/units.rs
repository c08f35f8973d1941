//! Units, durations and nouns: words after a number that belong to it.

use crate::bytes::{at, cut, digits, from, run};

/// Units that stand right after a number, or after a space.
pub(crate) fn is_unit(s: &[u8]) -> bool {
    matches!(
        s,
        b"B" | b"kB"
            | b"KB"
            | b"MB"
            | b"GB"
            | b"TB"
            | b"PB"
            | b"KiB"
            | b"MiB"
            | b"GiB"
            | b"TiB"
            | b"Ki"
            | b"Mi"
            | b"Gi"
            | b"ns"
            | b"us"
            | b"ms"
            | b"s"
            | b"sec"
            | b"secs"
            | b"kb"
            | b"mb"
            | b"gb"
            | b"Kb"
            | b"Mb"
            | b"Gb"
            | b"Kbps"
            | b"Mbps"
            | b"Gbps"
            | b"Hz"
            | b"KHz"
            | b"MHz"
            | b"GHz"
    )
}

/// A suffix of a number that is part of it: `3rd`, `5m`, `41C`.
pub(crate) fn is_suffix(s: &[u8]) -> bool {
    s.len() == 1
        || is_unit(s)
        || matches!(s, b"st" | b"nd" | b"rd" | b"th" | b"px" | b"hr" | b"hrs" | b"min" | b"mins" | b"ish")
}

/// `1h30m`, `2m3s`: numbers and short units in turn.
pub(crate) fn is_duration(s: &[u8]) -> bool {
    let mut i = 0;
    while i < s.len() {
        let n = digits(from(s, i));
        let unit = run(from(s, i + n), |b| b.is_ascii_lowercase());
        if n == 0
            || !matches!(
                cut(s, i + n, i + n + unit),
                b"d" | b"h" | b"m" | b"s" | b"w" | b"y" | b"ms" | b"us" | b"ns"
            )
        {
            return false;
        }
        i += n + unit;
    }
    i > 0
}

/// Units in whole words, plurals, AM and PM, zones and money: they belong to the number before them.
pub(crate) fn is_long_unit(s: &[u8]) -> bool {
    matches!(
        s,
        b"bytes"
            | b"byte"
            | b"Bytes"
            | b"seconds"
            | b"second"
            | b"minutes"
            | b"minute"
            | b"hours"
            | b"hour"
            | b"days"
            | b"day"
            | b"millis"
            | b"milliseconds"
            | b"millisecond"
            | b"microseconds"
            | b"min"
            | b"mins"
            | b"AM"
            | b"PM"
            | b"am"
            | b"pm"
            | b"CET"
            | b"CEST"
            | b"UTC"
            | b"GMT"
            | b"EUR"
            | b"USD"
            | b"GBP"
            | b"CHF"
            | b"JPY"
            | b"percent"
    )
}

/// `PT15M`, `P1DT2H`: ISO 8601's durations.
pub(crate) fn is_iso_duration(s: &[u8]) -> bool {
    at(s, 0) == b'P'
        && s.len() >= 3
        && s.last().is_some_and(u8::is_ascii_uppercase)
        && s.iter()
            .skip(1)
            .all(|b| b.is_ascii_digit() || matches!(b, b'T' | b'D' | b'H' | b'M' | b'S' | b'Y' | b'W'))
        && (at(s, 1) == b'T' && at(s, 2).is_ascii_digit() || at(s, 1).is_ascii_digit())
}

/// How long the noun after a number is if its plural ends with `s`: `2 rows` and `1 row` say the same.
pub(crate) fn singular(word: &[u8]) -> usize {
    let n = word.len();
    let verb = matches!(
        word,
        b"exists"
            | b"fails"
            | b"does"
            | b"needs"
            | b"wants"
            | b"takes"
            | b"starts"
            | b"stops"
            | b"runs"
            | b"uses"
            | b"returns"
            | b"expires"
            | b"this"
            | b"times"
            | b"means"
            | b"gets"
            | b"goes"
            | b"always"
            | b"less"
            | b"belongs"
            | b"refers"
            | b"points"
            | b"holds"
            | b"contains"
            | b"exceeds"
            | b"requires"
    );
    if n < 4 || verb || !word.iter().all(u8::is_ascii_lowercase) || !word.ends_with(b"s") {
        return n;
    }
    if word.ends_with(b"ss") || word.ends_with(b"us") || word.ends_with(b"is") {
        return n;
    }
    let stem = cut(word, 0, n - 2);
    let hissed = word.ends_with(b"es")
        && [b"ch".as_slice(), b"sh", b"x", b"ss", b"z"].iter().any(|e| stem.ends_with(e));
    if hissed { n - 2 } else { n - 1 }
}

//! Reads when a line was written, by its own words. Only at its beginning: a later time is what the line is about.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use serde_json::Value;
use signalbox_domain::Timestamp;

/// A time must begin within this many bytes.
const WITHIN: usize = 96;
/// The keys of a JSON line that may hold its time.
const KEYS: [&str; 7] = ["ts", "time", "timestamp", "@timestamp", "@t", "datetime", "eventTime"];
const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
const HALF_A_YEAR_MS: i64 = 183 * 86_400_000;

/// Completes a time that leaves something out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'z> {
    /// A moment nearby: a time without a year is of the year that brings it nearest to this moment; the same holds
    /// for the hour that an autumn night has twice.
    pub(crate) near: Timestamp,
    /// The time zone of times without an offset.
    pub(crate) zone: &'z TimeZone,
}

/// Reads on from its place; every method takes what it finds, or nothing.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (number, rest) = self.bytes.split_at_checked(count)?;
        let value =
            number.iter().try_fold(0i64, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))?;
        self.bytes = rest;
        Some(value)
    }

    fn one_of(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        allowed.contains(first).then(|| self.bytes = rest)?;
        Some(*first)
    }

    fn month(&mut self) -> Option<i64> {
        let (name, rest) = self.bytes.split_at_checked(3)?;
        let at = MONTHS.iter().position(|m| *m == name)?;
        self.bytes = rest;
        i64::try_from(at + 1).ok()
    }

    /// `.123` or `,123456`, in nanoseconds; 0 if there is none.
    fn fraction(&mut self) -> i64 {
        let digits = self.bytes.iter().skip(1).take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 || self.one_of(b".,").is_none() {
            return 0;
        }
        let (number, rest) = self.bytes.split_at(digits);
        self.bytes = rest;
        let padded = number.iter().copied().chain(std::iter::repeat(b'0')).take(9);
        padded.fold(0, |n, b| n * 10 + i64::from(b - b'0'))
    }

    /// `16:00:01`, and a fraction.
    fn clock(&mut self) -> Option<[i64; 4]> {
        let hour = self.digits(2)?;
        self.one_of(b":")?;
        let minute = self.digits(2)?;
        self.one_of(b":")?;
        Some([hour, minute, self.digits(2)?, self.fraction()])
    }

    /// `Z`, `+02:00`, `+0200` or `+02`, in seconds.
    fn offset(&mut self) -> Option<i32> {
        if self.one_of(b"Z").is_some() {
            return Some(0);
        }
        let sign = if self.one_of(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.digits(2)?;
        self.one_of(b":");
        let minutes = self.digits(2).unwrap_or(0);
        i32::try_from(sign * (hours * 3600 + minutes * 60)).ok()
    }
}

/// The moment of a date and a time, with their offset, if one is given.
fn moment(date: [i64; 3], clock: [i64; 4], offset: Option<i32>, around: Around<'_>) -> Option<Timestamp> {
    let [year, month, day] = date;
    let [hour, minute, second, nanosecond] = clock;
    let small = |n: i64| i8::try_from(n).ok();
    let civil = DateTime::new(
        i16::try_from(year).ok()?,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        // A leap second counts as the second before it.
        small(second.min(59))?,
        i32::try_from(nanosecond).ok()?,
    )
    .ok()?;
    let at = |offset: Offset| Some(Timestamp(offset.to_timestamp(civil).ok()?.as_millisecond()));
    match (offset, around.zone.to_ambiguous_timestamp(civil).offset()) {
        (Some(seconds), _) => at(Offset::from_seconds(seconds).ok()?),
        (None, AmbiguousOffset::Unambiguous { offset }) => at(offset),
        (None, AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after }) => {
            let both = [at(before), at(after)];
            both.into_iter().flatten().min_by_key(|at| at.0.abs_diff(around.near.0))
        }
    }
}

/// `2026-11-21T16:00:01.123Z`, `2026/11/21 16:00:01,123 +0200`.
fn iso(bytes: &[u8], around: Around<'_>) -> Option<Timestamp> {
    let mut r = Reader { bytes };
    let year = r.digits(4)?;
    let mark = r.one_of(b"-/.")?;
    let month = r.digits(2)?;
    r.one_of(&[mark])?;
    let date = [year, month, r.digits(2)?];
    r.one_of(b"Tt _")?;
    let clock = r.clock()?;
    let mut spaced = Reader { bytes: r.bytes };
    let offset = r.offset().or_else(|| {
        spaced.one_of(b" ")?;
        matches!(spaced.bytes.first(), Some(b'+' | b'-')).then(|| spaced.offset())?
    });
    moment(date, clock, offset, around)
}

/// `21/Nov/2026:16:00:01 +0000`.
fn access(bytes: &[u8], around: Around<'_>) -> Option<Timestamp> {
    let mut r = Reader { bytes };
    let day = r.digits(2)?;
    r.one_of(b"/")?;
    let month = r.month()?;
    r.one_of(b"/")?;
    let date = [r.digits(4)?, month, day];
    r.one_of(b": ")?;
    let clock = r.clock()?;
    r.one_of(b" ");
    moment(date, clock, r.offset(), around)
}

/// The year that brings a day and a time nearest to the given moment.
fn nearest(month: i64, day: i64, clock: [i64; 4], around: Around<'_>) -> Option<Timestamp> {
    let year = jiff::Timestamp::from_millisecond(around.near.0).ok()?.to_zoned(TimeZone::UTC).year();
    let years = [0, -1, 1].into_iter();
    let mut of = years.filter_map(|y| moment([i64::from(year) + y, month, day], clock, None, around));
    of.find(|at| (at.0 - around.near.0).abs() <= HALF_A_YEAR_MS)
}

/// `Nov 21 16:00:01`, `Nov  1 16:00:01.123`.
fn syslog(bytes: &[u8], around: Around<'_>) -> Option<Timestamp> {
    let mut r = Reader { bytes };
    let month = r.month()?;
    r.one_of(b" ")?;
    let day = if r.one_of(b" ").is_some() { r.digits(1)? } else { r.digits(2).or_else(|| r.digits(1))? };
    r.one_of(b" ")?;
    let clock = r.clock()?;
    nearest(month, day, clock, around)
}

/// `I1121 16:00:01.000000`.
fn klog(bytes: &[u8], around: Around<'_>) -> Option<Timestamp> {
    let mut r = Reader { bytes };
    r.one_of(b"IWEF")?;
    let (month, day) = (r.digits(2)?, r.digits(2)?);
    r.one_of(b" ")?;
    let clock = r.clock()?;
    nearest(month, day, clock, around)
}

/// `1795276801`, `1795276801.123`, `1795276801123`, and so on to nanoseconds, by its number of digits.
fn epoch(text: &[u8]) -> Option<Timestamp> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let mut r = Reader { bytes: text };
    let whole = (10..=19).contains(&digits).then(|| r.digits(digits))??;
    let ms = match digits {
        10 => whole.checked_mul(1000)?.checked_add(r.fraction() / 1_000_000)?,
        13 => whole,
        16 => whole / 1000,
        19 => whole / 1_000_000,
        _ => return None,
    };
    // No letter or digit may follow, which would make it another number; years 2001 to 2100.
    let ends = r.bytes.first().is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'_'));
    (ends && (1_000_000_000_000..4_102_444_800_000).contains(&ms)).then_some(Timestamp(ms))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "an enum that others may add to")]
fn json(line: &[u8], around: Around<'_>) -> Option<Timestamp> {
    let fields: serde_json::Map<String, Value> = serde_json::from_slice(line).ok()?;
    KEYS.iter().find_map(|key| match fields.get(*key)? {
        Value::String(text) => {
            let text = text.trim().as_bytes();
            iso(text, around).or_else(|| epoch(text)).or_else(|| access(text, around))
        }
        Value::Number(number) => epoch(number.to_string().as_bytes()),
        _ => None,
    })
}

/// When a line was written, by its own words; `None` if it does not say.
pub(crate) fn of(line: &[u8], around: Around<'_>) -> Option<Timestamp> {
    let start = line.iter().position(|b| !b.is_ascii_whitespace())?;
    let line = line.get(start..)?;
    if line.first() == Some(&b'{')
        && let Some(at) = json(line, around)
    {
        return Some(at);
    }
    // An indented line belongs to the line before: a frame, a value. A time in it does not date it.
    if start > 0 {
        return None;
    }
    if let Some(at) = epoch(line).or_else(|| klog(line, around)) {
        return Some(at);
    }
    let mut before = b' ';
    for at in 0..line.len().min(WITHIN) {
        let rest = line.get(at..)?;
        let first = *rest.first()?;
        let fresh = !before.is_ascii_alphanumeric() && !matches!(before, b'-' | b'/' | b'.' | b'_');
        // The `m` that ends a colour does not belong to a word.
        if fresh || (before == b'm' && line.get(..at).is_some_and(|l| l.contains(&0x1b))) {
            let found = match first {
                b'0'..=b'9' => iso(rest, around).or_else(|| access(rest, around)),
                b'A'..=b'Z' => syslog(rest, around),
                b't' => {
                    let keys: [&[u8]; 3] = [b"ts=", b"time=", b"timestamp="];
                    keys.into_iter().filter_map(|k| rest.strip_prefix(k)).find_map(epoch)
                }
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
        before = first;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_262_400_000; // 2026-11-21T12:00:00Z

    fn read_in(line: &str, zone: &TimeZone) -> Option<i64> {
        of(line.as_bytes(), Around { near: Timestamp(NOON), zone }).map(|t| t.0 - NOON)
    }

    #[test]
    fn every_usual_shape() {
        for (line, after_noon) in [
            ("2026-11-21T12:00:01Z ERROR x", Some(1000)),
            ("2026-11-21T12:00:01.5Z", Some(1500)),
            ("2026-11-21 12:00:01,123 [main] INFO", Some(1123)),
            ("2026-11-21T14:00:01.123456789+02:00 x", Some(1123)),
            ("2026-11-21 14:00:01 +0200 x", Some(1000)),
            ("2026-11-21 12:00:01 -1 is the answer", Some(1000)),
            ("2026/11/21 12:00:01 [error] 7#7: x", Some(1000)),
            ("[2026-11-21 12:00:01] app.ERROR: x", Some(1000)),
            ("INFO 2026-11-21 12:00:01 x", Some(1000)),
            ("time=\"2026-11-21T12:00:01Z\" level=info", Some(1000)),
            ("\x1b[2m2026-11-21T12:00:01.002Z\x1b[0m INFO", Some(1002)),
            ("10.0.0.1 - - [21/Nov/2026:13:00:01 +0100] \"GET / HTTP/1.1\" 200", Some(1000)),
            ("<11>Nov 21 12:00:01 host app[1]: x", Some(1000)),
            ("Nov 21 12:00:01 host app[1]: x", Some(1000)),
            ("Nov  1 12:00:00 host app[1]: x", Some(-20 * 86_400_000)),
            ("Jan 01 12:00:00 host", Some(41 * 86_400_000)),
            ("E1121 12:00:01.000250       1 main.go:7] x", Some(1000)),
            ("1795262401.250 1 TCP_MISS/200", Some(1250)),
            ("ts=1795262401.25 level=error", Some(1250)),
            (r#"{"level":"error","ts":1795262401.25,"msg":"x"}"#, Some(1250)),
            (r#"{"time":"2026-11-21T12:00:01Z","msg":"x"}"#, Some(1000)),
            (r#"{"timestamp":1795262401250}"#, Some(1250)),
            (r#"{"@timestamp":"2026-11-21T12:00:01.000Z"}"#, Some(1000)),
            (r#"{"timestamp":"1795262401250"}"#, Some(1250)),
            (r#"{"msg":"no time"}"#, None),
            ("2026-12-31T23:59:60Z leap", Some(40 * 86_400_000 + 43_199_000)),
            // Texts without a time.
            ("", None),
            ("    at com.acme.Shop.pay(Shop.java:12)", None),
            ("  2026-11-21 12:00:01 was the time", None),
            ("2026-13-21T12:00:01Z", None),
            ("2026-02-30T12:00:01Z", None),
            ("2026-11-21T25:00:01Z", None),
            ("2026-11-21 alone", None),
            ("order 1795262401 failed", None),
            ("1795262401-abc", None),
            ("99999999999999999999 x", None),
            ("Exception in thread \"main\" at 12:00:01", None),
            ("v12026-11-21T12:00:01Z", None),
            ("\u{fc}2026", None),
        ] {
            assert_eq!(read_in(line, &TimeZone::UTC), after_noon, "{line}");
        }
    }

    #[test]
    fn a_time_without_an_offset_is_the_machines() {
        let east = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(read_in("2026-11-21 14:00:01 x", &east), Some(1000));
        assert_eq!(read_in("Nov 21 14:00:01 x", &east), Some(1000));
        assert_eq!(read_in("2026-11-21 12:00:01Z", &east), Some(1000));
    }

    /// Central Europe, in POSIX's rules: the hour from two to three comes twice on 2026-10-25, and is missing on
    /// 2026-03-29.
    #[test]
    fn the_hour_that_is_there_twice_is_the_nearer_one() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let read = |line: &str, near: i64| {
            of(line.as_bytes(), Around { near: Timestamp(near), zone: &zone }).map(|t| t.0 - near)
        };
        let autumn = 1_792_890_000_000; // 2026-10-25T01:00:00Z, when it is two o'clock for the second time
        assert_eq!(read("2026-10-25 01:59:59 x", autumn), Some(-3_601_000));
        assert_eq!(read("2026-10-25 02:30:00 x", autumn - 1_800_000), Some(0), "the first time");
        assert_eq!(read("2026-10-25 02:30:00 x", autumn + 1_800_000), Some(0), "the second");
        assert_eq!(read("2026-10-25 03:00:00 x", autumn), Some(3_600_000));
        assert_eq!(read("2026-10-25 02:30:00 +0100 x", autumn), Some(1_800_000));
        let spring = 1_774_746_000_000; // 2026-03-29T01:00:00Z, when two o'clock becomes three
        assert_eq!(read("2026-03-29 01:59:59 x", spring), Some(-1000));
        assert_eq!(read("2026-03-29 03:00:00 x", spring), Some(0));
        assert!(read("2026-03-29 02:30:00 x", spring).is_some(), "nobody's time, and near enough");
    }

    #[test]
    fn a_year_that_is_not_said_is_the_nearest() {
        let near = Timestamp(1_798_761_600_000); // 2027-01-01T00:00:00Z
        let new_year = Around { near, zone: &TimeZone::UTC };
        let at = |line: &[u8]| of(line, new_year).map(|t| t.0 - new_year.near.0);
        assert_eq!(at(b"Dec 31 23:59:59 host"), Some(-1000));
        assert_eq!(at(b"Jan  1 00:00:01 host"), Some(1000));
    }
}

//! Timestamps of every usual form. Only the length matters: nothing here knows what time it is.

use crate::bytes::{SPACE, at, class, cut, digits, from, run};

/// How long the timestamp at the start is; 0 if there is none. A date, a time of day, or both.
pub(crate) fn timestamp(s: &[u8]) -> usize {
    let day = date(s);
    if day == 0 {
        return clock(s);
    }
    let gap =
        run(from(s, day), |b| matches!(b, b' ' | b',' | b'T' | b't' | b'-' | b'_' | b':' | b'.')).min(3);
    let time = if gap == 0 { 0 } else { clock(from(s, day + gap)) };
    if time > 0 {
        return day + gap + time;
    }
    // Dates without a time: only those that are surely dates.
    let compact = compact_date_and_time(s);
    if compact > 0 {
        compact
    } else if firm_date(s, day) {
        day
    } else {
        0
    }
}

/// `Mon` to `Sun`, `Jan` to `Dec`.
pub(crate) fn is_calendar(s: &[u8]) -> bool {
    is_month(s) || is_weekday(s)
}

fn is_month(s: &[u8]) -> bool {
    matches!(
        s,
        b"Jan"
            | b"Feb"
            | b"Mar"
            | b"Apr"
            | b"May"
            | b"Jun"
            | b"Jul"
            | b"Aug"
            | b"Sep"
            | b"Oct"
            | b"Nov"
            | b"Dec"
    )
}

/// A month's whole name.
pub(crate) fn is_full_month(s: &[u8]) -> bool {
    matches!(
        s,
        b"January"
            | b"February"
            | b"March"
            | b"April"
            | b"June"
            | b"July"
            | b"August"
            | b"September"
            | b"October"
            | b"November"
            | b"December"
    )
}

fn is_weekday(s: &[u8]) -> bool {
    matches!(s, b"Mon" | b"Tue" | b"Wed" | b"Thu" | b"Fri" | b"Sat" | b"Sun")
}

/// A date with the year first, or with the month in words: nothing else looks like this.
fn firm_date(s: &[u8], day: usize) -> bool {
    digits(s) == 4 || cut(s, 0, day).windows(3).any(is_month)
}

/// `081109 203615` and `20171223-221529`: six or eight digits, a mark, six digits.
fn compact_date_and_time(s: &[u8]) -> usize {
    let n = digits(s);
    if (n == 6 || n == 8) && matches!(at(s, n), b' ' | b'-' | b'_' | b'T') && digits(from(s, n + 1)) == 6 {
        let (month, hour) = (cut(s, n - 4, n - 2), cut(s, n + 1, n + 3));
        if month <= b"12".as_slice() && hour <= b"23".as_slice() {
            return n + 7 + fraction(from(s, n + 7));
        }
    }
    0
}

fn date(s: &[u8]) -> usize {
    let first = at(s, 0);
    if first.is_ascii_digit() {
        date_in_digits(s)
    } else if first.is_ascii_uppercase() {
        date_in_words(s)
    } else {
        0
    }
}

fn date_in_digits(s: &[u8]) -> usize {
    let a = digits(s);
    let mark = at(s, a);
    if a == 8 && (s.starts_with(b"19") || s.starts_with(b"20")) {
        return 8;
    }
    if a == 6 && mark == b' ' && digits(from(s, 7)) == 6 {
        return 6;
    }
    if !(a == 4 || a == 1 || a == 2) || !matches!(mark, b'-' | b'/' | b'.' | b' ') {
        return 0;
    }
    let rest = from(s, a + 1);
    if is_month(cut(rest, 0, 3)) {
        // 10/Oct/2000, 10-Oct-2000, 10 Oct 2000, 10 Oct
        let year = if at(rest, 3) == mark { digits(from(rest, 4)) } else { 0 };
        return a + 4 + if year == 4 || year == 2 { year + 1 } else { 0 };
    }
    let b = digits(rest);
    if mark == b' ' || b == 0 || b > 2 {
        return 0;
    }
    if at(rest, b) == mark {
        let c = digits(from(rest, b + 1));
        if (a == 4 && (c == 1 || c == 2)) || (a <= 2 && (c == 2 || c == 4)) {
            return a + 1 + b + 1 + c;
        }
    }
    // 03-17 16:13:38: a day without a year
    if a == 2 && b == 2 && at(rest, 2) == b' ' { 5 } else { 0 }
}

fn date_in_words(s: &[u8]) -> usize {
    let mut i = 0;
    if is_weekday(cut(s, 0, 3)) {
        i = 3 + usize::from(at(s, 3) == b',');
        if at(s, i) != b' ' {
            return 0;
        }
        i += 1;
        if at(s, i).is_ascii_digit() {
            let n = date_in_digits(from(s, i));
            return if n == 0 { 0 } else { i + n };
        }
    }
    if !is_month(cut(s, i, i + 3)) || at(s, i + 3) != b' ' {
        return 0;
    }
    i += 3;
    i += run(from(s, i), |b| b == b' ');
    let day = digits(from(s, i));
    if day == 0 || day > 2 {
        return 0;
    }
    i += day;
    // Jan 2, 2006 and Jan 2 2006, but not Jan 2 20:06
    let gap = run(from(s, i), |b| b == b' ' || b == b',');
    if gap > 0 && digits(from(s, i + gap)) == 4 && at(s, i + gap + 4) != b':' { i + gap + 4 } else { i }
}

/// A time of day with what may follow it: fraction, AM or PM, zone, year.
fn clock(s: &[u8]) -> usize {
    let hour = digits(s);
    let mark = at(s, hour);
    if hour == 0 || hour > 2 || !matches!(mark, b':' | b'.') {
        return 0;
    }
    let minute = digits(from(s, hour + 1));
    if minute == 0 || minute > 2 || at(s, hour + 1 + minute) != mark {
        return 0;
    }
    let second = digits(from(s, hour + minute + 2));
    // Seconds may have one digit if times are written without leading zeros; with dots that would be a version.
    if second == 0 || second > 2 || (mark == b'.' && (hour != 2 || minute != 2 || second != 2)) {
        return 0;
    }
    let mut i = hour + minute + second + 2;
    i += fraction(from(s, i));
    if at(s, i) == b' ' && matches!(at(s, i + 1), b'A' | b'P') && at(s, i + 2) == b'M' {
        i += 3;
    }
    i += zone(from(s, i));
    if at(s, i) == b' '
        && digits(from(s, i + 1)) == 4
        && matches!(at(s, i + 1), b'1' | b'2')
        && ends(s, i + 5)
    {
        i += 5;
    }
    if ends(s, i) { i } else { 0 }
}

fn fraction(s: &[u8]) -> usize {
    let n = digits(from(s, 1));
    if matches!(at(s, 0), b'.' | b',' | b':') && n > 0 && n <= 9 { n + 1 } else { 0 }
}

/// `Z`, `+02:00`, `+0200`, ` UTC`.
fn zone(s: &[u8]) -> usize {
    if at(s, 0) == b'Z' {
        return 1;
    }
    let gap = usize::from(at(s, 0) == b' ');
    let rest = from(s, gap);
    if matches!(at(rest, 0), b'+' | b'-') {
        let n = digits(from(rest, 1));
        if n == 4 {
            return gap + 5;
        }
        if n == 2 {
            let minutes = at(rest, 3) == b':' && digits(from(rest, 4)) == 2;
            return if minutes {
                gap + 6
            } else if gap == 0 {
                3
            } else {
                0
            };
        }
        return 0;
    }
    let name = run(rest, |b| b.is_ascii_uppercase());
    let zones: [&[u8]; 14] = [
        b"UTC", b"GMT", b"EST", b"EDT", b"CST", b"CDT", b"MST", b"MDT", b"PST", b"PDT", b"CET", b"CEST",
        b"IST", b"JST",
    ];
    if gap == 1 && zones.contains(&cut(rest, 0, name)) { gap + name } else { 0 }
}

fn ends(s: &[u8], i: usize) -> bool {
    let b = at(s, i);
    b == 0 || class(b) == SPACE || !(b.is_ascii_alphanumeric() || b == b'.' && at(s, i + 1).is_ascii_digit())
}

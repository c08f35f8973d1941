//! Times as RFC 3339 writes them: <https://www.rfc-editor.org/rfc/rfc3339>, the form of Go's JSON.

use signalbox_domain::Timestamp;

/// `2026-02-03T04:05:06.789Z` or `…+01:00`; what is finer than a millisecond is cut off. `None`: not such a time.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let number = |at: usize, digits: usize| -> Option<i64> {
        let digits = bytes.get(at..at + digits)?;
        digits.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
    };
    let sign = |at: usize, any: &[u8]| bytes.get(at).is_some_and(|b| any.contains(b));
    if !(sign(4, b"-") && sign(7, b"-") && sign(10, b"Tt ") && sign(13, b":") && sign(16, b":")) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    // A leap second is the last one twice.
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut at = 19;
    let mut millis = 0;
    if sign(at, b".") {
        let digits = bytes.get(at + 1..)?.iter().take_while(|b| b.is_ascii_digit()).count();
        let kept = digits.min(3);
        millis = number(at + 1, kept).filter(|_| digits > 0)? * [1000, 100, 10, 1].get(kept)?;
        at += 1 + digits;
    }
    let offset = match bytes.get(at..)? {
        b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (hours, minutes) = (number(at + 1, 2)?, number(at + 4, 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if *sign == b'-' { -60 } else { 60 }
        }
        _ => return None,
    };
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second.min(59) - offset;
    Some(Timestamp(seconds * 1_000 + millis))
}

/// Days since 1970 in the Gregorian calendar: Howard Hinnant's `days_from_civil`,
/// <https://howardhinnant.github.io/date_algorithms.html>.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-11-21T00:00:00Z", Some(1_795_219_200_000)),
            ("2026-11-21T00:00:00.123456789Z", Some(1_795_219_200_123)),
            ("2026-11-21T00:00:00.5Z", Some(1_795_219_200_500)),
            ("2026-11-21T01:30:00+01:30", Some(1_795_219_200_000)),
            ("2026-11-20T19:00:00-05:00", Some(1_795_219_200_000)),
            ("2000-02-29T12:00:00Z", Some(951_825_600_000)),
            ("0001-01-01T00:00:00Z", Some(-62_135_596_800_000)),
            ("2026-11-21", None),
            ("2026-11-21T00:00:00", None),
            ("2026-11-21T00:00:00.Z", None),
            ("2026-13-21T00:00:00Z", None),
            ("2026-11-21T24:00:00Z", None),
            ("2026-11-21T00:00:00+0100", None),
            ("2026-11-21T00:00:00Zx", None),
            ("٢٠٢٦-11-21T00:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(parse(text), expected.map(Timestamp), "{text}");
        }
    }
}

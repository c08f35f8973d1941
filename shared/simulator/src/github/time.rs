//! Moments in the forms in which GitHub writes and reads them.

use jiff::Timestamp;

/// `2026-11-21T07:45:54Z`: GitHub's fields have whole seconds.
pub(super) fn iso(ms: i64) -> String {
    Timestamp::from_second(ms.div_euclid(1_000)).map(|at| at.to_string()).unwrap_or_default()
}

/// `Sat, 21 Nov 2026 07:45:54 GMT`: the header `Date` of every answer.
pub(super) fn http_date(ms: i64) -> String {
    let at = Timestamp::from_second(ms.div_euclid(1_000)).unwrap_or_default();
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `2026-11-21T07:45:54.1230000Z`: the lines of a log have seven digits.
pub(super) fn iso_of_log(ms: i64) -> String {
    let whole = iso(ms);
    format!("{}.{:03}0000Z", whole.trim_end_matches('Z'), ms.rem_euclid(1_000))
}

/// Reads a date, or a date with a time, as searches take them. Gives the milliseconds at which it begins and at which
/// the next one begins.
fn read(text: &str) -> Option<(i64, i64)> {
    if let Ok(date) = text.parse::<jiff::civil::Date>()
        && text.len() == 10
    {
        let from = date.to_datetime(jiff::civil::Time::midnight());
        let from = jiff::tz::TimeZone::UTC.to_timestamp(from).ok()?.as_millisecond();
        return Some((from, from + 86_400_000));
    }
    let from = text.parse::<Timestamp>().ok()?.as_millisecond();
    Some((from, from + 1_000))
}

/// A `created` filter: `>=X`, `>X`, `<=X`, `<X`, `X..Y`, `*..Y`, `X..*` or `X`. Gives the beginning (inclusive) and the
/// end (exclusive).
/// <https://docs.github.com/en/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax>
pub(super) fn created_filter(text: &str) -> Option<(i64, i64)> {
    if let Some((from, to)) = text.split_once("..") {
        let from = if from == "*" { i64::MIN } else { read(from)?.0 };
        let to = if to == "*" { i64::MAX } else { read(to)?.1 };
        return Some((from, to));
    }
    if let Some(rest) = text.strip_prefix(">=") {
        return Some((read(rest)?.0, i64::MAX));
    }
    if let Some(rest) = text.strip_prefix("<=") {
        return Some((i64::MIN, read(rest)?.1));
    }
    if let Some(rest) = text.strip_prefix('>') {
        return Some((read(rest)?.1, i64::MAX));
    }
    if let Some(rest) = text.strip_prefix('<') {
        return Some((i64::MIN, read(rest)?.0));
    }
    read(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_github_does() {
        assert_eq!(iso(1_531_420_618_999), "2018-07-12T18:36:58Z");
        assert_eq!(http_date(1_531_420_618_999), "Thu, 12 Jul 2018 18:36:58 GMT");
        assert_eq!(iso_of_log(1_531_420_618_042), "2018-07-12T18:36:58.0420000Z");
    }

    #[test]
    fn filters_by_creation_are_read_to_the_second_or_the_day() {
        let second = 1_531_420_618_000;
        let day = 1_531_353_600_000;
        for (text, range) in [
            (">=2018-07-12T18:36:58Z", Some((second, i64::MAX))),
            (">=2018-07-12T20:36:58+02:00", Some((second, i64::MAX))),
            (">2018-07-12T18:36:58Z", Some((second + 1_000, i64::MAX))),
            ("<2018-07-12T18:36:58Z", Some((i64::MIN, second))),
            ("<=2018-07-12T18:36:58Z", Some((i64::MIN, second + 1_000))),
            ("2018-07-12", Some((day, day + 86_400_000))),
            ("2018-07-12..*", Some((day, i64::MAX))),
            ("*..2018-07-12", Some((i64::MIN, day + 86_400_000))),
            // A plus that was not escaped is read as a space.
            (">=2018-07-12T20:36:58 02:00", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(created_filter(text), range, "{text}");
        }
    }
}

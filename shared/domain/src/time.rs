//! Moments, as milliseconds. Reading the clock is a port's business.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

const DAY_MS: i64 = 86_400_000;
/// Day 0.
const FIRST: Date = jiff::civil::date(1970, 1, 1);

impl Timestamp {
    /// The moment that long after this one; stops at the ends of time instead of wrapping.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long since `earlier`; zero if that is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The time of day in UTC, to the minute: `14:02`.
    #[must_use]
    pub fn minute(self) -> String {
        let minutes = self.0.rem_euclid(DAY_MS) / 60_000;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// In UTC, to the second: `2026-11-21 14:02:09Z`.
    #[must_use]
    pub fn in_full(self) -> String {
        format!("{} {}:{:02}Z", self.day(), self.minute(), self.seconds().rem_euclid(60))
    }

    /// The day in UTC it belongs to.
    #[must_use]
    pub fn day(self) -> Day {
        Day(self.0.div_euclid(DAY_MS))
    }
}

/// A day in UTC, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i64);

impl Day {
    /// The first moment after this day.
    #[must_use]
    pub fn end(self) -> Timestamp {
        Timestamp((self.0 + 1).saturating_mul(DAY_MS))
    }
    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Day {
    /// The date; `None` far beyond the years that have four digits.
    fn civil(self) -> Option<Date> {
        FIRST.checked_add(Span::new().try_days(self.0).ok()?).ok()
    }
}

impl std::fmt::Display for Day {
    /// As `2026-11-21`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.civil() {
            Some(day) => write!(f, "{day}"),
            None => write!(f, "day {}", self.0),
        }
    }
}

/// The text is not a day as it is written: `2026-11-21`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoDay;

impl std::fmt::Display for NoDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a day; one is written as 2026-11-21")
    }
}

impl std::error::Error for NoDay {}

impl std::str::FromStr for Day {
    type Err = NoDay;

    /// Reads exactly what `Display` writes of a year with four digits.
    fn from_str(text: &str) -> Result<Self, NoDay> {
        let civil: Date = text.parse().map_err(|_| NoDay)?;
        let days = FIRST.until(civil).map_err(|_| NoDay)?.get_days();
        Some(Self(days.into())).filter(|day| text.len() == 10 && day.to_string() == text).ok_or(NoDay)
    }
}

/// A length of time as people type it: `90m`, `12h`, `7d`, `2w`; at most ten thousand of one unit. `None` if it is
/// not one.
#[must_use]
pub fn length(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let seconds = match unit {
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return None,
    };
    let number = text[..text.len() - 1].parse::<u64>().ok().filter(|n| (1..=10_000).contains(n))?;
    Some(Duration::from_secs(number * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_as_people_type_them() {
        let hours = |n: u64| Some(Duration::from_secs(n * 3600));
        for (text, is) in [
            ("90m", Some(Duration::from_secs(5400))),
            ("12h", hours(12)),
            ("7d", hours(7 * 24)),
            ("2w", hours(14 * 24)),
            ("", None),
            ("h", None),
            ("0h", None),
            ("-3h", None),
            ("7€", None),
            ("99999999999999999999h", None),
        ] {
            assert_eq!(length(text), is, "{text}");
        }
    }

    #[test]
    fn days() {
        for (ms, day) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (951_782_400_000, "2000-02-29"),
            (1_795_219_200_000, "2026-11-21"),
            (DAY_MS * 365 - 1, "1970-12-31"),
        ] {
            assert_eq!(Timestamp(ms).day().to_string(), day, "{ms}");
            assert_eq!(day.parse(), Ok(Timestamp(ms).day()), "{day}");
        }
        assert_eq!(Timestamp(5).day().end(), Timestamp(DAY_MS));
        assert_eq!(Timestamp(DAY_MS + (14 * 60 + 2) * 60_000 + 59_999).minute(), "14:02");
        assert_eq!(Timestamp(-1).minute(), "23:59");
    }

    #[test]
    fn what_is_no_day() {
        for text in [
            "",
            "2026",
            "2026-02-30",
            "2026-13-01",
            "2026-1-2",
            "2026-01-02x",
            "+026-01-02",
            "-001-01-02",
            "2026-00-01",
        ] {
            assert_eq!(text.parse::<Day>(), Err(NoDay), "{text}");
        }
        for day in -800_000..3_000_000i64 {
            let day = Day(day);
            let written = day.to_string();
            assert_eq!(
                written.parse(),
                if written.len() == 10 && !written.starts_with('-') { Ok(day) } else { Err(NoDay) }
            );
        }
    }
}

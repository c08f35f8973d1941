//! Dates, times and lengths of time, as people write them. The zone is always the parameter's own.

use super::Problem;
use crate::time::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp as Moment, ToSpan as _};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// A time zone of the database at <https://www.iana.org/time-zones>, by name: `Europe/Berlin`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The date in this zone at that moment.
    fn day(&self, now: Timestamp) -> Option<Date> {
        Some(Moment::from_millisecond(now.0).ok()?.to_zoned(self.zone.clone()).date())
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }
}

impl TryFrom<String> for Zone {
    type Error = String;
    /// # Errors
    /// When there is no zone of this name.
    fn try_from(name: String) -> Result<Self, String> {
        if name == "UTC" {
            return Ok(Self::default());
        }
        match TimeZone::get(&name) {
            // The database takes a name in any case, and what is shown is what the catalogue says.
            Ok(zone) => Ok(Self { name, zone }),
            Err(_) => Err(format!("there is no time zone {name:?}; one is written as Europe/Berlin or UTC")),
        }
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// A date: `2026-12-01`, `today` or `tomorrow`.
pub(super) fn date(text: &str, zone: &Zone, now: Timestamp) -> Result<String, Problem> {
    let found = match text.to_ascii_lowercase().as_str() {
        "today" => zone.day(now),
        "tomorrow" => zone.day(now).and_then(|day| day.checked_add(1.day()).ok()),
        _ => text.parse::<Date>().ok().filter(|date| date.to_string() == text),
    };
    found.map(|date| date.to_string()).ok_or(Problem::NotADate)
}

/// A time of day: `8:00`, `08:00`; no seconds.
pub(super) fn time(text: &str) -> Result<String, Problem> {
    clock(text).map(|time| format!("{:02}:{:02}", time.hour(), time.minute())).ok_or(Problem::NotATime)
}

fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str, least: usize| {
        (least..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    if !digits(hour, 1) || !digits(minute, 2) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// A moment: `2026-12-01 08:00` in the zone, with an offset (`2026-12-01T08:00:00+01:00`), `tomorrow 8:00`, `in 2h`.
/// Given back with the zone's offset.
pub(super) fn moment(text: &str, zone: &Zone, now: Timestamp) -> Result<String, Problem> {
    let said = |moment: Moment| {
        let zoned = moment.to_zoned(zone.zone.clone());
        format!("{}{}", zoned.datetime().strftime("%Y-%m-%dT%H:%M:%S"), zoned.strftime("%:z"))
    };
    let wrong = || Problem::NotAMoment { zone: zone.name.clone() };
    if let Some(after) = text.strip_prefix("in ") {
        let moment = now.plus(length(after.trim()).ok_or_else(wrong)?);
        return Moment::from_millisecond(moment.0).map(said).map_err(|_| wrong());
    }
    // Forms give seconds since 1970.
    if let Some(seconds) = text.strip_prefix('@') {
        let seconds = seconds.parse().ok().and_then(|seconds| Moment::from_second(seconds).ok());
        return seconds.map(said).ok_or_else(wrong);
    }
    // With an offset it is one moment, whatever the zone.
    if text.contains(['T', 't'])
        && let Ok(moment) = text.parse::<Moment>()
    {
        return Ok(said(moment));
    }
    let (day, at) = text.split_once([' ', 'T']).ok_or_else(wrong)?;
    let day: Date = date(day, zone, now).ok().and_then(|day| day.parse().ok()).ok_or_else(wrong)?;
    let local = DateTime::from_parts(day, clock(at.trim()).ok_or_else(wrong)?);
    // When clocks are changed, some times of the day do not exist and some come twice; neither is guessed.
    let found = zone.zone.to_ambiguous_timestamp(local);
    match found.offset() {
        AmbiguousOffset::Unambiguous { .. } => found.compatible().map(said).map_err(|_| wrong()),
        AmbiguousOffset::Gap { .. } => Err(Problem::NoSuchMoment { zone: zone.name.clone() }),
        AmbiguousOffset::Fold { .. } => Err(Problem::TwoMoments { zone: zone.name.clone() }),
    }
}

/// The seconds since 1970 of a moment that is written with its offset.
#[must_use]
pub fn seconds(text: &str) -> Option<i64> {
    text.parse::<Moment>().ok().map(Moment::as_second)
}

const UNITS: [(char, u64); 5] = [('w', 604_800), ('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];

/// A length of time: `90m`, `1h30m`, `2d`; units from the largest to the smallest, each once.
#[must_use]
pub fn length(text: &str) -> Option<Duration> {
    let (mut rest, mut seconds, mut units) = (text, 0u64, UNITS.iter());
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|at| (1..=6).contains(at))?;
        let number: u64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].chars().next()?;
        let (_, worth) = units.by_ref().find(|(letter, _)| *letter == unit)?;
        seconds = seconds.checked_add(number * worth)?;
        rest = &rest[digits + 1..];
    }
    Some(Duration::from_secs(seconds))
}

/// The shortest way to write a length of time: `1h30m`. Weeks are written as days.
#[must_use]
pub fn spelt(length: Duration) -> String {
    let mut seconds = length.as_secs();
    let mut text = String::new();
    for (unit, worth) in UNITS.into_iter().skip(1) {
        let number = seconds / worth;
        if number > 0 {
            text.push_str(&format!("{number}{unit}"));
            seconds %= worth;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21T00:00:00Z.
    const NOW: Timestamp = Timestamp(1_795_219_200_000);

    fn zone(name: &str) -> Zone {
        Zone::try_from(name.to_owned()).unwrap()
    }

    #[test]
    fn lengths() {
        for (text, is) in [
            ("90m", Some("1h30m")),
            ("1h30m", Some("1h30m")),
            ("2w", Some("14d")),
            ("86400s", Some("1d")),
            ("0s", Some("0s")),
            ("30m1h", None),
            ("1h1h", None),
            ("h", None),
            ("90", None),
            ("", None),
            ("-1h", None),
            ("7€", None),
            ("9999999h", None),
        ] {
            assert_eq!(length(text).map(spelt).as_deref(), is, "{text}");
        }
    }

    #[test]
    fn dates_and_times() {
        let berlin = zone("Europe/Berlin");
        for (text, is) in [
            ("2026-12-01", Ok("2026-12-01")),
            ("today", Ok("2026-11-21")),
            ("Tomorrow", Ok("2026-11-22")),
            ("2026-02-30", Err(Problem::NotADate)),
            ("1.12.2026", Err(Problem::NotADate)),
            ("2026-12-01T08:00", Err(Problem::NotADate)),
        ] {
            assert_eq!(date(text, &berlin, NOW), is.map(str::to_owned), "{text}");
        }
        // It is still yesterday in the west.
        assert_eq!(date("today", &zone("America/New_York"), NOW).unwrap(), "2026-11-20");
        for (text, is) in [("8:00", Ok("08:00")), ("23:59", Ok("23:59")), ("24:00", Err(Problem::NotATime))] {
            assert_eq!(time(text), is.map(str::to_owned), "{text}");
        }
        for text in ["8", "8:0", "8:000", "+8:00", ":30", "8:00:00"] {
            assert_eq!(time(text), Err(Problem::NotATime), "{text}");
        }
    }

    #[test]
    fn a_moment_is_given_back_in_the_zone_of_its_parameter() {
        let berlin = zone("Europe/Berlin");
        let name = || "Europe/Berlin".to_owned();
        for (text, is) in [
            ("2026-12-01 08:00", Ok("2026-12-01T08:00:00+01:00")),
            ("2026-07-01 8:00", Ok("2026-07-01T08:00:00+02:00")),
            ("2026-12-01T07:00:00Z", Ok("2026-12-01T08:00:00+01:00")),
            ("2026-12-01T08:00:00+01:00", Ok("2026-12-01T08:00:00+01:00")),
            ("tomorrow 8:00", Ok("2026-11-22T08:00:00+01:00")),
            ("@1795219200", Ok("2026-11-21T01:00:00+01:00")),
            ("@soon", Err(Problem::NotAMoment { zone: name() })),
            ("in 90m", Ok("2026-11-21T02:30:00+01:00")),
            // Clocks are set forward at 2:00 and back at 3:00.
            ("2026-03-29 02:30", Err(Problem::NoSuchMoment { zone: name() })),
            ("2026-10-25 02:30", Err(Problem::TwoMoments { zone: name() })),
            ("2026-10-25T02:30:00+01:00", Ok("2026-10-25T02:30:00+01:00")),
            ("soon", Err(Problem::NotAMoment { zone: name() })),
            ("8:00", Err(Problem::NotAMoment { zone: name() })),
            ("in a while", Err(Problem::NotAMoment { zone: name() })),
        ] {
            assert_eq!(moment(text, &berlin, NOW), is.map(str::to_owned), "{text}");
        }
        assert!(Zone::try_from("Europe/Bonn".to_owned()).is_err());
        assert_eq!(moment("2026-12-01 08:00", &Zone::default(), NOW).unwrap(), "2026-12-01T08:00:00+00:00");
    }
}

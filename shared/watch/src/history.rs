//! What is known of one pattern over time, and what it is now.

use serde::{Deserialize, Serialize};
use signalbox_domain::Timestamp;
use signalbox_domain::alert::Class;
use signalbox_domain::watch::Watch;
use signalbox_engine::ports::Span;
use std::collections::BTreeMap;

const HOUR: i64 = 3_600_000;
const WEEK: i64 = 168;
/// For this many hours counts are kept by window; after that, for this many weeks, by hour.
const FINE_HOURS: i64 = 48;
const WEEKS: i64 = 5;
/// How many windows a card's line of bars has.
pub(crate) const RECENT: usize = 24;

/// A pattern's past. Counts are kept by window, so that a window that is read twice is counted once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct History {
    /// When it was first seen; `None` if it never was.
    pub(crate) first_seen: Option<Timestamp>,
    /// When it was last seen, in the windows so far.
    pub(crate) last_seen: Timestamp,
    /// Lines by the beginning of their window, of the last two days.
    windows: BTreeMap<i64, u64>,
    /// Lines by hour since 1970, of the weeks before.
    hours: BTreeMap<i64, u64>,
    /// Lines before that time.
    older: u64,
    /// When its last line before each window came, for the windows that may still be read again.
    #[serde(default)]
    before: BTreeMap<i64, Timestamp>,
}

impl History {
    /// Puts what a window brought in place of what was put for this window before.
    pub(crate) fn put(&mut self, span: Span, count: u64, first: Timestamp, last: Timestamp) {
        let at = span.from.0;
        self.before.entry(at).or_insert(self.last_seen);
        self.windows.insert(at, count);
        if count > 0 {
            self.first_seen = Some(self.first_seen.map_or(first, |known| known.min(first)));
            self.last_seen = self.last_seen.max(last);
        }
        let fine = at - FINE_HOURS * HOUR;
        while let Some(old) = self.windows.first_entry().filter(|e| *e.key() < fine) {
            let (at, count) = old.remove_entry();
            *self.hours.entry(at.div_euclid(HOUR)).or_default() += count;
        }
        let coarse = at.div_euclid(HOUR) - WEEKS * WEEK;
        while let Some(old) = self.hours.first_entry().filter(|e| *e.key() < coarse) {
            self.older += old.remove();
        }
        self.before.retain(|window, _| *window >= fine);
    }

    /// Lines in all time.
    pub(crate) fn lines(&self) -> u64 {
        self.older + self.windows.values().sum::<u64>() + self.hours.values().sum::<u64>()
    }

    /// Lines of the latest windows, oldest first, up to that one.
    pub(crate) fn recent(&self, span: Span) -> Vec<u64> {
        let every = span.to.0 - span.from.0;
        let windows = (0..RECENT as i64).rev().map(|n| span.from.0 - n * every);
        let first = self.first_seen.map_or(i64::MAX, |t| t.0);
        windows
            .skip_while(|at| at + every <= first)
            .map(|at| self.windows.get(&at).copied().unwrap_or_default())
            .collect()
    }

    /// What the pattern is in this window, with so many lines, and how many are usual. `since` is when the watch began.
    pub(crate) fn class(&self, watch: &Watch, span: Span, count: u64, since: Timestamp) -> (Class, u64) {
        let usual = self.usual(span, since);
        // The state before this window, because the window may have been put already.
        let last = self.before.get(&span.from.0).copied().unwrap_or(self.last_seen);
        let known = self.first_seen.is_some_and(|first| first < span.from) && last > Timestamp::default();
        let quiet = i64::from(watch.quiet_days) * 24 * HOUR;
        let class = if !known {
            Class::New
        } else if span.from.0 - last.0 >= quiet {
            Class::Regressed
        } else if count >= watch.spike.at_least
            && count >= u64::from(watch.spike.times).saturating_mul(usual.max(1))
        {
            Class::Spiking
        } else {
            Class::Known
        };
        (class, usual)
    }

    /// What is usual: the higher of two medians. One is over the same hour of each week, as far as that was watched,
    /// so that what comes every night is no spike. The other is over the last day's windows since the pattern first
    /// came, so that what has been loud all day is no spike either.
    fn usual(&self, span: Span, since: Timestamp) -> u64 {
        let every = (span.to.0 - span.from.0).max(1);
        let hour = span.from.0.div_euclid(HOUR);
        let per_hour = u64::try_from((HOUR / every).max(1)).unwrap_or(1);
        let weeks = (1..WEEKS).map(|n| hour - n * WEEK).filter(|h| h * HOUR >= since.0);
        let weekly =
            median(weeks.map(|h| self.hours.get(&h).copied().unwrap_or_default() / per_hour).collect());
        let first = self.first_seen.map_or(span.from.0, |t| t.0);
        let begin = (span.from.0 - 24 * HOUR).max(first - first.rem_euclid(every)).max(since.0);
        let windows = (begin..span.from.0).step_by(usize::try_from(every).unwrap_or(usize::MAX));
        let daily = median(windows.map(|at| self.windows.get(&at).copied().unwrap_or_default()).collect());
        weekly.unwrap_or_default().max(daily.unwrap_or_default())
    }
}

/// The median; of an even number of values, the higher of the two in the middle.
fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round::tests::watch;

    const EVERY: i64 = 900_000;
    /// A Monday, 00:00 UTC.
    const MONDAY: i64 = 1_794_787_200_000;

    fn span(from: i64) -> Span {
        Span { from: Timestamp(from), to: Timestamp(from + EVERY) }
    }

    fn seen(history: &mut History, from: i64, count: u64) -> Class {
        let (class, _) = history.class(&watch(), span(from), count, Timestamp(MONDAY - 40 * 24 * HOUR));
        history.put(span(from), count, Timestamp(from + 1), Timestamp(from + 2));
        class
    }

    #[test]
    fn a_life() {
        let mut history = History::default();
        assert_eq!(seen(&mut history, MONDAY, 2), Class::New);
        assert_eq!(seen(&mut history, MONDAY, 2), Class::New, "the same window again");
        assert_eq!(seen(&mut history, MONDAY + EVERY, 3), Class::Known);
        assert_eq!(seen(&mut history, MONDAY + 2 * EVERY, 19), Class::Known, "too few for a spike");
        assert_eq!(seen(&mut history, MONDAY + 3 * EVERY, 40), Class::Spiking);
        assert_eq!(history.lines(), 2 + 3 + 19 + 40);
        assert_eq!(history.recent(span(MONDAY + 3 * EVERY)), [2, 3, 19, 40]);
        let later = MONDAY + 8 * 24 * HOUR;
        assert_eq!(seen(&mut history, later, 1), Class::Regressed, "quiet for a week");
        assert_eq!(seen(&mut history, later, 1), Class::Regressed, "the same window again");
        assert_eq!(seen(&mut history, later + EVERY, 1), Class::Known);
        assert_eq!(history.lines(), 2 + 3 + 19 + 40 + 2);
    }

    #[test]
    fn what_comes_every_week_is_no_spike() {
        let mut history = History::default();
        let night = 3 * HOUR;
        for week in 0..4 {
            let monday = MONDAY + week * WEEK * HOUR;
            for quarter in 0..4 {
                let class = seen(&mut history, monday + night + quarter * EVERY, 100);
                assert!(week < 1 || class != Class::Spiking || week < 2, "week {week}: {class:?}");
            }
            // A few lines every day, so that the pattern is never quiet.
            for day in 0..7 {
                seen(&mut history, monday + day * 24 * HOUR + 12 * HOUR, 1);
            }
        }
        let monday = MONDAY + 4 * WEEK * HOUR;
        assert_eq!(seen(&mut history, monday + night, 110), Class::Known);
        assert_eq!(seen(&mut history, monday + 12 * HOUR, 110), Class::Spiking, "but not at noon");
    }

    #[test]
    fn counts_are_bounded_and_never_lost() {
        let mut history = History::default();
        for n in 0..(60 * 24 * 4) {
            history.put(
                span(MONDAY + n * EVERY),
                1,
                Timestamp(MONDAY + n * EVERY),
                Timestamp(MONDAY + n * EVERY),
            );
        }
        assert_eq!(history.lines(), 60 * 24 * 4);
        assert!(history.windows.len() <= 4 * 49 && history.hours.len() <= 24 * 7 * 5 + 1);
        assert!(serde_json::to_vec(&history).unwrap().len() < 40_000);
    }
}

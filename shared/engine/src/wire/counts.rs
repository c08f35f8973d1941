//! What a watch counted in its latest windows: a memo that the log-watch replaces, and by which the dispatcher verifies
//! runs. It lies on the shelf of the figures, which both may use.

use super::{Unreadable, figures, read, write};
use crate::ports::{Memo, Memos, PortError};
use serde::{Deserialize, Serialize};
use signalbox_domain::Timestamp;
use signalbox_domain::ids::Name;
use signalbox_domain::lookup::{Counting, Failed};
use signalbox_domain::run::Asked;
use std::collections::BTreeMap;
use std::time::Duration;

/// So many windows are kept: those of two days, where they are as long as usual.
const KEPT: usize = 200;

/// What one watch counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// By the beginning of each window, in milliseconds since 1970.
    windows: BTreeMap<i64, Counted>,
}

/// What a watch counted in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The lines that counted.
    pub lines: u64,
    /// Whether all of its sources were read to the end.
    pub whole: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    v: u8,
    counts: Counts,
}

fn key(watch: &Name) -> String {
    format!("counts/{watch}")
}

/// Notes a window; read once more, it replaces what was noted.
///
/// # Errors
/// When the port fails, or somebody else noted one at the same time.
pub async fn note<M: Memos + ?Sized>(
    memos: &M,
    watch: &Name,
    (from, until): (Timestamp, Timestamp),
    counted: Counted,
) -> Result<(), PortError> {
    let before = memos.memo(figures::SHELF, &key(watch)).await?;
    let revision = before.as_ref().map_or(0, |memo| memo.revision) + 1;
    // What cannot be read is begun anew.
    let mut counts = before.and_then(|memo| decode(&memo.body).ok()).unwrap_or_default();
    counts.windows.insert(from.0, counted);
    while counts.windows.len() > KEPT {
        counts.windows.pop_first();
    }
    let body = write("counts", &Stored { v: 1, counts })?;
    let (shelf, key) = (figures::SHELF.to_owned(), key(watch));
    memos.put_memo(Memo { shelf, key, revision, body, until: Some(until) }).await
}

fn decode(bytes: &[u8]) -> Result<Counts, Unreadable> {
    let stored: Stored = read("counts", bytes)?;
    if stored.v == 1 {
        Ok(stored.counts)
    } else {
        Err(Unreadable { what: "counts", why: format!("version {}", stored.v) })
    }
}

/// What a watch counted; nothing, if it counted nothing yet.
pub(crate) async fn of<M: Memos + ?Sized>(memos: &M, watch: &Name) -> Result<Counts, PortError> {
    let memo = memos.memo(figures::SHELF, &key(watch)).await?;
    Ok(memo.map(|memo| decode(&memo.body)).transpose()?.unwrap_or_default())
}

impl Counts {
    /// Whether the windows that began since a run ended have few enough lines.
    pub(crate) fn judged(&self, counting: &Counting, since: Timestamp) -> Asked {
        let no = |why: String, unasked| Failed { what: counting.what(), why, unasked };
        let every = Duration::from_secs(counting.every.max(1));
        let length = i64::try_from(every.as_millis()).unwrap_or(i64::MAX);
        let until = since.plus(Duration::from_secs(counting.within));
        let mut from = Timestamp(since.0.div_euclid(length).saturating_add(1).saturating_mul(length));
        if since.0.rem_euclid(length) == 0 {
            from = since;
        }
        let (mut lines, mut whole) = (0u64, true);
        loop {
            match self.windows.get(&from.0) {
                Some(counted) => {
                    lines = lines.saturating_add(counted.lines);
                    whole &= counted.whole;
                }
                None => whole = false,
            }
            from = from.plus(every);
            if from >= until {
                break;
            }
        }
        if lines > counting.at_most {
            return Asked::Not(no(format!("it counted {lines}"), false));
        }
        if whole {
            Asked::Holds
        } else {
            Asked::Unasked(no("not all of its lines are counted".to_owned(), true))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_windows_after_the_run_say_that_it_holds() {
        let counts = |windows: &[(i64, u64, bool)]| Counts {
            windows: windows
                .iter()
                .map(|(at, lines, whole)| (at * 1000, Counted { lines: *lines, whole: *whole }))
                .collect(),
        };
        let judged = |windows: &[(i64, u64, bool)], within, since: i64| {
            let counting =
                Counting { watch: "web".parse().unwrap(), at_most: 10, within, every: 60, delay: 5 };
            match counts(windows).judged(&counting, Timestamp(since * 1000)) {
                Asked::Holds => "holds".to_owned(),
                Asked::Not(no) => no.why,
                Asked::Unasked(_) => "?".to_owned(),
            }
        };
        // The window in which the run ended says nothing of it, for it began before.
        assert_eq!(judged(&[(0, 99, true)], 60, 7), "?");
        assert_eq!(judged(&[(0, 99, true), (60, 10, true)], 60, 7), "holds");
        assert_eq!(judged(&[(0, 99, true), (60, 10, true)], 120, 7), "?", "another window begins at 120");
        assert_eq!(judged(&[(60, 4, true), (120, 6, true)], 120, 7), "holds");
        assert_eq!(judged(&[(60, 4, true), (120, 7, true)], 120, 7), "it counted 11");
        // A source that was not read to its end may have had more; what is too much is too much at once.
        assert_eq!(judged(&[(60, 4, false), (120, 6, true)], 120, 7), "?");
        assert_eq!(judged(&[(60, 11, false)], 600, 7), "it counted 11");
        // However short it is, one window counts; and one that begins in the same moment does.
        assert_eq!(judged(&[(60, 4, true)], 1, 7), "holds");
        assert_eq!(judged(&[(60, 4, true)], 60, 60), "holds");
    }
}

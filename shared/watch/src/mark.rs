//! How far a watch is: a memo that is put only if nobody else put it meanwhile.

use crate::window::Window;
use serde::{Deserialize, Serialize};
use signalbox_domain::Timestamp;
use signalbox_domain::ids::Name;
use signalbox_domain::watch::Watch;
use signalbox_engine::ports::Span;
use std::collections::BTreeMap;

/// How far a watch is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// The first window; the default means none yet.
    pub(crate) began: Timestamp,
    /// The next window.
    pub(crate) next: Timestamp,
    /// Where each source's next window begins, for sources that give a position.
    pub(crate) positions: BTreeMap<Name, String>,
    /// Lines that counted, by window.
    pub(crate) totals: BTreeMap<i64, u64>,
    /// Patterns with alerts, by fingerprint.
    pub(crate) alerted: BTreeMap<String, Alerted>,
    /// The window in which the present bulletin began.
    pub(crate) episode: Option<Timestamp>,
    /// Windows to be read once more, and the bulletin in which each was told.
    pub(crate) again: BTreeMap<i64, Option<Timestamp>>,
    /// The version of the built-in rules that patterns were last named by; 0 if it was not noted at the time.
    #[serde(default)]
    pub(crate) rules: u32,
    /// Whether some patterns are called by another name than their fingerprint: see `names.rs`.
    #[serde(default)]
    pub(crate) named: bool,
}

/// A pattern with an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alerted {
    pub(crate) title: String,
    pub(crate) sample: String,
    pub(crate) sources: Vec<String>,
    pub(crate) last_seen: Timestamp,
    /// Lines in the latest window that its card shows.
    pub(crate) count: u64,
    /// The pattern of its family whose card stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) joined: Option<String>,
    /// It was news while it was silenced, so people are still to be told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) silenced: bool,
}

impl Mark {
    /// Changes the mark once a window is told.
    pub(crate) fn move_on(
        &mut self,
        watch: &Watch,
        span: Span,
        pass: u32,
        windows: &BTreeMap<Name, Window>,
        settles: bool,
    ) {
        if pass > 1 || !settles {
            self.again.remove(&span.from.0);
        }
        if pass > 1 {
            return;
        }
        for name in watch.sources.keys() {
            // After a failure, a source is read from the place where reading stopped.
            if let Some(next) = windows.get(name).and_then(|w| w.next.clone()) {
                self.positions.insert(name.clone(), next);
            }
        }
        self.next = span.to;
    }
}

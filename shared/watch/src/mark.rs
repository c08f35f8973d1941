//! How far a watch is: a memo, put under the condition that nobody else did.

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
    /// The first window; the default: none yet.
    pub(crate) began: Timestamp,
    /// The next window.
    pub(crate) next: Timestamp,
    /// Where each source's next window begins, for those that say so.
    pub(crate) positions: BTreeMap<Name, String>,
    /// Lines that counted, by window.
    pub(crate) totals: BTreeMap<i64, u64>,
    /// Patterns with alerts, by fingerprint.
    pub(crate) alerted: BTreeMap<String, Alerted>,
    /// Since which window the present bulletin goes on.
    pub(crate) episode: Option<Timestamp>,
    /// Windows to be read once more, and the bulletin that they were told in.
    pub(crate) again: BTreeMap<i64, Option<Timestamp>>,
    /// The version of the built-in rules that patterns were last named by; 0: of a time when nobody noted it.
    #[serde(default)]
    pub(crate) rules: u32,
    /// Whether some patterns are called otherwise than by their fingerprints: see `names.rs`.
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
    /// It was news while it was silenced: people are still to be told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) silenced: bool,
}

impl Mark {
    /// What the mark says once a window is told.
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
            // What failed is read on from where it stood.
            if let Some(next) = windows.get(name).and_then(|w| w.next.clone()) {
                self.positions.insert(name.clone(), next);
            }
        }
        self.next = span.to;
    }
}

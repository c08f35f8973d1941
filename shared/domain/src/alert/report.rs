//! What one window of a watch brought, to be told in its message.

use super::finding::{Class, Deployed};
use crate::ids::{AlertId, BulletinId, Name};
use crate::people::Place;
use crate::silence::SilenceRule;
use crate::time::Timestamp;
use crate::watch::Severity;
use serde::{Deserialize, Serialize};

/// At most this many patterns are named in a report; the rest is counted.
pub const MOST_PATTERNS: usize = 12;
/// At most this many runs are named in a report; the rest is counted.
pub const MOST_RUNS: usize = 8;

/// What one window of a watch brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub watch: Name,
    /// The window's first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// Each source, by name.
    pub sources: Vec<SourceReport>,
    /// The patterns that matter, most urgent first.
    pub patterns: Vec<PatternLine>,
    /// Families of patterns: new patterns of a family are named only here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub families: Vec<FamilyLine>,
    /// All other patterns.
    pub others: Others,
    /// Lines that counted in the latest windows, oldest first, this one included.
    pub recent: Vec<u64>,
    /// There was nothing to compare with: every pattern that was seen counts as known from now on.
    pub first: bool,
    /// Where people look further: a word or two, and an address.
    pub links: Vec<(String, String)>,
    /// Lines whose level could not be told, if there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_level: Option<WithoutLevel>,
    /// Whether its message keeps what it told before. Older reports replaced it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_told: bool,
    /// What was not told, because the catalogue silences it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silenced: Vec<Silenced>,
    /// Runs that ended in the window, latest first: those of the operations that the watch's `deploys` names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Deployed>,
    /// How many more runs ended in it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_runs: u64,
    /// The least level of lines that counted, unless that is `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<Severity>,
}

pub(super) fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Lines whose level could not be told, so nobody can say whether they are errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithoutLevel {
    /// How many.
    pub lines: u64,
    /// How many of them counted.
    pub counted: u64,
    /// The first of them that did not count, else the first that did; redacted.
    pub example: String,
}

/// What one silence of the catalogue kept from being told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silenced {
    /// By which silence.
    pub rule: SilenceRule,
    /// New, spiking and regressed patterns.
    pub patterns: u64,
    /// Their lines.
    pub lines: u64,
}

/// What one source brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceReport {
    /// Its name in the catalogue.
    pub name: Name,
    /// How far it was read.
    pub state: SourceState,
    /// Lines that were read.
    pub read: u64,
    /// How many of them counted.
    pub counted: u64,
    /// How many counted in the window before; `None` where that is not known.
    pub before: Option<u64>,
}

/// How far a source was read. A source that was not read must not look healthy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// To the end.
    Whole,
    /// Not to the end.
    Partly {
        /// Lines in all, where the service says so.
        about: Option<u64>,
    },
    /// Not at all, or no further than this.
    Failed {
        /// Why; redacted.
        why: String,
    },
}

/// A pattern in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternLine {
    /// Its alert, for acting on it.
    pub alert: AlertId,
    /// What it is.
    pub class: Class,
    /// What it says.
    pub title: String,
    /// Lines in the window.
    pub count: u64,
    /// Lines that are usual.
    pub usual: u64,
    /// It has no card of its own.
    pub held: bool,
}

/// Patterns that differ only in words at one or two places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FamilyLine {
    /// The alert whose card stands for them.
    pub alert: AlertId,
    pub family: Kin,
    /// How many of them are new and have no card of their own.
    pub new: u64,
}

/// A family of patterns in a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kin {
    /// What they have in common, with `<*>` where they differ.
    pub form: String,
    /// How many there are in the window.
    pub patterns: u64,
    /// Their lines in the window.
    pub lines: u64,
    /// Words at the places where patterns without a card differ; [`MOST_WORDS`] at most, the latest first.
    pub words: Vec<String>,
}

/// Most words of a family that are named.
pub const MOST_WORDS: usize = 12;

/// What a report does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Others {
    /// New, spiking and regressed patterns that are not named.
    pub urgent: u64,
    /// Patterns as usual.
    pub known: u64,
    /// Lines of all these patterns.
    pub lines: u64,
}

impl Report {
    /// Whether there is something to tell. That everything was read and nothing was found is not news.
    #[must_use]
    pub fn has_news(&self) -> bool {
        let unread = |source: &SourceReport| source.state != SourceState::Whole;
        !self.patterns.is_empty()
            || !self.families.is_empty()
            || !self.silenced.is_empty()
            || self.others.urgent > 0
            || self.sources.iter().any(unread)
    }

    /// The id of the bulletin's record. A bulletin that goes on (an outage) keeps the id of the window in which it
    /// began.
    #[must_use]
    pub fn bulletin(&self, place: &Place, began: Timestamp) -> BulletinId {
        let key = format!("{}/{}/{}", place.channel, self.watch, began.0);
        // The first ids were made with this word: another word would give the same window a second message.
        BulletinId::derive("digest", place.workspace.as_str(), &key)
    }
}

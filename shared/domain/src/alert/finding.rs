//! What was found: by the log-watch in a window, or by an alert manager elsewhere.

use crate::ids::{AlertId, Name, RunId};
use crate::people::Place;
use crate::silence::SilenceRule;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Longest title and sample, in characters; what is longer is cut in the middle.
pub const LONGEST_TEXT: usize = 600;

/// One pattern as it was found. Texts are redacted before they get here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The watch that it belongs to.
    pub watch: Name,
    /// Its stable name within the watch: a fingerprint, or `alert/` and the name that the alert manager gives it.
    pub pattern: String,
    /// What it is now.
    pub class: Class,
    /// What it says: the template, or the alert's name.
    pub title: String,
    /// A line of it, or the alert's description.
    pub sample: String,
    /// Where it was seen: names of sources, or `name=value` of labels.
    pub seen_in: Vec<String>,
    /// How often, and when.
    pub tally: Tally,
    /// How many lines of it there were in all time; of an alert from elsewhere, 0.
    #[serde(default)]
    pub lines: u64,
    /// What was deployed shortly before it appeared, latest first.
    pub after: Vec<Deployed>,
    /// Where people look further: a word or two, and an address that begins with `https://` or `http://`.
    pub links: Vec<(String, String)>,
    /// It gets no card of its own until somebody acts on it, because the window's budget of cards was spent.
    #[serde(default)]
    pub held: bool,
    /// The labels that silence it at the alert manager it came from, as `(name, value)`; empty if nothing does.
    #[serde(default)]
    pub matchers: Vec<(String, String)>,
    /// The silence of the catalogue that keeps it from being told now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silenced: Option<Box<SilenceRule>>,
}

/// What a pattern is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Never seen before; of an alert: it fires.
    New,
    /// Seen before, about as often.
    Known,
    /// Far more often than usual.
    Spiking,
    /// Back after it was resolved, or not seen for long.
    Regressed,
    /// Not seen for as long as the watch says; of an alert: it no longer fires.
    Quiet,
}

impl Class {
    /// New, spiking or back: what people are told of.
    #[must_use]
    pub fn is_urgent(self) -> bool {
        match self {
            Self::New | Self::Spiking | Self::Regressed => true,
            Self::Known | Self::Quiet => false,
        }
    }
}

/// How often, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The beginning of the window it was found in; of an alert, when it began to fire.
    pub from: Timestamp,
    /// The end of the window; of an alert, when that was told.
    pub to: Timestamp,
    /// Lines in the window; of an alert 1, or 0 when it is over.
    pub count: u64,
    /// Lines that are usual at this hour of the week.
    pub usual: u64,
    /// Its first line ever.
    pub first_seen: Timestamp,
    /// Its latest line.
    pub last_seen: Timestamp,
}

/// A run that changed what runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployed {
    pub run: RunId,
    /// What was asked for: `release web 1.4.2`.
    pub what: String,
    /// When it ended.
    pub at: Timestamp,
    /// When the first line came of the pattern that this run is named for; `None` in old records, which did not note
    /// it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_line: Option<Timestamp>,
    /// How it ended, unless it ended as asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// How a run ended that did not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// It failed; it may have changed something all the same.
    Failed,
    /// A person stopped it; it may have changed something all the same.
    Cancelled,
    /// It took too long; it may have changed something all the same.
    TimedOut,
    /// The rules did not allow it: it changed nothing.
    Refused,
}

/// The id of this pattern's alert: the same pattern in the same channel always has the same id.
#[must_use]
pub fn alert_of(place: &Place, watch: &Name, pattern: &str) -> AlertId {
    let key = format!("{}/{watch}/{pattern}", place.channel);
    AlertId::derive("watch", place.workspace.as_str(), &key)
}

impl Finding {
    /// The id of the alert's record: the same pattern in the same channel always has the same id.
    #[must_use]
    pub fn alert(&self, place: &Place) -> AlertId {
        alert_of(place, &self.watch, &self.pattern)
    }

    /// Whether it came from an alert manager, and not from logs.
    #[must_use]
    pub fn is_from_elsewhere(&self) -> bool {
        self.pattern.starts_with("alert/")
    }

    /// Where it stands, in words.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing::of(self.class, self.tally, self.is_from_elsewhere())
    }
}

/// Where a pattern stands, in plain words. Cards, lists, threads and tables all take them from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Never seen before.
    New,
    /// Seen before, about as often.
    GoesOn,
    /// Far more often than usual.
    Spiking,
    /// Seen again after it was over.
    Back,
    /// Its last line came then: none is in the latest window, or none has come for as long as the watch says.
    NotSeenSince(Timestamp),
    /// An alert manager says that it fires.
    Firing,
    /// It fires after it was over.
    FiringAgain,
    /// An alert manager says that it is over.
    NoLongerFiring,
}

impl Standing {
    pub(super) fn of(class: Class, tally: Tally, from_elsewhere: bool) -> Self {
        match (class, from_elsewhere) {
            (Class::Quiet, true) => Self::NoLongerFiring,
            (Class::Regressed, true) => Self::FiringAgain,
            (Class::New | Class::Known | Class::Spiking, true) => Self::Firing,
            (Class::Quiet, false) => Self::NotSeenSince(tally.last_seen),
            (_, false) if tally.count == 0 => Self::NotSeenSince(tally.last_seen),
            (Class::New, false) => Self::New,
            (Class::Known, false) => Self::GoesOn,
            (Class::Spiking, false) => Self::Spiking,
            (Class::Regressed, false) => Self::Back,
        }
    }

    /// The moment to be shown after the words.
    #[must_use]
    pub fn since(self) -> Option<Timestamp> {
        match self {
            Self::NotSeenSince(at) => Some(at),
            Self::New
            | Self::GoesOn
            | Self::Spiking
            | Self::Back
            | Self::Firing
            | Self::FiringAgain
            | Self::NoLongerFiring => None,
        }
    }
}

//! What happened to a run, an alert, a bulletin: one enum for each kind of record, and what may happen to all of them.

use crate::alert::{AlertEvent, BulletinEvent};
use crate::intent::Intent;
use crate::people::Actor;
use crate::run::RunEvent;
use serde::{Deserialize, Serialize};

/// One audit record. Stored as it is here, in the envelope of `engine::wire::event`, which reads it; golden files pin its
/// bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// To an alert.
    Alert(AlertEvent),
    /// To whatever a command was for that could not be handled.
    SetAside(SetAside),
    /// To a bulletin. Bulletins and runs were there first, and are stored without a name of their kind.
    #[serde(untagged)]
    Bulletin(BulletinEvent),
    /// To a run.
    #[serde(untagged)]
    Run(RunEvent),
}

impl From<RunEvent> for Event {
    fn from(event: RunEvent) -> Self {
        Self::Run(event)
    }
}

impl From<AlertEvent> for Event {
    fn from(event: AlertEvent) -> Self {
        Self::Alert(event)
    }
}

impl From<BulletinEvent> for Event {
    fn from(event: BulletinEvent) -> Self {
        Self::Bulletin(event)
    }
}

/// A command could not be handled, and is kept as a dead letter. A run's first event where that was the request itself:
/// then nothing was started, and `Requested` or `Refused` may still follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Which letter.
    pub letter: String,
    /// What kind of command it was, such as `submit`.
    pub what: String,
    /// Who had asked, if it was a person.
    pub by: Option<Actor>,
    /// What was asked for, if it was the request itself.
    pub intent: Option<Intent>,
}

impl SetAside {
    /// Whether it goes on record: of what is there, once; else only where it begins a run.
    #[must_use]
    pub fn is_news(&self, has_folded: Option<bool>) -> bool {
        has_folded.map_or(self.intent.is_some(), |folded| !folded)
    }
}

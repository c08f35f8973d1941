//! What a decision leads to, whatever kind of record it is about.

use crate::ids::RunId;
use crate::run::RunCommand;
use crate::time::Timestamp;

/// What follows: which events go on record, when to look again, and what is still to be brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan<Event, Owed> {
    /// To be appended in one transaction.
    pub events: Vec<Event>,
    /// When to look again; written with the events.
    pub due: Due,
    /// To be brought about after that, in this order. The same command owes it again when it is repeated, as long as
    /// it holds.
    pub owed: Vec<Owed>,
    /// To be sent to other records after that. It is owed again with every input of the record, until it is on record
    /// that it was sent.
    pub sends: Vec<Sending>,
}

/// A command for another record, in nobody's name. If it is sent twice, both have the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The record.
    pub to: RunId,
    /// What it is told.
    pub command: RunCommand,
}

/// When a record is to be looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// At the time that was set before.
    Unchanged,
    /// At this moment.
    At(Timestamp),
    /// Never: nothing more happens by itself.
    Never,
}

impl<Event, Owed> Plan<Event, Owed> {
    /// Nothing follows.
    pub const NOTHING: Self = Self { events: vec![], due: Due::Unchanged, owed: vec![], sends: vec![] };

    /// Nothing happened, but something is to be done.
    #[must_use]
    pub fn owing(owed: Owed) -> Self {
        Self { owed: vec![owed], ..Self::NOTHING }
    }

    /// Nothing happened; the record is looked at again.
    #[must_use]
    pub fn look_again(at: Timestamp) -> Self {
        Self { due: Due::At(at), ..Self::NOTHING }
    }

    /// This happened; the due time stays.
    #[must_use]
    pub fn noting(events: Vec<Event>) -> Self {
        Self { events, ..Self::NOTHING }
    }

    /// This happened, and nothing more happens by itself.
    #[must_use]
    pub fn end(events: Vec<Event>) -> Self {
        Self { events, due: Due::Never, ..Self::NOTHING }
    }
}

//! Rows as stores keep them: keys for their indexes, and bytes that only the engine reads.

use signalbox_domain::ids::{Digest, RecordId, RecordKind, WorkspaceId};
use signalbox_domain::people::MessageRef;
use signalbox_domain::time::{Day, Timestamp};

/// A list of records: all of one kind in a workspace, by when they began.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Listing {
    pub workspace: WorkspaceId,
    /// Of what.
    pub kind: RecordKind,
}

impl Listing {
    /// A workspace's records of this kind.
    #[must_use]
    pub fn of(workspace: &WorkspaceId, kind: RecordKind) -> Self {
        Self { workspace: workspace.clone(), kind }
    }

    /// Its name in a store.
    #[must_use]
    pub fn stored(&self) -> String {
        let name =
            RecordKind::LISTED_AS.iter().find(|(kind, _)| *kind == self.kind).map_or("", |(_, name)| name);
        format!("{}{name}", self.workspace)
    }

    /// The list of this name in a store.
    #[must_use]
    pub fn from_stored(text: &str) -> Self {
        let named =
            RecordKind::LISTED_AS.iter().find_map(|(kind, name)| Some((text.strip_suffix(name)?, *kind)));
        let (workspace, kind) = named.unwrap_or((text, RecordKind::Run));
        Self { workspace: WorkspaceId::new(workspace), kind }
    }
}

/// A record's head as it is kept: keys for the indexes, and a body that only the engine reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRow {
    pub record: RecordId,
    /// How many events the record has.
    pub version: u64,
    /// Hash of the last of them.
    pub chain: Digest,
    /// Key of the index of lists, with `requested_at`.
    pub listed_under: Listing,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Sparse index: what a run's backend calls the present attempt, as `kind/reference`.
    pub reference: Option<String>,
    /// Sparse index [`DueKind::Record`](super::DueKind::Record): when the record is to be looked at.
    pub due_at: Option<Timestamp>,
    /// Sparse index [`DueKind::Card`](super::DueKind::Card): when its card is overdue, as of the last append. Only
    /// the index says whether it still is.
    pub card_due_at: Option<Timestamp>,
    /// `wire::head`.
    pub body: Vec<u8>,
}

/// One event as it is kept. The bytes are what is hashed; nobody serialises them again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Key, with `seq`.
    pub record: RecordId,
    /// 1, 2, 3, … within the record.
    pub seq: u64,
    /// `wire::event`; names the previous event's hash.
    pub bytes: Vec<u8>,
    /// SHA-256 of `bytes`.
    pub hash: Digest,
    /// The day it happened on. Kept with a run's first event alone. When events are appended, the last one's day is
    /// the day on which the record is noted as moved ([`Views::moved`](super::Views::moved)).
    pub day: Option<Day>,
}

/// How far a record had come on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub record: RecordId,
    /// Its last event of that day.
    pub seq: u64,
    /// That event's hash.
    pub hash: Digest,
}

impl Moved {
    /// What an append of these events notes as moved, and for which day; `None` if the last event has no day.
    #[must_use]
    pub fn by(events: &[EventRow]) -> Option<(Day, Self)> {
        let EventRow { record, seq, hash, day, .. } = events.last()?;
        Some(((*day)?, Self { record: record.clone(), seq: *seq, hash: *hash }))
    }
}

/// A record's card in one chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRow {
    pub record: RecordId,
    /// Rises with every write; the condition of the next.
    pub revision: u64,
    /// `None` while the first post is under way, since `posting_since`.
    pub message: Option<MessageRef>,
    /// When the latest post began.
    pub posting_since: Timestamp,
    /// Posted to the requester, because the place itself cannot be posted to.
    pub direct: bool,
    /// The head's version that it shows.
    pub shown: u64,
    /// The last event its thread was told of.
    pub noted: u64,
}

/// A day, sealed: chained to the day before. Version 2 closes a chain of [`PartRow`]s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealRow {
    pub day: Day,
    /// `wire::seal`; what is hashed.
    pub bytes: Vec<u8>,
    /// SHA-256 of `bytes`.
    pub hash: Digest,
}

/// A part of the seal of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRow {
    pub day: Day,
    /// Key: 0, 1, 2, …
    pub part: u32,
    /// `wire::seal`; what is hashed.
    pub bytes: Vec<u8>,
    /// SHA-256 of `bytes`.
    pub hash: Digest,
}

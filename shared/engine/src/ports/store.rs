//! Heads, events, cards, seals: what is read of them, and a port for each part that writes.

use super::{CardRow, EventRow, HeadRow, Listing, Memos, Moved, PartRow, PortError, SealRow};
use async_trait::async_trait;
use signalbox_domain::ids::{AlertId, Digest, RecordId, ShortId};
use signalbox_domain::time::{Day, Timestamp};

/// Which sparse index of due work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueKind {
    /// Records to be looked at.
    Record,
    /// Cards behind their heads.
    Card,
}

/// Reads: all that doors and pages may use. Indexes may be a moment stale; `head` and `events` are not.
#[async_trait]
pub trait Views: Send + Sync {
    /// One head.
    async fn head(&self, record: &RecordId) -> Result<Option<HeadRow>, PortError>;
    /// The heads that share a short id: none, one, or rarely more.
    async fn find(&self, short: ShortId) -> Result<Vec<HeadRow>, PortError>;
    /// The heads on a list that began before a moment, latest first.
    async fn latest(
        &self,
        list: &Listing,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<HeadRow>, PortError>;
    /// The runs whose present attempt a backend calls so, as `kind/reference`: none, one, or two if it gave one name
    /// to both. With [`MessageRef::reference`](super::MessageRef::reference): the record whose card that message is.
    async fn by_reference(&self, reference: &str) -> Result<Vec<RecordId>, PortError>;
    /// A record's card; not stale.
    async fn card(&self, record: &RecordId) -> Result<Option<CardRow>, PortError>;
    /// What was counted of an alert last, as [`wire::figures`](crate::wire::figures) writes it; `None` if nothing was.
    async fn figures(&self, alert: &AlertId) -> Result<Option<Vec<u8>>, PortError>;
    /// What is known of an answer of a system outside, as [`wire::known`](crate::wire::known) writes it; `None` if it was
    /// never asked for.
    async fn known(&self, question: &Digest) -> Result<Option<Vec<u8>>, PortError>;
    /// A record's events in order; empty if there are none.
    async fn events(&self, record: &RecordId) -> Result<Vec<EventRow>, PortError>;
    /// A page of the ids of all records that have events, in the order of their ids, after `after`.
    async fn event_records(&self, after: Option<&RecordId>, limit: usize)
    -> Result<Vec<RecordId>, PortError>;
    /// A page of the ids of all records that have a head, in the order of their ids, after `after`.
    async fn head_records(&self, after: Option<&RecordId>, limit: usize) -> Result<Vec<RecordId>, PortError>;
    /// A page of the records that moved on a day, in the order of the ids, after `after`. Not stale: it has
    /// everything that an append noted before it returned.
    async fn moved(&self, day: Day, after: Option<&RecordId>, limit: usize) -> Result<Vec<Moved>, PortError>;
    /// The day of the earliest event there is.
    async fn first_day(&self) -> Result<Option<Day>, PortError>;
    /// All seals, by day.
    async fn seals(&self) -> Result<Vec<SealRow>, PortError>;
    /// One part of the seal of a day.
    async fn seal_part(&self, day: Day, part: u32) -> Result<Option<PartRow>, PortError>;
    /// The last part of the seal of a day that there is so far.
    async fn last_seal_part(&self, day: Day) -> Result<Option<PartRow>, PortError>;
}

/// What the dispatcher writes: records. Events are only ever added.
#[async_trait]
pub trait Journal: Views + Memos {
    /// Adds the events, puts the head and notes what moved on the day of the last event in one durable transaction,
    /// if the head's version is still `expected` (0: no head). Without events only `due_at` is written, under the
    /// same condition. Otherwise answers [`PortError::Conflict`].
    async fn append(&self, expected: u64, events: Vec<EventRow>, head: HeadRow) -> Result<(), PortError>;
    /// Replaces the head that ends in this hash, or puts a head if there is none. What else the old row holds does not
    /// matter, and no event is added. Otherwise answers [`PortError::Conflict`]. Only a repair does this.
    async fn replace_head(&self, found: Option<Digest>, head: HeadRow) -> Result<(), PortError>;
}

/// What the notifier writes: where cards are, and what they show.
#[async_trait]
pub trait Cards: Views + Memos {
    /// Puts the card if its revision is still `row.revision - 1` (0: no row), and takes the run out of the card
    /// index if the head's version is still what is shown and noted. Else [`PortError::Conflict`].
    async fn put_card(&self, row: CardRow) -> Result<(), PortError>;
}

/// What is due, for the caretaker. The caretaker writes none of it: the parts that it wakes do.
#[async_trait]
pub trait Agenda: Views {
    /// What is due at `now`, longest due first.
    async fn due(
        &self,
        kind: DueKind,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(RecordId, Timestamp)>, PortError>;
    /// What was asked of systems outside of late, as [`wire::known`](crate::wire::known) writes it; at most so many, each
    /// question once.
    async fn needed(&self, limit: usize) -> Result<Vec<Vec<u8>>, PortError>;
}

/// What the caretaker writes: seals. They are only ever added.
#[async_trait]
pub trait Seals: Views {
    /// Adds a part of a seal; [`PortError::Conflict`] if it is there already.
    async fn add_seal_part(&self, part: PartRow) -> Result<(), PortError>;
    /// Adds a seal; [`PortError::Conflict`] if the day has one. What moved on that day need not be kept any longer.
    async fn add_seal(&self, seal: SealRow) -> Result<(), PortError>;
}

/// All of these ports: what an adapter implements. No use case holds this.
pub trait Store: Journal + Cards + Agenda + Seals {}

impl<S: Journal + Cards + Agenda + Seals + ?Sized> Store for S {}

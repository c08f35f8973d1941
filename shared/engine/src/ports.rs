//! What the engine needs from the world. Each trait is a contract that every adapter keeps; `testkit` has the suites.

mod queue;
mod rows;

pub use queue::{Delivery, Letter, Letters, Message, Queue};
pub use rows::{CardRow, EventRow, HeadRow, MessageRef, Moved, PartRow, SealRow};

use crate::logs::Memos;
use async_trait::async_trait;
use signalbox_domain::card::{Drawing, Note};
use signalbox_domain::ids::{Digest, RunId, ShortId, WorkspaceId};
use signalbox_domain::intent::Work;
use signalbox_domain::observation::Observation;
use signalbox_domain::policy::Place;
use signalbox_domain::run::{CancelAnswer, DispatchAnswer, Found, SearchAnswer, Timing};
use signalbox_domain::time::{Day, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::time::Duration;

/// A port could not do its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// Somebody else wrote first: load again and decide again.
    #[error("somebody else wrote first")]
    Conflict,
    /// It cannot be reached or broke; the same call may work later. Of [`Queue::send`]: certain that nothing was sent.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// Whether it was done nobody knows: it may have been, and may be yet.
    #[error("no answer: {0}")]
    NoAnswer(String),
}

/// What time it is.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Waits for that long: within a call that is bounded anyway, and nowhere else. A clock of a test that waits for
    /// nothing is over at once; whoever waits asks it what time it is afterwards, and no more often than they would wait.
    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let _ = pause;
        Box::pin(std::future::ready(()))
    }
}

/// Which sparse index of due work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueKind {
    /// Runs to be looked at.
    Run,
    /// Cards behind their heads.
    Card,
}

/// Reads; all that doors and pages may do. Indexes may be a moment stale; `head` and `events` are not.
#[async_trait]
pub trait Views: Send + Sync {
    /// One head.
    async fn head(&self, run: &RunId) -> Result<Option<HeadRow>, PortError>;
    /// The heads that share a short id: none, one, or rarely more.
    async fn find(&self, short: ShortId) -> Result<Vec<HeadRow>, PortError>;
    /// A workspace's heads asked for before a moment, latest first.
    async fn latest(
        &self,
        workspace: &WorkspaceId,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<HeadRow>, PortError>;
    /// The runs whose present attempt a backend calls so, as `kind/reference`: none, one, or two that it made one. By
    /// [`MessageRef::reference`]: the record whose card that message is.
    async fn by_reference(&self, reference: &str) -> Result<Vec<RunId>, PortError>;
    /// A record's card; not stale.
    async fn card(&self, run: &RunId) -> Result<Option<CardRow>, PortError>;
    /// What was counted of an alert last, as [`wire::figures`](crate::wire::figures) writes it; `None` if nothing was.
    async fn figures(&self, alert: &RunId) -> Result<Option<Vec<u8>>, PortError>;
    /// A run's events in order; empty if there are none.
    async fn events(&self, run: &RunId) -> Result<Vec<EventRow>, PortError>;
    /// A page of the ids of all runs that have events, in the order of their ids, after `after`.
    async fn event_runs(&self, after: Option<&RunId>, limit: usize) -> Result<Vec<RunId>, PortError>;
    /// A page of the ids of all runs that have a head, in the order of their ids, after `after`.
    async fn head_runs(&self, after: Option<&RunId>, limit: usize) -> Result<Vec<RunId>, PortError>;
    /// A page of what moved on a day, in the order of the ids, after `after`. Not stale: what an append that returned
    /// noted is there.
    async fn moved(&self, day: Day, after: Option<&RunId>, limit: usize) -> Result<Vec<Moved>, PortError>;
    /// The day of the earliest event there is.
    async fn first_day(&self) -> Result<Option<Day>, PortError>;
    /// All seals, by day.
    async fn seals(&self) -> Result<Vec<SealRow>, PortError>;
    /// One part of the seal of a day.
    async fn seal_part(&self, day: Day, part: u32) -> Result<Option<PartRow>, PortError>;
    /// The last part of the seal of a day that there is so far.
    async fn last_seal_part(&self, day: Day) -> Result<Option<PartRow>, PortError>;
}

/// The tables. Events and seals are only ever added.
#[async_trait]
pub trait Store: Views + Memos {
    /// Adds the events, puts the head and notes what moved on the day of the last event in one durable transaction, if
    /// the head's version is still `expected` (0: no head). Without events only `due_at` is written, under the same condition. Else [`PortError::Conflict`].
    async fn append(&self, expected: u64, events: Vec<EventRow>, head: HeadRow) -> Result<(), PortError>;
    /// What is due at `now`, longest due first.
    async fn due(
        &self,
        kind: DueKind,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(RunId, Timestamp)>, PortError>;
    /// Puts the card if its revision is still `row.revision - 1` (0: no row), and takes the run out of the card
    /// index if the head's version is still what is shown and noted. Else [`PortError::Conflict`].
    async fn put_card(&self, row: CardRow) -> Result<(), PortError>;
    /// Adds a part of a seal; [`PortError::Conflict`] if it is there already.
    async fn add_seal_part(&self, part: PartRow) -> Result<(), PortError>;
    /// Adds a seal; [`PortError::Conflict`] if the day has one. What moved on that day need not be kept any longer.
    async fn add_seal(&self, seal: SealRow) -> Result<(), PortError>;
}

/// Copies of the seals, where whoever writes the store cannot change them.
#[async_trait]
pub trait SealCopies: Send + Sync {
    /// The days whose seals have a copy.
    async fn days(&self) -> Result<BTreeSet<Day>, PortError>;
    /// Keeps a copy of the seal's bytes, whole or not at all, unless its day has one: that one stays. Whether it did.
    async fn keep(&self, seal: &SealRow) -> Result<bool, PortError>;
    /// The SHA-256 of each copy's bytes: of the one that was kept first, whatever was put over it.
    async fn hashes(&self) -> Result<BTreeMap<Day, Digest>, PortError>;
}

/// One attempt at one run, as a backend is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The run; its id goes into the request.
    pub run: RunId,
    /// Which attempt.
    pub attempt: u32,
    /// What to do.
    pub work: Work,
    /// When it began.
    pub began: Timestamp,
    /// What the backend called it, once that is known.
    pub reference: Option<String>,
    /// Since when somebody wants it stopped.
    pub stop_asked: Option<Timestamp>,
}

impl Attempt {
    /// What names this attempt in the backend's own records: the run id, and from the second attempt on its number.
    #[must_use]
    pub fn token(&self) -> String {
        match self.attempt {
            0 | 1 => self.run.to_string(),
            n => format!("{}-{n}", self.run),
        }
    }
}

/// A look at an attempt brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotSeen {
    /// Why.
    pub why: String,
    /// The backend asks not to be asked again sooner.
    pub rest: Option<Duration>,
}

impl NotSeen {
    /// [`NotSeen::why`] of a look that was only put off for a moment: others looked instead, and nobody is told.
    pub const PUT_OFF: &str = "";
}

/// A system that carries out runs. Nothing here may be called but by the dispatcher.
#[async_trait]
pub trait Backend: Send + Sync {
    /// How it wants to be treated.
    fn timing(&self) -> Timing;
    /// Starts it. The whole call is over by `until`; nothing is sent after that.
    async fn dispatch(&self, attempt: &Attempt, until: Timestamp) -> DispatchAnswer;
    /// Looks for it by run id. "Not found" carries what that proves.
    async fn search(&self, attempt: &Attempt) -> SearchAnswer;
    /// Whether what the backend is said to call `reference` is this attempt, after checking whatever can be checked.
    /// Where nobody sends word of attempts, nothing is.
    async fn recognise(&self, attempt: &Attempt, reference: &str) -> Option<Found> {
        let _ = (attempt, reference);
        None
    }
    /// How it stands.
    async fn observe(&self, attempt: &Attempt) -> Result<Observation, NotSeen>;
    /// The page where a person looks for what this starts, where the backend has pages.
    fn page(&self, work: &Work) -> Option<String> {
        let _ = work;
        None
    }
    /// Stops it; may be asked again.
    async fn cancel(&self, attempt: &Attempt) -> CancelAnswer;
}

/// A chat that shows cards.
#[async_trait]
pub trait Chat: Send + Sync {
    /// Posts a card with the run id in it.
    async fn post(&self, place: &Place, run: &RunId, card: &Drawing) -> Result<MessageRef, ChatError>;
    /// Looks for the card of a run that was posted there since.
    async fn find(
        &self,
        place: &Place,
        run: &RunId,
        since: Timestamp,
    ) -> Result<Option<MessageRef>, ChatError>;
    /// Draws it afresh.
    async fn edit(&self, message: &MessageRef, run: &RunId, card: &Drawing) -> Result<(), ChatError>;
    /// Adds to its thread.
    async fn reply(&self, message: &MessageRef, note: &Note) -> Result<(), ChatError>;
}

/// Why a chat did not take something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// It asks for quiet for that long.
    #[error("asked to wait {0:?}")]
    Quiet(Duration),
    /// Nobody can post in this place: not a member, archived, gone.
    #[error("cannot post there: {0}")]
    NoEntry(String),
    /// The message is no longer there.
    #[error("the message is gone")]
    Gone,
    /// It will never take this.
    #[error("rejected: {0}")]
    Rejected(String),
    /// It broke, or the answer was lost.
    #[error("failed: {0}")]
    Failed(String),
}

/// Every outside call goes through one of these. The whole exchange, body included, is over by `timeout`.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a request and reads the whole answer.
    async fn call(
        &self,
        request: http::Request<bytes::Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<bytes::Bytes>, TransportError>;
}

/// What became of a call that brought no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Certain: not a byte of the request was sent.
    #[error("not sent: {0}")]
    NotSent(String),
    /// It may have arrived.
    #[error("no answer: {0}")]
    NoAnswer(String),
}

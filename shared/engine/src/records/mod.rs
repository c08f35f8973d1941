//! One loop over every kind of record: load → decide → append → order the card → bring about what is owed → decide
//! again over each answer; then what is owed to other records is sent. What only one kind has is in its adapter.

mod alert;
mod append;
mod asked;
mod bulletin;
mod folding;
mod head;
mod run;
mod sending;
mod step;

pub(crate) use append::{StoredHead, load};
pub(crate) use folding::{refolds, row};
pub use head::Entry;
pub(crate) use head::{Writing, carry_out};

use crate::backends::Backends;
use crate::lookups::Lookups;
use crate::ports::{Clock, Journal, PortError, Queue, Silencer};
use crate::wire::command::{Command, Envelope};
use crate::wire::{self, head::Head};
use append::append;
use async_trait::async_trait;
use head::Keys;
use sending::{Sent, send};
use signalbox_domain::people::Place;
use signalbox_domain::{CommandId, Event, Frozen, Plan, Sending, SetAside, Timestamp};

/// More conflicts than this in one command mean that something else is wrong.
const MOST_CONFLICTS: u32 = 20;

/// One kind of record: its head, and what only this kind has. Implemented by each kind's head.
#[async_trait]
pub(crate) trait Record: Clone + Send + Sync {
    /// What the record owes after events were appended.
    type Owed: Send;
    /// What came of what was owed. The record decides again with this answer.
    type Answer: Send + Sync;

    /// An event of this kind of record.
    type Event: Into<Event>;

    /// The head, if it is of this kind.
    fn among(head: &Head) -> Option<&Self>;
    /// The head after one more event; `None` if no record begins with that event.
    fn then(head: Option<Self>, event: &Self::Event, writing: &Writing<'_>) -> Option<Self>;
    /// The head after a command for it was set aside; `None` if that does not concern the record.
    fn set_aside(head: Option<Self>, aside: &SetAside, writing: &Writing<'_>) -> Option<Self>;
    /// Whether anything ever happens to it without a command.
    const WAITS: bool = true;
    /// Whether this command already led to events.
    fn has_folded(&self, cause: &CommandId) -> bool;
    /// What it is found and shown by.
    fn keys(&self) -> Keys<'_>;
    /// What a list says of it.
    fn entry(&self) -> Entry;
    /// Whether it has a card.
    fn has_card(&self) -> bool;
    /// The other place that is told of it.
    fn told_elsewhere(&self) -> Option<Place> {
        None
    }
    /// What follows. The domain decides; this reads what the domain has to know.
    async fn decide(
        head: Option<&Self>,
        ask: &Ask<'_, Self::Answer>,
        at: &Desk<'_>,
    ) -> Result<Plan<Self::Event, Self::Owed>, PortError>;
    /// What it owes to other records. Asked of the head that its events fold to, before anything is sent.
    fn sends(&self, _: Timestamp) -> Vec<Sending> {
        vec![]
    }
    /// Brings about one thing. Gives the answer, if there is one to be decided over, and the head if it was read on
    /// the way.
    async fn settle(
        owed: Self::Owed,
        kept: &StoredHead,
        at: &Desk<'_>,
    ) -> Result<Option<(Self::Answer, Option<StoredHead>)>, PortError>;
}

/// What a record is confronted with.
pub(crate) enum Ask<'c, Answer> {
    /// A command.
    Command(&'c Command),
    /// What came of something that was owed.
    Answer(Answer),
    /// What was owed to another record was sent there.
    Sent(Sent),
}

/// Where one command is worked on: what the dispatcher has, and what it came to so far.
pub(crate) struct Desk<'d> {
    pub(crate) store: &'d dyn Journal,
    pub(crate) intents: &'d dyn Queue,
    pub(crate) outbox: &'d dyn Queue,
    pub(crate) catalogue: &'d Frozen,
    pub(crate) backends: &'d Backends,
    pub(crate) lookups: &'d Lookups,
    pub(crate) silencer: Option<&'d dyn Silencer>,
    pub(crate) clock: &'d dyn Clock,
    pub(crate) envelope: &'d Envelope,
    /// The time of the present decision.
    pub(crate) now: Timestamp,
    /// What this command put on record so far. What earlier commands did is read from the record itself.
    pub(crate) appended: Vec<Event>,
}

impl Desk<'_> {
    fn writing(&self) -> Writing<'_> {
        Writing { record: &self.envelope.record, cause: &self.envelope.id, now: self.now }
    }

    /// Orders the card of the record. The outbox drops repetitions.
    async fn order(&self, head: &Head) -> Result<(), PortError> {
        if !head.has_card() {
            return Ok(());
        }
        let (id, keys) = (&self.envelope.record, head.keys());
        self.outbox.send(wire::order::encode(id, keys.version, keys.lane())?).await?;
        match head.told_elsewhere() {
            Some(place) => {
                let lane = wire::order::Lane { place: &place, ..keys.lane() };
                self.outbox.send(wire::order::encode_elsewhere(id, keys.version, lane)?).await
            }
            None => Ok(()),
        }
    }
}

/// Carries out a command for a record of this kind, however often it comes.
async fn work_on<R: Record>(mut desk: Desk<'_>, mut kept: Option<StoredHead>) -> Result<(), PortError> {
    let envelope = desk.envelope;
    let mut next = Some(Ask::Command(&envelope.command));
    let (mut conflicts, mut ordered) = (0, false);
    while let Some(ask) = next.take() {
        desk.now = desk.clock.now();
        let head = kept.as_ref().and_then(|k| R::among(&k.head));
        let Plan { events, due, owed, sends } = match &ask {
            Ask::Command(Command::SetAside { aside, .. }) => set_aside(head, aside, &desk),
            Ask::Command(_) | Ask::Answer(_) | Ask::Sent(_) => {
                let Plan { events, due, owed, sends } = R::decide(head, &ask, &desk).await?;
                Plan { events: events.into_iter().map(Into::into).collect(), due, owed, sends }
            }
        };
        match append(desk.store, &desk.writing(), kept.clone(), &events, due).await {
            Ok(after) => kept = after,
            Err(PortError::Conflict) if conflicts < MOST_CONFLICTS => {
                // Somebody else wrote first: decide over the same again, with the head that is there now.
                conflicts += 1;
                kept = load(desk.store, &envelope.record).await?;
                next = Some(ask);
                continue;
            }
            Err(error) => return Err(error),
        }
        let Some(stands) = &kept else { break };
        // The command led to events before, and comes again: the crash may have come before the card was ordered. If
        // it was ordered, the outbox drops the repetition.
        let again = !ordered && R::among(&stands.head).is_some_and(|head| head.has_folded(&envelope.id));
        if !events.is_empty() || again {
            desk.order(&stands.head).await?;
            ordered = true;
        }
        desk.appended.extend(events);
        let mut seen = None;
        for owed in owed {
            if let Some((answer, read)) = R::settle(owed, stands, &desk).await? {
                next = Some(Ask::Answer(answer));
                seen = read;
            }
        }
        // One at a time: the decision over this one owes the others again.
        if let (None, Some(sending)) = (&next, sends.first()) {
            next = send::<R>(sending, &desk).await?.map(Ask::Sent);
        }
        // A head that was read on the way need not be read again.
        kept = seen.or(kept);
    }
    Ok(())
}

/// Whether a command that was set aside goes on this record: once on a record that exists; else only if a record
/// begins with it.
fn set_aside<R: Record>(head: Option<&R>, aside: &SetAside, desk: &Desk<'_>) -> Plan<Event, R::Owed> {
    let news = aside.is_news(head.map(|head| head.has_folded(&desk.envelope.id)));
    let to_it = R::set_aside(head.cloned(), aside, &desk.writing()).is_some();
    match news && to_it {
        true if head.is_none() => Plan::end(vec![Event::SetAside(aside.clone())]),
        true => Plan::noting(vec![Event::SetAside(aside.clone())]),
        false => Plan::NOTHING,
    }
}

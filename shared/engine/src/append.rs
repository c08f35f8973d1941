//! The one write path: events and head, chained and conditional.

use crate::bounds::{self, fitting};
use crate::head::Headed;
use crate::ports::{EventRow, HeadRow, PortError, Store, Views};
use crate::wire;
use crate::wire::head::Head;
use signalbox_domain::ids::{CommandId, Digest, RunId};
use signalbox_domain::run::Due;
use signalbox_domain::{Event, RunHead, Timestamp};
use std::time::Duration;

/// After this a card that was not drawn since is ordered again by the caretaker.
const CARD_OVERDUE: Duration = Duration::from_secs(30);

/// A head with what the store keeps beside it.
#[derive(Debug, Clone)]
pub(crate) struct Kept<H = RunHead> {
    pub(crate) head: H,
    pub(crate) chain: Digest,
    pub(crate) due_at: Option<Timestamp>,
    card_due_at: Option<Timestamp>,
}

impl Kept<Head> {
    pub(crate) fn from_row(row: &HeadRow) -> Result<Self, PortError> {
        Ok(Self {
            head: wire::head::decode_any(&row.body)?,
            chain: row.chain,
            due_at: row.due_at,
            card_due_at: row.card_due_at,
        })
    }

    /// The same, if it is of this kind.
    pub(crate) fn only<H: Headed>(self) -> Option<Kept<H>> {
        let Self { head, chain, due_at, card_due_at } = self;
        H::among(head).map(|head| Kept { head, chain, due_at, card_due_at })
    }
}

/// Loads the head of whatever has this id.
pub(crate) async fn load_any<S: Views + ?Sized>(
    store: &S,
    run: &RunId,
) -> Result<Option<Kept<Head>>, PortError> {
    store.head(run).await?.as_ref().map(Kept::from_row).transpose()
}

/// Loads a head of this kind; `None` too where the id is something else's.
pub(crate) async fn load<H: Headed, S: Store + ?Sized>(
    store: &S,
    run: &RunId,
) -> Result<Option<Kept<H>>, PortError> {
    Ok(load_any(store, run).await?.and_then(Kept::only))
}

/// What led to the events, and when they are written.
pub(crate) struct Writing<'a> {
    pub(crate) run: &'a RunId,
    pub(crate) cause: &'a CommandId,
    pub(crate) now: Timestamp,
}

/// Appends events to a run and writes when it is due next. Gives back the head after them.
///
/// # Errors
/// `Conflict` if the head moved since it was loaded.
pub(crate) async fn append<H: Headed, S: Store + ?Sized>(
    store: &S,
    writing: &Writing<'_>,
    kept: Option<Kept<H>>,
    events: &[Event],
    due: Due,
) -> Result<Option<Kept<H>>, PortError> {
    let expected = kept.as_ref().map_or(0, |k| k.head.keys().version);
    let was_due = kept.as_ref().and_then(|k| k.due_at);
    let due_at = match due {
        Due::Unchanged => was_due,
        Due::At(at) => Some(at),
        Due::Never => None,
    };
    if events.is_empty() && (kept.is_none() || due_at == was_due) {
        return Ok(kept);
    }
    let mut chain = kept.as_ref().map_or(Digest::ZERO, |k| k.chain);
    let mut card_due_at = kept.as_ref().and_then(|k| k.card_due_at);
    let mut head = kept.map(|k| k.head);
    let mut rows = Vec::with_capacity(events.len());
    for (event, seq) in events.iter().zip(expected + 1..) {
        let event = bounds::event(event.clone());
        let bytes = wire::event::encode(&wire::event::Record {
            run: writing.run.clone(),
            seq,
            at: writing.now,
            cause: writing.cause.clone(),
            previous: chain,
            event: event.clone(),
        })?;
        let bytes = fitting("an event", bytes)?;
        chain = wire::hash(&bytes);
        let day = Some(writing.now.day());
        rows.push(EventRow { run: writing.run.clone(), seq, bytes, hash: chain, day });
        head = H::after(head, &event, writing);
    }
    let Some(head) = head else {
        return Err(PortError::Unavailable("nothing begins with this event".into()));
    };
    if !rows.is_empty() && head.has_card() {
        card_due_at = Some(writing.now.plus(CARD_OVERDUE));
    }
    let keys = head.keys();
    let row = HeadRow {
        run: writing.run.clone(),
        version: keys.version,
        chain,
        workspace: keys.listed_under(),
        requested_at: keys.since,
        reference: keys.reference,
        due_at,
        card_due_at,
        body: fitting("a head", head.encode()?)?,
    };
    store.append(expected, rows, row).await?;
    Ok(Some(Kept { head, chain, due_at, card_due_at }))
}

/// Whether a stored head is what its events fold to; `None` where a newer version wrote it or one of them.
pub(crate) fn refolds(row: &HeadRow, events: &[EventRow]) -> Option<bool> {
    match wire::head::decode_any(&row.body).ok()? {
        Head::Run(head) => refold(&*head, events),
        Head::Alert(head) => refold(&*head, events),
        Head::Digest(head) => refold(&*head, events),
    }
}

fn refold<H: Headed + PartialEq>(head: &H, events: &[EventRow]) -> Option<bool> {
    let mut folded: Option<H> = None;
    for row in events {
        let record = wire::event::decode(&row.bytes).ok()?;
        let writing = Writing { run: &record.run, cause: &record.cause, now: record.at };
        folded = H::after(folded, &record.event, &writing);
    }
    Some(folded.as_ref() == Some(head))
}

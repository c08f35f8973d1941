//! The one write path: events and head, chained and conditional.

use super::head::Writing;
use crate::bounds::{self, fitting};
use crate::ports::{EventRow, HeadRow, Journal, PortError, Views};
use crate::wire;
use crate::wire::head::Head;
use signalbox_domain::ids::{Digest, RecordId};
use signalbox_domain::{Due, Event, Timestamp};
use std::time::Duration;

/// After this long the caretaker orders a card again that was not drawn since.
const CARD_OVERDUE: Duration = Duration::from_secs(30);

/// A head with what the store keeps beside it.
#[derive(Debug, Clone)]
pub(crate) struct StoredHead {
    pub(crate) head: Head,
    pub(crate) chain: Digest,
    pub(crate) due_at: Option<Timestamp>,
    card_due_at: Option<Timestamp>,
}

impl StoredHead {
    pub(crate) fn from_row(row: &HeadRow) -> Result<Self, PortError> {
        Ok(Self {
            head: wire::head::decode_any(&row.body)?,
            chain: row.chain,
            due_at: row.due_at,
            card_due_at: row.card_due_at,
        })
    }
}

/// Loads the head of the record that has this id.
pub(crate) async fn load<S: Views + ?Sized>(
    store: &S,
    record: &RecordId,
) -> Result<Option<StoredHead>, PortError> {
    store.head(record).await?.as_ref().map(StoredHead::from_row).transpose()
}

/// Appends events to a record and writes when it is due next. Gives back the head after them.
///
/// # Errors
/// `Conflict` if the head moved since it was loaded.
pub(super) async fn append<S: Journal + ?Sized>(
    store: &S,
    writing: &Writing<'_>,
    kept: Option<StoredHead>,
    events: &[Event],
    due: Due,
) -> Result<Option<StoredHead>, PortError> {
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
            record: writing.record.clone(),
            seq,
            at: writing.now,
            cause: writing.cause.clone(),
            previous: chain,
            event: event.clone(),
        })?;
        let bytes = fitting("an event", bytes)?;
        chain = wire::hash(&bytes);
        let day = Some(writing.now.day());
        rows.push(EventRow { record: writing.record.clone(), seq, bytes, hash: chain, day });
        head = Head::after(head, &event, writing);
    }
    let Some(head) = head else {
        return Err(PortError::Unavailable("nothing begins with this event".into()));
    };
    if !rows.is_empty() {
        card_due_at = head.has_card().then(|| writing.now.plus(CARD_OVERDUE));
    }
    let row = row_of(writing.record, &head, chain, due_at, card_due_at)?;
    store.append(expected, rows, row).await?;
    Ok(Some(StoredHead { head, chain, due_at, card_due_at }))
}

/// A head as it is kept.
pub(super) fn row_of(
    record: &RecordId,
    head: &Head,
    chain: Digest,
    due_at: Option<Timestamp>,
    card_due_at: Option<Timestamp>,
) -> Result<HeadRow, PortError> {
    let keys = head.keys();
    Ok(HeadRow {
        record: record.clone(),
        version: keys.version,
        chain,
        listed_under: keys.listed_under(),
        requested_at: keys.since,
        reference: keys.reference,
        due_at,
        card_due_at,
        body: fitting("a head", wire::head::encode(head)?)?,
    })
}

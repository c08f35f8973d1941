//! Folds heads again from their events: to check a stored one, and to make a new one where it is wrong.

use super::append::row_of;
use super::head::Writing;
use crate::ports::{EventRow, HeadRow, PortError};
use crate::wire::{self, Unreadable, head::Head};
use signalbox_domain::Timestamp;
use signalbox_domain::run::State;

/// What a record's events fold to.
///
/// # Errors
/// When one of them cannot be read, or was written by a newer version.
pub(crate) fn fold(events: &[EventRow]) -> Result<Head, Unreadable> {
    let mut head = None;
    for row in events {
        let wire::event::Record { record, seq, at, cause, previous: _, event } =
            wire::event::decode(&row.bytes)?;
        let writing = Writing { record: &record, cause: &cause, now: at };
        let why = format!("nothing begins with event {seq}");
        head = Some(Head::after(head, &event, &writing).ok_or(Unreadable { what: "record", why })?);
    }
    head.ok_or_else(|| Unreadable { what: "record", why: "it has no events".into() })
}

/// Whether a stored head is what its events fold to, as far as the version that wrote it knew; `None` where a newer
/// version wrote the head or one of the events.
pub(crate) fn refolds(row: &HeadRow, events: &[EventRow]) -> Option<bool> {
    let (stored, mut folded) = (wire::head::decode_any(&row.body).ok()?, fold(events).ok()?);
    if let (Head::Run(stored), Head::Run(folded)) = (&stored, &mut folded) {
        folded.intent = folded.intent.as_old_as(&stored.intent);
        if let (State::Refused { changed: None, .. }, State::Refused { changed, .. }) =
            (&stored.state, &mut folded.state)
        {
            *changed = None;
        }
    }
    Some(stored == folded)
}

/// The row of the head that a record's events fold to. It is due at once, and so is its card: nobody knows when they
/// were due, and looking too early does no harm.
pub(crate) fn row(events: &[EventRow], now: Timestamp) -> Result<HeadRow, PortError> {
    let head = fold(events)?;
    let last = events.last().ok_or_else(|| PortError::Unavailable("it has no events".into()))?;
    let card_due = head.has_card().then_some(now);
    let due = head.waits().then_some(now);
    row_of(&last.record, &head, last.hash, due, card_due)
}

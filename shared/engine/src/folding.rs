//! Heads, folded again from the events they stand for: whether a stored one is right, and a new one where it is not.

use crate::append::row_of;
use crate::head::{Headed, Writing};
use crate::ports::{EventRow, HeadRow, PortError};
use crate::wire::{self, Unreadable, head::Head};
use signalbox_domain::alert::{AlertHead, BulletinHead};
use signalbox_domain::{RunHead, Timestamp};

/// What a record's events fold to.
///
/// # Errors
/// When one of them cannot be read, or was written by a newer version.
pub(crate) fn fold(events: &[EventRow]) -> Result<Head, Unreadable> {
    let mut head = None;
    for row in events {
        let record = wire::event::decode(&row.bytes)?;
        let why = format!("nothing begins with event {}", record.seq);
        head = Some(after(head, &record).ok_or(Unreadable { what: "record", why })?);
    }
    head.ok_or_else(|| Unreadable { what: "record", why: "it has no events".into() })
}

fn after(head: Option<Head>, record: &wire::event::Record) -> Option<Head> {
    let writing = Writing { record: &record.record, cause: &record.cause, now: record.at };
    let event = &record.event;
    match head {
        Some(Head::Run(head)) => Headed::after(Some(*head), event, &writing).map(run),
        Some(Head::Alert(head)) => Headed::after(Some(*head), event, &writing).map(alert),
        Some(Head::Bulletin(head)) => Headed::after(Some(*head), event, &writing).map(bulletin),
        None => Headed::after(None, event, &writing)
            .map(run)
            .or_else(|| Headed::after(None, event, &writing).map(alert))
            .or_else(|| Headed::after(None, event, &writing).map(bulletin)),
    }
}

fn run(head: RunHead) -> Head {
    Head::Run(Box::new(head))
}

fn alert(head: AlertHead) -> Head {
    Head::Alert(Box::new(head))
}

fn bulletin(head: BulletinHead) -> Head {
    Head::Bulletin(Box::new(head))
}

/// Whether a stored head is what its events fold to; `None` where a newer version wrote it or one of them.
pub(crate) fn refolds(row: &HeadRow, events: &[EventRow]) -> Option<bool> {
    Some(wire::head::decode_any(&row.body).ok()? == fold(events).ok()?)
}

/// The row of what a record's events fold to. It is due at once, and so is its card: nobody knows when they were, and
/// to look too early does no harm.
pub(crate) fn row(events: &[EventRow], now: Timestamp) -> Result<HeadRow, PortError> {
    let head = fold(events)?;
    let last = events.last().ok_or_else(|| PortError::Unavailable("it has no events".into()))?;
    let (record, chain, due) = (&last.record, last.hash, Some(now));
    let card_due = due.filter(|_| head.has_card());
    match &head {
        Head::Run(head) => row_of(record, &**head, chain, due, card_due),
        Head::Alert(head) => row_of(record, &**head, chain, due, card_due),
        Head::Bulletin(head) => row_of(record, &**head, chain, None, card_due),
    }
}

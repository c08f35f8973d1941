//! What this version does with data that a newer version wrote: in a canary, or after the newer version was taken
//! back.
//!
//! It is no dead letter, because a version that can read it will come, or come back. It is tried a few times in its
//! own group; then it waits in a group of its own, and the messages behind it go on.

use crate::dead::{NEWER, aside, pause};
use crate::ports::{Delivery, HeadRow, PortError, Queue, Views};
use crate::wire;
use signalbox_domain::RecordId;
use std::time::Duration;

/// It is tried so often in its own group: for some seconds. In a canary the newer half mostly takes it within that
/// time.
const IN_ITS_PLACE: u32 = 5;
/// It is tried so often in the separate group, before the queue would take it for a dead letter.
const ON_ITS_OWN: u32 = 15;

/// What becomes of a message that was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBack {
    /// The message stays in its place: deliver it again after this time.
    After(Duration),
    /// The message waits at another place of its queue: acknowledge this delivery.
    Elsewhere,
}

/// Gives a message that a newer version wrote back to its queue, however often that takes.
///
/// # Errors
/// When the queue fails; the message then stays where it was.
pub async fn give_back(queue: &dyn Queue, delivery: &Delivery) -> Result<GivenBack, PortError> {
    let Delivery { receives, message, .. } = delivery;
    let alone = message.group.starts_with(NEWER);
    let (most, tries) = if alone { (ON_ITS_OWN, receives + IN_ITS_PLACE) } else { (IN_ITS_PLACE, *receives) };
    if *receives < most {
        return Ok(GivenBack::After(pause(tries)));
    }
    tracing::warn!(group = %message.group, "a newer version wrote a message; it waits for one that can read it");
    queue.send(aside(message)).await?;
    Ok(GivenBack::Elsewhere)
}

/// Whether a newer version wrote a record's head or one of its events: then the record is sound, and not ours to
/// read.
///
/// # Errors
/// When the store fails.
pub(crate) async fn wrote<V: Views + ?Sized>(views: &V, row: &HeadRow) -> Result<bool, PortError> {
    // Heads have one version only so far: anything new in a head comes from its events.
    Ok(wire::head::is_newer(&row.body) || in_journal(views, &row.record).await?)
}

/// Whether a newer version wrote one of a record's events.
///
/// # Errors
/// When the store fails.
pub(crate) async fn in_journal<V: Views + ?Sized>(views: &V, record: &RecordId) -> Result<bool, PortError> {
    let events = views.events(record).await?;
    Ok(events.iter().any(|event| wire::event::frame(&event.bytes).is_ok_and(|f| f.v > wire::event::LATEST)))
}

#[cfg(test)]
#[path = "newer_tests.rs"]
mod tests;

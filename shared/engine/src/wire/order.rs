//! "Show this card": the only thing on the outbox.

use super::{Unreadable, read, write};
use crate::ports::Message;
use serde::{Deserialize, Serialize};
use signalbox_domain::{RunHead, RunId};

#[derive(Serialize, Deserialize)]
struct Order {
    v: u8,
    run: RunId,
}

/// The order for a head that has just been written. One group per workspace, for that is how budgets are counted.
///
/// # Errors
/// None in practice.
pub fn encode(head: &RunHead) -> Result<Message, Unreadable> {
    Ok(Message {
        group: format!("chat:{}", head.intent.place.workspace),
        id: format!("show:{}:{}", head.run, head.version),
        body: write("order", &Order { v: 1, run: head.run.clone() })?,
    })
}

/// The same order once more, long after the first was lost.
///
/// # Errors
/// None in practice.
pub fn encode_overdue(head: &RunHead, due_at: signalbox_domain::Timestamp) -> Result<Message, Unreadable> {
    Ok(Message { id: format!("show:{}:{}:{}", head.run, head.version, due_at.0), ..encode(head)? })
}

/// Which run's card.
///
/// # Errors
/// When it is not an order.
pub fn decode(bytes: &[u8]) -> Result<RunId, Unreadable> {
    read::<Order>("order", bytes).map(|o| o.run)
}

//! "Show this card": the only thing on the outbox.

use super::{Unreadable, read, write};
use crate::ports::Message;
use serde::{Deserialize, Serialize};
use signalbox_domain::ids::{CommandId, WorkspaceId};
use signalbox_domain::{RunId, Timestamp};

/// Which card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    v: u8,
    /// Whose.
    pub run: RunId,
    /// Whether to draw it although its record did not change: what was counted did, or somebody misses it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// The order for a record that has just been written. One group per workspace, for that is how budgets are counted.
///
/// # Errors
/// None in practice.
pub fn encode(run: &RunId, version: u64, workspace: &WorkspaceId) -> Result<Message, Unreadable> {
    ordered(run, workspace, format!("show:{run}:{version}"), false)
}

/// The same order once more, long after the first was lost.
///
/// # Errors
/// None in practice.
pub fn encode_overdue(
    run: &RunId,
    version: u64,
    workspace: &WorkspaceId,
    due_at: Timestamp,
) -> Result<Message, Unreadable> {
    ordered(run, workspace, format!("show:{run}:{version}:{}", due_at.0), false)
}

/// The order to draw what was counted by then.
///
/// # Errors
/// None in practice.
pub fn encode_counted(run: &RunId, workspace: &WorkspaceId, counted: &str) -> Result<Message, Unreadable> {
    ordered(run, workspace, format!("counted:{run}:{counted}"), true)
}

/// The order to draw it once more for somebody who asked where it is; `asked` is the command's id.
///
/// # Errors
/// None in practice.
pub fn encode_asked(run: &RunId, workspace: &WorkspaceId, asked: &CommandId) -> Result<Message, Unreadable> {
    ordered(run, workspace, format!("asked:{asked}"), true)
}

fn ordered(run: &RunId, workspace: &WorkspaceId, id: String, again: bool) -> Result<Message, Unreadable> {
    let body = write("order", &Order { v: 1, run: run.clone(), again })?;
    Ok(Message { group: format!("chat:{workspace}"), id, body })
}

/// As it came.
///
/// # Errors
/// When it is not an order.
pub fn decode(bytes: &[u8]) -> Result<Order, Unreadable> {
    read("order", bytes)
}

//! "Show this card": the only thing on the outbox.

use super::{Unreadable, read, write};
use crate::ports::Message;
use serde::{Deserialize, Serialize};
use signalbox_domain::ids::{CommandId, WorkspaceId};
use signalbox_domain::{RecordId, Timestamp};

/// Which card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    v: u8,
    /// Whose.
    #[serde(rename = "run")]
    pub record: RecordId,
    /// Whether to draw it although its record did not change: what was counted did, or somebody misses it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// The order for a record that has just been written. One group per workspace, for that is how budgets are counted.
///
/// # Errors
/// None in practice.
pub fn encode(record: &RecordId, version: u64, workspace: &WorkspaceId) -> Result<Message, Unreadable> {
    ordered(record, workspace, format!("show:{record}:{version}"), false)
}

/// The same order once more, long after the first was lost.
///
/// # Errors
/// None in practice.
pub fn encode_overdue(
    record: &RecordId,
    version: u64,
    workspace: &WorkspaceId,
    due_at: Timestamp,
) -> Result<Message, Unreadable> {
    ordered(record, workspace, format!("show:{record}:{version}:{}", due_at.0), false)
}

/// The order to draw what was counted by then.
///
/// # Errors
/// None in practice.
pub fn encode_counted(
    record: &RecordId,
    workspace: &WorkspaceId,
    counted: &str,
) -> Result<Message, Unreadable> {
    ordered(record, workspace, format!("counted:{record}:{counted}"), true)
}

/// The order to draw it once more for somebody who asked where it is; `asked` is the command's id.
///
/// # Errors
/// None in practice.
pub fn encode_asked(
    record: &RecordId,
    workspace: &WorkspaceId,
    asked: &CommandId,
) -> Result<Message, Unreadable> {
    ordered(record, workspace, format!("asked:{asked}"), true)
}

fn ordered(
    record: &RecordId,
    workspace: &WorkspaceId,
    id: String,
    again: bool,
) -> Result<Message, Unreadable> {
    let body = write("order", &Order { v: 1, record: record.clone(), again })?;
    Ok(Message { group: format!("chat:{workspace}"), id, body })
}

/// As it came.
///
/// # Errors
/// When it is not an order.
pub fn decode(bytes: &[u8]) -> Result<Order, Unreadable> {
    read("order", bytes)
}

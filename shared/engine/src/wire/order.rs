//! "Show this card": the only thing on the outbox.

use super::{Unreadable, is_newer_than, read, write};
use crate::ports::Message;
use serde::{Deserialize, Serialize};
use signalbox_domain::budget::Served;
use signalbox_domain::ids::CommandId;
use signalbox_domain::people::Place;
use signalbox_domain::{RecordId, Timestamp};

/// Which message of a record. Orders of earlier versions have no part, and mean both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The card.
    Card,
    /// The message that tells another channel of it.
    Elsewhere,
}

/// Where a message goes, and who is served by it. Orders of one lane wait for each other and for no others: so a
/// channel that is full delays no other, and many alerts delay nobody's run.
#[derive(Debug, Clone, Copy)]
pub struct Lane<'p> {
    pub place: &'p Place,
    pub served: Served,
}

impl Lane<'_> {
    fn group(&self) -> String {
        let whom = match self.served {
            Served::People => "people",
            Served::Alerts => "alerts",
        };
        format!("chat:{}:{}:{whom}", self.place.workspace, self.place.channel)
    }
}

/// The order to show a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    v: u8,
    #[serde(rename = "run")]
    pub record: RecordId,
    /// Whether to draw the card although its record did not change: new figures came, or somebody misses the card.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// Which message; `None`: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

/// The order for a record that has just been written.
///
/// # Errors
/// None in practice.
pub fn encode(record: &RecordId, version: u64, lane: Lane<'_>) -> Result<Message, Unreadable> {
    ordered(record, lane, format!("show:{record}:{version}"), (false, Some(Part::Card)))
}

/// The order to tell another channel of the record, in that channel's lane.
///
/// # Errors
/// None in practice.
pub fn encode_elsewhere(record: &RecordId, version: u64, lane: Lane<'_>) -> Result<Message, Unreadable> {
    ordered(record, lane, format!("elsewhere:{record}:{version}"), (false, Some(Part::Elsewhere)))
}

/// The same order once more, long after the first was lost.
///
/// # Errors
/// None in practice.
pub fn encode_overdue(
    record: &RecordId,
    version: u64,
    lane: Lane<'_>,
    due_at: Timestamp,
) -> Result<Message, Unreadable> {
    ordered(record, lane, format!("show:{record}:{version}:{}", due_at.0), (false, None))
}

/// The order to draw the figures that were counted by then.
///
/// # Errors
/// None in practice.
pub fn encode_counted(record: &RecordId, lane: Lane<'_>, counted: &str) -> Result<Message, Unreadable> {
    ordered(record, lane, format!("counted:{record}:{counted}"), (true, Some(Part::Card)))
}

/// The order to draw the card once more for somebody who asked where it is; `asked` is the command's id.
///
/// # Errors
/// None in practice.
pub fn encode_asked(record: &RecordId, lane: Lane<'_>, asked: &CommandId) -> Result<Message, Unreadable> {
    ordered(record, lane, format!("asked:{asked}"), (true, Some(Part::Card)))
}

fn ordered(
    record: &RecordId,
    lane: Lane<'_>,
    id: String,
    (again, part): (bool, Option<Part>),
) -> Result<Message, Unreadable> {
    let body = write("order", &Order { v: LATEST, record: record.clone(), again, part })?;
    Ok(Message { group: lane.group(), id, body })
}

/// The latest version that this binary reads.
const LATEST: u8 = 1;

/// Whether a newer version queued it: then this version must neither read it nor give it up.
#[must_use]
pub fn is_newer(body: &[u8]) -> bool {
    is_newer_than(LATEST, body)
}

/// As it came.
///
/// # Errors
/// When it is not an order, or a newer version queued it.
pub fn decode(bytes: &[u8]) -> Result<Order, Unreadable> {
    if is_newer(bytes) {
        return Err(Unreadable { what: "order", why: "a newer version".into() });
    }
    read("order", bytes)
}

//! Queues.

use super::PortError;
use async_trait::async_trait;
use signalbox_domain::time::Timestamp;
use std::time::Duration;

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Messages of one group are delivered one at a time, in order.
    pub group: String,
    /// A message whose id was sent in the last five minutes is dropped: it counts as sent.
    pub id: String,
    /// Bytes, at most 256 KiB.
    pub body: Vec<u8>,
}

/// A message delivered, for as long as its visibility lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Names this delivery.
    pub receipt: String,
    /// How often it was delivered, this time included.
    pub receives: u32,
    /// When it was put on the queue, where the queue says so. The sender cannot choose this.
    pub sent: Option<Timestamp>,
    /// Who sent it, where the queue says so; on AWS a role's id and, after a colon, a session's name.
    pub sender: Option<String>,
    /// What was sent.
    pub message: Message,
}

/// A durable first-in-first-out queue with groups: at least once, in order within a group.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Puts a message; once this returns `Ok` it is durable. [`PortError::Unavailable`] means for certain that the
    /// message is not there and will not be. If the answer was lost, gives [`PortError::NoAnswer`].
    async fn send(&self, message: Message) -> Result<(), PortError>;
    /// Takes up to `limit` messages, none of a group that has one under way. Returns at once, perhaps with none.
    async fn receive(&self, limit: usize) -> Result<Vec<Delivery>, PortError>;
    /// The message is done: it is never delivered again.
    async fn ack(&self, receipt: &str) -> Result<(), PortError>;
    /// Not now: the message is delivered again after that long. Its group waits with it.
    async fn again(&self, receipt: &str, after: Duration) -> Result<(), PortError>;
}

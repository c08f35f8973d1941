//! Where cards are shown.

use super::MessageRef;
use async_trait::async_trait;
use signalbox_domain::card::{Drawing, Note};
use signalbox_domain::ids::RecordId;
use signalbox_domain::people::Place;
use signalbox_domain::time::Timestamp;
use std::time::Duration;

/// A chat that shows cards.
#[async_trait]
pub trait Chat: Send + Sync {
    /// Posts a card with the record's id in it.
    async fn post(&self, place: &Place, record: &RecordId, card: &Drawing) -> Result<MessageRef, ChatError>;
    /// Looks for the card of a record that was posted there since.
    async fn find(
        &self,
        place: &Place,
        record: &RecordId,
        since: Timestamp,
    ) -> Result<Option<MessageRef>, ChatError>;
    /// Draws the card afresh.
    async fn edit(&self, message: &MessageRef, record: &RecordId, card: &Drawing) -> Result<(), ChatError>;
    /// Adds to its thread.
    async fn reply(&self, message: &MessageRef, note: &Note) -> Result<(), ChatError>;
}

/// Why a chat did not take something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// It asks for quiet for that long.
    #[error("asked to wait {0:?}")]
    Quiet(Duration),
    /// Nobody can post in this place: not a member, archived, gone.
    #[error("cannot post there: {0}")]
    NoEntry(String),
    /// The message is no longer there.
    #[error("the message is gone")]
    Gone,
    /// The chat will never take this.
    #[error("rejected: {0}")]
    Rejected(String),
    /// It broke, or the answer was lost.
    #[error("failed: {0}")]
    Failed(String),
}

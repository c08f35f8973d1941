//! Messages that nobody could handle.

use super::PortError;
use async_trait::async_trait;
use signalbox_domain::ids::RecordId;
use signalbox_domain::time::Timestamp;

/// A message that could not be handled, kept until a person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Names it: short, and the same for the same message.
    pub id: String,
    /// When it was set aside.
    pub at: Timestamp,
    /// The run it was for, if that can be made out.
    pub record: Option<RecordId>,
    /// What kind of command it was; empty if nobody can say.
    pub what: String,
    /// Its group on the queue it came from.
    pub group: String,
    /// What was sent.
    pub body: Vec<u8>,
}

/// Where dead letters are kept.
#[async_trait]
pub trait Letters: Send + Sync {
    /// Keeps a letter, in place of one with the same id. Gives whether there was none.
    async fn park(&self, letter: Letter) -> Result<bool, PortError>;
    /// All of them, longest kept first.
    async fn letters(&self) -> Result<Vec<Letter>, PortError>;
    /// Takes one away. Gives whether there was one.
    async fn discard(&self, id: &str) -> Result<bool, PortError>;
}

//! Alert managers that can be told to be silent.

use super::PortError;
use async_trait::async_trait;
use signalbox_domain::Timestamp;
use signalbox_domain::ids::{CommandId, RecordId};

/// What an alert manager is to be silent about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// What it is made for: the record of an alert, or the id of a silence of the catalogue.
    pub alert: RecordId,
    /// The command that asked for it: one command makes one silence.
    pub command: CommandId,
    /// All labels of the alert, as `(name, value)`.
    pub matchers: Vec<(String, String)>,
    /// When the person decided.
    pub from: Timestamp,
    /// Its end, in the future.
    pub until: Timestamp,
    /// Who decided, as `workspace/user`.
    pub by: String,
    /// What they did and said: redacted, one line, never empty.
    pub comment: String,
}

/// What an alert manager answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silenced {
    /// It holds now, by this call or an earlier one.
    Done,
    /// It will never take this; the text says why.
    Refused(String),
}

/// An alert manager that can be told to be silent. Every call may be repeated.
#[async_trait]
pub trait Silencer: Send + Sync {
    /// Makes this silence, and ends any that an earlier command made for the same alert. The same command again makes
    /// no second one, not even where a person ended the first.
    async fn silence(&self, silence: &Silence) -> Result<Silenced, PortError>;
    /// Ends every silence that was made for this alert, which has these labels. Silences that people made stay.
    async fn end(&self, alert: &RecordId, matchers: &[(String, String)]) -> Result<Silenced, PortError>;
}

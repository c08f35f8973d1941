//! Commands on the intents queue: one closed, versioned enum.

use super::{Unreadable, read, write};
use crate::ports::Message;
use serde::{Deserialize, Serialize};
use signalbox_domain::ids::{CommandId, RunId};
use signalbox_domain::policy::{Actor, Place};
use signalbox_domain::run::Sighting;
use signalbox_domain::{Intent, Timestamp};

/// Everything that can be asked of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Carry out an intent.
    Submit {
        /// What for.
        intent: Intent,
        /// The door saw that the rules refuse it, and told the person; the dispatcher puts it on record.
        told: bool,
    },
    /// Stop a run.
    Cancel {
        /// Who asks.
        by: Actor,
        /// Where they asked.
        place: Place,
    },
    /// Try once more what failed, was stopped, or cannot be known.
    Retry {
        /// Who asks.
        by: Actor,
        /// Where they asked.
        place: Place,
        /// The attempt they saw.
        attempt: u32,
    },
    /// A webhook speaks of an attempt.
    Sighted(Sighting),
    /// Something may have changed where the run is carried out.
    Observe,
    /// A due time has come.
    Wake {
        /// Which.
        due_at: Timestamp,
    },
}

/// A command with its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Version of this envelope: 1.
    pub v: u8,
    /// Deduplication id, and the `cause` of the events it leads to.
    pub id: CommandId,
    /// The run it is for.
    pub run: RunId,
    /// What to do.
    pub command: Command,
}

impl Envelope {
    /// A command for a run. `key` makes the id unique among the commands of its kind for that run; the same key again
    /// is the same command again.
    #[must_use]
    pub fn new(run: RunId, key: &str, command: Command) -> Self {
        let id = match &command {
            Command::Submit { .. } => ["submit:", run.as_str()].concat(),
            Command::Cancel { .. } => format!("cancel:{run}:{key}"),
            Command::Retry { attempt, .. } => format!("retry:{run}:{attempt}:{key}"),
            Command::Sighted(_) => format!("sighted:{run}:{key}"),
            Command::Observe => format!("observe:{run}:{key}"),
            Command::Wake { due_at } => format!("wake:{run}:{}", due_at.0),
        };
        Self { v: 1, id: CommandId::new(id), run, command }
    }

    /// To be queued.
    ///
    /// # Errors
    /// None in practice.
    pub fn to_message(&self) -> Result<Message, Unreadable> {
        Ok(Message {
            group: ["run:", self.run.as_str()].concat(),
            id: self.id.as_str().to_owned(),
            body: write("command", self)?,
        })
    }

    /// As it came.
    ///
    /// # Errors
    /// When a newer version wrote it, or it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let envelope: Self = read("command", bytes)?;
        if envelope.v == 1 {
            Ok(envelope)
        } else {
            Err(Unreadable { what: "command", why: format!("version {}", envelope.v) })
        }
    }
}

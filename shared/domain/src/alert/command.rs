//! What alerts and bulletins are told and asked. Stored as it is here, on the intents queue.

use super::event::Act;
use super::finding::Finding;
use super::report::Report;
use crate::people::{Actor, Place};
use serde::{Deserialize, Serialize};

/// What an alert is told by those who found it, and asked by people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and the large one is the common one")]
pub enum AlertCommand {
    /// A pattern was found in logs, or an alert came from elsewhere. The record is [`Finding::alert`].
    Found(Box<Finding>),
    /// A person does something about it.
    Attend {
        /// Who asks.
        by: Actor,
        /// Where they asked.
        place: Place,
        act: Act,
    },
}

impl AlertCommand {
    /// The person whose wish it is.
    #[must_use]
    pub fn person(&self) -> Option<&Actor> {
        match self {
            Self::Attend { by, .. } => Some(by),
            Self::Found(_) => None,
        }
    }
}

/// What a bulletin is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulletinCommand {
    /// A window of a watch is to be told. The record is [`Report::bulletin`].
    Report(Box<Report>),
}

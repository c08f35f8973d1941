//! What may be asked of a run, by people and by parts that know something of it. Stored as it is here, on the intents
//! queue.

use super::PartOf;
use super::input::Sighting;
use crate::alert::Class;
use crate::ids::{AlertId, Name};
use crate::intent::Intent;
use crate::observation::Settlement;
use crate::people::{Actor, Place};
use serde::{Deserialize, Serialize};

/// What a run is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunCommand {
    /// Carry out an intent.
    Submit {
        /// What was asked for.
        intent: Intent,
        /// The door saw that the rules refuse it, and told the person; the dispatcher puts it on record.
        told: bool,
    },
    /// Stop it.
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
        /// The attempt that they saw; somebody else may have been quicker.
        attempt: u32,
    },
    /// Look once more for a run whose end nobody knows, and say what was found.
    LookAgain {
        /// Who asks.
        by: Actor,
    },
    /// Say what became of a run whose end nobody knows.
    Settle {
        /// Who says so.
        by: Actor,
        /// Where they said it.
        place: Place,
        /// The attempt they saw.
        attempt: u32,
        /// What became of it.
        how: Settlement,
        /// In their words; without what is shaped like a secret.
        note: String,
    },
    /// A webhook speaks of an attempt. Nothing is believed before the backend is asked.
    Sighted(Sighting),
    /// Something may have changed where it is carried out.
    Observe,
    /// An alert came after it: shortly after the run's end a watch found something that was not there before. Sent by
    /// the alert.
    Followed {
        alert: AlertId,
        /// The watch that found it.
        watch: Name,
        /// The class it was found as.
        class: Class,
        /// How many seconds after the run's end its first line came.
        after_seconds: u64,
    },
    /// Begin as a step of this batch. What it is asked for stands on the batch's record, and the request counts only
    /// because that record says so.
    Step(PartOf),
    /// A dead letter will not be tried again.
    Dropped { letter: String },
}

impl RunCommand {
    /// The person whose wish it is. Every new command has to say here whose wish it is.
    #[must_use]
    pub fn person(&self) -> Option<&Actor> {
        match self {
            Self::Submit { intent, .. } => Some(&intent.requester),
            Self::Cancel { by, .. }
            | Self::Retry { by, .. }
            | Self::LookAgain { by }
            | Self::Settle { by, .. } => Some(by),
            Self::Sighted(_)
            | Self::Observe
            | Self::Followed { .. }
            | Self::Step(_)
            | Self::Dropped { .. } => None,
        }
    }
}

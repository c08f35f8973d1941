//! What happened to an alert: the closed list of its audit records.

use super::finding::{Class, Finding};
use crate::ids::{CommandId, RecordId};
use crate::people::{Actor, Place};
use crate::policy::ReasonCode;
use crate::time::Timestamp;
use crate::watch::Escalate;
use serde::{Deserialize, Serialize};

/// One audit record of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertEvent {
    /// It was found, or its class changed. Always an alert's first event.
    Found {
        /// As what.
        finding: Box<Finding>,
        /// Where its card goes.
        place: Place,
    },
    /// A person did something about it.
    Attended { by: Actor, act: Act },
    /// A person who may not do this tried to.
    Declined {
        by: Actor,
        act: Act,
        /// Why not.
        reason: ReasonCode,
    },
    /// What a person had done about it no longer holds.
    Reopened { why: Why },
    /// It was said again, because it is acknowledged and still loud.
    Reminded,
    /// The silence that held for it is over, and it is still there: people are told from now on.
    Unsilenced {
        /// It has no card of its own: the window's budget of cards was spent.
        held: bool,
    },
    /// Nobody acknowledged it for that long, so others are told.
    Escalated {
        /// Who, as the catalogue said then.
        to: Escalate,
    },
    /// What it owed to another record was sent there.
    Sent {
        /// Which record.
        to: RecordId,
        /// By which command.
        command: CommandId,
    },
}

/// What a person does about an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Somebody looks after it.
    Acknowledge {
        /// What they say; may be empty.
        note: String,
        /// Until when; `None`: until it is resolved, or spikes.
        until: Option<Timestamp>,
    },
    /// Not now.
    Snooze(Until),
    /// It is mended: when it comes back, that is news.
    Resolve {
        /// What they say; may be empty.
        note: String,
    },
    /// Nobody wants to be told of it for some time, even if it spikes.
    Mute {
        /// Until when.
        until: Timestamp,
        /// Why; may be empty.
        reason: String,
    },
    /// Somebody is to look after it.
    Assign { to: Actor },
    /// Whatever was done about it is undone.
    Reopen,
}

/// How long something is snoozed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// Until then.
    Time(Timestamp),
    /// Until so many more lines.
    Lines(u64),
    /// Until something is deployed.
    Deploy,
}

/// Why what a person had done no longer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It was acknowledged, and spikes now.
    Spiking,
    /// It came back.
    Regressed,
    /// The time is over.
    Over,
    /// So many more lines were counted.
    Counted,
    /// Something was deployed.
    Deployed,
}

impl Act {
    /// In one word, as people type it and as audits show it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Acknowledge { .. } => "acknowledge",
            Self::Snooze(_) => "snooze",
            Self::Resolve { .. } => "resolve",
            Self::Mute { .. } => "mute",
            Self::Assign { .. } => "assign",
            Self::Reopen => "reopen",
        }
    }
}

impl AlertEvent {
    /// Whether the alert's thread is told; of other events its card says enough.
    #[must_use]
    pub fn is_told(&self) -> bool {
        match self {
            // Under a silence nobody is told.
            Self::Found { finding, .. } if finding.silenced.is_some() => false,
            Self::Found { finding, .. } => match finding.class {
                Class::Known | Class::New => false,
                Class::Spiking | Class::Regressed | Class::Quiet => true,
            },
            Self::Unsilenced { .. }
            | Self::Attended { .. }
            | Self::Declined { .. }
            | Self::Reopened { .. }
            | Self::Reminded
            | Self::Escalated { .. } => true,
            // The run's own thread tells it.
            Self::Sent { .. } => false,
        }
    }
}

//! Buttons and forms on cards: what a person pressed or filled in, before it is checked whether they may.

use crate::alert::{Act, Form, Until};
use crate::ids::{AlertId, RecordId, RunId};
use crate::observation::Settlement;
use crate::people::Actor;
use crate::time::Timestamp;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// A button on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pressed {
    /// Cancel this run.
    Cancel(RunId),
    /// Try this run once more after this attempt, the one that the card showed.
    Retry(RunId, u32),
    /// Ask the backend once more what became of this run.
    LookAgain(RunId),
    /// Do something about an alert.
    Attend(AlertId, AlertButton),
    /// Settle what became of this run after this attempt, the one that the card showed.
    Settle(RunId, u32, Settlement),
    /// Open the form of what this line asks for, with all that it gives.
    Ask(String),
    /// Show this line, to be copied.
    Copy(String),
}

impl Pressed {
    /// The record it is about; `None` if it is about none yet.
    #[must_use]
    pub fn record(&self) -> Option<&RecordId> {
        match self {
            Self::Cancel(run) | Self::Retry(run, _) | Self::LookAgain(run) | Self::Settle(run, ..) => {
                Some(run)
            }
            Self::Attend(alert, _) => Some(alert),
            Self::Ask(_) | Self::Copy(_) => None,
        }
    }
}

/// A button on an alert's card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertButton {
    /// "I look after it."
    Acknowledge,
    /// Not for an hour.
    Snooze,
    /// It is mended.
    Resolve,
    /// Assign it to the person who pressed.
    AssignMe,
    /// Undo what was done about it.
    Reopen,
}

/// A form that a person filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// About which alert.
    pub alert: AlertId,
    pub form: Form,
    /// Its end, as [`Form::fill`] takes it.
    pub until: String,
    /// Its words, as [`Form::fill`] takes them.
    pub said: String,
}

impl AlertButton {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Acknowledge, Self::Snooze, Self::Resolve, Self::AssignMe, Self::Reopen];

    /// The act it asks for, if this person presses it now.
    #[must_use]
    pub fn act(self, by: &Actor, now: Timestamp) -> Act {
        match self {
            Self::Acknowledge => Act::Acknowledge { note: String::new(), until: None },
            Self::Snooze => Act::Snooze(Until::Time(now.plus(HOUR))),
            Self::Resolve => Act::Resolve { note: String::new() },
            Self::AssignMe => Act::Assign { to: by.clone() },
            Self::Reopen => Act::Reopen,
        }
    }
}

//! A run's head: where it stands now, as the fold of its events.

mod command;
mod decide;
mod event;
mod fence;
mod fold;
mod input;

pub use command::RunCommand;
pub use decide::{RunPlan, decide};
pub use event::RunEvent;
pub use input::{
    Absence, Asked, Call, CancelAnswer, DispatchAnswer, Found, Input, SearchAnswer, Sighting, Situation,
    Timing, Timings,
};

use crate::ids::{AlertId, CommandId, RunId};
use crate::intent::{Changed, Intent, Work};
use crate::lookup::{Failed, Shipment};
use crate::observation::{InJob, Outcome, Part, Stands};
use crate::people::Actor;
use crate::policy::ReasonCode;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many of the commands that led to events a head remembers. A queue redelivers one message a few times within
/// minutes; a run sees far fewer commands in that time.
const REMEMBERED_CAUSES: usize = 32;

/// A run's thread is told of at most this many alerts that came after it.
pub const MOST_FOLLOWED: usize = 5;

/// After this many attempts that certainly did not reach the backend, the run has failed.
pub const MOST_ATTEMPTS: u32 = 6;

/// A run that is a step of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOf {
    /// The batch.
    pub run: RunId,
    /// Its attempt that began this step.
    pub attempt: u32,
    /// Which step, from 1.
    pub step: u32,
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunHead {
    pub run: RunId,
    /// How many events it is the fold of.
    pub version: u64,
    /// What was asked for.
    pub intent: Intent,
    /// The work that this means; `None` if it was refused.
    pub work: Option<Work>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When its state last changed.
    pub changed_at: Timestamp,
    pub state: State,
    /// The latest attempt; 0 before the first.
    pub attempt: u32,
    /// When that attempt began.
    pub attempt_at: Timestamp,
    /// The backend's name for it.
    pub reference: Option<String>,
    /// The last attempt before the latest that a person authorised; 0 if none was.
    #[serde(default)]
    pub before_retry: u32,
    /// When that was authorised.
    #[serde(default)]
    pub retried_at: Option<Timestamp>,
    /// Who authorised it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retried_by: Option<Actor>,
    /// The backend's names for the attempts before: news of them changes nothing.
    #[serde(default)]
    pub earlier: Vec<String>,
    /// A page about it.
    pub link: Option<String>,
    /// How many steps it has begun.
    pub begun: u32,
    /// Their titles, as many as are kept.
    pub steps: Vec<String>,
    /// Where the latest stands among those of its job, if the backend knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_job: Option<InJob>,
    /// What it waits for, in the backend's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<String>,
    /// The latest looks, if they brought nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<Unseen>,
    /// Why it could not be stopped, if somebody asked to stop it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_refused: Option<String>,
    /// Who asked to stop it, if anyone.
    pub cancel: Option<Actor>,
    /// When they asked.
    #[serde(default)]
    pub cancel_at: Option<Timestamp>,
    /// It may have run twice: said on its card for ever.
    pub contradicted: Option<String>,
    /// The last time that a person had it looked for without success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked: Option<Looked>,
    /// Who settled what became of it, if nobody could know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<Actor>,
    /// What the operation requires and did not hold, where it was refused for that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_checks: Vec<Failed>,
    /// What it ships, if it ships something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment: Option<Shipment>,
    /// The batch that it is a step of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<PartOf>,
    /// Its steps, if it is a batch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// The alerts that came after it, as far as its thread was told of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub followed: Vec<AlertId>,
    /// The commands that led to its latest events.
    pub causes: VecDeque<CommandId>,
}

/// After this many looks in a row that brought nothing, the card says so.
pub const TOLD_AFTER: u32 = 3;

/// A running run that could not be seen of late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unseen {
    /// When the first of these looks was.
    pub since: Timestamp,
    /// When the latest look that is on record was.
    pub at: Timestamp,
    /// How many looks brought nothing, as far as they are on record.
    pub looks: u32,
    /// What was seen instead.
    pub why: String,
    /// Since when every look was told that the run is lost.
    pub gone: Option<Timestamp>,
}

impl Unseen {
    /// Whether people are told of it.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.looks >= TOLD_AFTER
    }
}

/// A person had an unknown run looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    pub by: Actor,
    pub at: Timestamp,
    /// What was found, in a sentence.
    pub what: String,
}

/// A run's state. Approval, locks and freezes will come between the first two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The rules did not allow it.
    Refused {
        /// Why not.
        reason: ReasonCode,
        /// Whether the person was already told.
        told: bool,
        /// What changed since it was asked for, where that is the reason and it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changed: Option<Changed>,
    },
    /// Allowed, and what the operation requires is being asked. Nothing was started.
    Checking {
        since: Timestamp,
        /// Why the answer is still missing, if something went wrong.
        trouble: Option<String>,
    },
    /// On its way to the backend.
    Dispatching {
        /// The open attempt's lease; `None` while the next attempt is awaited.
        lease_until: Option<Timestamp>,
        /// Why it is not there yet, if something went wrong.
        trouble: Option<String>,
    },
    /// The backend has it.
    Running,
    /// The backend says that it succeeded; what has to hold after that is being asked.
    Verifying {
        since: Timestamp,
        /// What the backend said.
        outcome: Outcome,
        /// What does not hold yet, or could not be asked.
        trouble: Option<String>,
    },
    /// At its end.
    Finished(Outcome),
    /// The request could not be handled: nothing was started, and the request is kept.
    SetAside {
        /// As which dead letter.
        letter: String,
    },
    /// Nobody can say.
    Unknown {
        /// Why not.
        why: String,
    },
}

impl RunHead {
    /// Whether nothing more will happen by itself.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(
            self.state,
            State::Refused { .. } | State::Finished(_) | State::SetAside { .. } | State::Unknown { .. }
        )
    }

    /// Whether a person may authorise another attempt: it did not go as asked, or nobody knows its end.
    #[must_use]
    pub fn can_retry(&self) -> bool {
        match &self.state {
            State::Finished(outcome) => outcome.conclusion != crate::observation::Conclusion::Succeeded,
            State::Unknown { .. } => true,
            State::Refused { .. }
            | State::Checking { .. }
            | State::Dispatching { .. }
            | State::Running
            | State::Verifying { .. }
            | State::SetAside { .. } => false,
        }
    }

    /// Whether there is something to cancel.
    #[must_use]
    pub fn can_cancel(&self) -> bool {
        !self.is_settled() && self.cancel.is_none()
    }

    /// Whether it has a card: a refusal that the person was told at once has none.
    #[must_use]
    pub fn has_card(&self) -> bool {
        if self.part_of.is_some() {
            // The batch's card has a line for it; it has one of its own once a person may have to do something.
            return match &self.state {
                State::Finished(outcome) => outcome.conclusion != crate::observation::Conclusion::Succeeded,
                State::Refused { .. } | State::SetAside { .. } | State::Unknown { .. } => true,
                State::Checking { .. }
                | State::Dispatching { .. }
                | State::Running
                | State::Verifying { .. } => self.attempt > 1,
            };
        }
        !matches!(self.state, State::Refused { told: true, .. })
    }

    /// How it stands, as a step of a batch.
    #[must_use]
    pub fn stands(&self) -> Stands {
        match &self.state {
            State::Refused { .. } => Stands::Bad,
            State::Checking { .. }
            | State::Dispatching { .. }
            | State::Running
            | State::Verifying { .. }
            | State::SetAside { .. } => Stands::Busy,
            State::Finished(outcome) if outcome.conclusion == crate::observation::Conclusion::Succeeded => {
                Stands::Good
            }
            State::Finished(_) => Stands::Bad,
            State::Unknown { .. } => Stands::Unknown,
        }
    }

    /// Whether this command already led to events.
    #[must_use]
    pub fn has_folded(&self, cause: &CommandId) -> bool {
        self.causes.contains(cause)
    }

    /// The state in one word, as tables, filters and metrics say it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        use crate::observation::Conclusion;
        match &self.state {
            State::Refused { .. } => "refused",
            State::Checking { .. } => "checking",
            State::Verifying { .. } => "verifying",
            State::Dispatching { .. } => "dispatching",
            State::Running => "running",
            State::Finished(outcome) => match outcome.conclusion {
                Conclusion::Succeeded => "succeeded",
                Conclusion::Failed => "failed",
                Conclusion::Cancelled => "cancelled",
                Conclusion::TimedOut => "timed out",
            },
            State::SetAside { .. } => "set aside",
            State::Unknown { .. } => "unknown",
        }
    }

    fn remember(&mut self, cause: &CommandId) {
        if self.causes.back() != Some(cause) {
            if self.causes.len() == REMEMBERED_CAUSES {
                self.causes.pop_front();
            }
            self.causes.push_back(cause.clone());
        }
    }
}

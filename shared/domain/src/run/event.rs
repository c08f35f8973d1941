//! What happened to a run: the closed list of its audit records.
//!
//! Events say what is known, never what is hoped. They are stored as they are here: variants and fields may be added,
//! but never changed.

use crate::alert::Class;
use crate::ids::{AlertId, Name};
use crate::intent::{Changed, Intent, Work};
use crate::lookup::{Failed, Shipment};
use crate::observation::{InJob, Outcome, Part, Settlement};
use crate::people::Actor;
use crate::policy::ReasonCode;
use crate::run::PartOf;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One audit record of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunEvent {
    /// A person asked, and the rules allowed it. Always a run's first event, unless it is `Refused`.
    Requested {
        /// What was asked for.
        intent: Intent,
        /// The work that this means, with every placeholder filled.
        work: Work,
        /// The batch that asked for it as a step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part_of: Option<PartOf>,
    },
    /// A person asked, and the rules did not allow it. A run's first and only event.
    Refused {
        /// What was asked for.
        intent: Intent,
        /// Why not.
        reason: ReasonCode,
        /// Whether the person was already told so by the door; then no card says it again.
        told: bool,
        /// What changed since it was asked for, where that is the reason and it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changed: Option<Changed>,
        /// The batch that asked for it as a step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part_of: Option<PartOf>,
    },
    /// What the operation requires is being asked of systems outside; nothing was started. Once more when one of them
    /// cannot be asked, or can be asked again.
    Checking {
        /// Why the answer is still missing, if something went wrong.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trouble: Option<String>,
    },
    /// What the operation requires was asked: either all of it holds, or the run is refused.
    Checked {
        /// How many things were asked.
        asked: u32,
        /// Those that do not hold, or of which nobody could say so.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        failed: Vec<Failed>,
        /// What it ships, if it ships something.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shipment: Option<Shipment>,
    },
    /// About to call the backend; appended before the call.
    DispatchStarted {
        /// Counted from 1.
        attempt: u32,
        /// By then, the dispatcher that began this attempt no longer acts on it.
        lease_until: Timestamp,
    },
    /// The backend has it.
    Dispatched {
        attempt: u32,
        /// What the backend calls it; `None` where it took it without a name.
        reference: Option<String>,
        /// A page about it.
        link: Option<String>,
        /// Whether it was found by search or observation instead of the backend's answer.
        found: bool,
    },
    /// The backend's answer did not say clearly whether it has the attempt. The search will tell.
    MaybeSent {
        attempt: u32,
        /// What went wrong.
        why: String,
    },
    /// It is certain that this attempt did not reach the backend, and never will.
    NotSent {
        attempt: u32,
        /// How that is known.
        why: String,
    },
    /// The backend's name for it became known, or changed.
    Located {
        attempt: u32,
        /// What the backend calls it.
        reference: String,
        /// A page about it.
        link: Option<String>,
    },
    /// The run came further.
    Progressed {
        attempt: u32,
        /// How many steps have begun in all.
        begun: u32,
        /// Titles of those begun since the last such event.
        steps: Vec<String>,
        /// Where the latest of them stands among those of its job, if the backend knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        in_job: Option<InJob>,
        /// A page about it, where it became known only now.
        link: Option<String>,
        /// What it waits for now, in the backend's words; `None` where it waits for nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waits: Option<String>,
    },
    /// Steps of a batch began or ended.
    PartsMoved {
        attempt: u32,
        /// All of them, as they stand now.
        parts: Vec<Part>,
    },
    /// A look at the running run brought nothing. Recorded until people are told of it, and after that when the cause
    /// changes: see [`super::TOLD_AFTER`].
    NotSeen {
        attempt: u32,
        /// How many looks in a row brought nothing, with this one.
        looks: u32,
        /// What was seen instead.
        why: String,
        /// Whether the system itself says that the run is lost; else it only could not be asked.
        gone: bool,
    },
    /// It was seen again after looks that had brought nothing.
    SeenAgain { attempt: u32 },
    /// The backend answered a request to stop, and not as it did the time before.
    StopAnswered {
        attempt: u32,
        /// Why it could not be stopped; `None` if the backend was told to stop it.
        refused: Option<String>,
    },
    /// A person asked to stop it.
    CancelRequested { by: Actor },
    /// A person who may not do this asked to stop it.
    CancelRefused {
        by: Actor,
        /// Why not.
        reason: ReasonCode,
    },
    /// A person authorised another attempt at what failed, was stopped, or cannot be known.
    RetryRequested {
        by: Actor,
        /// The attempt it follows.
        attempt: u32,
    },
    /// A person who may not do this asked for another attempt.
    RetryRefused {
        by: Actor,
        /// Why not.
        reason: ReasonCode,
        /// What changed since the attempt before, where that is the reason and it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changed: Option<Changed>,
        /// What it requires and does not hold, where that is the reason.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        failed: Vec<Failed>,
    },
    /// The backend says that it succeeded, and what has to hold after that is being asked. Once more when something does
    /// not hold yet.
    Verifying {
        attempt: u32,
        /// What the backend said.
        outcome: Outcome,
        /// What does not hold yet, or could not be asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trouble: Option<String>,
    },
    /// The end.
    Finished {
        /// Which attempt; 0 if none began.
        attempt: u32,
        outcome: Outcome,
    },
    /// Nobody can say what became of it. Shown to people, and never replaced by a guess; a later finding may still
    /// end it.
    BecameUnknown {
        attempt: u32,
        /// Why nobody can say: what was seen.
        why: String,
        /// The page of the system where a person looks for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<String>,
    },
    /// A person had an unknown run looked for once more, and it was not found.
    LookedAgain {
        by: Actor,
        attempt: u32,
        /// What was found, in a sentence.
        what: String,
    },
    /// A person who looked at the system settled what became of an unknown run.
    Settled {
        by: Actor,
        attempt: u32,
        /// What became of it.
        how: Settlement,
        /// In their words; empty if they had none.
        note: String,
    },
    /// A person who may not do this tried to settle it.
    SettleRefused {
        by: Actor,
        /// Why not.
        reason: ReasonCode,
    },
    /// The backend named an attempt that was taken for never sent, so it may have run twice. People are told.
    Contradicted {
        /// The attempt that should not exist.
        attempt: u32,
        /// What was seen.
        what: String,
    },
    /// An alert came after it. That changes nothing about the run; its thread is told, once for each alert.
    Followed {
        alert: AlertId,
        /// The watch that found it.
        watch: Name,
        /// The class it was found as.
        class: Class,
        /// How many seconds after the run's end its first line came.
        after_seconds: u64,
    },
}

impl RunEvent {
    /// Whether the run's thread is told; of other events its card says enough.
    #[must_use]
    pub fn is_told(&self) -> bool {
        match self {
            Self::Progressed { steps, .. } => !steps.is_empty(),
            // Who may not ask for it is told at once; what does not hold is known only now.
            Self::RetryRefused { failed, .. } => !failed.is_empty(),
            Self::RetryRequested { .. }
            | Self::LookedAgain { .. }
            | Self::Settled { .. }
            | Self::CancelRequested { .. }
            | Self::NotSent { .. }
            | Self::MaybeSent { .. }
            | Self::Followed { .. }
            | Self::Contradicted { .. } => true,
            Self::Requested { .. }
            | Self::Refused { .. }
            | Self::Checking { .. }
            | Self::Checked { .. }
            | Self::Verifying { .. }
            | Self::PartsMoved { .. }
            | Self::DispatchStarted { .. }
            | Self::Dispatched { .. }
            | Self::Located { .. }
            | Self::NotSeen { .. }
            | Self::SeenAgain { .. }
            | Self::StopAnswered { .. }
            | Self::Finished { .. }
            | Self::SettleRefused { .. }
            | Self::CancelRefused { .. }
            | Self::BecameUnknown { .. } => false,
        }
    }
}

//! What `decide` is told, and what it asks to be done.

use super::{PartOf, RunCommand, RunHead};
use crate::catalogue::TargetKind;
use crate::ids::{CommandId, RunId};
use crate::intent::Work;
use crate::lookup::{Failed, Shipment};
use crate::observation::Observation;
use crate::people::Actor;
use crate::rules::Rules;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a run is confronted with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A command for it.
    Command(RunCommand),
    /// Its due time has come.
    Wake {
        /// Which due time. If the head now has another one, this wake is out of date.
        due_at: Timestamp,
    },
    /// What the backend says of a sighting: whether it is ours.
    Recognised(u32, Option<Found>),
    /// The backend answered a dispatch.
    Answered(u32, DispatchAnswer),
    /// The backend answered a search.
    Searched(u32, SearchAnswer),
    /// The backend said how an attempt stands.
    Observed(u32, Observation),
    /// The backend could not be asked how an attempt stands.
    NotObserved {
        /// Why not; empty where the look was only put off for a moment.
        why: String,
        /// It asks not to be asked again sooner.
        rest: Option<Duration>,
    },
    /// What the operation requires was asked.
    Checked(Vec<Asked>, Option<Shipment>),
    /// What has to hold after it succeeded was asked: each with the seconds for which it may take.
    Verified(Vec<(Asked, u64)>),
    /// The backend answered a request to stop.
    CancelAnswered(u32, CancelAnswer),
}

/// What became of a call to start something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DispatchAnswer {
    /// The backend has it.
    Sent {
        /// The backend's name for it; `None` if it did not give one.
        reference: Option<String>,
        /// A page about it.
        link: Option<String>,
    },
    /// It is certain that nothing was started: another attempt is worth making.
    NotSent {
        why: String,
        /// The backend asks not to be tried again sooner.
        rest: Option<Duration>,
    },
    /// A definite no: trying again is of no use.
    Refused { why: String },
    /// The backend may or may not have it.
    MaybeSent {
        /// What went wrong.
        why: String,
    },
    /// The fence stopped it: the lease was over, or another attempt was open. Nothing was sent.
    Fenced,
}

/// What came of one thing that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Holds,
    /// It does not hold.
    Not(Failed),
    /// Nobody could say.
    Unasked(Failed),
}

/// A webhook's news of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Which attempt it is said to be.
    pub attempt: u32,
    /// What the backend calls it.
    pub reference: String,
}

/// Where an attempt is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What the backend calls it.
    pub reference: String,
    /// A page about it.
    pub link: Option<String>,
}

/// What a search for a run id found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchAnswer {
    /// It is there.
    Found(Found),
    /// It is not there; the backend says what that proves.
    NotFound(Absence),
    /// The backend could not be asked.
    Failed { why: String },
}

/// What "not found" proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// This attempt never ran and never will.
    Proven,
    /// It may still appear.
    NotProven,
}

/// What became of a request to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelAnswer {
    /// The backend took it; the end will be seen.
    Taken,
    /// It could not be told; it will be tried again.
    Failed { why: String },
}

/// What is to be done outside now. At most one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Ask what the operation requires.
    Check,
    /// Ask what has to hold after it succeeded.
    Verify,
    /// Note what runs now where it was shipped to.
    NoteShipped,
    /// Tell the batch that its step ended.
    TellBatch,
    /// Start it, unless the fence says no.
    Dispatch {
        attempt: u32,
        /// The whole call must be over by then.
        until: Timestamp,
    },
    /// Look for it.
    Search { attempt: u32 },
    /// Ask whether what was sighted is this attempt.
    Recognise {
        attempt: u32,
        /// What the backend is said to call it.
        reference: String,
    },
    /// Ask how it stands.
    Observe { attempt: u32 },
    /// Ask the backend to stop it.
    Cancel { attempt: u32 },
}

/// How a backend wants to be treated, in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// A dispatch call is over after this, answered or not.
    pub request: Duration,
    /// How long an attempt belongs to one worker; longer than `request`, and at least the dispatcher's own time
    /// limit.
    pub lease: Duration,
    /// How long after the lease a search can still miss what was sent.
    pub search_lag: Duration,
    /// How long to go on searching after that, where absence cannot be proven.
    pub search_for: Duration,
    /// How often a running run is looked at in the beginning, if no hint comes.
    pub poll: Duration,
    /// How often a run is looked at that has run for long: the pause grows with its age.
    pub poll_most: Duration,
    /// The first pause before another attempt; it doubles each time.
    pub retry: Duration,
    /// How long every look must say that a running run is lost before that is believed: copies lag, rights are taken
    /// away by mistake, and a system that starts shows nothing at first.
    pub lost_after: Duration,
}

impl Timing {
    /// For a run that no backend here can carry out: it is looked at rarely.
    pub const NOWHERE: Self = Self {
        request: Duration::from_secs(1),
        lease: Duration::from_secs(10),
        search_lag: Duration::ZERO,
        search_for: Duration::from_secs(600),
        poll: Duration::from_secs(60),
        poll_most: Duration::from_secs(600),
        retry: Duration::from_secs(60),
        lost_after: Duration::ZERO,
    };
}

/// How each backend wants to be treated.
#[derive(Debug, Clone, Default)]
pub struct Timings(BTreeMap<TargetKind, Timing>);

impl Timings {
    /// Says how the backend of this kind wants to be treated.
    pub fn insert(&mut self, kind: TargetKind, timing: Timing) {
        self.0.insert(kind, timing);
    }

    /// How the backend of this work wants to be treated; [`Timing::NOWHERE`] if there is no such backend.
    #[must_use]
    pub fn of(&self, work: Option<&Work>) -> Timing {
        work.and_then(|work| self.0.get(&work.kind())).copied().unwrap_or(Timing::NOWHERE)
    }
}

/// Everything `decide` may look at beside the head and the input.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// Which run this is about.
    pub run: &'a RunId,
    pub now: Timestamp,
    /// The command that is being handled.
    pub cause: &'a CommandId,
    /// What the catalogue says.
    pub rules: Rules<'a>,
    /// How the backends want to be treated.
    pub timings: &'a Timings,
    /// Whether a store can keep this work; else it is not carried out.
    pub keeps: fn(&Work) -> bool,
    /// The person who asked for this look, if the command names one: they are told what came of it.
    pub asked_by: Option<&'a Actor>,
    /// The person who asks for another attempt, and the attempt that it follows, if the command says so.
    pub retried_by: Option<(&'a Actor, u32)>,
    /// The page of the backend where a person looks for it.
    pub page: Option<&'a str>,
    /// The batch that asks for it as a step, if one does.
    pub part_of: Option<&'a PartOf>,
}

impl Situation<'_> {
    /// How the backend of a run wants to be treated.
    pub(super) fn timing(&self, head: &RunHead) -> Timing {
        self.timings.of(head.work.as_ref())
    }
}

//! A simulated system that carries out runs, for each kind of proof. It counts how often each run was carried out.

use async_trait::async_trait;
use signalbox_domain::Timestamp;
use signalbox_domain::catalogue::TargetKind;
use signalbox_domain::observation::{Conclusion, Observation, Outcome, Progress};
use signalbox_domain::run::{Absence, CancelAnswer, DispatchAnswer, Found, SearchAnswer, Timing};
use signalbox_engine::ports::{Attempt, Backend, Clock, NotSeen};
use signalbox_testkit::Gate;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the answer "not found" of a backend proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The search itself makes it impossible that the attempt still arrives, as with the claim of the local command.
    Claim,
    /// It is certain that there is no run once the lease and the search lag are over.
    AfterLag,
    /// The run may appear at any time.
    Never,
    /// The statement of the real backend for GitHub, tested with that backend.
    GitHub,
    /// The statement of the real backend for Jenkins, tested with that backend and a Jenkins that keeps everything.
    Jenkins,
    /// The same over a Jenkins that forgets. Then it is never certain that there was no build.
    ForgetfulJenkins(Forgets),
}

/// How a Jenkins forgets what it ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgets {
    /// It keeps one build only, and other people start builds all the time.
    Discards,
    /// Somebody deletes each build when it is over.
    Deletes,
    /// Somebody deletes the job, creates it again, and builds with it.
    MadeAnew,
    /// It crashes two seconds after the beginning, and what waits in its queue is lost.
    Crashes,
}

impl Proof {
    /// The three kinds of the simulated backend.
    pub const KINDS: [Self; 3] = [Self::Claim, Self::AfterLag, Self::Never];
    /// The kinds that are tested with a real backend.
    pub const REAL: [Self; 6] = [
        Self::GitHub,
        Self::Jenkins,
        Self::ForgetfulJenkins(Forgets::Discards),
        Self::ForgetfulJenkins(Forgets::Deletes),
        Self::ForgetfulJenkins(Forgets::MadeAnew),
        Self::ForgetfulJenkins(Forgets::Crashes),
    ];

    /// Whether it is ever certain that there was no run.
    #[must_use]
    pub fn proves(self) -> bool {
        matches!(self, Self::Claim | Self::AfterLag | Self::Jenkins)
    }

    /// Whether a run that was carried out may no longer be found.
    #[must_use]
    pub fn forgets(self) -> bool {
        matches!(self, Self::ForgetfulJenkins(_))
    }

    /// Whether waiting alone makes it certain. That holds only for requests that are accepted within the limit.
    #[must_use]
    pub fn waits(self) -> bool {
        matches!(self, Self::AfterLag | Self::Jenkins | Self::ForgetfulJenkins(_))
    }
}

/// What happens to the first request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The request is carried out and answered.
    Answered,
    /// The request is carried out, but the answer is lost.
    AnswerLost,
    /// The request is lost on the way, and nobody can tell.
    Dropped,
    /// The request is accepted only after some time, and the answer is lost.
    AcceptedLate {
        /// The delay in milliseconds.
        after_ms: u64,
    },
    /// It is certain that the request was not sent.
    NotSent,
    /// The system clearly refuses the request.
    Refused,
}

/// How long one execution takes.
const TAKES: Duration = Duration::from_secs(20);
/// How long what was accepted stays invisible to a search.
const INDEXED_AFTER: Duration = Duration::from_secs(3);

pub(super) const TIMING: Timing = Timing {
    request: Duration::from_secs(5),
    lease: Duration::from_secs(10),
    search_lag: Duration::from_secs(60),
    search_for: Duration::from_secs(600),
    poll: Duration::from_secs(15),
    poll_most: Duration::from_secs(60),
    retry: Duration::from_secs(1),
    lost_after: Duration::ZERO,
};

/// What the simulated system knows.
#[derive(Debug, Default)]
pub(super) struct System {
    /// Attempts that were accepted, and when.
    pub(super) executions: Vec<(u32, Timestamp)>,
    /// Attempts that are still on their way. They arrive when their time comes.
    pub(super) on_the_way: Vec<(u32, Timestamp)>,
    abandoned: Vec<u32>,
    pub(super) requests: u32,
    cancelled_at: Option<Timestamp>,
}

impl System {
    /// Takes in the attempts that have arrived by now.
    pub(super) fn settle(&mut self, now: Timestamp) {
        let (arrived, rest): (Vec<_>, Vec<_>) = self.on_the_way.drain(..).partition(|(_, at)| *at <= now);
        self.on_the_way = rest;
        for (attempt, at) in arrived {
            // With a claim, a search that came first has abandoned the attempt. In the other kinds, what arrives is
            // carried out.
            if !self.abandoned.contains(&attempt) {
                self.executions.push((attempt, at));
            }
        }
    }
}

/// One worker's access to the system.
pub(super) struct Simulated {
    pub(super) system: Arc<Mutex<System>>,
    pub(super) proof: Proof,
    pub(super) fate: Fate,
    pub(super) timing: Timing,
    pub(super) gate: Arc<Gate>,
    pub(super) clock: Arc<dyn Clock>,
    /// Whether this worker is broken on purpose, so that it never searches.
    pub(super) blind: bool,
}

impl Simulated {
    fn send(&self, attempt: u32, until: Timestamp) -> DispatchAnswer {
        let now = self.clock.now();
        // The request has a time limit of its own. After that, nothing is sent.
        if now >= until {
            return DispatchAnswer::NotSent { why: "too late to send".into(), rest: None };
        }
        let mut system = self.system.lock().unwrap();
        system.requests += 1;
        let fate = if system.requests == 1 { self.fate } else { Fate::Answered };
        let lost = || DispatchAnswer::MaybeSent { why: "no answer".into() };
        match fate {
            Fate::NotSent => DispatchAnswer::NotSent { why: "connection refused".into(), rest: None },
            Fate::Refused => DispatchAnswer::Refused { why: "no such job".into() },
            Fate::Dropped => lost(),
            Fate::AcceptedLate { after_ms } => {
                let at = now.plus(Duration::from_millis(after_ms));
                system.on_the_way.push((attempt, at));
                lost()
            }
            Fate::Answered | Fate::AnswerLost => {
                system.on_the_way.push((attempt, now));
                system.settle(now);
                match fate {
                    Fate::Answered => {
                        DispatchAnswer::Sent { reference: Some(format!("#{attempt}")), link: None }
                    }
                    Fate::AnswerLost
                    | Fate::Dropped
                    | Fate::AcceptedLate { .. }
                    | Fate::NotSent
                    | Fate::Refused => lost(),
                }
            }
        }
    }
}

#[async_trait]
impl Backend for Simulated {
    fn kind(&self) -> TargetKind {
        TargetKind::Command
    }
    fn timing(&self) -> Timing {
        self.timing
    }

    async fn dispatch(&self, attempt: &Attempt, until: Timestamp) -> DispatchAnswer {
        self.gate.step().await;
        let answer = self.send(attempt.attempt, until);
        self.gate.step().await;
        answer
    }

    async fn search(&self, attempt: &Attempt) -> SearchAnswer {
        self.gate.step().await;
        let answer = {
            let now = self.clock.now();
            let mut system = self.system.lock().unwrap();
            system.settle(now);
            let lag = if self.proof == Proof::Claim { Duration::ZERO } else { INDEXED_AFTER };
            let seen = system.executions.iter().any(|(a, at)| *a == attempt.attempt && at.plus(lag) <= now);
            if seen && !self.blind {
                SearchAnswer::Found(Found { reference: format!("#{}", attempt.attempt), link: None })
            } else {
                if self.proof == Proof::Claim && !self.blind {
                    system.abandoned.push(attempt.attempt);
                }
                let proven = self.proof.proves() || self.blind;
                SearchAnswer::NotFound(if proven { Absence::Proven } else { Absence::NotProven })
            }
        };
        self.gate.step().await;
        answer
    }

    async fn observe(&self, attempt: &Attempt) -> Result<Observation, NotSeen> {
        self.gate.step().await;
        let now = self.clock.now();
        let system = self.system.lock().unwrap();
        let Some((_, began)) = system.executions.iter().find(|(a, _)| *a == attempt.attempt) else {
            return Err(NotSeen { why: "not there".into(), rest: None });
        };
        let end = |conclusion| {
            Progress::Ended(Outcome { conclusion, summary: String::new(), excerpt: String::new() })
        };
        let progress = match system.cancelled_at {
            Some(at) if at < began.plus(TAKES) => end(Conclusion::Cancelled),
            _ if now >= began.plus(TAKES) => end(Conclusion::Succeeded),
            _ => Progress::Running,
        };
        Ok(Observation::of(progress))
    }

    async fn cancel(&self, _attempt: &Attempt) -> CancelAnswer {
        self.gate.step().await;
        self.system.lock().unwrap().cancelled_at.get_or_insert(self.clock.now());
        CancelAnswer::Taken
    }
}

//! Events into heads. Total over every event that `decide` makes; what cannot be said of this head leaves it as it is.

use super::{Looked, RunHead, State, Unseen};
use crate::event::Event;
use crate::ids::{CommandId, RunId};
use crate::observation::{Conclusion, MOST_STEPS, Outcome, Settlement};
use crate::time::Timestamp;
use std::collections::VecDeque;

/// How many attempts before are remembered by name: a head is one item of a table, however often people try.
const MOST_EARLIER: usize = 50;

impl RunHead {
    /// The head after one more event, caused by `cause` and appended `at`. `None` where a run's first event does not
    /// begin a run.
    #[must_use]
    pub fn after(
        head: Option<Self>,
        run: &RunId,
        event: &Event,
        cause: &CommandId,
        at: Timestamp,
    ) -> Option<Self> {
        let mut head = match head {
            Some(mut head) => {
                head.apply(event, at);
                head
            }
            None => Self::begin(run, event, at)?,
        };
        head.version += 1;
        head.remember(cause);
        Some(head)
    }

    fn begin(run: &RunId, event: &Event, at: Timestamp) -> Option<Self> {
        let (intent, work, state) = match event {
            Event::Requested { intent, work } => {
                (intent, Some(work.clone()), State::Dispatching { lease_until: None, trouble: None })
            }
            Event::Refused { intent, reason, told } => {
                (intent, None, State::Refused { reason: *reason, told: *told })
            }
            Event::SetAside { letter, intent: Some(intent), .. } => {
                (intent, None, State::SetAside { letter: letter.clone() })
            }
            Event::SetAside { intent: None, .. }
            | Event::DispatchStarted { .. }
            | Event::Dispatched { .. }
            | Event::Located { .. }
            | Event::RetryRequested { .. }
            | Event::RetryRefused { .. }
            | Event::LookedAgain { .. }
            | Event::Settled { .. }
            | Event::SettleRefused { .. }
            | Event::MaybeSent { .. }
            | Event::NotSent { .. }
            | Event::Progressed { .. }
            | Event::NotSeen { .. }
            | Event::SeenAgain { .. }
            | Event::StopAnswered { .. }
            | Event::CancelRequested { .. }
            | Event::CancelRefused { .. }
            | Event::Finished { .. }
            | Event::BecameUnknown { .. }
            | Event::Contradicted { .. }
            | Event::Alert(_)
            | Event::Reported { .. } => return None,
        };
        Some(Self {
            run: run.clone(),
            version: 0,
            intent: intent.clone(),
            work,
            requested_at: at,
            changed_at: at,
            state,
            attempt: 0,
            attempt_at: at,
            reference: None,
            before_retry: 0,
            retried_at: None,
            retried_by: None,
            earlier: vec![],
            link: None,
            begun: 0,
            steps: vec![],
            in_job: None,
            waits: None,
            unseen: None,
            stop_refused: None,
            cancel: None,
            cancel_at: None,
            contradicted: None,
            looked: None,
            settled_by: None,
            causes: VecDeque::new(),
        })
    }

    fn apply(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::Requested { work, .. } => {
                if matches!(self.state, State::SetAside { .. }) {
                    self.work = Some(work.clone());
                    self.go(State::Dispatching { lease_until: None, trouble: None }, at);
                }
            }
            Event::Refused { reason, told, .. } => {
                if matches!(self.state, State::SetAside { .. }) {
                    self.go(State::Refused { reason: *reason, told: *told }, at);
                }
            }
            Event::SetAside { letter, .. } => {
                if matches!(self.state, State::SetAside { .. }) {
                    self.state = State::SetAside { letter: letter.clone() };
                }
            }
            // Not a run's.
            Event::Alert(_) | Event::Reported { .. } => {}
            Event::CancelRefused { .. } | Event::RetryRefused { .. } | Event::SettleRefused { .. } => {}
            Event::DispatchStarted { attempt, lease_until } => {
                self.attempt = *attempt;
                self.attempt_at = at;
                self.go(State::Dispatching { lease_until: Some(*lease_until), trouble: None }, at);
            }
            Event::Dispatched { reference, link, .. } => {
                self.reference = reference.clone().or(self.reference.take());
                self.link = link.clone().or(self.link.take());
                self.go(State::Running, at);
            }
            Event::Located { reference, link, .. } => {
                self.reference = Some(reference.clone());
                self.link = link.clone().or(self.link.take());
            }
            Event::MaybeSent { why, .. } => {
                if let State::Dispatching { trouble, .. } = &mut self.state {
                    *trouble = Some(why.clone());
                }
            }
            Event::NotSent { why, .. } => {
                self.go(State::Dispatching { lease_until: None, trouble: Some(why.clone()) }, at);
            }
            Event::NotSeen { looks, why, gone, .. } => self.lose_sight(*looks, why, *gone, at),
            Event::SeenAgain { .. } => self.unseen = None,
            Event::StopAnswered { refused, .. } => self.stop_refused.clone_from(refused),
            Event::Progressed { begun, steps, in_job, link, waits, .. } => {
                self.waits.clone_from(waits);
                if !steps.is_empty() {
                    self.in_job = *in_job;
                }
                self.begun = *begun;
                let room = MOST_STEPS.saturating_sub(self.steps.len());
                self.steps.extend(steps.iter().take(room).cloned());
                self.link = link.clone().or(self.link.take());
            }
            Event::CancelRequested { by } => {
                self.cancel = Some(by.clone());
                self.cancel_at = Some(at);
            }
            Event::RetryRequested { by, .. } => {
                self.begin_again(at);
                self.retried_by = Some(by.clone());
            }
            Event::Finished { outcome, .. } => self.go(State::Finished(outcome.clone()), at),
            Event::BecameUnknown { why, page, .. } => {
                self.link = self.link.take().or_else(|| page.clone());
                self.looked = None;
                self.go(State::Unknown { why: why.clone() }, at);
            }
            Event::LookedAgain { by, what, .. } => {
                self.looked = Some(Looked { by: by.clone(), at, what: what.clone() });
            }
            Event::Settled { by, how, note, .. } => {
                let summary = match note.as_str() {
                    "" => how.says().to_owned(),
                    note => format!("{}: {note}", how.says()),
                };
                let conclusion = match how {
                    Settlement::Succeeded => Conclusion::Succeeded,
                    Settlement::Failed => Conclusion::Failed,
                    Settlement::DidNotRun => Conclusion::Cancelled,
                };
                self.settled_by = Some(by.clone());
                self.go(State::Finished(Outcome { conclusion, summary, excerpt: String::new() }), at);
            }
            Event::Contradicted { what, .. } => self.contradicted = Some(what.clone()),
        }
    }

    fn lose_sight(&mut self, looks: u32, why: &str, gone: bool, at: Timestamp) {
        let before = self.unseen.take().filter(|_| looks > 1);
        self.unseen = Some(Unseen {
            since: before.as_ref().map_or(at, |u| u.since),
            at,
            looks,
            why: why.to_owned(),
            gone: gone.then(|| before.and_then(|u| u.gone).unwrap_or(at)),
        });
    }

    /// What belonged to the attempts before is theirs.
    fn begin_again(&mut self, at: Timestamp) {
        self.before_retry = self.attempt;
        self.retried_at = Some(at);
        self.earlier.extend(self.reference.take());
        let forgotten = self.earlier.len().saturating_sub(MOST_EARLIER);
        self.earlier.drain(..forgotten);
        self.link = None;
        self.begun = 0;
        self.steps.clear();
        self.in_job = None;
        self.stop_refused = None;
        self.cancel = None;
        self.cancel_at = None;
        self.looked = None;
        self.settled_by = None;
        self.go(State::Dispatching { lease_until: None, trouble: None }, at);
    }

    /// In a new state nothing of what was seen in the one before holds.
    fn go(&mut self, state: State, at: Timestamp) {
        self.unseen = None;
        self.waits = None;
        self.state = state;
        self.changed_at = at;
    }
}

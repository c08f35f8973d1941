//! Folds events into heads. Handles every event that `decide` makes; an event that does not fit a head leaves it
//! unchanged.

use super::{Looked, MOST_FOLLOWED, RunEvent, RunHead, State, Unseen};
use crate::event::SetAside;
use crate::ids::{CommandId, RunId};
use crate::intent::Intent;
use crate::observation::{Conclusion, MOST_STEPS, Outcome, Settlement};
use crate::policy::ReasonCode;
use crate::time::Timestamp;
use std::collections::VecDeque;

/// How many earlier attempts are remembered by name: a head must fit into one item of a table, however often people
/// retry.
const MOST_EARLIER: usize = 50;

impl RunHead {
    /// The head after one more event, caused by `cause` and appended `at`. `None` where a run's first event does not
    /// begin a run.
    #[must_use]
    pub fn after(
        head: Option<Self>,
        run: &RunId,
        event: &RunEvent,
        cause: &CommandId,
        at: Timestamp,
    ) -> Option<Self> {
        let head = match head {
            Some(mut head) => {
                head.apply(event, at);
                head
            }
            None => match event {
                RunEvent::Requested { intent, work, part_of } => {
                    let state = State::Dispatching { lease_until: None, trouble: None };
                    let (work, part_of) = (Some(work.clone()), part_of.clone());
                    Self { work, part_of, ..Self::asked_for(run, intent, state, at) }
                }
                RunEvent::Refused { intent, reason, told, changed, part_of } => {
                    let state = State::Refused { reason: *reason, told: *told, changed: changed.clone() };
                    Self { part_of: part_of.clone(), ..Self::asked_for(run, intent, state, at) }
                }
                RunEvent::Checking { .. }
                | RunEvent::Checked { .. }
                | RunEvent::Verifying { .. }
                | RunEvent::PartsMoved { .. }
                | RunEvent::DispatchStarted { .. }
                | RunEvent::Dispatched { .. }
                | RunEvent::Located { .. }
                | RunEvent::RetryRequested { .. }
                | RunEvent::RetryRefused { .. }
                | RunEvent::LookedAgain { .. }
                | RunEvent::Settled { .. }
                | RunEvent::SettleRefused { .. }
                | RunEvent::MaybeSent { .. }
                | RunEvent::NotSent { .. }
                | RunEvent::Progressed { .. }
                | RunEvent::NotSeen { .. }
                | RunEvent::SeenAgain { .. }
                | RunEvent::StopAnswered { .. }
                | RunEvent::CancelRequested { .. }
                | RunEvent::CancelRefused { .. }
                | RunEvent::Finished { .. }
                | RunEvent::BecameUnknown { .. }
                | RunEvent::Contradicted { .. }
                | RunEvent::Followed { .. } => return None,
            },
        };
        Some(head.noted(cause))
    }

    /// The head after a command for it was set aside. `None` if that command does not begin a run.
    #[must_use]
    pub fn after_set_aside(
        head: Option<Self>,
        run: &RunId,
        aside: &SetAside,
        cause: &CommandId,
        at: Timestamp,
    ) -> Option<Self> {
        let kept = || State::SetAside { letter: aside.letter.clone() };
        let head = match (head, &aside.intent) {
            (Some(mut head), _) => {
                if matches!(head.state, State::SetAside { .. }) {
                    head.state = kept();
                }
                head
            }
            (None, Some(intent)) => Self::asked_for(run, intent, kept(), at),
            (None, None) => return None,
        };
        Some(head.noted(cause))
    }

    fn noted(mut self, cause: &CommandId) -> Self {
        self.version += 1;
        self.remember(cause);
        self
    }

    fn asked_for(run: &RunId, intent: &Intent, state: State, at: Timestamp) -> Self {
        Self {
            run: run.clone(),
            version: 0,
            intent: intent.clone(),
            work: None,
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
            failed_checks: vec![],
            shipment: None,
            part_of: None,
            parts: vec![],
            followed: vec![],
            causes: VecDeque::new(),
        }
    }

    fn apply(&mut self, event: &RunEvent, at: Timestamp) {
        match event {
            RunEvent::Requested { work, .. } => {
                if matches!(self.state, State::SetAside { .. }) {
                    self.work = Some(work.clone());
                    self.go(State::Dispatching { lease_until: None, trouble: None }, at);
                }
            }
            RunEvent::Refused { reason, told, changed, .. } => {
                if matches!(self.state, State::SetAside { .. }) {
                    self.go(State::Refused { reason: *reason, told: *told, changed: changed.clone() }, at);
                }
            }
            RunEvent::CancelRefused { .. }
            | RunEvent::RetryRefused { .. }
            | RunEvent::SettleRefused { .. } => {}
            RunEvent::PartsMoved { parts, .. } => self.parts.clone_from(parts),
            RunEvent::Checking { trouble } => match &mut self.state {
                State::Checking { trouble: before, .. } => before.clone_from(trouble),
                State::Refused { .. }
                | State::Dispatching { .. }
                | State::Running
                | State::Verifying { .. }
                | State::Finished(_)
                | State::SetAside { .. }
                | State::Unknown { .. } => {
                    self.go(State::Checking { since: at, trouble: trouble.clone() }, at);
                }
            },
            RunEvent::Checked { failed, shipment, .. } => {
                self.failed_checks.clone_from(failed);
                self.shipment.clone_from(shipment);
                let state = match failed.as_slice() {
                    [] => State::Dispatching { lease_until: None, trouble: None },
                    [_, ..] => {
                        State::Refused { reason: ReasonCode::ChecksFailed, told: false, changed: None }
                    }
                };
                self.go(state, at);
            }
            RunEvent::Verifying { outcome, trouble, .. } => match &mut self.state {
                State::Verifying { trouble: before, .. } => before.clone_from(trouble),
                State::Refused { .. }
                | State::Checking { .. }
                | State::Dispatching { .. }
                | State::Running
                | State::Finished(_)
                | State::SetAside { .. }
                | State::Unknown { .. } => {
                    let (outcome, trouble) = (outcome.clone(), trouble.clone());
                    self.go(State::Verifying { since: at, outcome, trouble }, at);
                }
            },
            RunEvent::DispatchStarted { attempt, lease_until } => {
                self.attempt = *attempt;
                self.attempt_at = at;
                self.go(State::Dispatching { lease_until: Some(*lease_until), trouble: None }, at);
            }
            RunEvent::Dispatched { reference, link, .. } => {
                self.reference = reference.clone().or(self.reference.take());
                self.link = link.clone().or(self.link.take());
                self.go(State::Running, at);
            }
            RunEvent::Located { reference, link, .. } => {
                self.reference = Some(reference.clone());
                self.link = link.clone().or(self.link.take());
            }
            RunEvent::MaybeSent { why, .. } => {
                if let State::Dispatching { trouble, .. } = &mut self.state {
                    *trouble = Some(why.clone());
                }
            }
            RunEvent::NotSent { why, .. } => {
                self.go(State::Dispatching { lease_until: None, trouble: Some(why.clone()) }, at);
            }
            RunEvent::NotSeen { looks, why, gone, .. } => self.lose_sight(*looks, why, *gone, at),
            RunEvent::SeenAgain { .. } => self.unseen = None,
            RunEvent::StopAnswered { refused, .. } => self.stop_refused.clone_from(refused),
            RunEvent::Progressed { begun, steps, in_job, link, waits, .. } => {
                self.waits.clone_from(waits);
                if !steps.is_empty() {
                    self.in_job = *in_job;
                }
                self.begun = *begun;
                let room = MOST_STEPS.saturating_sub(self.steps.len());
                self.steps.extend(steps.iter().take(room).cloned());
                self.link = link.clone().or(self.link.take());
            }
            RunEvent::CancelRequested { by } => {
                self.cancel = Some(by.clone());
                self.cancel_at = Some(at);
            }
            RunEvent::RetryRequested { by, .. } => {
                self.begin_again(at);
                self.retried_by = Some(by.clone());
            }
            RunEvent::Finished { outcome, .. } => self.go(State::Finished(outcome.clone()), at),
            RunEvent::BecameUnknown { why, page, .. } => {
                self.link = self.link.take().or_else(|| page.clone());
                self.looked = None;
                self.go(State::Unknown { why: why.clone() }, at);
            }
            RunEvent::LookedAgain { by, what, .. } => {
                self.looked = Some(Looked { by: by.clone(), at, what: what.clone() });
            }
            RunEvent::Settled { by, how, note, .. } => {
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
            RunEvent::Contradicted { what, .. } => self.contradicted = Some(what.clone()),
            RunEvent::Followed { alert, .. } => {
                // No more than this should be on record; the head stays small even if there are more.
                if self.followed.len() < MOST_FOLLOWED {
                    self.followed.push(alert.clone());
                }
            }
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

    /// Begins a retry: the name of the last attempt is remembered with the earlier ones, and what was seen is dropped.
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

    /// Enters a new state, in which nothing holds of what was seen in the state before.
    fn go(&mut self, state: State, at: Timestamp) {
        self.unseen = None;
        self.waits = None;
        self.state = state;
        self.changed_at = at;
    }
}

//! Intents queue → decisions → backends → events: the one writer of runs. Alerts are `alerts.rs`'s.

use crate::append::{Kept, append, load};
use crate::asked::{Asked, FORGED, is_asked, timed};
use crate::bounds::{
    self, clean_cancel, clean_dispatch, clean_found, clean_not_seen, clean_observation, clean_search,
};
use crate::head::Writing;
use crate::ports::{Attempt, Backend, Clock, Delivery, HeadRow, PortError, Queue, Silencer, Store};
use crate::vouch::Admitting;
use crate::wire::command::{Command, Envelope};
use crate::wire::head::Head;
use signalbox_domain::intent::{Intent, Work, work_of};
use signalbox_domain::people::{Actor, Place};
use signalbox_domain::policy::{Decision, ReasonCode, may_ask};
use signalbox_domain::run::{
    Act, CancelAnswer, DispatchAnswer, Input, SearchAnswer, Situation, State, Timing, decide,
};
use signalbox_domain::{Frozen, RunHead, RunId, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Where each kind of work is carried out.
pub type Backends = HashMap<&'static str, Arc<dyn Backend>>;

/// More conflicts than this in one command mean that something else is wrong.
pub(crate) const MOST_CONFLICTS: u32 = 20;

/// A wake that comes earlier than this is dropped: another comes with the caretaker's next round, and the run's other
/// commands wait behind this one.
const MOST_EARLY: Duration = Duration::from_secs(60);
/// A run whose head cannot be read is looked at again after this.
const UNREADABLE_REST: Duration = Duration::from_secs(600);

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handled {
    /// Never again.
    Done,
    /// It came too early: once more, after that long.
    Again(Duration),
}

/// Handles commands, one at a time per run.
#[derive(Clone)]
pub struct Dispatcher {
    /// Heads and events.
    pub store: Arc<dyn Store>,
    /// Where cards are ordered.
    pub outbox: Arc<dyn Queue>,
    /// What may be asked for.
    pub catalogue: Arc<Frozen>,
    /// By kind of work, see [`Work::kind`].
    pub backends: Backends,
    /// Where alerts from elsewhere are silenced; `None`: nowhere.
    pub silencer: Option<Arc<dyn Silencer>>,
    /// What is taken for a person's word.
    pub admitting: Admitting,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl Dispatcher {
    /// Handles one delivery of the intents queue. The caller acknowledges it after [`Handled::Done`], and has it
    /// delivered again after `Err`. What is in a person's name and was not vouched for by a door is set aside at once.
    ///
    /// # Errors
    /// When a port fails; nothing is lost by that.
    pub async fn handle(&self, delivery: &Delivery) -> Result<Handled, PortError> {
        let mut envelope = match self.admitting.admit(delivery)? {
            Ok(envelope) => envelope,
            Err(why) => return self.admitting.set_aside(delivery, why).await.map(|()| Handled::Done),
        };
        envelope.command = bounds::command(envelope.command);
        if let Command::Wake { due_at } = envelope.command {
            // Two clocks never agree. Taken now it would be dropped, and the queue remembers its name for a while.
            let early = due_at.since(self.clock.now());
            if !early.is_zero() && early <= MOST_EARLY {
                return Ok(Handled::Again(early));
            }
        }
        self.carry_out(&envelope).await.map(|()| Handled::Done)
    }

    /// Carries out one command, however often it comes, and whoever it is from: who asked was checked before.
    ///
    /// # Errors
    /// When a port fails.
    pub async fn carry_out(&self, envelope: &Envelope) -> Result<(), PortError> {
        let found = match self.store.head(&envelope.record).await? {
            None => None,
            Some(row) => match (Kept::from_row(&row), &envelope.command) {
                (Ok(kept), _) => Some(kept),
                // A newer version wrote it, say, and this one was put back. Nobody else's run has to wait for that.
                (Err(error), Command::Wake { .. }) => return self.put_off(row, &error).await,
                (Err(error), _) => return Err(error),
            },
        };
        match (&envelope.command, found.as_ref().map(|k| &k.head)) {
            (Command::Show { .. }, Some(head)) => self.order_asked(envelope, head).await,
            // It was seen when it was asked for.
            (Command::Show { .. }, None) => Ok(()),
            (Command::Silences { gone }, _) => self.mirror(gone).await,
            (Command::Found(_) | Command::Attend { .. }, _) | (_, Some(Head::Alert(_))) => {
                self.attend(envelope, found.and_then(Kept::only)).await
            }
            (Command::Report(report), _) => self.report(envelope, report, found.and_then(Kept::only)).await,
            (_, Some(Head::Bulletin(_))) => Ok(()),
            (_, Some(Head::Run(_)) | None) => self.carry_on(envelope, found.and_then(Kept::only)).await,
        }
    }

    /// Due work that cannot be read is not due for a while: it must not stand before all others for ever.
    async fn put_off(&self, row: HeadRow, error: &PortError) -> Result<(), PortError> {
        tracing::error!(record = %row.record, %error, "a record that is due cannot be read; it is looked at again later");
        let due_at = Some(self.clock.now().plus(UNREADABLE_REST));
        match self.store.append(row.version, vec![], HeadRow { due_at, ..row }).await {
            // Whoever was quicker could read it.
            Ok(()) | Err(PortError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn carry_on(&self, envelope: &Envelope, mut kept: Option<Kept>) -> Result<(), PortError> {
        let record = &envelope.record;
        let mut input = self.input(envelope, kept.as_ref());
        let mut conflicts = 0;
        // What this very command put on record to be done; what an earlier one did is read from there.
        let mut asked: Option<Asked> = None;
        let page = self.page(kept.as_ref());
        while let Some(now_input) = input.take() {
            let now = self.clock.now();
            let situation = Situation {
                now,
                cause: &envelope.id,
                timing: self.timing(kept.as_ref(), &now_input),
                idempotent: self.is_idempotent(kept.as_ref()),
                asked_by: envelope.command.looks_again(),
                page: page.as_deref(),
            };
            let plan = decide(kept.as_ref().map(|k| &k.head), &now_input, &situation);
            let writing = Writing { record, cause: &envelope.id, now };
            match append(&*self.store, &writing, kept.clone(), &plan.events, plan.due).await {
                Ok(after) => kept = after,
                Err(PortError::Conflict) if conflicts < MOST_CONFLICTS => {
                    // Somebody was quicker: decide the same input again, over what is there now.
                    conflicts += 1;
                    kept = load(&*self.store, record).await?;
                    input = Some(now_input);
                    continue;
                }
                Err(error) => return Err(error),
            }
            if let Some(now_asked) = plan.events.iter().find_map(Asked::by) {
                asked = Some(now_asked);
            }
            if !plan.events.is_empty() {
                self.order(kept.as_ref().map(|k| &k.head), record).await?;
            }
            if let (Some(act), Some(k)) = (plan.act, &kept) {
                let (answer, seen) = self.perform(act, k, asked.as_ref()).await?;
                input = Some(answer);
                // The fence has just read the head: no need to read it again.
                if let Some(seen) = seen {
                    kept = Some(seen);
                }
            }
        }
        if matches!(
            envelope.command,
            Command::Submit { .. }
                | Command::Cancel { .. }
                | Command::Retry { .. }
                | Command::Settle { .. }
                | Command::LookAgain { .. }
        ) {
            self.order_repeated(envelope, kept.as_ref()).await?;
        }
        Ok(())
    }

    /// A command that was already folded is acknowledged only after its card was surely ordered: the crash may have
    /// come between the two. The outbox drops the repetition.
    async fn order_repeated(&self, envelope: &Envelope, kept: Option<&Kept>) -> Result<(), PortError> {
        match kept {
            Some(k) if k.head.has_folded(&envelope.id) => self.order(Some(&k.head), &envelope.record).await,
            Some(_) | None => Ok(()),
        }
    }

    /// `None`: it is nothing that a run is confronted with.
    fn input(&self, envelope: &Envelope, kept: Option<&Kept>) -> Option<Input> {
        Some(match &envelope.command {
            Command::Submit { intent, told } => Input::Submit {
                intent: intent.clone(),
                verdict: self.judge(intent, &RunId::of(&envelope.record)),
                told: *told,
            },
            Command::Cancel { by, place } => Input::Cancel {
                by: by.clone(),
                verdict: kept.map_or(Ok(()), |k| self.may_cancel(&k.head.intent, by, place)),
            },
            Command::Retry { by, place, attempt } => Input::Retry {
                by: by.clone(),
                verdict: kept.map_or(Ok(()), |k| self.may_retry(&k.head, by, place)),
                attempt: *attempt,
            },
            Command::LookAgain { by } => Input::LookAgain { by: by.clone() },
            Command::Settle { by, place, attempt, how, note } => Input::Settle {
                by: by.clone(),
                verdict: kept.map_or(Ok(()), |k| self.may_cancel(&k.head.intent, by, place)),
                attempt: *attempt,
                how: *how,
                note: note.clone(),
            },
            Command::Sighted(sighting) => Input::Sighted(sighting.clone()),
            Command::SetAside { letter, what, by, intent, asked: _ } => Input::SetAside {
                letter: letter.clone(),
                what: what.clone(),
                by: by.clone(),
                intent: intent.clone(),
            },
            Command::Dropped { letter } => Input::Dropped { letter: letter.clone() },
            Command::Found(_)
            | Command::Attend { .. }
            | Command::Report(_)
            | Command::Silences { .. }
            | Command::Show { .. } => return None,
            Command::Observe => Input::Hint,
            Command::Wake { due_at } => Input::Wake { due_at: *due_at },
        })
    }

    /// The rules, asked where it counts.
    fn judge(&self, intent: &Intent, run: &RunId) -> Result<Work, ReasonCode> {
        let operation = intent.resolve(&self.catalogue)?;
        match may_ask(operation, &intent.requester, &intent.place) {
            // What no store takes is nothing that could be carried out.
            Decision::Allow => {
                let work = work_of(operation, intent, run);
                if bounds::is_kept(&work) { Ok(work) } else { Err(ReasonCode::BadParameters) }
            }
            Decision::Refuse(reason) => Err(reason),
        }
    }

    fn may_cancel(&self, intent: &Intent, by: &Actor, place: &Place) -> Result<(), ReasonCode> {
        let operation =
            self.catalogue.operations.get(&intent.operation).ok_or(ReasonCode::UnknownOperation)?;
        match may_ask(operation, by, place) {
            Decision::Allow => Ok(()),
            Decision::Refuse(reason) => Err(reason),
        }
    }

    /// What is tried again is what was asked for: under rules that changed since, it has to be asked for anew.
    fn may_retry(&self, head: &RunHead, by: &Actor, place: &Place) -> Result<(), ReasonCode> {
        let operation = head.intent.resolve(&self.catalogue)?;
        match may_ask(operation, by, place) {
            Decision::Allow => Ok(()),
            Decision::Refuse(reason) => Err(reason),
        }
    }

    fn is_idempotent(&self, kept: Option<&Kept>) -> bool {
        let operation = kept.and_then(|k| self.catalogue.operations.get(&k.head.intent.operation));
        operation.is_some_and(|o| o.idempotent)
    }

    fn backend(&self, work: Option<&Work>) -> Option<&Arc<dyn Backend>> {
        self.backends.get(work?.kind())
    }

    /// Where a person looks for it.
    fn page(&self, kept: Option<&Kept>) -> Option<String> {
        let work = kept.and_then(|k| k.head.work.as_ref())?;
        self.backend(Some(work))?.page(work)
    }

    fn timing(&self, kept: Option<&Kept>, input: &Input) -> Timing {
        let submitted = if let Input::Submit { verdict: Ok(work), .. } = input { Some(work) } else { None };
        let work = kept.and_then(|k| k.head.work.as_ref()).or(submitted);
        self.backend(work).map_or(Timing::NOWHERE, |b| b.timing())
    }

    /// Does one thing outside, and gives what came of it; with the head, where that was read on the way.
    async fn perform(
        &self,
        act: Act,
        kept: &Kept,
        asked: Option<&Asked>,
    ) -> Result<(Input, Option<Kept>), PortError> {
        let head = &kept.head;
        let (Some(work), Some(backend)) = (&head.work, self.backend(head.work.as_ref())) else {
            return Ok((nowhere(&act), None));
        };
        let of = |attempt| Attempt {
            run: head.run.clone(),
            attempt,
            work: work.clone(),
            began: head.attempt_at,
            reference: head.reference.clone().filter(|_| attempt == head.attempt),
            stop_asked: head.cancel_at,
        };
        Ok(match act {
            Act::Dispatch { attempt, until } => {
                let current = load(&*self.store, &head.run).await?;
                let began = self.clock.now();
                let answer = match fence(current.as_ref(), attempt, until, began) {
                    Some(answer) => answer,
                    None if !is_asked(&*self.store, head, asked).await? => {
                        DispatchAnswer::Refused { why: FORGED.into() }
                    }
                    None => {
                        let answer = backend.dispatch(&of(attempt), until).await;
                        clean_dispatch(timed(answer, self.clock.now().since(began)))
                    }
                };
                (Input::Answered(attempt, answer), current)
            }
            Act::Search { attempt } => {
                (Input::Searched(attempt, clean_search(backend.search(&of(attempt)).await)), None)
            }
            Act::Observe { attempt } => match backend.observe(&of(attempt)).await {
                Ok(seen) => (Input::Observed(attempt, clean_observation(seen)), None),
                Err(error) => {
                    let why = clean_not_seen(&error.why);
                    tracing::warn!(run = %head.run, %why, "could not look at the run");
                    (Input::NotObserved { why, rest: error.rest }, None)
                }
            },
            Act::Recognise { attempt, reference } => {
                let found = backend.recognise(&of(attempt), &reference).await;
                (Input::Recognised(attempt, found.and_then(clean_found)), None)
            }
            Act::Cancel { attempt } => {
                let answer = if is_asked(&*self.store, head, asked).await? {
                    clean_cancel(backend.cancel(&of(attempt)).await)
                } else {
                    CancelAnswer::Failed { why: FORGED.into() }
                };
                if let CancelAnswer::Failed { why } = &answer {
                    tracing::warn!(run = %head.run, %why, "could not stop the run yet");
                }
                (Input::CancelAnswered(attempt, answer), None)
            }
        })
    }
}

/// The last look before sending: the lease is still ours, the attempt still the run's, and nobody wants it stopped.
fn fence(current: Option<&Kept>, attempt: u32, until: Timestamp, now: Timestamp) -> Option<DispatchAnswer> {
    let Some(head) = current.map(|k| &k.head) else { return Some(DispatchAnswer::Fenced) };
    let ours = head.attempt == attempt
        && matches!(head.state, State::Dispatching { lease_until: Some(lease), .. } if until <= lease);
    if !ours || now >= until {
        Some(DispatchAnswer::Fenced)
    } else if head.cancel.is_some() {
        Some(DispatchAnswer::NotSent { why: "stopped before it was sent".into(), rest: None })
    } else {
        None
    }
}

/// What follows where no backend is there for a run: nothing was sent, nothing can be seen.
fn nowhere(act: &Act) -> Input {
    let why = || "this server has nothing to carry it out with".to_owned();
    match act {
        Act::Dispatch { attempt, .. } => Input::Answered(*attempt, DispatchAnswer::Refused { why: why() }),
        Act::Search { attempt } => Input::Searched(*attempt, SearchAnswer::Failed { why: why() }),
        Act::Recognise { attempt, .. } => Input::Recognised(*attempt, None),
        Act::Observe { .. } => Input::NotObserved { why: why(), rest: None },
        Act::Cancel { attempt } => Input::CancelAnswered(*attempt, CancelAnswer::Failed { why: why() }),
    }
}

//! Runs: what `domain::run::decide` has to know, and the calls to backends that it asks for.

use super::asked::{FORGED, on_record, timed};
use super::head::{Entry, Keys, Writing};
use super::{Ask, Desk, Record, StoredHead, load, step};
use crate::bounds::{
    self, clean_cancel, clean_dispatch, clean_found, clean_not_seen, clean_observation, clean_search,
};
use crate::lookups::note_shipped;
use crate::newer;
use crate::ports::{Attempt, Backend, PortError};
use crate::wire::command::{Command, Envelope};
use crate::wire::head::Head;
use async_trait::async_trait;
use signalbox_domain::ids::RecordKind;
use signalbox_domain::intent::Work;
use signalbox_domain::run::{
    Call, CancelAnswer, DispatchAnswer, Input, SearchAnswer, Situation, State, decide,
};
use signalbox_domain::{
    Actor, CommandId, Plan, Rules, RunCommand, RunEvent, RunHead, RunId, SetAside, Timestamp,
};
use std::sync::Arc;

#[async_trait]
impl Record for RunHead {
    type Owed = Call;
    type Answer = Input;
    type Event = RunEvent;

    fn among(head: &Head) -> Option<&Self> {
        if let Head::Run(head) = head { Some(head) } else { None }
    }

    fn then(head: Option<Self>, event: &RunEvent, w: &Writing<'_>) -> Option<Self> {
        Self::after(head, &RunId::of(w.record), event, w.cause, w.now)
    }

    fn set_aside(head: Option<Self>, aside: &SetAside, w: &Writing<'_>) -> Option<Self> {
        Self::after_set_aside(head, &RunId::of(w.record), aside, w.cause, w.now)
    }

    fn has_folded(&self, cause: &CommandId) -> bool {
        self.has_folded(cause)
    }

    fn keys(&self) -> Keys<'_> {
        let named = self.work.as_ref().zip(self.reference.as_ref());
        let reference = named.map(|(work, reference)| format!("{}/{reference}", work.kind().as_str()));
        let (place, since) = (&self.intent.place, self.requested_at);
        Keys { version: self.version, place, since, kind: RecordKind::Run, reference }
    }

    fn entry(&self) -> Entry {
        Entry {
            since: self.requested_at,
            id: self.run.short(),
            version: self.version,
            standing: None,
            state: self.word(),
            what: self.intent.phrase(),
            by: self.intent.requester.to_string(),
        }
    }

    fn has_card(&self) -> bool {
        self.has_card()
    }

    async fn decide(
        head: Option<&Self>,
        ask: &Ask<'_, Input>,
        at: &Desk<'_>,
    ) -> Result<Plan<RunEvent, Call>, PortError> {
        let mut part_of = None;
        let input = match ask {
            Ask::Answer(input) => input.clone(),
            Ask::Command(Command::Run(RunCommand::Step(it))) if head.is_none() => {
                let Some(intent) = step::asked_for(it, at).await? else { return Ok(Plan::NOTHING) };
                part_of = Some(it);
                Input::Command(RunCommand::Submit { intent, told: false })
            }
            Ask::Command(Command::Run(command)) => Input::Command(command.clone()),
            Ask::Command(Command::Wake { due_at }) => Input::Wake { due_at: *due_at },
            // This command is not for runs.
            Ask::Command(_) | Ask::Sent(_) => return Ok(Plan::NOTHING),
        };
        let work = head.and_then(|head| head.work.as_ref());
        let page = work.and_then(|work| at.backends.of(work)?.page(work));
        let situation = Situation {
            run: &RunId::of(&at.envelope.record),
            now: at.now,
            cause: &at.envelope.id,
            rules: Rules::of(at.catalogue),
            timings: at.backends.timings(),
            keeps: bounds::is_kept,
            asked_by: looks_again(&at.envelope.command),
            retried_by: retries(&at.envelope.command),
            page: page.as_deref(),
            part_of,
        };
        let plan = decide(head, &input, &situation);
        // Otherwise the attempt would be marked and never sent, because `on_record` has to read all events.
        let starts = plan.owed.iter().any(|call| matches!(call, Call::Dispatch { .. }));
        if head.is_some() && starts && newer::in_journal(at.store, &at.envelope.record).await? {
            return Err(PortError::Newer);
        }
        Ok(plan)
    }

    /// Makes one call outside, and gives what came of it.
    async fn settle(
        call: Call,
        kept: &StoredHead,
        at: &Desk<'_>,
    ) -> Result<Option<(Input, Option<StoredHead>)>, PortError> {
        let Some(head) = Self::among(&kept.head) else { return Ok(None) };
        let rules = Rules::of(at.catalogue);
        match call {
            Call::Check => {
                let checks = head.work.as_ref().map(|work| rules.checks(&head.intent, work));
                let checks = checks.unwrap_or_default();
                let shipping = rules.shipping(&head.intent);
                let (answers, shipment) = futures::future::join(
                    at.lookups.check(&checks, at.store, at.clock),
                    at.lookups.shipment(shipping, at.store, at.clock),
                )
                .await;
                return Ok(Some((Input::Checked(answers?, shipment?), None)));
            }
            Call::Verify => {
                let all = rules.verified_by(&head.intent);
                let State::Verifying { since, .. } = &head.state else {
                    return Ok(None);
                };
                let answers = at.lookups.verify(all, *since, at.store, at.clock).await?;
                return Ok(Some((Input::Verified(answers), None)));
            }
            Call::NoteShipped => {
                if let Some(shipping) = rules.shipping(&head.intent) {
                    note_shipped(at.store, head, shipping).await?;
                }
                return Ok(None);
            }
            Call::TellBatch => {
                if let Some(part_of) = &head.part_of {
                    let told = Envelope::new(part_of.run.clone(), head.run.as_str(), RunCommand::Observe);
                    at.intents.send(told.to_message()?).await?;
                }
                return Ok(None);
            }
            Call::Dispatch { .. }
            | Call::Search { .. }
            | Call::Recognise { .. }
            | Call::Observe { .. }
            | Call::Cancel { .. } => {}
        }
        let (Some(work), Some(backend)) =
            (&head.work, head.work.as_ref().and_then(|work| at.backends.of(work)))
        else {
            return Ok(Some((nowhere(&call), None)));
        };
        let of = |attempt| attempt_of(head, attempt, work);
        Ok(Some(match call {
            Call::Check | Call::Verify | Call::NoteShipped | Call::TellBatch => return Ok(None),
            Call::Dispatch { attempt, until } => {
                return dispatch(head, (attempt, until), backend, at).await.map(Some);
            }
            Call::Cancel { attempt } => (stop(head, attempt, backend, at).await?, None),
            Call::Search { attempt } => {
                (Input::Searched(attempt, clean_search(backend.search(&of(attempt)).await)), None)
            }
            Call::Observe { attempt } => match backend.observe(&of(attempt)).await {
                Ok(seen) => (Input::Observed(attempt, clean_observation(seen)), None),
                Err(error) => {
                    let why = clean_not_seen(&error.why);
                    tracing::warn!(run = %head.run, %why, "could not look at the run");
                    (Input::NotObserved { why, rest: error.rest }, None)
                }
            },
            Call::Recognise { attempt, reference } => {
                let found = backend.recognise(&of(attempt), &reference).await;
                (Input::Recognised(attempt, found.and_then(clean_found)), None)
            }
        }))
    }
}

/// The person who asked for this look, if one did.
fn looks_again(command: &Command) -> Option<&Actor> {
    if let Command::Run(RunCommand::LookAgain { by }) = command { Some(by) } else { None }
}

fn retries(command: &Command) -> Option<(&Actor, u32)> {
    if let Command::Run(RunCommand::Retry { by, attempt, .. }) = command {
        Some((by, *attempt))
    } else {
        None
    }
}

fn attempt_of(head: &RunHead, attempt: u32, work: &Work) -> Attempt {
    Attempt {
        run: head.run.clone(),
        attempt,
        work: work.clone(),
        began: head.attempt_at,
        reference: head.reference.clone().filter(|_| attempt == head.attempt),
        stop_asked: head.cancel_at,
    }
}

/// Sends an attempt: the work that its record says, and only if the fence allows it. Gives the head that the fence
/// read, too.
async fn dispatch(
    head: &RunHead,
    (attempt, until): (u32, Timestamp),
    backend: &Arc<dyn Backend>,
    at: &Desk<'_>,
) -> Result<(Input, Option<StoredHead>), PortError> {
    let current = load(at.store, &head.run).await?;
    let began = at.clock.now();
    let stands = current.as_ref().and_then(|kept| RunHead::among(&kept.head));
    let answer = match RunHead::fence(stands, attempt, until, began) {
        Some(answer) => answer,
        None => match on_record(at.store, head, &at.appended).await? {
            None => DispatchAnswer::Refused { why: FORGED.into() },
            Some(work) => {
                let answer = backend.dispatch(&attempt_of(head, attempt, &work), until).await;
                clean_dispatch(timed(answer, at.clock.now().since(began)))
            }
        },
    };
    Ok((Input::Answered(attempt, answer), current))
}

/// Asks the backend to stop the work that is on record.
async fn stop(
    head: &RunHead,
    attempt: u32,
    backend: &Arc<dyn Backend>,
    at: &Desk<'_>,
) -> Result<Input, PortError> {
    let answer = match on_record(at.store, head, &at.appended).await? {
        Some(work) => clean_cancel(backend.cancel(&attempt_of(head, attempt, &work)).await),
        None => CancelAnswer::Failed { why: FORGED.into() },
    };
    if let CancelAnswer::Failed { why } = &answer {
        tracing::warn!(run = %head.run, %why, "could not stop the run yet");
    }
    Ok(Input::CancelAnswered(attempt, answer))
}

/// The answer for a run that no backend here carries out: nothing was sent, nothing can be seen.
fn nowhere(call: &Call) -> Input {
    let why = || "this server has nothing to carry it out with".to_owned();
    match call {
        // These are no calls to a backend.
        Call::Check | Call::Verify | Call::NoteShipped | Call::TellBatch => {
            Input::NotObserved { why: why(), rest: None }
        }
        Call::Dispatch { attempt, .. } => Input::Answered(*attempt, DispatchAnswer::Refused { why: why() }),
        Call::Search { attempt } => Input::Searched(*attempt, SearchAnswer::Failed { why: why() }),
        Call::Recognise { attempt, .. } => Input::Recognised(*attempt, None),
        Call::Observe { .. } => Input::NotObserved { why: why(), rest: None },
        Call::Cancel { attempt } => Input::CancelAnswered(*attempt, CancelAnswer::Failed { why: why() }),
    }
}

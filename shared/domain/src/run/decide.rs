//! The whole life of a run as one pure function: (head, input, situation) → events, due time, next act.
//!
//! Every rule that keeps a run from being lost or carried out twice is here; the engine only loads, appends and
//! calls.

mod asked;
mod check;
mod seen;

use super::input::{
    Absence, Call, CancelAnswer, DispatchAnswer, Found, Input, SearchAnswer, Situation, Timing,
};
use super::{MOST_ATTEMPTS, RunEvent, RunHead, State};
use crate::observation::{Conclusion, Outcome, Settlement};
use crate::plan::{Due, Plan};
use crate::time::Timestamp;
use asked::{asked, looked_again, submitted};
use check::{checked, verified};
use seen::{not_seen, observed, recognised, words};
use std::time::Duration;

/// What follows for a run: at most one thing is done outside.
pub type RunPlan = Plan<RunEvent, Call>;

/// Decides what follows from an input.
#[must_use]
pub fn decide(head: Option<&RunHead>, input: &Input, s: &Situation<'_>) -> RunPlan {
    let Some(head) = head else {
        // Only a request can begin a run.
        let Input::Command(command) = input else { return Plan::NOTHING };
        return submitted(command, s);
    };
    let plan = follows(head, input, s);
    told_of_end(head, plan, s)
}

/// What is owed when a run ends: what runs where is noted, and a batch is told. Again when the same command comes again,
/// for the crash may have come before.
fn told_of_end(head: &RunHead, mut plan: RunPlan, s: &Situation<'_>) -> RunPlan {
    let succeeds = |outcome: &Outcome| outcome.conclusion == Conclusion::Succeeded;
    let ends = |event: &RunEvent| {
        matches!(event, RunEvent::Finished { .. } | RunEvent::BecameUnknown { .. } | RunEvent::Settled { .. })
            || matches!(event, RunEvent::Checked { failed, .. } if !failed.is_empty())
    };
    let ends_well = |event: &RunEvent| {
        matches!(event, RunEvent::Finished { outcome, .. } if succeeds(outcome))
            || matches!(event, RunEvent::Settled { how: Settlement::Succeeded, .. })
    };
    let again = head.is_settled() && head.has_folded(s.cause);
    let ended_well = matches!(&head.state, State::Finished(outcome) if succeeds(outcome));
    let well = (again && ended_well) || plan.events.iter().any(ends_well);
    if well && s.rules.shipping(&head.intent).is_some() {
        plan.owed.push(Call::NoteShipped);
    }
    if head.part_of.is_some() && (again || plan.events.iter().any(ends)) {
        plan.owed.push(Call::TellBatch);
    }
    plan
}

fn follows(head: &RunHead, input: &Input, s: &Situation<'_>) -> RunPlan {
    match input {
        Input::Command(command) => asked(head, command, s),
        Input::Wake { due_at } if *due_at > s.now => Plan::NOTHING,
        Input::Wake { .. } => wake(head, s),
        Input::Recognised(attempt, found) => recognised(head, *attempt, found.as_ref(), s),
        Input::Answered(attempt, answer) => answered(head, *attempt, answer, s),
        Input::Searched(attempt, answer) if *attempt == head.attempt => searched(head, answer, s),
        Input::Observed(attempt, seen) if *attempt == head.attempt => observed(head, seen, s),
        Input::CancelAnswered(attempt, answer) if *attempt == head.attempt => stop_answered(head, answer),
        Input::Checked(answers, shipment) => checked(head, answers, shipment.as_ref(), s),
        Input::Verified(answers) => verified(head, answers, s),
        Input::NotObserved { .. } if head.is_settled() => Plan::NOTHING,
        Input::NotObserved { why, rest } => {
            let counts = matches!(head.state, State::Running) && !why.is_empty();
            let events = counts.then(|| not_seen(head, why, false, s)).flatten().into_iter().collect();
            Plan { events, ..Plan::look_again(next_look(head, *rest, s)) }
        }
        // These are about an attempt that is no longer the run's latest.
        Input::Searched(..) | Input::Observed(..) | Input::CancelAnswered(..) => Plan::NOTHING,
    }
}

/// Marks an attempt before the call, and asks for the call.
fn start(attempt: u32, mut events: Vec<RunEvent>, timing: Timing, s: &Situation<'_>) -> RunPlan {
    let lease_until = s.now.plus(timing.lease);
    events.push(RunEvent::DispatchStarted { attempt, lease_until });
    Plan {
        events,
        due: Due::At(lease_until.plus(timing.search_lag)),
        ..Plan::owing(Call::Dispatch { attempt, until: s.now.plus(timing.request) })
    }
}

fn wake(head: &RunHead, s: &Situation<'_>) -> RunPlan {
    match &head.state {
        State::Dispatching { lease_until: Some(lease), .. } => {
            let searchable = lease.plus(s.timing(head).search_lag);
            if s.now < searchable {
                Plan::look_again(searchable)
            } else {
                Plan::owing(Call::Search { attempt: head.attempt })
            }
        }
        State::Checking { .. } => Plan::owing(Call::Check),
        State::Verifying { .. } => Plan::owing(Call::Verify),
        State::Dispatching { lease_until: None, .. } => next_attempt(head, vec![], s),
        State::Running if head.cancel.is_some() && head.reference.is_some() => {
            Plan::owing(Call::Cancel { attempt: head.attempt })
        }
        State::Running => Plan::owing(look(head)),
        State::Refused { .. } | State::SetAside { .. } | State::Finished(_) | State::Unknown { .. } => {
            Plan::end(vec![])
        }
    }
}

/// How to learn more of a running run: a run without a name has to be found first.
fn look(head: &RunHead) -> Call {
    match head.reference {
        Some(_) => Call::Observe { attempt: head.attempt },
        None => Call::Search { attempt: head.attempt },
    }
}

/// When to look at a run again: the older the run, the longer the pause; soon if somebody waits for it to stop.
fn next_look(head: &RunHead, rest: Option<Duration>, s: &Situation<'_>) -> Timestamp {
    let (age, timing) = (s.now.since(head.attempt_at) / 8, s.timing(head));
    let grown = if head.cancel.is_some() { timing.poll } else { age.clamp(timing.poll, timing.poll_most) };
    s.now.plus(grown.max(rest.unwrap_or_default()))
}

/// What follows after an attempt that certainly came to nothing.
fn next_attempt(head: &RunHead, mut events: Vec<RunEvent>, s: &Situation<'_>) -> RunPlan {
    if head.cancel.is_some() {
        events.push(finished(head, Conclusion::Cancelled, "stopped before it was sent"));
        Plan::end(events)
    } else if out_of_attempts(head) {
        let of_now = events
            .iter()
            .rev()
            .find_map(|e| if let RunEvent::NotSent { why, .. } = e { Some(why) } else { None });
        let before =
            if let State::Dispatching { trouble, .. } = &head.state { trouble.as_ref() } else { None };
        let last = of_now.or(before).map(|why| format!("; the last time: {why}")).unwrap_or_default();
        let why = format!("could not be sent in {MOST_ATTEMPTS} attempts{last}");
        events.push(finished(head, Conclusion::Failed, &why));
        Plan::end(events)
    } else {
        start(head.attempt + 1, events, s.timing(head), s)
    }
}

/// Attempts before the latest one that a person authorised do not count.
fn out_of_attempts(head: &RunHead) -> bool {
    head.attempt.saturating_sub(head.before_retry) >= MOST_ATTEMPTS
}

fn contradicted(attempt: u32, what: String) -> RunPlan {
    Plan::noting(vec![RunEvent::Contradicted { attempt, what }])
}

fn answered(head: &RunHead, attempt: u32, answer: &DispatchAnswer, s: &Situation<'_>) -> RunPlan {
    if attempt != head.attempt {
        // A later attempt is open, so this one was taken for never sent.
        return match answer {
            DispatchAnswer::Sent { reference, .. } => {
                let name = reference.as_ref().map(|r| format!(" as {r}")).unwrap_or_default();
                contradicted(attempt, format!("attempt {attempt} answered late: it runs{name}"))
            }
            DispatchAnswer::NotSent { .. }
            | DispatchAnswer::Refused { .. }
            | DispatchAnswer::MaybeSent { .. }
            | DispatchAnswer::Fenced => Plan::NOTHING,
        };
    }
    let open = matches!(head.state, State::Dispatching { lease_until: Some(_), .. });
    let timing = s.timing(head);
    match answer {
        DispatchAnswer::Sent { reference, link } if open || matches!(head.state, State::Unknown { .. }) => {
            let event = RunEvent::Dispatched {
                attempt,
                reference: reference.clone(),
                link: link.clone(),
                found: false,
            };
            let stop = head.cancel.is_some() && reference.is_some();
            let owed = stop.then_some(Call::Cancel { attempt }).into_iter().collect();
            Plan { events: vec![event], owed, ..Plan::look_again(s.now.plus(timing.poll)) }
        }
        DispatchAnswer::NotSent { why, rest } if open => {
            let not_sent = RunEvent::NotSent { attempt, why: why.clone() };
            if head.cancel.is_some() || out_of_attempts(head) {
                return next_attempt(head, vec![not_sent], s);
            }
            let nth = attempt.saturating_sub(head.before_retry + 1);
            let pause = (timing.retry * 2u32.saturating_pow(nth).min(64)).max(rest.unwrap_or_default());
            Plan { events: vec![not_sent], ..Plan::look_again(s.now.plus(pause)) }
        }
        DispatchAnswer::Refused { why } if open => Plan::end(vec![finished(head, Conclusion::Failed, why)]),
        DispatchAnswer::MaybeSent { why } if open => {
            Plan::noting(vec![RunEvent::MaybeSent { attempt, why: why.clone() }])
        }
        // A search found the attempt first, or the fence held it back.
        DispatchAnswer::Sent { .. }
        | DispatchAnswer::NotSent { .. }
        | DispatchAnswer::Refused { .. }
        | DispatchAnswer::MaybeSent { .. }
        | DispatchAnswer::Fenced => Plan::NOTHING,
    }
}

/// The attempt was found: by a search, or by a sighting that the backend confirmed.
fn found(head: &RunHead, found: &Found, s: &Situation<'_>) -> RunPlan {
    let (attempt, reference, link) = (head.attempt, found.reference.clone(), found.link.clone());
    let event = match head.state {
        // The backend had it already; now it has a name too.
        State::Running => RunEvent::Located { attempt, reference, link },
        State::Dispatching { .. }
        | State::Checking { .. }
        | State::Verifying { .. }
        | State::Refused { .. }
        | State::SetAside { .. }
        | State::Finished(_)
        | State::Unknown { .. } => {
            RunEvent::Dispatched { attempt, reference: Some(reference), link, found: true }
        }
    };
    // The attempt that was found may have ended long ago.
    let act = if head.cancel.is_some() { Call::Cancel { attempt } } else { Call::Observe { attempt } };
    Plan { events: vec![event], owed: vec![act], ..Plan::look_again(s.now.plus(s.timing(head).poll)) }
}

fn searched(head: &RunHead, answer: &SearchAnswer, s: &Situation<'_>) -> RunPlan {
    let (since, open) = match &head.state {
        State::Dispatching { lease_until: Some(lease), .. } => (*lease, true),
        // The backend took it without giving a name: it exists, and must never be attempted again.
        State::Running if head.reference.is_none() => (head.changed_at, false),
        // An unknown run may still be found.
        State::Unknown { .. } => {
            return match answer {
                SearchAnswer::Found(it) => found(head, it, s),
                SearchAnswer::NotFound(_) | SearchAnswer::Failed { .. } => looked_again(head, answer, s),
            };
        }
        // The run has moved on since this search began.
        State::Dispatching { lease_until: None, .. }
        | State::Checking { .. }
        | State::Verifying { .. }
        | State::Running
        | State::Refused { .. }
        | State::SetAside { .. }
        | State::Finished(_) => return Plan::NOTHING,
    };
    match answer {
        SearchAnswer::Found(it) => found(head, it, s),
        SearchAnswer::NotFound(absence)
            if open && (*absence == Absence::Proven || s.rules.is_idempotent(&head.intent.operation)) =>
        {
            let why = match absence {
                Absence::Proven => "searched for, and certainly not there",
                Absence::NotProven => "searched for and not found; the operation is declared idempotent",
            };
            next_attempt(head, vec![RunEvent::NotSent { attempt: head.attempt, why: why.to_owned() }], s)
        }
        SearchAnswer::NotFound(_) | SearchAnswer::Failed { .. } => {
            let timing = s.timing(head);
            let give_up = since.plus(timing.search_lag).plus(timing.search_for);
            if s.now < give_up {
                let events = unsearched(head, answer, s).into_iter().collect();
                return Plan { events, ..Plan::look_again(next_look(head, None, s).min(give_up)) };
            }
            let then = match answer {
                SearchAnswer::Failed { why } => format!("searching for it failed: {why}"),
                SearchAnswer::NotFound(_) | SearchAnswer::Found(_) => "it cannot be found there".to_owned(),
            };
            // Say what was seen when it was sent, and no more.
            let why = match &head.state {
                State::Dispatching { trouble: Some(seen), .. } => format!("{seen}; {then}"),
                State::Dispatching { trouble: None, .. } => {
                    format!("whoever sent it stopped before an answer came; {then}")
                }
                State::Running
                | State::Checking { .. }
                | State::Verifying { .. }
                | State::Refused { .. }
                | State::SetAside { .. }
                | State::Finished(_)
                | State::Unknown { .. } => format!("it was taken without a name; {then}"),
            };
            Plan::end(vec![became_unknown(head, why, s)])
        }
    }
}

/// A run or an attempt without a name can only be seen by searching; a failed search counts as a look that brought
/// nothing.
fn unsearched(head: &RunHead, answer: &SearchAnswer, s: &Situation<'_>) -> Option<RunEvent> {
    if head.is_settled() {
        return None;
    }
    match answer {
        SearchAnswer::Failed { why } => not_seen(head, why, false, s),
        SearchAnswer::Found(_) | SearchAnswer::NotFound(_) => {
            head.unseen.is_some().then_some(RunEvent::SeenAgain { attempt: head.attempt })
        }
    }
}

/// Observe it, whether or not the backend could be told to stop it: it may have ended by itself, and its name may
/// have changed.
fn stop_answered(head: &RunHead, answer: &CancelAnswer) -> RunPlan {
    let refused = match answer {
        CancelAnswer::Taken => None,
        CancelAnswer::Failed { why } => Some(why.clone()),
    };
    let attempt = head.attempt;
    let news = matches!(head.state, State::Running)
        && words(refused.as_deref()) != words(head.stop_refused.as_deref());
    let events = if news { vec![RunEvent::StopAnswered { attempt, refused }] } else { vec![] };
    Plan { events, ..Plan::owing(Call::Observe { attempt }) }
}

fn became_unknown(head: &RunHead, why: String, s: &Situation<'_>) -> RunEvent {
    RunEvent::BecameUnknown { attempt: head.attempt, why, page: s.page.map(str::to_owned) }
}

fn finished(head: &RunHead, conclusion: Conclusion, summary: &str) -> RunEvent {
    let outcome = Outcome { conclusion, summary: summary.to_owned(), excerpt: String::new() };
    RunEvent::Finished { attempt: head.attempt, outcome }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;

//! The whole life of a run as one pure function: (head, input, situation) → events, due time, next act.
//!
//! Every rule that keeps a run from being lost or carried out twice is here; the engine only loads, appends and calls.

mod asked;
mod seen;

use super::input::{Absence, Act, CancelAnswer, DispatchAnswer, Due, Found, Input, SearchAnswer, Situation};
use super::{MOST_ATTEMPTS, RunHead, State};
use crate::event::Event;
use crate::observation::{Conclusion, Outcome};
use crate::time::Timestamp;
use asked::{cancel, look_again, looked_again, retry, settle};
use seen::{not_seen, observed, recognised, sighted, words};
use std::time::Duration;

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// To be appended in one transaction.
    pub events: Vec<Event>,
    /// Written with them.
    pub due: Due,
    /// To be done after that.
    pub act: Option<Act>,
}

impl Plan {
    const NOTHING: Self = Self { events: vec![], due: Due::Unchanged, act: None };

    fn act(act: Act) -> Self {
        Self { act: Some(act), ..Self::NOTHING }
    }

    fn look_again(at: Timestamp) -> Self {
        Self { due: Due::At(at), ..Self::NOTHING }
    }

    fn end(events: Vec<Event>) -> Self {
        Self { events, due: Due::Never, act: None }
    }
}

/// Decides what follows from an input.
#[must_use]
pub fn decide(head: Option<&RunHead>, input: &Input, s: &Situation<'_>) -> Plan {
    let Some(head) = head else { return first(input, s) };
    match input {
        // The request itself was set aside, and somebody had it tried again.
        Input::Submit { .. } if matches!(head.state, State::SetAside { .. }) => first(input, s),
        // The run exists: the same request again. Its due time takes care of whatever was left undone.
        Input::Submit { .. } => Plan::NOTHING,
        Input::Cancel { by, verdict } => cancel(head, by, *verdict, s),
        Input::Retry { by, verdict, attempt } => retry(head, by, *verdict, *attempt, s),
        Input::LookAgain { .. } => look_again(head),
        Input::Settle { by, verdict, attempt, how, note } => {
            settle(head, by, *verdict, *attempt, (*how, note), s)
        }
        Input::SetAside { .. } if head.has_folded(s.cause) => Plan::NOTHING,
        Input::SetAside { letter, what, by, intent } => {
            let (letter, what, by, intent) = (letter.clone(), what.clone(), by.clone(), intent.clone());
            Plan { events: vec![Event::SetAside { letter, what, by, intent }], ..Plan::NOTHING }
        }
        Input::Dropped { letter } => match &head.state {
            State::SetAside { letter: kept } if kept == letter => {
                let why = "it had been set aside as a dead letter, and an operator dropped it";
                Plan::end(vec![finished(head, Conclusion::Cancelled, why)])
            }
            State::SetAside { .. }
            | State::Refused { .. }
            | State::Dispatching { .. }
            | State::Running
            | State::Finished(_)
            | State::Unknown { .. } => Plan::NOTHING,
        },
        Input::Wake { due_at } if *due_at > s.now => Plan::NOTHING,
        Input::Wake { .. } => wake(head, s),
        Input::Hint => look_again(head),
        Input::Sighted(sighting) => sighted(head, sighting),
        Input::Recognised(attempt, found) => recognised(head, *attempt, found.as_ref(), s),
        Input::Answered(attempt, answer) => answered(head, *attempt, answer, s),
        Input::Searched(attempt, answer) if *attempt == head.attempt => searched(head, answer, s),
        Input::Observed(attempt, seen) if *attempt == head.attempt => observed(head, seen, s),
        Input::CancelAnswered(attempt, answer) if *attempt == head.attempt => stop_answered(head, answer),
        Input::NotObserved { .. } if head.is_settled() => Plan::NOTHING,
        Input::NotObserved { why, rest } => {
            let counts = matches!(head.state, State::Running) && !why.is_empty();
            let events = counts.then(|| not_seen(head, why, false, s)).flatten().into_iter().collect();
            Plan { events, ..Plan::look_again(next_look(head, *rest, s)) }
        }
        // Word of an attempt that is no longer the run's.
        Input::Searched(..) | Input::Observed(..) | Input::CancelAnswered(..) => Plan::NOTHING,
    }
}

fn first(input: &Input, s: &Situation<'_>) -> Plan {
    match input {
        Input::Submit { intent, verdict: Ok(work), .. } => {
            let requested = Event::Requested { intent: intent.clone(), work: work.clone() };
            start(1, vec![requested], s)
        }
        Input::Submit { intent, verdict: Err(reason), told } => {
            Plan::end(vec![Event::Refused { intent: intent.clone(), reason: *reason, told: *told }])
        }
        Input::SetAside { letter, what, by, intent: Some(intent) } => {
            let (letter, what, by, intent) = (letter.clone(), what.clone(), by.clone(), Some(intent.clone()));
            Plan::end(vec![Event::SetAside { letter, what, by, intent }])
        }
        Input::Cancel { .. }
        | Input::LookAgain { .. }
        | Input::Settle { .. }
        | Input::SetAside { intent: None, .. }
        | Input::Dropped { .. }
        | Input::Wake { .. }
        | Input::Retry { .. }
        | Input::Hint
        | Input::Sighted(..)
        | Input::Recognised(..)
        | Input::Answered(..)
        | Input::Searched(..)
        | Input::Observed(..)
        | Input::NotObserved { .. }
        | Input::CancelAnswered(..) => Plan::NOTHING,
    }
}

/// Marks an attempt before the call, and asks for the call.
fn start(attempt: u32, mut events: Vec<Event>, s: &Situation<'_>) -> Plan {
    let lease_until = s.now.plus(s.timing.lease);
    events.push(Event::DispatchStarted { attempt, lease_until });
    Plan {
        events,
        due: Due::At(lease_until.plus(s.timing.search_lag)),
        act: Some(Act::Dispatch { attempt, until: s.now.plus(s.timing.request) }),
    }
}

fn wake(head: &RunHead, s: &Situation<'_>) -> Plan {
    match &head.state {
        State::Dispatching { lease_until: Some(lease), .. } => {
            let searchable = lease.plus(s.timing.search_lag);
            if s.now < searchable {
                Plan::look_again(searchable)
            } else {
                Plan::act(Act::Search { attempt: head.attempt })
            }
        }
        State::Dispatching { lease_until: None, .. } => next_attempt(head, vec![], s),
        State::Running if head.cancel.is_some() && head.reference.is_some() => {
            Plan::act(Act::Cancel { attempt: head.attempt })
        }
        State::Running => Plan::act(look(head)),
        State::Refused { .. } | State::SetAside { .. } | State::Finished(_) | State::Unknown { .. } => {
            Plan::end(vec![])
        }
    }
}

/// How to learn more of a running run: one without a name has to be found first.
fn look(head: &RunHead) -> Act {
    match head.reference {
        Some(_) => Act::Observe { attempt: head.attempt },
        None => Act::Search { attempt: head.attempt },
    }
}

/// When to look at a run again: the older it is, the later; soon, where somebody waits for it to stop.
fn next_look(head: &RunHead, rest: Option<Duration>, s: &Situation<'_>) -> Timestamp {
    let age = s.now.since(head.attempt_at) / 8;
    let grown =
        if head.cancel.is_some() { s.timing.poll } else { age.clamp(s.timing.poll, s.timing.poll_most) };
    s.now.plus(grown.max(rest.unwrap_or_default()))
}

/// After an attempt that certainly came to nothing.
fn next_attempt(head: &RunHead, mut events: Vec<Event>, s: &Situation<'_>) -> Plan {
    if head.cancel.is_some() {
        events.push(finished(head, Conclusion::Cancelled, "stopped before it was sent"));
        Plan::end(events)
    } else if out_of_attempts(head) {
        let of_now = events
            .iter()
            .rev()
            .find_map(|e| if let Event::NotSent { why, .. } = e { Some(why) } else { None });
        let before =
            if let State::Dispatching { trouble, .. } = &head.state { trouble.as_ref() } else { None };
        let last = of_now.or(before).map(|why| format!("; the last time: {why}")).unwrap_or_default();
        let why = format!("could not be sent in {MOST_ATTEMPTS} attempts{last}");
        events.push(finished(head, Conclusion::Failed, &why));
        Plan::end(events)
    } else {
        start(head.attempt + 1, events, s)
    }
}

/// Those before the latest that a person authorised do not count.
fn out_of_attempts(head: &RunHead) -> bool {
    head.attempt.saturating_sub(head.before_retry) >= MOST_ATTEMPTS
}

fn contradicted(attempt: u32, what: String) -> Plan {
    Plan { events: vec![Event::Contradicted { attempt, what }], ..Plan::NOTHING }
}

fn answered(head: &RunHead, attempt: u32, answer: &DispatchAnswer, s: &Situation<'_>) -> Plan {
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
    match answer {
        DispatchAnswer::Sent { reference, link } if open || matches!(head.state, State::Unknown { .. }) => {
            let event =
                Event::Dispatched { attempt, reference: reference.clone(), link: link.clone(), found: false };
            let stop = head.cancel.is_some() && reference.is_some();
            let act = stop.then_some(Act::Cancel { attempt });
            Plan { events: vec![event], due: Due::At(s.now.plus(s.timing.poll)), act }
        }
        DispatchAnswer::NotSent { why, rest } if open => {
            let not_sent = Event::NotSent { attempt, why: why.clone() };
            if head.cancel.is_some() || out_of_attempts(head) {
                return next_attempt(head, vec![not_sent], s);
            }
            let nth = attempt.saturating_sub(head.before_retry + 1);
            let pause = (s.timing.retry * 2u32.saturating_pow(nth).min(64)).max(rest.unwrap_or_default());
            Plan { events: vec![not_sent], due: Due::At(s.now.plus(pause)), act: None }
        }
        DispatchAnswer::Refused { why } if open => Plan::end(vec![finished(head, Conclusion::Failed, why)]),
        DispatchAnswer::MaybeSent { why } if open => {
            Plan { events: vec![Event::MaybeSent { attempt, why: why.clone() }], ..Plan::NOTHING }
        }
        // A search was quicker, or the fence held.
        DispatchAnswer::Sent { .. }
        | DispatchAnswer::NotSent { .. }
        | DispatchAnswer::Refused { .. }
        | DispatchAnswer::MaybeSent { .. }
        | DispatchAnswer::Fenced => Plan::NOTHING,
    }
}

/// It was found: by a search, or by a sighting that the backend confirmed.
fn found(head: &RunHead, found: &Found, s: &Situation<'_>) -> Plan {
    let (attempt, reference, link) = (head.attempt, found.reference.clone(), found.link.clone());
    let event = match head.state {
        // The backend has it; now it has a name as well.
        State::Running => Event::Located { attempt, reference, link },
        State::Dispatching { .. }
        | State::Refused { .. }
        | State::SetAside { .. }
        | State::Finished(_)
        | State::Unknown { .. } => {
            Event::Dispatched { attempt, reference: Some(reference), link, found: true }
        }
    };
    // What was found may have ended long ago.
    let act = if head.cancel.is_some() { Act::Cancel { attempt } } else { Act::Observe { attempt } };
    Plan { events: vec![event], due: Due::At(s.now.plus(s.timing.poll)), act: Some(act) }
}

fn searched(head: &RunHead, answer: &SearchAnswer, s: &Situation<'_>) -> Plan {
    let (since, open) = match &head.state {
        State::Dispatching { lease_until: Some(lease), .. } => (*lease, true),
        // The backend took it without a name: it is there, and must never be attempted again.
        State::Running if head.reference.is_none() => (head.changed_at, false),
        // What was given up may still be found.
        State::Unknown { .. } => {
            return match answer {
                SearchAnswer::Found(it) => found(head, it, s),
                SearchAnswer::NotFound(_) | SearchAnswer::Failed { .. } => looked_again(head, answer, s),
            };
        }
        // The run has moved on since it was searched for.
        State::Dispatching { lease_until: None, .. }
        | State::Running
        | State::Refused { .. }
        | State::SetAside { .. }
        | State::Finished(_) => return Plan::NOTHING,
    };
    match answer {
        SearchAnswer::Found(it) => found(head, it, s),
        SearchAnswer::NotFound(absence) if open && (*absence == Absence::Proven || s.idempotent) => {
            let why = match absence {
                Absence::Proven => "searched for, and certainly not there",
                Absence::NotProven => "searched for and not found; the operation is declared idempotent",
            };
            next_attempt(head, vec![Event::NotSent { attempt: head.attempt, why: why.to_owned() }], s)
        }
        SearchAnswer::NotFound(_) | SearchAnswer::Failed { .. } => {
            let give_up = since.plus(s.timing.search_lag).plus(s.timing.search_for);
            if s.now < give_up {
                let events = unsearched(head, answer, s).into_iter().collect();
                return Plan { events, ..Plan::look_again(next_look(head, None, s).min(give_up)) };
            }
            let then = match answer {
                SearchAnswer::Failed { why } => format!("searching for it failed: {why}"),
                SearchAnswer::NotFound(_) | SearchAnswer::Found(_) => "it cannot be found there".to_owned(),
            };
            // What was seen when it was sent, and no more than that.
            let why = match &head.state {
                State::Dispatching { trouble: Some(seen), .. } => format!("{seen}; {then}"),
                State::Dispatching { trouble: None, .. } => {
                    format!("whoever sent it stopped before an answer came; {then}")
                }
                State::Running
                | State::Refused { .. }
                | State::SetAside { .. }
                | State::Finished(_)
                | State::Unknown { .. } => format!("it was taken without a name; {then}"),
            };
            Plan::end(vec![became_unknown(head, why, s)])
        }
    }
}

/// What has no name yet is seen by searching alone: a run that runs, and an attempt that may have been sent.
fn unsearched(head: &RunHead, answer: &SearchAnswer, s: &Situation<'_>) -> Option<Event> {
    if head.is_settled() {
        return None;
    }
    match answer {
        SearchAnswer::Failed { why } => not_seen(head, why, false, s),
        SearchAnswer::Found(_) | SearchAnswer::NotFound(_) => {
            head.unseen.is_some().then_some(Event::SeenAgain { attempt: head.attempt })
        }
    }
}

/// Whether it was told to stop or not: it may have ended by itself, and its name may have changed.
fn stop_answered(head: &RunHead, answer: &CancelAnswer) -> Plan {
    let refused = match answer {
        CancelAnswer::Taken => None,
        CancelAnswer::Failed { why } => Some(why.clone()),
    };
    let attempt = head.attempt;
    let news = matches!(head.state, State::Running)
        && words(refused.as_deref()) != words(head.stop_refused.as_deref());
    let events = if news { vec![Event::StopAnswered { attempt, refused }] } else { vec![] };
    Plan { events, ..Plan::act(Act::Observe { attempt }) }
}

fn became_unknown(head: &RunHead, why: String, s: &Situation<'_>) -> Event {
    Event::BecameUnknown { attempt: head.attempt, why, page: s.page.map(str::to_owned) }
}

fn finished(head: &RunHead, conclusion: Conclusion, summary: &str) -> Event {
    let outcome = Outcome { conclusion, summary: summary.to_owned(), excerpt: String::new() };
    Event::Finished { attempt: head.attempt, outcome }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;

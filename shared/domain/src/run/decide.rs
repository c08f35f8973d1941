//! The whole life of a run as one pure function: (head, input, situation) → events, due time, next act.
//!
//! Every rule that keeps a run from being lost or carried out twice is here; the engine only loads, appends and calls.

use super::input::{Absence, Act, CancelAnswer, DispatchAnswer, Due, Input, SearchAnswer, Situation};
use super::{MOST_ATTEMPTS, RunHead, State};
use crate::event::Event;
use crate::observation::{Conclusion, MOST_STEPS, Observation, Outcome, Progress};
use crate::time::Timestamp;

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
        // The run exists: the same request again. Its due time takes care of whatever was left undone.
        Input::Submit { .. } => Plan::NOTHING,
        Input::Cancel { by, verdict } => cancel(head, by, *verdict, s),
        Input::Wake { due_at } if *due_at > s.now => Plan::NOTHING,
        Input::Wake { .. } => wake(head, s),
        Input::Hint => match head.state {
            State::Running => Plan::act(Act::Observe { attempt: head.attempt }),
            // The attempt may be there though its answer was lost; only a look adopts it.
            State::Unknown { .. } => Plan::act(Act::Search { attempt: head.attempt }),
            State::Dispatching { .. } | State::Refused { .. } | State::Finished(_) => Plan::NOTHING,
        },
        Input::Answered(attempt, answer) => answered(head, *attempt, answer, s),
        Input::Searched(attempt, answer) if *attempt == head.attempt => searched(head, answer, s),
        Input::Observed(attempt, seen) if *attempt == head.attempt => observed(head, seen, s),
        Input::CancelAnswered(attempt, answer) if *attempt == head.attempt => match answer {
            CancelAnswer::Taken => Plan::act(Act::Observe { attempt: *attempt }),
            CancelAnswer::Failed { .. } => Plan::look_again(s.now.plus(s.timing.poll)),
        },
        Input::NotObserved if head.is_settled() => Plan::NOTHING,
        Input::NotObserved => Plan::look_again(s.now.plus(s.timing.poll)),
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
        Input::Cancel { .. }
        | Input::Wake { .. }
        | Input::Hint
        | Input::Answered(..)
        | Input::Searched(..)
        | Input::Observed(..)
        | Input::NotObserved
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
        State::Running if head.cancel.is_some() => Plan::act(Act::Cancel { attempt: head.attempt }),
        State::Running => Plan::act(Act::Observe { attempt: head.attempt }),
        State::Refused { .. } | State::Finished(_) | State::Unknown { .. } => Plan::end(vec![]),
    }
}

/// After an attempt that certainly came to nothing.
fn next_attempt(head: &RunHead, mut events: Vec<Event>, s: &Situation<'_>) -> Plan {
    if head.cancel.is_some() {
        events.push(finished(head, Conclusion::Cancelled, "stopped before it was sent"));
        Plan::end(events)
    } else if head.attempt >= MOST_ATTEMPTS {
        let why = format!("could not be sent in {MOST_ATTEMPTS} attempts");
        events.push(finished(head, Conclusion::Failed, &why));
        Plan::end(events)
    } else {
        start(head.attempt + 1, events, s)
    }
}

fn answered(head: &RunHead, attempt: u32, answer: &DispatchAnswer, s: &Situation<'_>) -> Plan {
    if attempt != head.attempt {
        // A later attempt is open, so this one was taken for never sent.
        return match answer {
            DispatchAnswer::Sent { reference, .. } => Plan {
                events: vec![Event::Contradicted {
                    attempt,
                    what: format!("attempt {attempt} answered late: it runs as {reference}"),
                }],
                ..Plan::NOTHING
            },
            DispatchAnswer::NotSent { .. }
            | DispatchAnswer::Refused { .. }
            | DispatchAnswer::MaybeSent { .. }
            | DispatchAnswer::Fenced => Plan::NOTHING,
        };
    }
    let open = matches!(head.state, State::Dispatching { lease_until: Some(_), .. });
    match answer {
        DispatchAnswer::Sent { reference, link } if open || matches!(head.state, State::Unknown { .. }) => {
            dispatched(head, reference, link.as_ref(), false, s)
        }
        DispatchAnswer::NotSent { why } if open => {
            let not_sent = Event::NotSent { attempt, why: why.clone() };
            if head.cancel.is_some() || head.attempt >= MOST_ATTEMPTS {
                return next_attempt(head, vec![not_sent], s);
            }
            let pause = s.timing.retry * 2u32.saturating_pow(attempt.saturating_sub(1)).min(64);
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

fn dispatched(
    head: &RunHead,
    reference: &str,
    link: Option<&String>,
    found: bool,
    s: &Situation<'_>,
) -> Plan {
    let attempt = head.attempt;
    let event = Event::Dispatched { attempt, reference: reference.to_owned(), link: link.cloned(), found };
    let act = if head.cancel.is_some() {
        Some(Act::Cancel { attempt })
    } else {
        // What was found may have ended long ago.
        found.then_some(Act::Observe { attempt })
    };
    Plan { events: vec![event], due: Due::At(s.now.plus(s.timing.poll)), act }
}

fn searched(head: &RunHead, answer: &SearchAnswer, s: &Situation<'_>) -> Plan {
    let State::Dispatching { lease_until: Some(lease), .. } = head.state else {
        // What was given up may still be found; elsewhere the run has moved on since it was searched for.
        return match answer {
            SearchAnswer::Found { reference, link } if matches!(head.state, State::Unknown { .. }) => {
                dispatched(head, reference, link.as_ref(), true, s)
            }
            SearchAnswer::Found { .. } | SearchAnswer::NotFound(_) | SearchAnswer::Failed { .. } => {
                Plan::NOTHING
            }
        };
    };
    match answer {
        SearchAnswer::Found { reference, link } => dispatched(head, reference, link.as_ref(), true, s),
        SearchAnswer::NotFound(absence) if *absence == Absence::Proven || s.idempotent => {
            let why = match absence {
                Absence::Proven => "searched for, and certainly not there",
                Absence::NotProven => "searched for and not found; the operation is declared idempotent",
            };
            next_attempt(head, vec![Event::NotSent { attempt: head.attempt, why: why.to_owned() }], s)
        }
        SearchAnswer::NotFound(_) | SearchAnswer::Failed { .. } => {
            let give_up = lease.plus(s.timing.search_lag).plus(s.timing.search_for);
            if s.now < give_up {
                return Plan::look_again(s.now.plus(s.timing.poll).min(give_up));
            }
            let why = match answer {
                SearchAnswer::Failed { why } => format!("the backend could not be searched: {why}"),
                SearchAnswer::NotFound(_) | SearchAnswer::Found { .. } => {
                    "no answer came when it was sent, and it cannot be found".to_owned()
                }
            };
            Plan::end(vec![Event::BecameUnknown { attempt: head.attempt, why }])
        }
    }
}

fn observed(head: &RunHead, seen: &Observation, s: &Situation<'_>) -> Plan {
    if !matches!(head.state, State::Running) {
        return Plan::NOTHING;
    }
    let attempt = head.attempt;
    let mut events = vec![];
    let begun = u32::try_from(seen.steps.len()).unwrap_or(u32::MAX);
    let news = seen.link.is_some() && seen.link != head.link;
    if begun > head.begun || news {
        let new_steps = seen.steps.iter().skip(usize::try_from(head.begun).unwrap_or(usize::MAX));
        events.push(Event::Progressed {
            attempt,
            begun: begun.max(head.begun),
            steps: new_steps.take(MOST_STEPS).cloned().collect(),
            link: seen.link.clone().filter(|_| news),
        });
    }
    match &seen.progress {
        Progress::Running => Plan { events, ..Plan::look_again(s.now.plus(s.timing.poll)) },
        Progress::Ended(outcome) => {
            events.push(Event::Finished { attempt, outcome: outcome.clone() });
            Plan::end(events)
        }
        Progress::Lost { why } => {
            events.push(Event::BecameUnknown { attempt, why: why.clone() });
            Plan::end(events)
        }
    }
}

fn cancel(
    head: &RunHead,
    by: &crate::policy::Actor,
    verdict: Result<(), crate::policy::ReasonCode>,
    s: &Situation<'_>,
) -> Plan {
    let again = head.has_folded(s.cause);
    if let Err(reason) = verdict {
        let refused = Event::CancelRefused { by: by.clone(), reason };
        return Plan { events: if again { vec![] } else { vec![refused] }, ..Plan::NOTHING };
    }
    let asked = if head.cancel.is_some() { vec![] } else { vec![Event::CancelRequested { by: by.clone() }] };
    match &head.state {
        State::Refused { .. } | State::Finished(_) => Plan::NOTHING,
        // Nothing is known to be there to stop; that the person wanted it stopped is on record.
        State::Unknown { .. } => Plan { events: asked, ..Plan::NOTHING },
        State::Dispatching { lease_until: None, .. } => {
            let mut events = asked;
            events.push(finished(head, Conclusion::Cancelled, "stopped before it was sent"));
            Plan::end(events)
        }
        State::Dispatching { lease_until: Some(_), .. } => Plan { events: asked, ..Plan::NOTHING },
        State::Running => {
            Plan { events: asked, act: Some(Act::Cancel { attempt: head.attempt }), ..Plan::NOTHING }
        }
    }
}

fn finished(head: &RunHead, conclusion: Conclusion, summary: &str) -> Event {
    let outcome = Outcome { conclusion, summary: summary.to_owned(), excerpt: String::new() };
    Event::Finished { attempt: head.attempt, outcome }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;

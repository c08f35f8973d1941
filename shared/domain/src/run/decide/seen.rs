//! What follows from what was seen at the backend: of the attempt that runs, and of attempts somebody speaks of.

use super::{Plan, became_unknown, contradicted, found, look, next_look};
use crate::event::Event;
use crate::observation::{MOST_STEPS, Observation, Progress};
use crate::run::input::{Act, Found, Sighting, Situation};
use crate::run::{RunHead, State};

/// Word of an attempt: adopted, once the backend confirms it, where it is not known yet.
pub(super) fn sighted(head: &RunHead, sighting: &Sighting) -> Plan {
    let Sighting { attempt, reference } = sighting;
    let recognise = || Plan::act(Act::Recognise { attempt: *attempt, reference: reference.clone() });
    if *attempt > head.attempt || head.earlier.contains(reference) {
        return Plan::NOTHING;
    }
    if *attempt < head.attempt {
        // It was taken for never sent, or nobody could say.
        return if head.contradicted.is_some() { Plan::NOTHING } else { recognise() };
    }
    match &head.state {
        State::Running if head.reference.is_some() => Plan::act(look(head)),
        State::Running | State::Dispatching { .. } | State::Unknown { .. } => recognise(),
        State::Refused { .. } | State::SetAside { .. } | State::Finished(_) => Plan::NOTHING,
    }
}

pub(super) fn recognised(head: &RunHead, attempt: u32, it: Option<&Found>, s: &Situation<'_>) -> Plan {
    let Some(it) = it else { return Plan::NOTHING };
    if attempt != head.attempt {
        let known = head.earlier.contains(&it.reference) || head.contradicted.is_some();
        let what = format!("attempt {attempt} appeared late: it runs as {}", it.reference);
        return if known { Plan::NOTHING } else { contradicted(attempt, what) };
    }
    match &head.state {
        State::Running if head.reference.is_some() => Plan::act(look(head)),
        State::Running | State::Dispatching { .. } | State::Unknown { .. } => found(head, it, s),
        State::Refused { .. } | State::SetAside { .. } | State::Finished(_) => Plan::NOTHING,
    }
}

pub(super) fn observed(head: &RunHead, seen: &Observation, s: &Situation<'_>) -> Plan {
    if !matches!(head.state, State::Running) {
        return Plan::NOTHING;
    }
    let attempt = head.attempt;
    let mut events = vec![];
    if let Some(reference) = seen.reference.clone().filter(|r| head.reference.as_ref() != Some(r)) {
        events.push(Event::Located { attempt, reference, link: seen.link.clone() });
    }
    let steps = new_steps(head, &seen.steps);
    let news = seen.link.is_some() && seen.link != head.link && events.is_empty();
    if !steps.is_empty() || news {
        events.push(Event::Progressed {
            attempt,
            begun: head.begun.saturating_add(u32::try_from(steps.len()).unwrap_or(u32::MAX)),
            steps: steps.into_iter().take(MOST_STEPS).cloned().collect(),
            link: seen.link.clone().filter(|_| news),
        });
    }
    match &seen.progress {
        Progress::Running => Plan { events, ..Plan::look_again(next_look(head, seen.rest, s)) },
        Progress::Ended(outcome) => {
            events.push(Event::Finished { attempt, outcome: outcome.clone() });
            Plan::end(events)
        }
        Progress::Lost { why } => {
            events.push(became_unknown(head, why.clone(), s));
            Plan::end(events)
        }
    }
}

/// The steps that were not told yet. Where jobs run side by side, a step may begin before one that was told: each title
/// is told as often as it is there. Once as many are kept as are kept, the rest only count.
fn new_steps<'o>(head: &RunHead, seen: &'o [String]) -> Vec<&'o String> {
    if head.steps.len() >= MOST_STEPS {
        return seen.iter().skip(usize::try_from(head.begun).unwrap_or(usize::MAX)).collect();
    }
    let mut told = head.steps.clone();
    let is_new = |step: &&String| match told.iter().position(|t| t == *step) {
        Some(at) => {
            told.swap_remove(at);
            false
        }
        None => true,
    };
    seen.iter().filter(is_new).collect()
}

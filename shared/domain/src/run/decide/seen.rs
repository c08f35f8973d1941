//! What follows from what was seen at the backend: of the attempt that runs, and of attempts that a webhook names.

use super::check::succeeded;
use super::{RunPlan, became_unknown, contradicted, found, look, next_look};
use crate::observation::{Conclusion, MOST_STEPS, Observation, Progress};
use crate::plan::Plan;
use crate::run::input::{Call, Found, Sighting, Situation};
use crate::run::{RunEvent, RunHead, State, TOLD_AFTER};
use std::time::Duration;

/// A webhook names an attempt: if it is not known yet, the backend is asked, and then it is adopted.
pub(super) fn sighted(head: &RunHead, sighting: &Sighting) -> RunPlan {
    let Sighting { attempt, reference } = sighting;
    let recognise = || Plan::owing(Call::Recognise { attempt: *attempt, reference: reference.clone() });
    if *attempt > head.attempt || head.earlier.contains(reference) {
        return Plan::NOTHING;
    }
    if *attempt < head.attempt {
        // This attempt was taken for never sent, or nobody knew its end.
        return if head.contradicted.is_some() { Plan::NOTHING } else { recognise() };
    }
    match &head.state {
        State::Running if head.reference.is_some() => Plan::owing(look(head)),
        State::Running | State::Dispatching { .. } | State::Unknown { .. } => recognise(),
        State::Refused { .. }
        | State::Checking { .. }
        | State::Verifying { .. }
        | State::SetAside { .. }
        | State::Finished(_) => Plan::NOTHING,
    }
}

pub(super) fn recognised(head: &RunHead, attempt: u32, it: Option<&Found>, s: &Situation<'_>) -> RunPlan {
    let Some(it) = it else { return Plan::NOTHING };
    if attempt != head.attempt {
        let known = head.earlier.contains(&it.reference) || head.contradicted.is_some();
        let what = format!("attempt {attempt} appeared late: it runs as {}", it.reference);
        return if known { Plan::NOTHING } else { contradicted(attempt, what) };
    }
    match &head.state {
        State::Running if head.reference.is_some() => Plan::owing(look(head)),
        State::Running | State::Dispatching { .. } | State::Unknown { .. } => found(head, it, s),
        State::Refused { .. }
        | State::Checking { .. }
        | State::Verifying { .. }
        | State::SetAside { .. }
        | State::Finished(_) => Plan::NOTHING,
    }
}

/// Once people are told that it cannot be seen, a new cause goes on record only this long after the last: some
/// systems give a new one at every look.
const CAUSE_RESTS: Duration = Duration::from_secs(300);

/// The text without its digits: a system's words for the same trouble may differ only in them, as in
/// `for 58 more seconds`.
pub(super) fn words(text: Option<&str>) -> Option<String> {
    text.map(|text| text.chars().filter(|c| !c.is_ascii_digit()).collect())
}

/// A look brought nothing; `gone` if the system itself says that the run is lost. `None` if that is on record
/// already.
pub(super) fn not_seen(head: &RunHead, why: &str, gone: bool, s: &Situation<'_>) -> Option<RunEvent> {
    let looks = head.unseen.as_ref().map_or(0, |before| before.looks).saturating_add(1);
    let known = head.unseen.as_ref().is_some_and(|before| {
        let rests = words(Some(&before.why)) == words(Some(why)) || s.now.since(before.at) < CAUSE_RESTS;
        before.is_told() && before.gone.is_some() == gone && rests
    });
    let event = || RunEvent::NotSeen { attempt: head.attempt, looks, why: why.to_owned(), gone };
    (!known).then(event)
}

/// The system says that the run is lost. Believed only once it has said so for long enough and often enough, with no
/// look in between that said otherwise: a server that slept makes two looks that are far apart.
fn lost(
    head: &RunHead,
    why: &str,
    mut events: Vec<RunEvent>,
    seen: &Observation,
    s: &Situation<'_>,
) -> RunPlan {
    let since = head.unseen.as_ref().and_then(|u| u.gone).unwrap_or(s.now);
    let lost_after = s.timing(head).lost_after;
    let believed = since.plus(lost_after);
    let often = head.unseen.as_ref().is_some_and(|u| u.looks.saturating_add(1) >= TOLD_AFTER);
    if s.now >= believed && (often || lost_after.is_zero()) {
        events.push(became_unknown(head, why.to_owned(), s));
        return Plan::end(events);
    }
    events.extend(not_seen(head, why, true, s));
    let next = next_look(head, seen.rest, s);
    let next = if s.now < believed { next.min(believed) } else { next };
    Plan { events, ..Plan::look_again(next) }
}

pub(super) fn observed(head: &RunHead, seen: &Observation, s: &Situation<'_>) -> RunPlan {
    if !matches!(head.state, State::Running) {
        return Plan::NOTHING;
    }
    let attempt = head.attempt;
    let mut events = vec![];
    let ended = !matches!(seen.progress, Progress::Running);
    // An end makes it clear that the run was seen again.
    if head.unseen.is_some() && !ended {
        events.push(RunEvent::SeenAgain { attempt });
    }
    if let Some(reference) = seen.reference.clone().filter(|r| head.reference.as_ref() != Some(r)) {
        events.push(RunEvent::Located { attempt, reference, link: seen.link.clone() });
    }
    if !seen.parts.is_empty() && seen.parts != head.parts {
        events.push(RunEvent::PartsMoved { attempt, parts: seen.parts.clone() });
    }
    let steps = new_steps(head, &seen.steps);
    let located = events.iter().any(|e| matches!(e, RunEvent::Located { .. }));
    let news = seen.link.is_some() && seen.link != head.link && !located;
    let waits = !ended && words(seen.waits.as_deref()) != words(head.waits.as_deref());
    if !steps.is_empty() || news || waits {
        events.push(RunEvent::Progressed {
            attempt,
            begun: head.begun.saturating_add(u32::try_from(steps.len()).unwrap_or(u32::MAX)),
            steps: steps.into_iter().take(MOST_STEPS).cloned().collect(),
            in_job: seen.in_job,
            link: seen.link.clone().filter(|_| news),
            waits: seen.waits.clone(),
        });
    }
    match &seen.progress {
        Progress::Running => Plan { events, ..Plan::look_again(next_look(head, seen.rest, s)) },
        Progress::Ended(outcome) if outcome.conclusion == Conclusion::Succeeded => {
            succeeded(head, events, outcome, s)
        }
        Progress::Ended(outcome) => {
            events.push(RunEvent::Finished { attempt, outcome: outcome.clone() });
            Plan::end(events)
        }
        Progress::Lost { why } => lost(head, why, events, seen, s),
    }
}

/// The steps that were not told yet. Where jobs run side by side, a step may begin before one that was told, so each
/// title is told as often as it is there. Once the limit of kept steps is reached, further ones are only counted.
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

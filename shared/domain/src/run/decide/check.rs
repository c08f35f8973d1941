//! What has to hold before a run is started, and after it succeeded.

use super::{RunPlan, finished, start};
use crate::lookup::{Failed, Shipment, Verification};
use crate::observation::{Conclusion, Outcome};
use crate::plan::{Due, Plan};
use crate::policy::ReasonCode;
use crate::run::input::{Asked, Call, Situation};
use crate::run::{RunEvent, RunHead, State};
use crate::time::Timestamp;
use std::time::Duration;

/// If a worker stops while it asks, another asks after this time. No question takes longer.
const ASKED_WITHIN: Duration = Duration::from_secs(20);
/// A system that cannot be asked is asked again after this time.
const ASK_AGAIN: Duration = Duration::from_secs(10);
/// However long it takes, it is asked this often.
const ASK_SELDOM: Duration = Duration::from_secs(60);
/// A system that could not be asked for so long is given up, and the run is refused.
const ASK_FOR: Duration = Duration::from_secs(120);

/// Begins to ask what the operation requires.
pub(super) fn check(mut events: Vec<RunEvent>, s: &Situation<'_>) -> RunPlan {
    events.push(RunEvent::Checking { trouble: None });
    Plan { events, due: Due::At(s.now.plus(ASKED_WITHIN)), ..Plan::owing(Call::Check) }
}

/// What was required was asked.
pub(super) fn checked(
    head: &RunHead,
    answers: &[Asked],
    shipment: Option<&Shipment>,
    s: &Situation<'_>,
) -> RunPlan {
    let shipment = shipment.cloned();
    let State::Checking { since, trouble } = &head.state else {
        return checked_again(head, answers, shipment, s);
    };
    if head.cancel.is_some() {
        return Plan::end(vec![finished(head, Conclusion::Cancelled, "stopped before it was sent")]);
    }
    let asked = u32::try_from(answers.len()).unwrap_or(u32::MAX);
    let not = |all: &[Asked]| -> Vec<Failed> {
        let failed = all.iter().filter_map(|answer| match answer {
            Asked::Not(failed) => Some(failed.clone()),
            Asked::Holds | Asked::Unasked(_) => None,
        });
        failed.collect()
    };
    let unasked: Vec<Failed> = answers
        .iter()
        .filter_map(|answer| match answer {
            Asked::Unasked(failed) => Some(failed.clone()),
            Asked::Holds | Asked::Not(_) => None,
        })
        .collect();
    let (mut failed, given_up) = (not(answers), s.now >= since.plus(ASK_FOR));
    match unasked.first() {
        Some(first) if failed.is_empty() && !given_up => {
            let news = trouble.as_deref() != Some(first.why.as_str());
            let event = RunEvent::Checking { trouble: Some(first.why.clone()) };
            let again = s.now.plus(ASK_AGAIN).min(since.plus(ASK_FOR));
            Plan { events: if news { vec![event] } else { vec![] }, ..Plan::look_again(again) }
        }
        None if failed.is_empty() => {
            start(head.attempt + 1, vec![RunEvent::Checked { asked, failed, shipment }], s.timing(head), s)
        }
        Some(_) | None => {
            failed.extend(unasked);
            Plan::end(vec![RunEvent::Checked { asked, failed, shipment }])
        }
    }
}

/// What is required was asked before another attempt. If it does not hold, or nobody can say, the run stays as it is, and
/// the person may ask once more.
fn checked_again(
    head: &RunHead,
    answers: &[Asked],
    shipment: Option<Shipment>,
    s: &Situation<'_>,
) -> RunPlan {
    let Some((by, attempt)) = s.retried_by else { return Plan::NOTHING };
    if head.has_folded(s.cause) || attempt != head.attempt || !head.can_retry() {
        return Plan::NOTHING;
    }
    let failed: Vec<Failed> = answers
        .iter()
        .filter_map(|answer| match answer {
            Asked::Not(failed) | Asked::Unasked(failed) => Some(failed.clone()),
            Asked::Holds => None,
        })
        .collect();
    if !failed.is_empty() {
        let (by, reason) = (by.clone(), ReasonCode::ChecksFailed);
        return Plan::noting(vec![RunEvent::RetryRefused { by, reason, changed: None, failed }]);
    }
    let asked = u32::try_from(answers.len()).unwrap_or(u32::MAX);
    let events = vec![
        RunEvent::RetryRequested { by: by.clone(), attempt },
        RunEvent::Checked { asked, failed, shipment },
    ];
    start(attempt + 1, events, s.timing(head), s)
}

/// The backend says that it succeeded: either that is the end, or something has to hold first.
pub(super) fn succeeded(
    head: &RunHead,
    mut events: Vec<RunEvent>,
    outcome: &Outcome,
    s: &Situation<'_>,
) -> RunPlan {
    let attempt = head.attempt;
    if s.rules.verify(&head.intent).is_empty() {
        events.push(RunEvent::Finished { attempt, outcome: outcome.clone() });
        return Plan::end(events);
    }
    events.push(RunEvent::Verifying { attempt, outcome: outcome.clone(), trouble: None });
    Plan { events, due: Due::At(s.now.plus(ASKED_WITHIN)), ..Plan::owing(Call::Verify) }
}

/// What has to hold after it succeeded was asked.
pub(super) fn verified(head: &RunHead, answers: &[(Asked, u64)], s: &Situation<'_>) -> RunPlan {
    let State::Verifying { since, outcome, trouble } = &head.state else { return Plan::NOTHING };
    let attempt = head.attempt;
    let ended = |conclusion, words: &str| {
        let summary = match outcome.summary.as_str() {
            "" => words.to_owned(),
            said => format!("{said}; {words}"),
        };
        let outcome = Outcome { conclusion, summary, excerpt: outcome.excerpt.clone() };
        Plan::end(vec![RunEvent::Finished { attempt, outcome }])
    };
    let mut missing: Option<&Failed> = None;
    let mut next: Option<Timestamp> = None;
    let mut soon = |at: Timestamp| next = Some(next.map_or(at, |next| next.min(at)));
    for (answer, within) in answers {
        let (Asked::Not(failed) | Asked::Unasked(failed)) = answer else { continue };
        let over = since.plus(Duration::from_secs(*within));
        if s.now >= over {
            let words =
                format!("it ended well, but then it did not hold that {}: {}", failed.what, failed.why);
            return ended(Conclusion::Failed, &words);
        }
        missing = missing.or(Some(failed));
        // What takes long is not asked every ten seconds.
        let again = ASK_AGAIN.max(s.now.since(*since) / 10).min(ASK_SELDOM);
        soon(s.now.plus(again).min(over));
    }
    for verify in s.rules.verify(&head.intent) {
        if verify.that != Verification::Quiet {
            continue;
        }
        if !head.followed.is_empty() {
            return ended(Conclusion::Failed, "it ended well, but then an alert came");
        }
        let over = since.plus(Duration::from_secs(verify.within));
        if s.now < over {
            soon(over);
        }
    }
    let Some(next) = next else { return ended(Conclusion::Succeeded, "verified") };
    let why = missing.map(|failed| failed.why.clone());
    let event = RunEvent::Verifying { attempt, outcome: outcome.clone(), trouble: why.clone() };
    Plan { events: if why == *trouble { vec![] } else { vec![event] }, ..Plan::look_again(next) }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;

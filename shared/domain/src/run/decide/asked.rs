//! What follows when a run is asked something: to begin, to stop, to be tried again, looked for, settled.

use super::check::check;
use super::seen::sighted;
use super::{RunPlan, finished, look, start};
use crate::intent::Intent;
use crate::observation::{Conclusion, Outcome, Settlement};
use crate::people::Actor;
use crate::plan::Plan;
use crate::policy::{ReasonCode, Verdict};
use crate::run::input::{Absence, Call, SearchAnswer, Situation};
use crate::run::{MOST_FOLLOWED, RunCommand, RunEvent, RunHead, State};

/// What an existing run is asked. The rules are asked here, and this time their answer counts.
pub(super) fn asked(head: &RunHead, command: &RunCommand, s: &Situation<'_>) -> RunPlan {
    let verdict = || s.rules.on_run(command, &head.intent);
    match command {
        // The request itself was set aside, and somebody redrove it.
        RunCommand::Submit { .. } if matches!(head.state, State::SetAside { .. }) => submitted(command, s),
        // The run exists, so this is the same request again. Its due time takes care of anything left undone.
        RunCommand::Submit { .. } => Plan::NOTHING,
        RunCommand::Cancel { by, .. } => cancel(head, by, verdict(), s),
        RunCommand::Retry { by, attempt, .. } => retry(head, by, verdict(), *attempt, s),
        RunCommand::Settle { by, attempt, how, note, .. } => {
            settle(head, by, verdict(), *attempt, (*how, note), s)
        }
        RunCommand::LookAgain { .. } | RunCommand::Observe => look_again(head),
        RunCommand::Sighted(sighting) => sighted(head, sighting),
        RunCommand::Followed { .. } => followed(head, command),
        // It has begun already.
        RunCommand::Step(_) => Plan::NOTHING,
        RunCommand::Dropped { letter } => dropped(head, letter),
    }
}

/// What begins a run, or a run that was set aside before it had begun.
pub(super) fn submitted(command: &RunCommand, s: &Situation<'_>) -> RunPlan {
    let RunCommand::Submit { intent, told } = command else { return Plan::NOTHING };
    let intent: &Intent = intent;
    let work = s.rules.work(command, intent, s.run).and_then(|work| {
        let kept = (s.keeps)(&work);
        if kept { Ok(work) } else { Err(ReasonCode::BadParameters) }
    });
    let part_of = s.part_of.cloned();
    let mut plan = match work {
        Ok(work) => {
            let asks = s.rules.asks_first(intent, &work);
            let timing = s.timings.of(Some(&work));
            let requested = vec![RunEvent::Requested { intent: intent.to_keep(), work, part_of }];
            if asks { check(requested, s) } else { start(1, requested, timing, s) }
        }
        Err(reason) => {
            let asked = Some(intent).filter(|_| reason == ReasonCode::CatalogueChanged);
            let changed = asked.and_then(|intent| s.rules.changed(intent, s.run));
            let intent = intent.to_keep();
            Plan::end(vec![RunEvent::Refused { intent, reason, told: *told, changed, part_of }])
        }
    };
    // A batch shows its steps as they begin, too.
    plan.owed.extend(s.part_of.map(|_| Call::TellBatch));
    plan
}

/// An alert came after it. That is told once for each of a handful of alerts, and nothing else of the run changes,
/// whatever its state.
fn followed(head: &RunHead, command: &RunCommand) -> RunPlan {
    let RunCommand::Followed { alert, watch, class, after_seconds } = command else { return Plan::NOTHING };
    let began = match &head.state {
        State::Refused { .. } | State::SetAside { .. } | State::Checking { .. } => false,
        State::Dispatching { .. }
        | State::Running
        | State::Verifying { .. }
        | State::Finished(_)
        | State::Unknown { .. } => true,
    };
    if !began || head.followed.contains(alert) || head.followed.len() >= MOST_FOLLOWED {
        return Plan::NOTHING;
    }
    let (alert, watch) = (alert.clone(), watch.clone());
    Plan::noting(vec![RunEvent::Followed { alert, watch, class: *class, after_seconds: *after_seconds }])
}

fn dropped(head: &RunHead, letter: &str) -> RunPlan {
    match &head.state {
        State::SetAside { letter: kept } if kept == letter => {
            let why = "it had been set aside as a dead letter, and an operator dropped it";
            Plan::end(vec![finished(head, Conclusion::Cancelled, why)])
        }
        State::SetAside { .. }
        | State::Refused { .. }
        | State::Checking { .. }
        | State::Dispatching { .. }
        | State::Running
        | State::Verifying { .. }
        | State::Finished(_)
        | State::Unknown { .. } => Plan::NOTHING,
    }
}

/// Another attempt, because a person says so: nothing else may follow an attempt whose end nobody knows.
fn retry(head: &RunHead, by: &Actor, verdict: Verdict, attempt: u32, s: &Situation<'_>) -> RunPlan {
    if head.has_folded(s.cause) || attempt != head.attempt || !head.can_retry() {
        return Plan::NOTHING;
    }
    match verdict {
        // What it requires is asked first, as it was before the first attempt.
        Verdict::Allow if head.work.as_ref().is_some_and(|work| s.rules.asks_first(&head.intent, work)) => {
            Plan::owing(Call::Check)
        }
        Verdict::Allow => {
            start(attempt + 1, vec![RunEvent::RetryRequested { by: by.clone(), attempt }], s.timing(head), s)
        }
        Verdict::Refuse(reason) => {
            let work = head.work.as_ref().filter(|_| reason == ReasonCode::CatalogueChanged);
            let changed = work.and_then(|work| s.rules.changed_since(work, &head.intent, s.run));
            Plan::noting(vec![RunEvent::RetryRefused { by: by.clone(), reason, changed, failed: vec![] }])
        }
    }
}

/// Somebody says that something may have changed, or a person wants to know.
fn look_again(head: &RunHead) -> RunPlan {
    match head.state {
        State::Running => Plan::owing(look(head)),
        // The attempt may exist although its answer was lost; only a look can adopt it.
        State::Unknown { .. } => Plan::owing(Call::Search { attempt: head.attempt }),
        State::Checking { .. } => Plan::owing(Call::Check),
        State::Verifying { .. } => Plan::owing(Call::Verify),
        State::Dispatching { .. } | State::Refused { .. } | State::SetAside { .. } | State::Finished(_) => {
            Plan::NOTHING
        }
    }
}

/// The run was looked for once more and not found. This goes on record, and is told, if a person had asked.
pub(super) fn looked_again(head: &RunHead, answer: &SearchAnswer, s: &Situation<'_>) -> RunPlan {
    let Some(by) = s.asked_by.filter(|_| !head.has_folded(s.cause)) else { return Plan::NOTHING };
    let what = match answer {
        SearchAnswer::Found(_) => return Plan::NOTHING,
        SearchAnswer::Failed { why } => format!("searching for it failed: {why}"),
        SearchAnswer::NotFound(Absence::Proven) => "it is not there, and certainly never was".to_owned(),
        SearchAnswer::NotFound(Absence::NotProven) => {
            "it is not there; that does not prove that it never was".to_owned()
        }
    };
    let event = RunEvent::LookedAgain { by: by.clone(), attempt: head.attempt, what };
    Plan::noting(vec![event])
}

/// A person looked at the system and says what became of the run. Only for a run whose end nobody knows.
fn settle(
    head: &RunHead,
    by: &Actor,
    verdict: Verdict,
    attempt: u32,
    (how, note): (Settlement, &str),
    s: &Situation<'_>,
) -> RunPlan {
    if head.has_folded(s.cause) || attempt != head.attempt || !matches!(head.state, State::Unknown { .. }) {
        return Plan::NOTHING;
    }
    match verdict {
        Verdict::Allow => {
            let (by, note) = (by.clone(), note.to_owned());
            Plan::end(vec![RunEvent::Settled { by, attempt, how, note }])
        }
        Verdict::Refuse(reason) => Plan::noting(vec![RunEvent::SettleRefused { by: by.clone(), reason }]),
    }
}

fn cancel(head: &RunHead, by: &Actor, verdict: Verdict, s: &Situation<'_>) -> RunPlan {
    let again = head.has_folded(s.cause);
    if let Verdict::Refuse(reason) = verdict {
        let refused = RunEvent::CancelRefused { by: by.clone(), reason };
        return Plan::noting(if again { vec![] } else { vec![refused] });
    }
    let asked =
        if head.cancel.is_some() { vec![] } else { vec![RunEvent::CancelRequested { by: by.clone() }] };
    match &head.state {
        State::Refused { .. } | State::SetAside { .. } | State::Finished(_) => Plan::NOTHING,
        // It is not known whether there is something to stop; that the person wanted to stop it goes on record.
        State::Unknown { .. } => Plan::noting(asked),
        State::Verifying { outcome, .. } => {
            let summary = "it ended well; somebody stopped it before it was verified".to_owned();
            let outcome = Outcome { conclusion: Conclusion::Cancelled, summary, ..outcome.clone() };
            let mut events = asked;
            events.push(RunEvent::Finished { attempt: head.attempt, outcome });
            Plan::end(events)
        }
        State::Checking { .. } | State::Dispatching { lease_until: None, .. } => {
            let mut events = asked;
            events.push(finished(head, Conclusion::Cancelled, "stopped before it was sent"));
            Plan::end(events)
        }
        State::Dispatching { lease_until: Some(_), .. } => Plan::noting(asked),
        // Without a name it cannot be stopped yet; it will be stopped as soon as it is found.
        State::Running if head.reference.is_none() => Plan::noting(asked),
        State::Running => Plan { events: asked, ..Plan::owing(Call::Cancel { attempt: head.attempt }) },
    }
}

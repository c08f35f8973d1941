//! The table of `decide`: what follows from what, one line each.

use super::*;
use crate::ids::{ChannelId, CommandId, Digest, RunId, UserId, WorkspaceId};
use crate::intent::{Intent, Work};
use crate::policy::{Actor, Place, ReasonCode};
use crate::run::Timing;
use std::collections::BTreeMap;
use std::time::Duration;

const START: Timestamp = Timestamp(1_000_000);
const TIMING: Timing = Timing {
    request: Duration::from_secs(5),
    lease: Duration::from_secs(10),
    search_lag: Duration::from_secs(60),
    search_for: Duration::from_secs(600),
    poll: Duration::from_secs(15),
    retry: Duration::from_secs(1),
};

fn after(seconds: i64) -> Timestamp {
    Timestamp(START.0 + seconds * 1000)
}

fn ada() -> Actor {
    Actor { workspace: WorkspaceId::new("T1"), user: UserId::new("UADA") }
}

fn submit(verdict: Result<(), ReasonCode>) -> Input {
    let intent = Intent {
        operation: "release".parse().unwrap(),
        parameters: BTreeMap::new(),
        requester: ada(),
        place: Place { workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") },
        digest: Digest::ZERO,
    };
    let work = Work::Command(crate::catalogue::CommandTarget {
        program: "git".into(),
        arguments: vec![],
        directory: String::new(),
        environment: BTreeMap::new(),
        timeout_seconds: 1,
    });
    Input::Submit { intent, verdict: verdict.map(|()| work), told: false }
}

fn plan(head: Option<&RunHead>, input: &Input, at: i64) -> Plan {
    let cause = CommandId::new("cause");
    decide(head, input, &Situation { now: after(at), cause: &cause, timing: TIMING, idempotent: false })
}

/// A head after these inputs, each at its second.
fn head(inputs: &[(i64, Input)]) -> RunHead {
    let run = RunId::derive("test", "T1", "1");
    let mut head = None;
    for (at, input) in inputs {
        for event in plan(head.as_ref(), input, *at).events {
            head = RunHead::after(head, &run, &event, &CommandId::new(format!("at {at}")), after(*at));
        }
    }
    head.unwrap()
}

fn sent() -> Input {
    Input::Answered(1, DispatchAnswer::Sent { reference: "#1".into(), link: None })
}

fn not_found(absence: Absence) -> Input {
    Input::Searched(1, SearchAnswer::NotFound(absence))
}

fn cancel() -> Input {
    Input::Cancel { by: ada(), verdict: Ok(()) }
}

fn wake() -> Input {
    Input::Wake { due_at: START }
}

fn seen(progress: Progress) -> Input {
    Input::Observed(1, Observation { progress, steps: vec![], link: None })
}

fn words(plan: &Plan) -> String {
    let name = |event: &Event| format!("{event:?}").split([' ', '{']).next().unwrap_or_default().to_owned();
    let events: Vec<_> = plan.events.iter().map(name).collect();
    let act = plan.act.as_ref().map(|a| format!("{a:?}").split(' ').next().unwrap_or_default().to_owned());
    let due = match plan.due {
        Due::Unchanged => "as it was".to_owned(),
        Due::Never => "never".to_owned(),
        Due::At(at) => format!("at {}", (at.0 - START.0) / 1000),
    };
    format!("{} | {} | {due}", events.join(" "), act.unwrap_or_default())
}

fn check(history: &[(i64, Input)], at: i64, input: &Input, expect: &str) {
    let head = (!history.is_empty()).then(|| head(history));
    assert_eq!(words(&plan(head.as_ref(), input, at)), expect, "{history:?} then {input:?}");
}

#[test]
fn the_beginning() {
    let asked = submit(Ok(()));
    check(&[], 0, &asked, "Requested DispatchStarted | Dispatch | at 70");
    check(&[], 0, &submit(Err(ReasonCode::NotAllowed)), "Refused |  | never");
    check(&[(0, asked.clone())], 1, &asked, " |  | as it was");
    check(&[], 0, &wake(), " |  | as it was");
}

#[test]
fn what_the_backend_answers() {
    let begun = [(0, submit(Ok(())))];
    let answered = |answer| Input::Answered(1, answer);
    let why = || "why".to_owned();
    check(&begun, 1, &sent(), "Dispatched |  | at 16");
    check(&begun, 1, &answered(DispatchAnswer::NotSent { why: why() }), "NotSent |  | at 2");
    check(&begun, 1, &answered(DispatchAnswer::Refused { why: why() }), "Finished |  | never");
    check(&begun, 1, &answered(DispatchAnswer::MaybeSent { why: why() }), "MaybeSent |  | as it was");
    check(&begun, 1, &answered(DispatchAnswer::Fenced), " |  | as it was");
    // A later attempt is open: this one was taken for never sent, and people are told.
    let second = [begun[0].clone(), (70, not_found(Absence::Proven))];
    check(&second, 71, &sent(), "Contradicted |  | as it was");
}

#[test]
fn searching() {
    let begun = [(0, submit(Ok(())))];
    check(&begun, 5, &wake(), " |  | at 70");
    check(&begun, 70, &wake(), " | Search | as it was");
    check(&begun, 70, &not_found(Absence::Proven), "NotSent DispatchStarted | Dispatch | at 140");
    check(&begun, 70, &not_found(Absence::NotProven), " |  | at 85");
    check(&begun, 670, &not_found(Absence::NotProven), "BecameUnknown |  | never");
    let found = Input::Searched(1, SearchAnswer::Found { reference: "#1".into(), link: None });
    check(&begun, 70, &found, "Dispatched | Observe | at 85");
    // What was given up may still be found.
    let unknown = [begun[0].clone(), (670, not_found(Absence::NotProven))];
    check(&unknown, 700, &Input::Hint, " | Search | as it was");
    check(&unknown, 700, &found, "Dispatched | Observe | at 715");
}

#[test]
fn running_to_the_end() {
    let running = [(0, submit(Ok(()))), (1, sent())];
    check(&running, 16, &wake(), " | Observe | as it was");
    check(&running, 16, &seen(Progress::Running), " |  | at 31");
    let end = Progress::Ended(Outcome {
        conclusion: Conclusion::Succeeded,
        summary: String::new(),
        excerpt: String::new(),
    });
    check(&running, 16, &seen(end.clone()), "Finished |  | never");
    check(&running, 16, &seen(Progress::Lost { why: "gone".into() }), "BecameUnknown |  | never");
    check(&running, 16, &Input::NotObserved, " |  | at 31");
    // Word of another attempt, and of one that has ended, changes nothing.
    let other = Observation { progress: end.clone(), steps: vec![], link: None };
    check(&running, 16, &Input::Observed(2, other), " |  | as it was");
    let over = [running[0].clone(), running[1].clone(), (16, seen(end))];
    check(&over, 17, &seen(Progress::Running), " |  | as it was");
    check(&over, 17, &cancel(), " |  | as it was");
}

#[test]
fn stopping() {
    let begun = [(0, submit(Ok(())))];
    check(&begun, 1, &cancel(), "CancelRequested |  | as it was");
    let running = [begun[0].clone(), (1, sent())];
    check(&running, 2, &cancel(), "CancelRequested | Cancel | as it was");
    let asked = [running[0].clone(), running[1].clone(), (2, cancel())];
    check(&asked, 3, &cancel(), " | Cancel | as it was");
    check(&asked, 16, &wake(), " | Cancel | as it was");
    let not_sent = Input::Answered(1, DispatchAnswer::NotSent { why: "why".into() });
    let waiting = [begun[0].clone(), (1, not_sent)];
    check(&waiting, 2, &cancel(), "CancelRequested Finished |  | never");
    let before = [begun[0].clone(), (1, cancel())];
    check(&before, 2, &sent(), "Dispatched | Cancel | at 17");
    check(&before, 70, &not_found(Absence::Proven), "NotSent Finished |  | never");
    let may_not = Input::Cancel { by: ada(), verdict: Err(ReasonCode::NotAllowed) };
    check(&running, 2, &may_not, "CancelRefused |  | as it was");
}

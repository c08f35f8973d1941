//! The table of `decide`: what follows from what, one line each.

use super::*;
use crate::catalogue::{Catalogue, CommandTarget, Operation, Target, TargetKind};
use crate::frozen::Frozen;
use crate::grant::Grant;
use crate::ids::{ChannelId, CommandId, RunId, UserId, WorkspaceId};
use crate::intent::Intent;
use crate::observation::{Observation, Progress, Settlement};
use crate::people::{Actor, Chat, Place};
use crate::rules::Rules;
use crate::run::{RunCommand, Sighting, Timings};
use std::collections::BTreeMap;

const START: Timestamp = Timestamp(1_000_000);
const TIMING: Timing = Timing {
    request: Duration::from_secs(5),
    lease: Duration::from_secs(10),
    search_lag: Duration::from_secs(60),
    search_for: Duration::from_secs(600),
    poll: Duration::from_secs(15),
    poll_most: Duration::from_secs(60),
    retry: Duration::from_secs(1),
    lost_after: Duration::from_secs(300),
};

fn after(seconds: i64) -> Timestamp {
    Timestamp(START.0 + seconds * 1000)
}

fn ada() -> Actor {
    Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA"))
}

/// A person who may ask for nothing.
fn eve() -> Actor {
    Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UEVE"))
}

fn place() -> Place {
    Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") }
}

/// Ada may release.
fn catalogue() -> Frozen {
    let name: crate::ids::OperationName = "release".parse().unwrap();
    let operation = Operation {
        name: name.clone(),
        description: String::new(),
        parameters: vec![],
        target: Target::Command(CommandTarget {
            program: "git".into(),
            arguments: vec![],
            directory: String::new(),
            environment: BTreeMap::new(),
            timeout_seconds: 1,
        }),
        allow: vec![Grant { users: vec![(WorkspaceId::new("T1"), UserId::new("UADA"))], channels: vec![] }],
        idempotent: false,
        aliases: vec![],
        confirm: false,
        shortcuts: Default::default(),
        requires: vec![],
        verify: vec![],
        ships: None,
    };
    Catalogue { operations: [(name, operation)].into(), ..Catalogue::default() }.freeze()
}

fn intent(requester: Actor) -> Intent {
    let catalogue = catalogue();
    let operation = catalogue.operations.values().next().unwrap();
    Intent::new(&catalogue, operation, BTreeMap::new(), requester, place())
}

fn submit(requester: Actor) -> Input {
    Input::Command(RunCommand::Submit { intent: intent(requester), told: false })
}

fn plan_of(head: Option<&RunHead>, input: &Input, at: i64, cause: &str, asked_by: Option<&Actor>) -> RunPlan {
    let (catalogue, mut timings) = (catalogue(), Timings::default());
    timings.insert(TargetKind::Command, TIMING);
    let situation = Situation {
        run: &RunId::derive("test", "T1", "1"),
        now: after(at),
        cause: &CommandId::new(cause),
        rules: Rules::of(&catalogue),
        timings: &timings,
        keeps: |_| true,
        asked_by,
        retried_by: None,
        page: Some("https://ci.example/job/deploy/"),
        part_of: None,
    };
    decide(head, input, &situation)
}

fn plan(head: Option<&RunHead>, input: &Input, at: i64) -> RunPlan {
    plan_of(head, input, at, "cause", None)
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
    Input::Answered(1, DispatchAnswer::Sent { reference: Some("#1".into()), link: None })
}

fn not_found(absence: Absence) -> Input {
    Input::Searched(1, SearchAnswer::NotFound(absence))
}

fn cancel() -> Input {
    Input::Command(RunCommand::Cancel { by: ada(), place: place() })
}

fn wake() -> Input {
    Input::Wake { due_at: START }
}

fn seen(progress: Progress) -> Input {
    Input::Observed(1, Observation::of(progress))
}

fn words(plan: &RunPlan) -> String {
    let name =
        |event: &RunEvent| format!("{event:?}").split([' ', '{']).next().unwrap_or_default().to_owned();
    let events: Vec<_> = plan.events.iter().map(name).collect();
    let owed: Vec<_> =
        plan.owed.iter().map(|a| format!("{a:?}").split(' ').next().unwrap_or_default().to_owned()).collect();
    let due = match plan.due {
        Due::Unchanged => "as it was".to_owned(),
        Due::Never => "never".to_owned(),
        Due::At(at) => format!("at {}", (at.0 - START.0) / 1000),
    };
    format!("{} | {} | {due}", events.join(" "), owed.join(" "))
}

fn check(history: &[(i64, Input)], at: i64, input: &Input, expect: &str) {
    let head = (!history.is_empty()).then(|| head(history));
    assert_eq!(words(&plan(head.as_ref(), input, at)), expect, "{history:?} then {input:?}");
}

#[test]
fn the_beginning() {
    let asked = submit(ada());
    check(&[], 0, &asked, "Requested DispatchStarted | Dispatch | at 70");
    check(&[], 0, &submit(eve()), "Refused |  | never");
    check(&[(0, asked.clone())], 1, &asked, " |  | as it was");
    check(&[], 0, &wake(), " |  | as it was");
}

#[test]
fn what_the_backend_answers() {
    let begun = [(0, submit(ada()))];
    let answered = |answer| Input::Answered(1, answer);
    let why = || "why".to_owned();
    check(&begun, 1, &sent(), "Dispatched |  | at 16");
    check(&begun, 1, &answered(DispatchAnswer::NotSent { why: why(), rest: None }), "NotSent |  | at 2");
    check(&begun, 1, &answered(DispatchAnswer::Refused { why: why() }), "Finished |  | never");
    check(&begun, 1, &answered(DispatchAnswer::MaybeSent { why: why() }), "MaybeSent |  | as it was");
    check(&begun, 1, &answered(DispatchAnswer::Fenced), " |  | as it was");
    // A later attempt is open: the first was taken for never sent, so people are told.
    let second = [begun[0].clone(), (70, not_found(Absence::Proven))];
    check(&second, 71, &sent(), "Contradicted |  | as it was");
}

#[test]
fn searching() {
    let begun = [(0, submit(ada()))];
    check(&begun, 5, &wake(), " |  | at 70");
    check(&begun, 70, &wake(), " | Search | as it was");
    check(&begun, 70, &not_found(Absence::Proven), "NotSent DispatchStarted | Dispatch | at 140");
    check(&begun, 70, &not_found(Absence::NotProven), " |  | at 85");
    check(&begun, 670, &not_found(Absence::NotProven), "BecameUnknown |  | never");
    let found = Input::Searched(1, SearchAnswer::Found(Found { reference: "#1".into(), link: None }));
    check(&begun, 70, &found, "Dispatched | Observe | at 85");
    // An unknown run may still be found.
    let unknown = [begun[0].clone(), (670, not_found(Absence::NotProven))];
    check(&unknown, 700, &Input::Command(RunCommand::Observe), " | Search | as it was");
    check(&unknown, 700, &found, "Dispatched | Observe | at 715");
}

#[test]
fn running_to_the_end() {
    let running = [(0, submit(ada())), (1, sent())];
    check(&running, 16, &wake(), " | Observe | as it was");
    check(&running, 16, &seen(Progress::Running), " |  | at 31");
    let end = Progress::Ended(Outcome {
        conclusion: Conclusion::Succeeded,
        summary: String::new(),
        excerpt: String::new(),
    });
    check(&running, 16, &seen(end.clone()), "Finished |  | never");
    check(&running, 16, &blind("503"), "NotSeen |  | at 31");
    // An answer about another attempt, or about a run that has ended, changes nothing.
    let other = Observation::of(end.clone());
    check(&running, 16, &Input::Observed(2, other), " |  | as it was");
    let over = [running[0].clone(), running[1].clone(), (16, seen(end))];
    check(&over, 17, &seen(Progress::Running), " |  | as it was");
    check(&over, 17, &cancel(), " |  | as it was");
}

#[test]
fn stopping() {
    let begun = [(0, submit(ada()))];
    check(&begun, 1, &cancel(), "CancelRequested |  | as it was");
    let running = [begun[0].clone(), (1, sent())];
    check(&running, 2, &cancel(), "CancelRequested | Cancel | as it was");
    let asked = [running[0].clone(), running[1].clone(), (2, cancel())];
    check(&asked, 3, &cancel(), " | Cancel | as it was");
    check(&asked, 16, &wake(), " | Cancel | as it was");
    // Whether or not it could be told to stop, it may have ended in the meantime.
    check(&asked, 16, &Input::CancelAnswered(1, CancelAnswer::Taken), " | Observe | as it was");
    let failed = CancelAnswer::Failed { why: "why".into() };
    check(&asked, 16, &Input::CancelAnswered(1, failed), "StopAnswered | Observe | as it was");
    let not_sent = Input::Answered(1, DispatchAnswer::NotSent { why: "why".into(), rest: None });
    let waiting = [begun[0].clone(), (1, not_sent)];
    check(&waiting, 2, &cancel(), "CancelRequested Finished |  | never");
    let before = [begun[0].clone(), (1, cancel())];
    check(&before, 2, &sent(), "Dispatched | Cancel | at 17");
    check(&before, 70, &not_found(Absence::Proven), "NotSent Finished |  | never");
    let may_not = Input::Command(RunCommand::Cancel { by: eve(), place: place() });
    check(&running, 2, &may_not, "CancelRefused |  | as it was");
}

fn blind(why: &str) -> Input {
    Input::NotObserved { why: why.into(), rest: None }
}

fn sighting(attempt: u32, reference: &str) -> Input {
    Input::Command(RunCommand::Sighted(Sighting { attempt, reference: reference.into() }))
}

fn recognised(attempt: u32, reference: &str) -> Input {
    Input::Recognised(attempt, Some(Found { reference: reference.into(), link: None }))
}

/// The backend took it without giving a name, as a server does that answers 204.
fn taken() -> Input {
    Input::Answered(1, DispatchAnswer::Sent { reference: None, link: None })
}

#[test]
fn taken_without_a_name() {
    let taken = [(0, submit(ada())), (1, taken())];
    check(&taken[..1], 1, &taken[1].1, "Dispatched |  | at 16");
    check(&taken, 16, &wake(), " | Search | as it was");
    check(&taken, 16, &Input::Command(RunCommand::Observe), " | Search | as it was");
    // It exists: it is never attempted again, whatever "not found" proves.
    check(&taken, 16, &not_found(Absence::Proven), " |  | at 31");
    check(&taken, 700, &not_found(Absence::Proven), "BecameUnknown |  | never");
    let found = Input::Searched(1, SearchAnswer::Found(Found { reference: "#1".into(), link: None }));
    check(&taken, 16, &found, "Located | Observe | at 31");
    let located = [taken[0].clone(), taken[1].clone(), (16, found)];
    check(&located, 31, &wake(), " | Observe | as it was");
    // A run without a name cannot be stopped; it is stopped once it has one.
    check(&taken, 2, &cancel(), "CancelRequested |  | as it was");
    let stopped = [taken[0].clone(), taken[1].clone(), (2, cancel())];
    check(&stopped, 16, &wake(), " | Search | as it was");
    check(&stopped, 17, &recognised(1, "#1"), "Located | Cancel | at 32");
}

#[test]
fn word_of_attempts() {
    let begun = [(0, submit(ada()))];
    // The webhook comes before our own record of the attempt: the backend is asked, and then the attempt is adopted.
    check(&begun, 2, &sighting(1, "#1"), " | Recognise | as it was");
    check(&begun, 2, &recognised(1, "#1"), "Dispatched | Observe | at 17");
    check(&begun, 2, &Input::Recognised(1, None), " |  | as it was");
    check(&begun, 2, &sighting(2, "#2"), " |  | as it was");
    let running = [begun[0].clone(), (1, sent())];
    check(&running, 2, &sighting(1, "#1"), " | Observe | as it was");
    check(&running, 2, &recognised(1, "#1"), " | Observe | as it was");
    let unknown = [begun[0].clone(), (670, not_found(Absence::NotProven))];
    check(&unknown, 700, &sighting(1, "#1"), " | Recognise | as it was");
    check(&unknown, 700, &recognised(1, "#1"), "Dispatched | Observe | at 715");
    // The next attempt is awaited when it turns out that the last one got there: then there is no next one.
    let not_sent = Input::Answered(1, DispatchAnswer::NotSent { why: "why".into(), rest: None });
    check(&[begun[0].clone(), (1, not_sent)], 2, &recognised(1, "#1"), "Dispatched | Observe | at 17");
    // A later attempt is open: the run may have run twice, and people are told so once.
    let second = [begun[0].clone(), (70, not_found(Absence::Proven))];
    check(&second, 71, &sighting(1, "#1"), " | Recognise | as it was");
    check(&second, 71, &recognised(1, "#1"), "Contradicted |  | as it was");
    let told = [second[0].clone(), second[1].clone(), (71, recognised(1, "#1"))];
    check(&told, 72, &sighting(1, "#1"), " |  | as it was");
    check(&told, 72, &recognised(1, "#1"), " |  | as it was");
}

#[test]
fn another_attempt() {
    let retry = |by, attempt| Input::Command(RunCommand::Retry { by, place: place(), attempt });
    let again = |attempt| retry(ada(), attempt);
    let running = [(0, submit(ada())), (1, sent())];
    check(&running, 2, &again(1), " |  | as it was");
    let end = |conclusion| {
        seen(Progress::Ended(Outcome { conclusion, summary: String::new(), excerpt: String::new() }))
    };
    let ended = |conclusion| [running[0].clone(), running[1].clone(), (16, end(conclusion))];
    check(&ended(Conclusion::Succeeded), 20, &again(1), " |  | as it was");
    for conclusion in [Conclusion::Failed, Conclusion::Cancelled, Conclusion::TimedOut] {
        check(&ended(conclusion), 20, &again(1), "RetryRequested DispatchStarted | Dispatch | at 90");
    }
    let failed = ended(Conclusion::Failed);
    check(&failed, 20, &retry(eve(), 1), "RetryRefused |  | as it was");
    // Only this may follow an attempt whose end nobody knows.
    let unknown = [running[0].clone(), (670, not_found(Absence::NotProven))];
    check(&unknown, 700, &again(1), "RetryRequested DispatchStarted | Dispatch | at 770");
    let authorised = [unknown[0].clone(), unknown[1].clone(), (700, again(1))];
    // Two people pressed at once: the second meant the attempt before.
    check(&authorised, 701, &again(1), " |  | as it was");
    check(&authorised, 701, &sighting(1, "#1"), " | Recognise | as it was");
    check(&authorised, 701, &recognised(1, "#1"), "Contradicted |  | as it was");
    // Late news of an attempt that is known to have ended changes nothing.
    let retried = [failed[0].clone(), failed[1].clone(), failed[2].clone(), (20, again(1))];
    check(&retried, 21, &sighting(1, "#1"), " |  | as it was");
    let head = head(&retried);
    assert_eq!((head.attempt, head.before_retry, head.reference), (2, 1, None));
}

#[test]
fn the_older_a_run_the_rarer_it_is_looked_at() {
    let running = [(0, submit(ada())), (1, sent())];
    check(&running, 100, &seen(Progress::Running), " |  | at 115");
    check(&running, 240, &seen(Progress::Running), " |  | at 270");
    check(&running, 9000, &seen(Progress::Running), " |  | at 9060");
    let asks = Observation { rest: Some(Duration::from_secs(300)), ..Observation::of(Progress::Running) };
    check(&running, 100, &Input::Observed(1, asks), " |  | at 400");
    // Somebody waits for it to stop, so it is looked at soon.
    let stopping = [running[0].clone(), running[1].clone(), (2, cancel())];
    check(&stopping, 9000, &seen(Progress::Running), " |  | at 9015");
}

#[test]
fn steps_that_go_on_side_by_side_are_told_once() {
    let steps = |titles: &[&str]| {
        let steps = titles.iter().map(|&t| t.to_owned()).collect();
        Input::Observed(1, Observation { steps, ..Observation::of(Progress::Running) })
    };
    let history =
        [(0, submit(ada())), (1, sent()), (2, steps(&["a", "b"])), (3, steps(&["a", "c", "b", "a"]))];
    let head = head(&history);
    assert_eq!((head.begun, head.steps.join(" ")), (4, "a b c a".to_owned()));
    check(&history, 4, &steps(&["a", "c", "b", "a"]), " |  | at 19");
}

#[test]
fn what_no_store_takes_is_not_carried_out() {
    let (catalogue, timings, cause) = (catalogue(), Timings::default(), CommandId::new("c"));
    let situation = Situation {
        run: &RunId::derive("test", "T1", "1"),
        now: START,
        cause: &cause,
        rules: Rules::of(&catalogue),
        timings: &timings,
        keeps: |_| false,
        asked_by: None,
        retried_by: None,
        page: None,
        part_of: None,
    };
    assert_eq!(words(&decide(None, &submit(ada()), &situation)), "Refused |  | never");
}

#[path = "aside_tests.rs"]
mod aside;
#[path = "blind_tests.rs"]
mod blind_or_gone;
#[path = "changed_tests.rs"]
mod changed;
#[path = "followed_tests.rs"]
mod followed_tests;
#[path = "settle_tests.rs"]
mod settled;

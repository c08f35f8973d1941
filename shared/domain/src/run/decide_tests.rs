//! The table of `decide`: what follows from what, one line each.

use super::*;
use crate::ids::{ChannelId, CommandId, Digest, RunId, UserId, WorkspaceId};
use crate::intent::{Intent, Work};
use crate::observation::{Observation, Progress, Settlement};
use crate::people::{Actor, Chat, Place};
use crate::policy::ReasonCode;
use crate::run::{Sighting, Timing};
use std::collections::BTreeMap;
use std::time::Duration;

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

fn submit(verdict: Result<(), ReasonCode>) -> Input {
    let intent = Intent {
        operation: "release".parse().unwrap(),
        parameters: BTreeMap::new(),
        unusual: None,
        requester: ada(),
        place: Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") },
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
    let situation = Situation {
        now: after(at),
        cause: &cause,
        timing: TIMING,
        idempotent: false,
        asked_by: None,
        page: Some("https://ci.example/job/deploy/"),
    };
    decide(head, input, &situation)
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
    Input::Cancel { by: ada(), verdict: Ok(()) }
}

fn wake() -> Input {
    Input::Wake { due_at: START }
}

fn seen(progress: Progress) -> Input {
    Input::Observed(1, Observation::of(progress))
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
    check(&begun, 1, &answered(DispatchAnswer::NotSent { why: why(), rest: None }), "NotSent |  | at 2");
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
    let found = Input::Searched(1, SearchAnswer::Found(Found { reference: "#1".into(), link: None }));
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
    check(&running, 16, &blind("503"), "NotSeen |  | at 31");
    // Word of another attempt, and of one that has ended, changes nothing.
    let other = Observation::of(end.clone());
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
    // Whether it could be told to stop or not, it may have ended in the meantime.
    check(&asked, 16, &Input::CancelAnswered(1, CancelAnswer::Taken), " | Observe | as it was");
    let failed = CancelAnswer::Failed { why: "why".into() };
    check(&asked, 16, &Input::CancelAnswered(1, failed), "StopAnswered | Observe | as it was");
    let not_sent = Input::Answered(1, DispatchAnswer::NotSent { why: "why".into(), rest: None });
    let waiting = [begun[0].clone(), (1, not_sent)];
    check(&waiting, 2, &cancel(), "CancelRequested Finished |  | never");
    let before = [begun[0].clone(), (1, cancel())];
    check(&before, 2, &sent(), "Dispatched | Cancel | at 17");
    check(&before, 70, &not_found(Absence::Proven), "NotSent Finished |  | never");
    let may_not = Input::Cancel { by: ada(), verdict: Err(ReasonCode::NotAllowed) };
    check(&running, 2, &may_not, "CancelRefused |  | as it was");
}

fn blind(why: &str) -> Input {
    Input::NotObserved { why: why.into(), rest: None }
}

fn sighting(attempt: u32, reference: &str) -> Input {
    Input::Sighted(Sighting { attempt, reference: reference.into() })
}

fn recognised(attempt: u32, reference: &str) -> Input {
    Input::Recognised(attempt, Some(Found { reference: reference.into(), link: None }))
}

/// The backend took it without a name, as a server does that answers 204.
fn taken() -> Input {
    Input::Answered(1, DispatchAnswer::Sent { reference: None, link: None })
}

#[test]
fn taken_without_a_name() {
    let taken = [(0, submit(Ok(()))), (1, taken())];
    check(&taken[..1], 1, &taken[1].1, "Dispatched |  | at 16");
    check(&taken, 16, &wake(), " | Search | as it was");
    check(&taken, 16, &Input::Hint, " | Search | as it was");
    // It is there: whatever "not found" proves, it is never attempted again.
    check(&taken, 16, &not_found(Absence::Proven), " |  | at 31");
    check(&taken, 700, &not_found(Absence::Proven), "BecameUnknown |  | never");
    let found = Input::Searched(1, SearchAnswer::Found(Found { reference: "#1".into(), link: None }));
    check(&taken, 16, &found, "Located | Observe | at 31");
    let located = [taken[0].clone(), taken[1].clone(), (16, found)];
    check(&located, 31, &wake(), " | Observe | as it was");
    // What has no name cannot be stopped; it is, once it has one.
    check(&taken, 2, &cancel(), "CancelRequested |  | as it was");
    let stopped = [taken[0].clone(), taken[1].clone(), (2, cancel())];
    check(&stopped, 16, &wake(), " | Search | as it was");
    check(&stopped, 17, &recognised(1, "#1"), "Located | Cancel | at 32");
}

#[test]
fn word_of_attempts() {
    let begun = [(0, submit(Ok(())))];
    // Before our own record of it: the backend is asked, and then it is adopted.
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
    // Awaiting the next attempt, it turns out that the last one got there: then there is no next one.
    let not_sent = Input::Answered(1, DispatchAnswer::NotSent { why: "why".into(), rest: None });
    check(&[begun[0].clone(), (1, not_sent)], 2, &recognised(1, "#1"), "Dispatched | Observe | at 17");
    // A later attempt is open: it may have run twice, and people are told so once.
    let second = [begun[0].clone(), (70, not_found(Absence::Proven))];
    check(&second, 71, &sighting(1, "#1"), " | Recognise | as it was");
    check(&second, 71, &recognised(1, "#1"), "Contradicted |  | as it was");
    let told = [second[0].clone(), second[1].clone(), (71, recognised(1, "#1"))];
    check(&told, 72, &sighting(1, "#1"), " |  | as it was");
    check(&told, 72, &recognised(1, "#1"), " |  | as it was");
}

#[test]
fn another_attempt() {
    let again = |attempt| Input::Retry { by: ada(), verdict: Ok(()), attempt };
    let running = [(0, submit(Ok(()))), (1, sent())];
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
    let may_not = Input::Retry { by: ada(), verdict: Err(ReasonCode::NotAllowed), attempt: 1 };
    check(&failed, 20, &may_not, "RetryRefused |  | as it was");
    // The one thing that may follow an attempt of which nobody knows.
    let unknown = [running[0].clone(), (670, not_found(Absence::NotProven))];
    check(&unknown, 700, &again(1), "RetryRequested DispatchStarted | Dispatch | at 770");
    let authorised = [unknown[0].clone(), unknown[1].clone(), (700, again(1))];
    // Two people pressed at once: the second one meant the attempt before.
    check(&authorised, 701, &again(1), " |  | as it was");
    check(&authorised, 701, &sighting(1, "#1"), " | Recognise | as it was");
    check(&authorised, 701, &recognised(1, "#1"), "Contradicted |  | as it was");
    // Late word of an attempt that is known to have ended is no news.
    let retried = [failed[0].clone(), failed[1].clone(), failed[2].clone(), (20, again(1))];
    check(&retried, 21, &sighting(1, "#1"), " |  | as it was");
    let head = head(&retried);
    assert_eq!((head.attempt, head.before_retry, head.reference), (2, 1, None));
}

#[test]
fn the_older_a_run_the_rarer_it_is_looked_at() {
    let running = [(0, submit(Ok(()))), (1, sent())];
    check(&running, 100, &seen(Progress::Running), " |  | at 115");
    check(&running, 240, &seen(Progress::Running), " |  | at 270");
    check(&running, 9000, &seen(Progress::Running), " |  | at 9060");
    let asks = Observation { rest: Some(Duration::from_secs(300)), ..Observation::of(Progress::Running) };
    check(&running, 100, &Input::Observed(1, asks), " |  | at 400");
    // Somebody waits for it to stop.
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
        [(0, submit(Ok(()))), (1, sent()), (2, steps(&["a", "b"])), (3, steps(&["a", "c", "b", "a"]))];
    let head = head(&history);
    assert_eq!((head.begun, head.steps.join(" ")), (4, "a b c a".to_owned()));
    check(&history, 4, &steps(&["a", "c", "b", "a"]), " |  | at 19");
}

#[test]
fn what_could_not_be_handled() {
    let Input::Submit { intent, .. } = submit(Ok(())) else { unreachable!() };
    let set_aside = |what: &str, intent: Option<&Intent>| Input::SetAside {
        letter: "l1".into(),
        what: what.into(),
        by: Some(ada()),
        intent: intent.cloned(),
    };
    let dropped = |letter: &str| Input::Dropped { letter: letter.into() };
    // The request itself: it begins a run that waits for a person. Nothing was started, nothing is due.
    assert_eq!(plan(None, &set_aside("cancel", None), 0), Plan::NOTHING);
    assert_eq!(plan(None, &dropped("l1"), 0), Plan::NOTHING);
    let begun = plan(None, &set_aside("submit", Some(&intent)), 0);
    assert!(matches!(begun, Plan { due: Due::Never, act: None, .. }), "{begun:?}");
    let kept = [(0, set_aside("submit", Some(&intent)))];
    assert!(head(&kept).is_settled() && !head(&kept).can_retry());
    check(&kept, 5, &Input::Wake { due_at: after(0) }, " |  | never");
    check(&kept, 5, &cancel(), " |  | as it was");
    check(&kept, 5, &Input::Hint, " |  | as it was");
    check(&kept, 5, &sighting(1, "#1"), " |  | as it was");
    // Tried again, it is carried out as if it came for the first time, or refused by the rules of today.
    check(&kept, 5, &submit(Ok(())), "Requested DispatchStarted | Dispatch | at 75");
    check(&kept, 5, &submit(Err(ReasonCode::NotAllowed)), "Refused |  | never");
    let again = [kept[0].clone(), (5, submit(Ok(())))];
    let redriven = head(&again);
    assert_eq!((redriven.attempt, redriven.work.is_some(), redriven.word()), (1, true, "dispatching"));
    check(&again, 6, &submit(Ok(())), " |  | as it was");
    // Given up, it is over, and stays so.
    check(&kept, 5, &dropped("l2"), " |  | as it was");
    check(&kept, 5, &dropped("l1"), "Finished |  | never");
    let over = [kept[0].clone(), (5, dropped("l1"))];
    check(&over, 6, &submit(Ok(())), " |  | as it was");
    // Of a run that goes on, it is only told.
    let running = [(0, submit(Ok(()))), (1, sent())];
    check(&running, 5, &set_aside("cancel", None), "SetAside |  | as it was");
    check(&running, 5, &dropped("l1"), " |  | as it was");
    let told = [running[0].clone(), running[1].clone(), (5, set_aside("cancel", None))];
    assert_eq!(head(&told).word(), "running");
}

#[path = "blind_tests.rs"]
mod blind_or_gone;
#[path = "settle_tests.rs"]
mod settled;

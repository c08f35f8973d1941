//! The table of what follows from checks, one line each: before a run is started, and after it succeeded.

use super::super::decide;
use super::*;
use crate::catalogue::{Catalogue, TargetKind};
use crate::frozen::Frozen;
use crate::grant::Grant;
use crate::ids::{ChannelId, CommandId, RunId, UserId, WorkspaceId};
use crate::intent::Intent;
use crate::lookup::{Requirement, Ships, Verify};
use crate::observation::{Observation, Progress};
use crate::people::{Actor, Chat, Place};
use crate::rules::Rules;
use crate::run::input::{DispatchAnswer, Timing, Timings};
use crate::run::{Input, RunCommand};
use crate::sample;

fn place() -> Place {
    Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") }
}

fn ada() -> Actor {
    Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA"))
}

/// An operation that requires that an address answers, and again after it succeeded; and quiet for a minute.
fn catalogue() -> Frozen {
    let answers = || (String::from("https://host/ready"), 200, None);
    let (url, status, contains) = answers();
    let requires = vec![Requirement::Answers { url, status, contains }];
    let (url, status, contains) = answers();
    let verify = vec![
        Verify { that: Verification::Answers { url, status, contains }, within: 30 },
        Verify { that: Verification::Quiet, within: 60 },
    ];
    let ships = Some(Ships { version: "1.4.2".into(), place: "web".into(), repository: None });
    let allow = vec![Grant { users: vec![(WorkspaceId::new("T1"), UserId::new("UADA"))], channels: vec![] }];
    let operation = crate::Operation { requires, verify, ships, allow, ..sample::deploy(vec![], &[]) };
    let programs = [("deploy".to_owned(), "/bin/true".to_owned())].into();
    let operations = [(operation.name.clone(), operation)].into();
    Catalogue { operations, programs, ..Catalogue::default() }.freeze()
}

fn plan(head: Option<&RunHead>, input: &Input, at: i64, cause: &str) -> RunPlan {
    plan_by(head, input, at, cause, None)
}

fn plan_by(
    head: Option<&RunHead>,
    input: &Input,
    at: i64,
    cause: &str,
    retried_by: Option<&Actor>,
) -> RunPlan {
    let (catalogue, mut timings) = (catalogue(), Timings::default());
    timings.insert(TargetKind::Command, Timing::NOWHERE);
    let situation = Situation {
        run: &RunId::derive("test", "T1", "1"),
        now: Timestamp(at * 1000),
        cause: &CommandId::new(cause),
        rules: Rules::of(&catalogue),
        timings: &timings,
        keeps: |_| true,
        asked_by: None,
        retried_by: retried_by.map(|by| (by, 1)),
        page: None,
        part_of: None,
    };
    decide(head, input, &situation)
}

fn head(inputs: &[(i64, Input)]) -> RunHead {
    let run = RunId::derive("test", "T1", "1");
    let mut head = None;
    for (at, input) in inputs {
        for event in plan(head.as_ref(), input, *at, "before").events {
            let cause = CommandId::new(format!("at {at}"));
            head = RunHead::after(head, &run, &event, &cause, Timestamp(*at * 1000));
        }
    }
    head.unwrap()
}

fn submit() -> (i64, Input) {
    let catalogue = catalogue();
    let operation = catalogue.operations.values().next().unwrap();
    let intent = Intent::new(&catalogue, operation, [].into(), ada(), place());
    (0, Input::Command(RunCommand::Submit { intent, told: false }))
}

fn failed(unasked: bool) -> Failed {
    Failed { what: "it answers".into(), why: "503".into(), unasked }
}

fn asked(answers: &[Asked]) -> Input {
    Input::Checked(answers.to_vec(), None)
}

fn shown(plan: &RunPlan) -> String {
    let name = |text: String| text.split([' ', '{', '(']).next().unwrap_or_default().to_owned();
    let events: Vec<String> = plan.events.iter().map(|event| name(format!("{event:?}"))).collect();
    let owed: Vec<String> = plan.owed.iter().map(|call| name(format!("{call:?}"))).collect();
    let due = match plan.due {
        Due::Unchanged => "-".to_owned(),
        Due::Never => "never".to_owned(),
        Due::At(at) => (at.0 / 1000).to_string(),
    };
    format!("{} | {} | {due}", events.join("+"), owed.join("+"))
}

#[test]
fn before_it_starts() {
    let (holds, not, unasked) = (Asked::Holds, Asked::Not(failed(false)), Asked::Unasked(failed(true)));
    assert_eq!(shown(&plan(None, &submit().1, 0, "c")), "Requested+Checking | Check | 20");
    let checking = head(&[submit()]);
    let follows = |input: &Input, at: i64| shown(&plan(Some(&checking), input, at, "c"));
    assert_eq!(follows(&asked(std::slice::from_ref(&holds)), 1), "Checked+DispatchStarted | Dispatch | 11");
    assert_eq!(follows(&asked(&[holds.clone(), not.clone()]), 1), "Checked |  | never");
    assert_eq!(follows(&asked(std::slice::from_ref(&unasked)), 1), "Checking |  | 11");
    // What certainly does not hold counts, whatever could not be asked.
    assert_eq!(follows(&asked(&[unasked.clone(), not]), 1), "Checked |  | never");
    assert_eq!(
        follows(&asked(std::slice::from_ref(&unasked)), 119),
        "Checking |  | 120",
        "not later than it is given up"
    );
    assert_eq!(follows(&asked(std::slice::from_ref(&unasked)), 120), "Checked |  | never");
    assert_eq!(follows(&Input::Wake { due_at: Timestamp(0) }, 20), " | Check | -");
    // The same trouble is no news.
    let troubled = head(&[submit(), (1, asked(std::slice::from_ref(&unasked)))]);
    assert_eq!(shown(&plan(Some(&troubled), &asked(&[unasked]), 11, "c")), " |  | 21");
    // Nothing was sent, so there is nothing to be searched for.
    let cancel = Input::Command(RunCommand::Cancel { by: ada(), place: place() });
    assert_eq!(follows(&cancel, 1), "CancelRequested+Finished |  | never");
    let stopped = head(&[submit(), (1, cancel)]);
    assert_eq!(shown(&plan(Some(&stopped), &asked(&[holds]), 2, "c")), " |  | -");
    assert!(!checking.is_settled() && checking.can_cancel() && !checking.can_retry());
}

#[test]
fn what_was_refused_by_a_check_says_why() {
    let head = head(&[submit(), (1, asked(&[Asked::Not(failed(false)), Asked::Unasked(failed(true))]))]);
    assert_eq!(head.failed_checks, [failed(false), failed(true)]);
    assert!(head.is_settled() && head.has_card());
    assert_eq!(head.word(), "refused");
}

fn succeeds() -> Vec<(i64, Input)> {
    let answer = DispatchAnswer::Sent { reference: Some("#1".into()), link: None };
    let outcome =
        Outcome { conclusion: Conclusion::Succeeded, summary: String::new(), excerpt: String::new() };
    vec![
        submit(),
        (1, asked(&[Asked::Holds])),
        (2, Input::Answered(1, answer)),
        (10, Input::Observed(1, Observation::of(Progress::Ended(outcome)))),
    ]
}

#[test]
fn after_it_succeeded() {
    let verifying = head(&succeeds());
    assert_eq!(verifying.word(), "verifying");
    let answered = |answer: Asked| Input::Verified(vec![(answer, 30)]);
    let follows = |input: &Input, at: i64| shown(&plan(Some(&verifying), input, at, "c"));
    // The address answers, and then there is a minute of quiet to wait for, counted from the end.
    assert_eq!(follows(&answered(Asked::Holds), 11), " |  | 70");
    assert_eq!(follows(&answered(Asked::Holds), 70), "Finished | NoteShipped | never");
    // It does not answer yet; after half a minute it has failed.
    assert_eq!(follows(&answered(Asked::Not(failed(false))), 11), "Verifying |  | 21");
    assert_eq!(follows(&answered(Asked::Unasked(failed(true))), 39), "Verifying |  | 40");
    assert_eq!(follows(&answered(Asked::Not(failed(false))), 40), "Finished |  | never");
    // The same command again owes the note again, for the crash may have come before it.
    let mut inputs = succeeds();
    inputs.push((70, answered(Asked::Holds)));
    let ended = head(&inputs);
    assert_eq!(
        shown(&plan(Some(&ended), &Input::Wake { due_at: Timestamp(0) }, 71, "at 70")),
        " | NoteShipped | never"
    );
    assert_eq!(shown(&plan(Some(&ended), &Input::Wake { due_at: Timestamp(0) }, 71, "other")), " |  | never");
}

#[test]
fn another_attempt_is_checked_as_the_first_was() {
    let outcome = Outcome { conclusion: Conclusion::Failed, summary: String::new(), excerpt: String::new() };
    let mut inputs = succeeds();
    inputs.pop();
    inputs.push((10, Input::Observed(1, Observation::of(Progress::Ended(outcome)))));
    let failed_run = head(&inputs);
    let retry = Input::Command(RunCommand::Retry { by: ada(), place: place(), attempt: 1 });
    let follows = |input: &Input, by: Option<&Actor>| shown(&plan_by(Some(&failed_run), input, 20, "c", by));
    // Nothing is on record before it is known whether it may begin.
    assert_eq!(follows(&retry, Some(&ada())), " | Check | -");
    assert_eq!(
        follows(&asked(&[Asked::Holds]), Some(&ada())),
        "RetryRequested+Checked+DispatchStarted | Dispatch | 30"
    );
    // What does not hold, or cannot be asked, leaves the run as it is.
    for answer in [Asked::Not(failed(false)), Asked::Unasked(failed(true))] {
        assert_eq!(follows(&asked(&[Asked::Holds, answer]), Some(&ada())), "RetryRefused |  | -");
    }
    // An answer to nobody begins nothing.
    assert_eq!(follows(&asked(&[Asked::Holds]), None), " |  | -");
}

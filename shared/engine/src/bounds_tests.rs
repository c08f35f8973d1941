//! Every event fits, whatever comes in.

use super::*;
use crate::records::Writing;
use crate::wire;
use crate::wire::command::{Envelope, LARGEST_COMMAND, LONGEST_ID};
use crate::wire::head::Head;
use proptest::prelude::*;
use signalbox_domain::Timestamp;
use signalbox_domain::alert::{Class, Deployed, Kin, Others, PatternLine, Tally, WithoutLevel};
use signalbox_domain::catalogue::{CommandTarget, Target};
use signalbox_domain::ids::{AlertId, ChannelId, CommandId, Digest, RunId, UserId, WorkspaceId};
use signalbox_domain::intent::{Changed, Difference, Intent};
use signalbox_domain::observation::{Conclusion, InJob, Settlement};
use signalbox_domain::parameter::Value;
use signalbox_domain::people::{Actor, Chat, Place};
use signalbox_domain::policy::ReasonCode;
use signalbox_domain::run::Sighting;

const NOW: Timestamp = Timestamp(1_795_219_200_000);

fn run() -> RunId {
    RunId::derive("test", "T1", "1")
}

fn place() -> Place {
    Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") }
}

fn actor() -> Actor {
    Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA"))
}

/// Texts that become longest as JSON: six bytes for one character.
fn hostile() -> impl Strategy<Value = String> {
    let text = |(c, times): (&str, usize)| c.repeat(times);
    let unit = prop::sample::select(vec!["\u{1}", "\"", "𝄞", "a", "https://x/", "\u{202e}", "\n"]);
    (unit, prop::sample::select(vec![0usize, 1, 119, 121, 2001, 70_000])).prop_map(text)
}

fn finding_of(text: &str, many: usize) -> Finding {
    let at = Tally { from: NOW, to: NOW, count: u64::MAX, usual: u64::MAX, first_seen: NOW, last_seen: NOW };
    let text = || text.to_owned();
    Finding {
        watch: "payments".parse().unwrap(),
        pattern: text(),
        class: Class::New,
        title: text(),
        sample: text(),
        seen_in: vec![text(); many],
        tally: at,
        lines: u64::MAX,
        after: vec![Deployed { run: run(), what: text(), at: NOW, first_line: Some(NOW), ended: None }; many],
        links: vec![(text(), text()); many],
        held: false,
        matchers: vec![(text(), text()); many],
        silenced: None,
    }
}

fn report_of(text: &str, many: usize) -> Report {
    let text = || text.to_owned();
    let source = SourceReport {
        name: "app".parse().unwrap(),
        state: SourceState::Failed { why: text() },
        read: u64::MAX,
        counted: u64::MAX,
        before: None,
    };
    let line = PatternLine {
        alert: AlertId::of(&run()),
        class: Class::New,
        title: text(),
        count: 1,
        usual: 1,
        held: false,
    };
    Report {
        watch: "payments".parse().unwrap(),
        from: NOW,
        to: NOW,
        sources: vec![source; many],
        patterns: vec![line; many],
        families: vec![
            FamilyLine {
                alert: AlertId::of(&run()),
                family: Kin { form: text(), patterns: u64::MAX, lines: u64::MAX, words: vec![text(); many] },
                new: u64::MAX,
            };
            many
        ],
        others: Others::default(),
        recent: vec![u64::MAX; many],
        first: false,
        links: vec![(text(), text()); many],
        without_level: Some(WithoutLevel { lines: u64::MAX, counted: u64::MAX, example: text() }),
        keeps_told: true,
        silenced: vec![],
        runs: vec![Deployed { run: run(), what: text(), at: NOW, first_line: Some(NOW), ended: None }; many],
        more_runs: 1,
        least: None,
    }
}

/// An intent as large as a command lets it be, or too large for any command.
fn intent_of(text: &str) -> Intent {
    Intent {
        operation: "release".parse().unwrap(),
        parameters: [("service".parse().unwrap(), Value::Text(text.to_owned()))].into(),
        unusual: None,
        requester: actor(),
        place: place(),
        digest: Digest::ZERO,
        hash: None,
        as_asked: None,
    }
}

fn changed(text: &str, many: usize) -> Option<Changed> {
    let (what, text) = (text.to_owned(), Some(text.to_owned()));
    let difference = Difference { what, was: text.clone(), is: text };
    Some(Changed { differences: vec![difference; many], more: usize::MAX })
}

fn work_with(text: &str, many: usize) -> Work {
    Work(Target::Command(CommandTarget {
        program: "release".into(),
        arguments: vec![text.to_owned(); many],
        directory: ".".into(),
        environment: Default::default(),
        timeout_seconds: 60,
    }))
}

/// Every kind of event, with this in each of its texts.
fn events(text: &str, many: usize) -> Vec<Event> {
    let t = || text.to_owned();
    let acts = [
        Act::Acknowledge { note: t(), until: None },
        Act::Resolve { note: t() },
        Act::Mute { until: NOW, reason: t() },
        Act::Assign { to: actor() },
        Act::Reopen,
    ];
    let outcome = Outcome { conclusion: Conclusion::Failed, summary: t(), excerpt: t() };
    let of_run = [
        RunEvent::DispatchStarted { attempt: 1, lease_until: NOW },
        RunEvent::Dispatched { attempt: 1, reference: Some(t()), link: Some(t()), found: false },
        RunEvent::Located { attempt: 1, reference: t(), link: Some(t()) },
        RunEvent::MaybeSent { attempt: 1, why: t() },
        RunEvent::NotSent { attempt: 1, why: t() },
        RunEvent::Progressed {
            attempt: 1,
            begun: u32::MAX,
            steps: vec![t(); many],
            in_job: Some(InJob { step: u32::MAX, of: u32::MAX }),
            link: Some(t()),
            waits: Some(t()),
        },
        RunEvent::NotSeen { attempt: 1, looks: u32::MAX, why: t(), gone: true },
        RunEvent::SeenAgain { attempt: 1 },
        RunEvent::StopAnswered { attempt: 1, refused: Some(t()) },
        RunEvent::CancelRequested { by: actor() },
        RunEvent::CancelRefused { by: actor(), reason: ReasonCode::NotAllowed },
        RunEvent::RetryRequested { by: actor(), attempt: 1 },
        RunEvent::RetryRefused {
            by: actor(),
            reason: ReasonCode::CatalogueChanged,
            changed: changed(text, many),
            failed: vec![],
        },
        RunEvent::Contradicted { attempt: 1, what: t() },
        RunEvent::BecameUnknown { attempt: 1, why: t(), page: Some(t()) },
        RunEvent::LookedAgain { by: actor(), attempt: 1, what: t() },
        RunEvent::Settled { by: actor(), attempt: 1, how: Settlement::Failed, note: t() },
        RunEvent::SettleRefused { by: actor(), reason: ReasonCode::NotAllowed },
        RunEvent::Finished { attempt: 1, outcome },
        RunEvent::Followed {
            alert: AlertId::of(&run()),
            watch: "w".repeat(32).parse().unwrap(),
            class: Class::Regressed,
            after_seconds: u64::MAX,
        },
    ];
    let mut all: Vec<Event> = of_run.into_iter().map(Event::Run).collect();
    all.extend([
        Event::Alert(AlertEvent::Found { finding: Box::new(finding_of(text, many)), place: place() }),
        Event::Alert(AlertEvent::Reminded),
        Event::Alert(AlertEvent::Sent { to: run().into(), command: CommandId::new("c".repeat(LONGEST_ID)) }),
        Event::Bulletin(BulletinEvent::Reported { report: Box::new(report_of(text, many)), place: place() }),
    ]);
    all.extend(acts.iter().cloned().map(|act| Event::Alert(AlertEvent::Attended { by: actor(), act })));
    let declined = |act| AlertEvent::Declined { by: actor(), act, reason: ReasonCode::NotAllowed };
    all.extend(acts.into_iter().map(declined).map(Event::Alert));
    let intent = intent_of(text);
    let submit = Command::from(RunCommand::Submit { intent: intent.clone(), told: false });
    // A request that is larger than a command may be never gets here.
    if Envelope::new(run(), "k", submit).to_message().is_ok() {
        all.push(
            RunEvent::Refused {
                intent: intent.clone(),
                reason: ReasonCode::CatalogueChanged,
                told: false,
                changed: changed(text, many),
                part_of: None,
            }
            .into(),
        );
        all.push(Event::SetAside(SetAside {
            letter: t(),
            what: t(),
            by: None,
            intent: Some(intent.clone()),
        }));
        let work = work_with(text, many);
        if is_kept(&work) {
            all.push(RunEvent::Requested { intent, work, part_of: None }.into());
        }
    }
    all
}

fn reported(report: Box<Report>) -> Event {
    Event::Bulletin(BulletinEvent::Reported { report, place: place() })
}

fn stored(event: Event) -> usize {
    let cause = CommandId::new("c".repeat(LONGEST_ID));
    let record =
        wire::event::Record { record: run().into(), seq: 1, at: NOW, cause, previous: Digest::ZERO, event };
    wire::event::encode(&record).unwrap().len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_event_fits(text in hostile(), many in prop::sample::select(vec![0usize, 1, 40])) {
        for it in events(&text, many) {
            let it = event(it);
            prop_assert_eq!(&event(it.clone()), &it, "what was cut once stays as it is");
            let bytes = stored(it.clone());
            prop_assert!(bytes <= LARGEST, "{} bytes: {:.200?}", bytes, it);
        }
    }

    #[test]
    fn every_head_fits(text in hostile(), many in prop::sample::select(vec![0usize, 1, 40])) {
        let mut heads: [Option<Head>; 3] = Default::default();
        // As many different causes as a head remembers, each as long as it may be.
        let all = events(&text, many);
        let begins = all.iter().filter(|e| matches!(e, Event::Run(RunEvent::Requested { .. })));
        for (n, it) in begins.chain(all.iter().cycle().take(all.len() * 60)).enumerate() {
            let it = event(it.clone());
            let cause = CommandId::new(format!("{n:0>LONGEST_ID$}"));
            let record = run().into();
            let writing = Writing { record: &record, cause: &cause, now: NOW };
            let head = match &it {
                Event::Alert(_) => &mut heads[0],
                Event::Bulletin(_) => &mut heads[1],
                Event::Run(_) | Event::SetAside(_) => &mut heads[2],
            };
            *head = Head::after(head.take(), &it, &writing);
        }
        let sizes: Vec<usize> =
            heads.iter().flatten().map(|head| wire::head::encode(head).unwrap().len()).collect();
        prop_assert!(sizes.iter().all(|bytes| *bytes <= LARGEST), "{:?}", sizes);
    }

    #[test]
    fn what_a_command_brings_is_cut_as_its_event_is(text in hostile(), many in 0usize..50) {
        let found = Command::from(AlertCommand::Found(Box::new(finding_of(&text, many))));
        if let Command::Alert(AlertCommand::Found(it)) = command(found) {
            let kept = event(Event::Alert(AlertEvent::Found { finding: it.clone(), place: place() }));
            prop_assert_eq!(kept, Event::Alert(AlertEvent::Found { finding: it, place: place() }));
        }
        let report = Command::from(BulletinCommand::Report(Box::new(report_of(&text, many))));
        if let Command::Bulletin(BulletinCommand::Report(it)) = command(report) {
            let kept = event(reported(it.clone()));
            prop_assert_eq!(kept, reported(it));
        }
        let sighted = Command::from(RunCommand::Sighted(Sighting { attempt: 1, reference: text }));
        if let Command::Run(RunCommand::Sighted(it)) = command(sighted) {
            prop_assert!(it.reference.len() <= LONGEST_REFERENCE);
        }
    }
}

#[test]
fn the_beginning_and_the_end_of_a_text_stay() {
    let why = format!("begin {} end", "x".repeat(3_000_000));
    let DispatchAnswer::Refused { why } = clean_dispatch(DispatchAnswer::Refused { why }) else { panic!() };
    assert!(why.starts_with("begin x") && why.ends_with("x end") && why.chars().count() == LONGEST_WHY);
}

#[test]
fn a_name_or_an_address_that_is_too_long_is_none() {
    let long = format!("https://x/{}", "a".repeat(LONGEST_LINK));
    let sent = DispatchAnswer::Sent { reference: Some(long.clone()), link: Some(long.clone()) };
    assert_eq!(clean_dispatch(sent), DispatchAnswer::Sent { reference: None, link: None });
    let found = Found { reference: long.clone(), link: None };
    assert!(matches!(clean_search(SearchAnswer::Found(found)), SearchAnswer::Failed { .. }));
    let fits = Found { reference: "7".into(), link: Some(long) };
    assert_eq!(clean_found(fits), Some(Found { reference: "7".into(), link: None }));
}

#[test]
fn steps_beyond_those_that_are_kept_are_still_counted() {
    let steps = (0..200_000).map(|n| format!("step {n} {}", "x".repeat(200))).collect();
    let seen = clean_observation(Observation { steps, ..Observation::of(Progress::Running) });
    assert_eq!(seen.steps.len(), MOST_SEEN);
    assert!(seen.steps.iter().all(|s| s.chars().count() <= LONGEST_STEP));
}

#[test]
fn what_does_not_fit_is_said_before_the_store_is_asked() {
    assert!(fitting("an event", vec![0; LARGEST]).is_ok());
    assert!(matches!(fitting("an event", vec![0; LARGEST + 1]), Err(PortError::Unavailable(_))));
    let intent = intent_of(&"x".repeat(LARGEST_COMMAND));
    let large = Envelope::new(run(), "k", RunCommand::Submit { intent, told: false });
    assert!(large.to_message().is_err());
    assert!(Envelope::from_bytes(&serde_json::to_vec(&large).unwrap()).is_err());
    assert!(Envelope::new(run(), &"k".repeat(LONGEST_ID), RunCommand::Observe).to_message().is_err());
}

//! Every event fits, whatever comes in.

use super::*;
use crate::wire;
use crate::wire::command::{Envelope, LARGEST_COMMAND, LONGEST_ID};
use proptest::prelude::*;
use signalbox_domain::alert::{
    AlertHead, BulletinHead, Class, Deployed, FamilyLine, Kin, Others, PatternLine, Tally, WithoutLevel,
};
use signalbox_domain::catalogue::CommandTarget;
use signalbox_domain::ids::{AlertId, BulletinId, ChannelId, CommandId, Digest, RunId, UserId, WorkspaceId};
use signalbox_domain::intent::Intent;
use signalbox_domain::observation::{Conclusion, InJob, Settlement};
use signalbox_domain::parameter::Value;
use signalbox_domain::people::{Actor, Chat, Place};
use signalbox_domain::policy::ReasonCode;
use signalbox_domain::run::Sighting;
use signalbox_domain::{RunHead, Timestamp};

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

/// What is longest once it is written as JSON: six bytes for one.
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
    }
}

/// As large as a command lets it be, or so large that none does.
fn intent_of(text: &str) -> Intent {
    Intent {
        operation: "release".parse().unwrap(),
        parameters: [("service".parse().unwrap(), Value::Text(text.to_owned()))].into(),
        unusual: None,
        requester: actor(),
        place: place(),
        digest: Digest::ZERO,
    }
}

fn work_with(text: &str, many: usize) -> Work {
    Work::Command(CommandTarget {
        program: "release".into(),
        arguments: vec![text.to_owned(); many],
        directory: ".".into(),
        environment: Default::default(),
        timeout_seconds: 60,
    })
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
    let mut all = vec![
        Event::DispatchStarted { attempt: 1, lease_until: NOW },
        Event::Dispatched { attempt: 1, reference: Some(t()), link: Some(t()), found: false },
        Event::Located { attempt: 1, reference: t(), link: Some(t()) },
        Event::MaybeSent { attempt: 1, why: t() },
        Event::NotSent { attempt: 1, why: t() },
        Event::Progressed {
            attempt: 1,
            begun: u32::MAX,
            steps: vec![t(); many],
            in_job: Some(InJob { step: u32::MAX, of: u32::MAX }),
            link: Some(t()),
            waits: Some(t()),
        },
        Event::NotSeen { attempt: 1, looks: u32::MAX, why: t(), gone: true },
        Event::SeenAgain { attempt: 1 },
        Event::StopAnswered { attempt: 1, refused: Some(t()) },
        Event::CancelRequested { by: actor() },
        Event::CancelRefused { by: actor(), reason: ReasonCode::NotAllowed },
        Event::RetryRequested { by: actor(), attempt: 1 },
        Event::RetryRefused { by: actor(), reason: ReasonCode::NotAllowed },
        Event::Contradicted { attempt: 1, what: t() },
        Event::BecameUnknown { attempt: 1, why: t(), page: Some(t()) },
        Event::LookedAgain { by: actor(), attempt: 1, what: t() },
        Event::Settled { by: actor(), attempt: 1, how: Settlement::Failed, note: t() },
        Event::SettleRefused { by: actor(), reason: ReasonCode::NotAllowed },
        Event::Finished { attempt: 1, outcome },
        Event::Alert(AlertEvent::Found { finding: Box::new(finding_of(text, many)), place: place() }),
        Event::Alert(AlertEvent::Reminded),
        Event::Reported { report: Box::new(report_of(text, many)), place: place() },
    ];
    all.extend(acts.iter().cloned().map(|act| Event::Alert(AlertEvent::Attended { by: actor(), act })));
    let declined = |act| AlertEvent::Declined { by: actor(), act, reason: ReasonCode::NotAllowed };
    all.extend(acts.into_iter().map(declined).map(Event::Alert));
    let intent = intent_of(text);
    let submit = Command::Submit { intent: intent.clone(), told: false };
    // What asks for more than a command may hold never gets here.
    if Envelope::new(run(), "k", submit).to_message().is_ok() {
        all.push(Event::Refused { intent: intent.clone(), reason: ReasonCode::NotAllowed, told: false });
        all.push(Event::SetAside { letter: t(), what: t(), by: None, intent: Some(intent.clone()) });
        let work = work_with(text, many);
        if is_kept(&work) {
            all.push(Event::Requested { intent, work });
        }
    }
    all
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
        let (mut of_run, mut of_alert) = (None, None);
        let mut bulletin: Option<BulletinHead> = None;
        // As many different causes as are remembered, each as long as it may be.
        let all = events(&text, many);
        let begins = all.iter().filter(|e| matches!(e, Event::Requested { .. }));
        for (n, it) in begins.chain(all.iter().cycle().take(all.len() * 60)).enumerate() {
            let it = event(it.clone());
            let cause = CommandId::new(format!("{n:0>LONGEST_ID$}"));
            match &it {
                Event::Alert(it) => of_alert = AlertHead::after(of_alert, &AlertId::of(&run()), it, &cause, NOW),
                Event::Reported { report, place } => {
                    let (id, told) = (BulletinId::of(&run()), (&**report, place));
                    bulletin = Some(BulletinHead::after(bulletin, &id, told, &cause, NOW));
                }
                it => of_run = RunHead::after(of_run, &run(), it, &cause, NOW),
            }
        }
        let mut sizes = vec![];
        sizes.extend(of_run.map(|h| wire::head::encode(&h).unwrap().len()));
        sizes.extend(of_alert.map(|h| wire::head::encode_alert(&h).unwrap().len()));
        sizes.extend(bulletin.map(|h| wire::head::encode_bulletin(&h).unwrap().len()));
        prop_assert!(sizes.iter().all(|bytes| *bytes <= LARGEST), "{:?}", sizes);
    }

    #[test]
    fn what_a_command_brings_is_cut_as_its_event_is(text in hostile(), many in 0usize..50) {
        let found = Command::Found(Box::new(finding_of(&text, many)));
        if let Command::Found(it) = command(found) {
            let kept = event(Event::Alert(AlertEvent::Found { finding: it.clone(), place: place() }));
            prop_assert_eq!(kept, Event::Alert(AlertEvent::Found { finding: it, place: place() }));
        }
        if let Command::Report(it) = command(Command::Report(Box::new(report_of(&text, many)))) {
            let kept = event(Event::Reported { report: it.clone(), place: place() });
            prop_assert_eq!(kept, Event::Reported { report: it, place: place() });
        }
        let sighted = Command::Sighted(Sighting { attempt: 1, reference: text });
        if let Command::Sighted(it) = command(sighted) {
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
    let large = Envelope::new(run(), "k", Command::Submit { intent, told: false });
    assert!(large.to_message().is_err());
    assert!(Envelope::from_bytes(&serde_json::to_vec(&large).unwrap()).is_err());
    assert!(Envelope::new(run(), &"k".repeat(LONGEST_ID), Command::Observe).to_message().is_err());
}

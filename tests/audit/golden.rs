//! What is stored never changes its form: golden files of every version of events.

use super::later::went_on;
use signalbox_domain::alert::{AlertEvent, BulletinEvent, Class};
use signalbox_domain::catalogue::{BatchStep, BatchTarget, Target};
use signalbox_domain::ids::{ChannelId, RecordId, UserId};
use signalbox_domain::intent::{Changed, Difference, Work};
use signalbox_domain::lookup::{Changes, Failed, Shipment, Shipping};
use signalbox_domain::observation::{Conclusion, Outcome, Settlement, Stands};
use signalbox_domain::policy::ReasonCode;
use signalbox_domain::run::PartOf;
use signalbox_domain::time::Day;
use signalbox_domain::watch::{Escalate, Mention, Severity};
use signalbox_domain::{AlertId, CommandId, Digest, Event, RunEvent, RunId, Timestamp};
use signalbox_engine::wire::{
    self,
    event::Record,
    seal::{Closing, Part, Seal},
};
use signalbox_testkit::samples;
use std::collections::BTreeMap;

/// What version 2 of events and seals looks like, byte for byte. Lines may be added here, but never changed.
#[test]
fn what_version_2_stores_never_changes_its_form() {
    let run = RecordId::derive("golden", "T", "1");
    let by = samples::person("UADA");
    let settled = |how, note: &str| RunEvent::Settled { by: by.clone(), attempt: 1, how, note: note.into() };
    let events = [
        RunEvent::LookedAgain { by: by.clone(), attempt: 1, what: "it is not there".into() },
        settled(Settlement::Succeeded, "seen in the log"),
        settled(Settlement::Failed, ""),
        settled(Settlement::DidNotRun, ""),
        RunEvent::SettleRefused { by: by.clone(), reason: ReasonCode::NotAllowed },
        RunEvent::BecameUnknown { attempt: 1, why: "502".into(), page: Some("https://ci.example/1".into()) },
    ];
    let mut written = written(events);
    let (day, previous) = (Day(20_779), Digest::of([b"before".as_slice()]));
    let part = Part { v: 2, day, part: 0, previous, before: 0, moved: vec![(run, 3, previous)] };
    let row = part.to_row().unwrap();
    assert_eq!(Part::from_bytes(&row.bytes).unwrap(), part);
    let closing = Closing {
        v: 2,
        day,
        date: day.to_string(),
        at: Timestamp(1000),
        previous: row.hash,
        day_before: previous,
        parts: 1,
        moved: 1,
        everything: false,
    };
    let closed = closing.to_row().unwrap();
    assert_eq!(Seal::from_bytes(&closed.bytes).unwrap(), Seal::Closing(closing));
    for bytes in [row.bytes, closed.bytes] {
        written += std::str::from_utf8(&bytes).unwrap();
        written.push('\n');
    }
    assert_eq!(written, include_str!("../golden/version-2.jsonl"), "{written}");
}

/// What version 3 of events added: new kinds, and one more field of an old kind. Events without this field keep their
/// form.
#[test]
fn what_version_3_stores_never_changes_its_form() {
    let steps = vec!["Build".to_owned()];
    let intent = samples::intent(&samples::catalogue());
    let intent = signalbox_domain::Intent { digest: Digest::ZERO, hash: None, as_asked: None, ..intent };
    let events = [
        RunEvent::NotSeen { attempt: 1, looks: 3, why: "the token has ended".into(), gone: false },
        RunEvent::NotSeen { attempt: 1, looks: 1, why: "not there".into(), gone: true },
        RunEvent::SeenAgain { attempt: 1 },
        RunEvent::StopAnswered { attempt: 1, refused: Some("not allowed".into()) },
        RunEvent::StopAnswered { attempt: 1, refused: None },
        RunEvent::Progressed {
            attempt: 1,
            begun: 1,
            steps,
            in_job: None,
            link: None,
            waits: Some("in the queue".into()),
        },
        RunEvent::Refused {
            intent,
            reason: ReasonCode::NotAllowed,
            told: true,
            changed: None,
            part_of: None,
        },
    ];
    let written = written(events);
    assert_eq!(written, include_str!("../golden/version-3.jsonl"), "{written}");
}

/// The stored form of these events, one line for each.
fn written(events: impl IntoIterator<Item = impl Into<Event>>) -> String {
    let run = RecordId::derive("golden", "T", "1");
    let mut written = String::new();
    for (event, seq) in events.into_iter().map(Into::into).zip(1..) {
        let cause = CommandId::new(format!("cause:{seq}"));
        let record =
            Record { record: run.clone(), seq, at: Timestamp(1000), cause, previous: Digest::ZERO, event };
        let bytes = wire::event::encode(&record).unwrap();
        assert_eq!(wire::event::decode(&bytes).unwrap(), record);
        written += std::str::from_utf8(&bytes).unwrap();
        written.push('\n');
    }
    written
}

/// What version 4 of events added: the event that nobody acknowledged an alert.
#[test]
fn what_version_4_stores_never_changes_its_form() {
    let mention = vec![Mention::Person(UserId::new("UADA")), Mention::Group("S0614TZR7".into())];
    let everybody = Escalate { after_seconds: 1800, channel: Some(ChannelId::new("CBOSS")), mention };
    let one =
        Escalate { channel: None, mention: vec![Mention::Person(UserId::new("UADA"))], ..everybody.clone() };
    let escalated = [everybody, one].map(|to| AlertEvent::Escalated { to });
    let unsilenced = [false, true].map(|held| AlertEvent::Unsilenced { held });
    let written = written(escalated.into_iter().chain(unsilenced).map(Event::Alert));
    assert_eq!(written, include_str!("../golden/version-4.jsonl"), "{written}");
}

/// What version 5 of events added: the event by which an alert tells the run that it followed.
#[test]
fn what_version_5_stores_never_changes_its_form() {
    let id = RecordId::derive("golden", "T", "1");
    let followed = [Class::New, Class::Regressed].map(|class| RunEvent::Followed {
        alert: AlertId::of(&id),
        watch: "web".parse().unwrap(),
        class,
        after_seconds: 42,
    });
    let sent = AlertEvent::Sent { to: id, command: CommandId::new("followed:run:alert") };
    let written = written(followed.into_iter().map(Event::Run).chain([Event::Alert(sent)]));
    assert_eq!(written, include_str!("../golden/version-5.jsonl"), "{written}");
}

/// What version 6 of events added: what is asked of systems outside before a run and after it, and batches.
#[test]
fn what_version_6_stores_never_changes_its_form() {
    let catalogue = samples::catalogue();
    let intent = samples::intent(&catalogue);
    let intent = signalbox_domain::Intent {
        digest: Digest::ZERO,
        hash: None,
        unusual: None,
        as_asked: None,
        ..intent
    };
    let id = RunId::of(&RecordId::derive("golden", "T", "1"));
    let failed = |unasked| Failed { what: "the tag is there".into(), why: "it is not".into(), unasked };
    let shipping = Shipping {
        version: "1.4.2".into(),
        place: "web in prod".into(),
        repository: Some("acme/web".into()),
    };
    let changes = Changes {
        commits: 2,
        behind: Some(1),
        subjects: vec!["Fix".into()],
        authors: vec!["ada".into()],
        pulls: vec![41],
        link: Some("https://github.com/acme/web/compare/a...b".into()),
    };
    let shipment = Shipment { shipping, from: Some("1.4.1".into()), changes: Some(changes) };
    let outcome =
        Outcome { conclusion: Conclusion::Succeeded, summary: String::new(), excerpt: String::new() };
    let steps = vec![
        BatchStep {
            operation: "release".parse().unwrap(),
            given: [("service".parse().unwrap(), "web".to_owned())].into(),
        },
        BatchStep { operation: "release".parse().unwrap(), given: BTreeMap::new() },
    ];
    let batch = Work(Target::Batch(BatchTarget { steps, parallel: true, go_on: true, given: None }));
    let part_of = Some(PartOf { run: id.clone(), attempt: 1, step: 2 });
    let part =
        |stands, run| signalbox_domain::observation::Part { line: "release service=web".into(), run, stands };
    let parts = vec![
        part(Stands::Waits, None),
        part(Stands::Busy, Some(id.clone())),
        part(Stands::Good, Some(id.clone())),
        part(Stands::Bad, Some(id.clone())),
        part(Stands::Unknown, Some(id)),
        part(Stands::LeftOut, None),
    ];
    let events = [
        RunEvent::Checking { trouble: None },
        RunEvent::Checking { trouble: Some("why".into()) },
        RunEvent::Checked { asked: 2, failed: vec![], shipment: Some(shipment) },
        RunEvent::Checked { asked: 2, failed: vec![failed(false), failed(true)], shipment: None },
        RunEvent::Verifying { attempt: 1, outcome: outcome.clone(), trouble: None },
        RunEvent::Verifying { attempt: 1, outcome, trouble: Some("why".into()) },
        RunEvent::PartsMoved { attempt: 1, parts },
        RunEvent::Requested { intent: intent.clone(), work: batch, part_of: part_of.clone() },
        RunEvent::Refused { intent, reason: ReasonCode::ChecksFailed, told: false, changed: None, part_of },
    ];
    let written = written(events.map(Event::Run));
    assert_eq!(written, include_str!("../golden/version-6.jsonl"), "{written}");
}

/// Fields that were added without a new version, because they are left out when they have their default.
#[test]
fn fields_that_came_later_never_change_their_form() {
    let intent = samples::intent(&samples::catalogue());
    let hash = format!("2:{}", "ab".repeat(32)).try_into().ok();
    let intent = signalbox_domain::Intent { digest: Digest::ZERO, hash, ..intent }.to_keep();
    assert!(intent.hash.is_some());
    let refused = |reason, changed| RunEvent::Refused {
        intent: intent.clone(),
        reason,
        told: true,
        changed,
        part_of: None,
    };
    let text = |text: &str| Some(text.to_owned());
    let differences = vec![
        Difference { what: "target ref".into(), was: text("main"), is: text("release") },
        Difference { what: "target inputs.env".into(), was: None, is: text("prod") },
        Difference { what: "target inputs.zone".into(), was: text("a"), is: None },
    ];
    let changed = Some(Changed { differences, more: 2 });
    let retry = RunEvent::RetryRefused {
        by: samples::person("UADA"),
        reason: ReasonCode::CatalogueChanged,
        changed: changed.clone(),
        failed: vec![],
    };
    let first = include_str!("../golden/events-v1.jsonl").lines().find(|l| l.contains("\"reported\""));
    let Event::Bulletin(BulletinEvent::Reported { mut report, place }) =
        wire::event::decode(first.unwrap().as_bytes()).unwrap().event
    else {
        panic!("a report")
    };
    report.least = Some(Severity::Warning);
    let reported = BulletinEvent::Reported { report, place };
    let written = written([
        Event::Run(refused(ReasonCode::NotAllowed, None)),
        Event::Bulletin(reported),
        Event::Run(refused(ReasonCode::CatalogueChanged, changed)),
        Event::Run(retry),
    ]);
    assert_eq!(written, include_str!("../golden/fields.jsonl"), "{written}");
}

#[test]
fn a_newer_version_is_told_from_damage() {
    let (store, run, _) = went_on();
    let event = String::from_utf8(store.tables.lock().unwrap().events[&run][0].bytes.clone()).unwrap();
    let unreadable = |text: &str| wire::event::decode(text.as_bytes()).unwrap_err().to_string();
    let newer = event.replace("\"v\":1", "\"v\":9").replace("\"requested\"", "\"foreseen\"");
    assert_eq!(unreadable(&newer), "cannot read a stored event: version 9");
    assert!(unreadable(&event.replace("\"requested\"", "\"foreseen\"")).contains("unknown variant"));
    assert!(unreadable(&event[..40]).contains("EOF"));
}

/// docs/audit.md names every kind of event. The golden files contain all kinds.
#[test]
fn the_page_names_every_kind_of_event() {
    let page = include_str!("../../docs/audit.md");
    let golden = [
        include_str!("../golden/events-v1.jsonl"),
        include_str!("../golden/version-2.jsonl"),
        include_str!("../golden/version-3.jsonl"),
        include_str!("../golden/version-4.jsonl"),
        include_str!("../golden/version-5.jsonl"),
        include_str!("../golden/version-6.jsonl"),
    ];
    let mut kinds = std::collections::BTreeSet::new();
    for line in golden.iter().flat_map(|file| file.lines()) {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        // Seals and their parts have no kind of event.
        let Some((kind, what)) = json["event"].as_object().and_then(|event| event.iter().next()) else {
            continue;
        };
        // The name of an alert's event is one level deeper. It is a plain string if the event has no fields.
        let within = what.as_object().and_then(|event| event.keys().next()).map(String::as_str);
        let name = if kind == "alert" { within.or(what.as_str()).unwrap() } else { kind };
        kinds.insert(name.to_owned());
    }
    assert!(kinds.len() > 25, "{kinds:?}");
    for kind in kinds {
        assert!(page.contains(&format!("`{kind}`")), "docs/audit.md does not say what `{kind}` is");
    }
}

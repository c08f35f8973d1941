//! The audit: golden bytes, and a test for every way to tamper with it. Each is found and named.

mod copied;
mod fixtures;
mod forged;
mod golden;
mod later;
mod of_alerts;
mod one_broken;
mod one_run;
mod owed;
mod rebuilt;
mod renamed;
mod sentences;

pub use one_run::one_run;

use of_alerts::of_alerts;

use signalbox_domain::catalogue::{GitHubTarget, JenkinsTarget, Target};
use signalbox_domain::ids::{RecordId, RunId};
use signalbox_domain::intent::{Work, work_of};
use signalbox_domain::observation::{Conclusion, Outcome};
use signalbox_domain::policy::ReasonCode;
use signalbox_domain::time::Day;
use signalbox_domain::{CommandId, Digest, Event, RunCommand, RunEvent, SetAside, Timestamp};
use signalbox_engine::audit::{Break, GRACE, Verified, seal_days, verify};
use signalbox_engine::wire::{
    self,
    command::Envelope,
    event::Record,
    seal::{Closing, Seal},
};
use signalbox_engine::{Backends, Dispatcher};
use signalbox_testkit::{MemoryQueue, MemoryStore, Tables, VirtualClock, poll_once, samples};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);
const START: Timestamp = Timestamp(1_795_219_200_000);

fn now<T>(future: impl Future<Output = T> + Send) -> T {
    let mut boxed: std::pin::Pin<Box<dyn Future<Output = T> + Send>> = Box::pin(future);
    poll_once(&mut boxed).unwrap()
}

/// Three runs on the first day, sealed; one on the next, not sealed.
fn audited() -> (MemoryStore, Vec<RecordId>, Day) {
    let clock = Arc::new(VirtualClock::at(START));
    let store = MemoryStore::default();
    let dispatcher = Dispatcher {
        store: Arc::new(store.clone()),
        intents: Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30))),
        outbox: Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30))),
        catalogue: Arc::new(samples::catalogue()),
        backends: Backends::default(),
        lookups: signalbox_engine::Lookups::default(),
        silencer: None,
        admitting: samples::admitting(Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30)))),
        clock: clock.clone(),
    };
    let mut runs = vec![];
    for n in 0..4 {
        if n == 3 {
            clock.advance_to(START.day().end().plus(GRACE));
            assert_eq!(now(seal_days(&store, &*clock, PATIENCE)).unwrap().len(), 1);
            assert_eq!(now(seal_days(&store, &*clock, PATIENCE)).unwrap().len(), 0, "a day is sealed once");
        }
        let run = RecordId::derive("test", "T", &n.to_string());
        let intent = samples::intent(&dispatcher.catalogue);
        let submit = Envelope::new(run.clone(), "", RunCommand::Submit { intent, told: false });
        now(dispatcher.carry_out(&submit)).unwrap();
        runs.push(run);
    }
    (store, runs, START.day())
}

fn copies(store: &MemoryStore) -> BTreeMap<Day, Digest> {
    store.tables.lock().unwrap().seals.iter().map(|(d, s)| (*d, s.hash)).collect()
}

fn check(store: &MemoryStore, copies: &BTreeMap<Day, Digest>) -> Result<Verified, Break> {
    now(verify(store, copies, |_| ())).unwrap()
}

/// Tampers with an untouched audit and says which break must be found.
fn found(tamper: impl FnOnce(&mut Tables, &[RecordId], Day), expect: impl FnOnce(&[RecordId], Day) -> Break) {
    let (store, runs, day) = audited();
    let kept = copies(&store);
    let untouched = Verified { runs: 4, events: 12, seals: 1, unsealed: 3, copies: 1, newer: vec![] };
    assert_eq!(check(&store, &kept), Ok(untouched));
    tamper(&mut store.tables.lock().unwrap(), &runs, day);
    assert_eq!(check(&store, &kept), Err(expect(&runs, day)));
}

fn event<'t>(t: &'t mut Tables, run: &RecordId, seq: usize) -> &'t mut signalbox_engine::ports::EventRow {
    &mut t.events.get_mut(run).unwrap()[seq - 1]
}

#[test]
fn a_changed_event() {
    found(
        |t, r, _| {
            let row = event(t, &r[0], 2);
            row.bytes =
                String::from_utf8(row.bytes.clone()).unwrap().replace("attempt\":1", "attempt\":9").into();
        },
        |r, _| Break::Changed(r[0].clone(), 2),
    );
}

#[test]
fn a_changed_event_with_its_hash_made_anew() {
    found(
        |t, r, _| {
            let row = event(t, &r[1], 2);
            row.bytes =
                String::from_utf8(row.bytes.clone()).unwrap().replace("attempt\":1", "attempt\":9").into();
            row.hash = wire::hash(&row.bytes);
        },
        |r, _| Break::NotChained(r[1].clone(), 3),
    );
}

#[test]
fn a_dropped_event() {
    found(|t, r, _| drop(t.events.get_mut(&r[0]).unwrap().remove(1)), |r, _| Break::Missing(r[0].clone(), 2));
}

#[test]
fn reordered_events() {
    found(
        |t, r, _| {
            let events = t.events.get_mut(&r[0]).unwrap();
            events.swap(1, 2);
            (events[1].seq, events[2].seq) = (2, 3);
        },
        |r, _| Break::Misfiled(r[0].clone(), 2, format!("it says event 3 of {}", r[0])),
    );
}

#[test]
fn an_inserted_event() {
    found(
        |t, r, _| {
            let events = t.events.get_mut(&r[0]).unwrap();
            let mut record = wire::event::decode(&events[1].bytes).unwrap();
            record.at = Timestamp(record.at.0 + 1);
            let bytes = wire::event::encode(&record).unwrap();
            let copy =
                signalbox_engine::ports::EventRow { hash: wire::hash(&bytes), bytes, ..events[1].clone() };
            events.insert(1, copy);
            for (row, seq) in events.iter_mut().zip(1..) {
                row.seq = seq;
            }
        },
        |r, _| Break::Misfiled(r[0].clone(), 3, format!("it says event 2 of {}", r[0])),
    );
}

#[test]
fn truncated_events() {
    found(|t, r, _| drop(t.events.get_mut(&r[3]).unwrap().pop()), |r, _| Break::Truncated(r[3].clone(), 2));
}

#[test]
fn truncated_events_with_the_head_put_back() {
    found(
        |t, r, _| {
            let events = t.events.get_mut(&r[0]).unwrap();
            events.pop();
            let hash = events.last().unwrap().hash;
            let head = t.heads.get_mut(&r[0]).unwrap();
            (head.version, head.chain) = (2, hash);
        },
        |r, day| Break::NotAsSealed(day, r[0].clone()),
    );
}

#[test]
fn a_whole_run_dropped_from_a_sealed_day() {
    found(
        |t, r, _| {
            t.events.remove(&r[1]);
            t.heads.remove(&r[1]);
        },
        |r, day| Break::RecordMissing(day, r[1].clone()),
    );
}

#[test]
fn a_whole_run_dropped_whose_head_remains() {
    found(|t, r, _| drop(t.events.remove(&r[3])), |r, _| Break::Truncated(r[3].clone(), 0));
}

#[test]
fn a_whole_run_put_into_a_sealed_day() {
    found(
        |t, r, _| {
            // The chain is valid in itself and has a head. Only the seal shows that the run does not belong here.
            let run = RecordId::derive("test", "T", "forged");
            let mut previous = Digest::ZERO;
            let mut rows = vec![];
            for row in &t.events[&r[0]] {
                let record =
                    Record { record: run.clone(), previous, ..wire::event::decode(&row.bytes).unwrap() };
                let bytes = wire::event::encode(&record).unwrap();
                previous = wire::hash(&bytes);
                rows.push(signalbox_engine::ports::EventRow {
                    record: run.clone(),
                    hash: previous,
                    bytes,
                    ..row.clone()
                });
            }
            let head = signalbox_engine::ports::HeadRow {
                record: run.clone(),
                chain: previous,
                ..t.heads[&r[0]].clone()
            };
            t.events.insert(run.clone(), rows);
            t.heads.insert(run, head);
        },
        |_, day| Break::RecordInserted(day, RecordId::derive("test", "T", "forged")),
    );
}

#[test]
fn a_run_without_a_head() {
    found(|t, r, _| drop(t.heads.remove(&r[3])), |r, _| Break::Headless(r[3].clone()));
}

#[test]
fn a_changed_seal() {
    found(
        |t, _, day| {
            let seal = t.seals.get_mut(&day).unwrap();
            seal.bytes =
                String::from_utf8(seal.bytes.clone()).unwrap().replace("\"moved\":", "\"moved\": ").into();
        },
        |_, day| Break::SealChanged(day),
    );
}

#[test]
fn a_seal_made_anew_differs_from_its_copy_outside() {
    found(
        |t, _, day| {
            let seal = t.seals.get_mut(&day).unwrap();
            let Seal::Closing(made) = Seal::from_bytes(&seal.bytes).unwrap() else { panic!("version 2") };
            *seal = Closing { at: Timestamp(made.at.0 + 1), ..made }.to_row().unwrap();
        },
        |_, day| Break::SealCopyDiffers(day),
    );
}

#[test]
fn a_dropped_seal() {
    found(|t, _, day| drop(t.seals.remove(&day)), |_, day| Break::SealCopyDiffers(day));
}

/// What version 1 of every event looks like, byte for byte. Lines may be added here, but never changed.
#[test]
fn events_are_stored_as_they_always_were() {
    let catalogue = samples::catalogue();
    let intent = samples::intent(&catalogue);
    // The digest covers how this version resolves the operation. Its value is tested separately, so it is left out
    // here.
    let intent = signalbox_domain::Intent {
        digest: Digest::ZERO,
        hash: None,
        as_asked: None,
        unusual: None,
        ..intent
    };
    let run = RecordId::derive("golden", "T", "1");
    let work = work_of(&catalogue.landscape, &catalogue.operations["release"], &intent, &RunId::of(&run));
    let filled = || BTreeMap::from([("service".to_owned(), "web".to_owned())]);
    let github = Work(Target::GitHub(GitHubTarget {
        repository: "acme/shop".into(),
        workflow: "deploy.yml".into(),
        git_ref: "main".into(),
        inputs: filled(),
        run_input: Some("signalbox-run".into()),
    }));
    let jenkins = Work(Target::Jenkins(JenkinsTarget {
        job: "shop/deploy".into(),
        branch: None,
        parameters: filled(),
        run_parameter: Some("SIGNALBOX_RUN".into()),
    }));
    let by = samples::person("UADA");
    let why = || "why".to_owned();
    let link = || Some("https://ci.example/1".to_owned());
    let outcome =
        |conclusion| Outcome { conclusion, summary: "exit status 3".into(), excerpt: "boom".into() };
    let step = || vec!["Build".to_owned()];
    let events = [
        RunEvent::Requested { intent: intent.clone(), work, part_of: None },
        RunEvent::Refused {
            intent: intent.clone(),
            reason: ReasonCode::NotAllowed,
            told: true,
            changed: None,
            part_of: None,
        },
        RunEvent::DispatchStarted { attempt: 1, lease_until: Timestamp(5) },
        RunEvent::Dispatched { attempt: 1, reference: Some("r".into()), link: link(), found: false },
        RunEvent::MaybeSent { attempt: 1, why: why() },
        RunEvent::NotSent { attempt: 1, why: why() },
        RunEvent::Progressed { attempt: 1, begun: 2, steps: step(), in_job: None, link: None, waits: None },
        RunEvent::CancelRequested { by: by.clone() },
        RunEvent::CancelRefused { by: by.clone(), reason: ReasonCode::NotInThisChannel },
        RunEvent::Finished { attempt: 1, outcome: outcome(Conclusion::Succeeded) },
        RunEvent::Finished { attempt: 1, outcome: outcome(Conclusion::Failed) },
        RunEvent::Finished { attempt: 1, outcome: outcome(Conclusion::Cancelled) },
        RunEvent::Finished { attempt: 1, outcome: outcome(Conclusion::TimedOut) },
        RunEvent::BecameUnknown { attempt: 1, why: why(), page: None },
        RunEvent::Contradicted { attempt: 1, what: why() },
        RunEvent::Dispatched { attempt: 1, reference: None, link: None, found: false },
        RunEvent::Located { attempt: 1, reference: "r".into(), link: link() },
        RunEvent::RetryRequested { by: by.clone(), attempt: 1 },
        RunEvent::RetryRefused {
            by: by.clone(),
            reason: ReasonCode::NotAllowed,
            changed: None,
            failed: vec![],
        },
        RunEvent::Requested { intent: intent.clone(), work: github, part_of: None },
        RunEvent::Requested { intent: intent.clone(), work: jenkins, part_of: None },
    ];
    let letter = || "5d41402abc".to_owned();
    let asides = [
        SetAside { letter: letter(), what: "cancel".into(), by: Some(by), intent: None },
        SetAside { letter: letter(), what: "submit".into(), by: None, intent: Some(intent) },
    ];
    let asides = asides.into_iter().map(Event::SetAside);
    let events = events.into_iter().map(Event::Run).chain(asides).chain(of_alerts(&run));
    let golden = include_str!("../golden/events-v1.jsonl");
    let mut written = String::new();
    for (event, seq) in events.zip(1..) {
        let cause = CommandId::new(format!("cause:{seq}"));
        let record =
            Record { record: run.clone(), seq, at: Timestamp(1000), cause, previous: Digest::ZERO, event };
        let bytes = wire::event::encode(&record).unwrap();
        assert_eq!(wire::event::decode(&bytes).unwrap(), record);
        written.push_str(std::str::from_utf8(&bytes).unwrap());
        written.push('\n');
    }
    assert_eq!(written, golden, "stored events must never change their form");
}

//! What seals cover of the days after the first day of a record, and what they say that they do not cover.

use super::{PATIENCE, START, audited, check, copies, now};
use signalbox_domain::ids::RecordId;
use signalbox_domain::time::Day;
use signalbox_domain::{Digest, Event, RunCommand, RunEvent, RunHead, RunId, Timestamp};
use signalbox_engine::audit::{Break, GRACE, Verified, seal_days};
use signalbox_engine::ports::Clock;
use signalbox_engine::wire::{self, command::Envelope, event::Record, seal::Part};
use signalbox_engine::{Backends, Dispatcher};
use signalbox_testkit::{MemoryQueue, MemoryStore, Tables, VirtualClock, samples};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A run that goes on after its first day was sealed. The seal of each further day covers what the run did on that day.
pub(super) fn went_on() -> (MemoryStore, RecordId, Day) {
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
    let run = RecordId::derive("test", "T", "0");
    let intent = samples::intent(&dispatcher.catalogue);
    let submit = Envelope::new(run.clone(), "", RunCommand::Submit { intent, told: false });
    now(dispatcher.carry_out(&submit)).unwrap();
    for attempt in 1..4 {
        clock.advance_to(clock.now().day().end().plus(GRACE));
        assert_eq!(now(seal_days(&store, &*clock, PATIENCE)).unwrap().len(), 1);
        let (by, place) = (samples::person("UADA"), samples::channel("CRELEASES"));
        let retry = Envelope::new(run.clone(), "again", RunCommand::Retry { by, place, attempt });
        now(dispatcher.carry_out(&retry)).unwrap();
    }
    (store, run, START.day())
}

fn found_later(tamper: impl FnOnce(&mut Tables, &RecordId), expect: impl FnOnce(RecordId, Day) -> Break) {
    let (store, run, day) = went_on();
    let untouched = Verified { runs: 1, events: 12, seals: 3, unsealed: 3, copies: 3, newer: vec![] };
    assert_eq!(check(&store, &copies(&store)), Ok(untouched));
    let kept = copies(&store);
    tamper(&mut store.tables.lock().unwrap(), &run);
    assert_eq!(check(&store, &kept), Err(expect(run, day)));
}

/// Replaces a head with the fold of the run's events.
fn head_made_anew(t: &mut Tables, run: &RecordId) {
    let rows = t.events[run].clone();
    let mut head = None;
    for row in &rows {
        let r = wire::event::decode(&row.bytes).unwrap();
        let Event::Run(event) = &r.event else { panic!("{:?} is no run's", r.event) };
        head = RunHead::after(head, &RunId::of(run), event, &r.cause, r.at);
    }
    let row = t.heads.get_mut(run).unwrap();
    row.version = rows.len() as u64;
    row.chain = rows.last().unwrap().hash;
    row.body = wire::head::encode(&head.unwrap().into()).unwrap();
}

/// Writes a run's events again from one event on. Each is changed a little, and the chain and the head fit.
fn rewritten(t: &mut Tables, run: &RecordId, from: usize) {
    let rows = t.events.get_mut(run).unwrap();
    for at in from - 1..rows.len() {
        let previous = rows[at - 1].hash;
        let record = wire::event::decode(&rows[at].bytes).unwrap();
        let record = Record { previous, at: Timestamp(record.at.0 + 1), ..record };
        rows[at].bytes = wire::event::encode(&record).unwrap();
        rows[at].hash = wire::hash(&rows[at].bytes);
    }
    head_made_anew(t, run);
}

#[test]
fn what_a_run_did_on_later_days_rewritten() {
    found_later(|t, run| rewritten(t, run, 5), |run, day| Break::NotAsSealed(day.next(), run));
}

#[test]
fn what_a_run_did_on_later_days_cut_off() {
    found_later(
        |t, run| {
            t.events.get_mut(run).unwrap().truncate(8);
            head_made_anew(t, run);
        },
        |run, day| Break::NotAsSealed(day.next().next(), run),
    );
}

/// The check says that it did not check what is not sealed yet, and does not claim that it is whole.
#[test]
fn what_is_not_sealed_yet_is_not_claimed_to_be_checked() {
    let (store, run, _) = went_on();
    {
        let mut t = store.tables.lock().unwrap();
        t.events.get_mut(&run).unwrap().truncate(10);
        head_made_anew(&mut t, &run);
    }
    let cut = check(&store, &copies(&store)).unwrap();
    assert_eq!((cut.events, cut.unsealed), (10, 1));
}

#[test]
fn an_event_put_into_a_sealed_day() {
    found_later(
        |t, run| {
            // The event has a time on the last sealed day, and stands after everything of that day that was sealed.
            let rows = t.events.get_mut(run).unwrap();
            rows.truncate(9);
            let record = wire::event::decode(&rows[8].bytes).unwrap();
            let event = RunEvent::MaybeSent { attempt: 3, why: "no answer".into() };
            let record = Record { seq: 10, previous: rows[8].hash, event: event.into(), ..record };
            let bytes = wire::event::encode(&record).unwrap();
            let hash = wire::hash(&bytes);
            rows.push(signalbox_engine::ports::EventRow {
                record: run.clone(),
                seq: 10,
                bytes,
                hash,
                day: None,
            });
            head_made_anew(t, run);
        },
        |run, day| Break::EventInserted(day.next().next(), run, 10),
    );
}

#[test]
fn a_run_dated_before_the_first_seal() {
    found_later(
        |t, run| {
            let forged = RecordId::derive("test", "T", "forged");
            let mut previous = Digest::ZERO;
            let mut rows = t.events[run][..3].to_vec();
            for row in &mut rows {
                let record = wire::event::decode(&row.bytes).unwrap();
                let at = Timestamp(record.at.0 - 86_400_000);
                row.bytes =
                    wire::event::encode(&Record { record: forged.clone(), previous, at, ..record }).unwrap();
                (row.hash, row.record) = (wire::hash(&row.bytes), forged.clone());
                previous = row.hash;
            }
            t.events.insert(forged.clone(), rows);
            let head = signalbox_engine::ports::HeadRow { record: forged.clone(), ..t.heads[run].clone() };
            t.heads.insert(forged.clone(), head);
            head_made_anew(t, &forged);
        },
        |_, day| Break::BeforeSeals(Day(day.0 - 1), RecordId::derive("test", "T", "forged")),
    );
}

#[test]
fn a_head_that_says_something_else_than_its_events() {
    found_later(
        |t, run| {
            let row = t.heads.get_mut(run).unwrap();
            let body = String::from_utf8(row.body.clone()).unwrap();
            row.body = body.replace("1.4.2", "6.6.6").into();
            assert_ne!(row.body, body.into_bytes());
        },
        |run, _| Break::HeadForged(run),
    );
}

#[test]
fn a_part_of_a_seal_that_was_changed_or_is_gone() {
    let first = |day: Day| (day.next(), 0);
    found_later(
        |t, _| drop(t.seal_parts.remove(&first(START.day()))),
        |_, day| Break::SealChanged(day.next()),
    );
    found_later(
        |t, _| {
            let row = t.seal_parts.get_mut(&first(START.day())).unwrap();
            let part = Part::from_bytes(&row.bytes).unwrap();
            *row = Part { moved: vec![], ..part }.to_row().unwrap();
        },
        |_, day| Break::SealChanged(day.next()),
    );
}

/// A clock that moves on by a second each time somebody reads it.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1000, Ordering::Relaxed))
    }
}

/// A day can be sealed in small parts, by processes that give up in between. The seal is the same as if it were made at
/// once.
#[test]
fn a_day_is_sealed_bit_by_bit() {
    let (store, _, day) = audited();
    {
        let mut t = store.tables.lock().unwrap();
        (t.seals, t.seal_parts) = Default::default();
    }
    let clock = Ticking(AtomicI64::new(day.end().plus(GRACE).0));
    let mut rounds = 0;
    while store.tables.lock().unwrap().seals.is_empty() {
        now(seal_days(&store, &clock, Duration::from_secs(4))).unwrap();
        rounds += 1;
        assert!(rounds < 20, "it comes to no end");
    }
    assert!(rounds > 1, "in one go");
    assert!(store.tables.lock().unwrap().seal_parts.len() > 1);
    let whole = check(&store, &copies(&store)).unwrap();
    assert_eq!((whole.runs, whole.seals), (4, 1));
}

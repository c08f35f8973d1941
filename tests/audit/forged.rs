//! A head that somebody other than the dispatcher changed starts nothing. Before every attempt, the head is compared
//! with the request in the run's own record.

use async_trait::async_trait;
use signalbox_domain::catalogue::{Target, TargetKind};
use signalbox_domain::ids::RecordId;
use signalbox_domain::intent::Work;
use signalbox_domain::observation::{Observation, Progress};
use signalbox_domain::run::{Absence, CancelAnswer, DispatchAnswer, RunHead, SearchAnswer, State, Timing};
use signalbox_domain::{Event, RunCommand, RunEvent, Timestamp};
use signalbox_engine::audit::verify;
use signalbox_engine::ports::{Attempt, Backend, Clock, NotSeen};
use signalbox_engine::wire::{
    self,
    command::{Command, Envelope},
};
use signalbox_engine::{Backends, Dispatcher};
use signalbox_testkit::{MemoryQueue, MemoryStore, VirtualClock, samples};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const START: Timestamp = Timestamp(1_795_219_200_000);

/// A backend that remembers what it was asked to do. If it is `unreachable`, it answers that nothing was sent.
#[derive(Default)]
struct Hand {
    asked: Mutex<Vec<Work>>,
    stopped: Mutex<u32>,
    unreachable: bool,
}

#[async_trait]
impl Backend for Hand {
    fn kind(&self) -> TargetKind {
        TargetKind::Command
    }
    fn timing(&self) -> Timing {
        Timing { retry: Duration::from_secs(1), ..Timing::NOWHERE }
    }
    async fn dispatch(&self, attempt: &Attempt, _: Timestamp) -> DispatchAnswer {
        self.asked.lock().unwrap().push(attempt.work.clone());
        if self.unreachable {
            DispatchAnswer::NotSent { why: "connection refused".into(), rest: None }
        } else {
            DispatchAnswer::Sent { reference: Some("1".into()), link: None }
        }
    }
    async fn search(&self, _: &Attempt) -> SearchAnswer {
        SearchAnswer::NotFound(Absence::NotProven)
    }
    async fn observe(&self, _: &Attempt) -> Result<Observation, NotSeen> {
        Ok(Observation::of(Progress::Running))
    }
    async fn cancel(&self, _: &Attempt) -> CancelAnswer {
        *self.stopped.lock().unwrap() += 1;
        CancelAnswer::Taken
    }
}

struct House {
    clock: Arc<VirtualClock>,
    store: MemoryStore,
    hand: Arc<Hand>,
    dispatcher: Dispatcher,
    run: RecordId,
}

async fn asked(unreachable: bool) -> House {
    let clock = Arc::new(VirtualClock::at(START));
    let store = MemoryStore::default();
    let hand = Arc::new(Hand { unreachable, ..Hand::default() });
    let backend: Arc<dyn Backend> = hand.clone();
    let dispatcher = Dispatcher {
        store: Arc::new(store.clone()),
        intents: Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30))),
        outbox: Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30))),
        catalogue: Arc::new(samples::catalogue()),
        backends: Backends::from_iter([backend]),
        lookups: signalbox_engine::Lookups::default(),
        silencer: None,
        admitting: samples::admitting(Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30)))),
        clock: clock.clone(),
    };
    let run = RecordId::derive("test", "T", "1");
    let intent = samples::intent(&dispatcher.catalogue);
    let submit = Envelope::new(run.clone(), "", RunCommand::Submit { intent, told: false });
    dispatcher.carry_out(&submit).await.unwrap();
    assert_eq!(hand.asked.lock().unwrap().len(), 1);
    House { clock, store, hand, dispatcher, run }
}

impl House {
    fn head(&self) -> RunHead {
        wire::head::decode(&self.store.tables.lock().unwrap().heads[&self.run].body).unwrap()
    }

    fn forge(&self, change: impl FnOnce(&mut RunHead)) {
        let mut head = self.head();
        change(&mut head);
        let mut tables = self.store.tables.lock().unwrap();
        tables.heads.get_mut(&self.run).unwrap().body = wire::head::encode(&head.into()).unwrap();
    }

    async fn verifies(&self) -> bool {
        verify(&self.store, &BTreeMap::new(), |_| ()).await.unwrap().is_ok()
    }

    async fn wakes(&self) {
        let due_at = self.store.tables.lock().unwrap().heads[&self.run].due_at.unwrap();
        self.clock.advance_to(due_at);
        let wake = Envelope::new(self.run.clone(), "", Command::Wake { due_at });
        self.dispatcher.carry_out(&wake).await.unwrap();
    }
}

fn another_program(head: &mut RunHead) {
    let Some(Work(Target::Command(command))) = &mut head.work else { panic!("a command") };
    command.arguments = vec!["--force".into()];
}

#[tokio::test]
async fn a_head_with_other_work_starts_nothing() {
    let house = asked(true).await;
    house.forge(another_program);
    house.wakes().await;
    assert_eq!(house.hand.asked.lock().unwrap().len(), 1, "nothing more was started");
    let State::Finished(outcome) = house.head().state else { panic!("{:?}", house.head().state) };
    assert!(outcome.summary.contains("is not what was asked for"), "{}", outcome.summary);
}

#[tokio::test]
async fn a_head_with_another_requester_or_place_starts_nothing() {
    for forge in [
        (|head: &mut RunHead| head.intent.requester = samples::person("UMALLORY")) as fn(&mut RunHead),
        |head| head.intent.place = samples::channel("CRELEASES2"),
        |head| head.intent.parameters.clear(),
    ] {
        let house = asked(true).await;
        house.forge(forge);
        house.wakes().await;
        assert_eq!(house.hand.asked.lock().unwrap().len(), 1);
    }
}

/// The same situation with an untouched head: the next attempt does what the first one did.
#[tokio::test]
async fn an_untouched_head_is_tried_again() {
    let house = asked(true).await;
    house.wakes().await;
    let asked = house.hand.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0], asked[1]);
}

/// While two versions run, an earlier version may write a head again and leave out the hash that the record has. That
/// is no forgery.
#[tokio::test]
async fn a_head_that_an_earlier_version_wrote_again_goes_on_and_is_no_finding() {
    let house = asked(true).await;
    assert!(house.head().intent.hash.is_some());
    house.forge(|head| head.intent.hash = None);
    assert!(house.verifies().await);
    house.wakes().await;
    assert_eq!(house.hand.asked.lock().unwrap().len(), 2, "tried again");
    house.forge(another_program);
    assert!(!house.verifies().await, "the missing hash hides nothing");
}

#[tokio::test]
async fn a_head_with_other_work_stops_nothing() {
    let house = asked(false).await;
    house.forge(another_program);
    let (by, place) = (samples::person("UADA"), samples::channel("CRELEASES"));
    let cancel = Envelope::new(house.run.clone(), "1", RunCommand::Cancel { by, place });
    house.dispatcher.carry_out(&cancel).await.unwrap();
    assert_eq!(*house.hand.stopped.lock().unwrap(), 0);
}

/// Events are chained, so an event that somebody changed proves nothing either.
#[tokio::test]
async fn a_forged_request_on_record_starts_nothing() {
    let house = asked(true).await;
    house.forge(another_program);
    {
        let mut tables = house.store.tables.lock().unwrap();
        let rows = tables.events.get_mut(&house.run).unwrap();
        let mut record = wire::event::decode(&rows[0].bytes).unwrap();
        if let Event::Run(RunEvent::Requested { work: Work(Target::Command(command)), .. }) =
            &mut record.event
        {
            command.arguments = vec!["--force".into()];
        }
        rows[0].bytes = wire::event::encode(&record).unwrap();
        rows[0].hash = wire::hash(&rows[0].bytes);
    }
    house.wakes().await;
    assert_eq!(house.hand.asked.lock().unwrap().len(), 1);
    assert!(house.clock.now() > START);
}

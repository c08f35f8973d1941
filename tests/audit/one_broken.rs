//! A record that cannot be read is damaged, or was written by a newer version that was taken back. It stops only
//! itself: lists, sweeps, cards and seals of all other records go on.

use async_trait::async_trait;
use signalbox_domain::RunCommand;
use signalbox_domain::answer::Answer;
use signalbox_domain::budget::Allowance;
use signalbox_domain::card::{Drawing, Note};
use signalbox_domain::ids::{ChannelId, RecordId};
use signalbox_domain::people::Place;
use signalbox_domain::time::Timestamp;
use signalbox_engine::audit::GRACE;
use signalbox_engine::ports::{Agenda, Chat, ChatError, Clock, DueKind, MessageRef, Queue, Views};
use signalbox_engine::wire::command::{Command, Envelope};
use signalbox_engine::{Asker, Backends, Caretaker, Dispatcher, Handled, Intake, Notifier, Shown};
use signalbox_testkit::{MemoryQueue, MemoryStore, VirtualClock, samples};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const START: Timestamp = Timestamp(1_795_219_200_000);

/// Remembers what was posted and edited.
#[derive(Default)]
struct Wall(Mutex<Vec<String>>);

#[async_trait]
impl Chat for Wall {
    async fn post(&self, _: &Place, run: &RecordId, _: &Drawing) -> Result<MessageRef, ChatError> {
        self.0.lock().unwrap().push(format!("post {run}"));
        Ok(MessageRef { channel: ChannelId::new("C1"), ts: run.to_string() })
    }
    async fn find(&self, _: &Place, _: &RecordId, _: Timestamp) -> Result<Option<MessageRef>, ChatError> {
        Ok(None)
    }
    async fn edit(&self, _: &MessageRef, run: &RecordId, _: &Drawing) -> Result<(), ChatError> {
        self.0.lock().unwrap().push(format!("edit {run}"));
        Ok(())
    }
    async fn reply(&self, message: &MessageRef, note: &Note) -> Result<(), ChatError> {
        self.0.lock().unwrap().push(format!("reply {} {}", message.ts, note.told.len()));
        Ok(())
    }
}

struct House {
    clock: Arc<VirtualClock>,
    store: MemoryStore,
    intents: Arc<MemoryQueue>,
    outbox: Arc<MemoryQueue>,
    dispatcher: Dispatcher,
    caretaker: Caretaker,
    runs: Vec<RecordId>,
}

/// Four runs that no backend can carry out.
async fn house() -> House {
    let clock = Arc::new(VirtualClock::at(START));
    let store = MemoryStore::default();
    let queue = || Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30)));
    let (intents, outbox) = (queue(), queue());
    let dispatcher = Dispatcher {
        store: Arc::new(store.clone()),
        intents: intents.clone(),
        outbox: outbox.clone(),
        catalogue: Arc::new(samples::catalogue()),
        backends: Backends::default(),
        lookups: signalbox_engine::Lookups::default(),
        silencer: None,
        admitting: samples::admitting(Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30)))),
        clock: clock.clone(),
    };
    let mut runs = vec![];
    for n in 0..4 {
        let run = RecordId::derive("test", "T", &n.to_string());
        let intent = samples::intent(&dispatcher.catalogue);
        let submit = Envelope::new(run.clone(), "", RunCommand::Submit { intent, told: false });
        dispatcher.carry_out(&submit).await.unwrap();
        clock.advance_to(clock.now().plus(Duration::from_secs(1)));
        runs.push(run);
    }
    let caretaker = Caretaker {
        agenda: Arc::new(store.clone()),
        seals: Arc::new(store.clone()),
        intents: intents.clone(),
        outbox: outbox.clone(),
        clock: clock.clone(),
    };
    House { clock, store, intents, outbox, dispatcher, caretaker, runs }
}

impl House {
    /// Makes the head of one run unreadable, as if a newer version had written it, and due long ago. Does the same to
    /// an event of another run.
    fn damage(&self) {
        let mut tables = self.store.tables.lock().unwrap();
        let head = tables.heads.get_mut(&self.runs[0]).unwrap();
        head.body = br#"{"v":9,"head":{}}"#.to_vec();
        head.due_at = Some(START);
        let event = &mut tables.events.get_mut(&self.runs[1]).unwrap()[1];
        event.bytes = String::from_utf8(event.bytes.clone()).unwrap().replace("\"v\":1", "\"v\":9").into();
        for run in &self.runs {
            tables.heads.get_mut(run).unwrap().card_due_at = Some(START);
        }
    }
}

#[tokio::test]
async fn lists_leave_it_out_and_show_the_others() {
    let house = house().await;
    house.damage();
    let intake = Intake {
        catalogue: house.dispatcher.catalogue.clone(),
        intents: house.intents.clone(),
        views: Arc::new(house.store.clone()),
        clock: house.clock.clone(),
        vouching: samples::vouching(),
    };
    let place = samples::channel("CRELEASES");
    let asker = Asker { actor: samples::person("UADA"), place, door: "test", key: "1".into() };
    let Answer::History(lines, _) = intake.ask(&asker, "/signalbox", "history").await else { panic!() };
    assert_eq!(lines.len(), 3);
    let status = intake.ask(&asker, "/signalbox", &format!("status {}", house.runs[2].short())).await;
    assert!(matches!(status, Answer::Status(..)), "{status:?}");
}

#[tokio::test]
async fn what_is_due_and_cannot_be_read_is_put_off_and_wakes_nobody_else() {
    let house = house().await;
    house.damage();
    assert_eq!(house.caretaker.wake().await.unwrap(), 1);
    let woken = house.intents.receive(9).await.unwrap();
    assert_eq!(house.dispatcher.handle(&woken[0]).await.unwrap(), Handled::Done);
    let due = house.store.due(DueKind::Record, house.clock.now(), 9).await.unwrap();
    assert!(due.is_empty(), "not for a while");
    let later = house.clock.now().plus(Duration::from_secs(3600));
    assert_eq!(house.store.due(DueKind::Record, later, 9).await.unwrap().len(), 1, "and not for ever");
}

#[tokio::test]
async fn cards_of_the_others_are_ordered_and_told() {
    let house = house().await;
    house.damage();
    while let taken = house.outbox.receive(9).await.unwrap()
        && !taken.is_empty()
    {
        for order in taken {
            house.outbox.ack(&order.receipt).await.unwrap();
        }
    }
    assert_eq!(house.caretaker.order_cards().await.unwrap(), 3);
    let wall = Arc::new(Wall::default());
    let store = Arc::new(house.store.clone());
    let notifier = Notifier::new(store, wall.clone(), house.clock.clone(), Allowance::SLACK);
    for _ in 0..9 {
        for order in house.outbox.receive(9).await.unwrap() {
            let after = match notifier.handle(&order).await.unwrap() {
                Shown::Now => None,
                Shown::Later(after) => Some(after),
                Shown::Newer => panic!("no order was given for it"),
            };
            match after {
                None => house.outbox.ack(&order.receipt).await.unwrap(),
                Some(after) => house.outbox.again(&order.receipt, after).await.unwrap(),
            }
        }
        house.clock.advance_to(house.clock.now().plus(Duration::from_secs(3)));
    }
    let said = wall.0.lock().unwrap().clone();
    for run in &house.runs[1..] {
        assert!(said.contains(&format!("post {run}")), "{said:?}");
    }
    // The thread of the run with the unreadable event is told once what can be told.
    let card = house.store.card(&house.runs[1]).await.unwrap().unwrap();
    assert_eq!(card.noted, 3);
}

#[tokio::test]
async fn its_day_is_sealed_all_the_same() {
    let house = house().await;
    house.damage();
    house.clock.advance_to(START.day().end().plus(GRACE));
    assert_eq!(house.caretaker.seal().await.unwrap().len(), 1);
}

/// The clock here is behind the clock of the caretaker that sent the wake. A wake that was handled now would be
/// dropped, and the queue would remember its id and not take it again.
#[tokio::test]
async fn a_wake_that_comes_early_comes_again_at_its_time() {
    let house = house().await;
    let due_at = house.clock.now().plus(Duration::from_secs(2));
    let wake = Envelope::new(house.runs[2].clone(), "1", Command::Wake { due_at });
    house.intents.send(wake.to_message().unwrap()).await.unwrap();
    let early = house.intents.receive(1).await.unwrap().pop().unwrap();
    assert_eq!(house.dispatcher.handle(&early).await.unwrap(), Handled::Again(Duration::from_secs(2)));
    house.clock.advance_to(due_at);
    assert_eq!(house.dispatcher.handle(&early).await.unwrap(), Handled::Done);
    // The wake of the next round is a new message, whatever happened to the earlier one.
    house.store.tables.lock().unwrap().heads.get_mut(&house.runs[3]).unwrap().due_at = Some(due_at);
    let sent = async |house: &House| {
        house.caretaker.wake().await.unwrap();
        let taken = house.intents.receive(9).await.unwrap();
        for delivery in &taken {
            house.intents.ack(&delivery.receipt).await.unwrap();
        }
        taken.iter().filter(|d| d.message.id.contains(house.runs[3].as_str())).count()
    };
    house.intents.ack(&early.receipt).await.unwrap();
    assert_eq!((sent(&house).await, sent(&house).await), (1, 0), "once in a round");
    house.clock.advance_to(due_at.plus(Duration::from_secs(61)));
    assert_eq!(sent(&house).await, 1, "and again in the next");
}

/// The command changes nothing the second time. The card is ordered at once and does not wait for the sweep of overdue
/// cards.
#[tokio::test]
async fn a_command_that_comes_again_after_a_crash_orders_the_card_that_was_not_ordered() {
    let mut house = house().await;
    let outbox = MemoryQueue::new(house.clock.clone(), Duration::from_secs(30));
    house.dispatcher.outbox = Arc::new(outbox.clone());
    let intent = samples::intent(&house.dispatcher.catalogue);
    let submit = Envelope::new(house.runs[2].clone(), "", RunCommand::Submit { intent, told: false });
    let events = |house: &House| house.store.tables.lock().unwrap().events[&house.runs[2]].len();
    let before = events(&house);
    house.dispatcher.carry_out(&submit).await.unwrap();
    assert_eq!(events(&house), before);
    assert_eq!(outbox.waiting.lock().unwrap().len(), 1);
    // A command that brings nothing new orders no card.
    let due_at = house.clock.now();
    let wake = Envelope::new(house.runs[3].clone(), "", Command::Wake { due_at });
    house.dispatcher.carry_out(&wake).await.unwrap();
    assert_eq!(outbox.waiting.lock().unwrap().len(), 1);
}

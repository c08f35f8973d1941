//! A head that somebody other than the dispatcher changed sends nothing to another record. Before anything is sent,
//! what is owed is folded from the record's own events.

use signalbox_domain::alert::{AlertCommand, Deployed};
use signalbox_domain::{AlertId, Event, RunCommand, RunId, Timestamp};
use signalbox_engine::ports::Queue;
use signalbox_engine::wire::command::{Command, Envelope};
use signalbox_engine::wire::{self, head::Head};
use signalbox_engine::{Backends, Dispatcher};
use signalbox_testkit::{MemoryQueue, MemoryStore, VirtualClock, samples};
use signalbox_tests::schedule::{catalogue_with_a_watch, finding};
use std::sync::Arc;
use std::time::Duration;

const START: Timestamp = Timestamp(1_795_219_200_000);

struct House {
    clock: Arc<VirtualClock>,
    store: MemoryStore,
    intents: MemoryQueue,
    dispatcher: Dispatcher,
    alert: AlertId,
}

fn run() -> RunId {
    RunId::derive("test", "T", "1")
}

/// Finds an alert; it followed this run, if one is given.
async fn found(after: Option<RunId>) -> House {
    let clock = Arc::new(VirtualClock::at(START));
    let store = MemoryStore::default();
    let queue = || MemoryQueue::new(clock.clone(), Duration::from_secs(30));
    let intents = queue();
    let dispatcher = Dispatcher {
        store: Arc::new(store.clone()),
        intents: Arc::new(intents.clone()),
        outbox: Arc::new(queue()),
        catalogue: catalogue_with_a_watch(),
        backends: Backends::default(),
        lookups: signalbox_engine::Lookups::default(),
        silencer: None,
        admitting: samples::admitting(Arc::new(queue())),
        clock: clock.clone(),
    };
    let mut finding = finding(&run(), START);
    finding.after.retain(|run| after.as_ref() == Some(&run.run));
    let alert = finding.alert(&samples::channel("COPS"));
    let found = Envelope::new(alert.clone(), "w", AlertCommand::Found(Box::new(finding)));
    dispatcher.carry_out(&found).await.unwrap();
    House { clock, store, intents, dispatcher, alert }
}

impl House {
    async fn sent(&self) -> Vec<Command> {
        let taken = self.intents.receive(9).await.unwrap();
        for delivery in &taken {
            self.intents.ack(&delivery.receipt).await.unwrap();
        }
        taken.iter().map(|d| Envelope::from_bytes(&d.message.body).unwrap().command).collect()
    }

    fn forge(&self, change: impl FnOnce(&mut signalbox_domain::alert::AlertHead)) {
        let mut tables = self.store.tables.lock().unwrap();
        let row = tables.heads.get_mut(&*self.alert).unwrap();
        let mut head = wire::head::decode_any(&row.body).unwrap().into_alert().unwrap();
        change(&mut head);
        row.body = wire::head::encode(&Head::from(head)).unwrap();
    }

    async fn wakes(&self) {
        self.clock.advance_to(START.plus(Duration::from_secs(3600)));
        let wake = Envelope::new(self.alert.clone(), "", Command::Wake { due_at: START });
        self.dispatcher.carry_out(&wake).await.unwrap();
    }

    fn events(&self) -> Vec<Event> {
        let tables = self.store.tables.lock().unwrap();
        let rows = tables.events[&*self.alert].iter();
        rows.map(|row| wire::event::decode(&row.bytes).unwrap().event).collect()
    }
}

#[tokio::test]
async fn a_head_that_names_another_run_sends_nothing() {
    let house = found(None).await;
    assert_eq!(house.sent().await, []);
    let deployed =
        Deployed { run: run(), what: "anything".into(), at: START, first_line: Some(START), ended: None };
    house.forge(|head| head.finding.after = vec![deployed]);
    house.wakes().await;
    assert_eq!(house.sent().await, []);
    assert_eq!(house.events().len(), 1);
}

#[tokio::test]
async fn a_head_that_forgot_what_was_sent_sends_nothing_again() {
    let house = found(Some(run())).await;
    let sent = house.sent().await;
    assert!(matches!(&sent[..], [Command::Run(RunCommand::Followed { after_seconds: 42, .. })]), "{sent:?}");
    assert_eq!(house.events().len(), 2);
    house.forge(|head| head.sent_to.clear());
    // By now the queue has forgotten the earlier message, so it would take the same message again.
    house.wakes().await;
    assert_eq!((house.sent().await, house.events().len()), (sent[..0].to_vec(), 2));
}

#[tokio::test]
async fn a_record_whose_chain_is_broken_sends_nothing() {
    let house = found(None).await;
    let body = String::from_utf8(house.store.tables.lock().unwrap().events[&*house.alert][0].bytes.clone());
    let deployed = format!(r#""after":[{{"run":"{}","what":"x","at":{}}}]"#, run(), START.0);
    let forged = body.unwrap().replace(r#""after":[]"#, &deployed);
    assert!(forged.contains(run().as_str()));
    house.store.tables.lock().unwrap().events.get_mut(&*house.alert).unwrap()[0].bytes = forged.into_bytes();
    let deployed = Deployed { run: run(), what: "x".into(), at: START, first_line: None, ended: None };
    house.forge(|head| head.finding.after = vec![deployed]);
    house.wakes().await;
    assert_eq!(house.sent().await, []);
}

//! Cards on AWS during an upgrade. An earlier version keeps them beside the heads, this version apart from them.
//! Whichever version works, and in whatever order, a run has one card.

use super::before_aws::{Before, dynamodb, key, number};
use crate::deployed::emulator::Emulator;
use async_trait::async_trait;
use serde_json::json;
use signalbox_aws::{DynamoStore, tables};
use signalbox_domain::budget::Allowance;
use signalbox_domain::card::{Drawing, Note};
use signalbox_domain::ids::{ChannelId, RecordId};
use signalbox_domain::people::Place;
use signalbox_domain::{RunCommand, Timestamp};
use signalbox_engine::ports::{
    Agenda, CardRow, Cards, Chat, ChatError, Clock, Delivery, DueKind, Journal, MessageRef, PortError, Queue,
    Views,
};
use signalbox_engine::wire::command::Envelope;
use signalbox_engine::{Backends, Dispatcher, Notifier, Shown};
use signalbox_testkit::{MemoryQueue, VirtualClock, contract, samples};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const START: Timestamp = Timestamp(1_795_219_200_000);

/// A channel that notes how often each run was posted and edited.
#[derive(Default)]
struct Wall(Mutex<Vec<(String, RecordId)>>);

#[async_trait]
impl Chat for Wall {
    async fn post(&self, _: &Place, run: &RecordId, _: &Drawing) -> Result<MessageRef, ChatError> {
        let mut said = self.0.lock().unwrap();
        said.push(("post".into(), run.clone()));
        Ok(MessageRef { channel: ChannelId::new("C1"), ts: said.len().to_string() })
    }
    async fn find(&self, _: &Place, _: &RecordId, _: Timestamp) -> Result<Option<MessageRef>, ChatError> {
        Ok(None)
    }
    async fn edit(&self, message: &MessageRef, run: &RecordId, _: &Drawing) -> Result<(), ChatError> {
        self.0.lock().unwrap().push((format!("edit {}", message.ts), run.clone()));
        Ok(())
    }
    async fn reply(&self, _: &MessageRef, _: &Note) -> Result<(), ChatError> {
        Ok(())
    }
}

/// The working parts of one version: its dispatcher and its notifier.
struct Version {
    dispatcher: Dispatcher,
    notifier: Notifier,
}

struct House {
    emulator: Arc<Emulator>,
    clock: Arc<VirtualClock>,
    wall: Arc<Wall>,
}

impl House {
    fn version<S: Journal + Cards + 'static>(&self, store: Arc<S>) -> Version {
        let clock = self.clock.clone();
        let queue = || Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30)));
        Version {
            dispatcher: Dispatcher {
                store: store.clone(),
                outbox: queue(),
                intents: queue(),
                catalogue: Arc::new(samples::catalogue()),
                backends: Backends::default(),
                lookups: signalbox_engine::Lookups::default(),
                silencer: None,
                admitting: samples::admitting(queue()),
                clock: self.clock.clone(),
            },
            notifier: Notifier::new(store, self.wall.clone(), self.clock.clone(), Allowance::SLACK),
        }
    }

    /// A person asks for a run, and this version handles the request.
    async fn asks(&self, version: &Version, name: &str) -> RecordId {
        let run = RecordId::derive("cards", "T", name);
        let intent = samples::intent(&version.dispatcher.catalogue);
        let submit = Envelope::new(run.clone(), "", RunCommand::Submit { intent, told: false });
        version.dispatcher.carry_out(&submit).await.unwrap();
        run
    }

    /// A person asks again for the same run, and this version handles it, so that the card is out of date.
    async fn asks_again(&self, version: &Version, run: &RecordId, attempt: u32) {
        let (by, place) = (samples::person("UADA"), samples::channel("CRELEASES"));
        let retry = Envelope::new(run.clone(), "again", RunCommand::Retry { by, place, attempt });
        version.dispatcher.carry_out(&retry).await.unwrap();
    }

    /// This version gets an order for the card, until the card shows the present state.
    async fn shows(&self, version: &Version, run: &RecordId) {
        let queue = MemoryQueue::new(self.clock.clone(), Duration::from_secs(30));
        let place = samples::channel("CRELEASES");
        let served = signalbox_domain::budget::Served::People;
        let lane = signalbox_engine::wire::order::Lane { place: &place, served };
        queue.send(signalbox_engine::wire::order::encode(run, 1, lane).unwrap()).await.unwrap();
        let order: Delivery = queue.receive(1).await.unwrap().remove(0);
        for _ in 0..20 {
            self.clock.advance_to(self.clock.now().plus(Duration::from_secs(2)));
            if version.notifier.handle(&order).await.unwrap() == Shown::Now {
                return;
            }
        }
        panic!("the card is never shown");
    }

    /// What was posted or edited for a run since the last call.
    fn said(&self, run: &RecordId) -> Vec<String> {
        let mut said = self.wall.0.lock().unwrap();
        let of_it = said.iter().filter(|(_, of)| of == run).map(|(what, _)| what.clone()).collect();
        for (what, of) in said.iter_mut().filter(|(_, of)| of == run) {
            (*what, *of) = ("before".into(), RecordId::derive("cards", "T", "nobody"));
        }
        of_it
    }

    /// The revisions of the run's card: the one beside the head, and the one apart from it.
    async fn lies(&self, run: &RecordId) -> (Option<u64>, Option<u64>) {
        let of = async |pk: &str| {
            let asked = json!({"TableName": "state", "Key": key(&format!("{pk}:{run}"), "card")});
            let item = dynamodb(&self.emulator, "GetItem", asked).await["Item"].clone();
            (!item.is_null()).then(|| number(&item, "revision"))
        };
        (of("run").await, of("card").await)
    }
}

async fn house() -> Option<(House, DynamoStore)> {
    let emulator = Arc::new(Emulator::start()?);
    let client = emulator.clients().dynamodb();
    tables::create(&client, "events", &tables::EVENTS).await.unwrap();
    tables::create(&client, "state", &tables::STATE).await.unwrap();
    let house = House { emulator, clock: Arc::new(VirtualClock::at(START)), wall: Arc::default() };
    Some((house, DynamoStore::new(client, "events", "state")))
}

const FAR: Timestamp = Timestamp(START.0 + 3_600_000);

#[tokio::test]
async fn a_run_has_one_card_in_a_canary_after_a_rollback_and_after_the_upgrade() {
    let Some((house, store)) = house().await else { return };
    let wide = store.clone().with_cards_of_before(true);
    let old_store = Arc::new(Before { emulator: house.emulator.clone(), rest: wide.clone() });
    let before = house.version(old_store.clone());
    let written = house.version(Arc::new(wide.clone()));
    let narrow = house.version(Arc::new(store.clone()));

    // The earlier version makes a card. One of its orders gets lost.
    let a = house.asks(&before, "a").await;
    house.shows(&before, &a).await;
    assert_eq!(house.said(&a), ["post"]);
    let lost = house.asks(&before, "lost").await;
    let (revision, apart) = house.lies(&a).await;
    assert!(revision.is_some() && apart.is_none());

    // A canary that also writes cards in the old way: each version sees the other's cards, and what is overdue.
    house.asks_again(&written, &a, 1).await;
    house.shows(&before, &a).await;
    house.shows(&written, &a).await;
    assert_eq!(house.said(&a), ["edit 1"], "by one of them");
    let c = house.asks(&written, "c").await;
    house.shows(&written, &c).await;
    house.shows(&before, &c).await;
    let d = house.asks(&before, "d").await;
    house.shows(&before, &d).await;
    house.shows(&written, &d).await;
    assert_eq!((house.said(&c), house.said(&d)), (vec!["post".to_owned()], vec!["post".to_owned()]));
    assert!(house.lies(&c).await.1.is_none(), "where the version before looks");
    let overdue = async |store: &DynamoStore| {
        let due = store.due(DueKind::Card, FAR, 99).await.unwrap();
        due.into_iter().map(|(record, _)| record.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        (overdue(&wide).await, old_store.overdue().await),
        (vec![lost.to_string()], vec![lost.to_string()])
    );

    // The earlier version is put back.
    house.asks_again(&before, &c, 1).await;
    house.shows(&before, &c).await;
    assert_eq!(house.said(&c).len(), 1, "edited, not posted");
    assert_eq!(overdue(&store).await, [lost.to_string()]);

    // The upgrade is over, and the notifier no longer writes cards beside the heads. What is left over is found in both
    // places.
    let late = house.asks(&narrow, "late").await;
    assert_eq!(overdue(&store).await, [lost.to_string(), late.to_string()], "longest due first");
    for run in [&lost, &late] {
        house.shows(&narrow, run).await;
        assert_eq!(house.said(run), ["post"]);
        let (beside, apart) = house.lies(run).await;
        assert!(beside.is_none() && apart.is_some());
    }
    assert_eq!(overdue(&store).await, [""; 0], "nothing is ordered for ever");
    assert_eq!(old_store.overdue().await, [lost.to_string()], "though the head says so still");
    house.asks_again(&narrow, &lost, 1).await;
    assert_eq!(old_store.overdue().await, [""; 0], "until it changes");
    house.shows(&narrow, &lost).await;
    assert!(house.said(&lost)[0].starts_with("edit"));
    let revision = house.lies(&a).await.0.unwrap();
    house.asks_again(&narrow, &a, 2).await;
    assert_eq!(overdue(&store).await, [a.to_string()]);
    house.shows(&narrow, &a).await;
    assert_eq!(house.said(&a), ["edit 1"], "where it always was, and no second one");
    let (beside, apart) = house.lies(&a).await;
    assert_eq!(beside, Some(revision), "left as it was");
    assert!(apart.is_some_and(|apart| apart > revision), "the revision goes on");
    let message = store.card(&a).await.unwrap().unwrap().message.unwrap();
    assert_eq!(store.by_reference(&message.reference()).await.unwrap(), std::slice::from_ref(&a), "once");
    let message = store.card(&late).await.unwrap().unwrap().message.unwrap();
    assert_eq!(store.by_reference(&message.reference()).await.unwrap(), [late]);

    // The setting is turned on once more. A card is changed in the place where it is by now.
    house.asks_again(&written, &a, 3).await;
    house.shows(&written, &a).await;
    assert_eq!((house.said(&a), house.lies(&a).await.0), (vec!["edit 1".to_owned()], Some(revision)));
    assert_eq!(overdue(&store).await, [""; 0]);
    assert_eq!(overdue(&wide).await, [""; 0]);
}

#[tokio::test]
async fn the_contract_holds_while_cards_are_written_where_versions_before_look() {
    let Some((_house, store)) = house().await else { return };
    contract::store::run_suite(&store.with_cards_of_before(true)).await;
}

/// Two versions work at the same time, one with the setting and one without. If both make or change a card, only one of
/// them succeeds.
#[tokio::test]
async fn of_two_versions_that_put_a_card_at_the_same_time_one_does() {
    let Some((_house, store)) = house().await else { return };
    let wide = store.clone().with_cards_of_before(true);
    let row = |name: &str, revision, shown| CardRow {
        record: RecordId::derive("cards", "T", name),
        revision,
        message: None,
        posting_since: START,
        direct: false,
        shown,
        noted: 0,
    };
    wide.put_card(row("a", 1, 0)).await.unwrap();
    assert_eq!(store.put_card(row("a", 1, 0)).await, Err(PortError::Conflict));
    store.put_card(row("b", 1, 0)).await.unwrap();
    assert_eq!(wide.put_card(row("b", 1, 0)).await, Err(PortError::Conflict));
    // Both stores change the card in turn. A store that read an earlier revision may not overwrite a later one.
    wide.put_card(row("a", 2, 1)).await.unwrap();
    assert_eq!(store.put_card(row("a", 2, 9)).await, Err(PortError::Conflict));
    store.put_card(row("a", 3, 2)).await.unwrap();
    assert_eq!(wide.put_card(row("a", 3, 9)).await, Err(PortError::Conflict), "it lies elsewhere by now");
    wide.put_card(row("a", 4, 3)).await.unwrap();
    for store in [&store, &wide] {
        assert_eq!(store.card(&row("a", 0, 0).record).await.unwrap(), Some(row("a", 4, 3)));
    }
}

//! Opens what the first version wrote with this version: a data folder as a killed server left it (runs, alerts,
//! bulletins, cards, memos, two sealed days, and commands and orders that were still queued), and the same as items of
//! DynamoDB and messages of SQS. `tests/fixtures/README.md` says how the fixtures were made. Nothing in them ever
//! changes.

use crate::binary::process::{Server, signalbox, states, text};
use crate::deployed::emulator::Emulator;
use serde_json::{Value, json};
use signalbox_aws::{DynamoStore, SqsQueue, tables};
use signalbox_domain::Timestamp;
use signalbox_domain::time::Day;
use signalbox_engine::audit::verify;
use signalbox_engine::ports::{Clock, Queue, Store, Views};
use signalbox_engine::wire::{command::Envelope, event, head, order};
use signalbox_engine::{Admitting, Backends, Caretaker, Dispatcher};
use signalbox_sqlite::Database;
use signalbox_testkit::{MemoryQueue, VirtualClock, samples};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const FIRST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/first");
const RECORDS: usize = 24;
const EVENTS: usize = 75;
/// The day after the last event of the fixtures.
const LATER: Timestamp = Timestamp(1_795_521_600_000);

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

pub fn data() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(FIRST).join("data"), folder.path());
    folder
}

/// Checks that every event and head can be read, that every command is carried out, that every order is decoded, that
/// days are sealed, and that the audit is valid afterwards.
async fn goes_on<S: Store + 'static, Q: Queue + 'static>(
    store: S,
    intents: Q,
    outbox: Q,
    upgraded: Timestamp,
) {
    let (store, intents, outbox) = (Arc::new(store), Arc::new(intents), Arc::new(outbox));
    let records = store.event_records(None, 1000).await.unwrap();
    assert_eq!(records.len(), RECORDS);
    let mut events = 0;
    for record in &records {
        for row in store.events(record).await.unwrap() {
            event::decode(&row.bytes).unwrap();
            events += 1;
        }
        head::decode_any(&store.head(record).await.unwrap().unwrap().body).unwrap();
    }
    assert_eq!(events, EVENTS);
    let clock = Arc::new(VirtualClock::at(LATER));
    let dead = Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30)));
    // No door vouched for these commands, because the first version had no keys to do so.
    let admitting = Admitting { unsigned_until: Some(upgraded), ..samples::admitting(dead.clone()) };
    let dispatcher = Dispatcher {
        store: store.clone(),
        intents: intents.clone(),
        outbox: outbox.clone(),
        catalogue: Arc::new(samples::catalogue()),
        backends: Backends::default(),
        lookups: signalbox_engine::Lookups::default(),
        silencer: None,
        admitting,
        clock: clock.clone(),
    };
    let mut commands = 0;
    loop {
        let taken = intents.receive(10).await.unwrap();
        if taken.is_empty() {
            break;
        }
        for delivery in taken {
            Envelope::from_bytes(&delivery.message.body).unwrap();
            dispatcher.handle(&delivery).await.unwrap();
            intents.ack(&delivery.receipt).await.unwrap();
            commands += 1;
        }
    }
    assert!(commands >= 5, "{commands} commands");
    assert!(dead.receive(1).await.unwrap().is_empty(), "none of them is refused");
    let mut orders = 0;
    loop {
        let taken = outbox.receive(10).await.unwrap();
        if taken.is_empty() {
            break;
        }
        for delivery in taken {
            order::decode(&delivery.message.body).unwrap();
            outbox.ack(&delivery.receipt).await.unwrap();
            orders += 1;
        }
    }
    assert!(orders >= 17, "{orders} orders");
    let before = store.seals().await.unwrap();
    assert_eq!(before.len(), 2);
    let copies = before.iter().map(|seal| (seal.day, seal.hash)).collect();
    clock.advance_to(LATER.plus(Duration::from_secs(3 * 86_400)));
    let caretaker =
        Caretaker { agenda: store.clone(), seals: store.clone(), intents, outbox, clock: clock.clone() };
    assert!(!caretaker.seal().await.unwrap().is_empty());
    verify(&*store, &copies, |_| ()).await.unwrap().unwrap();
    assert!(store.seals().await.unwrap().last().unwrap().day > Day(0));
    assert!(clock.now() > LATER);
}

#[tokio::test]
async fn the_first_versions_data_folder_is_opened() {
    let folder = data();
    let database = Database::open(folder.path()).unwrap();
    let clock = Arc::new(VirtualClock::at(LATER));
    let queue = |name| database.queue(name, clock.clone(), Duration::from_secs(30));
    let (intents, outbox) = (queue("intents"), queue("outbox"));
    // An earlier version left these messages on a queue without a time.
    goes_on(database.clone(), intents, outbox, Timestamp(1)).await;
}

#[tokio::test]
async fn the_first_versions_tables_and_queues_are_opened_on_aws() {
    let Some(emulator) = Emulator::start() else { return };
    let kept: Value = serde_json::from_slice(&std::fs::read(format!("{FIRST}/aws.json")).unwrap()).unwrap();
    let client = emulator.clients().dynamodb();
    for (name, table) in [("events", &tables::EVENTS), ("state", &tables::STATE)] {
        tables::create(&client, name, table).await.unwrap();
        for items in kept[name].as_array().unwrap().chunks(25) {
            let puts: Vec<_> = items.iter().map(|item| json!({"PutRequest": {"Item": item}})).collect();
            let batch = json!({"RequestItems": {name: puts}});
            emulator.call("dynamodb", "/", Some("DynamoDB_20120810.BatchWriteItem"), &batch).await;
        }
    }
    let mut queues = BTreeMap::new();
    for name in ["intents", "outbox"] {
        let file = format!("{name}.fifo");
        let queue = SqsQueue::create(emulator.clients().sqs(), &file, Duration::from_secs(30)).await.unwrap();
        let asked = json!({"QueueName": file});
        let url = &emulator.call("sqs", "/", Some("AmazonSQS.GetQueueUrl"), &asked).await["QueueUrl"];
        for message in kept[name].as_array().unwrap() {
            let mut message = message.clone();
            message["QueueUrl"] = url.clone();
            emulator.call("sqs", "/", Some("AmazonSQS.SendMessage"), &message).await;
        }
        queues.insert(name, queue);
    }
    let store = DynamoStore::new(client, "events", "state");
    // The first version kept cards beside their heads, and they are found there.
    for item in kept["state"].as_array().unwrap().iter().filter(|item| item["sk"]["S"] == "card") {
        let record = item["pk"]["S"].as_str().unwrap().strip_prefix("run:").unwrap();
        let card = store.card(&record.parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(item["revision"]["N"].as_str().unwrap(), card.revision.to_string());
        let thread = card.message.unwrap().reference();
        assert_eq!(store.by_reference(&thread).await.unwrap(), [card.record]);
    }
    let (intents, outbox) = (queues.remove("intents").unwrap(), queues.remove("outbox").unwrap());
    goes_on(store, intents, outbox, Timestamp(i64::MAX)).await;
}

/// The real binary goes on with what the first version left: it carries out what was queued, and the same can be asked
/// for again.
#[test]
fn the_server_goes_on_from_the_first_versions_data_folder() {
    let folder = data();
    let server = Server::start_with(Path::new("examples/catalogue"), folder.path(), |_| ());
    let answer = server.types("/release web 9.9.9").unwrap();
    assert!(answer.contains("Asked for"), "{answer}");
    let deadline = Instant::now() + crate::binary::process::PATIENCE;
    loop {
        let states = states(folder.path());
        let done = |what: &str| states.get(what).is_some_and(|s| s.iter().all(|s| s == "succeeded"));
        let queued = (0..12).all(|n| done(&format!("release service=worker version=3.0.{n}")));
        if queued && done("release service=web version=9.9.9") {
            break;
        }
        assert!(Instant::now() < deadline, "{states:#?}");
        std::thread::sleep(Duration::from_millis(200));
    }
    let verified = signalbox(&["audit", "verify", "--data"]).arg(folder.path()).output().unwrap();
    assert!(verified.status.success(), "{}{}", text(&verified.stdout), text(&verified.stderr));
}

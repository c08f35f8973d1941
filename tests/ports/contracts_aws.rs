//! The same suites over DynamoDB and SQS in an emulator (`tests/aws`), and tests of what only those adapters do.

use crate::deployed::emulator::Emulator;
use bytes::Bytes;
use signalbox_aws::{Clients, DynamoStore, SealBucket, SqsQueue, tables};
use signalbox_domain::Timestamp;
use signalbox_domain::ids::{Digest, RecordId, RecordKind, WorkspaceId};
use signalbox_domain::time::Day;
use signalbox_engine::ports::{
    Agenda, CardRow, Cards, DueKind, EventRow, HeadRow, Journal, Listing, Message, PortError, Queue,
    SealCopies, SealRow, Transport, Views,
};
use signalbox_testkit::{VirtualClock, contract};
use signalbox_transport::Reqwest;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

/// This time passes for real, so it is short. But it is much longer than the suite's calls take.
const VISIBILITY: Duration = Duration::from_secs(6);

impl Emulator {
    async fn store(&self) -> DynamoStore {
        let client = self.clients().dynamodb();
        tables::create(&client, "events", &tables::EVENTS).await.unwrap();
        tables::create(&client, "state", &tables::STATE).await.unwrap();
        DynamoStore::new(client, "events", "state")
    }

    async fn queue(&self) -> SqsQueue {
        SqsQueue::create(self.clients().sqs(), "intents.fifo", VISIBILITY).await.unwrap()
    }
}

fn run(n: u64) -> RecordId {
    RecordId::derive("aws", "T1", &n.to_string())
}

fn event(run: &RecordId, seq: u64, bytes: Vec<u8>) -> EventRow {
    let hash = Digest::of([bytes.as_slice()]);
    EventRow { record: run.clone(), seq, bytes, hash, day: (seq == 1).then_some(Day(20_000)) }
}

fn head(run: &RecordId, version: u64) -> HeadRow {
    HeadRow {
        record: run.clone(),
        version,
        chain: Digest::ZERO,
        listed_under: Listing::of(&WorkspaceId::new("T1"), RecordKind::Run),
        requested_at: Timestamp(i64::try_from(version).unwrap()),
        reference: None,
        due_at: None,
        card_due_at: Some(Timestamp(1)),
        body: version.to_string().into_bytes(),
    }
}

#[tokio::test]
async fn store_in_dynamodb() {
    let Some(emulator) = Emulator::start() else { return };
    let store = emulator.store().await;
    contract::store::run_suite(&store).await;
    contract::letters::run(&store).await;
    contract::memos::run(&store).await;
}

fn standing() -> Arc<VirtualClock> {
    Arc::new(VirtualClock::at(Timestamp(1_795_219_200_000)))
}

impl Emulator {
    /// Sends a request to S3, for things that no adapter of ours does.
    async fn s3(&self, method: &str, path: &str, body: &str) -> http::Response<Bytes> {
        let scope = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
        let request = http::Request::builder().method(method).uri(format!("{}{path}", self.url()));
        let request = request.header("authorization", scope).body(Bytes::from(body.to_owned())).unwrap();
        let answer = Reqwest::new().unwrap().call(request, Duration::from_secs(10)).await.unwrap();
        assert!(answer.status().is_success(), "{method} {path}: {:?}", answer.body());
        answer
    }

    /// A bucket that keeps versions, and the copies in it.
    pub async fn seals(&self, bucket: &str) -> SealBucket {
        self.s3("PUT", &format!("/{bucket}"), "").await;
        let versions = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
        self.s3("PUT", &format!("/{bucket}?versioning="), versions).await;
        let network = Arc::new(Reqwest::new().unwrap());
        self.clients().seals(&format!("s3://{bucket}/seals"), network, standing()).unwrap()
    }
}

#[tokio::test]
async fn copies_of_seals_in_a_bucket() {
    let Some(emulator) = Emulator::start() else { return };
    contract::copies::run(&emulator.seals("copies").await).await;

    // Somebody whose writes do not have our condition overwrites a copy, deletes it, and puts other objects beside it.
    let seals = emulator.seals("tampered").await;
    let bytes = b"{\"v\":2}".to_vec();
    let seal = SealRow { day: Day(20_000), hash: signalbox_engine::wire::hash(&bytes), bytes };
    assert!(seals.keep(&seal).await.unwrap());
    emulator.s3("PUT", "/tampered/seals/2024-10-04.json", "remade").await;
    emulator.s3("DELETE", "/tampered/seals/2024-10-04.json", "").await;
    emulator.s3("PUT", "/tampered/seals/2024-10-04.json", "remade again").await;
    emulator.s3("PUT", "/tampered/seals/notes.txt", "").await;
    emulator.s3("PUT", "/tampered/elsewhere/2024-10-05.json", "").await;
    assert_eq!(seals.hashes().await.unwrap(), BTreeMap::from([(seal.day, seal.hash)]));

    // There are more versions than one page holds.
    let many = emulator.seals("many").await;
    for day in 0..1050 {
        let bytes = vec![1];
        let seal = SealRow { day: Day(day), hash: signalbox_engine::wire::hash(&bytes), bytes };
        assert!(many.keep(&seal).await.unwrap());
    }
    assert_eq!(many.days().await.unwrap().len(), 1050);

    let network = Arc::new(Reqwest::new().unwrap());
    let nowhere = emulator.clients().seals("s3://nowhere/seals", network, standing()).unwrap();
    let refused = nowhere.days().await.unwrap_err().to_string();
    assert_eq!(refused, "unavailable: listing copies of seals: NoSuchBucket");
}

#[tokio::test]
async fn queue_in_sqs() {
    let Some(emulator) = Emulator::start() else { return };
    let pass = |by: Duration| std::thread::sleep(by + Duration::from_millis(200));
    let queue = emulator.queue().await;
    contract::queue::run(&queue, VISIBILITY, &pass).await;
    let dead = SqsQueue::create(emulator.clients().sqs(), "dead.fifo", VISIBILITY).await.unwrap();
    queue.bury_in(&dead, 3).await.unwrap();
    contract::queue::buries(&queue, &dead, 3).await;
}

#[tokio::test]
async fn a_store_in_dynamodb_keeps_to_its_limits() {
    let Some(emulator) = Emulator::start() else { return };
    let store = emulator.store().await;

    // Of several writers, one succeeds.
    let r = run(1);
    let writers: Vec<_> = (0..8u8)
        .map(|n| {
            let (store, r) = (store.clone(), r.clone());
            tokio::spawn(async move { store.append(0, vec![event(&r, 1, vec![n])], head(&r, 1)).await })
        })
        .collect();
    let mut won = 0;
    for writer in writers {
        match writer.await.unwrap() {
            Ok(()) => won += 1,
            Err(error) => assert_eq!(error, PortError::Conflict),
        }
    }
    assert_eq!((won, store.events(&r).await.unwrap().len()), (1, 1));
    assert_eq!(store.event_records(None, 9).await.unwrap(), vec![r.clone()]);

    // Ninety-nine events are refused together; 98 are written, because the head and a note are written with them. If an
    // item is too large, nothing is written either.
    let many = |n: u64| (2..2 + n).map(|seq| event(&r, seq, vec![1])).collect::<Vec<_>>();
    let refused = store.append(1, many(99), head(&r, 100)).await.unwrap_err();
    assert!(refused.to_string().contains("98 at once"), "{refused}");
    store.append(1, many(98), head(&r, 99)).await.unwrap();
    let large = store.append(99, vec![event(&r, 100, vec![7; 401 * 1024])], head(&r, 100)).await.unwrap_err();
    assert!(matches!(large, PortError::Unavailable(_)), "{large}");
    assert_eq!(store.head(&r).await.unwrap().unwrap().version, 99);

    // The events need more than one page.
    let r = run(2);
    let kilobytes = |seq: u64| event(&r, seq, vec![u8::try_from(seq).unwrap(); 300 * 1024]);
    store.append(0, (1..4).map(kilobytes).collect(), head(&r, 3)).await.unwrap();
    store.append(3, (4..7).map(kilobytes).collect(), head(&r, 6)).await.unwrap();
    assert_eq!(store.events(&r).await.unwrap(), (1..7).map(kilobytes).collect::<Vec<_>>());

    // A run is listed once, however many events it has. A run without its first event is listed too.
    store.append(0, vec![event(&run(3), 2, vec![1])], head(&run(3), 2)).await.unwrap();
    let mut all = [1, 2, 3].map(run).to_vec();
    all.sort();
    assert_eq!(store.event_records(None, 9).await.unwrap(), all);
    assert_eq!(store.event_records(Some(&all[0]), 1).await.unwrap(), all[1..2]);

    // There are more heads than one batch holds, and they come in order.
    for n in 0..105 {
        let r = run(1000 + n);
        let row = HeadRow { requested_at: Timestamp(i64::try_from(n).unwrap() + 5000), ..head(&r, 1) };
        store.append(0, vec![event(&r, 1, vec![1])], row).await.unwrap();
    }
    let latest = store
        .latest(&Listing::of(&WorkspaceId::new("T1"), RecordKind::Run), Timestamp(9999), 103)
        .await
        .unwrap();
    let runs: Vec<_> = latest.into_iter().map(|h| h.record).collect();
    assert_eq!(runs, (2..105).rev().map(|n| run(1000 + n)).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_append_over_events_beyond_the_head_says_so() {
    let Some(emulator) = Emulator::start() else { return };
    let store = emulator.store().await;
    let r = run(1);
    store.append(0, vec![event(&r, 1, vec![1]), event(&r, 2, vec![2])], head(&r, 1)).await.unwrap();
    let error = store.append(1, vec![event(&r, 2, vec![3])], head(&r, 2)).await.unwrap_err();
    assert!(error.to_string().contains("events beyond its head"), "{error}");
    assert_eq!(store.head(&r).await.unwrap().unwrap().version, 1);

    // The card stays in the index of what is due until it shows the version of the head.
    let card = |revision, shown| CardRow {
        record: r.clone(),
        revision,
        message: None,
        posting_since: Timestamp(1),
        direct: false,
        shown,
        noted: shown,
    };
    store.put_card(card(1, 7)).await.unwrap();
    let due = store.due(DueKind::Card, Timestamp(1), 9).await.unwrap();
    assert_eq!(due, [(r.clone(), Timestamp(1))]);
    store.put_card(card(2, 1)).await.unwrap();
    assert_eq!(store.due(DueKind::Card, Timestamp(1), 9).await.unwrap(), []);
}

#[tokio::test]
async fn sqs_brings_back_what_was_sent() {
    let Some(emulator) = Emulator::start() else { return };
    let queue = emulator.queue().await;
    let long = "x".repeat(200);
    let sent = [
        ("g1", "plain", "{\"v\":1,\"text\":\"für \u{1f680}\"}".as_bytes().to_vec()),
        ("g2", "none", vec![]),
        ("g3", "zero", vec![0, 1, 2]),
        ("g4", "bytes", (0..=255).collect()),
        ("g5", &long, b"long".to_vec()),
        ("a group with spaces", "6", b"spaces".to_vec()),
        ("g7", "large", vec![b'a'; 256 * 1024]),
        ("g8", "largest", vec![0xff; 256 * 1024]),
    ];
    let sent = sent.map(|(group, id, body)| Message { group: group.into(), id: id.into(), body });
    for message in &sent {
        queue.send(message.clone()).await.unwrap();
        queue.send(message.clone()).await.unwrap();
    }
    let got = queue.receive(99).await.unwrap();
    assert_eq!(got.iter().map(|d| d.message.clone()).collect::<Vec<_>>(), sent);
    for delivery in got {
        queue.ack(&delivery.receipt).await.unwrap();
        // Doing it a second time does no harm.
        queue.ack(&delivery.receipt).await.unwrap();
        queue.again(&delivery.receipt, Duration::ZERO).await.unwrap();
    }
    assert_eq!(queue.receive(1).await.unwrap(), []);
}

#[tokio::test]
async fn what_cannot_be_reached_is_unavailable_and_tells_no_secret() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let clients = Clients::emulator(&format!("http://127.0.0.1:{port}"), Arc::new(Reqwest::new().unwrap()));
    let store = DynamoStore::new(clients.dynamodb(), "events", "state");
    assert_eq!(
        store.head(&run(1)).await.unwrap_err().to_string(),
        "unavailable: reading an item: no connection"
    );
    let queue = SqsQueue::new(clients.sqs(), &format!("http://127.0.0.1:{port}/000000000000/intents.fifo"));
    assert_eq!(queue.receive(1).await.unwrap_err().to_string(), "unavailable: receiving: no connection");
}

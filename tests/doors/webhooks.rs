//! The webhook door, tested with everything that could come. Only what is signed is read, no input leads to a 5xx, and
//! a delivery that comes again is the same hint. Of GitHub's own examples, only those about our runs would mean
//! anything.

use crate::binary::process::skipped;
use crate::doors::intake::corpora;
use axum::Router;
use axum::body::{Body, to_bytes};
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use signalbox_backends::Systems;
use signalbox_domain::catalogue::TargetKind;
use signalbox_domain::{RecordId, RecordKind, RunCommand, Timestamp};
use signalbox_doors::{Speaks, TurnedAway, WebhookDoor, webhook_router};
use signalbox_engine::ports::{HeadRow, Journal, Listing, Queue, WebhookSecrets};
use signalbox_engine::wire::command::{Command, Envelope};
use signalbox_testkit::{MemoryQueue, MemoryStore, VirtualClock, samples};
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

const NOW: Timestamp = Timestamp(1_795_219_200_000);

struct Door {
    router: Router,
    queue: MemoryQueue,
    store: MemoryStore,
    clock: Arc<VirtualClock>,
}

/// What each system posts, with the secrets of those who may speak for it.
fn systems(secrets: fn(TargetKind) -> Option<&'static str>) -> Vec<Speaks> {
    let known = |secrets: &str| secrets.parse::<WebhookSecrets>().unwrap().into();
    Systems::webhooks().into_iter().map(|w| (w.clone(), secrets(w.kind()).map(known))).collect()
}

fn door() -> Door {
    let clock = Arc::new(VirtualClock::at(NOW));
    let queue = MemoryQueue::new(clock.clone(), Duration::from_secs(30));
    let store = MemoryStore::default();
    let router = webhook_router(WebhookDoor {
        systems: systems(|kind| match kind {
            TargetKind::GitHub => Some("new,old"),
            TargetKind::Jenkins => Some("of jenkins"),
            TargetKind::Command | TargetKind::Batch => None,
        }),
        alertmanager: None,
        grafana: None,
        catalogue: Arc::default(),
        intents: Arc::new(queue.clone()),
        views: Arc::new(store.clone()),
        clock: clock.clone(),
        turned_away: TurnedAway::default(),
    });
    Door { router, queue, store, clock }
}

fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    format!("sha256={}", digest.iter().map(|b| format!("{b:02x}")).collect::<String>())
}

fn run() -> RecordId {
    RecordId::derive("test", "T", "webhooks")
}

impl Door {
    async fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> u16 {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_vec())).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let said = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        assert!(!status.is_server_error(), "{status} for {:?}", String::from_utf8_lossy(&said));
        assert!(said.len() < 2000, "{path}: an answer of {} bytes to what somebody sent", said.len());
        assert!(!said.windows(12).any(|w| w == b"canary-value"), "{path} repeats a secret");
        status.as_u16()
    }

    async fn github(&self, event: &str, delivery: &str, body: &[u8]) -> u16 {
        let signature = sign("new", body);
        let headers = [
            ("x-hub-signature-256", signature.as_str()),
            ("x-github-event", event),
            ("x-github-delivery", delivery),
        ];
        self.post("/webhooks/github", &headers, body).await
    }

    async fn jenkins(&self, body: &[u8]) -> u16 {
        self.post("/webhooks/jenkins", &[("authorization", "Bearer of jenkins")], body).await
    }

    /// The commands that were queued since the last call.
    async fn commands(&self) -> Vec<Command> {
        let mut commands = vec![];
        while let Some(delivery) = self.queue.receive(1).await.unwrap().pop() {
            commands.push(Envelope::from_bytes(&delivery.message.body).unwrap().command);
            self.queue.ack(&delivery.receipt).await.unwrap();
        }
        commands
    }

    /// Puts a run into the store whose backend calls it by this reference.
    async fn knows(&self, reference: &str) {
        let row = HeadRow {
            record: run(),
            version: 1,
            chain: signalbox_domain::Digest::ZERO,
            listed_under: Listing::of(&samples::channel("C").workspace, RecordKind::Run),
            requested_at: NOW,
            reference: Some(reference.to_owned()),
            due_at: None,
            card_due_at: None,
            body: vec![],
        };
        self.store.tables.lock().unwrap().heads.insert(run(), row.clone());
        assert_eq!(
            self.store.append(0, vec![], row).await.unwrap_err().to_string(),
            "somebody else wrote first"
        );
    }
}

fn about_run(action: &str, title: &str) -> Vec<u8> {
    let run = serde_json::json!({"id": 7, "display_title": title, "event": "workflow_dispatch", "status": "queued"});
    serde_json::json!({"action": action, "workflow_run": run}).to_string().into_bytes()
}

fn about_job(action: &str) -> Vec<u8> {
    serde_json::json!({"action": action, "workflow_job": {"id": 1, "run_id": 7}}).to_string().into_bytes()
}

#[tokio::test]
async fn only_what_is_signed_is_taken() {
    let door = door();
    let body = about_run("completed", &format!("Deploy [{}]", run()));
    for (path, header, value, expect) in [
        ("/webhooks/github", "x-hub-signature-256", sign("new", &body), 202),
        ("/webhooks/github", "x-hub-signature-256", sign("old", &body), 202),
        ("/webhooks/github", "x-hub-signature-256", sign("of jenkins", &body), 401),
        ("/webhooks/github", "x-hub-signature-256", sign("new", b"another"), 401),
        ("/webhooks/github", "x-hub-signature-256", sign("new", &body).replace("sha256=", "sha1="), 401),
        ("/webhooks/github", "x-hub-signature", sign("new", &body), 401),
        ("/webhooks/github", "authorization", "Bearer new".to_owned(), 401),
        ("/webhooks/jenkins", "authorization", "Bearer of jenkins".to_owned(), 400),
        ("/webhooks/jenkins", "authorization", "Bearer of jenkin".to_owned(), 401),
        ("/webhooks/jenkins", "x-signature-256", sign("of jenkins", &body), 400),
        ("/webhooks/jenkins", "x-signature-256", sign("new", &body), 401),
        ("/webhooks/jenkins?secret=of%20jenkins", "x-none", String::new(), 400),
        ("/webhooks/jenkins?secret=of+jenkins&x", "x-none", String::new(), 400),
        ("/webhooks/jenkins?secret=", "x-none", String::new(), 401),
        ("/webhooks/jenkins", "x-none", String::new(), 401),
    ] {
        let headers =
            [(header, value.as_str()), ("x-github-event", "workflow_run"), ("x-github-delivery", "1")];
        assert_eq!(door.post(path, &headers, &body).await, expect, "{path} {header}");
    }
    // A correct secret beside a wrong signature does not make the signature valid.
    let both = [("x-signature-256", "sha256=00"), ("authorization", "Bearer of jenkins")];
    assert_eq!(door.post("/webhooks/jenkins", &both, b"{}").await, 401);
}

#[tokio::test]
async fn without_a_secret_nobody_may_speak() {
    let clock = Arc::new(VirtualClock::at(NOW));
    let door = Door {
        router: webhook_router(WebhookDoor {
            systems: systems(|_| None),
            alertmanager: None,
            grafana: None,
            catalogue: Arc::default(),
            intents: Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30))),
            views: Arc::new(MemoryStore::default()),
            clock: clock.clone(),
            turned_away: TurnedAway::default(),
        }),
        queue: MemoryQueue::new(clock.clone(), Duration::from_secs(30)),
        store: MemoryStore::default(),
        clock,
    };
    assert_eq!(door.github("workflow_run", "1", &about_run("completed", "x")).await, 401);
    assert_eq!(door.jenkins(b"{}").await, 401);
    assert_eq!(door.post("/webhooks/jenkins?secret=", &[], b"{}").await, 401);
}

#[tokio::test]
async fn a_delivery_that_comes_again_is_the_same_hint() {
    let door = door();
    let body = about_run("completed", &format!("Deploy web [{}-2]", run()));
    for delivery in ["a", "a", "b"] {
        assert_eq!(door.github("workflow_run", delivery, &body).await, 202);
    }
    let commands = door.commands().await;
    assert_eq!(commands.len(), 2, "{commands:?}");
    let Command::Run(RunCommand::Sighted(sighting)) = &commands[0] else { panic!("{commands:?}") };
    assert_eq!((sighting.attempt, sighting.reference.as_str()), (2, "7"));
    assert_eq!(door.github("workflow_run", "", &body).await, 400);
    assert_eq!(door.github("workflow_run", &"x".repeat(101), &body).await, 400);
}

#[tokio::test]
async fn jobs_are_known_by_their_runs_number() {
    let door = door();
    assert_eq!(door.github("workflow_job", "1", &about_job("in_progress")).await, 202);
    assert!(door.commands().await.is_empty(), "no run of ours");
    door.knows("github/7").await;
    // Several hints within a moment lead to one look.
    for (delivery, action) in
        [("2", "in_progress"), ("3", "completed"), ("4", "in_progress"), ("5", "queued")]
    {
        door.github("workflow_job", delivery, &about_job(action)).await;
    }
    assert_eq!(door.commands().await, [Command::Run(RunCommand::Observe)]);
    door.clock.advance_to(NOW.plus(Duration::from_secs(6)));
    door.github("workflow_job", "6", &about_job("completed")).await;
    assert_eq!(door.commands().await, [Command::Run(RunCommand::Observe)]);
    // The name of this run on GitHub does not show our run's id.
    door.github("workflow_run", "7", &about_run("completed", "Deploy")).await;
    door.github("workflow_run", "8", &about_run("in_progress", "Deploy")).await;
    assert_eq!(door.commands().await, [Command::Run(RunCommand::Observe)]);
}

#[tokio::test]
async fn what_jenkins_says() {
    let door = door();
    let said = |build: serde_json::Value| serde_json::json!({"name": "deploy", "build": build}).to_string();
    let parameters = serde_json::json!({"SERVICE": "web", "SIGNALBOX_RUN": run().to_string()});
    let build =
        serde_json::json!({"number": 12, "queue_id": 55, "phase": "STARTED", "parameters": parameters});
    for _ in 0..2 {
        assert_eq!(door.jenkins(said(build.clone()).as_bytes()).await, 202);
    }
    let commands = door.commands().await;
    let Some(Command::Run(RunCommand::Sighted(sighting))) = commands.first() else { panic!("{commands:?}") };
    assert_eq!((commands.len(), sighting.attempt, sighting.reference.as_str()), (1, 1, "build/12"));
    // This build was merged into another item of the queue. It is known by the number of that item.
    door.knows("jenkins/queue/55/merged").await;
    let merged = serde_json::json!({"number": 12, "queue_id": 55, "phase": "COMPLETED", "parameters": {}});
    assert_eq!(door.jenkins(said(merged).as_bytes()).await, 202);
    assert_eq!(door.commands().await, [Command::Run(RunCommand::Observe)]);
    for odd in
        [r#"{"build":{}}"#, r#"{"build":{"parameters":[1]}}"#, r#"{"build":{"parameters":{"x":null}}}"#]
    {
        assert_eq!(door.jenkins(odd.as_bytes()).await, 204, "{odd}");
    }
    assert_eq!(door.jenkins(br#"{"name":"x"}"#).await, 400);
}

#[tokio::test]
async fn odd_bodies() {
    let door = door();
    let huge = vec![b'a'; 3 * 1024 * 1024];
    let deep = "[".repeat(100_000);
    // The answer says what is wrong with the body, but does not repeat the whole body.
    let wordy = format!(
        r#"{{"action":"password=canary-value {0}","workflow_run":"password=canary-value {0}"}}"#,
        "a".repeat(100_000)
    );
    let wordy_too = format!(r#"{{"build":"password=canary-value {0}"}}"#, "a".repeat(100_000));
    let bodies: [&[u8]; 10] = [
        wordy.as_bytes(),
        wordy_too.as_bytes(),
        b"",
        b"\0\xff",
        b"null",
        b"{}",
        b"[]",
        &huge,
        deep.as_bytes(),
        br#"{"action":1,"workflow_run":{"id":-1}}"#,
    ];
    for body in bodies {
        for event in ["workflow_run", "workflow_job", "ping", "", "\u{e9}"] {
            door.github(event, "1", body).await;
        }
        door.jenkins(body).await;
        door.post("/webhooks/github", &[], body).await;
        door.post("/webhooks/jenkins", &[], body).await;
    }
    let form = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-hub-signature-256", &sign("new", b"payload=%7B%7D")),
        ("x-github-delivery", "1"),
    ];
    assert_eq!(door.post("/webhooks/github", &form, b"payload=%7B%7D").await, 415);
    assert!(door.commands().await.is_empty(), "none of these says anything");
}

#[tokio::test]
async fn every_example_of_githubs() {
    let Some(files) = corpora(&["github-webhooks"]) else {
        return skipped("webhooks nobody here wrote: set SIGNALBOX_CORPORA to the folder of corpora");
    };
    let door = door();
    let (mut ours, mut others) = (0, 0);
    for file in files {
        let event = file.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        let body = std::fs::read(&file).unwrap();
        let status = door.github(&event, &file.display().to_string()[..60], &body).await;
        let about_runs = matches!(event.as_str(), "workflow_run" | "workflow_job");
        // The examples about runs are about runs of other people, and the others mean nothing to us. The door
        // acknowledges all of them.
        assert!(status == 204 || (about_runs && status == 202), "{}: {status}", file.display());
        ours += u32::from(about_runs);
        others += u32::from(!about_runs);
        // If an example is sent as a different event, it is refused or ignored, and does no harm.
        for event in ["workflow_run", "workflow_job"] {
            let status = door.github(event, "1", &body).await;
            assert!(matches!(status, 202 | 204 | 400), "{} as {event}: {status}", file.display());
        }
        let status = door.jenkins(&body).await;
        assert!(matches!(status, 202 | 204 | 400), "{} as Jenkins's: {status}", file.display());
    }
    assert!(ours >= 11 && others > 200, "{ours} and {others}");
    assert!(door.commands().await.is_empty(), "none of these is ours");
}

proptest::proptest! {
    #[test]
    fn nothing_signed_breaks_it(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let door = door();
            door.github("workflow_run", "1", &body).await;
            door.jenkins(&body).await;
        });
    }
}

//! Slack's door, tested with everything that could come. No input leads to a 5xx or a panic, nothing is read before it
//! is verified, and what Slack repeats is one request.

pub mod ill;

use self::ill::ILLS;
use crate::binary::process::skipped;
use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use signalbox_domain::Timestamp;
use signalbox_doors::{SlackDoor, TurnedAway, slack_router};
use signalbox_engine::Intake;
use signalbox_engine::ports::{Clock, Queue};
use signalbox_slack::{SlackClient, sign, slash_body};
use signalbox_testkit::{MemoryQueue, MemoryStore, VirtualClock, samples};
use signalbox_transport::InMemory;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

const NOW: Timestamp = Timestamp(1_795_219_200_000);

struct Door {
    router: Router,
    queue: MemoryQueue,
}

fn door() -> Door {
    let clock = Arc::new(VirtualClock::at(NOW));
    let queue = MemoryQueue::new(clock.clone(), Duration::from_secs(30));
    Door { router: over(clock, Arc::new(queue.clone())), queue }
}

fn over(clock: Arc<dyn Clock>, intents: Arc<dyn Queue>) -> Router {
    let transport = Arc::new(InMemory(Router::new()));
    slack_router(SlackDoor {
        secrets: "new,old".parse::<signalbox_slack::Secrets>().unwrap().into(),
        intake: Intake {
            catalogue: Arc::new(samples::catalogue()),
            intents,
            vouching: samples::vouching(),
            views: Arc::new(MemoryStore::default()),
            clock,
        },
        client: Arc::new(SlackClient::new(transport, "http://127.0.0.1/api", "xoxb-test").unwrap()),
        turned_away: TurnedAway::default(),
    })
}

impl Door {
    async fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (StatusCode, String) {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer =
            self.router.clone().oneshot(request.body(Body::from(body.to_vec())).unwrap()).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        assert!(!status.is_server_error(), "{status} for {:?}", String::from_utf8_lossy(&body));
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    async fn signed(&self, path: &str, secret: &str, at: Timestamp, body: &[u8]) -> (StatusCode, String) {
        let timestamp = at.seconds().to_string();
        let signature = sign(secret, at, body).unwrap();
        let headers = [("x-slack-request-timestamp", timestamp.as_str()), ("x-slack-signature", &signature)];
        self.post(path, &headers, body).await
    }
}

fn command(text: &str) -> String {
    slash_body(samples::WORKSPACE, "CRELEASES", "UADA", "/release", text, "1.2.abc")
}

/// A terminal gets the whole answer in plain lines. A client that does not ask for plain text gets the answer in
/// Slack's form.
#[tokio::test]
async fn a_terminal_is_answered_in_plain_lines() {
    let door = door();
    let (body, at) = (command("web"), NOW.seconds().to_string());
    let signature = sign("new", NOW, body.as_bytes()).unwrap();
    let signed = [("x-slack-request-timestamp", at.as_str()), ("x-slack-signature", &signature)];
    let plain = [signed[0], signed[1], ("accept", "text/plain")];
    let (status, text) = door.post("/slack/commands", &plain, body.as_bytes()).await;
    assert_eq!(status, StatusCode::OK);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "version is missing.");
    assert!(lines[1].starts_with("Usage: /signalbox release <service> <version>"), "{text}");
    assert!(lines.len() > 2 && !text.contains('`') && !text.contains("blocks"), "{text}");
    let (_, json) = door.post("/slack/commands", &signed, body.as_bytes()).await;
    assert!(json.contains(r#""response_type":"ephemeral""#), "{json}");
    // A request that is not verified gets no answer of either form.
    let unsigned = door.post("/slack/commands", &plain[2..], body.as_bytes()).await;
    assert_eq!(unsigned.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn only_what_slack_signed_lately_is_taken() {
    let door = door();
    let body = command("web 1.4.2");
    let body = body.as_bytes();
    let later = |seconds: i64| Timestamp(NOW.0 + seconds * 1000);
    for (secret, at, expect) in [
        ("new", later(0), 200),
        ("old", later(0), 200),
        ("other", later(0), 401),
        ("new", later(300), 200),
        ("new", later(-300), 200),
        ("new", later(301), 401),
        ("new", later(-301), 401),
    ] {
        let (status, _) = door.signed("/slack/commands", secret, at, body).await;
        assert_eq!(status, expect, "{secret} at {at:?}");
    }
    for path in ["/slack/commands", "/slack/interactivity", "/slack/events", "/slack/options"] {
        assert_eq!(door.post(path, &[], body).await.0, 401, "{path} unsigned");
        let odd = [("x-slack-request-timestamp", "now"), ("x-slack-signature", "v0=zz")];
        assert_eq!(door.post(path, &odd, body).await.0, 401, "{path} oddly signed");
    }
    // Five requests were taken, and all have the same trigger of Slack's. So they are one request.
    assert_eq!(door.queue.waiting.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_slack_asks_for_itself() {
    let door = door();
    assert_eq!(
        door.post("/slack/commands", &[], b"ssl_check=1&token=x").await,
        (StatusCode::OK, String::new())
    );
    let challenge = br#"{"token":"t","challenge":"3eZbrw1aB","type":"url_verification"}"#;
    assert_eq!(door.post("/slack/events", &[], challenge).await.0, 401, "this one is signed");
    let (status, said) = door.signed("/slack/events", "new", NOW, challenge).await;
    assert_eq!((status.as_u16(), said.as_str()), (200, "3eZbrw1aB"));
    let event = br#"{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":"app_mention","channel":"C1","event_ts":"1.2"}}"#;
    for _ in 0..3 {
        assert_eq!(door.signed("/slack/events", "new", NOW, event).await.0, 200, "first and repeated alike");
    }
    assert!(door.queue.waiting.lock().unwrap().is_empty());
}

/// How long Slack waits for an answer.
const SLACK: Duration = Duration::from_secs(3);

#[tokio::test]
async fn whatever_the_queue_does_the_person_learns_in_time_what_is_known() {
    for (ill, expect) in ILLS {
        let clock = Arc::new(VirtualClock::at(NOW));
        let queue = MemoryQueue::new(clock.clone(), Duration::from_secs(30));
        let door = Door { router: over(clock, Arc::new(ill)), queue };
        let body = command("web 1.4.2");
        let asked = door.signed("/slack/commands", "new", NOW, body.as_bytes());
        let (status, said) = tokio::time::timeout(SLACK, asked).await.expect("Slack has given up");
        assert_eq!(status, 200);
        assert!(said.to_lowercase().contains(expect) && !said.contains("canary"), "{said}");
    }
}

/// People may paste one of the app's three addresses into the field of another. So the door tells Slack's requests
/// apart by their content.
#[tokio::test]
async fn whatever_slack_asks_is_taken_at_each_of_the_three_addresses() {
    let press = serde_json::json!({
        "type": "block_actions", "team": null, "user": {"id": "UADA", "team_id": samples::WORKSPACE},
        "channel": {"id": "CRELEASES"}, "container": {"message_ts": "1.2"},
        "actions": [{"action_id": "cancel", "value": "12fzaxkgttqdy93s4nvcj65zf9", "action_ts": "3.4"}],
    });
    let press = format!(
        "payload={}",
        form_urlencoded::byte_serialize(press.to_string().as_bytes()).collect::<String>()
    );
    let challenge = r#"{"type":"url_verification","challenge":"3eZ"}"#;
    for path in ["/slack/commands", "/slack/interactivity", "/slack/events", "/slack/options"] {
        let door = door();
        let (status, said) = door.signed(path, "new", NOW, command("web 1.4.2").as_bytes()).await;
        assert!(status == 200 && said.contains("Asked for"), "{path}: {status} {said}");
        assert_eq!(door.queue.receive(9).await.unwrap().len(), 1, "{path}");
        assert_eq!(door.signed(path, "new", NOW, press.as_bytes()).await.0, 200, "{path}");
        let answer = door.signed(path, "new", NOW, challenge.as_bytes()).await;
        assert_eq!(answer, (StatusCode::OK, "3eZ".to_owned()), "{path}");
        assert_eq!(door.post(path, &[], b"ssl_check=1&token=x").await.0, 200, "{path}");
        assert_eq!(door.post(path, &[], press.as_bytes()).await.0, 401, "{path}: unsigned");
    }
}

#[tokio::test]
async fn odd_bodies_signed_and_unsigned() {
    let door = door();
    let huge = vec![b'a'; 2 * 1024 * 1024];
    let deep = format!("payload={}", "[".repeat(100_000));
    let many = format!("{}&payload=%ff%fe", "a=b&".repeat(50_000));
    let text = command(&"x ".repeat(20_000));
    let bodies: [&[u8]; 9] = [
        b"",
        b"\0\xff",
        b"payload=",
        b"payload={}",
        &huge,
        deep.as_bytes(),
        many.as_bytes(),
        text.as_bytes(),
        b"%%%=&&",
    ];
    for body in bodies {
        for path in ["/slack/commands", "/slack/interactivity", "/slack/events", "/slack/options"] {
            door.post(path, &[], body).await;
            door.signed(path, "new", NOW, body).await;
        }
    }
    assert!(door.queue.waiting.lock().unwrap().is_empty(), "none of these is a request");
}

#[tokio::test]
async fn every_body_of_the_corpora() {
    let Some(files) = corpora(&["JSONTestSuite", "slack-java-json-logs"]) else {
        return skipped("bodies nobody here wrote: set SIGNALBOX_CORPORA to the folder of corpora");
    };
    let door = door();
    assert!(files.len() > 300, "only {} files", files.len());
    for file in files {
        let json = std::fs::read(&file).unwrap();
        let form: Vec<u8> = [b"payload=".as_slice(), &json].concat();
        for body in [&json, &form] {
            for path in ["/slack/commands", "/slack/interactivity", "/slack/events", "/slack/options"] {
                door.signed(path, "new", NOW, body).await;
            }
        }
    }
}

/// JSON from other projects, if it is available: every file below these folders of the corpora.
pub fn corpora(folders: &[&str]) -> Option<Vec<PathBuf>> {
    #[expect(clippy::disallowed_methods, reason = "the tests' own setting")]
    let named = std::env::var_os("SIGNALBOX_CORPORA").map(PathBuf::from);
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora"));
    let root = named.unwrap_or(beside);
    let mut folders: Vec<PathBuf> = folders.iter().map(|f| root.join(f)).collect();
    let mut files = vec![];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).ok()? {
            let path = entry.ok()?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "json") {
                files.push(path);
            }
        }
    }
    Some(files)
}

//! A real Alertmanager posts to the door. An alert that fires becomes a finding, and becomes one more finding when it
//! is over.

use crate::binary::process::{skipped, text};
use crate::doors::alerts::{SECRET, found, watches};
use serde_json::{Value, json};
use signalbox_backends::Alertmanager as Silencing;
use signalbox_domain::Timestamp;
use signalbox_domain::alert::{Class, Finding};
use signalbox_domain::ids::{CommandId, RecordId};
use signalbox_doors::{TurnedAway, WebhookDoor, webhook_router};
use signalbox_engine::ports::{Silence, Silenced, Silencer, WebhookSecrets};
use signalbox_testkit::{MemoryQueue, MemoryStore, VirtualClock};
use signalbox_transport::Reqwest;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The program's name in Debian's package, and its original name.
const NAMES: [&str; 2] = ["prometheus-alertmanager", "alertmanager"];
/// Alertmanager groups alerts for a moment, and a slow machine needs time. If everything is well, no test waits for so
/// long.
const PATIENCE: Duration = Duration::from_secs(60);

struct Alertmanager {
    child: Child,
    address: String,
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Option<&'static str> {
    let answers =
        |name: &&str| Command::new(*name).arg("--version").output().is_ok_and(|o| o.status.success());
    NAMES.into_iter().find(|name| answers(name))
}

impl Alertmanager {
    /// Starts an Alertmanager that sends its alerts to this door.
    async fn start(program: &str, folder: &Path, door: &str) -> Self {
        let config = json!({
            "route": {"receiver": "signalbox-web", "group_by": ["..."], "group_wait": "100ms", "group_interval": "1s", "repeat_interval": "1h"},
            "receivers": [{"name": "signalbox-web", "webhook_configs": [{
                "url": format!("{door}/webhooks/alertmanager"),
                "http_config": {"authorization": {"credentials": SECRET}}
            }]}]
        });
        // Alertmanager reads YAML, and JSON is valid YAML.
        let file = folder.join("alertmanager.yml");
        std::fs::write(&file, config.to_string()).unwrap();
        let deadline = Instant::now() + PATIENCE;
        // Another process may take the port that was free a moment ago. Then another port is tried.
        loop {
            let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let child = Command::new(program)
                .arg(format!("--config.file={}", file.display()))
                .arg(format!("--storage.path={}", folder.join("data").display()))
                .arg(format!("--web.listen-address={free}"))
                .arg("--cluster.listen-address=")
                .stdout(Stdio::null())
                .stderr(std::fs::File::create(folder.join("log")).unwrap())
                .spawn()
                .unwrap();
            let mut alertmanager = Self { child, address: free.to_string() };
            while alertmanager.child.try_wait().unwrap().is_none() {
                if alertmanager.call("GET", "/-/ready", "").await == Some(200) {
                    return alertmanager;
                }
                assert!(Instant::now() < deadline, "it does not answer");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            let log = std::fs::read(folder.join("log")).unwrap();
            assert!(Instant::now() < deadline, "it does not start: {}", text(&log));
        }
    }

    /// Sends one request and returns the status of the answer.
    async fn call(&self, method: &str, path: &str, body: &str) -> Option<u16> {
        self.exchange(method, path, body).await?.split(' ').nth(1)?.parse().ok()
    }

    /// Sends one request and returns the whole answer.
    async fn exchange(&self, method: &str, path: &str, body: &str) -> Option<String> {
        let mut stream = tokio::net::TcpStream::connect(&self.address).await.ok()?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = vec![];
        stream.read_to_end(&mut answer).await.ok()?;
        Some(text(&answer))
    }

    /// All silences that it has or had: the state of each, and the whole silence.
    async fn silences(&self) -> Vec<(String, Value)> {
        let answer = self.exchange("GET", "/api/v2/silences", "").await.unwrap();
        // The list is one line of JSON. Lines with the sizes of chunks may be around it.
        let list = answer.lines().find(|l| l.starts_with('[')).unwrap();
        let all: Vec<Value> = serde_json::from_str(list).unwrap();
        all.into_iter().map(|s| (s["status"]["state"].as_str().unwrap().to_owned(), s)).collect()
    }
}

/// The next finding; `None` if it takes too long.
async fn next(queue: &MemoryQueue) -> Option<Finding> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let mut all = found(queue).await;
        assert!(all.len() <= 1, "one alert is one finding: {all:?}");
        if let Some((_, finding)) = all.pop() {
            return Some(finding);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    None
}

#[tokio::test]
async fn a_real_alertmanager_is_understood() {
    let Some(program) = program() else {
        return skipped("a real Alertmanager: needs the program prometheus-alertmanager on the PATH");
    };
    // The year 2100, so that every alert began before this time, whenever the test is run.
    let clock = Arc::new(VirtualClock::at(Timestamp(4_102_444_800_000)));
    let queue = MemoryQueue::new(clock.clone(), Duration::from_secs(30));
    let router = webhook_router(WebhookDoor {
        systems: vec![],
        alertmanager: SECRET.parse::<WebhookSecrets>().ok().map(Into::into),
        grafana: None,
        catalogue: watches(),
        intents: Arc::new(queue.clone()),
        views: Arc::new(MemoryStore::default()),
        clock,
        turned_away: TurnedAway::default(),
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let door = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let folder = tempfile::tempdir().unwrap();
    let alertmanager = Alertmanager::start(program, folder.path(), &door).await;

    let alert = |ends: Option<&str>| {
        let mut alert = json!({
            "labels": {"alertname": "HighErrorRate", "instance": "web-1"},
            "annotations": {"summary": "5xx above 5 %"},
            "startsAt": "2026-02-03T04:05:06Z",
            "generatorURL": "http://prometheus.example.com/graph"
        });
        if let Some(ends) = ends {
            alert["endsAt"] = json!(ends);
        }
        json!([alert]).to_string()
    };
    assert_eq!(alertmanager.call("POST", "/api/v2/alerts", &alert(None)).await, Some(200));
    let log = || text(&std::fs::read(folder.path().join("log")).unwrap_or_default());
    let fired = next(&queue).await.unwrap_or_else(|| panic!("nothing came: {}", log()));
    assert_eq!((fired.watch.as_str(), fired.class), ("web", Class::New));
    assert_eq!(fired.title, "HighErrorRate: 5xx above 5 %");
    assert_eq!(fired.seen_in, ["instance=web-1"]);
    assert_eq!(fired.matchers.len(), 2);
    let links: Vec<&str> = fired.links.iter().map(|(word, _)| word.as_str()).collect();
    assert_eq!(links, ["Source", "Alertmanager"]);

    assert_eq!(
        alertmanager.call("POST", "/api/v2/alerts", &alert(Some("2026-02-03T04:06:06Z"))).await,
        Some(200)
    );
    let over = next(&queue).await.unwrap_or_else(|| panic!("its end did not come: {}", log()));
    assert_eq!((over.class, over.pattern), (Class::Quiet, fired.pattern));
    assert_eq!(over.tally.count, 0);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the program beside it has this machine's clock")]
async fn a_real_alertmanager_is_silenced() {
    let Some(program) = program() else {
        return skipped("a real Alertmanager: needs the program prometheus-alertmanager on the PATH");
    };
    let folder = tempfile::tempdir().unwrap();
    let alertmanager = Alertmanager::start(program, folder.path(), "http://127.0.0.1:9").await;
    let url = format!("http://{}", alertmanager.address);
    let silencing = Silencing::new(&url, None, Arc::new(Reqwest::new().unwrap())).unwrap();
    let alert = RecordId::derive("watch", "T1", "1");
    // The silences must be in the future by Alertmanager's own clock, so this needs the real time.
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = Timestamp(i64::try_from(since_1970.as_secs()).unwrap() * 1000);
    let asked = |key: &str, hours: u64| Silence {
        alert: alert.clone(),
        command: CommandId::new(format!("attend:{alert}:{key}")),
        matchers: vec![
            ("alertname".into(), "High \"Error\" \\ Rate, {é}\n=~".into()),
            ("instance".into(), "web-1".into()),
        ],
        from: now,
        until: now.plus(Duration::from_secs(hours * 3600)),
        by: "T1/UADA".into(),
        comment: "acknowledged: on it".into(),
    };
    for _ in 0..2 {
        assert_eq!(silencing.silence(&asked("1", 2)).await, Ok(Silenced::Done));
    }
    let (state, silence) = alertmanager.silences().await.pop().unwrap();
    assert_eq!((alertmanager.silences().await.len(), state.as_str()), (1, "active"));
    assert_eq!(silence["createdBy"], "T1/UADA");
    assert_eq!(silence["comment"], format!("acknowledged: on it [signalbox attend:{alert}:1]"));
    let mut matchers = silence["matchers"].as_array().unwrap().clone();
    matchers.sort_by_key(|m| m["name"].as_str().unwrap().to_owned());
    let expected = asked("1", 2).matchers;
    let exactly =
        |(n, v): &(String, String)| json!({"name": n, "value": v, "isRegex": false, "isEqual": true});
    assert_eq!(matchers, expected.iter().map(exactly).collect::<Vec<_>>());
    let hours = |s: &Value| {
        let second = |field: &str| {
            let time = s[field].as_str().unwrap();
            let part = |from: usize| time[from..from + 2].parse::<i64>().unwrap();
            part(11) * 3600 + part(14) * 60 + part(17)
        };
        let end = asked("1", 2).until.seconds().rem_euclid(86_400);
        (second("endsAt") - end, (second("endsAt") - second("startsAt")).rem_euclid(86_400))
    };
    let (off, length) = hours(&silence);
    // If the given start is a moment ago, Alertmanager lets the silence begin now.
    assert!(off == 0 && (7_000..=7_200).contains(&length), "{silence}");

    // A new decision replaces the earlier one. Then the silence is ended.
    assert_eq!(silencing.silence(&asked("2", 1)).await, Ok(Silenced::Done));
    let active = |all: Vec<(String, Value)>| all.into_iter().filter(|(s, _)| s == "active").count();
    assert_eq!(alertmanager.silences().await.len(), 2);
    assert_eq!(active(alertmanager.silences().await), 1);
    for _ in 0..2 {
        assert_eq!(silencing.end(&alert, &asked("2", 1).matchers).await, Ok(Silenced::Done));
        assert_eq!(active(alertmanager.silences().await), 0);
    }
    // A silence that is made in advance waits, and can be ended before it begins.
    let tomorrow = Silence { from: now.plus(Duration::from_secs(86_400)), ..asked("4", 48) };
    assert_eq!(silencing.silence(&tomorrow).await, Ok(Silenced::Done));
    let pending = |all: Vec<(String, Value)>| all.into_iter().filter(|(s, _)| s == "pending").count();
    assert_eq!(pending(alertmanager.silences().await), 1);
    assert_eq!(silencing.end(&alert, &tomorrow.matchers).await, Ok(Silenced::Done));
    assert_eq!(pending(alertmanager.silences().await), 0);
    // Alertmanager never accepts a silence that ends in the past.
    let late = Silence { until: Timestamp(1_000), ..asked("3", 1) };
    assert!(matches!(silencing.silence(&late).await, Ok(Silenced::Refused(_))));
}

//! The doors for alerts, tested with everything that could come. Only a sender that knows the secret is heard. Each
//! alert is one finding, however often it is sent. For a wrong body, the answer gives the name of the wrong field.

mod several;

use axum::Router;
use axum::body::{Body, to_bytes};
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use serde_json::{Value, json};
use signalbox_domain::alert::{AlertCommand, BulletinCommand, Class, Finding, Report};
use signalbox_domain::{Frozen, Timestamp};
use signalbox_doors::{TurnedAway, WebhookDoor, webhook_router};
use signalbox_engine::ports::{Queue, WebhookSecrets};
use signalbox_engine::wire::command::{Command, Envelope};
use signalbox_testkit::{MemoryQueue, MemoryStore, VirtualClock};
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

/// 2026-11-21T00:00:00Z.
const NOW: Timestamp = Timestamp(1_795_219_200_000);
pub const SECRET: &str = "of the alerts";

pub const WATCHES: &str = "watches:
  web:
    channel: TROOM/COPS
    receivers: [signalbox-web]
    allow: [{ channels: [TROOM/COPS] }]
  api:
    channel: TROOM/CAPI
    receivers: [signalbox-api, 'Team \"A\"']
    allow: [{ channels: [TROOM/CAPI] }]
";

pub fn watches() -> Arc<Frozen> {
    let files = [("watch.yaml".to_owned(), WATCHES.to_owned())];
    Arc::new(signalbox_catalogue::parse(&files).unwrap().freeze())
}

struct Door {
    router: Router,
    queue: MemoryQueue,
    clock: Arc<VirtualClock>,
}

fn door() -> Door {
    let clock = Arc::new(VirtualClock::at(NOW));
    let queue = MemoryQueue::new(clock.clone(), Duration::from_secs(30));
    let secrets = || SECRET.parse::<WebhookSecrets>().ok().map(Into::into);
    let router = webhook_router(WebhookDoor {
        systems: vec![],
        alertmanager: secrets(),
        grafana: secrets(),
        catalogue: watches(),
        intents: Arc::new(queue.clone()),
        views: Arc::new(MemoryStore::default()),
        clock: clock.clone(),
        turned_away: TurnedAway::default(),
    });
    Door { router, queue, clock }
}

impl Door {
    async fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String) {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer =
            self.router.clone().oneshot(request.body(Body::from(body.to_vec())).unwrap()).await.unwrap();
        let status = answer.status();
        let said = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        assert!(!status.is_server_error(), "{status}");
        (status.as_u16(), String::from_utf8(said.to_vec()).unwrap())
    }

    async fn tell(&self, system: &str, body: &Value) -> (u16, String) {
        let bearer = format!("Bearer {SECRET}");
        let path = format!("/webhooks/{system}");
        self.post(&path, &[("authorization", &bearer)], body.to_string().as_bytes()).await
    }

    async fn findings(&self) -> Vec<(Envelope, Finding)> {
        found(&self.queue).await
    }
}

/// The alerts that were queued since the last call.
pub async fn found(queue: &MemoryQueue) -> Vec<(Envelope, Finding)> {
    told(queue).await.0
}

/// What was queued since the last call: alerts, and messages about several alerts.
async fn told(queue: &MemoryQueue) -> (Vec<(Envelope, Finding)>, Vec<(Envelope, Report)>) {
    let (mut found, mut reports) = (vec![], vec![]);
    while let Some(delivery) = queue.receive(1).await.unwrap().pop() {
        let envelope = Envelope::from_bytes(&delivery.message.body).unwrap();
        queue.ack(&delivery.receipt).await.unwrap();
        match envelope.command.clone() {
            Command::Alert(AlertCommand::Found(finding)) => found.push((envelope, *finding)),
            Command::Bulletin(BulletinCommand::Report(report)) => reports.push((envelope, *report)),
            other => panic!("{other:?}"),
        }
    }
    (found, reports)
}

/// A notification in the form of Alertmanager 0.25.
fn alertmanager() -> Value {
    json!({
        "version": "4", "groupKey": "{}:{alertname=\"HighErrorRate\"}", "truncatedAlerts": 0, "status": "firing",
        "receiver": "signalbox-web", "groupLabels": {"alertname": "HighErrorRate"}, "commonLabels": {},
        "commonAnnotations": {}, "externalURL": "http://alertmanager:9093",
        "alerts": [{
            "status": "firing",
            "labels": {"alertname": "HighErrorRate", "instance": "web-1", "severity": "page"},
            "annotations": {"summary": "5xx above 5 %", "description": "web-1 answers <!channel> with password=hunter22hunter22"},
            "startsAt": "2026-11-20T23:50:00.5Z", "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus:9090/graph?g0.expr=up%3D%3D0&g0.tab=1",
            "fingerprint": "c0ffee0123456789"
        }]
    })
}

/// A notification in the form of Grafana 12.
fn grafana() -> Value {
    json!({
        "receiver": "Team \"A\"", "status": "firing", "orgId": 1, "version": "1", "truncatedAlerts": 0,
        "groupKey": "{}", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
        "title": "[FIRING:1]", "state": "alerting", "message": "**Firing**", "externalURL": "https://grafana.example.com/",
        "alerts": [{
            "status": "resolved",
            "labels": {"alertname": "Disk full", "grafana_folder": "Disks"},
            "annotations": {},
            "startsAt": "2026-11-20T23:50:00Z", "endsAt": "2026-11-20T23:59:00+00:00",
            "generatorURL": "https://grafana.example.com/alerting/grafana/x/view", "fingerprint": "57c6d9296de2ad39",
            "silenceURL": "https://grafana.example.com/alerting/silence/new", "dashboardURL": "", "panelURL": "javascript:alert(1)",
            "imageURL": "https://grafana.example.com/1.png", "values": {"A": 1.5}, "valueString": "[ var='A' ]"
        }]
    })
}

#[tokio::test]
async fn an_alert_is_a_finding() {
    let door = door();
    assert_eq!(door.tell("alertmanager", &alertmanager()).await.0, 202);
    let found = door.findings().await;
    let [(envelope, finding)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(envelope.record, *finding.alert(&watches().watches["web"].place));
    assert_eq!((finding.watch.as_str(), finding.pattern.as_str()), ("web", "alert/c0ffee0123456789"));
    assert_eq!((finding.class, finding.title.as_str()), (Class::New, "HighErrorRate: 5xx above 5 %"));
    assert_eq!(finding.sample, "web-1 answers <!channel> with password=[redacted]");
    assert_eq!(finding.seen_in, ["instance=web-1", "severity=page"]);
    let began = Timestamp(NOW.0 - 599_500);
    let tally = finding.tally;
    assert_eq!((tally.from, tally.to, tally.count, tally.first_seen), (began, NOW, 1, began));
    let links: Vec<(&str, &str)> = finding.links.iter().map(|(w, l)| (w.as_str(), l.as_str())).collect();
    let source = "http://prometheus:9090/graph?g0.expr=up%3D%3D0&g0.tab=1";
    assert_eq!(links, [("Source", source), ("Alertmanager", "http://alertmanager:9093")]);
    assert_eq!(finding.matchers.len(), 3);
    assert!(finding.matchers.contains(&("instance".to_owned(), "web-1".to_owned())));

    assert_eq!(door.tell("grafana", &grafana()).await.0, 202);
    let found = door.findings().await;
    let [(_, finding)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((finding.watch.as_str(), finding.class, finding.tally.count), ("api", Class::Quiet, 0));
    assert_eq!((finding.title.as_str(), finding.sample.as_str()), ("Disk full", "A = 1.5"));
    assert_eq!(finding.tally.last_seen, Timestamp(NOW.0 - 60_000));
    let words: Vec<&str> = finding.links.iter().map(|(word, _)| word.as_str()).collect();
    assert_eq!(words, ["Source", "Silence", "Grafana"]);
}

#[tokio::test]
async fn an_alert_that_is_told_again_is_the_same() {
    let door = door();
    let mut body = alertmanager();
    door.tell("alertmanager", &body).await;
    door.clock.advance_to(NOW.plus(Duration::from_secs(60)));
    // The expected end and the group are different, but it is the same notification.
    body["alerts"][0]["endsAt"] = json!("2026-11-21T00:05:00Z");
    body["groupLabels"] = json!({});
    door.tell("alertmanager", &body).await;
    let first = door.findings().await;
    assert_eq!(first.len(), 1);
    // With newer values it is another notification of the same alert. It is taken once, however often it is repeated.
    body["alerts"][0]["annotations"]["summary"] = json!("5xx above 6 %");
    for _ in 0..2 {
        door.tell("alertmanager", &body).await;
    }
    let newer = door.findings().await;
    assert_eq!((newer.len(), &newer[0].0.record), (1, &first[0].0.record));
    assert_eq!(newer[0].1.title, "HighErrorRate: 5xx above 6 %");
    body["alerts"][0]["status"] = json!("resolved");
    for _ in 0..2 {
        door.tell("alertmanager", &body).await;
    }
    let over = door.findings().await;
    assert_eq!(over.iter().map(|(_, f)| f.class).collect::<Vec<_>>(), [Class::Quiet]);
    // The alert fires once more: this is another command for the same record.
    body["alerts"][0]["status"] = json!("firing");
    body["alerts"][0]["startsAt"] = json!("2026-11-21T00:00:30Z");
    door.tell("alertmanager", &body).await;
    let again = door.findings().await;
    assert_eq!((again.len(), &again[0].0.record), (1, &over[0].0.record));
}

fn sign(parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
}

#[tokio::test]
async fn only_who_knows_the_secret_is_heard() {
    use base64::Engine as _;
    let door = door();
    let basic = |pair: &str| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
    let body = alertmanager().to_string();
    for (authorization, query, expect) in [
        (format!("Bearer {SECRET}"), "", 202),
        (basic(&format!("anybody:{SECRET}")), "", 202),
        (basic(&format!(":{SECRET}")), "", 202),
        (basic(SECRET), "", 401),
        (basic(&format!("{SECRET}:")), "", 401),
        ("Basic !!!".to_owned(), "", 401),
        ("Bearer ".to_owned(), "", 401),
        (format!("bearer{SECRET}"), "", 401),
        (String::new(), "?secret=of%20the%20alerts", 401),
        ("Bearer wrong".to_owned(), "?secret=of%20the%20alerts", 401),
    ] {
        let headers = [("authorization", authorization.as_str())];
        let (status, _) =
            door.post(&format!("/webhooks/alertmanager{query}"), &headers, body.as_bytes()).await;
        assert_eq!(status, expect, "{authorization} {query}");
    }
    for (path, expect) in [("?secret=of%20the%20alerts", 202), ("?secret=of", 401), ("", 401)] {
        let (status, _) = door.post(&format!("/webhooks/alertmanager{path}"), &[], body.as_bytes()).await;
        assert_eq!(status, expect, "{path}");
    }
    let body = grafana().to_string();
    let body = body.as_bytes();
    let (now, old) = ((NOW.seconds() - 200).to_string(), (NOW.seconds() - 301).to_string());
    let bearer = format!("Bearer {SECRET}");
    for (signature, timestamp, expect) in [
        (sign(&[body]), None, 202),
        (sign(&[now.as_bytes(), b":", body]), Some(now.as_str()), 202),
        (sign(&[old.as_bytes(), b":", body]), Some(old.as_str()), 401),
        (sign(&[body]), Some(now.as_str()), 401),
        (sign(&[now.as_bytes(), b":", body]), None, 401),
        (sign(&[b"x:", body]), Some("x"), 401),
        (sign(&[b"another"]), None, 401),
        (String::new(), None, 401),
    ] {
        // A correct secret beside a wrong signature does not make the signature valid.
        let mut headers =
            vec![("authorization", bearer.as_str()), ("x-grafana-alerting-signature", signature.as_str())];
        headers.extend(timestamp.map(|t| ("x-grafana-alerting-timestamp", t)));
        assert_eq!(
            door.post("/webhooks/grafana", &headers, body).await.0,
            expect,
            "{signature} {timestamp:?}"
        );
    }
    assert_eq!(door.tell("grafana", &grafana()).await.0, 202);
}

#[tokio::test]
async fn what_is_wrong_is_said_by_name() {
    let door = door();
    let set = |pointer: &str, value: Value| {
        let mut body = alertmanager();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for (body, field) in [
        (json!([]), "object"),
        (json!({}), "`version` is missing"),
        (set("/version", json!("3")), "`version` must be"),
        (set("/version", json!(4)), "`version` must be a text"),
        (set("/receiver", json!(null)), "`receiver` must be a text"),
        (set("/truncatedAlerts", json!("x")), "`truncatedAlerts`"),
        (set("/externalURL", json!(7)), "`externalURL` must be a text"),
        (set("/alerts", json!({})), "`alerts` must be a list"),
        (set("/alerts/0", json!(7)), "`alerts[0]` must be an object"),
        (set("/alerts/0/status", json!("maybe")), "`alerts[0].status`"),
        (set("/alerts/0/labels", json!([])), "`alerts[0].labels` must be an object"),
        (set("/alerts/0/labels/severity", json!(1)), "every value of `alerts[0].labels`"),
        (set("/alerts/0/startsAt", json!("yesterday")), "`alerts[0].startsAt` must be a time"),
        (set("/alerts/0/endsAt", json!("soon")), "`alerts[0].endsAt` must be a time"),
        (set("/alerts/0/fingerprint", json!("")), "`alerts[0].fingerprint`"),
        (set("/alerts/0/fingerprint", json!("<!here>")), "`alerts[0].fingerprint`"),
        (set("/alerts/0/generatorURL", json!({})), "`alerts[0].generatorURL` must be a text"),
    ] {
        let (status, said) = door.tell("alertmanager", &body).await;
        assert!(status == 400 && said.contains(field), "{status} {said} for {body}");
    }
    assert_eq!(door.tell("grafana", &alertmanager()).await.0, 400);
    // No watch has this receiver. The answer says what to write, and shows only a short part of the name.
    let (status, said) = door.tell("alertmanager", &set("/receiver", json!("signalbox-wbe"))).await;
    assert_eq!(status, 422);
    assert!(said.contains("`receivers: [\"signalbox-wbe\"]`"), "{said}");
    let (status, said) = door.tell("alertmanager", &set("/receiver", json!("x".repeat(100_000)))).await;
    assert!(status == 422 && said.len() < 500, "{said}");
    assert!(door.findings().await.is_empty());
}

#[tokio::test]
async fn hostile_alerts_are_bounded() {
    let door = door();
    let mut body = alertmanager();
    let token = concat!("ghp", "_0123456789abcdefghij0123456789abcdef");
    let labels: serde_json::Map<String, Value> =
        (0..300).map(|n| (format!("label{n}"), json!(format!("{token} {}", "x".repeat(400))))).collect();
    body["alerts"][0]["labels"] = Value::Object(labels);
    body["alerts"][0]["annotations"] = json!({"summary": "é\u{0}".repeat(5_000), "description": token});
    body["alerts"][0]["generatorURL"] = json!(format!("https://x/?token={token}"));
    body["externalURL"] = json!("https://x|<!channel>");
    body["alerts"][0]["startsAt"] = json!("2999-01-01T00:00:00Z");
    assert_eq!(door.tell("alertmanager", &body).await.0, 202);
    let found = door.findings().await;
    let finding = &found[0].1;
    assert!(!format!("{finding:?}").contains(token));
    assert_eq!((finding.title.chars().count(), finding.seen_in.len()), (600, 20));
    assert!(finding.seen_in.iter().all(|label| label.chars().count() <= 120));
    assert!(finding.links.is_empty() && finding.matchers.is_empty(), "{finding:?}");
    assert_eq!(finding.tally.from, NOW);

    // There are more alerts than one notification may have. The first of them are taken, and the answer says so.
    let one = alertmanager()["alerts"][0].clone();
    let many: Vec<Value> = (0..501)
        .map(|n| {
            let mut alert = one.clone();
            alert["fingerprint"] = json!(format!("{n:016x}"));
            alert
        })
        .collect();
    body["alerts"] = Value::Array(many);
    let (status, said) = door.tell("alertmanager", &body).await;
    assert!(status == 202 && said.contains("the first 500"), "{said}");
    assert_eq!(door.findings().await.len(), 500);

    let huge = vec![b'a'; 3 * 1024 * 1024];
    let deep = "[".repeat(100_000);
    let bearer = format!("Bearer {SECRET}");
    for body in [b"".as_slice(), b"\0\xff", b"null", &huge, deep.as_bytes()] {
        for path in ["/webhooks/alertmanager", "/webhooks/grafana"] {
            let (status, _) = door.post(path, &[("authorization", &bearer)], body).await;
            assert!(matches!(status, 400 | 413), "{status}");
        }
    }
    assert!(door.findings().await.is_empty());
}

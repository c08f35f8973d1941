//! An alert of an Alertmanager that is put off here is also silenced there. This happens once, whatever fails in
//! between.

use super::{Night, name, watch};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde_json::{Value, json};
use signalbox_backends::Alertmanager;
use signalbox_domain::alert::{AlertCommand, Class, Finding, Tally};
use signalbox_engine::ports::Queue;
use signalbox_engine::wire::command::Envelope;
use signalbox_testkit::samples;
use signalbox_transport::InMemory;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A simulated Alertmanager that only knows silences.
#[derive(Default)]
pub(super) struct Played {
    silences: Vec<Value>,
    /// The status that it answers instead, and how often.
    broken: (u16, u32),
    asked: u32,
}

pub(super) type Shared = Arc<Mutex<Played>>;

impl Played {
    fn fails(&mut self) -> Result<(), StatusCode> {
        self.asked += 1;
        if self.broken.1 == 0 {
            return Ok(());
        }
        self.broken.1 -= 1;
        Err(StatusCode::from_u16(self.broken.0).unwrap())
    }
}

async fn list(State(played): State<Shared>) -> Json<Vec<Value>> {
    Json(played.lock().unwrap().silences.clone())
}

async fn make(
    State(played): State<Shared>,
    Json(mut silence): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    let mut played = played.lock().unwrap();
    played.fails()?;
    let id = format!("silence-{}", played.silences.len());
    silence["id"] = json!(id);
    silence["status"] = json!({"state": "active"});
    played.silences.push(silence);
    Ok(Json(json!({"silenceID": id})))
}

async fn end(State(played): State<Shared>, Path(id): Path<String>) {
    let mut played = played.lock().unwrap();
    let silence = played.silences.iter_mut().find(|s| s["id"] == json!(id)).unwrap();
    silence["status"] = json!({"state": "expired"});
}

/// The client of a simulated Alertmanager, and what that Alertmanager was asked.
pub(super) fn alertmanager_with() -> (Arc<Alertmanager>, Shared) {
    let played = Shared::default();
    let router = Router::new()
        .route("/api/v2/silences", get(list).post(make))
        .route("/api/v2/silence/{id}", delete(end))
        .with_state(played.clone());
    let network = Arc::new(InMemory(router));
    (Arc::new(Alertmanager::new("http://alerts.local", Some("practice"), network).unwrap()), played)
}

/// An alert fires at an Alertmanager that is told what is put off here.
async fn fires() -> (Night, Shared, usize) {
    let (alertmanager, played) = alertmanager_with();
    let night = Night::new().await;
    let night = Night { world: night.world.silencing(alertmanager), ..night };
    let now = night.now();
    let finding = Finding {
        watch: name("web"),
        pattern: "alert/c0ffee".into(),
        class: Class::New,
        title: "HighErrorRate: 5xx above 5 %".into(),
        sample: String::new(),
        seen_in: vec!["instance=web-1".into()],
        tally: Tally { from: now, to: now, count: 1, usual: 0, first_seen: now, last_seen: now },
        lines: 0,
        after: vec![],
        links: vec![],
        held: false,
        matchers: vec![("alertname".into(), "HighErrorRate".into()), ("instance".into(), "web-1".into())],
        silenced: None,
    };
    let found = Envelope::new(finding.alert(&watch().place), "1", AlertCommand::Found(Box::new(finding)));
    night.world.intents.send(found.to_message().unwrap()).await.unwrap();
    night.world.settles().await;
    night.world.passes(5).await;
    let (card, _) = night.finds("HighErrorRate");
    (night, played, card)
}

/// From now on it answers with this status, this many times.
pub(super) fn breaks(played: &Shared, status: u16, times: u32) {
    played.lock().unwrap().broken = (status, times);
}

pub(super) fn silences(played: &Shared, state: &str) -> Vec<Value> {
    let all = played.lock().unwrap().silences.clone();
    all.into_iter().filter(|s| s["status"]["state"] == state).collect()
}

#[tokio::test]
async fn what_is_acknowledged_with_an_end_is_silent_until_then() {
    let (night, played, card) = fires().await;
    let now = night.now();
    night.types_in_thread("UADA", card, "ack on it until 2h").await;
    night.says(card, &["Acknowledged by @Ada: on it"]);
    let silence = silences(&played, "active").pop().unwrap();
    let at = |hours: u64| {
        let at = now.plus(Duration::from_secs(hours * 3600)).seconds().rem_euclid(86_400);
        format!("T{:02}:{:02}:{:02}", at / 3600, at / 60 % 60, at % 60)
    };
    assert!(silence["endsAt"].as_str().unwrap().contains(&at(2)), "{silence} {}", at(2));
    assert!(silence["startsAt"].as_str().unwrap().contains(&at(0)), "{silence} {}", at(0));
    assert_eq!(silence["createdBy"], format!("{}/UADA", samples::WORKSPACE));
    assert!(silence["comment"].as_str().unwrap().starts_with("acknowledged: on it [signalbox attend:"));
    let exactly = |name, value| json!({"name": name, "value": value, "isRegex": false, "isEqual": true});
    assert_eq!(
        silence["matchers"],
        json!([exactly("alertname", "HighErrorRate"), exactly("instance", "web-1")])
    );

    // A person who may not do this changes nothing. A new decision replaces the earlier one. A decision without an end
    // is kept here only.
    night.types_in_thread("UMALLORY", card, "mute 7d").await;
    night.types_in_thread("UGRACE", card, "assign me").await;
    assert_eq!(silences(&played, "active"), [silence]);
    night.types_in_thread("UGRACE", card, "snooze 30m").await;
    assert_eq!((silences(&played, "active").len(), silences(&played, "expired").len()), (1, 1));
    assert!(silences(&played, "active")[0]["comment"].as_str().unwrap().starts_with("snoozed ["));
    night.types_in_thread("UGRACE", card, "snooze next").await;
    night.types_in_thread("UGRACE", card, "ack").await;
    assert_eq!(played.lock().unwrap().asked, 2);

    // A refused action ends no silence. Then the alert is resolved, which ends it.
    night.types_in_thread("UMALLORY", card, "resolve").await;
    assert_eq!(silences(&played, "active").len(), 1);
    night.presses("UGRACE", card, "alert_resolve").await;
    assert_eq!((silences(&played, "active").len(), silences(&played, "expired").len()), (0, 2));
    night.world.ends_clean().await;
}

#[tokio::test]
async fn an_alertmanager_that_is_down_is_told_later_and_once() {
    let (night, played, card) = fires().await;
    played.lock().unwrap().broken = (500, 3);
    night.types_in_thread("UADA", card, "mute 7d known bug").await;
    // Meanwhile the card already says what was decided.
    night.says(card, &["Muted by @Ada"]);
    night.world.passes(30).await;
    assert_eq!(silences(&played, "active").len(), 1);
    assert_eq!(played.lock().unwrap().asked, 4);
    assert!(!night.world.thread("COPS", card).contains("dead letter"));
    night.presses("UADA", card, "alert_reopen").await;
    assert_eq!(silences(&played, "active").len(), 0);
    night.world.ends_clean().await;
}

#[tokio::test]
async fn a_definite_no_is_not_asked_again_and_a_wrong_token_is_told() {
    let (night, played, card) = fires().await;
    played.lock().unwrap().broken = (400, 1);
    night.types_in_thread("UADA", card, "snooze 2h").await;
    night.world.passes(30).await;
    assert_eq!(silences(&played, "active").len(), 0);
    assert_eq!(played.lock().unwrap().asked, 1);

    // Nobody corrects the token. In the end the thread is told.
    played.lock().unwrap().broken = (401, u32::MAX);
    night.types_in_thread("UADA", card, "mute 7d").await;
    for _ in 0..60 {
        night.world.pass(15).await;
    }
    assert_eq!(silences(&played, "active").len(), 0);
    let thread = night.world.thread("COPS", card);
    assert!(thread.contains("dead letter") || thread.contains("set aside"), "{thread}");
}

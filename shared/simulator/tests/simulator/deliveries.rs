//! What the app receives, signed, and what happens with its answers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::routing::post;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use signalbox_simulator::{BOT_USER, SLACKBOT};

use crate::{NOW, Team, team};

type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// An app that stores what it receives and always gives the same answer.
fn attach(team: &Team, status: u16, answer: &'static str) -> Received {
    let received = Received::default();
    let handler = move |State(received): State<Received>, headers: HeaderMap, body: Bytes| async move {
        received.lock().unwrap().push((headers, body));
        (StatusCode::from_u16(status).unwrap(), answer)
    };
    let router =
        Router::new().route("/slack/commands", post(handler)).route("/slack/interactivity", post(handler));
    team.slack.attach(router.with_state(Arc::clone(&received)));
    received
}

fn form(body: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(body).into_owned().collect()
}

async fn card(team: &Team) -> String {
    let button = json!({"type": "button", "action_id": "cancel", "value": "r1", "style": "danger", "text": {"type": "plain_text", "text": "Cancel"}});
    let blocks = json!([{"type": "actions", "block_id": "b", "elements": [button]}]);
    let card = json!({"channel": "CRELEASES", "text": "card", "blocks": blocks});
    team.call("chat.postMessage", card).await["ts"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_slash_command_arrives_signed_and_whole() {
    let team = team();
    let received = attach(&team, 200, r#"{"text": ":hourglass: *asked*"}"#);
    let answer = team.slack.slash("UADA", "CRELEASES", " /release  web 1.0.0 ").await;
    let ephemeral = answer.ephemeral.unwrap();
    assert_eq!((answer.status, ephemeral.plain().as_str()), (200, "⌛ asked"));
    assert_eq!(ephemeral.user, BOT_USER);

    let (headers, body) = received.lock().unwrap().pop().unwrap();
    assert_eq!(headers["x-slack-request-timestamp"], NOW.to_string());
    assert_eq!(headers["x-slack-signature"].to_str().unwrap(), team.slack.sign(NOW, &body));
    let form = form(&body);
    for (field, value) in [
        ("team_id", "T1"),
        ("team_domain", "practice"),
        ("channel_id", "CRELEASES"),
        ("channel_name", "releases"),
        ("user_id", "UADA"),
        ("command", "/release"),
        ("text", "web 1.0.0"),
        ("is_enterprise_install", "false"),
    ] {
        assert_eq!(form[field], value, "{field}");
    }
    assert!(form["response_url"].starts_with("https://hooks.slack.com/commands/T1/"));

    assert_eq!(team.slack.ephemerals("UADA", "CRELEASES").len(), 1);
    assert_eq!(team.slack.typed("UADA", "CRELEASES")[0].text, "/release  web 1.0.0");
    assert!(team.slack.ephemerals("UMALLORY", "CRELEASES").is_empty());
    assert!(team.slack.messages("CRELEASES").is_empty(), "a command is not said aloud");
}

#[tokio::test]
async fn trigger_ids_do_not_repeat() {
    let team = team();
    let received = attach(&team, 200, "");
    for _ in 0..3 {
        assert!(team.slack.slash("UADA", "CRELEASES", "/x").await.ephemeral.is_none());
    }
    let ids: std::collections::BTreeSet<_> =
        received.lock().unwrap().iter().map(|(_, body)| form(body)["trigger_id"].clone()).collect();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn a_failing_app_is_told_of_by_slackbot() {
    let team = team();
    attach(&team, 500, "oops");
    let answer = team.slack.slash("UADA", "CRELEASES", "/release").await;
    let told = answer.ephemeral.unwrap();
    assert_eq!((answer.status, answer.body.as_str(), told.user.as_str()), (500, "oops", SLACKBOT));
    assert_eq!(told.text, "/release failed with the error \"dispatch_failed\"");
}

#[tokio::test]
async fn an_app_that_takes_too_long_has_timed_out_for_the_person() {
    let team = team();
    let clock = Arc::clone(&team.now_ms);
    let slow = post(move || async move {
        clock.fetch_add(3_001, std::sync::atomic::Ordering::SeqCst);
        "done"
    });
    team.slack.attach(Router::new().route("/slack/commands", slow));
    let told = team.slack.slash("UADA", "CRELEASES", "/release").await.ephemeral.unwrap();
    assert_eq!(told.text, "/release failed with the error \"operation_timeout\"");
}

#[tokio::test]
async fn answers_may_be_for_all_or_wrong() {
    let team = team();
    attach(&team, 200, r#"{"response_type": "in_channel", "text": "hear, hear"}"#);
    assert!(team.slack.slash("UADA", "CRELEASES", "/x").await.ephemeral.is_none());
    assert_eq!(team.slack.messages("CRELEASES")[0].text, "hear, hear");
    attach(&team, 200, r#"{"blocks": [{"type": "fancy"}]}"#);
    let told = team.slack.slash("UADA", "CRELEASES", "/x").await.ephemeral.unwrap();
    assert_eq!(told.user, SLACKBOT);
    attach(&team, 200, "just text");
    assert_eq!(team.slack.slash("UADA", "CRELEASES", "/x").await.ephemeral.unwrap().text, "just text");
}

#[tokio::test]
async fn a_press_brings_the_message_and_the_button() {
    let team = team();
    let received = attach(&team, 200, "");
    let ts = card(&team).await;
    let answer = team.slack.press("UADA", "CRELEASES", &ts, "cancel").await;
    assert_eq!((answer.status, answer.problem), (200, None));
    let (headers, body) = received.lock().unwrap().pop().unwrap();
    assert_eq!(headers["x-slack-signature"].to_str().unwrap(), team.slack.sign(NOW, &body));
    let payload: Value = serde_json::from_str(&form(&body)["payload"]).unwrap();
    for (pointer, value) in [
        ("/type", json!("block_actions")),
        ("/user/id", json!("UADA")),
        ("/user/team_id", json!("T1")),
        ("/team/id", json!("T1")),
        ("/channel/id", json!("CRELEASES")),
        ("/container/message_ts", json!(ts)),
        ("/container/is_ephemeral", json!(false)),
        ("/message/ts", json!(ts)),
        ("/actions/0/action_id", json!("cancel")),
        ("/actions/0/block_id", json!("b")),
        ("/actions/0/value", json!("r1")),
    ] {
        assert_eq!(payload.pointer(pointer), Some(&value), "{pointer}");
    }
    assert!(payload["actions"][0]["action_ts"].is_string());
}

#[tokio::test]
async fn only_what_is_shown_now_can_be_pressed() {
    let team = team();
    let received = attach(&team, 200, "");
    let ts = card(&team).await;
    let update = json!({"channel": "CRELEASES", "ts": ts, "text": "over", "blocks": []});
    team.call("chat.update", update).await;
    let hers = json!({"channel": "CRELEASES", "user": "UADA", "text": "t", "blocks": [{"type": "actions", "elements": [
        {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}]}]});
    let hers = team.call("chat.postEphemeral", hers).await["message_ts"].as_str().unwrap().to_owned();
    for (user, ts, action) in [
        ("UADA", ts.as_str(), "cancel"),
        ("UADA", "1.2", "cancel"),
        ("UNOBODY", &ts, "cancel"),
        ("UMALLORY", &hers, "go"),
    ] {
        let answer = team.slack.press(user, "CRELEASES", ts, action).await;
        assert!(answer.status == 0 && answer.problem.is_some(), "{user} {ts} {action}");
    }
    assert!(received.lock().unwrap().is_empty());
    assert_eq!(team.slack.press("UADA", "CRELEASES", &hers, "go").await.status, 200);
    let (_, body) = received.lock().unwrap().pop().unwrap();
    let payload: Value = serde_json::from_str(&form(&body)["payload"]).unwrap();
    assert_eq!((&payload["container"]["is_ephemeral"], payload.get("message")), (&json!(true), None));
}

#[tokio::test]
async fn names_are_escaped_as_the_manifest_asks() {
    let team = team();
    let line = team.slack.escape("/ask @Ada about #releases, not a@Ada or @Adam");
    assert_eq!(line, "/ask <@UADA|Ada> about <#CRELEASES|releases>, not a@Ada or @Adam");
}

#[tokio::test]
async fn raw_deliveries_pass_as_they_are() {
    let team = team();
    let request = || Request::post("/slack/commands").body(Body::from("odd")).unwrap();
    assert_eq!(team.slack.deliver_raw(request()).await.0, 503, "nothing is attached");
    let received = attach(&team, 202, "hm");
    assert_eq!(team.slack.deliver_raw(request()).await, (202, "hm".to_owned()));
    assert!(received.lock().unwrap()[0].0.get("x-slack-signature").is_none());
}

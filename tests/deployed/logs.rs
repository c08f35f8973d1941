//! The log-watch over CloudWatch Logs. The windows are real minutes, and the test waits for the end of at most two of
//! them.

use super::home::{Deployed, now_ms};
use crate::binary::process::PATIENCE;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use serde_json::{Value, json};
use signalbox_simulator::Message;
use std::time::{Duration, Instant};
use tower::ServiceExt;

const GROUP: &str = "/aws/lambda/web";
const STREAM: &str = "2026/11/21/[$LATEST]1";
/// The length of a window, as in the catalogue.
const MINUTE: i64 = 60_000;
/// The time that is left for putting lines into the log and for starting a function.
const MOMENT: i64 = 15_000;

/// An error is in the log from the beginning. The first look learns it, so it is never reported as new.
pub async fn a_log_is_looked_at(d: &Deployed) {
    logs(d, "CreateLogGroup", json!({"logGroupName": GROUP})).await;
    logs(d, "CreateLogStream", json!({"logGroupName": GROUP, "logStreamName": STREAM})).await;
    // The window is the last whole minute. It must stay the same until the log-watch has looked.
    if MINUTE - now_ms() % MINUTE < MOMENT {
        next_minute().await;
    }
    let at = now_ms().div_euclid(MINUTE) * MINUTE - MINUTE;
    writes(d, at, &["ERROR cache: cannot reach node 10.0.0.1", "INFO served /cart in 12 ms"]).await;
    d.counter.take();
    looks(d).await;
    // The number of calls is what docs/costs.md says about a first look with one source and one pattern. Nothing else
    // makes these calls.
    let counted = d.counter.take();
    let counted = |call: &str| counted.get(call).copied().unwrap_or_default();
    assert_eq!(
        (counted("FilterLogEvents"), counted("PutItem")),
        (1, 3),
        "a page; a window, a pattern, a mark"
    );
    let (_, bulletin) = finds(d, "The first look").await;
    assert!(bulletin.contains("1 error in 2 lines"), "{bulletin}");
    assert!(!bulletin.contains("cannot reach node"), "what was always there is no news: {bulletin}");
}

/// A later error gets a card of its own, and what people say about it is on record.
pub async fn a_new_error_is_told_and_acknowledged(d: &Deployed) {
    let shard = |n| format!("ERROR [worker-{n}] java.lang.IllegalStateException: no route to shard {n}");
    let lines = [shard(1), shard(2), shard(3), "ERROR cache: cannot reach node 10.0.0.2".into()];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    // The lines are written into the current minute, which nobody has read yet because it is not over.
    if MINUTE - now_ms() % MINUTE < 1_000 {
        next_minute().await;
    }
    writes(d, now_ms(), &lines).await;
    next_minute().await;
    looks(d).await;
    let (card, text) = finds(d, "New in web").await;
    assert!(text.contains("no route to shard") && text.contains("3 in 1 min"), "{text}");
    let known = |m: &Message| m.plain().contains("New in web") && m.plain().contains("cannot reach node");
    assert!(!d.slack.messages("COPS").iter().any(known), "known since the first look");

    d.tick();
    let answer = d.slack.press("UADA", "COPS", &card.ts, "alert_acknowledge").await;
    assert_eq!(answer.status, 200, "{:?} {}", answer.problem, answer.body);
    becomes(d, &card.ts, "Acknowledged by @Ada").await;
    // Now with a form. The door opens it while Slack waits.
    d.tick();
    let menu = card.blocks.iter().flat_map(|b| b["elements"].as_array().into_iter().flatten());
    let mut options =
        menu.filter_map(|e| e["options"].as_array()).flatten().map(|o| o["value"].as_str().unwrap());
    let assign = options.find(|value| value.starts_with("assign")).unwrap();
    let answer = d.slack.choose("UADA", "COPS", &card.ts, "alert_more", assign).await;
    assert_eq!(answer.status, 200, "{:?} {}", answer.problem, answer.body);
    assert!(d.slack.modal("UADA").is_some(), "no form was opened: {}", d.logs().await);
    d.tick();
    let answer = d.slack.submit("UADA", &[("person", "UADA")]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{:?}", answer.problem);
    becomes(d, &card.ts, "Assignee: @Ada").await;
    // Now with words in the card's thread. The door finds the alert by the thread.
    d.tick();
    let answer = d.slack.reply("UADA", "COPS", &card.ts, "resolve: shards moved back").await;
    assert_eq!(answer.status, 200, "{:?} {}", answer.problem, answer.body);
    becomes(d, &card.ts, "Resolved by @Ada: shards moved back").await;

    let (bulletin, said) = finds(d, "1 new").await;
    let picture = bulletin.blocks.iter().find(|b| b["type"] == "image").unwrap_or_else(|| panic!("{said}"));
    let (host, name) = picture["image_url"].as_str().unwrap().rsplit_once("/charts/").unwrap();
    assert!(host.contains(".execute-api."), "where the deployment says that it is: {host}");
    let request = Request::get(format!("/charts/{name}")).body(Body::empty()).unwrap();
    let answer = d.door().oneshot(request).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (200, &"image/png".parse().unwrap())
    );
    let png = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "{name} came as {:?}", &png[..png.len().min(40)]);

    let audit = d.signalbox_says(&["audit", "export", "--json"]);
    for part in ["no route to shard", "shards moved back"] {
        assert!(audit.contains(part), "{part} is not on record");
    }
    // Another round at once: nothing is due, and nothing is said.
    let before = d.slack.messages("COPS").len();
    looks(d).await;
    assert_eq!(d.slack.messages("COPS").len(), before);
}

async fn logs(d: &Deployed, action: &str, body: Value) {
    d.emulator.call("logs", "/", Some(&format!("Logs_20140328.{action}")), &body).await;
}

async fn writes(d: &Deployed, at: i64, lines: &[&str]) {
    let events: Vec<Value> = lines.iter().map(|l| json!({"timestamp": at, "message": l})).collect();
    logs(d, "PutLogEvents", json!({"logGroupName": GROUP, "logStreamName": STREAM, "logEvents": events}))
        .await;
}

/// Waits until shortly after the next whole minute begins.
async fn next_minute() {
    let left = MINUTE - now_ms() % MINUTE + 200;
    tokio::time::sleep(Duration::from_millis(u64::try_from(left).unwrap())).await;
}

/// Runs one round of the log-watch, as the schedule does.
async fn looks(d: &Deployed) {
    let answer = d.emulator.invoke("signalbox-log-watch", &json!({})).await;
    assert_eq!(answer, Value::Null, "{}", d.logs().await);
}

/// Waits for a message in #ops that contains this text.
async fn finds(d: &Deployed, what: &str) -> (Message, String) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let all = d.slack.messages("COPS");
        let said: Vec<String> = all.iter().map(Message::plain).collect();
        if let Some(nth) = said.iter().position(|m| m.contains(what)) {
            return (all[nth].clone(), said[nth].clone());
        }
        assert!(Instant::now() < deadline, "{what} is nowhere: {said:?}\n{}", d.logs().await);
        d.goes_on().await;
    }
}

async fn becomes(d: &Deployed, ts: &str, what: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let all = d.slack.messages("COPS");
        let card = all.iter().find(|m| m.ts == ts).map(Message::plain).unwrap_or_default();
        if card.contains(what) {
            return;
        }
        assert!(Instant::now() < deadline, "the card does not say {what}: {card}\n{}", d.logs().await);
        d.goes_on().await;
    }
}

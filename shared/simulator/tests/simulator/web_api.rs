//! The Web API: what it stores, what it refuses and with which code, and what can go wrong with a call.

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use signalbox_simulator::Fault;

use crate::{TOKEN, send, team};

#[tokio::test]
async fn a_message_is_posted_answered_in_a_thread_and_edited_in_place() {
    let team = team();
    let ts = team.post("one").await;
    assert_eq!(ts, "1531420618.000100");
    let reply = json!({"channel": "CRELEASES", "text": "more", "thread_ts": ts});
    assert_eq!(team.call("chat.postMessage", reply).await["ok"], true);
    let update = json!({"channel": "CRELEASES", "ts": ts, "text": "two"});
    assert_eq!(team.call("chat.update", update).await["text"], "two");

    let messages = team.slack.messages("CRELEASES");
    assert_eq!(messages.len(), 1);
    assert!(messages[0].edited);
    let thread: Vec<_> = team.slack.thread("CRELEASES", &ts).iter().map(|m| m.text.clone()).collect();
    assert_eq!(thread, ["two", "more"]);
    assert!(team.slack.messages("COPERATIONS").is_empty());
}

#[tokio::test]
async fn an_update_keeps_what_it_does_not_name() {
    let team = team();
    let blocks = json!([{"type": "divider"}]);
    let metadata = json!({"event_type": "run", "event_payload": {"id": "r1"}});
    let post = json!({"channel": "CRELEASES", "text": "t", "blocks": blocks, "metadata": metadata});
    let ts = team.call("chat.postMessage", post).await["ts"].clone();
    let shown = || team.slack.messages("CRELEASES")[0].clone();

    // An update with only metadata keeps blocks and text.
    let other = json!({"event_type": "run", "event_payload": {"id": "r2"}});
    team.call("chat.update", json!({"channel": "CRELEASES", "ts": ts, "metadata": other})).await;
    assert_eq!(
        (shown().blocks.len(), shown().text.as_str(), shown().metadata),
        (1, "t", Some(other.clone()))
    );
    // A text without blocks removes the blocks and keeps the metadata.
    team.call("chat.update", json!({"channel": "CRELEASES", "ts": ts, "text": "plain"})).await;
    assert_eq!((shown().blocks.len(), shown().plain().as_str(), shown().metadata), (0, "plain", Some(other)));
    // An empty object removes the metadata.
    team.call("chat.update", json!({"channel": "CRELEASES", "ts": ts, "metadata": {}})).await;
    assert_eq!(shown().metadata, None);
}

#[tokio::test]
async fn refusals_carry_slacks_codes() {
    let team = team();
    let ts = team.post("mine").await;
    let said = team.slack.say("UADA", "CRELEASES", "hers").unwrap().ts;
    let reply = json!({"channel": "CRELEASES", "text": "r", "thread_ts": ts});
    let reply_ts = team.call("chat.postMessage", reply).await["ts"].clone();
    let long = "x".repeat(40_001);
    for (method, body, code) in [
        ("chat.postMessage", json!({"channel": "CNONE", "text": "t"}), "channel_not_found"),
        ("chat.postMessage", json!({"text": "t"}), "channel_not_found"),
        ("chat.postMessage", json!({"channel": "CRELEASES"}), "no_text"),
        ("chat.postMessage", json!({"channel": "CRELEASES", "text": long}), "msg_too_long"),
        (
            "chat.postMessage",
            json!({"channel": "CRELEASES", "text": "t", "thread_ts": "1.2"}),
            "thread_not_found",
        ),
        (
            "chat.postMessage",
            json!({"channel": "CRELEASES", "text": "t", "thread_ts": reply_ts}),
            "cannot_reply_to_message",
        ),
        ("chat.postMessage", json!({"channel": "CRELEASES", "blocks": "not json"}), "invalid_blocks_format"),
        (
            "chat.postMessage",
            json!({"channel": "CRELEASES", "text": "t", "metadata": {"event_type": "x"}}),
            "invalid_metadata_schema",
        ),
        (
            "chat.postEphemeral",
            json!({"channel": "CRELEASES", "user": "UNOBODY", "text": "t"}),
            "user_not_in_channel",
        ),
        ("chat.update", json!({"channel": "CRELEASES", "ts": "1.2", "text": "t"}), "message_not_found"),
        ("chat.update", json!({"channel": "CRELEASES", "ts": said, "text": "t"}), "cant_update_message"),
        ("chat.update", json!({"channel": "UADA", "ts": ts, "text": "t"}), "channel_not_found"),
        ("conversations.replies", json!({"channel": "CRELEASES", "ts": "1.2"}), "thread_not_found"),
        ("chat.nonsense", json!({}), "unknown_method"),
    ] {
        // Moves the clock, because only one message a second is accepted.
        team.now_ms.fetch_add(1000, std::sync::atomic::Ordering::SeqCst);
        let answer = team.call(method, body.clone()).await;
        assert_eq!((&answer["ok"], answer["error"].as_str()), (&json!(false), Some(code)), "{method} {body}");
    }
    assert_eq!(team.slack.messages("CRELEASES").len(), 2);
}

#[tokio::test]
async fn a_channel_takes_a_message_a_second_and_a_few_at_once() {
    let team = team();
    let post = |channel: &str| json!({"channel": channel, "text": "t"});
    let mut taken = 0;
    while team.call("chat.postMessage", post("CRELEASES")).await["ok"] == true {
        taken += 1;
        assert!(taken < 10);
    }
    assert!(taken > 1, "{taken}");
    let refused = team.slack.calls().pop().unwrap();
    assert_eq!((refused.status, refused.error.as_deref()), (429, Some("ratelimited")));
    assert_eq!(team.call("chat.postMessage", post("COPERATIONS")).await["ok"], true);
    team.now_ms.fetch_add(1000, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(team.call("chat.postMessage", post("CRELEASES")).await["ok"], true);
}

#[tokio::test]
async fn a_channel_may_be_left_or_archived() {
    let team = team();
    let post = json!({"channel": "CRELEASES", "text": "t"});
    team.slack.remove_from_channel("CRELEASES");
    assert_eq!(team.call("chat.postMessage", post.clone()).await["error"], "not_in_channel");
    assert_eq!(
        team.call("conversations.history", json!({"channel": "CRELEASES"})).await["error"],
        "not_in_channel"
    );
    team.slack.add_to_channel("CRELEASES");
    assert_eq!(team.call("chat.postMessage", post.clone()).await["ok"], true);
    team.slack.archive("CRELEASES");
    assert_eq!(team.call("chat.postMessage", post).await["error"], "is_archived");
}

#[tokio::test]
async fn tokens_are_checked_and_forms_are_read() {
    let team = team();
    for (token, error) in [(None, "not_authed"), (Some("xoxb-other"), "invalid_auth")] {
        let mut request = Request::post("/api/auth.test");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let (status, _, body) = send(team.slack.web_api(), request.body(Body::empty()).unwrap()).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, body), (200, json!({"ok": false, "error": error})));
    }
    let form = format!(
        "token={TOKEN}&channel=CRELEASES&text=hello+there&blocks=%5B%7B%22type%22%3A%22divider%22%7D%5D"
    );
    let request =
        Request::post("/api/chat.postMessage").header("content-type", "application/x-www-form-urlencoded");
    let (_, _, body) = send(team.slack.web_api(), request.body(Body::from(form)).unwrap()).await;
    assert!(body.contains("\"ok\":true"), "{body}");
    assert_eq!(team.slack.messages("CRELEASES")[0].blocks.len(), 1);
    let recorded = &team.slack.calls()[2];
    assert_eq!(
        (recorded.method.as_str(), &recorded.body["text"]),
        ("chat.postMessage", &json!("hello there"))
    );
    assert!(!format!("{:?}", team.slack.calls()).contains(TOKEN), "a token was recorded");
    assert_eq!(team.call("auth.test", json!({})).await["team_id"], "T1");
}

#[tokio::test]
async fn direct_messages_answer_with_their_own_id() {
    let team = team();
    let answer = team.call("chat.postMessage", json!({"channel": "UADA", "text": "psst"})).await;
    assert_eq!(answer["channel"], "DADA");
    let update = json!({"channel": "DADA", "ts": answer["ts"], "text": "psst!"});
    assert_eq!(team.call("chat.update", update).await["ok"], true);
    assert_eq!(team.slack.messages("UADA")[0].text, "psst!");
    assert_eq!(team.slack.messages("DADA").len(), 1);
}

#[tokio::test]
async fn history_pages_and_shows_metadata_when_asked() {
    let team = team();
    for i in 1..=3 {
        let metadata = json!({"event_type": "run", "event_payload": {"n": i}});
        let post = json!({"channel": "CRELEASES", "text": format!("m{i}"), "metadata": metadata});
        team.call("chat.postMessage", post).await;
        team.pass_ms(1000);
    }
    let first = team.call("conversations.history", json!({"channel": "CRELEASES", "limit": 2})).await;
    assert_eq!((&first["messages"][0]["text"], &first["has_more"]), (&json!("m3"), &json!(true)));
    assert!(first["messages"][0].get("metadata").is_none());
    let cursor = &first["response_metadata"]["next_cursor"];
    let rest = team
        .call(
            "conversations.history",
            json!({"channel": "CRELEASES", "cursor": cursor, "include_all_metadata": true}),
        )
        .await;
    assert_eq!(rest["messages"].as_array().unwrap().len(), 1);
    assert_eq!(rest["messages"][0]["metadata"]["event_payload"]["n"], 1);
    let oldest = json!({"channel": "CRELEASES", "oldest": "1531420619.000100"});
    let since = team.call("conversations.history", oldest).await;
    assert_eq!(since["messages"].as_array().unwrap().len(), 1, "oldest is exclusive");
}

#[tokio::test]
async fn faults_are_met_once_and_in_order() {
    let team = team();
    team.slack.fault("chat.postMessage", Fault::RateLimited { retry_after_s: 7 });
    team.slack.fault("chat.postMessage", Fault::Error("fatal_error"));
    team.slack.fault("chat.postMessage", Fault::LostAnswer);
    team.slack.fault("chat.postMessage", Fault::Http(503));
    let post = json!({"channel": "CRELEASES", "text": "t"});
    let request = Request::post("/api/chat.postMessage")
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json")
        .body(Body::from(post.to_string()))
        .unwrap();
    let (status, headers, _) = send(team.slack.web_api(), request).await;
    assert_eq!((status, headers["retry-after"].to_str().unwrap()), (429, "7"));
    assert_eq!(team.call("chat.postMessage", post.clone()).await["error"], "fatal_error");
    assert_eq!(team.slack.messages("CRELEASES").len(), 0);
    assert_eq!(team.call("chat.postMessage", post.clone()).await, json!({"status": 500}));
    assert_eq!(team.slack.messages("CRELEASES").len(), 1, "a lost answer was carried out");
    assert_eq!(team.call("chat.postMessage", post.clone()).await, json!({"status": 503}));
    assert_eq!(team.call("chat.postMessage", post).await["ok"], true);
    let statuses: Vec<_> = team.slack.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [429, 200, 500, 503, 200]);
}

#[tokio::test]
async fn every_change_raises_the_version() {
    let team = team();
    let changed = team.slack.changed();
    let before = *changed.borrow();
    team.post("one").await;
    assert!(*changed.borrow() > before);
    let before = *changed.borrow();
    team.call("conversations.history", json!({"channel": "CRELEASES"})).await;
    assert_eq!(*changed.borrow(), before, "reading changes nothing");
}

//! The client over a small Slack made here: what the client sends, and what it makes of each answer.

use super::bulletins::{bulletin_of, report};
use super::{NOON, ada, releases, run, running};
use crate::SlackClient;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use signalbox_domain::answer::Answer;
use signalbox_domain::card::{Drawing, Note};
use signalbox_domain::ids::ChannelId;
use signalbox_domain::people::Place;
use signalbox_domain::{Event, RunEvent};
use signalbox_engine::Asker;
use signalbox_engine::ports::{Chat, ChatError, MessageRef, Transport, TransportError};
use std::sync::{Arc, Mutex};
use std::time::Duration;

// It has no form of a token, so only the client itself can have hidden it.
const TOKEN: &str = "hush.hush.very.hush";

fn drawn() -> Drawing {
    Drawing::Run(Box::new(running()))
}

type Reply = Result<Response<Bytes>, TransportError>;

/// Answers each call in turn, and keeps the requests.
#[derive(Default)]
struct Slack {
    replies: Mutex<Vec<Reply>>,
    seen: Mutex<Vec<Request<Bytes>>>,
}

#[async_trait]
impl Transport for Slack {
    async fn call(&self, request: Request<Bytes>, timeout: Duration) -> Reply {
        assert_eq!(timeout, Duration::from_secs(10));
        self.seen.lock().unwrap().push(request);
        self.replies.lock().unwrap().remove(0)
    }
}

impl Slack {
    fn with(replies: Vec<Reply>) -> (Arc<Self>, SlackClient) {
        let slack = Arc::new(Self { replies: Mutex::new(replies), seen: Mutex::default() });
        let client = SlackClient::new(slack.clone(), "https://slack.test/api/", TOKEN).unwrap();
        (slack, client)
    }

    /// Method and arguments of each call; every reply must have been used.
    fn calls(&self) -> Vec<(String, Value)> {
        assert!(self.replies.lock().unwrap().is_empty());
        self.seen.lock().unwrap().iter().map(read).collect()
    }
}

fn read(request: &Request<Bytes>) -> (String, Value) {
    assert_eq!(request.method(), "POST");
    assert_eq!(request.headers()["authorization"], format!("Bearer {TOKEN}"));
    assert!(request.headers()["authorization"].is_sensitive());
    let method = request.uri().to_string().strip_prefix("https://slack.test/api/").unwrap().to_owned();
    let arguments = match request.headers()["content-type"].to_str().unwrap() {
        "application/json; charset=utf-8" => serde_json::from_slice(request.body()).unwrap(),
        "application/x-www-form-urlencoded" => {
            form_urlencoded::parse(request.body()).map(|(k, v)| (k.into_owned(), json!(v))).collect()
        }
        other => panic!("{other}"),
    };
    (method, arguments)
}

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn says(json: Value) -> Reply {
    Ok(Response::new(Bytes::from(json.to_string())))
}

fn refuses(code: &str) -> Reply {
    says(json!({"ok": false, "error": code}))
}

fn status(status: u16, retry_after: Option<&str>) -> Reply {
    let mut response = Response::builder().status(status);
    if let Some(value) = retry_after {
        response = response.header("retry-after", value);
    }
    Ok(response.body(Bytes::from_static(b"<html>")).unwrap())
}

fn posted() -> Reply {
    says(json!({"ok": true, "channel": "C9", "ts": "1.2", "message": {}}))
}

fn message() -> MessageRef {
    MessageRef { channel: ChannelId::new("C1"), ts: "1.2".into() }
}

#[tokio::test]
async fn a_card_is_posted_with_its_run() {
    let (slack, client) = Slack::with(vec![posted()]);
    let at = client.post(&releases(), &run(), &drawn()).await.unwrap();
    assert_eq!(at, MessageRef { channel: ChannelId::new("C9"), ts: "1.2".into() });
    let (method, mut sent) = slack.calls().remove(0);
    assert_eq!(method, "chat.postMessage");
    assert_eq!(sent["blocks"].as_array_mut().unwrap().drain(..).count(), 4);
    assert_eq!(
        sent,
        json!({
            "channel": "C1",
            "text": "release service=web version=1.4.2: Running (run 12fzaxk)\nhttps://ci.example/job/7?a=1&amp;b=2",
            "blocks": [],
            "metadata": {"event_type": "signalbox_run", "event_payload": {"run": "12fzaxkgttqdy93s4nvcj65zf9"}},
            "unfurl_links": false,
            "unfurl_media": false,
        })
    );
}

#[tokio::test]
async fn a_card_is_edited_and_its_thread_told() {
    let (slack, client) = Slack::with(vec![posted(), posted()]);
    client.edit(&message(), &run(), &drawn()).await.unwrap();
    client
        .reply(
            &message(),
            &Note { told: vec![Event::Run(RunEvent::CancelRequested { by: ada() })], output: None },
        )
        .await
        .unwrap();
    let calls = slack.calls();
    let (edit, sent) = &calls[0];
    assert_eq!((edit.as_str(), &sent["channel"], &sent["ts"]), ("chat.update", &json!("C1"), &json!("1.2")));
    assert_eq!(sent["metadata"]["event_payload"]["run"], run().as_str());
    let (reply, sent) = &calls[1];
    assert_eq!((reply.as_str(), &sent["thread_ts"]), ("chat.postMessage", &json!("1.2")));
    assert_eq!(sent["text"], "• <@UADA> asked to stop it.");
    assert!(sent.get("metadata").is_none() && sent["unfurl_links"] == false);
}

fn listed(ts: &str, run: &str) -> Value {
    json!({"ts": ts, "metadata": {"event_type": "signalbox_run", "event_payload": {"run": run}}})
}

#[tokio::test]
async fn a_card_is_found_by_its_run() {
    let strangers = json!([
        {"ts": "9.9"}, {"ts": "9.8", "metadata": null}, {"ts": "9.7", "metadata": 7},
        {"ts": "9.6", "metadata": {"event_type": "other", "event_payload": {"run": run().as_str()}}},
        listed("9.5", "another"),
    ]);
    let (slack, client) = Slack::with(vec![
        says(json!({"ok": true, "messages": strangers, "response_metadata": {"next_cursor": "next"}})),
        says(json!({"ok": true, "messages": [listed("8.8", run().as_str())]})),
    ]);
    let found = client.find(&releases(), &run(), NOON).await.unwrap();
    assert_eq!(found, Some(MessageRef { channel: ChannelId::new("C1"), ts: "8.8".into() }));
    let calls = slack.calls();
    let first = json!({
        "channel": "C1", "include_all_metadata": "true", "oldest": "1795257300.000000", "limit": "100",
    });
    assert_eq!(calls[0], ("conversations.history".into(), first));
    assert_eq!(calls[1].1["cursor"], "next");
}

#[tokio::test]
async fn a_search_ends() {
    let (_, client) = Slack::with(vec![says(json!({"ok": true, "messages": [], "has_more": false}))]);
    assert_eq!(client.find(&releases(), &run(), NOON).await, Ok(None));
    let page = || says(json!({"ok": true, "messages": [], "response_metadata": {"next_cursor": "x"}}));
    let (slack, client) = Slack::with((0..10).map(|_| page()).collect());
    assert_eq!(client.find(&releases(), &run(), NOON).await, Ok(None));
    assert_eq!(slack.calls().len(), 10);
}

#[tokio::test]
async fn a_person_is_searched_in_their_own_conversation() {
    let (slack, client) = Slack::with(vec![
        says(json!({"ok": true, "channel": {"id": "D1"}})),
        says(json!({"ok": true, "messages": [listed("8.8", run().as_str())]})),
    ]);
    let place = Place { channel: ChannelId::new("UADA"), ..releases() };
    let found = client.find(&place, &run(), NOON).await.unwrap();
    assert_eq!(found.unwrap().channel, ChannelId::new("D1"));
    let calls = slack.calls();
    assert_eq!(calls[0], ("conversations.open".into(), json!({"users": "UADA"})));
    assert_eq!(calls[1].1["channel"], "D1");
}

#[tokio::test]
async fn a_pressed_button_is_answered_in_private() {
    let (slack, client) = Slack::with(vec![says(json!({"ok": true, "message_ts": "1.2"}))]);
    let asker = Asker { actor: ada(), place: releases(), door: "slack", key: "k".into() };
    client.tell(&asker, None, &Answer::Cancelling(run().short()), NOON).await.unwrap();
    let (method, sent) = slack.calls().remove(0);
    assert_eq!(method, "chat.postEphemeral");
    assert_eq!((&sent["channel"], &sent["user"]), (&json!("C1"), &json!("UADA")));
}

#[tokio::test]
async fn a_refused_layout_is_sent_once_more_as_text() {
    for code in ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"] {
        let (slack, client) = Slack::with(vec![refuses(code), posted()]);
        client.post(&releases(), &run(), &drawn()).await.unwrap();
        let calls = slack.calls();
        assert_eq!(calls[1].1["blocks"], json!([]));
        assert_eq!(calls[0].1["text"], calls[1].1["text"]);
        assert_eq!(calls[0].1["metadata"], calls[1].1["metadata"]);
        let refused = json!({
            "ok": false, "error": code, "response_metadata": {"messages": ["[ERROR] too long [json-pointer:/blocks/0]"]},
        });
        let (slack, client) = Slack::with(vec![refuses(code), says(refused)]);
        let error = client.edit(&message(), &run(), &drawn()).await.unwrap_err();
        assert_eq!(error, ChatError::Rejected(format!("{code}: [ERROR] too long [json-pointer:/blocks/0]")));
        assert_eq!(slack.calls().len(), 2);
    }
}

/// Slack refuses a whole message when it cannot fetch its picture.
#[tokio::test]
async fn a_picture_that_cannot_be_fetched_costs_nothing_but_itself() {
    let bulletin = Drawing::Bulletin(Box::new(bulletin_of(1, report())));
    let (slack, client) = Slack::with(vec![refuses("invalid_blocks"), posted()]);
    let client = client.with_pictures(Some("https://signalbox.example".into())).unwrap();
    client.post(&releases(), &run(), &bulletin).await.unwrap();
    let calls = slack.calls();
    let kinds = |nth: usize| {
        let blocks = calls[nth].1["blocks"].as_array().unwrap().iter();
        blocks.map(|b| b["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(kinds(0).contains(&"image".to_owned()));
    let expect: Vec<String> = kinds(0).into_iter().filter(|kind| kind != "image").collect();
    assert_eq!(kinds(1), expect);
    // If that is refused too, its text is sent.
    let (slack, client) = Slack::with(vec![refuses("invalid_blocks"), refuses("invalid_blocks"), posted()]);
    let client = client.with_pictures(Some("https://signalbox.example".into())).unwrap();
    client.post(&releases(), &run(), &bulletin).await.unwrap();
    assert_eq!(slack.calls()[2].1["blocks"], json!([]));
}

async fn error(reply: Reply) -> ChatError {
    let (slack, client) = Slack::with(vec![reply]);
    let error = client.post(&releases(), &run(), &drawn()).await.unwrap_err();
    assert_eq!(slack.calls().len(), 1);
    assert!(!format!("{error} {error:?} {client:?}").contains("hush"), "{error:?}");
    error
}

#[tokio::test]
async fn quiet_is_kept_for_as_long_as_slack_says() {
    let quiet = |seconds| ChatError::Quiet(Duration::from_secs(seconds));
    for (retry_after, seconds) in [
        (Some("7"), 7),
        (None, 30),
        (Some("0"), 1),
        (Some("soon"), 30),
        (Some("99999999"), 3600),
        (Some("-1"), 30),
    ] {
        assert_eq!(error(status(429, retry_after)).await, quiet(seconds), "{retry_after:?}");
    }
    assert_eq!(error(refuses("ratelimited")).await, quiet(30));
}

#[tokio::test]
async fn each_refusal_has_its_meaning() {
    for code in [
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "restricted_action",
        "restricted_action_thread_only_channel",
    ] {
        assert!(
            matches!(error(refuses(code)).await, ChatError::NoEntry(why) if why.starts_with(code)),
            "{code}"
        );
    }
    for code in ["message_not_found", "cant_update_message", "thread_not_found"] {
        assert_eq!(error(refuses(code)).await, ChatError::Gone, "{code}");
    }
    for code in ["invalid_auth", "token_revoked", "account_inactive", "missing_scope", "not_authed"] {
        let ChatError::Failed(why) = error(refuses(code)).await else { panic!("{code}") };
        assert!(why.starts_with(&format!("{code}: ")), "{why}");
    }
    let scope =
        says(json!({"ok": false, "error": "missing_scope", "needed": "chat:write", "provided": "commands"}));
    assert_eq!(
        error(scope).await.to_string(),
        "failed: missing_scope: add the scope (chat:write) to the app and reinstall it"
    );
    for code in ["internal_error", "fatal_error", "service_unavailable"] {
        assert_eq!(error(refuses(code)).await, ChatError::Failed(code.into()));
    }
    assert_eq!(error(refuses("no_text")).await, ChatError::Rejected("no_text".into()));
    assert_eq!(error(says(json!({"ok": false}))).await, ChatError::Failed("unreadable_error".into()));
    assert_eq!(error(refuses("<!channel> hush")).await, ChatError::Failed("unreadable_error".into()));
}

#[tokio::test]
async fn what_is_no_answer_of_slacks() {
    let failed = |why: &str| ChatError::Failed(format!("chat.postMessage: {why}"));
    for code in [500, 502, 302, 404] {
        assert_eq!(error(status(code, None)).await, failed(&format!("HTTP {code}")));
    }
    let lost = TransportError::NoAnswer(format!("sent Bearer {TOKEN} and heard nothing"));
    assert_eq!(error(Err(lost)).await, failed("no answer: sent Bearer [redacted] and heard nothing"));
    let refused = TransportError::NotSent("connection refused".into());
    assert_eq!(error(Err(refused)).await, failed("not sent: connection refused"));
    let unreadable = failed("the answer is not Slack's; is SLACK_API_URL right?");
    for body in ["", "<html>", "[]", "{}", "{\"ok\":\"yes\"}"] {
        assert_eq!(error(Ok(Response::new(Bytes::from(body)))).await, unreadable, "{body}");
    }
    assert!(matches!(error(says(json!({"ok": true}))).await, ChatError::Failed(_)));
    // The place of a card is stored, so a place that no Slack would give is not accepted.
    for (channel, ts) in [("C9", "x".repeat(9000)), ("C9", String::new()), ("C9\n", "1.2".to_owned())] {
        let odd = error(says(json!({"ok": true, "channel": channel, "ts": ts}))).await;
        assert_eq!(odd, ChatError::Failed("chat.postMessage did not say where the message is".into()));
    }
}

#[tokio::test]
async fn whose_token_it_is() {
    let who = json!({"ok": true, "team": "Acme", "team_id": "T1", "user": "signalbox", "user_id": "UBOT", "bot_id": "B1"});
    let (slack, client) = Slack::with(vec![says(who)]);
    let identity = client.auth_test().await.unwrap();
    assert_eq!(
        (identity.workspace.as_str(), identity.workspace_name.as_str(), identity.user.as_str()),
        ("T1", "Acme", "UBOT")
    );
    assert_eq!(slack.calls(), [("auth.test".to_owned(), json!({}))]);
    // Scopes that Slack does not list count as present; if Slack lists them and one is missing, it is named.
    assert_eq!(identity.missing, []);
    let mut scoped = says(json!({"ok": true, "team_id": "T1", "user_id": "UBOT"})).unwrap();
    scoped.headers_mut().insert("x-oauth-scopes", "commands,metadata.message:read".parse().unwrap());
    let (_, client) = Slack::with(vec![Ok(scoped)]);
    let lacks = client.auth_test().await.unwrap().missing;
    assert_eq!((lacks.len(), lacks[0].scope, lacks[0].needed), (6, "chat:write", true));
}

#[test]
fn addresses_and_tokens_that_cannot_be() {
    let client = |url: &str, token: &str| SlackClient::new(Arc::new(Slack::default()), url, token);
    assert!(client("http://127.0.0.1:8080/api", TOKEN).is_ok());
    for url in [
        "",
        "slack.com/api",
        "ftp://slack.com",
        "https://slack.com/api?x=1",
        "https://a:hush@slack.com",
        "https://",
    ] {
        assert!(!client(url, TOKEN).unwrap_err().contains("hush"), "{url}");
    }
    for url in
        ["", "signalbox.example.com", "https://a:hush@x.example", "https://x.example/?a=1", "ftp://x.example"]
    {
        let wrong =
            client("https://slack.com/api", TOKEN).unwrap().with_pictures(Some(url.into())).unwrap_err();
        assert!(!wrong.contains("hush") && wrong.contains("SIGNALBOX_PUBLIC_URL"), "{url}: {wrong}");
    }
    for token in ["", " ", "hush\nhush", "hüsh"] {
        assert!(!client("https://slack.com/api", token).unwrap_err().contains("hush"), "{token}");
    }
}

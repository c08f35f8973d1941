//! The console with a small program in place of the product: enough to work on the page, and to see what the
//! simulator does.
//!
//! `cargo run -p signalbox-simulator --example console` prints the address. `/release` makes a card that succeeds,
//! and `/rollout` makes a slow card that can be cancelled. Nothing here is the product, and it must never grow into
//! one.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "an example is read, not relied upon")]

mod form;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Form, State};
use axum::response::Json;
use axum::routing::post;
use axum::{Router, body::Body};
use http::Request;
use serde_json::{Value, json};
use signalbox_simulator::console::{self, Command, ConsoleOptions, Shortcut, ShortcutKind};
use signalbox_simulator::{Channel, Person, Slack, SlackSettings, Workspace};
use tokio::sync::{Mutex, oneshot};
use tower::ServiceExt;

#[derive(Clone)]
struct App {
    slack: Slack,
    running: Arc<Mutex<HashMap<String, oneshot::Sender<String>>>>,
}

#[tokio::main]
async fn main() {
    let started = tokio::time::Instant::now();
    let person = |id: &str, name: &str| Person { id: id.into(), name: name.into() };
    let channel = |id: &str, name: &str| Channel { id: id.into(), name: name.into() };
    let slack = Slack::new(SlackSettings {
        signing_secret: "example".into(),
        bot_token: "xoxb-example".into(),
        workspace: Workspace { id: "TPRACTICE".into(), domain: "practice".into() },
        people: vec![person("UADA", "Ada"), person("UGRACE", "Grace"), person("UMALLORY", "Mallory")],
        channels: vec![channel("CRELEASES", "releases"), channel("COPERATIONS", "operations")],
        now_ms: Arc::new(move || {
            1_795_000_000_000 + i64::try_from(started.elapsed().as_millis()).unwrap_or(0)
        }),
    });
    let app = App { slack: slack.clone(), running: Arc::default() };
    slack.attach(
        Router::new()
            .route("/slack/commands", post(command))
            .route("/slack/interactivity", post(interactivity))
            .route("/slack/options", post(form::options))
            .route("/slack/events", post(form::event))
            .with_state(app),
    );
    let mut options = ConsoleOptions::new("example");
    let tries = ["/release web 1.0.0", "/rollout web", "/release status"].map(console::Try::new);
    options.tries = Arc::new(move |_| tries.to_vec());
    options.commands = vec![
        Command { name: "/release".into(), hint: "service version: build and publish a release".into() },
        Command { name: "/form".into(), hint: "everything that a form can have".into() },
        Command { name: "/rollout".into(), hint: "service: bring it to everyone, step by step".into() },
    ];
    let shortcut = |name: &str, kind, id: &str| Shortcut {
        name: name.into(),
        kind,
        callback_id: id.into(),
        description: "Opens the form".into(),
    };
    options.shortcuts = vec![
        shortcut("Fill in a form", ShortcutKind::Global, "form"),
        shortcut("Ask about this", ShortcutKind::Message, "ask"),
    ];
    options.home = true;
    // If the port is given, a page that is still open finds the program again after a restart.
    let port = std::env::args().nth(1).map_or(0, |port| port.parse().unwrap());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    println!("http://{}/console?token=example", listener.local_addr().unwrap());
    axum::serve(listener, console::router(slack, options)).await.unwrap();
}

async fn command(State(app): State<App>, Form(form): Form<BTreeMap<String, String>>) -> Json<Value> {
    let (user, channel) = (form["user_id"].clone(), form["channel_id"].clone());
    let (command, text) = (form["command"].as_str(), form["text"].clone());
    if user == "UMALLORY" {
        return Json(
            json!({"text": ":no_entry: Refused: <@UMALLORY> may not run this here. Ask someone in *deployers*."}),
        );
    }
    match command {
        "/release" if text.starts_with("status") => Json(json!({"text": "Nothing is running in *web*."})),
        "/release" => {
            tokio::spawn(release(app, user, channel, text.clone()));
            Json(
                json!({"text": format!(":hourglass_flowing_sand: Asked for *release* `{text}`. Its card is below.")}),
            )
        }
        "/rollout" => {
            tokio::spawn(rollout(app, user, channel, text.clone()));
            Json(
                json!({"text": format!(":hourglass_flowing_sand: Asked for *rollout* `{text}`. Its card is below.")}),
            )
        }
        "/form" => {
            form::open(&app, &form["trigger_id"], "from the command").await;
            Json(json!({}))
        }
        _ => Json(json!({"text": format!("There is no command `{command}`. Try `/release web 1.0.0`.")})),
    }
}

async fn interactivity(State(app): State<App>, Form(form): Form<BTreeMap<String, String>>) -> Json<Value> {
    let payload: Value = serde_json::from_str(&form["payload"]).unwrap();
    if payload["container"]["type"] != "message" {
        return Json(form::interaction(&app, &payload).await);
    }
    let ts = payload["container"]["message_ts"].as_str().unwrap();
    let user = payload["user"]["id"].as_str().unwrap().to_owned();
    if let Some(cancel) = app.running.lock().await.remove(ts) {
        let _ = cancel.send(user);
    }
    Json(json!({}))
}

async fn release(app: App, user: String, channel: String, text: String) {
    let ts = post_card(
        &app,
        &channel,
        &card("release", &text, &user, "hourglass_flowing_sand", "Running", "Building", false),
    )
    .await;
    reply(&app, &channel, &ts, "Build started. Log: <https://ci.example/job/web/12|web #12>").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    reply(&app, &channel, &ts, "```\ncompiled 214 crates in 41 s\npushed registry.example/web:1.0.0\n```")
        .await;
    let done = card("release", &text, &user, "white_check_mark", "Succeeded", "2 s", false);
    update(&app, &channel, &ts, &done).await;
}

async fn rollout(app: App, user: String, channel: String, text: String) {
    let (cancel, mut cancelled) = oneshot::channel();
    let ts = post_card(
        &app,
        &channel,
        &card("rollout", &text, &user, "hourglass_flowing_sand", "Running", "Step 1 of 20", true),
    )
    .await;
    app.running.lock().await.insert(ts.clone(), cancel);
    for step in 1..=20 {
        tokio::select! {
            by = &mut cancelled => {
                let by = by.unwrap();
                reply(&app, &channel, &ts, &format!("<@{by}> pressed Cancel; stopped after step {step}.")).await;
                let end = card("rollout", &text, &user, "no_entry_sign", "Cancelled", &format!("after step {step}"), false);
                return update(&app, &channel, &ts, &end).await;
            }
            () = tokio::time::sleep(Duration::from_secs(1)) => {
                reply(&app, &channel, &ts, &format!("Step {step} of 20 done: {} % of traffic.", step * 5)).await;
                let now = card("rollout", &text, &user, "hourglass_flowing_sand", "Running", &format!("Step {step} of 20"), true);
                update(&app, &channel, &ts, &now).await;
            }
        }
    }
    update(
        &app,
        &channel,
        &ts,
        &card("rollout", &text, &user, "white_check_mark", "Succeeded", "20 steps", false),
    )
    .await;
}

fn card(
    operation: &str,
    text: &str,
    user: &str,
    emoji: &str,
    state: &str,
    note: &str,
    cancel: bool,
) -> Value {
    let field = |label: &str, value: &str| json!({"type": "mrkdwn", "text": format!("*{label}*\n{value}")});
    let mut blocks = vec![
        json!({"type": "header", "text": {"type": "plain_text", "text": format!(":{emoji}: {operation} {text}")}}),
        json!({"type": "section", "fields": [field("State", state), field("Asked by", &format!("<@{user}>")), field("Environment", "production"), field("Progress", note)]}),
        json!({"type": "context", "elements": [{"type": "mrkdwn", "text": "Run `r-01hz` · started <!date^1795000000^{time}|20:26> · <https://ci.example/job/web/12|log>"}]}),
    ];
    if cancel {
        let confirm = json!({
            "title": {"type": "plain_text", "text": "Cancel this rollout?"},
            "text": {"type": "mrkdwn", "text": "Steps already done *stay done*."},
            "confirm": {"type": "plain_text", "text": "Cancel it"}, "deny": {"type": "plain_text", "text": "Keep going"},
            "style": "danger",
        });
        blocks.push(json!({"type": "actions", "elements": [{
            "type": "button", "action_id": "cancel", "style": "danger", "text": {"type": "plain_text", "text": "Cancel"}, "confirm": confirm,
        }]}));
    }
    json!({"text": format!("{operation} {text}: {state}"), "blocks": blocks})
}

async fn post_card(app: &App, channel: &str, card: &Value) -> String {
    let mut body = card.clone();
    body["channel"] = json!(channel);
    call(app, "chat.postMessage", body).await["ts"].as_str().unwrap().to_owned()
}

async fn reply(app: &App, channel: &str, ts: &str, text: &str) {
    call(app, "chat.postMessage", json!({"channel": channel, "thread_ts": ts, "text": text})).await;
}

async fn update(app: &App, channel: &str, ts: &str, card: &Value) {
    let mut body = card.clone();
    (body["channel"], body["ts"]) = (json!(channel), json!(ts));
    call(app, "chat.update", body).await;
}

async fn call(app: &App, method: &str, body: Value) -> Value {
    let request = Request::post(format!("/api/{method}"))
        .header("authorization", "Bearer xoxb-example")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = app.slack.web_api().oneshot(request).await.unwrap();
    let answer = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    if answer["ok"] != json!(true) {
        println!("{method}: {answer}");
    }
    answer
}

//! The simulator as the product and a browser use it: through its routers, in memory, without a network.

#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests, which the lint does not see")]

mod app;
mod console;
mod console_views;
mod deliveries;
mod forms;
mod github;
mod github_front;
mod github_openapi;
mod github_runs;
mod github_webhooks;
mod jenkins;
mod jenkins_clients;
mod jenkins_corpora;
mod jenkins_front;
mod jenkins_stages;
mod learned;
mod limits;
mod modals;
mod sheets;
mod surfaces;
mod view_actions;
mod view_limits;
mod views;
mod web_api;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request};
use serde_json::{Value, json};
use signalbox_simulator::{Channel, Person, Slack, SlackSettings, Workspace};
use tower::ServiceExt;

const SECRET: &str = "shh";
const TOKEN: &str = "xoxb-practice";

/// The time of the test workspace, in seconds. It changes only if a test moves the clock.
const NOW: i64 = 1_531_420_618;

struct Team {
    slack: Slack,
    now_ms: Arc<AtomicI64>,
}

fn team() -> Team {
    let now_ms = Arc::new(AtomicI64::new(NOW * 1000));
    let clock = Arc::clone(&now_ms);
    let person = |id: &str, name: &str| Person { id: id.into(), name: name.into() };
    let channel = |id: &str, name: &str| Channel { id: id.into(), name: name.into() };
    let slack = Slack::new(SlackSettings {
        signing_secret: SECRET.into(),
        bot_token: TOKEN.into(),
        workspace: Workspace { id: "T1".into(), domain: "practice".into() },
        people: vec![person("UADA", "Ada"), person("UMALLORY", "Mallory")],
        channels: vec![channel("CRELEASES", "releases"), channel("COPERATIONS", "operations")],
        now_ms: Arc::new(move || clock.load(Ordering::SeqCst)),
    });
    Team { slack, now_ms }
}

impl Team {
    fn pass_ms(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    async fn call(&self, method: &str, body: Value) -> Value {
        call(&self.slack, method, body).await
    }

    async fn post(&self, text: &str) -> String {
        let answer = self.call("chat.postMessage", json!({"channel": "CRELEASES", "text": text})).await;
        answer["ts"].as_str().unwrap().to_owned()
    }
}

/// A call as a client makes it: with JSON and a bearer token.
async fn call(slack: &Slack, method: &str, body: Value) -> Value {
    let request = Request::post(format!("/api/{method}"))
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json; charset=utf-8")
        .body(Body::from(body.to_string()))
        .unwrap();
    let (status, _, body) = send(slack.web_api(), request).await;
    if status == 200 { serde_json::from_str(&body).unwrap() } else { json!({"status": status}) }
}

async fn send(router: Router, request: Request<Body>) -> (u16, HeaderMap, String) {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status.as_u16(), parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

//! An app for the tests of views: it keeps what it receives, and answers as a test says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use http::StatusCode;
use serde_json::{Value, json};
use signalbox_simulator::{Slack, View};

use crate::{Team, call};

#[derive(Clone)]
pub(crate) struct App {
    slack: Slack,
    received: Arc<Mutex<Vec<Value>>>,
    answers: Arc<Mutex<BTreeMap<String, (u16, String)>>>,
    /// The method that is called with the trigger of each interaction of a kind, and the view for it.
    opens: Arc<Mutex<BTreeMap<String, (String, Value)>>>,
}

impl App {
    pub(crate) fn attach(team: &Team) -> App {
        let app = App {
            slack: team.slack.clone(),
            received: Arc::default(),
            answers: Arc::default(),
            opens: Arc::default(),
        };
        let router =
            ["/slack/commands", "/slack/interactivity", "/slack/options", "/slack/events", "/elsewhere"]
                .into_iter()
                .fold(Router::new(), |router, path| router.route(path, post(take)));
        team.slack.attach(router.with_state(app.clone()));
        app
    }

    /// What it answers to payloads of this type from now on; a slash command has the type `command`.
    pub(crate) fn answers(&self, kind: &str, answer: &Value) {
        self.answers_raw(kind, 200, &answer.to_string());
    }

    pub(crate) fn answers_raw(&self, kind: &str, status: u16, body: &str) {
        self.answers.lock().unwrap().insert(kind.to_owned(), (status, body.to_owned()));
    }

    /// The app calls this method with this view before it answers a payload of this type.
    pub(crate) fn opens(&self, kind: &str, method: &str, view: &Value) {
        self.opens.lock().unwrap().insert(kind.to_owned(), (method.to_owned(), view.clone()));
    }

    /// The last payload that came.
    pub(crate) fn last(&self) -> Value {
        self.received.lock().unwrap().last().cloned().unwrap_or_default()
    }

    pub(crate) fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// What came so far, by type.
    pub(crate) fn kinds(&self) -> Vec<String> {
        self.received.lock().unwrap().iter().map(kind).collect()
    }

    /// Has Ada type a command, and opens the view with its trigger.
    pub(crate) async fn open(&self, view: &Value) -> View {
        let trigger = self.trigger().await;
        let opened = call(&self.slack, "views.open", json!({"trigger_id": trigger, "view": view})).await;
        assert_eq!(opened["ok"], true, "{opened}");
        self.slack.modal("UADA").unwrap()
    }

    /// The trigger of a command that Ada types.
    pub(crate) async fn trigger(&self) -> String {
        self.slack.slash("UADA", "CRELEASES", "/deploy").await;
        self.last()["trigger_id"].as_str().unwrap().to_owned()
    }
}

async fn take(State(app): State<App>, body: String) -> (StatusCode, String) {
    let mut payload: Value = serde_json::from_str(&body).unwrap_or_else(|_| {
        let form: BTreeMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        form.get("payload").map_or_else(|| json!(form), |payload| serde_json::from_str(payload).unwrap())
    });
    if payload["type"] == "event_callback" {
        payload = payload["event"].clone();
    }
    let kind = kind(&payload);
    app.received.lock().unwrap().push(payload.clone());
    let opens = app.opens.lock().unwrap().get(&kind).cloned();
    if let Some((method, view)) = opens {
        let mut arguments = json!({"trigger_id": payload["trigger_id"], "view": view});
        for (name, value) in [
            ("view_id", &payload["view"]["id"]),
            ("hash", &payload["view"]["hash"]),
            ("user_id", &payload["user"]),
        ] {
            if !value.is_null() {
                arguments[name] = value.clone();
            }
        }
        let answer = call(&app.slack, &method, arguments).await;
        assert_eq!(answer["ok"], true, "{answer}");
    }
    let (status, body) = app.answers.lock().unwrap().get(&kind).cloned().unwrap_or((200, String::new()));
    (StatusCode::from_u16(status).unwrap(), body)
}

fn kind(payload: &Value) -> String {
    payload["type"].as_str().unwrap_or("command").to_owned()
}

pub(crate) fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

pub(crate) fn option(value: &str) -> Value {
    json!({"text": plain(&value.to_uppercase()), "value": value})
}

pub(crate) fn options(n: usize) -> Vec<Value> {
    (0..n).map(|i| option(&format!("o{i}"))).collect()
}

/// An input block around an element; the element's action is `a-` and the block's id.
pub(crate) fn input(id: &str, element: Value) -> Value {
    let mut element = element;
    element["action_id"] = json!(format!("a-{id}"));
    json!({"type": "input", "block_id": id, "label": plain(&format!("The {id}")), "element": element})
}

pub(crate) fn optional(mut input: Value) -> Value {
    input["optional"] = json!(true);
    input
}

pub(crate) fn button(action: &str) -> Value {
    json!({"type": "button", "action_id": action, "text": plain("Press"), "value": "v"})
}

pub(crate) fn modal(blocks: &[Value]) -> Value {
    json!({"type": "modal", "callback_id": "form", "title": plain("A form"), "submit": plain("Go"), "blocks": blocks})
}

pub(crate) fn home(blocks: &[Value]) -> Value {
    json!({"type": "home", "callback_id": "home", "blocks": blocks})
}

pub(crate) fn section(text: &str) -> Value {
    json!({"type": "section", "block_id": "words", "text": plain(text)})
}

//! What the page asks for about modals, the Home tab and shortcuts.
//!
//! The page holds what a person types until it is sent or the app hears of something. So every request about a view
//! brings all that is in it.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Console;
use super::api::{answered, refused};
use crate::{Slack, Surface};

/// The modal that a person sees, as the page gets it.
pub(super) fn modal(slack: &Slack, user: &str) -> Value {
    let stack = slack.modals(user);
    stack.last().map_or(Value::Null, |modal| {
        json!({
            "id": modal.id, "hash": modal.hash, "view": modal.view, "errors": modal.errors, "values": modal.values,
            "depth": stack.len(),
        })
    })
}

/// A person's Home tab, as the page gets it.
pub(super) fn home(slack: &Slack, user: &str) -> Value {
    let home = slack.home(user);
    home.map_or(Value::Null, |home| {
        json!({"id": home.id, "hash": home.hash, "view": home.view, "errors": {}, "values": home.values})
    })
}

/// One value, or several where several can be chosen.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Several(Vec<String>),
}

type Fields = BTreeMap<String, Words>;

/// The fields as the simulated Slack takes them. No value at all empties a field, as an empty value does.
fn pairs(fields: &Fields) -> Vec<(&str, &str)> {
    fields
        .iter()
        .flat_map(|(name, words)| match words {
            Words::One(word) => vec![(name.as_str(), word.as_str())],
            Words::Several(words) if words.is_empty() => vec![(name.as_str(), "")],
            Words::Several(words) => words.iter().map(|word| (name.as_str(), word.as_str())).collect(),
        })
        .collect()
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Where {
    Modal,
    Home,
}

impl From<Where> for Surface {
    fn from(place: Where) -> Surface {
        match place {
            Where::Modal => Surface::Modal,
            Where::Home => Surface::Home,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Submit {
    user: String,
    fields: Fields,
}

pub(super) async fn submit(State(console): State<Console>, Json(submit): Json<Submit>) -> Response {
    answered(&console.slack.submit(&submit.user, &pairs(&submit.fields)).await)
}

#[derive(Deserialize)]
pub(super) struct Close {
    user: String,
}

pub(super) async fn close(State(console): State<Console>, Json(close): Json<Close>) -> Json<Value> {
    console.slack.leave(&close.user).await;
    Json(json!({}))
}

#[derive(Deserialize)]
pub(super) struct Act {
    user: String,
    surface: Where,
    fields: Fields,
    /// The element that the person used, and its values.
    name: String,
    values: Vec<String>,
}

pub(super) async fn act(State(console): State<Console>, Json(act): Json<Act>) -> Response {
    let (slack, surface) = (&console.slack, act.surface.into());
    if let Err(problem) = slack.fill_at(&act.user, surface, &pairs(&act.fields)) {
        return refused(&problem);
    }
    let values: Vec<&str> = act.values.iter().map(String::as_str).collect();
    answered(&slack.act_at(&act.user, surface, &act.name, &values).await)
}

#[derive(Deserialize)]
pub(super) struct Suggest {
    user: String,
    surface: Where,
    fields: Fields,
    name: String,
    typed: String,
}

pub(super) async fn suggest(State(console): State<Console>, Json(suggest): Json<Suggest>) -> Response {
    let (slack, surface) = (&console.slack, suggest.surface.into());
    if let Err(problem) = slack.fill_at(&suggest.user, surface, &pairs(&suggest.fields)) {
        return refused(&problem);
    }
    let found = slack.suggest_at(&suggest.user, surface, &suggest.name, &suggest.typed).await;
    let options: Vec<_> = found
        .options
        .iter()
        .map(|option| {
            json!({
                "value": option.value, "text": option.text, "description": option.description,
                "group": option.group,
            })
        })
        .collect();
    Json(json!({"options": options, "problem": found.problem})).into_response()
}

#[derive(Deserialize)]
pub(super) struct Home {
    user: String,
}

pub(super) async fn open_home(State(console): State<Console>, Json(home): Json<Home>) -> Response {
    answered(&console.slack.open_home(&home.user).await)
}

#[derive(Deserialize)]
pub(super) struct Taken {
    user: String,
    callback_id: String,
    /// The message at which it was taken, if it is a shortcut for messages.
    message: Option<At>,
}

#[derive(Deserialize)]
struct At {
    channel: String,
    ts: String,
}

pub(super) async fn shortcut(State(console): State<Console>, Json(taken): Json<Taken>) -> Response {
    let Taken { user, callback_id, message } = &taken;
    answered(&match message {
        None => console.slack.shortcut(user, callback_id).await,
        Some(At { channel, ts }) => console.slack.message_shortcut(user, channel, ts, callback_id).await,
    })
}

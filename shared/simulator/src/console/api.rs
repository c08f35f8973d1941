//! What the page and terminals ask for: the state as one person sees it, a stream of version numbers, and routes for
//! typing and pressing.
//!
//! The state is small, so it is sent whole. The version number tells the page when to ask again. No answer may ever
//! show a person something that only another person can see.

use std::convert::Infallible;

use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Json, Response};
use futures::stream::{self, Stream};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Console, Looking, views};
use crate::{Answer, BOT_USER, Message, SLACKBOT};

/// How many messages of a channel are shown. Older messages are left out.
const SHOWN: usize = 200;

#[derive(Deserialize)]
pub(super) struct View {
    user: String,
    since: Option<u64>,
}

pub(super) async fn state(State(console): State<Console>, Query(view): Query<View>) -> Response {
    let settings = console.slack.settings();
    if !settings.people.iter().any(|person| person.id == view.user) {
        return refused(&format!("nobody here is {}", view.user));
    }
    // The version is read before the messages. So if something changes in between, the page only asks once more.
    let version = *console.slack.changed().borrow();
    if view.since == Some(version) {
        return Json(json!({"version": version, "unchanged": true})).into_response();
    }
    let typed = typed(&console);
    let title = &console.options.title;
    let direct = (view.user.as_str(), title.as_str(), "direct");
    let places = settings.channels.iter().map(|c| (c.id.as_str(), c.name.as_str(), "channel"));
    let channels: Vec<_> =
        places.chain([direct]).map(|place| channel(&console, &view.user, place, &typed)).collect();
    let people: Vec<_> = settings.people.iter().map(|p| json!({"id": p.id, "name": p.name})).collect();
    let team = &settings.workspace;
    let state = json!({
        "version": version, "user": view.user, "workspace": {"id": team.id, "domain": team.domain},
        "people": people, "channels": channels,
        "modal": views::modal(&console.slack, &view.user), "home": views::home(&console.slack, &view.user),
        "apps": [{"id": BOT_USER, "name": console.options.title}, {"id": SLACKBOT, "name": "Slackbot"}],
    });
    Json(state).into_response()
}

/// The part that stays the same while the program runs. The page asks for it once, before a person is chosen.
pub(super) async fn about(State(console): State<Console>) -> Json<Value> {
    let options = &console.options;
    let people: Vec<_> =
        console.slack.settings().people.iter().map(|p| json!({"id": p.id, "name": p.name})).collect();
    let commands: Vec<_> = options.commands.iter().map(|c| json!({"name": c.name, "hint": c.hint})).collect();
    let shortcuts: Vec<_> = options.shortcuts.iter().map(super::Shortcut::shown).collect();
    Json(json!({
        "title": options.title, "intro": options.intro,
        "commands": commands, "people": people, "home": options.home, "shortcuts": shortcuts,
    }))
}

/// Every slash command that anybody typed in any channel.
fn typed(console: &Console) -> Vec<String> {
    let slack = &console.slack;
    let settings = slack.settings();
    let places =
        |user: &str| settings.channels.iter().map(|c| c.id.clone()).chain([user.to_owned()]).collect();
    let of = |user: &str| {
        let places: Vec<String> = places(user);
        places.into_iter().flat_map(|place| slack.typed(user, &place)).map(|message| message.text).collect()
    };
    settings.people.iter().flat_map(|person| -> Vec<String> { of(&person.id) }).collect()
}

/// A channel or a direct message as one person sees it: id, name and kind.
fn channel(console: &Console, user: &str, (id, name, kind): (&str, &str, &str), typed: &[String]) -> Value {
    let looking = Looking { user, channel: id, typed };
    let tries = (console.options.tries)(&looking).into_iter();
    let tries: Vec<_> = tries.map(|t| json!({"line": t.line, "note": t.note})).collect();
    let slack = &console.slack;
    let top_level = slack.messages(id);
    let shown = top_level.iter().skip(top_level.len().saturating_sub(SHOWN));
    let messages: Vec<_> = shown
        .map(|message| {
            let mut shown = show(message, "message");
            let replies = slack.thread(id, &message.ts).into_iter().skip(1);
            shown["replies"] = replies.map(|reply| show(&reply, "message")).collect();
            shown
        })
        .collect();
    let ephemerals: Vec<_> =
        slack.ephemerals(user, id).iter().map(|message| show(message, "ephemeral")).collect();
    let own: Vec<_> = slack.typed(user, id).iter().map(|message| show(message, "typed")).collect();
    json!({
        "id": id, "name": name, "kind": kind, "messages": messages, "ephemerals": ephemerals, "typed": own,
        "tries": tries,
    })
}

fn show(message: &Message, kind: &str) -> Value {
    json!({
        "kind": kind, "ts": message.ts, "thread_ts": message.thread_ts, "user": message.user, "text": message.text,
        "blocks": message.blocks, "edited": message.edited, "plain": message.plain(),
    })
}

/// Sends `data: {"version": N}` now and at every change, until `Slack::hang_up` ends the stream.
pub(super) async fn stream(State(console): State<Console>) -> impl IntoResponse {
    Sse::new(versions(&console)).keep_alive(KeepAlive::default())
}

fn versions(console: &Console) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let mut changed = console.slack.changed();
    changed.mark_changed();
    stream::unfold((changed, console.slack.open()), async |(mut changed, mut open)| {
        let more = tokio::select! {
            biased;
            _ = open.wait_for(|open| !open) => false,
            more = changed.changed() => more.is_ok(),
        };
        let version = *changed.borrow_and_update();
        let event = Event::default().data(json!({"version": version}).to_string());
        more.then_some((Ok(event), (changed, open)))
    })
}

#[derive(Deserialize)]
pub(super) struct Slash {
    user: String,
    channel: String,
    line: String,
}

pub(super) async fn slash(State(console): State<Console>, Json(slash): Json<Slash>) -> Response {
    let line = console.slack.escape(slash.line.trim());
    if !line.starts_with('/') {
        let heard = console.slack.speak(&slash.user, &slash.channel, &line).await;
        if heard.problem.is_none() {
            let note = "Said aloud. Only lines that begin with / are commands.";
            let note = (!line.contains(&format!("<@{BOT_USER}"))).then_some(note);
            return Json(json!({"status": heard.status, "ephemeral": null, "note": note})).into_response();
        }
    }
    answered(&console.slack.slash(&slash.user, &slash.channel, &line).await)
}

#[derive(Deserialize)]
pub(super) struct Press {
    user: String,
    channel: String,
    ts: String,
    action_id: String,
    /// The value of the chosen option, if a menu is used.
    value: Option<String>,
}

pub(super) async fn press(State(console): State<Console>, Json(press): Json<Press>) -> Response {
    let Press { user, channel, ts, action_id, value } = &press;
    answered(&match value {
        None => console.slack.press(user, channel, ts, action_id).await,
        Some(value) => console.slack.choose(user, channel, ts, action_id, value).await,
    })
}

#[derive(Deserialize)]
pub(super) struct Reply {
    user: String,
    channel: String,
    thread_ts: String,
    text: String,
}

pub(super) async fn reply(State(console): State<Console>, Json(reply): Json<Reply>) -> Response {
    let text = console.slack.escape(reply.text.trim());
    answered(&console.slack.reply(&reply.user, &reply.channel, &reply.thread_ts, &text).await)
}

pub(super) fn answered(answer: &Answer) -> Response {
    if let Some(problem) = &answer.problem {
        return refused(problem);
    }
    let ephemeral =
        answer.ephemeral.as_ref().map(|m| json!({"ts": m.ts, "text": m.text, "plain": m.plain()}));
    Json(json!({"status": answer.status, "ephemeral": ephemeral})).into_response()
}

pub(super) fn refused(why: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"error": why}))).into_response()
}

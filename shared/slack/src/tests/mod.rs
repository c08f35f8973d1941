//! Tests over more than one module, and what they share.
#![expect(clippy::wildcard_enum_match_arm, reason = "whatever else comes shall fail a test")]

mod alerts;
mod answers;
mod asked;
mod bulletins;
mod cards;
mod client;
pub(crate) mod corpora;
mod forms;
mod hostile;
mod interactions;
mod limits;
mod operations;
mod payloads;

use crate::blocks::Message;
use crate::draw;
use crate::means::Means;
use crate::scopes::HEARING;
use serde_json::Value as Json;
use signalbox_domain::card::{Drawing, Note};
use signalbox_domain::ids::{AlertId, ChannelId, Digest, Name, RecordId, RunId, UserId, WorkspaceId};
use signalbox_domain::observation::{Conclusion, Outcome};
use signalbox_domain::people::{Actor, Chat, Place};
use signalbox_domain::run::{RunHead, State};
use signalbox_domain::time::Timestamp;
use signalbox_domain::{Event, Intent, Value};

/// 2026-11-21, 10:40 UTC.
pub(crate) const NOON: Timestamp = Timestamp(1_795_257_600_000);

pub(crate) fn ada() -> Actor {
    Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA"))
}

pub(crate) fn releases() -> Place {
    Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") }
}

pub(crate) fn alert_id() -> AlertId {
    AlertId::of(&run())
}

pub(crate) fn run() -> RunId {
    RunId::derive("slack", "T1", "key")
}

/// A run under way.
pub(crate) fn running() -> RunHead {
    let text = |text: &str| Value::Text(text.to_owned());
    let name = |name: &str| -> Name { name.parse().unwrap() };
    let parameters = [
        (name("count"), Value::Integer(1)),
        (name("service"), text("web")),
        (name("version"), text("1.4.2")),
    ];
    let intent = Intent {
        operation: name("release"),
        parameters: parameters.into(),
        unusual: Some(vec![name("service"), name("version")]),
        requester: ada(),
        place: releases(),
        digest: Digest::ZERO,
        hash: None,
        as_asked: None,
    };
    RunHead {
        run: run(),
        version: 4,
        intent,
        work: None,
        requested_at: NOON,
        changed_at: NOON,
        state: State::Running,
        attempt: 1,
        attempt_at: NOON,
        reference: Some("7".into()),
        before_retry: 0,
        retried_at: None,
        retried_by: None,
        earlier: vec![],
        link: Some("https://ci.example/job/7?a=1&b=2".into()),
        begun: 2,
        steps: vec!["Uploading the image".into()],
        in_job: None,
        waits: None,
        unseen: None,
        stop_refused: None,
        cancel: None,
        cancel_at: None,
        contradicted: None,
        looked: None,
        settled_by: None,
        failed_checks: vec![],
        shipment: None,
        part_of: None,
        parts: vec![],
        followed: vec![],
        causes: std::collections::VecDeque::new(),
    }
}

/// A run at its end.
pub(crate) fn ended(conclusion: Conclusion, summary: &str, excerpt: &str, seconds: u64) -> RunHead {
    let outcome = Outcome { conclusion, summary: summary.into(), excerpt: excerpt.into() };
    let changed_at = NOON.plus(std::time::Duration::from_secs(seconds));
    RunHead { state: State::Finished(outcome), changed_at, ..running() }
}

/// The message of a record that has a card, in a workspace whose address is known.
pub(crate) fn drawn(drawing: &Drawing, id: &RecordId, deaf: bool) -> Message {
    let page = signalbox_voice::page(drawing, id, deaf.then_some(HEARING));
    draw::message(&page, &Means { public: None, domain: Some("acme") })
}

/// What a thread is told.
pub(crate) fn noted(told: Vec<Event>, output: Option<&str>) -> Message {
    let note = Note { told, output: output.map(str::to_owned) };
    draw::message(&signalbox_voice::note(&note), &Means::NONE)
}

/// A message as lines of text, a block each.
pub(crate) fn shown(message: &Message) -> String {
    let text = |v: &Json| v["text"].as_str().unwrap_or_default().to_owned();
    let texts = |v: &Json| v.as_array().into_iter().flatten().map(text).collect::<Vec<_>>();
    let block = |b: &Json| match b["type"].as_str() {
        Some("section") if b["fields"].is_array() => {
            texts(&b["fields"]).iter().map(|f| f.replace('\n', " = ")).collect::<Vec<_>>().join(" | ")
        }
        Some("section") => text(&b["text"]),
        Some("context") => format!("({})", texts(&b["elements"]).join(" | ")),
        Some("actions") => {
            let buttons = b["elements"].as_array().into_iter().flatten();
            let shown = |e: &Json| match e["options"].as_array() {
                Some(options) => format!(
                    "[⋯ {}]",
                    options.iter().map(|o| text(&o["text"])).collect::<Vec<_>>().join(" | ")
                ),
                None => format!("[{}]", text(&e["text"])),
            };
            buttons.map(shown).collect()
        }
        Some("image") => format!("<{}>", b["alt_text"].as_str().unwrap()),
        _ => panic!("unknown block {b}"),
    };
    let blocks = message.blocks();
    let lines: Vec<String> = blocks.as_array().unwrap().iter().map(block).collect();
    format!("{}\n---\n{}", lines.join("\n"), message.text())
}

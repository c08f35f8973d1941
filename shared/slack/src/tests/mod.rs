//! Tests over more than one module, and what they share.
#![expect(clippy::wildcard_enum_match_arm, reason = "whatever else comes shall fail a test")]

mod alerts;
mod answers;
mod bulletins;
mod cards;
mod client;
pub(crate) mod corpora;
mod forms;
mod hostile;
mod interactions;
mod limits;
mod payloads;

use crate::blocks::Message;
use serde_json::Value;
use signalbox_domain::card::{Card, Mood};
use signalbox_domain::ids::{AlertId, ChannelId, RunId, UserId, WorkspaceId};
use signalbox_domain::people::{Actor, Chat, Place};
use signalbox_domain::time::Timestamp;

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
pub(crate) fn running() -> Card {
    Card {
        whereabouts: None,
        looked: None,
        settled_by: None,
        run: run().short(),
        title: "release".into(),
        parameters: vec![("service".into(), "web".into()), ("version".into(), "1.4.2".into())],
        usual: vec![("count".into(), "1".into())],
        since: Some(NOON),
        stopped_by: None,
        retried_by: None,
        requester: ada(),
        requested_at: NOON,
        mood: Mood::Busy,
        state: "Running",
        detail: None,
        took: None,
        step: Some((2, "Uploading the image".into())),
        in_job: None,
        link: Some("https://ci.example/job/7?a=1&b=2".into()),
        excerpt: None,
        advice: None,
        attempt: 1,
        can_retry: false,
        unsure: false,
        can_cancel: true,
        cancelling: None,
        warning: None,
    }
}

/// A message as lines of text, a block each.
pub(crate) fn shown(message: &Message) -> String {
    let text = |v: &Value| v["text"].as_str().unwrap_or_default().to_owned();
    let texts = |v: &Value| v.as_array().into_iter().flatten().map(text).collect::<Vec<_>>();
    let block = |b: &Value| match b["type"].as_str() {
        Some("section") if b["fields"].is_array() => {
            texts(&b["fields"]).iter().map(|f| f.replace('\n', " = ")).collect::<Vec<_>>().join(" | ")
        }
        Some("section") => text(&b["text"]),
        Some("context") => format!("({})", texts(&b["elements"]).join(" | ")),
        Some("actions") => {
            let buttons = b["elements"].as_array().into_iter().flatten();
            let shown = |e: &Value| match e["options"].as_array() {
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

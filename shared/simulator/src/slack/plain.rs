//! Block Kit as text for a terminal: one line for each part of a message, and `[Cancel]` for a button.
//!
//! It is for reading and for snapshots. It must never fail: what it does not know, it leaves out.

use serde_json::Value;

use super::message::Names;
use crate::mrkdwn;

/// The blocks as text. If there are none, the text of the message.
pub(crate) fn message(text: &str, blocks: &[Value], names: &Names) -> String {
    if blocks.is_empty() {
        return mrkdwn::plain(text, names);
    }
    let lines: Vec<_> = blocks.iter().map(|one| block(one, names)).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

fn block(block: &Value, names: &Names) -> String {
    match block["type"].as_str().unwrap_or_default() {
        "header" => object(&block["text"], names),
        "section" => section(block, names),
        "context" => elements(block, names, " · "),
        "actions" => elements(block, names, " "),
        "divider" => "---".to_owned(),
        "image" => image(block),
        "rich_text" => block["elements"].as_array().into_iter().flatten().map(|e| rich(e, names)).collect(),
        _ => String::new(),
    }
}

fn section(block: &Value, names: &Names) -> String {
    let mut lines = Vec::new();
    if block.get("text").is_some() {
        lines.push(object(&block["text"], names));
    }
    // A field is a label on one line and a value on the next. Here both are put on one line.
    let fields = block["fields"].as_array().into_iter().flatten();
    lines.extend(fields.map(|field| object(field, names).replacen('\n', ": ", 1)));
    let mut text = lines.join("\n");
    if let Some(accessory) = block.get("accessory") {
        text = format!("{text} {}", element(accessory, names));
    }
    text
}

fn elements(block: &Value, names: &Names, between: &str) -> String {
    let parts: Vec<_> =
        block["elements"].as_array().into_iter().flatten().map(|e| element(e, names)).collect();
    parts.join(between)
}

fn element(element: &Value, names: &Names) -> String {
    match element["type"].as_str().unwrap_or_default() {
        "button" => format!("[{}]", object(&element["text"], names)),
        "image" => image(element),
        "overflow" => "[⋯]".to_owned(),
        "plain_text" | "mrkdwn" => object(element, names),
        _ => format!("[{}]", element["placeholder"]["text"].as_str().unwrap_or("…")),
    }
}

/// A text object. Marks have a meaning only if its type is `mrkdwn`.
pub(crate) fn object(text: &Value, names: &Names) -> String {
    let words = text["text"].as_str().unwrap_or_default();
    if text["type"] == "mrkdwn" { mrkdwn::plain(words, names) } else { mrkdwn::emoji(words) }
}

fn image(image: &Value) -> String {
    format!("(image: {})", image["alt_text"].as_str().unwrap_or_default())
}

fn rich(part: &Value, names: &Names) -> String {
    let inner = || part["elements"].as_array().into_iter().flatten();
    match part["type"].as_str().unwrap_or_default() {
        "rich_text_list" => inner().map(|item| format!("• {}\n", rich(item, names))).collect(),
        "text" => part["text"].as_str().unwrap_or_default().to_owned(),
        "link" => part["text"].as_str().or(part["url"].as_str()).unwrap_or_default().to_owned(),
        "user" => format!("@{}", names.person(part["user_id"].as_str().unwrap_or_default())),
        "channel" => format!("#{}", names.channel(part["channel_id"].as_str().unwrap_or_default())),
        "emoji" => mrkdwn::emoji(&format!(":{}:", part["name"].as_str().unwrap_or_default())),
        _ => inner().map(|e| rich(e, names)).collect(),
    }
}

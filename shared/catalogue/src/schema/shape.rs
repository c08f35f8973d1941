//! The small parts that the schema is made of.
//!
//! The readers take a number or a truth value as a text, as it is written (`1.10` stays `1.10`), so most texts here may
//! be of three types. Only where no number fits the form is a text asked for.

use serde_json::{Map, Value, json};

/// A key, and what its value may be.
pub(super) type Key = (&'static str, Value);

/// What a control character is in a regular expression of ECMAScript.
const CONTROL: &str = r"\u0000-\u001f\u007f-\u009f";

/// Definitions that the others refer to.
pub(super) fn definitions() -> Vec<Key> {
    let line = format!(r"^[^{CONTROL}]*[^\s{CONTROL}]\s*$");
    vec![
        (
            "name",
            word("^[a-z][a-z0-9-]{0,31}$", "A name: 1 to 32 of a-z, 0-9 and -, beginning with a letter."),
        ),
        ("text", json!({ "type": TEXT, "description": "A text. A number is taken as it is written." })),
        ("line", json!({ "type": TEXT, "pattern": line, "description": "One line of text." })),
        (
            "user",
            id(
                "[UW]",
                "A person: workspace and user id. In Slack: the person's profile, ⋮, Copy member ID.",
                "T024BE7LD/U0G9QF9C6",
            ),
        ),
        (
            "channel",
            id(
                "[CGD]",
                "A channel: workspace and channel id. In Slack: the channel's details, at the very end.",
                "T024BE7LD/C061EG9SL",
            ),
        ),
        (
            "whom",
            id("[CGUWS]", "A channel, a person or a user group: workspace and id.", "T024BE7LD/S0614TZR7"),
        ),
        (
            "time",
            json!({ "type": "string", "pattern": "^[0-9]+[smhd]$", "description": "Digits and one of s, m, h and d.", "examples": ["30s", "15m", "2h", "7d"] }),
        ),
        ("settings", map(&json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$" }), &refer("line"))),
    ]
}

/// The JSON types of what the readers take as a text.
const TEXT: [&str; 3] = ["string", "number", "boolean"];

/// A word of this form, in which only letters can stand first. `true` is one.
pub(super) fn word(pattern: &str, says: &str) -> Value {
    json!({ "type": ["string", "boolean"], "pattern": pattern, "description": says })
}

/// A line of at most this many characters.
pub(super) fn short_line(most: usize) -> Value {
    let before = most.saturating_sub(1);
    json!({ "type": TEXT, "pattern": format!(r"^[^{CONTROL}]{{0,{before}}}[^\s{CONTROL}]\s*$") })
}

/// A line of this form, if it is no number.
pub(super) fn formed(pattern: &str) -> Value {
    json!({ "type": TEXT, "pattern": pattern })
}

/// A text of this form, which no number has.
pub(super) fn only(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

fn id(letters: &str, says: &str, example: &str) -> Value {
    let pattern = format!("^T[A-Z0-9]{{2,31}}/{letters}[A-Z0-9]{{2,31}}$");
    json!({ "type": "string", "pattern": pattern, "description": says, "examples": [example] })
}

/// A definition by its name.
pub(super) fn refer(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A truth value.
pub(super) fn truth() -> Value {
    json!({ "type": "boolean" })
}

/// A whole number between these, both included.
pub(super) fn whole(least: u64, most: u64) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

/// A list of at least so many.
pub(super) fn list(least: usize, of: &Value) -> Value {
    json!({ "type": "array", "minItems": least, "items": of })
}

/// One, or a list of them.
pub(super) fn some(least: usize, of: &Value) -> Value {
    json!({ "anyOf": [of, list(least, of)] })
}

/// A mapping with names of this form.
pub(super) fn map(names: &Value, of: &Value) -> Value {
    json!({ "type": "object", "propertyNames": names, "additionalProperties": of })
}

/// A key, what an editor says about it, and what it takes.
pub(super) fn key(name: &'static str, says: &str, takes: Value) -> Key {
    (name, said(says, takes))
}

/// A key with examples for it.
pub(super) fn key_as(name: &'static str, says: &str, takes: Value, examples: Value) -> Key {
    let mut takes = said(says, takes);
    takes["examples"] = examples;
    (name, takes)
}

/// The same with a sentence about it.
pub(super) fn said_as(takes: Value, says: &str) -> Value {
    said(says, takes)
}

fn said(says: &str, mut takes: Value) -> Value {
    takes["description"] = json!(says);
    takes
}

/// A mapping with the keys that its reader knows, and no others.
pub(super) fn object(known: &[&str], required: &[&str], of: Vec<Key>) -> Value {
    let properties: Map<String, Value> = of.into_iter().map(|(name, of)| (name.to_owned(), of)).collect();
    debug_assert!(
        known.len() == properties.len() && known.iter().all(|key| properties.contains_key(*key)),
        "the reader knows {known:?}, and the schema {:?}",
        properties.keys().collect::<Vec<_>>()
    );
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// `if` one of these keys is there.
pub(super) fn has(key: &str) -> Value {
    json!({ "required": [key] })
}

/// `if` a key has this value.
pub(super) fn is(key: &str, value: &Value) -> Value {
    json!({ "properties": { key: { "const": value } }, "required": [key] })
}

/// These keys may not be there.
pub(super) fn without(keys: &[&str]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| ((*key).to_owned(), json!(false))).collect();
    json!({ "properties": properties })
}

//! Operations, and who may ask for them.

use super::shape::{Key, has, key, key_as, list, object, refer, short_line, truth};
use crate::grant;
use crate::operation::{KEYS, LONGEST_SHORTCUT, RESERVED};
use serde_json::{Value, json};

/// Definitions of operations and grants.
pub(super) fn definitions() -> Vec<Key> {
    vec![("operation", operation()), ("grant", grant()), ("allow", list(1, &refer("grant")))]
}

fn operation() -> Value {
    let alias = json!({ "allOf": [refer("name"), { "not": { "enum": RESERVED } }] });
    let mut operation = object(
        KEYS,
        &["description", "target", "allow"],
        vec![
            key_as(
                "description",
                "What it does, in one line. People read it before they ask.",
                refer("line"),
                json!(["Deploy a service"]),
            ),
            key_as("aliases", "Other words that people may type for it.", list(0, &alias), json!([["ship"]])),
            key(
                "parameters",
                "What it wants to know, in the order in which bare words fill it.",
                list(0, &refer("parameter")),
            ),
            key("target", "What carries it out.", refer("target")),
            key("requires", "What has to hold before it is carried out.", list(0, &refer("requirement"))),
            key(
                "verify",
                "What has to hold after it succeeded, for the run to count as good.",
                list(0, &refer("verification")),
            ),
            key("ships", "Which version it brings where.", refer("ships")),
            key(
                "idempotent",
                "Whether carrying it out twice is the same as once: then another attempt may be made by itself after a lost answer.",
                truth(),
            ),
            key(
                "confirm",
                "Whether people have to look at a summary first, wherever it is carried out.",
                truth(),
            ),
            key_as(
                "shortcut",
                "The name of a shortcut in Slack's search that opens its form.",
                short_line(LONGEST_SHORTCUT),
                json!(["Deploy"]),
            ),
            key_as(
                "message-shortcut",
                "The name of a shortcut at messages that opens its form.",
                short_line(LONGEST_SHORTCUT),
                json!(["Deploy this"]),
            ),
            key("allow", "Who may ask, and where. Access is denied unless a grant matches.", refer("allow")),
        ],
    );
    operation["title"] = json!("Operation");
    operation
}

fn grant() -> Value {
    let ids = |of: &str| json!({ "type": "array", "minItems": 1, "uniqueItems": true, "items": refer(of) });
    let mut grant = object(
        grant::KEYS,
        &[],
        vec![
            key("users", "These people. Left out: anyone of the channel's own workspace.", ids("user")),
            key("channels", "In these channels. Left out: anywhere.", ids("channel")),
        ],
    );
    grant["title"] = json!("Grant");
    grant["description"] = json!("If both lists are given, both must match.");
    grant["anyOf"] = json!([has("users"), has("channels")]);
    grant
}

//! Parameters: what all of them have, and what each type has besides.

use super::shape::{Key, formed, has, is, key, key_as, list, object, only, refer, some, truth, without};
use crate::parameter::kind::{LISTED, TYPES};
use crate::parameter::{KEYS, depends};
use crate::scope::RESERVED;
use serde_json::{Map, Value, json};
use signalbox_domain::parameter::{LONGEST_TEXT, LONGEST_VALUE};

/// Definitions of parameters.
pub(super) fn definitions() -> Vec<Key> {
    vec![("parameter", parameter()), ("special", special())]
}

/// Whether a key is only for some types.
fn is_own(key: &str) -> bool {
    TYPES.iter().any(|(_, own)| own.contains(&key))
}

fn parameter() -> Value {
    let name = json!({ "allOf": [refer("name"), { "not": { "enum": RESERVED } }] });
    let types: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
    let when = json!({ "type": "object", "minProperties": 1, "propertyNames": refer("name"), "additionalProperties": {
        "anyOf": [refer("text"), list(1, &some(0, &refer("text")))],
    }});
    let mut of = vec![
        key_as("name", "What people type before `=`.", name, json!(["service"])),
        key_as("title", "What a form calls it. Left out: its name.", refer("line"), json!(["Which service"])),
        key("description", "What it means, in one line.", refer("line")),
        key("placeholder", "Shown in the empty field of a form.", refer("line")),
        key("examples", "Values that people may give, for help and forms.", list(0, &json!(true))),
        key("type", "Which values it takes.", json!({ "enum": types })),
        key("from", "A list of a system outside from which its values come.", refer("from")),
        key("required", "Whether a person must give it. Such a parameter has no default.", truth()),
        key("default", "The value if nobody gives one.", json!({ "not": { "type": "null" } })),
        key("fixed", "The one value it has: nobody is asked.", json!({ "not": { "type": "null" } })),
        key_as(
            "when",
            "It is asked for only where all of these parameters, which stand before it, have one of these values.",
            when,
            json!([{ "env": "prod" }]),
        ),
        key(
            "for",
            "Other defaults and fixed values, by environment and channel. The first that applies counts.",
            list(0, &refer("special")),
        ),
    ];
    // What these take is said by type.
    of.extend(KEYS.iter().filter(|key| is_own(key)).map(|key| (*key, json!({}))));
    let mut parameter = object(KEYS, &["name", "type"], of);
    parameter["title"] = json!("Parameter");
    let mut all: Vec<Value> = TYPES
        .iter()
        .map(|(name, own)| json!({ "if": is("type", &json!(name)), "then": of_type(name, own) }))
        .collect();
    all.push(json!({ "if": is("required", &json!(true)), "then": without(&["default", "fixed"]) }));
    all.push(json!({ "if": has("fixed"), "then": without(&["default", "for"]) }));
    all.push(json!({ "if": has("from"), "then": {
        "properties": { "options": false, "type": { "enum": LISTED } },
    } }));
    parameter["allOf"] = Value::Array(all);
    parameter
}

/// All that a parameter of this type may have.
fn of_type(name: &str, own: &[&str]) -> Value {
    let value = value(name);
    let mut properties: Map<String, Value> =
        KEYS.iter().filter(|key| !is_own(key)).map(|key| ((*key).to_owned(), json!(true))).collect();
    properties.insert("default".to_owned(), value.clone());
    properties.insert("fixed".to_owned(), value.clone());
    properties.insert("examples".to_owned(), json!({ "items": value }));
    properties
        .insert("for".to_owned(), json!({ "items": { "properties": { "default": value, "fixed": value } } }));
    for key in own {
        properties.insert((*key).to_owned(), own_key(name, key));
    }
    let needed: Vec<&&str> = own.iter().filter(|key| **key == "names").collect();
    let mut of_type = json!({
        "title": format!("Parameter of the type {name}"),
        "additionalProperties": false,
        "properties": properties,
        "required": needed,
    });
    if own.contains(&"options") {
        of_type["anyOf"] = json!([has("options"), has("from")]);
    }
    of_type
}

/// A value as the catalogue writes it.
fn value(name: &str) -> Value {
    let said = |mut takes: Value, says: &str| {
        takes["description"] = json!(says);
        takes
    };
    match name {
        "integer" => said(json!({ "type": "integer" }), "A whole number."),
        "boolean" => said(truth(), "`true` or `false`."),
        "number" => said(decimal(), "A number such as 0.25."),
        "choices" => {
            json!({ "anyOf": [refer("text"), list(0, &refer("line"))], "description": "Some of the options." })
        }
        "version" => said(json!({ "type": "string" }), "A version such as 1.4.2."),
        "duration" => said(length(), "A length of time such as 90m."),
        "date" => said(json!({ "type": "string" }), "A day such as 2026-12-01."),
        "time" => said(only("^[0-9]{1,2}:[0-9]{2}$"), "A time of day such as 08:00, in quotes."),
        "date-time" => said(json!({ "type": "string" }), "A day and a time such as 2026-12-01 08:00."),
        "user" | "channel" => {
            said(only("^[A-Z0-9]{2,64}/[A-Z0-9]{2,64}$"), "Workspace and id, such as T024BE7LD/U0G9QF9C6.")
        }
        _ => refer("text"),
    }
}

fn decimal() -> Value {
    json!({ "type": ["number", "string"], "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,9})?\s*$" })
}

fn length() -> Value {
    only(r"^([0-9]{1,6}[wdhms])+\s*$")
}

/// What a key that only some types have takes in this type.
fn own_key(name: &str, key: &str) -> Value {
    let longest = if name == "text" { LONGEST_TEXT } else { LONGEST_VALUE };
    let characters = || json!({ "type": "integer", "minimum": 0, "maximum": longest });
    let count = || json!({ "type": "integer", "minimum": 0 });
    let bound = || match name {
        "integer" => json!({ "type": "integer" }),
        "number" => decimal(),
        _ => length(),
    };
    let (says, takes) = match key {
        "pattern" => (
            "A regular expression that must match the whole value; single quotes keep its backslashes.",
            refer("text"),
        ),
        "min-length" => ("The fewest characters.", characters()),
        "max-length" => ("The most characters.", characters()),
        "options" => ("What people choose from, in the order in which it is shown.", list(1, &option(name))),
        "fewest" => ("The fewest options.", count()),
        "most" => ("The most options.", count()),
        "min" => ("The least it may be, included.", bound()),
        "max" => ("The most it may be, included.", bound()),
        "step" => ("Only every so many, counted from `min`, or from 0.", step(bound())),
        "unit" => ("What it counts, for people.", refer("line")),
        "only" => ("Only these. Left out: all that the catalogue has.", list(1, &refer("line"))),
        "labels" => ("Only environments with one of these labels.", list(1, &refer("line"))),
        "range" => ("Which versions are taken, such as `>=1.2, <3`.", refer("line")),
        "channels" => (
            "Which pre-releases are taken, by the letters they begin with, such as `rc`; `stable` for those that are none.",
            list(0, &refer("line")),
        ),
        "zone" => ("A time zone such as Europe/Berlin. Left out: UTC.", only(r"^[A-Za-z]")),
        "names" => (
            "The secrets that people choose from, by name; as a mapping, with what the target gets instead.",
            names(),
        ),
        _ => ("", json!(false)),
    };
    let mut takes = takes;
    if let Some(takes) = takes.as_object_mut() {
        takes.insert("description".to_owned(), json!(says));
    }
    takes
}

/// Several options are written with commas between them, so none has a comma in it.
fn option(name: &str) -> Value {
    if name == "choices" { json!({ "allOf": [refer("line"), formed("^[^,]*$")] }) } else { refer("line") }
}

fn step(mut bound: Value) -> Value {
    bound["exclusiveMinimum"] = json!(0);
    bound
}

fn names() -> Value {
    json!({ "anyOf": [list(1, &refer("line")), { "type": "object", "minProperties": 1, "additionalProperties": refer("line") }] })
}

/// An item of `for`.
fn special() -> Value {
    let mut special = object(
        depends::KEYS,
        &[],
        vec![
            key("environment", "In this environment, or in one of these.", some(0, &refer("line"))),
            key("channel", "In this channel, or in one of these.", some(0, &refer("channel"))),
            key("default", "The value there if nobody gives one.", json!({ "not": { "type": "null" } })),
            key("fixed", "The only value there.", json!({ "not": { "type": "null" } })),
        ],
    );
    special["title"] = json!("What holds in some environments or channels");
    special["anyOf"] = json!([has("environment"), has("channel")]);
    special["oneOf"] = json!([has("default"), has("fixed")]);
    special
}

//! The JSON Schema of a catalogue file, for editors: <https://json-schema.org/draft/2020-12>.
//!
//! It is made from the lists of keys by which the readers read, so that the two cannot disagree about them. What is
//! wrong in its structure is refused by both: an unknown key, a key of another type, a missing key, a value of another
//! JSON type, an id of another form. Whether names refer to something that exists is only checked by the readers.

mod lookup;
mod operation;
mod parameter;
mod shape;
mod target;
mod things;
mod watch;

use crate::operation::RESERVED;
use crate::parse::KEYS;
use serde_json::{Value, json};
use shape::{key, map, object, refer};

/// The schema of one file of a catalogue. Its text is the same for the same build.
#[must_use]
pub fn schema() -> Value {
    let named = |what: Value| map(&refer("name"), &what);
    let operations =
        map(&json!({ "$ref": "#/$defs/name", "not": { "enum": RESERVED } }), &refer("operation"));
    let mut file = object(
        KEYS,
        &[],
        vec![
            key(
                "programs",
                "The programs that operations may run, each under a word. No other program is ever run.",
                named(refer("program")),
            ),
            key("operations", "What people may ask for, each under the name that they type.", operations),
            key(
                "watches",
                "Logs that are read together, and the channel that is told what went wrong in them.",
                named(refer("watch")),
            ),
            key(
                "silences",
                "What nobody is told about for some time. Written here, it is about all watches.",
                refer("silences"),
            ),
            key(
                "environments",
                "Where services run, in the order in which versions pass through them.",
                named(refer("environment")),
            ),
            key("services", "What is deployed.", named(refer("service"))),
            key(
                "sizes",
                "How large something is made. A size is its settings.",
                named(json!({ "anyOf": [refer("settings"), { "type": "null" }] })),
            ),
            key(
                "people",
                "What is known of people, such as their names in other systems.",
                map(&refer("user"), &refer("settings")),
            ),
        ],
    );
    let mut definitions = shape::definitions();
    definitions.extend(things::definitions());
    definitions.extend(lookup::definitions());
    definitions.extend(operation::definitions());
    definitions.extend(parameter::definitions());
    definitions.extend(target::definitions());
    definitions.extend(watch::definitions());
    let definitions: serde_json::Map<String, Value> =
        definitions.into_iter().map(|(name, of)| (name.to_owned(), of)).collect();
    // A file in which nothing is written is fine.
    file["type"] = json!(["object", "null"]);
    file["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    file["title"] = json!("Signalbox catalogue");
    file["description"] =
        json!("One file of a catalogue: what people may ask for, who may ask, and what carries it out.");
    file["$defs"] = Value::Object(definitions);
    file
}

//! Programs, environments and services.

use super::shape::{Key, formed, has, is, key, key_as, list, object, refer, truth};
use crate::landscape::{ENVIRONMENT, SERVICE};
use serde_json::{Value, json};

/// Definitions of what operations refer to.
pub(super) fn definitions() -> Vec<Key> {
    let program = json!({
        "allOf": [refer("line"), formed("^[^{}]*$")],
        "description": "A bare name is looked up on the server's PATH; a path begins in the catalogue's folder, or at /.",
        "examples": ["git", "./scripts/rollout"],
    });
    let says = "What placeholders can name, such as `{env.region}`.";
    let environment = object(
        ENVIRONMENT,
        &[],
        vec![
            key("title", "What people read instead of the name.", refer("line")),
            key_as(
                "labels",
                "Words to group environments by. Parameters can choose by them.",
                list(0, &refer("name")),
                json!([["test"]]),
            ),
            key(
                "protected",
                "Whether people have to look at a summary before anything is done here.",
                truth(),
            ),
            key("type-name", "Whether they also have to type the environment's name there.", truth()),
            key_as("settings", says, refer("settings"), json!([{ "region": "eu-central-1" }])),
        ],
    );
    let service = object(
        SERVICE,
        &[],
        vec![
            key("title", "What people read instead of the name.", refer("line")),
            key("owner", "Whose it is, for people; `{service.owner}` in templates.", refer("line")),
            key_as(
                "repository",
                "Where its source is; `{service.repository}` in templates.",
                refer("line"),
                json!(["acme/web"]),
            ),
            key("environments", "Where it runs. Left out: in every environment.", list(0, &refer("line"))),
            key("settings", says, refer("settings")),
        ],
    );
    vec![
        ("program", program),
        ("environment", or_nothing("Environment", protected(environment))),
        ("service", or_nothing("Service", service)),
    ]
}

/// Only what is protected can ask for its name.
fn protected(mut environment: Value) -> Value {
    let both =
        json!({ "properties": { "protected": { "const": true } }, "required": has("protected")["required"] });
    environment["if"] = is("type-name", &json!(true));
    environment["then"] = both;
    environment
}

/// `qa:` alone is a whole environment.
fn or_nothing(title: &str, mut of: Value) -> Value {
    of["title"] = json!(title);
    of["type"] = json!(["object", "null"]);
    of
}

//! Targets: a key names the kind, and each kind has keys of its own.

use super::shape::{Key, formed, has, key, key_as, list, map, object, only, refer, word};
use crate::target::Kind;
use crate::target::steps::{ON_FAILURE, STEP_KEYS};
use crate::workflow::MOST_INPUTS;
use serde_json::{Value, json};
use signalbox_domain::catalogue::MOST_STEPS;

/// What is said of a value that may name parameters.
const GIVEN: &str =
    "`{name}` becomes the parameter's value; if nobody gave one, the whole value is left out.";
/// The same, where all parameters may stand at once.
const FILLED: &str = "`{name}` becomes the parameter's value; if nobody gave one, the whole value is left out. `{*}` becomes all \
     parameters as one JSON object.";

/// Definitions of all kinds of targets.
pub(super) fn definitions() -> Vec<Key> {
    let kinds = Kind::ALL.map(|kind| (kind.name(), definition(kind)));
    let mut all: Vec<Key> = kinds.iter().map(|(_, (name, of))| (*name, of.clone())).collect();
    let named = kinds.iter().map(|(key, (name, _))| json!({ "if": has(key), "then": refer(name) }));
    let one: Vec<Value> = kinds.iter().map(|(key, _)| has(key)).collect();
    let target = json!({
        "title": "Target",
        "description": "One of `command`, `github`, `jenkins` and `steps`, with its keys.",
        "type": "object",
        "oneOf": one,
        "allOf": named.collect::<Vec<_>>(),
    });
    all.push(("target", target));
    all
}

fn definition(kind: Kind) -> (&'static str, Value) {
    let (name, title, required, of): (_, _, &[&str], _) = match kind {
        Kind::Command => ("target-command", "A program on the server", &["command", "timeout"], command()),
        Kind::GitHub => {
            ("target-github", "A GitHub Actions workflow", &["github", "workflow", "ref"], github())
        }
        Kind::Jenkins => ("target-jenkins", "A Jenkins job", &["jenkins"], jenkins()),
        Kind::Steps => ("target-steps", "Other operations, in order or side by side", &["steps"], steps()),
    };
    let mut schema = object(kind.keys(), required, of);
    schema["title"] = json!(title);
    (name, schema)
}

fn command() -> Vec<Key> {
    let variable = json!({ "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "not": { "pattern": "^(PATH|HOME|LANG|SIGNALBOX_.*)$" } });
    vec![
        key_as(
            "command",
            &format!("The first item is a word of `programs`; each further item is one argument. {FILLED}"),
            list(1, &refer("text")),
            json!([["git", "tag", "{version}"]]),
        ),
        key_as(
            "directory",
            "Where it runs: a path below the server's data folder.",
            refer("line"),
            json!(["practice"]),
        ),
        key_as(
            "timeout",
            "How long it may take before it is stopped: 1s to 24h.",
            only("^[0-9]+[smh]$"),
            json!(["30s", "5m"]),
        ),
        key(
            "environment",
            &format!("Variables that it gets besides the given ones. {FILLED}"),
            map(&variable, &refer("text")),
        ),
    ]
}

fn github() -> Vec<Key> {
    let name = "^[A-Za-z_][A-Za-z0-9_-]{0,99}$";
    let mut inputs = map(&json!({ "type": "string", "pattern": name }), &refer("text"));
    inputs["maxProperties"] = json!(MOST_INPUTS);
    vec![
        key_as(
            "github",
            "The repository.",
            only(r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+\s*$"),
            json!(["acme/shop"]),
        ),
        key_as(
            "workflow",
            "The name of its file in .github/workflows.",
            only(r"^[^/{}]+\.ya?ml\s*$"),
            json!(["deploy.yml"]),
        ),
        key_as(
            "ref",
            "The branch or tag whose workflow file is run. `{name}` becomes the parameter's value.",
            refer("line"),
            json!(["main"]),
        ),
        key("inputs", &format!("What the workflow is handed. {FILLED}"), inputs),
        run(
            "run-input",
            "The input that takes the run's id; `none` if the workflow takes none. Left out: `signalbox-run`.",
            name,
        ),
    ]
}

fn jenkins() -> Vec<Key> {
    let name = "^[A-Za-z_][A-Za-z0-9_.-]*$";
    vec![
        key_as("jenkins", "The job after its folders.", formed(r"^[^{}%]+$"), json!(["web/deploy"])),
        key_as(
            "branch",
            "The branch of a multibranch job. `{name}` becomes the parameter's value.",
            refer("line"),
            json!(["main"]),
        ),
        key(
            "parameters",
            &format!("What the job is handed. {FILLED}"),
            map(&json!({ "type": "string", "pattern": name }), &refer("text")),
        ),
        run(
            "run-parameter",
            "The job's parameter that takes the run's id; `none` if it declares none. Left out: `SIGNALBOX_RUN`.",
            name,
        ),
    ]
}

fn steps() -> Vec<Key> {
    let mut step = object(
        STEP_KEYS,
        &["run"],
        vec![
            key_as("run", "The operation.", refer("name"), json!(["deploy"])),
            key("with", &format!("What it is given. {GIVEN}"), map(&refer("name"), &refer("text"))),
        ],
    );
    step["title"] = json!("Step");
    let mut all = list(1, &step);
    all["maxItems"] = json!(MOST_STEPS);
    // Where people give the steps, each key names a parameter.
    let or_given = |other: Value| json!({ "anyOf": [other, { "type": "string", "pattern": r"^\s*\{[a-z][a-z0-9-]*\}\s*$" }] });
    vec![
        key(
            "steps",
            "Operations in the order in which they begin, each a run of its own; or the placeholder of a parameter of the \
             type `steps`, for a batch that people put together.",
            or_given(all),
        ),
        key("parallel", "Whether they begin at the same time.", or_given(json!({ "type": "boolean" }))),
        key(
            "on-failure",
            "What follows a step that did not end well: `stop` (if left out) leaves out those that have not begun.",
            or_given(json!({ "enum": ON_FAILURE })),
        ),
    ]
}

/// Which value takes the run's id: a name, or `none`.
fn run(name: &'static str, says: &str, pattern: &str) -> Key {
    let mut takes = word(&pattern.replace('$', r"\s*$"), says);
    takes["not"] = json!({ "const": false });
    (name, takes)
}

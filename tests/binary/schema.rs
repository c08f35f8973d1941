//! The schema takes what `check` takes, and refuses what `check` refuses for its structure, as a validator that is not
//! ours reads it. The keys that the schema has are those that the readers have: its own code holds that.

use crate::binary::process::{ROOT, signalbox, skipped, text};
use serde_json::{Map, Value, json};
use signalbox_catalogue::parse;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/checkers/.venv/bin");
/// A catalogue in which every type and every key of a parameter is written.
const RICH: &str = include_str!("../../shared/catalogue/tests/diagnostics/rich.yaml");

/// One of the tools. `None`, and SKIPPED, if it is not installed.
pub fn tool(name: &str) -> Option<Command> {
    let program = Path::new(TOOLS).join(name);
    if !program.exists() {
        skipped(&format!("{name}: needs tests/checkers/.venv; `bash tests/run` installs it"));
        return None;
    }
    let mut command = Command::new(program);
    command.current_dir(ROOT).stdin(Stdio::null());
    Some(command)
}

fn schema() -> Value {
    let printed = signalbox(&["schema"]).output().unwrap();
    assert!(printed.status.success(), "{}", text(&printed.stderr));
    serde_json::from_slice(&printed.stdout).unwrap()
}

/// The files that a validator refuses.
fn refused(validator: &mut Command, schema: &Path, files: &[PathBuf]) -> Vec<PathBuf> {
    let output = validator.args(["-o", "json", "--schemafile"]).arg(schema).args(files).output().unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert!(said["parse_errors"].as_array().is_none_or(Vec::is_empty), "{said}");
    let errors = said["errors"].as_array().unwrap();
    let mut found: Vec<PathBuf> =
        errors.iter().map(|e| PathBuf::from(e["filename"].as_str().unwrap())).collect();
    found.dedup();
    found
}

fn is_right(text: &str) -> bool {
    parse(&[("ops.yaml".to_owned(), text.to_owned())]).is_ok()
}

/// What is broken in one place each, by its structure.
const BROKEN: &[(&str, &str)] = &[
    ("operations:", "operation:"),
    ("    confirm: true", "    confirms: true"),
    ("    confirm: true", "    confirm: 'true'"),
    ("    description: Deploy a service\n", ""),
    ("    allow: [{ users: [TROOM/UADA] }]", "    allow: []"),
    ("users: [TROOM/UADA]", "users: [UADA]"),
    ("users: [TROOM/UADA]", "channels: [TROOM/UADA]"),
    ("type: service, required", "type: services, required"),
    ("name: note, type: string", "name: note, type: string, options: [a]"),
    ("name: by, type: user", "name: by, type: user, zone: UTC"),
    ("name: Note", "name: note"),
    ("name: size, type", "name: Size, type"),
    ("options: [a, b, c], ", ""),
    ("step: 2", "step: two"),
    ("min: 1m", "min: 90"),
    ("labels: [test], required", "labels: test, required"),
    ("when: { where: [prod], share: 0.25 }", "when: where"),
    ("{ environment: [qa], fixed: 1 }", "{ fixed: 1 }"),
    ("{ environment: [qa], fixed: 1 }", "{ environment: [qa] }"),
    ("default: TROOM/UADA", "default: ada"),
    ("default: small", "default:"),
    ("timeout: 1m", "timeout: 1 minute"),
    ("timeout: 1m", "timeout: 1m\n      workflow: deploy.yml"),
    ("    type-name: true", "    typename: true"),
    ("  TROOM/UADA: { github: ada-l }", "  ada: { github: ada-l }"),
    ("small: { copies: 1 }", "small: { copies: [1] }"),
    ("programs: { deploy: ./deploy }", "programs: [deploy]"),
];

#[test]
fn a_validator_of_others_takes_what_is_right_and_refuses_what_is_broken() {
    let Some(mut validator) = tool("check-jsonschema") else { return };
    let folder = tempfile::tempdir().unwrap();
    let schema_file = folder.path().join("schema.json");
    std::fs::write(&schema_file, schema().to_string()).unwrap();
    let write = |name: String, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    let sound =
        tool("check-jsonschema").unwrap().arg("--check-metaschema").arg(&schema_file).output().unwrap();
    assert!(sound.status.success(), "{}", text(&sound.stdout));

    let examples = std::fs::read_dir(Path::new(ROOT).join("examples/catalogue")).unwrap();
    let mut right: Vec<PathBuf> = examples.map(|entry| entry.unwrap().path()).collect();
    right.retain(|path| path.extension().is_some_and(|e| e == "yaml") && !path.ends_with("tests.yaml"));
    assert!(right.len() >= 4, "{right:?}");
    right.push(write("rich.yaml".to_owned(), RICH));
    right.push(write("nothing.yaml".to_owned(), "# nothing\n"));
    assert_eq!(refused(&mut validator, &schema_file, &right), [] as [PathBuf; 0]);

    let mut broken = vec![];
    for (i, (part, otherwise)) in BROKEN.iter().enumerate().filter(|(_, (part, _))| RICH.contains(part)) {
        let text = RICH.replacen(part, otherwise, 1);
        assert!(!is_right(&text), "{part:?} → {otherwise:?}");
        broken.push(write(format!("{i:03}.yaml"), &text));
    }
    assert_eq!(broken.len() + 1, BROKEN.len(), "one of them is in no file");
    assert_eq!(refused(&mut tool("check-jsonschema").unwrap(), &schema_file, &broken), broken);
}

/// An operation with this target and this parameter, after one that is an environment.
fn operation(target: &Value, parameter: &Value) -> Value {
    json!({
        "programs": { "deploy": "./deploy" },
        "environments": { "qa": { "labels": ["test"] }, "prod": {} },
        "services": { "web": null },
        "sizes": { "small": { "copies": 1 } },
        "operations": { "deploy": {
            "description": "Deploy",
            "parameters": [{ "name": "env", "type": "environment", "required": true }, parameter],
            "target": target,
            "allow": [{ "users": ["TROOM/UADA"] }],
        } },
    })
}

/// Catalogues that together have every key.
fn right() -> Vec<Value> {
    let command = json!({ "command": ["deploy", "{env}"], "timeout": "1m", "directory": "a", "environment": { "A": "b" } });
    let short = json!({ "command": ["deploy"], "timeout": "1m" });
    let plain = |kind: &str| json!({ "name": "it", "type": kind });
    let with = |kind: &str, more: Value| {
        let mut all = plain(kind);
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        operation(&short, &all)
    };
    let mut whole = operation(&command, &plain("user"));
    whole["operations"]["deploy"].as_object_mut().unwrap().extend(
        json!({ "aliases": ["ship"], "confirm": true, "idempotent": false, "shortcut": "Deploy", "message-shortcut": "Deploy this" })
            .as_object().unwrap().clone(),
    );
    whole["environments"]["prod"] =
        json!({ "title": "Production", "protected": true, "type-name": true, "settings": { "region": "x" } });
    whole["services"] = json!({ "web": { "title": "Web", "owner": "a", "repository": "a/b", "environments": ["qa"], "settings": { "a": 1 } } });
    whole["people"] = json!({ "TROOM/UADA": { "github": "ada" } });
    let github = json!({ "github": "acme/shop", "workflow": "a.yml", "ref": "main", "inputs": { "env": "{env}" }, "run-input": "none" });
    let jenkins = json!({ "jenkins": "web/deploy", "branch": "main", "parameters": { "ENV": "{env}" }, "run-parameter": "RUN" });
    let watch = json!({ "watches": { "web": {
        "channel": "TROOM/COPS",
        "sources": { "app": { "files": ["a.log"] }, "edge": { "loki": "{app=\"a\"}" }, "fn": { "cloudwatch": ["/a"], "filter": "x" }, "in": { "cloudwatch": ["/a"], "insights": true } },
        "receivers": ["web"], "every": "15m", "delay": "2m", "least": "error", "without-level": "all", "most-lines": 5000,
        "spike": { "times": 3, "at-least": 20 }, "quiet": "7d", "cards": 5, "heartbeat": "daily", "remind": "24h",
        "escalate": { "after": "30m", "to": ["TROOM/UADA"] }, "redact": ["email"],
        "rules": [{ "mask": "order-<*>" }, { "split": "status: <*>" }, { "merge": "cache <*> gone" }, { "ignore": "health <*>" }],
        "links": { "grafana": "https://grafana.example.com", "datasource": "P8E" },
        "silences": [{ "labels": { "job": "db" }, "owner": "TROOM/UADA", "reason": "moved", "from": "2026-12-05T22:00:00Z", "until": "2026-12-06T04:00:00Z" }],
        "allow": [{ "channels": ["TROOM/COPS"] }],
    } }, "silences": [{ "words": "node <*>", "owner": "TROOM/UADA", "reason": "moved", "from": "2026-12-05T22:00:00Z", "until": "2026-12-06T04:00:00Z" }] });
    vec![
        whole,
        operation(&github, &plain("boolean")),
        operation(&jenkins, &plain("channel")),
        watch,
        with(
            "string",
            json!({ "pattern": "[a-z]+", "min-length": 1, "max-length": 9, "title": "It", "description": "a", "placeholder": "b", "examples": ["a"], "default": "a", "when": { "env": ["qa"] } }),
        ),
        with(
            "text",
            json!({ "max-length": 9, "default": "a", "for": [{ "environment": "qa", "channel": "TROOM/COPS", "default": "b" }] }),
        ),
        with(
            "choice",
            json!({ "options": ["a", "b"], "default": "a", "for": [{ "environment": ["qa"], "fixed": "b" }] }),
        ),
        with("choices", json!({ "options": ["a", "b"], "fewest": 1, "most": 2, "default": ["a"] })),
        with("integer", json!({ "min": 1, "max": 9, "step": 2, "unit": "copies", "default": 3 })),
        with("number", json!({ "min": 0, "max": 1.5, "step": 0.5, "unit": "GB", "fixed": 0.5 })),
        with("boolean", json!({ "default": true, "examples": [false] })),
        with("environment", json!({ "only": ["qa"], "labels": ["test"], "default": "qa" })),
        with("service", json!({ "only": ["web"], "required": true })),
        with("size", json!({ "only": ["small"] })),
        with("version", json!({ "range": ">=1", "channels": ["stable", "rc"], "default": "1.4.2" })),
        with("duration", json!({ "min": "1m", "max": "2h", "default": "90m" })),
        with("date", json!({ "zone": "Europe/Berlin", "default": "2026-12-01" })),
        with("time", json!({ "zone": "UTC", "default": "8:00" })),
        with("date-time", json!({ "zone": "UTC", "default": "2026-12-01 08:00" })),
        with("user", json!({ "default": "TROOM/UADA" })),
        with("json", json!({ "default": "{}" })),
        with("secret", json!({ "names": { "db": "DB_PASSWORD" }, "default": "db" })),
        with("secret", json!({ "names": ["db"] })),
    ]
}

/// Every place of a document.
fn places(of: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match of {
        Value::Object(fields) => {
            for (key, value) in fields {
                places(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), all);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| places(item, &format!("{at}/{i}"), all));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The document with one change, for each place and each change.
fn changed(document: &Value) -> Vec<Value> {
    let mut all = vec![];
    places(document, "", &mut all);
    let instead = [
        json!(null),
        json!(true),
        json!(5),
        json!(0.5),
        json!("x y"),
        json!(""),
        json!([]),
        json!({}),
        json!([{}]),
        json!({ "zzz": 1 }),
    ];
    let mut documents = vec![];
    for at in all {
        let mut with = |change: &dyn Fn(&mut Value)| {
            let mut copy = document.clone();
            change(copy.pointer_mut(&at).unwrap());
            documents.push(copy);
        };
        instead.iter().for_each(|value| with(&|place| *place = value.clone()));
        let keys: Vec<String> = document
            .pointer(&at)
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::keys)
            .cloned()
            .collect();
        if !keys.is_empty() {
            with(&|place| drop(place.as_object_mut().unwrap().insert("zzz".to_owned(), json!("a"))));
        }
        for key in keys {
            with(&|place| drop(place.as_object_mut().unwrap().remove(&key)));
            with(&|place| {
                let fields = place.as_object_mut().unwrap();
                let value = fields.remove(&key).unwrap();
                fields.insert("Zzz z".to_owned(), value);
            });
        }
    }
    documents
}

/// What `check` says of the structure. All else is about what names mean and whether values fit.
const STRUCTURE: &[&str] = &[
    "unknown key",
    " takes a",
    " takes `true`",
    "has no value",
    " has no `",
    "belongs to the type",
    "is not a key here",
    "cannot be the name",
    "cannot be a name",
    "cannot be the word",
    " is not a user id",
    " is not a channel id",
    "names neither",
    "has neither",
    "reads nothing",
    "does not say",
    "is empty",
    "an empty `allow`",
    "needs options",
];

#[test]
fn it_agrees_with_the_check_whatever_is_changed() {
    let Some(mut python) = tool("python") else { return };
    let mut documents = right();
    assert!(documents.iter().all(|document| is_right(&document.to_string())));
    let changes: Vec<Value> = documents.iter().flat_map(changed).collect();
    documents.extend(changes);
    let asked = json!({ "schema": schema(), "documents": documents }).to_string();
    let mut child =
        python.arg("tests/checkers/valid.py").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let takes: Vec<bool> = serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
    let mut differ = vec![];
    for (document, takes) in documents.iter().zip(takes) {
        let said = parse(&[("ops.yaml".to_owned(), document.to_string())]).err();
        let messages: Vec<&str> = said.iter().flatten().map(|one| one.message.as_str()).collect();
        // A silence does not see whether its watch has receivers, nor `when` of which type the other parameter is.
        let elsewhere = |message: &str| {
            message.ends_with("has no `receivers`") || message == "a value takes a text, not a list"
        };
        let structure = messages
            .iter()
            .find(|message| STRUCTURE.iter().any(|part| message.contains(part)) && !elsewhere(message));
        // A catalogue without operations is refused as a whole, and a file of it is not.
        let whole = messages == ["the catalogue has no operations"];
        match (takes, structure) {
            (false, None) if messages.is_empty() || whole => {
                differ.push(format!("the schema refuses {document}"));
            }
            (true, Some(message)) => differ.push(format!("the schema takes {document}: {message}")),
            _ => {}
        }
    }
    assert!(documents.len() > 3000, "{}", documents.len());
    assert!(differ.is_empty(), "{} differ:\n{}", differ.len(), differ[..differ.len().min(12)].join("\n"));
}

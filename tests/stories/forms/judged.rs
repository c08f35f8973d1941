//! Views as Slack's own tools read them: its Python SDK, which knows lengths and counts, and its types for TypeScript,
//! which know the structure. Neither is ours.

use super::world::{deploys, every_kind, many};
use crate::binary::process::skipped;
use crate::binary::schema::tool;
use serde_json::{Value, json};
use signalbox_simulator::Call;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/checkers");

fn said(mut command: Command, given: &Value) -> String {
    let command =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).current_dir(FOLDER);
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(given.to_string().as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// What the two say, or nothing. `None`, and SKIPPED, if one of them is not installed.
fn judged(given: &Value) -> Option<(String, String)> {
    if !Path::new(FOLDER).join("node_modules/@slack/types").is_dir() {
        skipped("Slack's types: npm ci in tests/checkers; `bash tests/run` does it");
        return None;
    }
    let mut python = tool("python")?;
    python.arg("blocks.py");
    let mut node = Command::new("node");
    node.arg("blocks.mjs");
    Some((said(python, given), said(node, given)))
}

/// The views and messages that Slack was sent.
fn shown(calls: &[Call]) -> Value {
    let views = calls.iter().filter(|call| call.method.starts_with("views.")).map(|call| &call.body["view"]);
    let messages = calls.iter().filter(|call| call.body["blocks"].is_array()).map(|call| &call.body);
    json!({
        "views": views.collect::<Vec<_>>(),
        "messages": messages.map(|body| json!({"blocks": body["blocks"]})).collect::<Vec<_>>(),
    })
}

#[tokio::test]
async fn views_are_what_slacks_own_tools_take() {
    let mut calls = vec![];
    let w = every_kind().await;
    w.types("UADA", "COPS", "/everything").await;
    calls.extend(w.slack.calls());
    let w = many().await;
    w.types("UADA", "COPS", "/roll").await;
    calls.extend(w.slack.calls());
    let w = deploys().await;
    // The choice of operations, a form, what has to be looked at, and the app's own page.
    w.types("UADA", "COPS", "/signalbox").await;
    w.slack.dispatch("UADA", "operation", &["deploy"]).await;
    w.slack.close("UADA");
    w.types("UADA", "COPS", "/deploy web prod reason=\"new prices\"").await;
    w.slack.submit("UADA", &[("typed:name", "prod")]).await;
    w.settles().await;
    w.slack.open_home("UADA").await;
    w.slack.open_home("UGRACE").await;
    calls.extend(w.slack.calls());
    let given = shown(&calls);
    let kinds: Vec<&str> =
        given["views"].as_array().unwrap().iter().map(|v| v["type"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"modal") && kinds.contains(&"home") && kinds.len() >= 6, "{kinds:?}");
    assert!(!given["messages"].as_array().unwrap().is_empty());
    let Some(both) = judged(&given) else { return };
    assert_eq!(both, ("[]".to_owned(), String::new()));
}

/// The judges are only useful if they find mistakes.
#[tokio::test]
async fn the_judges_find_a_view_that_is_wrong() {
    let w = deploys().await;
    w.types("UADA", "COPS", "/deploy web").await;
    let mut good = shown(&w.slack.calls())["views"][0].clone();
    // What is asked first.
    let asks =
        good["blocks"].as_array().unwrap().iter().find(|block| block["type"] == "input").cloned().unwrap();
    good["blocks"] = json!([asks]);
    let with = |pointer: &str, value: Value| {
        let mut view = good.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        view.pointer_mut(parent).unwrap()[key] = value;
        judged(&json!({"views": [view], "messages": []}))
    };
    for (pointer, value, python, types) in [
        ("/title/text", json!("x".repeat(25)), true, false),
        ("/blocks/0/label/text", json!("x".repeat(2_001)), true, false),
        ("/blocks/0/element/type", json!("dropdown"), false, true),
        ("/blocks/0/nope", json!(1), true, true),
        ("/submit", json!("Go"), false, true),
    ] {
        let Some((sdk, compiler)) = with(pointer, value) else { return };
        assert!(!python || sdk != "[]", "{pointer}: {sdk}");
        assert!(!types || compiler.contains("error"), "{pointer}: {compiler}");
    }
}

//! The manifest is as the page shows it, and within Slack's limits.

use super::*;
use serde_json::Value;
use signalbox_domain::catalogue::Shortcuts;

fn operations() -> Vec<Operation> {
    signalbox_testkit::samples::catalogue().operations.values().cloned().collect()
}

/// Operations of these names.
fn named(names: impl IntoIterator<Item = String>) -> Vec<Operation> {
    let first = operations().remove(0);
    names.into_iter().map(|name| Operation { name: name.parse().unwrap(), ..first.clone() }).collect()
}

fn json(operations: &[Operation]) -> (Value, Vec<String>) {
    let (manifest, left_out) = manifest("https://x.example", operations);
    (manifest.to_json(), left_out)
}

#[test]
fn the_documentation_shows_it() {
    let page = include_str!("../../../../docs/slack.md");
    let shown = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(format!("{}\n", manifest("https://signalbox.example.com", &[]).0.to_yaml()), shown);
    for scope in SCOPES {
        assert!(page.contains(&format!("`{scope}`")), "{scope} is in the table of scopes");
    }
    for event in EVENTS {
        assert!(page.contains(&format!("`{event}`")), "{event} is in the table of events");
    }
}

#[test]
fn each_operation_has_its_command() {
    let (json, left_out) = json(&operations());
    let commands = json["features"]["slash_commands"].as_array().unwrap();
    assert_eq!(commands[0]["command"], "/signalbox");
    let release = commands.iter().find(|command| command["command"] == "/release").unwrap();
    assert_eq!(release["url"], "https://x.example/slack/commands");
    assert!(release["usage_hint"].as_str().unwrap().starts_with("service version"), "{release}");
    assert!(commands.iter().all(|command| command["should_escape"] == true));
    assert_eq!(left_out, [""; 0]);
}

#[test]
fn what_slack_has_no_room_for_is_left_out_and_named() {
    let (json, left_out) = json(&named((0..60).map(|i| format!("op-{i:02}")).chain(["x".repeat(32)])));
    let commands = json["features"]["slash_commands"].as_array().unwrap();
    assert_eq!(commands.len(), 50);
    assert_eq!(commands[49]["command"], "/op-48");
    assert!(left_out[0].starts_with(&format!("/{} is longer", "x".repeat(32))), "{left_out:?}");
    assert!(left_out[1].contains(": op-49, op-50, "), "{left_out:?}");
}

#[test]
fn shortcuts_open_the_forms_of_their_operations() {
    let mut all = named((0..8).map(|i| format!("op-{i}")));
    for operation in &mut all {
        operation.shortcuts = Shortcuts { global: Some("Deploy".into()), message: Some("é".repeat(24)) };
        operation.description = "d".repeat(400);
    }
    let (json, left_out) = json(&all);
    let shortcuts = json["features"]["shortcuts"].as_array().unwrap();
    assert_eq!(shortcuts.len(), 10);
    let ids =
        |i: usize| (shortcuts[i]["type"].as_str().unwrap(), shortcuts[i]["callback_id"].as_str().unwrap());
    assert_eq!((ids(0), ids(8)), (("global", "ask:op-0"), ("message", "ask-about:op-0")));
    for shortcut in shortcuts {
        assert!(shortcut["name"].as_str().unwrap().chars().count() <= 24);
        assert_eq!(shortcut["description"].as_str().unwrap().chars().count(), 150);
    }
    assert_eq!(left_out.len(), 1, "{left_out:?}");
    let (none, _) = self::json(&[]);
    assert!(none["features"].get("shortcuts").is_none());
}

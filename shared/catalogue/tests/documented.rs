//! The page about the catalogue names every key and every word that a catalogue may have.

use serde_json::Value;
use std::collections::BTreeSet;

/// The keys and the words of a schema.
fn words(of: &Value, found: &mut BTreeSet<String>) {
    if let Some(properties) = of.get("properties").and_then(Value::as_object) {
        found.extend(properties.keys().cloned());
    }
    // What is forbidden is no word of a catalogue.
    if let Some(all) = of.get("enum").and_then(Value::as_array) {
        found.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    match of {
        Value::Object(fields) => {
            fields.iter().filter(|(key, _)| *key != "not").for_each(|(_, value)| words(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| words(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_key_and_every_word_is_on_the_page() {
    let page = include_str!("../../../docs/catalogue.md");
    let mut found: BTreeSet<String> =
        ["as", "in", "say", "at", "expect", "verdict", "intent", "request"].map(str::to_owned).into();
    words(&signalbox_catalogue::schema(), &mut found);
    assert!(found.contains("min-length") && found.contains("date-time") && found.len() > 100, "{found:?}");
    let missing: Vec<&String> = found
        .iter()
        .filter(|word| {
            let quoted = [format!("`{word}`"), format!("`{word}: "), format!("{{ {word}: ")];
            !quoted.iter().any(|form| page.contains(form))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// An editor says something about every key.
#[test]
fn every_key_is_explained() {
    fn walk(of: &Value, at: &str, bare: &mut Vec<String>) {
        for (key, value) in of.as_object().into_iter().flatten() {
            let at = format!("{at}/{key}");
            if key == "properties" && of["additionalProperties"] == Value::Bool(false) {
                for (name, takes) in value.as_object().unwrap() {
                    let said = takes["description"].as_str().is_some_and(|said| said.len() > 3);
                    // These are said elsewhere: what all types have in common, and what only some types have.
                    let elsewhere = takes == &Value::Bool(true) || takes == &serde_json::json!({});
                    let typed = ["examples", "for", "default", "fixed"].contains(&name.as_str());
                    if !said && !elsewhere && !typed {
                        bare.push(format!("{at}/{name}"));
                    }
                }
            }
            walk(value, &at, bare);
        }
        for (i, value) in of.as_array().into_iter().flatten().enumerate() {
            walk(value, &format!("{at}/{i}"), bare);
        }
    }
    let mut bare = vec![];
    walk(&signalbox_catalogue::schema(), "", &mut bare);
    assert_eq!(bare, [""; 0]);
}

#[test]
fn the_operation_in_ten_lines_is_right() {
    let page = include_str!("../../../docs/catalogue.md");
    let (_, section) = page.split_once("## An operation in ten lines").unwrap();
    let text = section.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(text.lines().count() <= 10, "{text}");
    let catalogue = signalbox_catalogue::parse(&[("ops.yaml".to_owned(), text.to_owned())]).unwrap();
    assert!(catalogue.operation("release").is_some());
}

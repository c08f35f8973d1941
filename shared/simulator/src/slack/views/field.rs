//! The values of a view's elements: how each begins, what a person may put into it, and what must not be sent.
//!
//! The names are those of `state.values` in payloads:
//! <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload>.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::limits;

/// Blocks and elements of everything that can be filled in or pressed.
pub(super) fn elements(view: &Value) -> impl Iterator<Item = (&Value, &Value)> {
    view["blocks"].as_array().into_iter().flatten().flat_map(|block| {
        let several = block["elements"].as_array().filter(|_| block["type"] == "actions");
        let one = [block.get("element"), block.get("accessory")].into_iter().flatten();
        one.chain(several.into_iter().flatten()).map(move |element| (block, element))
    })
}

/// The property in which payloads have the value of an element. Buttons, menus and images have none.
pub(super) fn slot(element: &Value) -> Option<&'static str> {
    Some(match element["type"].as_str()? {
        "plain_text_input" | "number_input" => "value",
        "static_select" | "external_select" | "radio_buttons" => "selected_option",
        "multi_static_select" | "multi_external_select" | "checkboxes" => "selected_options",
        "users_select" => "selected_user",
        "channels_select" => "selected_channel",
        "conversations_select" => "selected_conversation",
        "datepicker" => "selected_date",
        "timepicker" => "selected_time",
        "datetimepicker" => "selected_date_time",
        _ => return None,
    })
}

/// The values with which a view begins, by block and action.
pub(super) fn initial(view: &Value) -> Map<String, Value> {
    let mut values = Map::new();
    for (block, element) in elements(view) {
        let Some(slot) = slot(element) else { continue };
        let first = format!("initial_{}", slot.trim_start_matches("selected_"));
        let value = element.get(&first).cloned().unwrap_or_else(|| nothing(slot));
        put(&mut values, block, element, slot, &value);
    }
    values
}

/// The values of a view that takes the place of another: those that people filled in before, where block, action and
/// kind are the same and the value is still possible.
pub(super) fn kept(view: &Value, before: &Map<String, Value>) -> Map<String, Value> {
    let mut values = initial(view);
    for (block, element) in elements(view) {
        let Some(slot) = slot(element) else { continue };
        let value = &before.get(name(block)).unwrap_or(&Value::Null)[action(element)];
        let possible = match slot {
            "selected_option" => value[slot].is_null() || is_offered(element, &value[slot]),
            "selected_options" => list(&value[slot]).all(|option| is_offered(element, option)),
            _ => true,
        };
        if value["type"] == element["type"] && possible {
            put(&mut values, block, element, slot, &value[slot]);
        }
    }
    values
}

/// The value that an element gets when a person gives it these words: text, values of options, ids of people and
/// places, dates and times. No words, or empty ones, leave it empty. `knows` says whether a person or place exists.
pub(super) fn given(
    label: &str,
    element: &Value,
    words: &[&str],
    offered: &BTreeMap<String, Vec<Value>>,
    knows: impl Fn(&str, &str) -> bool,
) -> Result<Value, String> {
    let Some(slot) = slot(element) else { return Err(format!("{label} is no field")) };
    let words: Vec<&str> = words.iter().copied().filter(|word| !word.is_empty()).collect();
    if slot == "selected_options" {
        let chosen: Result<Vec<Value>, String> =
            words.iter().map(|word| option(label, element, word, offered)).collect();
        return Ok(Value::Array(chosen?));
    }
    if words.len() > 1 {
        return Err(format!("{label} takes one value"));
    }
    let Some(word) = words.first().copied() else { return Ok(nothing(slot)) };
    let unlike = |format: &str| Err(format!("{label} wants {format}, and got {word}"));
    match slot {
        "selected_option" => option(label, element, word, offered),
        "selected_user" if !knows(slot, word) => Err(format!("nobody here is {word}")),
        "selected_channel" | "selected_conversation" if !knows(slot, word) => {
            Err(format!("there is no channel {word}"))
        }
        "selected_date" if !limits::is_date(word) => unlike("a date YYYY-MM-DD"),
        "selected_time" if !limits::is_time(word) => unlike("a time HH:mm"),
        "selected_date_time" => match word.parse().ok().filter(|seconds| limits::is_moment(*seconds)) {
            Some(seconds) => Ok(json!(seconds)),
            None => unlike("seconds since 1970"),
        },
        _ => Ok(json!(word)),
    }
}

/// What Slack's client says of a value instead of sending it.
pub(super) fn unsendable(block: &Value, element: &Value, values: &Map<String, Value>) -> Option<String> {
    let (name, slot) = (name(block), slot(element)?);
    let value = &values.get(name)?[action(element)][slot];
    let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    if empty {
        let label = block["label"]["text"].as_str().unwrap_or(name);
        let required = block["type"] == "input" && block["optional"] != true;
        return required.then(|| format!("{label} is required"));
    }
    if let Some(most) = element["max_selected_items"].as_u64()
        && list(value).count() > usize::try_from(most).unwrap_or(usize::MAX)
    {
        return Some(format!("{name} takes at most {most} options"));
    }
    let text = value.as_str()?;
    match element["type"].as_str()? {
        "plain_text_input" => {
            let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
            let most = element["max_length"].as_u64().unwrap_or(limits::TYPED);
            let least = element["min_length"].as_u64().unwrap_or(0);
            if length > most {
                return Some(format!("{name} takes at most {most} characters"));
            }
            (length < least).then(|| format!("{name} takes at least {least} characters"))
        }
        "number_input" => {
            let decimal = element["is_decimal_allowed"] == true;
            let Some(number) = limits::as_number(text, decimal) else {
                let kind = if decimal { "a number" } else { "a whole number" };
                return Some(format!("{name} takes {kind}"));
            };
            let limit = |name: &str| element[name].as_str().and_then(|text| limits::as_number(text, true));
            if limit("min_value").is_some_and(|least| number < least) {
                return Some(format!("{name} must be {} or more", element["min_value"].as_str()?));
            }
            let over = limit("max_value").is_some_and(|most| number > most);
            over.then(|| {
                format!("{name} must be {} or less", element["max_value"].as_str().unwrap_or_default())
            })
        }
        _ => None,
    }
}

/// Stores the value of an element.
pub(super) fn put(
    values: &mut Map<String, Value>,
    block: &Value,
    element: &Value,
    slot: &str,
    value: &Value,
) {
    let of_block = values.entry(name(block)).or_insert_with(|| json!({}));
    of_block[action(element)] = json!({"type": element["type"], slot: value});
}

pub(super) fn name(block: &Value) -> &str {
    block["block_id"].as_str().unwrap_or_default()
}

pub(super) fn action(element: &Value) -> &str {
    element["action_id"].as_str().unwrap_or_default()
}

fn nothing(slot: &str) -> Value {
    if slot == "selected_options" { json!([]) } else { Value::Null }
}

/// An option that a person can choose now, by its value.
fn option(
    label: &str,
    element: &Value,
    value: &str,
    offered: &BTreeMap<String, Vec<Value>>,
) -> Result<Value, String> {
    let found = choosable(element, offered).find(|option| option["value"] == value).cloned();
    found.ok_or_else(|| format!("{label} has no option {value}"))
}

/// The options that a person can choose now: those of the element, those with which it began, and those that the app
/// offered while the person typed.
fn choosable<'a>(
    element: &'a Value,
    offered: &'a BTreeMap<String, Vec<Value>>,
) -> impl Iterator<Item = &'a Value> {
    let first = element.get("initial_option").into_iter().chain(list(&element["initial_options"]));
    let external = offered.get(action(element)).into_iter().flatten().chain(first);
    let external = external.filter(|_| is_external(element));
    limits::offered(element).into_iter().chain(external)
}

/// Whether the app gives the options of this element while a person types.
pub(super) fn is_external(element: &Value) -> bool {
    matches!(element["type"].as_str(), Some("external_select" | "multi_external_select"))
}

/// Whether an option that was chosen can stay. One of a select with external options always can, because nobody can
/// tell whether the app still offers it.
fn is_offered(element: &Value, option: &Value) -> bool {
    is_external(element) || limits::offered(element).contains(&option)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

//! A view as a person reads it, for tests: its title, its text, its fields and its buttons.

use std::sync::Arc;

use serde_json::Value;

use super::{View, field};
use crate::slack::message::Names;
use crate::slack::plain;

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the app gets if it is chosen.
    pub value: String,
    /// What the person reads.
    pub text: String,
    /// The smaller text under it.
    pub description: Option<String>,
    /// The label of its group.
    pub group: Option<String>,
}

/// A field of a view, as a person sees it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The id of its block.
    pub block: String,
    /// The id of its element.
    pub action: String,
    /// The words above it. In a section it is the section's text.
    pub label: String,
    /// The smaller words under it.
    pub hint: Option<String>,
    /// The words in it while it is empty.
    pub placeholder: Option<String>,
    /// The type of its element: `plain_text_input`, `static_select`, …
    pub kind: String,
    /// Whether it may stay empty.
    pub optional: bool,
    /// Whether the app hears of every change.
    pub dispatches: bool,
    /// What can be chosen, if the view says so itself.
    pub options: Vec<Choice>,
    /// What is in it now, in the form in which [`crate::Slack::submit`] takes it.
    pub values: Vec<String>,
    /// What is wrong with it, as the app said.
    pub error: Option<String>,
}

impl Field {
    /// The value of a field that has at most one; an empty text if it has none.
    pub fn value(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// The values that can be chosen, in order.
    pub fn option_values(&self) -> Vec<&str> {
        self.options.iter().map(|option| option.value.as_str()).collect()
    }
}

impl View {
    /// The words at the top of a modal.
    pub fn title(&self) -> &str {
        self.view["title"]["text"].as_str().unwrap_or_default()
    }

    /// The word on the button that sends a modal, if it can be sent.
    pub fn submit_label(&self) -> Option<&str> {
        self.view["submit"]["text"].as_str()
    }

    /// Everything that can be filled in, in order.
    pub fn fields(&self) -> Vec<Field> {
        let held = self.elements().filter(|(_, element)| field::slot(element).is_some());
        held.map(|(block, element)| self.read(block, element)).collect()
    }

    /// A field by the id of its block, or of its element if the block has several.
    pub fn field(&self, name: &str) -> Option<Field> {
        let (block, element) = super::act::find(self, name, |element| field::slot(element).is_some())?;
        Some(self.read(block, element))
    }

    /// Actions and labels of its buttons, in order.
    pub fn buttons(&self) -> Vec<(String, String)> {
        let buttons = self.elements().filter(|(_, element)| element["type"] == "button");
        buttons.map(|(_, button)| (string(&button["action_id"]), string(&button["text"]["text"]))).collect()
    }

    /// What a person reads in the blocks that are no fields.
    pub(in super::super) fn plain_with(&self, names: &Arc<Names>) -> String {
        let blocks = self.view["blocks"].as_array().cloned().unwrap_or_default();
        let blocks: Vec<Value> = blocks.into_iter().filter(|block| block["type"] != "input").collect();
        if blocks.is_empty() { String::new() } else { plain::message("", &blocks, names) }
    }

    fn read(&self, block: &Value, element: &Value) -> Field {
        let (name, action) = (field::name(block), field::action(element));
        let slot = field::slot(element).unwrap_or_default();
        let label = if block["type"] == "input" { &block["label"] } else { &block["text"] };
        let text = |value: &Value| value["text"].as_str().map(str::to_owned);
        Field {
            block: name.to_owned(),
            action: action.to_owned(),
            label: text(label).unwrap_or_default(),
            hint: text(&block["hint"]),
            placeholder: text(&element["placeholder"]),
            kind: string(&element["type"]),
            optional: block["type"] != "input" || block["optional"] == true,
            dispatches: block["type"] != "input" || block["dispatch_action"] == true,
            options: choices(element),
            values: words(self.values.get(name).map_or(&Value::Null, |block| &block[action][slot])),
            error: self.errors.get(name).cloned(),
        }
    }
}

impl crate::Slack {
    /// What a person reads in a view's blocks that are no fields: one line for each, `[Cancel]` for a button.
    pub fn plain(&self, view: &View) -> String {
        view.plain_with(&self.inner.names)
    }
}

/// The options of an element or of an answer, whether or not they are in groups.
pub(super) fn choices(element: &Value) -> Vec<Choice> {
    fn of(options: &Value, group: Option<&str>) -> Vec<Choice> {
        let options = options.as_array().into_iter().flatten();
        options
            .map(|option| Choice {
                value: string(&option["value"]),
                text: string(&option["text"]["text"]),
                description: option["description"]["text"].as_str().map(str::to_owned),
                group: group.map(str::to_owned),
            })
            .collect()
    }
    let mut all = of(&element["options"], None);
    for group in element["option_groups"].as_array().into_iter().flatten() {
        all.extend(of(&group["options"], group["label"]["text"].as_str()));
    }
    all
}

fn words(value: &Value) -> Vec<String> {
    if let Some(several) = value.as_array() {
        return several.iter().flat_map(words).collect();
    }
    if let Some(option) = value.get("value") {
        return words(option);
    }
    let word = value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|n| n.to_string()));
    word.into_iter().collect()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

//! Block Kit's structure and limits: <https://docs.slack.dev/reference/block-kit/blocks>.
//!
//! Problems have the form of Slack's own: what is wrong, and a JSON pointer to the place. Only the listed types and
//! properties are known here; an unknown one is a problem, as it is for Slack.

mod elements;
mod modal;
mod options;

pub use elements::TYPED;
pub(crate) use elements::{as_number, is_date, is_moment, is_time};
pub(crate) use modal::is_too_large;
pub use modal::{LABEL, MODAL_BLOCKS, PRIVATE, TITLE, VIEW, check_home, check_modal};
pub(crate) use options::offered;
pub use options::{CHOICES, OPTION, OPTION_VALUE, OPTIONS, OVERFLOW, PLACEHOLDER, check_suggested};

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The most blocks in one message.
pub const BLOCKS: usize = 50;
/// The most characters of a section's text, and of any text object without its own limit.
pub const TEXT: usize = 3_000;
/// The most fields of a section.
pub const FIELDS: usize = 10;
/// The most characters of one field.
pub const FIELD: usize = 2_000;
/// The most characters of a header.
pub const HEADER: usize = 150;
/// The most elements of a context block.
pub const CONTEXT: usize = 10;
/// The most elements of an actions block.
pub const ACTIONS: usize = 25;
/// The most characters of a `block_id` or `action_id`.
pub const ID: usize = 255;
/// The most characters of a button's or an option's text. About 30 characters of a button are visible.
pub const BUTTON: usize = 75;
/// The most characters of a button's value.
pub const VALUE: usize = 2_000;
/// The most characters of an address.
pub const URL: usize = 3_000;
/// The most characters of an image's alternative text or title.
pub const ALT: usize = 2_000;

/// Everything that Slack would refuse in these blocks. It is empty if nothing is wrong.
pub fn check_blocks(blocks: &Value) -> Vec<String> {
    let mut check = Check::default();
    let Some(items) = check.list("/blocks", blocks, 0, BLOCKS) else { return check.problems };
    for (i, block) in items.iter().enumerate() {
        check.block(&format!("/blocks/{i}"), block);
    }
    check.problems
}

#[derive(Default)]
struct Check {
    problems: Vec<String>,
    block_ids: BTreeSet<String>,
    action_ids: BTreeSet<String>,
    /// Whether this is a modal or a Home tab, in which people can fill in fields.
    view: bool,
    /// Whether some element already asks for the focus. Only one element of a view may do so.
    focused: bool,
}

const PLAIN: &[&str] = &["plain_text"];
const ANY: &[&str] = &["plain_text", "mrkdwn"];

impl Check {
    fn block(&mut self, at: &str, block: &Value) {
        let kind = block["type"].as_str().unwrap_or_default();
        let allowed: &[&str] = match kind {
            "section" => &["text", "fields", "accessory", "expand"],
            "header" => &["text"],
            "context" | "actions" | "rich_text" => &["elements"],
            "divider" => &[],
            "image" => &["image_url", "alt_text", "title"],
            "input" if self.view => &["label", "element", "hint", "optional", "dispatch_action"],
            _ => return self.problem(at, &format!("unsupported type: {kind}")),
        };
        let Some(fields) = self.object(at, block, &[allowed, &["type", "block_id"]].concat()) else { return };
        self.string(&format!("{at}/block_id"), fields.get("block_id"), 1, ID);
        let id = fields.get("block_id").and_then(Value::as_str);
        if let Some(id) = id.filter(|id| !self.block_ids.insert((*id).to_owned())) {
            self.problem(at, &format!("`block_id` {id} already exists"));
        }
        if !self.view {
            self.action_ids.clear();
        }
        match kind {
            "section" => self.section(at, fields),
            "header" => self.text(&format!("{at}/text"), fields.get("text"), PLAIN, HEADER),
            "context" => self.context(at, fields),
            "actions" => self.actions(at, fields),
            "image" => self.image(at, fields),
            "input" => self.input(at, fields),
            "rich_text" => self.rich_text(at, fields),
            _ => {}
        }
    }

    fn section(&mut self, at: &str, section: &Map<String, Value>) {
        if !section.contains_key("text") && !section.contains_key("fields") {
            self.problem(at, "must define either `fields` or `text`");
        }
        if let Some(text) = section.get("text") {
            self.text(&format!("{at}/text"), Some(text), ANY, TEXT);
        }
        if let Some(fields) = section.get("fields") {
            let items = self.list(&format!("{at}/fields"), fields, 1, FIELDS);
            for (i, field) in items.into_iter().flatten().enumerate() {
                self.text(&format!("{at}/fields/{i}"), Some(field), ANY, FIELD);
            }
        }
        if let Some(accessory) = section.get("accessory") {
            let at = format!("{at}/accessory");
            match accessory["type"].as_str().unwrap_or_default() {
                "button" => self.button(&at, accessory),
                "image" => self.image_element(&at, accessory),
                kind if self.view => self.element(&at, kind, accessory, elements::BESIDE_TEXT),
                kind => self.problem(&at, &format!("unsupported type: {kind}")),
            }
            self.action_id(&at, accessory);
        }
    }

    /// An `action_id` appears once in a block of a message, and once in a whole view.
    fn action_id(&mut self, at: &str, element: &Value) {
        let id = element["action_id"].as_str();
        if let Some(id) = id.filter(|id| !self.action_ids.insert((*id).to_owned())) {
            self.problem(at, &format!("`action_id` {id} already exists"));
        }
    }

    fn context(&mut self, at: &str, context: &Map<String, Value>) {
        let at = format!("{at}/elements");
        let items = self.required_list(&at, context.get("elements"), CONTEXT);
        for (i, element) in items.into_iter().flatten().enumerate() {
            let at = format!("{at}/{i}");
            match element["type"].as_str() {
                Some("image") => self.image_element(&at, element),
                _ => self.text(&at, Some(element), ANY, TEXT),
            }
        }
    }

    fn actions(&mut self, at: &str, actions: &Map<String, Value>) {
        let at = format!("{at}/elements");
        let items = self.required_list(&at, actions.get("elements"), ACTIONS);
        for (i, element) in items.into_iter().flatten().enumerate() {
            let at = format!("{at}/{i}");
            match element["type"].as_str().unwrap_or_default() {
                "button" => self.button(&at, element),
                "overflow" => self.overflow(&at, element),
                kind if self.view => self.element(&at, kind, element, elements::AMONG_ACTIONS),
                kind => self.problem(&at, &format!("unsupported type: {kind}")),
            }
            self.action_id(&at, element);
        }
    }

    fn button(&mut self, at: &str, button: &Value) {
        const ALLOWED: &[&str] =
            &["type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"];
        let Some(fields) = self.object(at, button, ALLOWED) else { return };
        self.text(&format!("{at}/text"), fields.get("text"), PLAIN, BUTTON);
        self.string(&format!("{at}/action_id"), fields.get("action_id"), 1, ID);
        self.string(&format!("{at}/value"), fields.get("value"), 0, VALUE);
        self.address(&format!("{at}/url"), fields.get("url"));
        self.string(&format!("{at}/accessibility_label"), fields.get("accessibility_label"), 1, BUTTON);
        self.style(&format!("{at}/style"), fields.get("style"));
        if let Some(confirm) = fields.get("confirm") {
            self.confirm(&format!("{at}/confirm"), confirm);
        }
    }

    fn confirm(&mut self, at: &str, confirm: &Value) {
        let Some(fields) = self.object(at, confirm, &["title", "text", "confirm", "deny", "style"]) else {
            return;
        };
        self.text(&format!("{at}/title"), fields.get("title"), PLAIN, 100);
        self.text(&format!("{at}/text"), fields.get("text"), ANY, 300);
        // Slack has defaults for both labels.
        for label in ["confirm", "deny"] {
            if let Some(text) = fields.get(label) {
                self.text(&format!("{at}/{label}"), Some(text), PLAIN, 30);
            }
        }
        self.style(&format!("{at}/style"), fields.get("style"));
    }

    fn style(&mut self, at: &str, style: Option<&Value>) {
        if style.is_some_and(|style| style != "primary" && style != "danger") {
            self.problem(at, "must be a valid enum value: primary, danger");
        }
    }

    fn image(&mut self, at: &str, image: &Map<String, Value>) {
        self.pictured(at, image);
        if let Some(title) = image.get("title") {
            self.text(&format!("{at}/title"), Some(title), PLAIN, ALT);
        }
    }

    fn image_element(&mut self, at: &str, image: &Value) {
        if let Some(fields) = self.object(at, image, &["type", "image_url", "alt_text"]) {
            self.pictured(at, fields);
        }
    }

    fn pictured(&mut self, at: &str, image: &Map<String, Value>) {
        for required in ["image_url", "alt_text"] {
            if !image.contains_key(required) {
                self.problem(at, &format!("missing required field: {required}"));
            }
        }
        self.address(&format!("{at}/image_url"), image.get("image_url"));
        self.string(&format!("{at}/alt_text"), image.get("alt_text"), 1, ALT);
    }

    /// Checks only the outer structure, because the app itself writes sections. Rich text comes from people.
    fn rich_text(&mut self, at: &str, rich: &Map<String, Value>) {
        const PARTS: &[&str] =
            &["rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"];
        let at = format!("{at}/elements");
        let items = self.required_list(&at, rich.get("elements"), usize::MAX);
        for (i, part) in items.into_iter().flatten().enumerate() {
            let kind = part["type"].as_str().unwrap_or_default();
            if !PARTS.contains(&kind) {
                self.problem(&format!("{at}/{i}"), &format!("unsupported type: {kind}"));
            }
            if !part["elements"].is_array() {
                self.problem(&format!("{at}/{i}"), "missing required field: elements");
            }
        }
    }

    /// Checks a text object that is required.
    fn text(&mut self, at: &str, text: Option<&Value>, kinds: &[&str], limit: usize) {
        let Some(text) = text else { return self.problem(at, "missing required field") };
        let kind = text["type"].as_str().unwrap_or_default();
        if !kinds.contains(&kind) {
            return self.problem(at, &format!("unsupported type: {kind}"));
        }
        let allowed: &[&str] =
            if kind == "mrkdwn" { &["type", "text", "verbatim"] } else { &["type", "text", "emoji"] };
        let Some(fields) = self.object(at, text, allowed) else { return };
        if fields.get("text").is_none() {
            return self.problem(at, "missing required field: text");
        }
        self.string(&format!("{at}/text"), fields.get("text"), 1, limit);
        for flag in ["verbatim", "emoji"] {
            if fields.get(flag).is_some_and(|value| !value.is_boolean()) {
                self.problem(&format!("{at}/{flag}"), "must be a boolean");
            }
        }
    }

    fn address(&mut self, at: &str, url: Option<&Value>) {
        self.string(at, url, 1, URL);
        let web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
        if url.and_then(Value::as_str).is_some_and(|url| !web(url) || url.contains(char::is_whitespace)) {
            self.problem(at, "invalid url");
        }
    }

    /// Checks a string that is optional. Slack counts characters, not bytes.
    fn string(&mut self, at: &str, value: Option<&Value>, least: usize, most: usize) {
        match value {
            None => {}
            Some(Value::String(text)) => {
                let length = text.chars().count();
                if length < least {
                    self.problem(at, &format!("must be more than {} characters", least - 1));
                }
                if length > most {
                    self.problem(at, &format!("must be less than {} characters", most + 1));
                }
            }
            Some(_) => self.problem(at, "must be a string"),
        }
    }

    fn object<'a>(&mut self, at: &str, value: &'a Value, allowed: &[&str]) -> Option<&'a Map<String, Value>> {
        let Value::Object(fields) = value else {
            self.problem(at, "must be an object");
            return None;
        };
        for key in fields.keys().filter(|key| !allowed.contains(&key.as_str())) {
            self.problem(at, &format!("invalid additional property: {key}"));
        }
        Some(fields)
    }

    fn required_list<'a>(
        &mut self,
        at: &str,
        value: Option<&'a Value>,
        most: usize,
    ) -> Option<&'a Vec<Value>> {
        match value {
            Some(value) => self.list(at, value, 1, most),
            None => {
                self.problem(at, "missing required field");
                None
            }
        }
    }

    fn list<'a>(&mut self, at: &str, value: &'a Value, least: usize, most: usize) -> Option<&'a Vec<Value>> {
        let Value::Array(items) = value else {
            self.problem(at, "must be an array");
            return None;
        };
        if items.len() < least {
            self.problem(at, &format!("no fewer than {least} items allowed"));
        }
        if items.len() > most {
            self.problem(at, &format!("no more than {most} items allowed"));
        }
        Some(items)
    }

    fn problem(&mut self, at: &str, what: &str) {
        self.problems.push(format!("{what} [json-pointer:{at}]"));
    }
}

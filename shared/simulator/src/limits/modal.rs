//! Modals, and the fields that people fill in on them: <https://docs.slack.dev/reference/views/modal-views>,
//! <https://docs.slack.dev/reference/block-kit/blocks/input-block>.

use serde_json::{Map, Value};

use super::{ANY, BUTTON, Check, ID, PLAIN};

/// The most blocks in one modal.
pub const MODAL_BLOCKS: usize = 100;
/// The most characters of a modal's title and of its buttons.
pub const TITLE: usize = 24;
/// The most characters of the private data that the app keeps in a modal.
pub const PRIVATE: usize = 3_000;
/// The most characters of a field's label, and of its hint.
pub const LABEL: usize = 2_000;
/// The most options of a select.
pub const OPTIONS: usize = 100;
/// The most options of an overflow menu.
pub const OVERFLOW: usize = 5;
/// The most characters of an option's value, and of a placeholder.
pub const OPTION_VALUE: usize = 150;
/// The most characters that a person can type into a field.
pub const TYPED: u64 = 3_000;

/// Everything that Slack would refuse in this modal. It is empty if nothing is wrong.
pub fn check_modal(view: &Value) -> Vec<String> {
    let mut check = Check { modal: true, ..Check::default() };
    check.modal(view);
    check.problems
}

impl Check {
    fn modal(&mut self, view: &Value) {
        const ALLOWED: &[&str] = &[
            "type",
            "title",
            "submit",
            "close",
            "blocks",
            "private_metadata",
            "callback_id",
            "clear_on_close",
            "notify_on_close",
            "external_id",
        ];
        let Some(fields) = self.object("/view", view, ALLOWED) else { return };
        if view["type"] != "modal" {
            self.problem("/view/type", "must be a valid enum value: modal");
        }
        self.text("/view/title", fields.get("title"), PLAIN, TITLE);
        for button in ["submit", "close"] {
            if let Some(text) = fields.get(button) {
                self.text(&format!("/view/{button}"), Some(text), PLAIN, TITLE);
            }
        }
        self.string("/view/private_metadata", fields.get("private_metadata"), 0, PRIVATE);
        self.string("/view/callback_id", fields.get("callback_id"), 1, ID);
        let blocks = self.required_list("/view/blocks", fields.get("blocks"), MODAL_BLOCKS);
        for (i, block) in blocks.into_iter().flatten().enumerate() {
            self.block(&format!("/view/blocks/{i}"), block);
        }
        let asks = blocks.is_some_and(|blocks| blocks.iter().any(|block| block["type"] == "input"));
        if asks && !fields.contains_key("submit") {
            self.problem("/view/submit", "missing required field: a modal with inputs wants one");
        }
    }

    pub(super) fn input(&mut self, at: &str, input: &Map<String, Value>) {
        self.text(&format!("{at}/label"), input.get("label"), PLAIN, LABEL);
        if let Some(hint) = input.get("hint") {
            self.text(&format!("{at}/hint"), Some(hint), PLAIN, LABEL);
        }
        if input.get("optional").is_some_and(|optional| !optional.is_boolean()) {
            self.problem(&format!("{at}/optional"), "must be a boolean");
        }
        let at = format!("{at}/element");
        match input.get("element") {
            None => self.problem(&at, "missing required field"),
            Some(element) => self.asked(&at, element),
        }
    }

    fn asked(&mut self, at: &str, element: &Value) {
        let kind = element["type"].as_str().unwrap_or_default();
        let own: &[&str] = match kind {
            "plain_text_input" => &["multiline", "max_length", "min_length", "initial_value"],
            "static_select" => &["options", "initial_option"],
            "users_select" => &["initial_user"],
            _ => return self.problem(at, &format!("unsupported type: {kind}")),
        };
        let allowed = [own, &["type", "action_id", "placeholder", "focus_on_load"]].concat();
        let Some(fields) = self.object(at, element, &allowed) else { return };
        self.string(&format!("{at}/action_id"), fields.get("action_id"), 1, ID);
        if let Some(placeholder) = fields.get("placeholder") {
            self.text(&format!("{at}/placeholder"), Some(placeholder), PLAIN, OPTION_VALUE);
        }
        let most = fields.get("max_length");
        if most.is_some_and(|most| !most.as_u64().is_some_and(|most| (1..=TYPED).contains(&most))) {
            self.problem(&format!("{at}/max_length"), "must be from 1 to 3000");
        }
        if kind == "static_select" {
            self.options(at, fields, OPTIONS);
            let first = fields.get("initial_option");
            let among = |first: &Value| fields["options"].as_array().is_some_and(|all| all.contains(first));
            if fields.contains_key("options") && first.is_some_and(|first| !among(first)) {
                self.problem(&format!("{at}/initial_option"), "must be one of the options");
            }
        }
    }

    pub(super) fn overflow(&mut self, at: &str, menu: &Value) {
        let Some(fields) = self.object(at, menu, &["type", "action_id", "options", "confirm"]) else {
            return;
        };
        self.string(&format!("{at}/action_id"), fields.get("action_id"), 1, ID);
        self.options(at, fields, OVERFLOW);
        if let Some(confirm) = fields.get("confirm") {
            self.confirm(&format!("{at}/confirm"), confirm);
        }
    }

    fn options(&mut self, at: &str, fields: &Map<String, Value>, most: usize) {
        let at = format!("{at}/options");
        let options = self.required_list(&at, fields.get("options"), most);
        for (i, option) in options.into_iter().flatten().enumerate() {
            let at = format!("{at}/{i}");
            let Some(option) = self.object(&at, option, &["text", "value", "description", "url"]) else {
                continue;
            };
            self.text(&format!("{at}/text"), option.get("text"), ANY, BUTTON);
            if option.get("value").is_none() {
                self.problem(&at, "missing required field: value");
            }
            self.string(&format!("{at}/value"), option.get("value"), 1, OPTION_VALUE);
        }
    }
}

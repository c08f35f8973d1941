//! Modals and Home tabs, and the block in which people fill in a field:
//! <https://docs.slack.dev/reference/views/modal-views>, <https://docs.slack.dev/reference/views/home-tab-views>,
//! <https://docs.slack.dev/reference/block-kit/blocks/input-block>.

use serde_json::{Map, Value};

use super::{Check, ID, PLAIN, elements};

/// The most blocks in one modal or Home tab.
pub const MODAL_BLOCKS: usize = 100;
/// The most characters of a modal's title and of its buttons.
pub const TITLE: usize = 24;
/// The most characters of a view's private metadata, which the app keeps in it for itself.
pub const PRIVATE: usize = 3_000;
/// The most characters of a field's label, and of its hint.
pub const LABEL: usize = 2_000;

/// The largest view, in bytes of JSON: `view_too_large` of <https://docs.slack.dev/reference/methods/views.open>, which
/// says "greater than 250kb". This is the stricter of the two ways to read it.
pub const VIEW: usize = 250_000;

/// Everything that Slack would refuse in this modal. It is empty if nothing is wrong.
pub fn check_modal(view: &Value) -> Vec<String> {
    let mut check = Check { view: true, ..Check::default() };
    check.modal(view);
    check.problems
}

/// Everything that Slack would refuse in this Home tab. It is empty if nothing is wrong.
pub fn check_home(view: &Value) -> Vec<String> {
    const ALLOWED: &[&str] = &["type", "blocks", "private_metadata", "callback_id", "external_id"];
    let mut check = Check { view: true, ..Check::default() };
    if let Some(fields) = check.object("/view", view, ALLOWED) {
        check.common("home", fields);
    }
    check.problems
}

/// Whether Slack has another word for what is wrong with it: it is too large, whatever else it is.
pub(crate) fn is_too_large<T: serde::Serialize>(view: &T) -> bool {
    serde_json::to_vec(view).is_ok_and(|bytes| bytes.len() > VIEW)
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
        self.text("/view/title", fields.get("title"), PLAIN, TITLE);
        for button in ["submit", "close"] {
            if let Some(text) = fields.get(button) {
                self.text(&format!("/view/{button}"), Some(text), PLAIN, TITLE);
            }
        }
        for flag in ["clear_on_close", "notify_on_close"] {
            self.flag(&format!("/view/{flag}"), fields.get(flag));
        }
        self.common("modal", fields);
        let mut blocks = fields.get("blocks").and_then(Value::as_array).into_iter().flatten();
        if blocks.any(|block| block["type"] == "input") && !fields.contains_key("submit") {
            self.problem("/view/submit", "missing required field: a modal with inputs wants one");
        }
    }

    /// The part that modals and Home tabs share.
    fn common(&mut self, kind: &str, fields: &Map<String, Value>) {
        if is_too_large(fields) {
            self.problem("/view", &format!("greater than {VIEW} bytes"));
        }
        if fields.get("type").is_none_or(|given| given != kind) {
            self.problem("/view/type", &format!("must be a valid enum value: {kind}"));
        }
        self.string("/view/private_metadata", fields.get("private_metadata"), 0, PRIVATE);
        self.string("/view/callback_id", fields.get("callback_id"), 1, ID);
        self.string("/view/external_id", fields.get("external_id"), 0, ID);
        let blocks = self.required_list("/view/blocks", fields.get("blocks"), MODAL_BLOCKS);
        for (i, block) in blocks.into_iter().flatten().enumerate() {
            self.block(&format!("/view/blocks/{i}"), block);
        }
    }

    pub(super) fn input(&mut self, at: &str, input: &Map<String, Value>) {
        self.text(&format!("{at}/label"), input.get("label"), PLAIN, LABEL);
        if let Some(hint) = input.get("hint") {
            self.text(&format!("{at}/hint"), Some(hint), PLAIN, LABEL);
        }
        for flag in ["optional", "dispatch_action"] {
            self.flag(&format!("{at}/{flag}"), input.get(flag));
        }
        let at = format!("{at}/element");
        match input.get("element") {
            None => self.problem(&at, "missing required field"),
            Some(element) => {
                let kind = element["type"].as_str().unwrap_or_default();
                self.element(&at, kind, element, elements::FILLED_IN);
                self.action_id(&at, element);
            }
        }
    }

    pub(super) fn flag(&mut self, at: &str, flag: Option<&Value>) {
        if flag.is_some_and(|flag| !flag.is_boolean()) {
            self.problem(at, "must be a boolean");
        }
    }
}

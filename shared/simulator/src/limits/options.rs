//! Options and groups of options: <https://docs.slack.dev/reference/block-kit/composition-objects/option-object>.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{ANY, Check, ID, PLAIN, URL};

/// The most options of a select, and the most groups of options.
pub const OPTIONS: usize = 100;
/// The most options of a group of checkboxes or of radio buttons.
pub const CHOICES: usize = 10;
/// The most options of an overflow menu.
pub const OVERFLOW: usize = 5;
/// The most characters of an option's text, of its description, and of the label of a group of options.
pub const OPTION: usize = 75;
/// The most characters of an option's value. Slack's own libraries disagree whether it is 75 or 150.
pub const OPTION_VALUE: usize = 75;
/// The most characters of a placeholder.
pub const PLACEHOLDER: usize = 150;

/// Everything that Slack would refuse in an answer to a `block_suggestion`, which is `options` or `option_groups`:
/// <https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload>. It is empty if nothing is wrong.
pub fn check_suggested(answer: &Value) -> Vec<String> {
    let mut check = Check::default();
    if let Some(fields) = check.object("", answer, &["options", "option_groups"]) {
        // It is a good answer that nothing was found.
        check.choices("", fields, 0);
    }
    check.problems
}

impl Check {
    /// `options` or `option_groups`, of which there must be exactly one.
    pub(super) fn choices(&mut self, at: &str, fields: &Map<String, Value>, least: usize) {
        let mut values = BTreeSet::new();
        match (fields.get("options"), fields.get("option_groups")) {
            (Some(options), None) => {
                self.options(&format!("{at}/options"), options, (least, OPTIONS), PLAIN, &mut values);
            }
            (None, Some(groups)) => {
                let at = format!("{at}/option_groups");
                let groups = self.list(&at, groups, least, OPTIONS);
                for (i, group) in groups.into_iter().flatten().enumerate() {
                    let at = format!("{at}/{i}");
                    let Some(group) = self.object(&at, group, &["label", "options"]) else { continue };
                    self.text(&format!("{at}/label"), group.get("label"), PLAIN, OPTION);
                    match group.get("options") {
                        Some(options) => {
                            let at = format!("{at}/options");
                            self.options(&at, options, (least, OPTIONS), PLAIN, &mut values);
                        }
                        None => self.problem(&at, "missing required field: options"),
                    }
                }
            }
            (None, None) => self.problem(&format!("{at}/options"), "missing required field"),
            (Some(_), Some(_)) => self.problem(at, "must define either `options` or `option_groups`"),
        }
    }

    /// Checkboxes and radio buttons, whose options may have marked-up text.
    pub(super) fn few_choices(&mut self, at: &str, fields: &Map<String, Value>) {
        let at = format!("{at}/options");
        match fields.get("options") {
            Some(options) => self.options(&at, options, (1, CHOICES), ANY, &mut BTreeSet::new()),
            None => self.problem(&at, "missing required field"),
        }
    }

    pub(super) fn overflow(&mut self, at: &str, menu: &Value) {
        let Some(fields) = self.object(at, menu, &["type", "action_id", "options", "confirm"]) else {
            return;
        };
        self.string(&format!("{at}/action_id"), fields.get("action_id"), 1, ID);
        let options = format!("{at}/options");
        match fields.get("options") {
            Some(given) => self.options(&options, given, (1, OVERFLOW), PLAIN, &mut BTreeSet::new()),
            None => self.problem(&options, "missing required field"),
        }
        if let Some(confirm) = fields.get("confirm") {
            self.confirm(&format!("{at}/confirm"), confirm);
        }
    }

    /// What is chosen from the start must be among the options.
    pub(super) fn initial_options(&mut self, at: &str, element: &Value) {
        let offered = offered(element);
        let among = |option: &Value| offered.contains(&option);
        if element.get("initial_option").is_some_and(|first| !among(first)) {
            self.problem(&format!("{at}/initial_option"), "must be one of the options");
        }
        let Some(first) = element.get("initial_options") else { return };
        let at = format!("{at}/initial_options");
        let Some(first) = self.list(&at, first, 1, OPTIONS) else { return };
        if !first.iter().all(among) {
            self.problem(&at, "must be some of the options");
        }
    }

    /// An option that stands alone, as the initial option of a select whose options the app gives later.
    pub(super) fn lone_option(&mut self, at: &str, option: &Value) {
        self.option(at, option, PLAIN);
    }

    fn options(
        &mut self,
        at: &str,
        options: &Value,
        (least, most): (usize, usize),
        kinds: &[&str],
        values: &mut BTreeSet<String>,
    ) {
        let options = self.list(at, options, least, most);
        for (i, option) in options.into_iter().flatten().enumerate() {
            let at = format!("{at}/{i}");
            self.option(&at, option, kinds);
            // Slack does not promise what happens to options that share a value, so they are refused here.
            let value = option["value"].as_str();
            if value.is_some_and(|value| !values.insert(value.to_owned())) {
                self.problem(&format!("{at}/value"), "must be unique among the options");
            }
        }
    }

    fn option(&mut self, at: &str, option: &Value, kinds: &[&str]) {
        let Some(fields) = self.object(at, option, &["text", "value", "description", "url"]) else { return };
        self.text(&format!("{at}/text"), fields.get("text"), kinds, OPTION);
        if fields.get("value").is_none() {
            self.problem(at, "missing required field: value");
        }
        self.string(&format!("{at}/value"), fields.get("value"), 1, OPTION_VALUE);
        if let Some(description) = fields.get("description") {
            self.text(&format!("{at}/description"), Some(description), kinds, OPTION);
        }
        self.string(&format!("{at}/url"), fields.get("url"), 1, URL);
    }
}

/// The options of an element or of an answer, whether or not they are in groups.
pub(crate) fn offered(element: &Value) -> Vec<&Value> {
    fn list(value: &Value) -> impl Iterator<Item = &Value> {
        value.as_array().into_iter().flatten()
    }
    let groups = list(&element["option_groups"]).flat_map(|group| list(&group["options"]));
    list(&element["options"]).chain(groups).collect()
}

//! The elements of a view that hold a value: <https://docs.slack.dev/reference/block-kit/block-elements>.
//!
//! This file must know every property of every element that it takes, because Slack refuses an unknown property.

use serde_json::{Map, Value};

use super::options::PLACEHOLDER;
use super::{Check, ID, PLAIN};

/// The most characters that a person can type into a field. It is also the largest minimum.
pub const TYPED: u64 = 3_000;

/// The elements that an input block takes.
pub(super) const FILLED_IN: &[&str] = &[
    "plain_text_input",
    "number_input",
    "static_select",
    "multi_static_select",
    "external_select",
    "multi_external_select",
    "users_select",
    "channels_select",
    "conversations_select",
    "radio_buttons",
    "checkboxes",
    "datepicker",
    "timepicker",
    "datetimepicker",
];
/// The elements that an actions block takes besides buttons and menus.
pub(super) const AMONG_ACTIONS: &[&str] = FILLED_IN.split_at(2).1;
/// The elements that a section takes besides buttons, menus and images. A date with a time has no room there.
pub(super) const BESIDE_TEXT: &[&str] = AMONG_ACTIONS.split_at(AMONG_ACTIONS.len() - 1).0;

/// The properties of an element besides those that all elements have.
fn properties(kind: &str) -> &'static [&'static str] {
    match kind {
        "plain_text_input" => &[
            "multiline",
            "max_length",
            "min_length",
            "initial_value",
            "placeholder",
            "dispatch_action_config",
        ],
        "number_input" => &[
            "is_decimal_allowed",
            "min_value",
            "max_value",
            "initial_value",
            "placeholder",
            "dispatch_action_config",
        ],
        "static_select" => &["options", "option_groups", "initial_option", "placeholder", "confirm"],
        "multi_static_select" => {
            &["options", "option_groups", "initial_options", "max_selected_items", "placeholder", "confirm"]
        }
        "external_select" => &["initial_option", "min_query_length", "placeholder", "confirm"],
        "multi_external_select" => {
            &["initial_options", "min_query_length", "max_selected_items", "placeholder", "confirm"]
        }
        "users_select" => &["initial_user", "placeholder", "confirm"],
        "channels_select" => &["initial_channel", "response_url_enabled", "placeholder", "confirm"],
        "conversations_select" => &[
            "initial_conversation",
            "default_to_current_conversation",
            "response_url_enabled",
            "filter",
            "placeholder",
            "confirm",
        ],
        "radio_buttons" => &["options", "initial_option", "confirm"],
        "checkboxes" => &["options", "initial_options", "confirm"],
        "datepicker" => &["initial_date", "placeholder", "confirm"],
        "timepicker" => &["initial_time", "timezone", "placeholder", "confirm"],
        "datetimepicker" => &["initial_date_time", "confirm"],
        _ => &[],
    }
}

impl Check {
    /// An element of a view, if it is one of those that its block takes.
    pub(super) fn element(&mut self, at: &str, kind: &str, element: &Value, takes: &[&str]) {
        if !takes.contains(&kind) {
            return self.problem(at, &format!("unsupported type: {kind}"));
        }
        let allowed = [properties(kind), &["type", "action_id", "focus_on_load"]].concat();
        let Some(fields) = self.object(at, element, &allowed) else { return };
        self.string(&format!("{at}/action_id"), fields.get("action_id"), 1, ID);
        if let Some(placeholder) = fields.get("placeholder") {
            self.text(&format!("{at}/placeholder"), Some(placeholder), PLAIN, PLACEHOLDER);
        }
        if let Some(confirm) = fields.get("confirm") {
            self.confirm(&format!("{at}/confirm"), confirm);
        }
        self.focus(at, fields);
        match kind {
            "plain_text_input" => self.text_input(at, fields),
            "number_input" => self.number_input(at, fields),
            "static_select" | "multi_static_select" => {
                self.choices(at, fields, 1);
                self.initial_options(at, element);
            }
            "radio_buttons" | "checkboxes" => {
                self.few_choices(at, fields);
                self.initial_options(at, element);
            }
            "external_select" | "multi_external_select" => self.external(at, fields),
            "datepicker" => self.moment(at, "initial_date", fields, "YYYY-MM-DD", is_date),
            "timepicker" => self.moment(at, "initial_time", fields, "HH:mm", is_time),
            "datetimepicker" => self.date_and_time(at, fields),
            _ => self.place_or_person(at, fields),
        }
        self.max_selected(at, fields);
    }

    fn focus(&mut self, at: &str, fields: &Map<String, Value>) {
        let at = format!("{at}/focus_on_load");
        self.flag(&at, fields.get("focus_on_load"));
        let asks = fields.get("focus_on_load") == Some(&Value::Bool(true));
        if asks && std::mem::replace(&mut self.focused, true) {
            self.problem(&at, "only one element can have the focus");
        }
    }

    fn text_input(&mut self, at: &str, fields: &Map<String, Value>) {
        self.flag(&format!("{at}/multiline"), fields.get("multiline"));
        let least = self.whole(&format!("{at}/min_length"), fields.get("min_length"), 0, TYPED);
        let most = self.whole(&format!("{at}/max_length"), fields.get("max_length"), 1, TYPED);
        if least.unwrap_or(0) > most.unwrap_or(TYPED) {
            self.problem(&format!("{at}/min_length"), "must not be more than max_length");
        }
        let longest = usize::try_from(most.unwrap_or(TYPED)).unwrap_or(usize::MAX);
        self.string(&format!("{at}/initial_value"), fields.get("initial_value"), 0, longest);
        self.dispatching(at, fields);
    }

    fn number_input(&mut self, at: &str, fields: &Map<String, Value>) {
        match fields.get("is_decimal_allowed") {
            None => self.problem(&format!("{at}/is_decimal_allowed"), "missing required field"),
            flag => self.flag(&format!("{at}/is_decimal_allowed"), flag),
        }
        let decimal = fields.get("is_decimal_allowed") == Some(&Value::Bool(true));
        let mut number = |name: &str| {
            let given = fields.get(name)?;
            let number = given.as_str().and_then(|text| as_number(text, decimal));
            if number.is_none() {
                self.problem(&format!("{at}/{name}"), "must be a number in a string");
            }
            number
        };
        let (least, most) = (number("min_value"), number("max_value"));
        let first = number("initial_value");
        let within = |n: f64| least.is_none_or(|least| n >= least) && most.is_none_or(|most| n <= most);
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            self.problem(&format!("{at}/min_value"), "must not be more than max_value");
        } else if first.is_some_and(|first| !within(first)) {
            self.problem(&format!("{at}/initial_value"), "must be from min_value to max_value");
        }
        self.dispatching(at, fields);
    }

    /// When a text field tells the app what is in it.
    fn dispatching(&mut self, at: &str, fields: &Map<String, Value>) {
        const ON: &[&str] = &["on_enter_pressed", "on_character_entered"];
        let Some(config) = fields.get("dispatch_action_config") else { return };
        let at = format!("{at}/dispatch_action_config");
        let Some(config) = self.object(&at, config, &["trigger_actions_on"]) else { return };
        let at = format!("{at}/trigger_actions_on");
        let on = self.required_list(&at, config.get("trigger_actions_on"), ON.len());
        if on.into_iter().flatten().any(|on| !on.as_str().is_some_and(|on| ON.contains(&on))) {
            self.problem(&at, &format!("must be a valid enum value: {}", ON.join(", ")));
        }
    }

    /// A select whose options the app gives while a person types.
    fn external(&mut self, at: &str, fields: &Map<String, Value>) {
        self.whole(&format!("{at}/min_query_length"), fields.get("min_query_length"), 0, TYPED);
        if let Some(first) = fields.get("initial_option") {
            self.lone_option(&format!("{at}/initial_option"), first);
        }
        let Some(first) = fields.get("initial_options") else { return };
        let at = format!("{at}/initial_options");
        let first = self.list(&at, first, 1, super::OPTIONS);
        for (i, option) in first.into_iter().flatten().enumerate() {
            self.lone_option(&format!("{at}/{i}"), option);
        }
    }

    fn max_selected(&mut self, at: &str, fields: &Map<String, Value>) {
        let at_most = format!("{at}/max_selected_items");
        let most = self.whole(&at_most, fields.get("max_selected_items"), 1, u64::MAX);
        let first = fields.get("initial_options").and_then(Value::as_array).map_or(0, Vec::len);
        if most.is_some_and(|most| u64::try_from(first).unwrap_or(u64::MAX) > most) {
            self.problem(&format!("{at}/initial_options"), "must not be more than max_selected_items");
        }
    }

    fn moment(
        &mut self,
        at: &str,
        name: &str,
        fields: &Map<String, Value>,
        format: &str,
        good: fn(&str) -> bool,
    ) {
        if fields.get(name).is_some_and(|given| !given.as_str().is_some_and(good)) {
            self.problem(&format!("{at}/{name}"), &format!("must have the format {format}"));
        }
    }

    fn date_and_time(&mut self, at: &str, fields: &Map<String, Value>) {
        let ten_digits = |given: &Value| given.as_u64().is_some_and(is_moment);
        if fields.get("initial_date_time").is_some_and(|given| !ten_digits(given)) {
            self.problem(&format!("{at}/initial_date_time"), "must be seconds since 1970, in 10 digits");
        }
    }

    fn place_or_person(&mut self, at: &str, fields: &Map<String, Value>) {
        for first in ["initial_user", "initial_channel", "initial_conversation"] {
            self.string(&format!("{at}/{first}"), fields.get(first), 1, ID);
        }
        for flag in ["response_url_enabled", "default_to_current_conversation"] {
            self.flag(&format!("{at}/{flag}"), fields.get(flag));
        }
    }

    /// An optional whole number.
    fn whole(&mut self, at: &str, given: Option<&Value>, least: u64, most: u64) -> Option<u64> {
        let given = given?;
        let number = given.as_u64().filter(|number| (least..=most).contains(number));
        if number.is_none() && most == u64::MAX {
            self.problem(at, &format!("must be {least} or more"));
        } else if number.is_none() {
            self.problem(at, &format!("must be from {least} to {most}"));
        }
        number
    }
}

/// A number as a number field takes it: digits, perhaps with a sign, and with a point if decimals are allowed.
pub(crate) fn as_number(text: &str, decimal: bool) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || part.is_some_and(|part| !decimal || !all_digits(part)) {
        return None;
    }
    text.parse().ok()
}

/// Whether a text is a date of the calendar: `2026-02-28`.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && jiff::civil::Date::strptime("%Y-%m-%d", text).is_ok()
}

/// Whether a text is a time of day with 24 hours: `07:05`.
pub(crate) fn is_time(text: &str) -> bool {
    text.len() == 5 && jiff::civil::Time::strptime("%H:%M", text).is_ok()
}

/// Whether a moment, in seconds since 1970, has the 10 digits that Slack asks for.
pub(crate) fn is_moment(seconds: u64) -> bool {
    (1_000_000_000..=9_999_999_999).contains(&seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_dates_and_times_are_told_from_other_text() {
        assert_eq!([as_number("-12", false), as_number("0", true)], [Some(-12.0), Some(0.0)]);
        assert_eq!(as_number("1.5", true), Some(1.5));
        for text in ["1.5", "", "-", "1e3", "+1", " 1", "0x1", "NaN", "١"] {
            assert_eq!(as_number(text, false), None, "{text}");
        }
        for text in ["1.", ".5", "1.5.2"] {
            assert_eq!(as_number(text, true), None, "{text}");
        }
        assert!(is_date("2028-02-29") && is_time("00:00") && is_time("23:59"));
        for text in ["2027-02-29", "2026-2-3", "26-02-03", "2026-02-03T", "tomorrow"] {
            assert!(!is_date(text), "{text}");
        }
        for text in ["24:00", "7:05", "07:60", "07:05:00", "noon "] {
            assert!(!is_time(text), "{text}");
        }
        assert!(is_moment(1_000_000_000) && is_moment(9_999_999_999));
        assert!(!is_moment(999_999_999) && !is_moment(10_000_000_000));
    }
}

//! Forms in Slack's form: modals, <https://docs.slack.dev/surfaces/modals>. Words come from the voice.

mod alert;
mod ask;
mod state;

pub use alert::form_answer;
pub(crate) use alert::{about, view as alert_view};
pub(crate) use ask::{ASK, About, HOME, PICK, home_view, pick_view};
pub use ask::{Suggested, ask_answer, ask_view, suggested};
pub(crate) use state::{State, fields, given};

use crate::blocks::{LABEL, MODAL, OPTION, OPTION_VALUE, PLACEHOLDER, plain};
use crate::draw::in_form;
use crate::text::width;
use serde_json::{Value, json};
use signalbox_voice::{Choice, Field, FieldKind, FormPage, FormPart, Words};

/// Options of a select: <https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element>. Where there
/// are more, a person searches.
const MOST_OPTIONS: usize = 100;
/// Blocks of a modal.
const BLOCKS: usize = 100;
/// The most characters that a field for text takes.
const WORDS: usize = 3000;

/// A form as a modal.
pub(crate) fn view(page: &FormPage, callback_id: &str, metadata: &str) -> Value {
    // Slack wants a form with questions to have a button that sends it. Without one, a choice stands beside its words.
    let asks = page.submit.is_some();
    let mut blocks: Vec<Value> = page.parts.iter().flat_map(|part| block(part, asks)).collect();
    blocks.truncate(BLOCKS);
    let mut view = json!({
        "type": "modal", "callback_id": callback_id, "private_metadata": metadata,
        "title": plain(&page.title, MODAL), "close": plain(page.leave, MODAL), "blocks": blocks,
    });
    if let Some(submit) = &page.submit {
        view["submit"] = json!(plain(submit, MODAL));
    }
    view
}

fn block(part: &FormPart, asks: bool) -> Vec<Value> {
    match part {
        FormPart::Say(said) => in_form(said),
        FormPart::Field(asked) if asks => vec![input(asked)],
        FormPart::Field(asked) => vec![beside(asked)],
    }
}

/// A choice that counts at once.
fn beside(asked: &Field) -> Value {
    let mut element = element(&asked.kind);
    element["action_id"] = json!(asked.name);
    json!({"type": "section", "block_id": asked.name, "text": label(asked), "accessory": element})
}

/// A question. Its block and its action have the field's name as their id.
fn input(asked: &Field) -> Value {
    let mut element = element(&asked.kind);
    element["action_id"] = json!(asked.name);
    let mut block = json!({
        "type": "input", "block_id": asked.name, "label": label(asked), "optional": asked.optional,
        "element": element,
    });
    if let Some(hint) = plain(&asked.hint, LABEL) {
        block["hint"] = hint;
    }
    if asked.live {
        block["dispatch_action"] = json!(true);
    }
    block
}

/// The question; where nothing of it can be seen, its name.
fn label(asked: &Field) -> Option<Value> {
    plain(&asked.label, LABEL).or_else(|| plain(&asked.name, LABEL))
}

fn element(kind: &FieldKind) -> Value {
    match kind {
        FieldKind::Choice(choices, chosen) => one_of(choices, chosen.as_deref()),
        FieldKind::Radio(choices, chosen) => {
            let Some(options) = options(choices) else { return typed(chosen.clone()) };
            let mut radio = json!({"type": "radio_buttons", "options": options});
            initial(&mut radio, "initial_option", found(choices, chosen.as_deref()));
            radio
        }
        FieldKind::Several(choices, chosen) => several(choices, chosen),
        FieldKind::Searched { several: false, chosen, placeholder } => {
            let mut select = json!({"type": "external_select", "min_query_length": 0});
            initial(&mut select, "initial_option", chosen.first().and_then(|value| option(value, value)));
            initial(&mut select, "placeholder", plain(placeholder, PLACEHOLDER));
            select
        }
        FieldKind::Searched { several: true, chosen, placeholder } => {
            let mut select = json!({"type": "multi_external_select", "min_query_length": 0});
            let first: Vec<Value> = chosen.iter().filter_map(|value| option(value, value)).collect();
            initial(&mut select, "initial_options", (!first.is_empty()).then(|| json!(first)));
            initial(&mut select, "placeholder", plain(placeholder, PLACEHOLDER));
            select
        }
        FieldKind::Words(words) => text(words),
        FieldKind::Number { decimal, least, most, filled, placeholder } => {
            let mut number = json!({"type": "number_input", "is_decimal_allowed": decimal});
            initial(&mut number, "min_value", least.as_ref().map(|n| json!(n)));
            initial(&mut number, "max_value", most.as_ref().map(|n| json!(n)));
            // Slack refuses a form whose first value is no number, or outside the bounds.
            let number_of = |text: &String| text.parse::<f64>().ok().filter(|n| n.is_finite());
            let (least, most) = (least.as_ref().and_then(number_of), most.as_ref().and_then(number_of));
            let within = |n: f64| least.is_none_or(|least| n >= least) && most.is_none_or(|most| n <= most);
            let fits = filled.as_ref().filter(|text| number_of(text).is_some_and(within));
            let fits = fits.filter(|text| *decimal || !text.contains('.'));
            initial(&mut number, "initial_value", fits.map(|n| json!(n)));
            initial(&mut number, "placeholder", plain(placeholder, PLACEHOLDER));
            number
        }
        FieldKind::Person(id) => chosen_of("users_select", "initial_user", id),
        FieldKind::Channel(id) => chosen_of("channels_select", "initial_channel", id),
        FieldKind::Date(day) => chosen_of("datepicker", "initial_date", day),
        FieldKind::Time(time) => chosen_of("timepicker", "initial_time", time),
        FieldKind::Moment(seconds) => {
            let mut picker = json!({"type": "datetimepicker"});
            // Slack takes moments of ten digits alone.
            let fits = seconds.filter(|s| (1_000_000_000..10_000_000_000).contains(s));
            initial(&mut picker, "initial_date_time", fits.map(|s| json!(s)));
            picker
        }
    }
}

fn initial(element: &mut Value, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        element[key] = value;
    }
}

fn chosen_of(kind: &str, key: &str, value: &Option<String>) -> Value {
    let mut element = json!({"type": kind});
    initial(&mut element, key, value.as_ref().map(|value| json!(value)));
    element
}

/// A choice as an option; `None` where its value does not fit, because another value would mean something else.
pub(crate) fn option(label: &str, value: &str) -> Option<Value> {
    let fits = (1..=OPTION_VALUE).contains(&width(value));
    Some(json!({"text": plain(label, OPTION)?, "value": value})).filter(|_| fits)
}

/// All choices as options; `None` if one of them does not fit.
fn options(choices: &[Choice]) -> Option<Vec<Value>> {
    choices.iter().map(|choice| option(&choice.label, &choice.value)).collect()
}

/// Where Slack could not offer every choice, what is chosen is typed.
fn typed(filled: Option<String>) -> Value {
    text(&Words { longest: WORDS, filled, ..Words::default() })
}

fn found(choices: &[Choice], chosen: Option<&str>) -> Option<Value> {
    let chosen = choices.iter().find(|choice| Some(choice.value.as_str()) == chosen)?;
    option(&chosen.label, &chosen.value)
}

fn one_of(choices: &[Choice], chosen: Option<&str>) -> Value {
    let Some(options) = options(choices) else { return typed(chosen.map(str::to_owned)) };
    let mut select = match (1..=MOST_OPTIONS).contains(&options.len()) {
        true => json!({"type": "static_select", "options": options}),
        false => json!({"type": "external_select", "min_query_length": 0}),
    };
    initial(&mut select, "initial_option", found(choices, chosen));
    select
}

fn several(choices: &[Choice], chosen: &[String]) -> Value {
    let Some(options) = options(choices) else { return typed(Some(chosen.join(","))) };
    let mut select = match (1..=MOST_OPTIONS).contains(&options.len()) {
        true => json!({"type": "multi_static_select", "options": options}),
        false => json!({"type": "multi_external_select", "min_query_length": 0}),
    };
    let first: Vec<Value> = chosen.iter().filter_map(|value| found(choices, Some(value))).collect();
    initial(&mut select, "initial_options", (!first.is_empty()).then(|| json!(first)));
    select
}

fn text(words: &Words) -> Value {
    let longest = words.longest.clamp(1, WORDS);
    let mut element = json!({"type": "plain_text_input", "multiline": words.lines, "max_length": longest});
    if words.shortest > 0 {
        element["min_length"] = json!(words.shortest.min(longest));
    }
    // Slack refuses a form whose first text is longer than the field.
    let fits = words.filled.as_ref().filter(|filled| width(filled) <= longest && !filled.is_empty());
    initial(&mut element, "initial_value", fits.map(|filled| json!(filled)));
    initial(&mut element, "placeholder", plain(&words.placeholder, PLACEHOLDER));
    element
}

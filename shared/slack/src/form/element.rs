//! What a question is answered with: <https://docs.slack.dev/reference/block-kit/block-elements>.

use super::Room;
use crate::blocks::PLACEHOLDER;
use crate::objects::{Choosable, Plain, option, plain};
use crate::text::width;
use serde::Serialize;
use signalbox_voice::{Choice, Field, FieldKind, Words};
use std::borrow::Cow;

/// Options of a select: <https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element>. Where there
/// are more, a person searches.
const MOST_OPTIONS: usize = 100;
/// The most characters that a field for text takes.
const WORDS: usize = 3000;

/// What a question is answered with, as Slack gets it. What is `None` is left out.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Element<'f> {
    StaticSelect {
        action_id: &'f str,
        options: Vec<Choosable<'f>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_option: Option<Choosable<'f>>,
    },
    ExternalSelect {
        action_id: &'f str,
        min_query_length: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_option: Option<Choosable<'f>>,
    },
    RadioButtons {
        action_id: &'f str,
        options: Vec<Choosable<'f>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_option: Option<Choosable<'f>>,
    },
    MultiStaticSelect {
        action_id: &'f str,
        options: Vec<Choosable<'f>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        initial_options: Vec<Choosable<'f>>,
    },
    MultiExternalSelect {
        action_id: &'f str,
        min_query_length: u8,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        initial_options: Vec<Choosable<'f>>,
    },
    PlainTextInput {
        action_id: &'f str,
        multiline: bool,
        max_length: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        min_length: Option<usize>,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_value: Option<Cow<'f, str>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        placeholder: Option<Plain<'f>>,
    },
    NumberInput {
        action_id: &'f str,
        is_decimal_allowed: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        min_value: Option<&'f str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        max_value: Option<&'f str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_value: Option<&'f str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        placeholder: Option<Plain<'f>>,
    },
    UsersSelect {
        action_id: &'f str,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_user: Option<&'f str>,
    },
    ChannelsSelect {
        action_id: &'f str,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_channel: Option<&'f str>,
    },
    Datepicker {
        action_id: &'f str,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_date: Option<&'f str>,
    },
    Timepicker {
        action_id: &'f str,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_time: Option<&'f str>,
    },
    Datetimepicker {
        action_id: &'f str,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_date_time: Option<i64>,
    },
}

pub(super) fn element<'f>(asked: &'f Field<'f>, room: &mut Room) -> Element<'f> {
    let action_id: &str = &asked.name;
    match &asked.kind {
        FieldKind::Choice(choices, chosen) => {
            let chosen = chosen.as_deref();
            let Some(options) = options(choices) else {
                return typed(action_id, chosen.unwrap_or_default().into(), room);
            };
            let initial_option = filled(found(choices, chosen), room);
            match (1..=MOST_OPTIONS).contains(&options.len()) && !room.tight {
                true => Element::StaticSelect { action_id, options, initial_option },
                false => Element::ExternalSelect { action_id, min_query_length: 0, initial_option },
            }
        }
        FieldKind::Search(chosen) => {
            let chosen = chosen.as_ref().and_then(|chosen| option(&chosen.label, &chosen.value));
            Element::ExternalSelect { action_id, min_query_length: 0, initial_option: filled(chosen, room) }
        }
        FieldKind::Radio(choices, chosen) => match options(choices) {
            Some(options) => {
                let initial_option = filled(found(choices, chosen.as_deref()), room);
                Element::RadioButtons { action_id, options, initial_option }
            }
            None => typed(action_id, chosen.as_deref().unwrap_or_default().into(), room),
        },
        FieldKind::Several(choices, chosen) => {
            let Some(options) = options(choices) else {
                return typed(action_id, chosen.join(",").into(), room);
            };
            let first = chosen.iter().filter_map(|value| filled(found(choices, Some(value)), room));
            let initial_options = first.collect();
            match (1..=MOST_OPTIONS).contains(&options.len()) && !room.tight {
                true => Element::MultiStaticSelect { action_id, options, initial_options },
                false => Element::MultiExternalSelect { action_id, min_query_length: 0, initial_options },
            }
        }
        FieldKind::SearchSeveral(chosen) => {
            let first = chosen.iter().filter_map(|one| filled(option(&one.label, &one.value), room));
            Element::MultiExternalSelect { action_id, min_query_length: 0, initial_options: first.collect() }
        }
        FieldKind::Words(words) => text(action_id, words, words.filled.as_deref().map(Cow::from), room),
        FieldKind::Number { decimal, least, most, filled, placeholder } => {
            // Slack refuses a form whose first value is no number in digits, or outside the bounds.
            let number_of = |text: &str| text.parse::<f64>().ok().filter(|_| in_digits(text));
            let (min, max) = (least.as_deref().and_then(number_of), most.as_deref().and_then(number_of));
            let within = |n: f64| min.is_none_or(|min| n >= min) && max.is_none_or(|max| n <= max);
            let fits = |text: &&str| number_of(text).is_some_and(within) && (*decimal || !text.contains('.'));
            Element::NumberInput {
                action_id,
                is_decimal_allowed: *decimal,
                min_value: least.as_deref(),
                max_value: most.as_deref(),
                initial_value: filled.as_deref().filter(fits).filter(|text| room.fill(text.len())),
                placeholder: shown(placeholder, room),
            }
        }
        FieldKind::Person(id) => Element::UsersSelect { action_id, initial_user: id.as_deref() },
        FieldKind::Channel(id) => Element::ChannelsSelect { action_id, initial_channel: id.as_deref() },
        FieldKind::Date(day) => Element::Datepicker { action_id, initial_date: day.as_deref() },
        FieldKind::Time(time) => Element::Timepicker { action_id, initial_time: time.as_deref() },
        FieldKind::Moment(seconds) => {
            // Slack takes moments of ten digits alone.
            let fits = |seconds: &i64| (1_000_000_000..10_000_000_000).contains(seconds);
            Element::Datetimepicker { action_id, initial_date_time: seconds.filter(fits) }
        }
    }
}

/// Whether a number is written with digits alone, with a sign before and a point between: no `1e3`, `.5` or `5.`.
fn in_digits(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').map_or(digits(text), |(whole, part)| digits(whole) && digits(part))
}

/// All choices as options; `None` if one of them does not fit.
fn options<'f>(choices: &'f [Choice<'f>]) -> Option<Vec<Choosable<'f>>> {
    choices.iter().map(|choice| option(&choice.label, &choice.value)).collect()
}

fn found<'f>(choices: &'f [Choice<'f>], chosen: Option<&str>) -> Option<Choosable<'f>> {
    let chosen = choices.iter().find(|choice| Some(choice.value.as_ref()) == chosen)?;
    option(&chosen.label, &chosen.value)
}

/// What is chosen at first, if there is room for it.
fn filled<'f>(chosen: Option<Choosable<'f>>, room: &mut Room) -> Option<Choosable<'f>> {
    chosen.filter(|chosen| room.fill(chosen.size()))
}

fn shown<'f>(placeholder: &'f str, room: &Room) -> Option<Plain<'f>> {
    if room.tight { None } else { plain(placeholder, PLACEHOLDER) }
}

/// Where Slack could not offer every choice, what is chosen is typed.
fn typed<'f>(action_id: &'f str, filled: Cow<'f, str>, room: &mut Room) -> Element<'f> {
    const ANY: &Words =
        &Words { lines: false, shortest: 0, longest: WORDS, filled: None, placeholder: Cow::Borrowed("") };
    text(action_id, ANY, Some(filled), room)
}

fn text<'f>(
    action_id: &'f str,
    words: &'f Words<'f>,
    filled: Option<Cow<'f, str>>,
    room: &mut Room,
) -> Element<'f> {
    let longest = words.longest.clamp(1, WORDS);
    // Slack refuses a form whose first text is longer than the field.
    let fits = |text: &Cow<'_, str>| !text.is_empty() && width(text) <= longest;
    Element::PlainTextInput {
        action_id,
        multiline: words.lines,
        max_length: longest,
        min_length: (words.shortest > 0).then_some(words.shortest.min(longest)),
        initial_value: filled.filter(fits).filter(|text| room.fill(text.len())),
        placeholder: shown(&words.placeholder, room),
    }
}

//! What parameters take, in words.

use crate::text::{Text, say};
use signalbox_domain::parameter::{Kind, spelt};
use signalbox_domain::phrase::quoted;
use signalbox_domain::{Parameter, Value};
use std::time::Duration;

/// At most this many items are listed in a sentence.
pub(crate) const MOST_LISTED: usize = 12;

/// Explains one parameter in a line.
pub(crate) fn parameter(parameter: &Parameter) -> Text {
    let text = say("• ").code(parameter.name.as_str()).say(": ").then(takes(&parameter.kind));
    let text = match (&parameter.fixed, &parameter.default) {
        (Some(fixed), _) => text.say("; always ").code(&fixed.to_string()),
        (None, Some(default)) => text.say("; if left out, ").code(&default.to_string()),
        (None, None) if parameter.required => text,
        (None, None) => text.say("; may be left out"),
    };
    let text = parameter.when.iter().fold(text, |text, when| {
        text.say("; only if ").code(when.parameter.as_str()).say(" is ").then(values(&when.is))
    });
    if parameter.description.is_empty() { text } else { text.say(". ").prose(&parameter.description) }
}

/// Which values a type takes, as a part of a sentence.
#[must_use]
pub fn takes(kind: &Kind) -> Text {
    let text = Text::default();
    let in_zone = |words: &'static str, zone: &str| say(words).code(zone);
    match kind {
        Kind::String { pattern: None, shortest, longest } => {
            text.say("text").then(length(*shortest, *longest))
        }
        Kind::String { pattern: Some(pattern), shortest, longest } => {
            text.say("text that matches ").code(pattern.as_str()).then(length(*shortest, *longest))
        }
        Kind::Text { longest } => text.plain(format!("lines of text, at most {longest} characters")),
        Kind::Choice { options } => text.say("one of ").then(listed(options)),
        Kind::Choices { options, fewest, most } => {
            let text = text.then(how_many(*fewest, *most)).say(" of ").then(listed(options));
            text.say(", with commas between them")
        }
        Kind::Integer { min, max, step, unit } => {
            let text = text.plain(bounds("a whole number", *min, *max, unit.as_deref()));
            stepped(text, step.map(|s| s.to_string()))
        }
        Kind::Number { min, max, step, unit } => {
            let text = text.plain(bounds("a number", *min, *max, unit.as_deref()));
            stepped(text, step.map(|s| s.to_string()))
        }
        Kind::Boolean => text.say("`true` or `false`"),
        Kind::Thing { only, .. } => {
            let names: Vec<String> = only.iter().map(ToString::to_string).collect();
            text.say("one of ").then(listed(&names))
        }
        Kind::Version { range, channels } => {
            let text = text.say("a version such as `1.4.2`");
            let text = match range {
                Some(range) => text.say(", in the range ").code(range.as_str()),
                None => text,
            };
            if channels.is_empty() { text } else { text.say(", of ").then(listed(channels)) }
        }
        Kind::Duration { min, max } => {
            let spelt = |seconds: &Option<u64>| seconds.map(|s| spelt(Duration::from_secs(s)));
            text.plain(bounds("a length of time such as 90m", spelt(min), spelt(max), None))
        }
        Kind::Date { zone } => {
            in_zone("a day such as `2026-12-01` or `tomorrow`, in the time zone ", zone.as_str())
        }
        Kind::Time { zone } => in_zone("a time such as `18:30`, in the time zone ", zone.as_str()),
        Kind::DateTime { zone } => {
            in_zone("a day and a time such as `2026-12-01 18:30`, in the time zone ", zone.as_str())
        }
        Kind::User => text.say("a person: mention them, as in `@ada`"),
        Kind::Channel => text.say("a channel: name it, as in `#ops`"),
        Kind::Json => text.say("JSON"),
        Kind::Steps => text.say("operations, a line for each, as it is typed after `/signalbox`"),
        Kind::Secret { names } => {
            let names: Vec<String> = names.iter().map(|(name, _)| name.clone()).collect();
            text.say("the name of a secret: one of ").then(listed(&names))
        }
    }
}

fn length(shortest: Option<usize>, longest: Option<usize>) -> Text {
    let text = Text::default();
    match (shortest, longest) {
        (None, None) => text,
        (Some(least), None) => text.plain(format!(", at least {least} characters")),
        (None, Some(most)) => text.plain(format!(", at most {most} characters")),
        (Some(least), Some(most)) => text.plain(format!(", {least} to {most} characters")),
    }
}

pub(crate) fn how_many(fewest: Option<usize>, most: Option<usize>) -> Text {
    let text = Text::default();
    match (fewest, most) {
        (None, None) => text.say("any"),
        (Some(least), None) => text.plain(format!("at least {least}")),
        (None, Some(most)) => text.plain(format!("at most {most}")),
        (Some(least), Some(most)) if least == most => text.plain(least.to_string()),
        (Some(least), Some(most)) => text.plain(format!("{least} to {most}")),
    }
}

fn stepped(text: Text, step: Option<String>) -> Text {
    match step {
        Some(step) => text.plain(format!(", in steps of {step}")),
        None => text,
    }
}

fn bounds<T: ToString>(what: &str, min: Option<T>, max: Option<T>, unit: Option<&str>) -> String {
    let unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    match (min.map(|m| m.to_string()), max.map(|m| m.to_string())) {
        (Some(min), Some(max)) => format!("{what} from {min} to {max}{unit}"),
        (Some(min), None) => format!("{what} of at least {min}{unit}"),
        (None, Some(max)) => format!("{what} of at most {max}{unit}"),
        (None, None) => match unit.as_str() {
            "" => what.to_owned(),
            unit => format!("{what}:{unit}"),
        },
    }
}

/// Options, as many as fit in a sentence.
pub(crate) fn listed(options: &[String]) -> Text {
    let shown = options.iter().take(MOST_LISTED).map(|o| Text::default().code(o));
    let text = Text::join(shown, ", ");
    match options.len().saturating_sub(MOST_LISTED) {
        0 => text,
        more => text.plain(format!(" and {more} more")),
    }
}

pub(crate) fn values(all: &[Value]) -> Text {
    Text::join(all.iter().map(|value| Text::default().code(&value.to_string())), " or ")
}

/// A value that a type takes, as it is typed; `None` if only the team knows one.
#[must_use]
pub fn sample(parameter: &Parameter) -> Option<String> {
    if let Some(example) = parameter.examples.first() {
        return Some(quoted(&example.to_string()).into_owned());
    }
    match &parameter.kind {
        Kind::String { .. } | Kind::User | Kind::Channel | Kind::Json | Kind::Steps => None,
        Kind::Text { .. } => Some("\"two words\"".to_owned()),
        Kind::Choice { options } | Kind::Choices { options, .. } => {
            options.first().map(|option| quoted(option).into_owned())
        }
        Kind::Integer { min, max, .. } => Some(min.or(*max).unwrap_or(1).to_string()),
        Kind::Number { min, max, .. } => {
            Some(min.or(*max).map_or_else(|| "0.5".to_owned(), |number| number.to_string()))
        }
        Kind::Boolean => Some("true".to_owned()),
        Kind::Thing { only, .. } => only.first().map(ToString::to_string),
        // A range or a channel may not have any version that could be named here.
        Kind::Version { range: None, channels } if channels.is_empty() => Some("1.4.2".to_owned()),
        Kind::Version { .. } => None,
        Kind::Duration { min, max } => Some(spelt(Duration::from_secs(min.or(*max).unwrap_or(3600)))),
        Kind::Date { .. } => Some("tomorrow".to_owned()),
        Kind::Time { .. } => Some("18:30".to_owned()),
        Kind::DateTime { .. } => Some("\"tomorrow 18:30\"".to_owned()),
        Kind::Secret { names } => names.first().map(|(name, _)| name.clone()),
    }
}

//! What stands below a field of a form.

use super::words_of;
use crate::parameter::takes;
use signalbox_domain::Parameter;
use signalbox_domain::observation::cut_middle;
use signalbox_domain::parameter::Kind;
use std::borrow::Cow;

/// The longest hint, in characters.
pub(super) const LONGEST_HINT: usize = 300;

/// What it means, and what it takes where its field does not show that.
pub(super) fn hint(parameter: &Parameter) -> Cow<'_, str> {
    let shows = match &parameter.kind {
        Kind::Choice { .. } | Kind::Boolean | Kind::Thing { .. } | Kind::Secret { .. } => true,
        Kind::String { pattern: None, shortest: None, longest: None } => true,
        Kind::User | Kind::Channel | Kind::Text { .. } | Kind::Choices { .. } => true,
        Kind::String { .. }
        | Kind::Integer { .. }
        | Kind::Number { .. }
        | Kind::Version { .. }
        | Kind::Duration { .. }
        | Kind::Date { .. }
        | Kind::Time { .. }
        | Kind::DateTime { .. }
        | Kind::Json
        | Kind::Steps => false,
    };
    let description = parameter.description.trim_end_matches('.');
    if shows && parameter.examples.is_empty() && description.len() <= LONGEST_HINT {
        return description.into();
    }
    let takes = if shows { String::new() } else { capitalised(&words_of(&takes(&parameter.kind))) };
    let examples: Vec<String> = parameter.examples.iter().take(3).map(ToString::to_string).collect();
    let examples =
        if examples.is_empty() { String::new() } else { format!("For example {}", examples.join(", ")) };
    let said = [description, &takes, &examples].into_iter().filter(|said| !said.is_empty());
    let said: Vec<&str> = said.collect();
    cut_middle(&said.join(". "), LONGEST_HINT).into()
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

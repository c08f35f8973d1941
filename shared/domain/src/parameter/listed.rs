//! Values that come from a list outside.

use super::{Context, Kind, Parameter, Problem, Value};
use crate::lookup::Source;
use crate::nearest::nearest;

/// So many values are named where one is refused.
const NAMED: usize = 100;

impl Parameter {
    /// The words of a value that have to be in the list.
    #[must_use]
    pub fn words<'v>(&self, value: &'v str) -> Vec<&'v str> {
        match self.kind {
            Kind::Choices { .. } => value.split(',').filter(|word| !word.is_empty()).collect(),
            Kind::String { .. }
            | Kind::Text { .. }
            | Kind::Choice { .. }
            | Kind::Integer { .. }
            | Kind::Number { .. }
            | Kind::Boolean
            | Kind::Thing { .. }
            | Kind::Version { .. }
            | Kind::Duration { .. }
            | Kind::Date { .. }
            | Kind::Time { .. }
            | Kind::DateTime { .. }
            | Kind::User
            | Kind::Channel
            | Kind::Json
            | Kind::Steps
            | Kind::Secret { .. } => vec![value],
        }
    }

    /// Whether what is known of its list has the value. Only a list that is fresh and whole says no: all else is for the
    /// dispatcher, which asks the system.
    pub(super) fn is_listed(&self, value: &Value, context: &Context<'_>) -> Result<(), Problem> {
        let Some(from) = &self.from else { return Ok(()) };
        let value = value.to_string();
        let words = self.words(&value);
        if let Some(pattern) = &from.matching
            && words.iter().any(|word| !pattern.matches(word))
        {
            return Err(Problem::PatternMismatch { pattern: pattern.as_str().to_owned() });
        }
        let Some(known) = context.lists.and_then(|lists| lists.get(&self.name)) else { return Ok(()) };
        let Some(values) = known.values() else { return Ok(()) };
        if values.more || known.trouble.is_some() || !known.is_fresh(from.fresh, context.now) {
            return Ok(());
        }
        let Some(missing) = words.into_iter().find(|word| !values.all.iter().any(|v| v == word)) else {
            return Ok(());
        };
        Err(Problem::NotAnOption {
            options: values.all.iter().take(NAMED).cloned().collect(),
            did_you_mean: nearest(missing, values.all.iter().map(String::as_str)),
        })
    }

    /// What is offered of its list: values that the type takes, too.
    #[must_use]
    pub fn offered<'c>(&self, context: &Context<'c>) -> Vec<&'c str> {
        let known = context.lists.and_then(|lists| lists.get(&self.name)).and_then(|known| known.values());
        let (Some(from), Some(values)) = (&self.from, known) else { return vec![] };
        values.all.iter().map(String::as_str).filter(|value| from.offers(self, value, context)).collect()
    }

    /// Where its list is, with the values of the parameters before it; `None` where it has no list, or one of them is
    /// not filled in yet.
    #[must_use]
    pub fn list(&self, placeholders: &crate::lookup::Placeholders<'_>) -> Option<Source> {
        self.from.as_ref()?.source.filled(placeholders)
    }
}

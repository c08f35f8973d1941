//! What one run does: its operation's target, with every placeholder filled.

use super::Intent;
use super::changed::with_values;
use crate::catalogue::{Operation, Target, TargetKind};
use crate::ids::RunId;
use crate::landscape::Landscape;
use crate::parameter::{Kind, Parameter};
use serde::{Deserialize, Serialize};

/// The work of one run: a target with every placeholder filled. What a backend gets, and what the audit keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Work(pub Target);

impl Work {
    /// Which backend carries it out.
    #[must_use]
    pub fn kind(&self) -> TargetKind {
        self.0.kind()
    }

    /// What carries it out, in a word that begins a sentence.
    #[must_use]
    pub fn system(&self) -> &'static str {
        self.0.told().0
    }

    /// Where a person looks for it, in words: the system, and what is started there.
    #[must_use]
    pub fn whereabouts(&self) -> String {
        self.0.told().1
    }
}

/// Fills the placeholders of the operation's target.
#[must_use]
pub fn work_of(landscape: &Landscape, operation: &Operation, intent: &Intent, run: &RunId) -> Work {
    Work(with_values(&operation.target, intent, run, &|name| looked_up(name, landscape, operation, intent)))
}

/// What a placeholder stands for: a parameter's value, or what the catalogue says of it (`env.region`) or of who asks
/// (`requester.login`). `None` where there is nothing.
pub(super) fn looked_up(
    name: &str,
    landscape: &Landscape,
    operation: &Operation,
    intent: &Intent,
) -> Option<String> {
    let (name, key) = match name.split_once('.') {
        Some((name, key)) => (name, Some(key)),
        None => (name, None),
    };
    if let ("requester", Some(key)) = (name, key) {
        return landscape.of_person(intent.requester.as_person()?, key).map(str::to_owned);
    }
    let value = intent.parameters.get(name)?.to_string();
    // What the catalogue no longer has is handed over as it was asked for.
    let parameter = operation.parameters.iter().find(|p| p.name.as_str() == name);
    match (key, parameter) {
        (None, Some(parameter)) => Some(parameter.handed(&value).to_owned()),
        (None, None) => Some(value),
        (Some(key), Some(Parameter { kind: Kind::Thing { of, .. }, .. })) => {
            landscape.setting(*of, &value, key).map(str::to_owned)
        }
        (Some(_), Some(_) | None) => None,
    }
}

#[cfg(test)]
#[path = "work_tests.rs"]
mod tests;

//! What one run does: its operation's target, with every placeholder filled.

use super::Intent;
use crate::catalogue::{Operation, Target, TargetKind};
use crate::ids::{ParameterName, RunId};
use crate::landscape::Landscape;
use crate::lookup::Placeholders;
use crate::parameter::Value;
use crate::template::filled;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// The work of a request that nobody has sent yet. What only a request has, its id and who asks, is empty in it.
#[must_use]
pub fn work_before(
    landscape: &Landscape,
    operation: &Operation,
    values: &BTreeMap<ParameterName, Value>,
) -> Work {
    let given = Placeholders { landscape, parameters: &operation.parameters, values };
    let mut target = operation.target.clone();
    target.fill(&|text| {
        filled(text, |name| match name.split('.').next() {
            Some("run" | "requester") => Some(String::new()),
            Some(_) | None => given.value(name),
        })
    });
    Work(target)
}

/// What a placeholder stands for: a parameter's value, or what the catalogue says of it (`env.region`) or of who asks
/// (`requester.login`). `None` where there is nothing.
pub(super) fn looked_up(
    name: &str,
    landscape: &Landscape,
    operation: &Operation,
    intent: &Intent,
) -> Option<String> {
    if let (Some(key), Some(person)) = (name.strip_prefix("requester."), intent.requester.as_person()) {
        return landscape.of_person(person, key).map(str::to_owned);
    }
    Placeholders { landscape, parameters: &operation.parameters, values: &intent.parameters }.value(name)
}

/// The target with its placeholders filled for this request.
pub(super) fn with_values(
    target: &Target,
    intent: &Intent,
    run: &RunId,
    values: &dyn Fn(&str) -> Option<String>,
) -> Target {
    let mut target = target.clone();
    target.fill(&|text| {
        filled(text, |name| match name {
            "run" => Some(run.as_str().to_owned()),
            "requester" => Some(intent.requester.to_string()),
            name => values(name),
        })
    });
    target
}

#[cfg(test)]
#[path = "work_tests.rs"]
mod tests;

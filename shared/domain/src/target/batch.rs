//! What the `steps` target says: other operations, in order or side by side. Each step is a run of its own.

use super::{Fill, Written};
use crate::digest::Feed;
use crate::ids::{OperationName, ParameterName};
use crate::template::filled;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Several operations that are asked for together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchTarget {
    /// In the order in which they begin. At least one, at most [`MOST_STEPS`].
    pub steps: Vec<BatchStep>,
    /// Whether they begin at the same time; else each begins when the one before has ended well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub parallel: bool,
    /// Whether the others go on after one that did not end well; else those that have not begun are left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub go_on: bool,
}

/// The most steps of one batch: what is known of all of them has to fit into one head.
pub const MOST_STEPS: usize = 50;

/// One step: an operation, and what it is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchStep {
    pub operation: OperationName,
    /// Values with placeholders; one that names a parameter nobody gave is left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub given: BTreeMap<ParameterName, String>,
}

impl BatchStep {
    /// The line that a person would type for it.
    #[must_use]
    pub fn line(&self) -> String {
        self.given.iter().fold(self.operation.to_string(), |line, (name, value)| {
            format!("{line} {name}={}", crate::phrase::quoted(value))
        })
    }
}

impl BatchTarget {
    /// All values that the steps are given, with their placeholders filled; without those that cannot be filled yet.
    pub(crate) fn given(&self, value: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let templates = self.steps.iter().flat_map(|step| step.given.values());
        templates.filter_map(|template| filled(template, &value)).collect()
    }

    pub(super) fn fill(&mut self, fill: &Fill<'_>) {
        for step in &mut self.steps {
            step.given = std::mem::take(&mut step.given)
                .into_iter()
                .filter_map(|(k, v)| Some((k, fill(&v)?)))
                .collect();
        }
    }

    pub(super) fn whereabouts(&self) -> String {
        format!("{} steps, each a run of its own", self.steps.len())
    }

    pub(super) fn written(&self) -> Vec<Written> {
        let at = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect::<Vec<_>>();
        let mut all: Vec<Written> = vec![];
        for (i, step) in self.steps.iter().enumerate() {
            let number = i.to_string();
            all.push((at(&["steps", &number, "run"]), step.operation.to_string()));
            all.extend(
                step.given
                    .iter()
                    .map(|(name, value)| (at(&["steps", &number, "with", name.as_str()]), value.clone())),
            );
        }
        all.push((at(&["parallel"]), self.parallel.to_string()));
        all.push((at(&["on-failure"]), if self.go_on { "go-on" } else { "stop" }.to_owned()));
        all
    }

    pub(super) fn feed(&self, feed: &mut Feed) {
        for (keys, text) in self.written() {
            feed.text(&keys.join("."));
            feed.text(&text);
        }
    }
}

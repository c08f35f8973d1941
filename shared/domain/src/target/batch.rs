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
    /// Where the steps are not the catalogue's, but those of the person who asks: then there are none above until a
    /// request says which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<GivenSteps>,
}

/// Steps that are given by whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenSteps {
    /// The placeholder of a parameter of the type `steps`.
    pub steps: String,
    /// The placeholder of a parameter that says whether they begin at the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel: Option<String>,
    /// The placeholder of a parameter that says whether the others go on: `stop` or `go-on`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<String>,
}

/// The word for a batch that goes on after a step that did not end well.
pub const GO_ON: &str = "go-on";

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
    /// The step that a line in full says, as [`BatchStep::line`] writes it.
    #[must_use]
    pub fn of_line(line: &str) -> Option<Self> {
        let (operation, given) = crate::phrase::named(line)?;
        Some(Self { operation, given })
    }

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
        let values = templates.filter_map(|template| filled(template, &value));
        let given = self.given.as_ref().and_then(|given| filled(&given.steps, &value));
        let given = given.iter().flat_map(|text| text.lines()).filter_map(BatchStep::of_line);
        values.chain(given.flat_map(|step| step.given.into_values())).collect()
    }

    pub(super) fn fill(&mut self, fill: &Fill<'_>) {
        if let Some(given) = self.given.take() {
            let text = fill(&given.steps).unwrap_or_default();
            self.parallel = given.parallel.and_then(|text| fill(&text)).is_some_and(|text| text == "true");
            self.go_on = given.on_failure.and_then(|text| fill(&text)).is_some_and(|text| text == GO_ON);
            self.steps = text.lines().filter_map(BatchStep::of_line).collect();
            return;
        }
        for step in &mut self.steps {
            step.given = std::mem::take(&mut step.given)
                .into_iter()
                .filter_map(|(k, v)| Some((k, fill(&v)?)))
                .collect();
        }
    }

    pub(super) fn whereabouts(&self) -> String {
        match self.steps.len() {
            0 => "the steps that are given, each a run of its own".to_owned(),
            1 => "1 step, a run of its own".to_owned(),
            steps => format!("{steps} steps, each a run of its own"),
        }
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
        if let Some(GivenSteps { steps, parallel, on_failure }) = &self.given {
            let texts = [
                ("steps", Some(steps)),
                ("parallel", parallel.as_ref()),
                ("on-failure", on_failure.as_ref()),
            ];
            all.extend(texts.into_iter().filter_map(|(key, text)| Some((at(&[key]), text?.clone()))));
            return all;
        }
        all.push((at(&["parallel"]), self.parallel.to_string()));
        all.push((at(&["on-failure"]), if self.go_on { GO_ON } else { "stop" }.to_owned()));
        all
    }

    pub(super) fn feed(&self, feed: &mut Feed) {
        for (keys, text) in self.written() {
            feed.text(&keys.join("."));
            feed.text(&text);
        }
    }
}

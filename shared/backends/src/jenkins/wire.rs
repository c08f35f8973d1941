//! Queue items, builds and stages in Jenkins's form. Only what we ask for by `tree` is read.

use crate::excerpt::{MOST_SEEN, short};
use serde::Deserialize;
use serde_json::Value;
use signalbox_domain::observation::{Conclusion, Outcome};

/// The fields that are asked of a queue item.
pub(super) const ITEM: &str = "id,why,cancelled,executable[number],actions[parameters[name,value]]";
/// The fields that are asked of a build.
pub(super) const BUILD: &str =
    "number,queueId,building,inProgress,result,timestamp,actions[parameters[name,value]]";

#[derive(Deserialize)]
pub(super) struct Item {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) cancelled: bool,
    /// Why the item is still in the queue, in Jenkins's words.
    pub(super) why: Option<String>,
    pub(super) executable: Option<Executable>,
    #[serde(default)]
    actions: Vec<Option<Action>>,
}

#[derive(Deserialize)]
pub(super) struct Executable {
    pub(super) number: u64,
}

#[derive(Deserialize)]
pub(super) struct Build {
    pub(super) number: u64,
    #[serde(rename = "queueId")]
    pub(super) queue_id: Option<i64>,
    #[serde(default)]
    building: bool,
    #[serde(rename = "inProgress", default)]
    in_progress: bool,
    pub(super) result: Option<String>,
    #[serde(default)]
    pub(super) timestamp: i64,
    #[serde(default)]
    actions: Vec<Option<Action>>,
}

#[derive(Deserialize)]
struct Action {
    #[serde(default)]
    parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
struct Parameter {
    name: Option<String>,
    value: Option<Value>,
}

/// The queue.
#[derive(Deserialize)]
pub(super) struct Queue {
    #[serde(default)]
    pub(super) items: Vec<Item>,
}

/// A job's latest builds, the number its next one gets, and the parameters it declares.
#[derive(Deserialize)]
pub(super) struct Job {
    #[serde(rename = "allBuilds", default)]
    pub(super) builds: Vec<Build>,
    #[serde(rename = "nextBuildNumber")]
    pub(super) next_number: Option<u64>,
    /// Whether it can be built now: not if it is disabled. A folder does not say.
    pub(super) buildable: Option<bool>,
    #[serde(default)]
    property: Vec<Option<Property>>,
}

#[derive(Deserialize)]
struct Property {
    #[serde(rename = "parameterDefinitions", default)]
    definitions: Vec<Definition>,
}

#[derive(Deserialize)]
struct Definition {
    name: Option<String>,
    /// `BooleanParameterDefinition` and the like.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// The choices, if the parameter is a choice.
    choices: Option<Vec<String>>,
}

/// A parameter as a job declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// The choices, if it is a choice.
    pub choices: Option<Vec<String>>,
    /// Whether it is a boolean.
    pub boolean: bool,
}

/// `wfapi/describe`.
#[derive(Deserialize)]
pub(super) struct Pipeline {
    #[serde(default)]
    pub(super) stages: Vec<Stage>,
}

#[derive(Deserialize)]
pub(super) struct Stage {
    pub(super) name: String,
    pub(super) status: Option<String>,
}

fn parameter<'a>(actions: &'a [Option<Action>], name: &str) -> Option<&'a str> {
    let mut all = actions.iter().flatten().flat_map(|a| &a.parameters);
    all.find(|p| p.name.as_deref() == Some(name))?.value.as_ref()?.as_str()
}

impl Item {
    /// Whether the run's id arrived: Jenkins drops unknown parameters without saying so.
    pub(super) fn carries(&self, name: &str, value: &str) -> bool {
        self.parameter(name) == Some(value)
    }

    /// The value of a parameter, if it is text.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        parameter(&self.actions, name).filter(|v| !v.is_empty())
    }
}

impl Build {
    /// Whether the run's id arrived.
    pub(super) fn carries(&self, name: &str, value: &str) -> bool {
        self.parameter(name) == Some(value)
    }

    /// The value of a parameter, if it was text.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        parameter(&self.actions, name).filter(|v| !v.is_empty())
    }

    /// Whether the build says what this parameter was, even if it was empty. A build that does not say so may have
    /// lost it, and then nobody can say whose build it is.
    pub(super) fn tells(&self, name: &str) -> bool {
        let mut all = self.actions.iter().flatten().flat_map(|a| &a.parameters);
        all.any(|p| p.name.as_deref() == Some(name) && p.value.as_ref().is_some_and(Value::is_string))
    }

    /// A build is over when nothing of it goes on: `building` ends before the steps after the build do.
    pub(super) fn has_ended(&self) -> bool {
        !self.building && !self.in_progress && self.result.is_some()
    }

    /// Nothing of it goes on, and it does not say how it ended: this happens to builds when Jenkins itself was ended.
    pub(super) fn is_cut_off(&self) -> bool {
        !self.building && !self.in_progress && self.result.is_none()
    }

    /// How it ended.
    pub(super) fn outcome(&self, stages: &[Stage], excerpt: String) -> Outcome {
        let bad = |s: &&Stage| matches!(s.status.as_deref(), Some("FAILED" | "ABORTED" | "UNSTABLE"));
        let at = stages.iter().find(bad).map(|s| format!(" in stage {}", short(&s.name))).unwrap_or_default();
        let (conclusion, summary) = match self.result.as_deref() {
            Some("SUCCESS") => (Conclusion::Succeeded, String::new()),
            Some("FAILURE") => (Conclusion::Failed, format!("failed{at}")),
            Some("UNSTABLE") => (Conclusion::Failed, format!("unstable{at}")),
            Some("ABORTED") => (Conclusion::Cancelled, format!("aborted on Jenkins{at}")),
            Some("NOT_BUILT") => (Conclusion::Failed, "Jenkins did not build it".to_owned()),
            Some(other) => (Conclusion::Failed, format!("Jenkins calls it {}", short(other))),
            None => (Conclusion::Failed, "Jenkins does not say how it ended".to_owned()),
        };
        Outcome { conclusion, summary, excerpt }
    }
}

impl Job {
    /// Whether the job takes a parameter of this name.
    pub(super) fn declares(&self, name: &str) -> bool {
        let mut all = self.property.iter().flatten().flat_map(|p| &p.definitions);
        all.any(|d| d.name.as_deref() == Some(name))
    }

    /// All parameters that it declares.
    pub(super) fn parameters(self) -> Vec<Declared> {
        let all = self.property.into_iter().flatten().flat_map(|p| p.definitions);
        let declared = |d: Definition| {
            let boolean = d.kind.is_some_and(|kind| kind == "BooleanParameterDefinition");
            Some(Declared { name: d.name?, choices: d.choices, boolean })
        };
        all.filter_map(declared).collect()
    }

    /// The choices of a parameter, if the job says that it is a choice.
    pub(super) fn choices(&self, name: &str) -> Option<&[String]> {
        let mut all = self.property.iter().flatten().flat_map(|p| &p.definitions);
        all.find(|d| d.name.as_deref() == Some(name))?.choices.as_deref()
    }
}

impl Pipeline {
    /// The stages that have begun, in order.
    pub(super) fn begun(&self) -> Vec<String> {
        let begun = |s: &&Stage| !matches!(s.status.as_deref(), None | Some("NOT_EXECUTED"));
        let title = |s: &Stage| match s.status.as_deref() {
            Some("PAUSED_PENDING_INPUT") => format!("{}: waits for an answer on Jenkins", short(&s.name)),
            _ => short(&s.name),
        };
        self.stages.iter().filter(begun).take(MOST_SEEN).map(title).collect()
    }
}

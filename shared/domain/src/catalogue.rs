//! The catalogue after it was checked: what may be asked for, by whom, and where it is carried out.

use crate::grant::Grant;
use crate::ids::{Name, OperationName};
use crate::parameter::Parameter;
use crate::silence::{Scope, SilenceRule};
use crate::watch::Watch;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// Everything people may ask for. Made by the `catalogue` crate, which checked it; read by all.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    /// By name; also the slash command where a team makes one.
    pub operations: BTreeMap<OperationName, Operation>,
    /// The allowlist of the `command` target: the word that operations use, and the program it means. A bare name is
    /// looked up on the server's `PATH`, a path is taken from the catalogue's folder. Nothing else is ever run.
    pub programs: BTreeMap<String, String>,
    /// Logs to be watched.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub watches: BTreeMap<Name, Watch>,
}

impl Catalogue {
    /// Silences that are about alerts with certain labels, each once: an alert manager can know of these.
    #[must_use]
    pub fn silences_by_labels(&self) -> Vec<&SilenceRule> {
        let mut all: Vec<&SilenceRule> = vec![];
        for rule in self.watches.values().flat_map(|watch| &watch.silences) {
            if matches!(rule.scope, Scope::Labels(_)) && !all.contains(&rule) {
                all.push(rule);
            }
        }
        all
    }
}

/// One thing people may ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// What people type.
    pub name: OperationName,
    /// What it does, one line.
    pub description: String,
    /// In the order in which bare words fill them.
    pub parameters: Vec<Parameter>,
    /// Where and how it is carried out.
    pub target: Target,
    /// Who may ask. Empty: nobody.
    pub allow: Vec<Grant>,
    /// Whether carrying it out twice is the same as once; then a lost answer allows a new attempt by itself.
    pub idempotent: bool,
}

/// Where an operation is carried out. One variant per backend; how to add one: `docs/extend.md`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// An argument vector on this machine.
    Command(CommandTarget),
    /// A GitHub Actions workflow, by `workflow_dispatch`.
    #[serde(rename = "github")]
    GitHub(GitHubTarget),
    /// A parameterised Jenkins job.
    Jenkins(JenkinsTarget),
}

impl Target {
    /// The key of [`Catalogue::programs`] that it names, if it names one.
    #[must_use]
    pub fn program(&self) -> Option<&String> {
        match self {
            Self::Command(command) => Some(&command.program),
            Self::GitHub(_) | Self::Jenkins(_) => None,
        }
    }

    /// Which backend carries it out.
    #[must_use]
    pub fn kind(&self) -> TargetKind {
        match self {
            Self::Command(_) => TargetKind::Command,
            Self::GitHub(_) => TargetKind::GitHub,
            Self::Jenkins(_) => TargetKind::Jenkins,
        }
    }
}

/// The kinds of targets: a backend carries out one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// [`Target::Command`].
    Command,
    /// [`Target::GitHub`].
    GitHub,
    /// [`Target::Jenkins`].
    Jenkins,
}

impl TargetKind {
    /// Its stable word: in the catalogue, in events, and before what a backend calls a run.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::GitHub => "github",
            Self::Jenkins => "jenkins",
        }
    }
}

/// A GitHub Actions workflow with a `workflow_dispatch` trigger:
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_dispatch>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitHubTarget {
    /// `owner/name`.
    pub repository: String,
    /// The workflow's file name, such as `deploy.yml`.
    pub workflow: String,
    /// The branch or tag whose workflow file is run; placeholders as in [`CommandTarget::arguments`].
    pub git_ref: String,
    /// Inputs by name, with placeholders; one that names a parameter nobody gave is left out. At most 25 with
    /// `run_input`.
    pub inputs: BTreeMap<String, String>,
    /// The input that takes the run's id, which the workflow shows in its `run-name`. `None`: the workflow takes none,
    /// so a dispatch whose answer was lost cannot be found again, and is never attempted twice.
    pub run_input: Option<String>,
}

/// A parameterised Jenkins job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JenkinsTarget {
    /// The job with its folders: `web/deploy`.
    pub job: String,
    /// The branch of a multibranch job, with placeholders; slashes and all.
    pub branch: Option<String>,
    /// Parameters by name, with placeholders; one that names a parameter nobody gave is left out.
    pub parameters: BTreeMap<String, String>,
    /// The parameter that takes the run's id. `None`: the job declares none, so a build whose answer was lost cannot be
    /// found again, and is never attempted twice.
    pub run_parameter: Option<String>,
}

/// An argument vector on this machine; never a shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandTarget {
    /// A key of [`Catalogue::programs`].
    pub program: String,
    /// Its arguments. `{name}` stands for a parameter, `{run}` for the run id, `{requester}` for who asked, `{{` and
    /// `}}` for braces. An argument that names a parameter nobody gave is left out whole.
    pub arguments: Vec<String>,
    /// Where it runs; relative to the data folder; `""` is the data folder itself.
    pub directory: String,
    /// Environment variables it gets beside `PATH`, `HOME`, `LANG`, `SIGNALBOX_RUN` and `SIGNALBOX_ATTEMPT`; the
    /// server's own environment is not handed on.
    pub environment: BTreeMap<String, String>,
    /// How long it may take, in seconds; then its process group is stopped. 1 to 86,400.
    pub timeout_seconds: u64,
}

impl CommandTarget {
    /// How long it may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

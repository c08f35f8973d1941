//! Where values come from that people choose from, if the catalogue does not list them.

use super::{Placeholders, System};
use crate::parameter::{Context, Parameter, Pattern};
use crate::template::filled;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;

/// A list that a system outside has. Its texts may have placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Branches or tags of a git repository that is read over HTTP: <https://git-scm.com/docs/http-protocol>.
    Git { remote: String, refs: Refs },
    /// A list of a repository on GitHub, `owner/name`.
    #[serde(rename = "github")]
    GitHub { repository: String, list: GitHubList },
    /// Tags of a repository in a registry, `HOST/NAME`:
    /// <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags>.
    Oci { repository: String },
    /// The choices of a choice parameter of a Jenkins job.
    Jenkins { job: String, branch: Option<String>, parameter: String },
    /// Values in the JSON that an address answers with. The path has names with dots between them, and `[]` after
    /// one for each item of a list: `versions[].name`.
    Json { url: String, path: String },
    /// Lines that a program of the catalogue writes; on one machine only.
    Command { program: String, arguments: Vec<String> },
}

/// What of a git repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refs {
    Branches,
    Tags,
}

/// What of a repository on GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GitHubList {
    Branches,
    Tags,
    /// The tags of releases that are published.
    Releases,
    Environments,
}

impl Source {
    /// Which system has it.
    #[must_use]
    pub fn system(&self) -> System {
        match self {
            Self::Git { .. } => System::Git,
            Self::GitHub { .. } => System::GitHub,
            Self::Oci { .. } => System::Registry,
            Self::Jenkins { .. } => System::Jenkins,
            Self::Json { .. } => System::Web,
            Self::Command { .. } => System::Program,
        }
    }

    /// What one of its values is called, for a sentence: `tag of acme/web`.
    #[must_use]
    pub fn of(&self) -> String {
        match self {
            Self::Git { remote, refs: Refs::Branches } => format!("branch of {remote}"),
            Self::Git { remote, refs: Refs::Tags } => format!("tag of {remote}"),
            Self::GitHub { repository, list } => {
                let what = match list {
                    GitHubList::Branches => "branch",
                    GitHubList::Tags => "tag",
                    GitHubList::Releases => "release",
                    GitHubList::Environments => "environment",
                };
                format!("{what} of {repository}")
            }
            Self::Oci { repository } => format!("tag of {repository}"),
            Self::Jenkins { job, parameter, .. } => format!("choice of {parameter} in the job {job}"),
            Self::Json { url, .. } => format!("value at {url}"),
            Self::Command { program, .. } => format!("line of the program {program}"),
        }
    }

    /// With every placeholder filled; `None` where one of them stands for nothing.
    #[must_use]
    pub fn filled(&self, given: &Placeholders<'_>) -> Option<Self> {
        self.filled_by(&|text| given.text(text), &|text| given.address(text))
    }

    /// The names in its placeholders.
    #[must_use]
    pub fn placeholders(&self) -> Vec<String> {
        let names = RefCell::new(vec![]);
        let note = |text: &str| {
            filled(text, |name| {
                names.borrow_mut().push(name.to_owned());
                Some(String::new())
            })
        };
        self.filled_by(&note, &note);
        names.into_inner()
    }

    fn filled_by(
        &self,
        text: &dyn Fn(&str) -> Option<String>,
        address: &dyn Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        Some(match self {
            Self::Git { remote, refs } => Self::Git { remote: address(remote)?, refs: *refs },
            Self::GitHub { repository, list } => Self::GitHub { repository: text(repository)?, list: *list },
            Self::Oci { repository } => Self::Oci { repository: text(repository)? },
            Self::Jenkins { job, branch, parameter } => Self::Jenkins {
                job: text(job)?,
                branch: match branch {
                    Some(branch) => Some(text(branch)?),
                    None => None,
                },
                parameter: parameter.clone(),
            },
            Self::Json { url, path } => Self::Json { url: address(url)?, path: path.clone() },
            Self::Command { program, arguments } => Self::Command {
                program: program.clone(),
                arguments: arguments.iter().map(|argument| text(argument)).collect::<Option<_>>()?,
            },
        })
    }
}

/// How a parameter's values come from a list outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    pub source: Source,
    /// Only values that it matches as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matching: Option<Pattern>,
    /// For how many seconds the list counts as fresh; then it is asked for again when somebody needs it.
    pub fresh: u64,
    /// Whether a value of the list that was read last may be asked for although the system cannot be asked now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stale: bool,
}

impl Choices {
    /// Whether this value of the list is offered for the parameter: its type takes it, too.
    #[must_use]
    pub fn offers(&self, parameter: &Parameter, value: &str, context: &Context<'_>) -> bool {
        self.matching.as_ref().is_none_or(|pattern| pattern.matches(value))
            && parameter.typed(value, context).is_ok()
    }
}

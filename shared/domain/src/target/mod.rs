//! Where operations are carried out: a file for each kind of system, and here what is the same of them all.
//!
//! What a target says is named by a request's hash, goes to the backend and stands in events.

mod batch;
mod command;
mod github;
mod jenkins;

pub use batch::{BatchStep, BatchTarget, GO_ON, GivenSteps, MOST_STEPS};
pub use command::CommandTarget;
pub use github::GitHubTarget;
pub use jenkins::JenkinsTarget;

use crate::digest::Feed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where an operation is carried out, and, with its placeholders filled, what one run does there. One variant for
/// each backend; how to add one: `docs/extend.md`.
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
    /// Other operations.
    #[serde(rename = "steps")]
    Batch(BatchTarget),
}

impl Target {
    /// The key of [`programs`](crate::Catalogue::programs) that it names, if it names one.
    #[must_use]
    pub fn program(&self) -> Option<&String> {
        match self {
            Self::Command(command) => Some(&command.program),
            Self::GitHub(_) | Self::Jenkins(_) | Self::Batch(_) => None,
        }
    }

    /// The steps, where it is several operations.
    #[must_use]
    pub fn as_batch(&self) -> Option<&BatchTarget> {
        match self {
            Self::Batch(batch) => Some(batch),
            Self::Command(_) | Self::GitHub(_) | Self::Jenkins(_) => None,
        }
    }

    /// The names in all of its placeholders, as they are written: `env`, `env.region`, `run`.
    #[must_use]
    pub fn placeholders(&self) -> Vec<String> {
        crate::template::placeholders(self)
    }

    /// Which backend carries it out.
    #[must_use]
    pub fn kind(&self) -> TargetKind {
        match self {
            Self::Command(_) => TargetKind::Command,
            Self::GitHub(_) => TargetKind::GitHub,
            Self::Jenkins(_) => TargetKind::Jenkins,
            Self::Batch(_) => TargetKind::Batch,
        }
    }
}

/// A text of a target: the keys below `target` that it stands under in the catalogue, and the text.
pub type Written = (Vec<String>, String);

/// Texts under names, below a key.
fn named<'t>(key: &'t str, all: &'t BTreeMap<String, String>) -> impl Iterator<Item = Written> + 't {
    all.iter().map(move |(name, text)| (vec![key.to_owned(), name.clone()], text.clone()))
}

/// A text below a key.
fn plain(key: &str, text: impl Into<String>) -> Written {
    (vec![key.to_owned()], text.into())
}

impl Target {
    /// All that it says, in the catalogue's words and order. An item of a list stands under its number, from 0.
    #[must_use]
    pub fn written(&self) -> Vec<Written> {
        match self {
            Self::Command(target) => target.written(),
            Self::GitHub(target) => target.written(),
            Self::Jenkins(target) => target.written(),
            Self::Batch(target) => target.written(),
        }
    }

    /// The value that takes the run's id, if one does: the key that it stands under, and its name.
    #[must_use]
    pub fn run_goes_to(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Command(_) | Self::Batch(_) => None,
            Self::GitHub(target) => Some(("inputs", target.run_input.as_deref()?)),
            Self::Jenkins(target) => Some(("parameters", target.run_parameter.as_deref()?)),
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
    /// [`Target::Batch`].
    Batch,
}

impl TargetKind {
    /// Its stable word: in the catalogue, in events, and before what a backend calls a run.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::GitHub => "github",
            Self::Jenkins => "jenkins",
            Self::Batch => "steps",
        }
    }
}

/// Fills one text's placeholders; `None` when it names a parameter that nobody gave.
pub(crate) type Fill<'f> = dyn Fn(&String) -> Option<String> + 'f;

/// Values that name a parameter nobody gave are left out.
fn fill_all(texts: &mut BTreeMap<String, String>, fill: &Fill<'_>) {
    *texts = std::mem::take(texts).into_iter().filter_map(|(k, v)| Some((k, fill(&v)?))).collect();
}

impl Target {
    /// Fills its placeholders.
    pub(crate) fn fill(&mut self, fill: &Fill<'_>) {
        match self {
            Self::Command(target) => target.fill(fill),
            Self::GitHub(target) => target.fill(fill),
            Self::Jenkins(target) => target.fill(fill),
            Self::Batch(target) => target.fill(fill),
        }
    }

    /// What carries it out, in a word that begins a sentence; and where a person looks for it, in words.
    pub(crate) fn told(&self) -> (&'static str, String) {
        match self {
            Self::Command(target) => ("The server", target.whereabouts()),
            Self::GitHub(target) => ("GitHub", target.whereabouts()),
            Self::Jenkins(target) => ("Jenkins", target.whereabouts()),
            Self::Batch(target) => ("Signalbox", target.whereabouts()),
        }
    }

    /// Feeds it to the digest of versions before, with what its program means.
    pub(crate) fn feed(&self, feed: &mut Feed, programs: &BTreeMap<String, String>) {
        match self {
            Self::Command(target) => {
                feed.tag(0);
                target.feed(feed, programs);
            }
            Self::GitHub(target) => {
                feed.tag(1);
                target.feed(feed);
            }
            Self::Jenkins(target) => {
                feed.tag(2);
                target.feed(feed);
            }
            Self::Batch(target) => {
                feed.tag(3);
                target.feed(feed);
            }
        }
    }
}

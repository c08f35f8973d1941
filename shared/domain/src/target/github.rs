//! What the `github` target says.

use super::{Fill, Written, fill_all, named, plain};
use crate::digest::Feed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A GitHub Actions workflow with a `workflow_dispatch` trigger:
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_dispatch>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitHubTarget {
    /// `owner/name`.
    pub repository: String,
    /// The workflow's file name, such as `deploy.yml`.
    pub workflow: String,
    /// The branch or tag whose workflow file is run; placeholders as in [`arguments`](super::CommandTarget::arguments).
    pub git_ref: String,
    /// Inputs by name, with placeholders; one that names a parameter nobody gave is left out. At most 25 with
    /// `run_input`; one of them may carry all parameters: `{*}`.
    pub inputs: BTreeMap<String, String>,
    /// The input that takes the run's id, which the workflow shows in its `run-name`. `None`: the workflow takes none,
    /// so a dispatch whose answer was lost cannot be found again, and is never attempted twice.
    pub run_input: Option<String>,
}

impl GitHubTarget {
    pub(super) fn fill(&mut self, fill: &Fill<'_>) {
        // The catalogue takes no parameter in `ref` that may be left out.
        self.git_ref = fill(&self.git_ref).unwrap_or_default();
        fill_all(&mut self.inputs, fill);
    }

    pub(super) fn whereabouts(&self) -> String {
        format!("GitHub, {}, workflow {} on {}", self.repository, self.workflow, self.git_ref)
    }

    pub(super) fn written(&self) -> Vec<Written> {
        let mut all = vec![
            plain("github", &self.repository),
            plain("workflow", &self.workflow),
            plain("ref", &self.git_ref),
        ];
        all.extend(named("inputs", &self.inputs));
        all.push(plain("run-input", self.run_input.as_deref().unwrap_or("none")));
        all
    }

    pub(super) fn feed(&self, feed: &mut Feed) {
        let Self { repository, workflow, git_ref, inputs, run_input } = self;
        [repository, workflow, git_ref].into_iter().for_each(|t| feed.text(t));
        feed.texts(inputs);
        feed.maybe(run_input.as_ref(), |feed, t| feed.text(t));
    }
}

//! What the `jenkins` target says.

use super::{Fill, Written, fill_all, named, plain};
use crate::digest::Feed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

impl JenkinsTarget {
    pub(super) fn fill(&mut self, fill: &Fill<'_>) {
        // The catalogue takes no parameter in `branch` that may be left out.
        self.branch = self.branch.as_ref().map(|b| fill(b).unwrap_or_default());
        fill_all(&mut self.parameters, fill);
    }

    pub(super) fn whereabouts(&self) -> String {
        match &self.branch {
            Some(branch) => format!("Jenkins, job {}, branch {branch}", self.job),
            None => format!("Jenkins, job {}", self.job),
        }
    }

    pub(super) fn written(&self) -> Vec<Written> {
        let mut all = vec![plain("jenkins", &self.job)];
        all.extend(self.branch.iter().map(|branch| plain("branch", branch)));
        all.extend(named("parameters", &self.parameters));
        all.push(plain("run-parameter", self.run_parameter.as_deref().unwrap_or("none")));
        all
    }

    pub(super) fn feed(&self, feed: &mut Feed) {
        let Self { job, branch, parameters, run_parameter } = self;
        feed.text(job);
        feed.maybe(branch.as_ref(), |feed, t| feed.text(t));
        feed.texts(parameters);
        feed.maybe(run_parameter.as_ref(), |feed, t| feed.text(t));
    }
}

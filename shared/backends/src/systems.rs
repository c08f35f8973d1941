//! What is set of these systems, made into what speaks to them: the same on one machine and on AWS.

use crate::{Alertmanager, GitHub, GitHubSettings, Jenkins, JenkinsSettings};
use signalbox_engine::ports::{Backend, Clock, Silencer, Transport};
use std::sync::Arc;

/// The settings of all systems, by the names of their environment variables. What is not set is not there.
#[derive(Default, Clone, Copy)]
pub struct Settings<'s> {
    /// `GITHUB_API_URL`; GitHub's own otherwise.
    pub github_api_url: Option<&'s str>,
    /// `GITHUB_TOKEN`.
    pub github_token: Option<&'s str>,
    /// `GITHUB_APP_ID`.
    pub github_app_id: Option<&'s str>,
    /// `GITHUB_APP_PRIVATE_KEY`.
    pub github_app_private_key: Option<&'s str>,
    /// `JENKINS_URL`.
    pub jenkins_url: Option<&'s str>,
    /// `JENKINS_USER`.
    pub jenkins_user: Option<&'s str>,
    /// `JENKINS_TOKEN`.
    pub jenkins_token: Option<&'s str>,
    /// `ALERTMANAGER_URL`.
    pub alertmanager_url: Option<&'s str>,
    /// `ALERTMANAGER_TOKEN`.
    pub alertmanager_token: Option<&'s str>,
}

/// The systems that are set.
#[derive(Default, Clone)]
pub struct Systems {
    /// Carries out workflows.
    pub github: Option<Arc<GitHub>>,
    /// Carries out jobs.
    pub jenkins: Option<Arc<Jenkins>>,
    /// Silences alerts.
    pub alertmanager: Option<Arc<Alertmanager>>,
}

impl Systems {
    /// Those that are set. `network` is asked for a way out for each of them.
    ///
    /// # Errors
    /// When settings contradict each other, an address is none, or there is no way out: what is wrong, and what to do.
    pub fn from_settings(
        set: &Settings<'_>,
        network: impl Fn() -> Result<Arc<dyn Transport>, String>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let github = GitHubSettings::given(
            set.github_api_url,
            set.github_token,
            set.github_app_id,
            set.github_app_private_key,
        )?;
        let github = github.map(|s| GitHub::new(s, network()?, clock.clone()).map(Arc::new)).transpose()?;
        let jenkins = JenkinsSettings::given(set.jenkins_url, set.jenkins_user, set.jenkins_token)?;
        let jenkins =
            jenkins.map(|s| Jenkins::new(&s, network()?, clock.clone()).map(Arc::new)).transpose()?;
        let alertmanager =
            Alertmanager::given(set.alertmanager_url, set.alertmanager_token, network()?)?.map(Arc::new);
        Ok(Self { github, jenkins, alertmanager })
    }

    /// Those that carry out runs.
    pub fn backends(&self) -> impl Iterator<Item = Arc<dyn Backend>> {
        let github = self.github.clone().map(|it| -> Arc<dyn Backend> { it });
        let jenkins = self.jenkins.clone().map(|it| -> Arc<dyn Backend> { it });
        [github, jenkins].into_iter().flatten()
    }

    /// The one that silences alerts.
    #[must_use]
    pub fn silencer(&self) -> Option<Arc<dyn Silencer>> {
        self.alertmanager.clone().map(|it| -> Arc<dyn Silencer> { it })
    }
}

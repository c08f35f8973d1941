//! Systems that carry out runs, over HTTP: GitHub Actions and Jenkins. And Alertmanager, which is told to be silent.
//! What is set of them is made into what speaks to them here: the same on one machine and on AWS.
//!
//! Each says for itself what its answers mean: what was certainly not started, what is a definite no, what may have
//! arrived, and what "not found" proves. Nothing here decides what follows from that; nothing waits or tries again by
//! itself, save where an answer is certain and the repetition belongs to the same call (an expired token, a version of
//! the API that an older server does not know).

pub mod alertmanager;
mod excerpt;
pub mod github;
pub mod jenkins;
mod pace;
mod settings;
mod token;

pub use alertmanager::Alertmanager;
pub use github::{Credentials, GitHub, GitHubSettings};
pub use jenkins::{Jenkins, JenkinsSettings};
pub use settings::{Holds, Setting, Settings};

use github::GitHubWebhook;
use jenkins::JenkinsWebhook;
use signalbox_engine::ports::{Backend, Clock, Silencer, Transport, Webhook};
use std::sync::Arc;

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
    /// Every setting there is of them; the secrets of their webhooks are not among these, for who takes webhooks in
    /// holds nothing else, and who carries out runs does not hold those.
    pub fn settings() -> impl Iterator<Item = &'static Setting> {
        [github::SETTINGS, jenkins::SETTINGS, alertmanager::SETTINGS].into_iter().flatten()
    }

    /// The names of those that nobody may see.
    pub fn secrets() -> impl Iterator<Item = &'static str> {
        Self::settings().filter(|setting| setting.holds == Holds::Secret).map(|setting| setting.name)
    }

    /// How each of them posts what happens to its runs, whether it is set here or not: a door needs nothing else of it.
    #[must_use]
    pub fn webhooks() -> [Arc<dyn Webhook>; 2] {
        [Arc::new(GitHubWebhook), Arc::new(JenkinsWebhook)]
    }

    /// Those that are set. `network` is asked for a way out for each of them.
    ///
    /// # Errors
    /// When settings contradict each other, an address is none, or there is no way out: what is wrong, and what to do.
    pub fn from_settings(
        set: &Settings,
        network: impl Fn() -> Result<Arc<dyn Transport>, String>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let github = GitHubSettings::given(set)?;
        let github = github.map(|s| GitHub::new(s, network()?, clock.clone()).map(Arc::new)).transpose()?;
        let jenkins = JenkinsSettings::given(set)?;
        let jenkins =
            jenkins.map(|s| Jenkins::new(&s, network()?, clock.clone()).map(Arc::new)).transpose()?;
        let alertmanager = Alertmanager::given(set, network()?)?.map(Arc::new);
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

/// What we call ourselves; GitHub refuses whoever does not say.
const USER_AGENT: &str = concat!("signalbox/", env!("CARGO_PKG_VERSION"));

/// A part of a path, every character that may mean something encoded: RFC 3986's unreserved ones stay.
fn segment(text: &str) -> String {
    const KEEP: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(text, &KEEP).to_string()
}

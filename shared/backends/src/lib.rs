//! Systems that carry out runs, over HTTP: GitHub Actions and Jenkins. And Alertmanager, which is told to be silent.
//! Their clients are made from the settings here, in the same way on one machine and on AWS.
//!
//! Each of them says what its answers mean: what was certainly not started, what is a definite no, what may have
//! arrived, and what "not found" proves. Nothing here decides what follows from that. Nothing waits or tries again by
//! itself, except where an answer is certain and the repetition belongs to the same call (an expired token, a version
//! of the API that an older server does not know).

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

/// The systems that have settings.
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
    /// All their settings, without the secrets of their webhooks: a door that takes webhooks holds only those
    /// secrets, and a dispatcher does not hold them.
    pub fn settings() -> impl Iterator<Item = &'static Setting> {
        [github::SETTINGS, jenkins::SETTINGS, alertmanager::SETTINGS].into_iter().flatten()
    }

    /// The names of the settings that are secrets.
    pub fn secrets() -> impl Iterator<Item = &'static str> {
        Self::settings().filter(|setting| setting.holds == Holds::Secret).map(|setting| setting.name)
    }

    /// How each of them posts what happens to its runs, whether or not it is set here: a door needs nothing else of
    /// it.
    #[must_use]
    pub fn webhooks() -> [Arc<dyn Webhook>; 2] {
        [Arc::new(GitHubWebhook), Arc::new(JenkinsWebhook)]
    }

    /// The systems that have settings. `network` gives a transport for each of them.
    ///
    /// # Errors
    /// When settings contradict each other, an address is not valid, or there is no transport: says what is wrong,
    /// and what to do.
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

    /// The systems that carry out runs.
    pub fn backends(&self) -> impl Iterator<Item = Arc<dyn Backend>> {
        let github = self.github.clone().map(|it| -> Arc<dyn Backend> { it });
        let jenkins = self.jenkins.clone().map(|it| -> Arc<dyn Backend> { it });
        [github, jenkins].into_iter().flatten()
    }

    /// The system that silences alerts.
    #[must_use]
    pub fn silencer(&self) -> Option<Arc<dyn Silencer>> {
        self.alertmanager.clone().map(|it| -> Arc<dyn Silencer> { it })
    }
}

/// Our name in requests; GitHub refuses requests without one.
const USER_AGENT: &str = concat!("signalbox/", env!("CARGO_PKG_VERSION"));

/// A part of a path with every character encoded that may have a meaning: RFC 3986's unreserved characters stay.
fn segment(text: &str) -> String {
    const KEEP: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(text, &KEEP).to_string()
}

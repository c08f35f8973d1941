//! Systems that carry out runs, over HTTP: GitHub Actions and Jenkins. Alertmanager, which is told to be silent. And
//! what only answers questions: git repositories, registries, any address.
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
mod links;
pub mod outside;
mod pace;
mod settings;
mod token;

pub use alertmanager::Alertmanager;
pub use github::{Credentials, GitHub, GitHubSettings, ReadsWorkflow};
pub use jenkins::{Jenkins, JenkinsSettings};
pub use outside::{Git, Outside, Registry, Web};
pub use settings::{Holds, Setting, Settings};

use github::GitHubWebhook;
use jenkins::JenkinsWebhook;
use signalbox_engine::ports::{Backend, Clock, Lookup, Silencer, Transport, Webhook};
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
    /// Calls addresses that the catalogue names, within what the installation lists.
    pub outside: Option<Outside>,
}

/// A way to the network.
pub type Network = Arc<dyn Transport>;

/// How the systems reach the network, and what else they need of a home.
pub struct Means<'m> {
    /// A transport for a system with an address of its own.
    pub network: &'m dyn Fn() -> Result<Network, String>,
    /// A transport that calls only what this setting, `SIGNALBOX_EGRESS`, lists.
    pub guarded: &'m dyn Fn(Option<&str>) -> Result<Network, String>,
    /// Reads workflow files of GitHub.
    pub reads: ReadsWorkflow,
}

impl Systems {
    /// All their settings, without the secrets of their webhooks: a door that takes webhooks holds only those
    /// secrets, and a dispatcher does not hold them.
    pub fn settings() -> impl Iterator<Item = &'static Setting> {
        [github::SETTINGS, jenkins::SETTINGS, alertmanager::SETTINGS, outside::SETTINGS].into_iter().flatten()
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

    /// The systems that have settings. What answers at addresses of the catalogue is always there: without settings it
    /// calls nothing, and says which one is missing.
    ///
    /// # Errors
    /// When settings contradict each other, an address is not valid, or there is no transport: says what is wrong,
    /// and what to do.
    pub fn from_settings(set: &Settings, means: &Means<'_>, clock: &Arc<dyn Clock>) -> Result<Self, String> {
        let network = means.network;
        let github = GitHubSettings::given(set)?.map(|settings| {
            let github = GitHub::new(settings, network()?, clock.clone())?;
            Ok::<_, String>(Arc::new(github.reading(means.reads)))
        });
        let jenkins = JenkinsSettings::given(set)?;
        let jenkins =
            jenkins.map(|s| Jenkins::new(&s, network()?, clock.clone()).map(Arc::new)).transpose()?;
        let alertmanager = Alertmanager::given(set, network()?)?.map(Arc::new);
        let outside = Outside::given(set, means.guarded, clock)?;
        Ok(Self { github: github.transpose()?, jenkins, alertmanager, outside: Some(outside) })
    }

    /// The systems that carry out runs.
    pub fn backends(&self) -> impl Iterator<Item = Arc<dyn Backend>> {
        let github = self.github.clone().map(|it| -> Arc<dyn Backend> { it });
        let jenkins = self.jenkins.clone().map(|it| -> Arc<dyn Backend> { it });
        [github, jenkins].into_iter().flatten()
    }

    /// The systems that answer questions.
    pub fn lookups(&self) -> impl Iterator<Item = Arc<dyn Lookup>> {
        let github = self.github.clone().map(|it| -> Arc<dyn Lookup> { it });
        let jenkins = self.jenkins.clone().map(|it| -> Arc<dyn Lookup> { it });
        let outside = self.outside.clone().into_iter().flat_map(|outside| -> [Arc<dyn Lookup>; 3] {
            [Arc::new(Git(outside.clone())), Arc::new(Registry(outside.clone())), Arc::new(Web(outside))]
        });
        github.into_iter().chain(jenkins).chain(outside)
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

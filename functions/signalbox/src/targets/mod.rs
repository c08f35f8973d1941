//! GitHub and Jenkins: the real ones where the environment names them, simulated ones behind the console.

mod inspect;
mod practice;

use crate::environment::Environment;
use anyhow::bail;
pub use inspect::inspect;
pub use practice::Practice;
use signalbox_backends::{Credentials, GitHub, GitHubSettings, Jenkins, JenkinsSettings, github, jenkins};
use signalbox_domain::Catalogue;
use signalbox_domain::catalogue::Target;
use signalbox_doors::WebhookSecrets;
use signalbox_engine::ports::{Clock, Transport};
use signalbox_transport::Reqwest;
use std::sync::Arc;

/// What carries out runs elsewhere.
pub struct Targets {
    pub github: Option<Arc<GitHub>>,
    pub jenkins: Option<Arc<Jenkins>>,
    /// Who may speak for them.
    pub github_secrets: Option<WebhookSecrets>,
    pub jenkins_secrets: Option<WebhookSecrets>,
    /// Those of them that are simulated.
    pub practice: Practice,
}

impl Targets {
    /// The real ones that the environment names. With `practise`, the others are simulated.
    pub fn new(
        environment: &Environment,
        catalogue: &Catalogue,
        clock: &Arc<dyn Clock>,
        practise: bool,
    ) -> anyhow::Result<Self> {
        let mut targets = Self {
            github: real_github(environment, clock)?.map(Arc::new),
            jenkins: real_jenkins(environment, clock)?.map(Arc::new),
            github_secrets: secrets("GITHUB_WEBHOOK_SECRET", environment.github_webhook_secret.as_deref())?,
            jenkins_secrets: secrets(
                "JENKINS_WEBHOOK_SECRET",
                environment.jenkins_webhook_secret.as_deref(),
            )?,
            practice: Practice::default(),
        };
        if practise {
            targets.simulate_the_rest(catalogue, clock)?;
        }
        Ok(targets)
    }

    /// Operations of the catalogue that nothing here can carry out, and what to set.
    pub fn missing(&self, catalogue: &Catalogue) -> Vec<(String, &'static str)> {
        let missing = |target: &Target| match target {
            Target::GitHub(_) if self.github.is_none() => {
                Some("set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY")
            }
            Target::Jenkins(_) if self.jenkins.is_none() => {
                Some("set JENKINS_URL, JENKINS_USER and JENKINS_TOKEN")
            }
            Target::GitHub(_) | Target::Jenkins(_) | Target::Command(_) => None,
        };
        let operations = catalogue.operations.values();
        operations.filter_map(|o| Some((o.name.to_string(), missing(&o.target)?))).collect()
    }
}

fn real_github(environment: &Environment, clock: &Arc<dyn Clock>) -> anyhow::Result<Option<GitHub>> {
    let credentials = match (
        &environment.github_token,
        &environment.github_app_id,
        &environment.github_app_private_key,
    ) {
        (None, None, None) => return Ok(None),
        (Some(token), None, None) => Credentials::Token(token.clone()),
        (None, Some(id), Some(key)) => Credentials::App { id: id.clone(), private_key: key.clone() },
        (Some(_), _, _) => bail!(
            "GITHUB_TOKEN and a GitHub App are both set\n  help: Signalbox acts as one of them; unset the other"
        ),
        (None, Some(_), None) => bail!("GITHUB_APP_ID is set and GITHUB_APP_PRIVATE_KEY is not"),
        (None, None, Some(_)) => bail!("GITHUB_APP_PRIVATE_KEY is set and GITHUB_APP_ID is not"),
    };
    let api_url = environment.github_api_url.clone().unwrap_or_else(|| github::DEFAULT_API_URL.to_owned());
    let settings = GitHubSettings { api_url, credentials, timing: github::TIMING };
    GitHub::new(settings, network()?, clock.clone()).map(Some).map_err(anyhow::Error::msg)
}

fn real_jenkins(environment: &Environment, clock: &Arc<dyn Clock>) -> anyhow::Result<Option<Jenkins>> {
    let settings = match (&environment.jenkins_url, &environment.jenkins_user, &environment.jenkins_token) {
        (None, None, None) => return Ok(None),
        (Some(url), Some(user), Some(token)) => JenkinsSettings {
            url: url.clone(),
            user: user.clone(),
            token: token.clone(),
            timing: jenkins::TIMING,
        },
        _ => bail!(
            "JENKINS_URL, JENKINS_USER and JENKINS_TOKEN belong together, and only some of them are set\n  help: the token is an API token of that user, from their page on Jenkins"
        ),
    };
    Jenkins::new(&settings, network()?, clock.clone()).map(Some).map_err(anyhow::Error::msg)
}

fn network() -> anyhow::Result<Arc<dyn Transport>> {
    Ok(Arc::new(Reqwest::new().map_err(anyhow::Error::msg)?))
}

fn secrets(name: &str, value: Option<&str>) -> anyhow::Result<Option<WebhookSecrets>> {
    value.map(|v| v.parse().map_err(|why: String| anyhow::anyhow!("{name}: {why}"))).transpose()
}

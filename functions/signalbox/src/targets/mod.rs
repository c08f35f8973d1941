//! GitHub and Jenkins: the real ones where the environment names them, simulated ones behind the console.

mod inspect;
mod named;
mod plausible;
mod practice;

use crate::environment::{ALERTMANAGER_WEBHOOK_SECRET, Environment, GRAFANA_WEBHOOK_SECRET};
pub use inspect::inspect;
pub use practice::{Played, Practice, surprise};
use signalbox_backends::{Means, Network, Systems};
use signalbox_catalogue::workflow;
use signalbox_domain::Catalogue;
use signalbox_domain::catalogue::{Target, TargetKind};
use signalbox_engine::ports::{Clock, WebhookSecrets};
use signalbox_transport::{Egress, Guarded, Reqwest};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The systems that carry out runs.
pub struct Targets {
    pub systems: Systems,
    /// The secrets of those who may send webhooks for these systems.
    pub webhook_secrets: BTreeMap<TargetKind, WebhookSecrets>,
    /// The secrets of those who may send alerts.
    pub alertmanager_secrets: Option<WebhookSecrets>,
    pub grafana_secrets: Option<WebhookSecrets>,
    /// Those of the systems that are simulated.
    pub practice: Practice,
}

/// Which targets a start drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The real ones that the environment names, and no others.
    Real,
    /// The real ones that the environment names; the others are simulated.
    RealOrPractice,
    /// Simulated ones, whatever the environment names: practice must never reach a real system by accident.
    Practice,
}

/// The same, and the address of the pages of simulated systems: `http://127.0.0.1:3000/console`.
pub struct Driven {
    pub wanted: Wanted,
    pub pages: String,
}

impl Targets {
    /// The targets that are wanted. The environment's settings are checked either way.
    pub fn new(
        environment: &Environment,
        catalogue: &Catalogue,
        clock: &Arc<dyn Clock>,
        driven: &Driven,
    ) -> anyhow::Result<Self> {
        let means = Means {
            network: &|| -> Result<Network, String> { Ok(Arc::new(Reqwest::new()?)) },
            guarded: &|egress| -> Result<Network, String> {
                Ok(Arc::new(Guarded::new(Egress::read(egress)?)))
            },
            reads: workflow::refusals,
        };
        let real = Systems::from_settings(&environment.systems, &means, clock).map_err(anyhow::Error::msg)?;
        let secrets = |name: &str| -> anyhow::Result<Option<WebhookSecrets>> {
            let set = environment.webhook_secrets.get(name);
            set.map(|v| v.parse().map_err(|why: String| anyhow::anyhow!("{name}: {why}"))).transpose()
        };
        let mut webhook_secrets = BTreeMap::new();
        for webhook in Systems::webhooks() {
            webhook_secrets.extend(secrets(webhook.secrets())?.map(|known| (webhook.kind(), known)));
        }
        let mut targets = Self {
            systems: if driven.wanted == Wanted::Practice { Systems::default() } else { real },
            webhook_secrets,
            alertmanager_secrets: secrets(ALERTMANAGER_WEBHOOK_SECRET)?,
            grafana_secrets: secrets(GRAFANA_WEBHOOK_SECRET)?,
            practice: Practice::default(),
        };
        if driven.wanted != Wanted::Real {
            targets.simulate_the_rest(catalogue, clock, &driven.pages)?;
        }
        Ok(targets)
    }

    /// What each target of the catalogue is on this machine, for the start to print:
    /// `GitHub: played on this machine`.
    pub fn told(&self, catalogue: &Catalogue, environment: &Environment) -> Vec<String> {
        let uses = |is: fn(&Target) -> bool| catalogue.operations.values().any(|o| is(&o.target));
        let mut told = vec![];
        let mut tell =
            |name: &str, used: bool, there: bool, practice: bool, given: Option<&str>, at: &str| {
                // Practice systems are always there.
                if !used && (!there || practice) {
                    return;
                }
                told.push(match (there, practice, given) {
                    (true, true, None) => format!("{name}: practice, played on this machine"),
                    (true, true, Some(variable)) => {
                        format!(
                            "{name}: practice, played on this machine; {variable} is not used without --real"
                        )
                    }
                    (true, false, _) => format!("{name}: real, {}", host(at)),
                    (false, _, _) => format!("{name}: none"),
                });
            };
        let set = |name: &'static str| environment.systems.get(name).map(|_| name);
        let github = set("GITHUB_TOKEN").or_else(|| set("GITHUB_APP_ID"));
        let at = environment.systems.get("GITHUB_API_URL").unwrap_or("https://api.github.com");
        let practice = self.practice.github.is_some();
        tell(
            "GitHub",
            uses(|t| matches!(t, Target::GitHub(_))),
            self.systems.github.is_some(),
            practice,
            github,
            at,
        );
        let at = environment.systems.get("JENKINS_URL").unwrap_or_default();
        let practice = self.practice.jenkins.is_some();
        tell(
            "Jenkins",
            uses(|t| matches!(t, Target::Jenkins(_))),
            self.systems.jenkins.is_some(),
            practice,
            set("JENKINS_URL"),
            at,
        );
        if uses(|t| matches!(t, Target::Command(_))) {
            told.push("Programs: real, started on this machine".to_owned());
        }
        match (&self.systems.alertmanager, environment.systems.get("ALERTMANAGER_URL")) {
            (Some(_), Some(url)) => told.push(format!("Alert manager: real, {}", host(url))),
            (None, Some(_)) => {
                told.push("Alert manager: none; ALERTMANAGER_URL is not used without --real".to_owned());
            }
            (_, None) => {}
        }
        told
    }

    /// Operations of the catalogue that nothing here can carry out, and what to set.
    pub fn missing(&self, catalogue: &Catalogue) -> Vec<(String, &'static str)> {
        let missing = |target: &Target| match target {
            Target::GitHub(_) if self.systems.github.is_none() => {
                Some("set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY")
            }
            Target::Jenkins(_) if self.systems.jenkins.is_none() => {
                Some("set JENKINS_URL, JENKINS_USER and JENKINS_TOKEN")
            }
            Target::GitHub(_) | Target::Jenkins(_) | Target::Command(_) | Target::Batch(_) => None,
        };
        let operations = catalogue.operations.values();
        operations.filter_map(|o| Some((o.name.to_string(), missing(&o.target)?))).collect()
    }
}

/// The part of an address that may be shown: some people put passwords into addresses.
fn host(url: &str) -> String {
    let uri = url.trim().parse::<http::Uri>().ok();
    uri.as_ref().and_then(http::Uri::host).unwrap_or("an address of its own").to_owned()
}

//! The one place that reads environment variables.

use signalbox_backends::Settings;
use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;

/// What the environment says. Secrets stay out of every output: no `Debug` here.
pub struct Environment {
    /// `SLACK_BOT_TOKEN`: with it, a real Slack app is served.
    pub slack_bot_token: Option<String>,
    /// `SLACK_SIGNING_SECRET`, comma-separated: several are valid during rotation.
    pub slack_signing_secret: Option<String>,
    /// `SLACK_API_URL`, default Slack's.
    pub slack_api_url: Option<String>,
    /// `SIGNALBOX_PUBLIC_URL`: where Slack reaches this server, to fetch the charts of bulletins. Without it there are
    /// none.
    pub public_url: Option<String>,
    /// `GITHUB_API_URL`, default GitHub's; a server of one's own has `https://HOST/api/v3`.
    pub github_api_url: Option<String>,
    /// `GITHUB_TOKEN`: a fine-grained token. Or else an App's id and key.
    pub github_token: Option<String>,
    /// `GITHUB_APP_ID`.
    pub github_app_id: Option<String>,
    /// `GITHUB_APP_PRIVATE_KEY`, PEM.
    pub github_app_private_key: Option<String>,
    /// `GITHUB_WEBHOOK_SECRET`, comma-separated: several are valid during rotation.
    pub github_webhook_secret: Option<String>,
    /// `JENKINS_URL`.
    pub jenkins_url: Option<String>,
    /// `JENKINS_USER`.
    pub jenkins_user: Option<String>,
    /// `JENKINS_TOKEN`, an API token of that user.
    pub jenkins_token: Option<String>,
    /// `JENKINS_WEBHOOK_SECRET`, comma-separated.
    pub jenkins_webhook_secret: Option<String>,
    /// `ALERTMANAGER_WEBHOOK_SECRET`, comma-separated.
    pub alertmanager_webhook_secret: Option<String>,
    /// `ALERTMANAGER_URL`: where alerts are silenced.
    pub alertmanager_url: Option<String>,
    /// `ALERTMANAGER_TOKEN`: a bearer token, where one is wanted.
    pub alertmanager_token: Option<String>,
    /// `GRAFANA_WEBHOOK_SECRET`, comma-separated.
    pub grafana_webhook_secret: Option<String>,
    /// `LOKI_URL`: where watches read `loki` sources.
    pub loki_url: Option<String>,
    /// `LOKI_USER`, with `LOKI_PASSWORD`.
    pub loki_user: Option<String>,
    /// `LOKI_PASSWORD`, with `LOKI_USER`.
    pub loki_password: Option<String>,
    /// `LOKI_TOKEN`: a bearer token.
    pub loki_token: Option<String>,
    /// `LOKI_TENANT`, where there are several.
    pub loki_tenant: Option<String>,
    /// `SIGNALBOX_COMMAND_KEY`, comma-separated: what doors vouch for people with. Without it there is one in the data folder.
    pub command_key: Option<String>,
    /// `PATH`, on which the catalogue's programs are looked up.
    pub path: String,
    /// `HOME`, handed on to programs.
    pub home: Option<String>,
    /// `SIGNALBOX_LOG`: what is logged, as `info` or `signalbox=debug`.
    pub log: Option<String>,
}

impl Environment {
    /// Whether every address that is set is one, so that a slip shows at the start and not at the first run.
    ///
    /// # Errors
    /// Names the variable; never what is in it, for an address may hold a password.
    pub fn check_addresses(&self) -> anyhow::Result<()> {
        for (name, value, example) in [
            ("SLACK_API_URL", &self.slack_api_url, "https://slack.com/api"),
            ("SIGNALBOX_PUBLIC_URL", &self.public_url, "https://signalbox.example.com"),
            ("GITHUB_API_URL", &self.github_api_url, "https://HOST/api/v3"),
            ("JENKINS_URL", &self.jenkins_url, "https://jenkins.example.com"),
            ("ALERTMANAGER_URL", &self.alertmanager_url, "https://alerts.example.com"),
            ("LOKI_URL", &self.loki_url, "https://logs.example.com"),
        ] {
            let Some(value) = value else { continue };
            let uri = value.trim().parse::<http::Uri>().ok();
            let sound = uri.is_some_and(|uri| {
                matches!(uri.scheme_str(), Some("http" | "https"))
                    && uri.host().is_some_and(|host| !host.is_empty())
            });
            anyhow::ensure!(sound, "{name} is no address\n  help: it looks like {example}");
        }
        Ok(())
    }
}

impl Environment {
    /// What is set of the systems that Signalbox drives.
    pub fn systems(&self) -> Settings<'_> {
        Settings {
            github_api_url: self.github_api_url.as_deref(),
            github_token: self.github_token.as_deref(),
            github_app_id: self.github_app_id.as_deref(),
            github_app_private_key: self.github_app_private_key.as_deref(),
            jenkins_url: self.jenkins_url.as_deref(),
            jenkins_user: self.jenkins_user.as_deref(),
            jenkins_token: self.jenkins_token.as_deref(),
            alertmanager_url: self.alertmanager_url.as_deref(),
            alertmanager_token: self.alertmanager_token.as_deref(),
        }
    }
}

/// The variables that hold secrets. They are handed over, and stand in no environment of a running server.
pub const SECRETS: &[&str] = &[
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "GITHUB_TOKEN",
    "GITHUB_APP_PRIVATE_KEY",
    "GITHUB_WEBHOOK_SECRET",
    "JENKINS_TOKEN",
    "JENKINS_WEBHOOK_SECRET",
    "ALERTMANAGER_WEBHOOK_SECRET",
    "ALERTMANAGER_TOKEN",
    "GRAFANA_WEBHOOK_SECRET",
    "LOKI_PASSWORD",
    "LOKI_TOKEN",
    "SIGNALBOX_COMMAND_KEY",
];

/// Everything that is set, as it is.
pub fn all() -> impl Iterator<Item = (OsString, OsString)> {
    env::vars_os()
}

/// Reads it once; what was handed over ([`crate::handover`]) counts before what stands there.
pub fn read(handed: &BTreeMap<String, String>) -> Environment {
    let variable =
        |name: &str| handed.get(name).cloned().filter(|v| !v.trim().is_empty()).or_else(|| variable(name));
    Environment {
        slack_bot_token: variable("SLACK_BOT_TOKEN"),
        slack_signing_secret: variable("SLACK_SIGNING_SECRET"),
        slack_api_url: variable("SLACK_API_URL"),
        public_url: variable("SIGNALBOX_PUBLIC_URL"),
        github_api_url: variable("GITHUB_API_URL"),
        github_token: variable("GITHUB_TOKEN"),
        github_app_id: variable("GITHUB_APP_ID"),
        github_app_private_key: variable("GITHUB_APP_PRIVATE_KEY"),
        github_webhook_secret: variable("GITHUB_WEBHOOK_SECRET"),
        jenkins_url: variable("JENKINS_URL"),
        jenkins_user: variable("JENKINS_USER"),
        jenkins_token: variable("JENKINS_TOKEN"),
        jenkins_webhook_secret: variable("JENKINS_WEBHOOK_SECRET"),
        alertmanager_webhook_secret: variable("ALERTMANAGER_WEBHOOK_SECRET"),
        alertmanager_url: variable("ALERTMANAGER_URL"),
        alertmanager_token: variable("ALERTMANAGER_TOKEN"),
        grafana_webhook_secret: variable("GRAFANA_WEBHOOK_SECRET"),
        loki_url: variable("LOKI_URL"),
        loki_user: variable("LOKI_USER"),
        loki_password: variable("LOKI_PASSWORD"),
        loki_token: variable("LOKI_TOKEN"),
        loki_tenant: variable("LOKI_TENANT"),
        command_key: variable("SIGNALBOX_COMMAND_KEY"),
        path: variable("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".to_owned()),
        home: variable("HOME"),
        log: variable("SIGNALBOX_LOG"),
    }
}

/// An empty variable counts as unset.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|v| !v.trim().is_empty())
}

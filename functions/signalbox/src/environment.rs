//! The one place that reads environment variables.

use signalbox_backends::{Holds, Settings, Systems};
use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;

/// What the environment says. Secrets stay out of every output: no `Debug` here.
#[derive(Clone)]
pub struct Environment {
    /// `SLACK_BOT_TOKEN`: with it, a real Slack app is served.
    pub slack_bot_token: Option<String>,
    /// `SLACK_SIGNING_SECRET`, comma-separated: several are valid during rotation.
    pub slack_signing_secret: Option<String>,
    /// `SLACK_API_URL`, default Slack's.
    pub slack_api_url: Option<String>,
    /// `SIGNALBOX_PUBLIC_URL`: the address at which Slack reaches this server to fetch the charts of bulletins.
    /// Without it there are no charts.
    pub public_url: Option<String>,
    /// The settings of the systems that Signalbox drives.
    pub systems: Settings,
    /// The secrets with which the senders of webhooks sign, by the names of the settings. Comma-separated: several
    /// are valid during rotation.
    pub webhook_secrets: BTreeMap<&'static str, String>,
    /// `LOKI_URL`: where watches read `loki` sources.
    pub loki_url: Option<String>,
    /// `LOKI_USER`, with `LOKI_PASSWORD`.
    pub loki_user: Option<String>,
    /// `LOKI_PASSWORD`, with `LOKI_USER`.
    pub loki_password: Option<String>,
    /// `LOKI_TOKEN`: a bearer token.
    pub loki_token: Option<String>,
    /// `LOKI_TENANT`, if there are several tenants.
    pub loki_tenant: Option<String>,
    /// `SIGNALBOX_COMMAND_KEY`, comma-separated: the key with which doors vouch for people. Without it a key is kept
    /// in the data folder.
    pub command_key: Option<String>,
    /// `PATH`, on which the catalogue's programs are looked up.
    pub path: String,
    /// `HOME`, handed on to programs.
    pub home: Option<String>,
    /// `SIGNALBOX_OPERATORS_CHANNEL`: the id of the channel that is told about the server itself, such as a broken edit of
    /// the catalogue.
    pub operators_channel: Option<String>,
    /// `SIGNALBOX_LOG`: what is logged, as `info` or `signalbox=debug`.
    pub log: Option<String>,
}

impl Environment {
    /// Checks that every address that is set is an address, so that a mistake shows at the start and not at the first
    /// run.
    ///
    /// # Errors
    /// Names the variable, but never shows its value, because an address may hold a password.
    pub fn check_addresses(&self) -> anyhow::Result<()> {
        for (name, value, example) in [
            ("SLACK_API_URL", &self.slack_api_url, "https://slack.com/api"),
            ("SIGNALBOX_PUBLIC_URL", &self.public_url, "https://signalbox.example.com"),
            ("LOKI_URL", &self.loki_url, "https://logs.example.com"),
        ] {
            let Some(value) = value else { continue };
            is_address(name, value, example)?;
        }
        for setting in Systems::settings() {
            if let (Holds::Address(example), Some(value)) = (setting.holds, self.systems.get(setting.name)) {
                is_address(setting.name, value, example)?;
            }
        }
        Ok(())
    }
}

/// Whether the value is an address.
fn is_address(name: &str, value: &str, example: &str) -> anyhow::Result<()> {
    let uri = value.trim().parse::<http::Uri>().ok();
    let sound = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    });
    anyhow::ensure!(sound, "{name} is no address\n  help: it looks like {example}");
    Ok(())
}

/// Secrets other than those of the systems and their webhooks.
const SECRETS: &[&str] =
    &["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "LOKI_PASSWORD", "LOKI_TOKEN", "SIGNALBOX_COMMAND_KEY"];

/// The secrets of those who may send alerts, by the names of the settings.
pub const ALERTMANAGER_WEBHOOK_SECRET: &str = "ALERTMANAGER_WEBHOOK_SECRET";
pub const GRAFANA_WEBHOOK_SECRET: &str = "GRAFANA_WEBHOOK_SECRET";

/// The names of the settings with the secrets of all who post webhooks.
fn webhook_secrets() -> impl Iterator<Item = &'static str> {
    let systems = Systems::webhooks().into_iter().map(|webhook| webhook.secrets());
    systems.chain([ALERTMANAGER_WEBHOOK_SECRET, GRAFANA_WEBHOOK_SECRET])
}

/// The variables that hold secrets. They are handed over, and a running server's environment holds none of them.
pub fn secrets() -> Vec<&'static str> {
    SECRETS.iter().copied().chain(Systems::secrets()).chain(webhook_secrets()).collect()
}

/// Every variable that is set, unchanged.
pub fn all() -> impl Iterator<Item = (OsString, OsString)> {
    env::vars_os()
}

/// Reads the environment once. A variable that was handed over ([`crate::handover`]) counts before one in the
/// environment.
pub fn read(handed: &BTreeMap<String, String>) -> Environment {
    let variable =
        |name: &str| handed.get(name).cloned().filter(|v| !v.trim().is_empty()).or_else(|| variable(name));
    Environment {
        slack_bot_token: variable("SLACK_BOT_TOKEN"),
        slack_signing_secret: variable("SLACK_SIGNING_SECRET"),
        slack_api_url: variable("SLACK_API_URL"),
        public_url: variable("SIGNALBOX_PUBLIC_URL"),
        systems: Settings::read(Systems::settings(), |setting| variable(setting.name)),
        webhook_secrets: webhook_secrets().filter_map(|name| Some((name, variable(name)?))).collect(),
        loki_url: variable("LOKI_URL"),
        loki_user: variable("LOKI_USER"),
        loki_password: variable("LOKI_PASSWORD"),
        loki_token: variable("LOKI_TOKEN"),
        loki_tenant: variable("LOKI_TENANT"),
        command_key: variable("SIGNALBOX_COMMAND_KEY"),
        path: variable("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".to_owned()),
        home: variable("HOME"),
        operators_channel: variable("SIGNALBOX_OPERATORS_CHANNEL"),
        log: variable("SIGNALBOX_LOG"),
    }
}

/// An empty variable counts as unset.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|v| !v.trim().is_empty())
}

//! The one place that reads environment variables.

use std::env;

/// What the environment says. Secrets stay out of every output: no `Debug` here.
pub struct Environment {
    /// `SLACK_BOT_TOKEN`: with it, a real Slack app is served.
    pub slack_bot_token: Option<String>,
    /// `SLACK_SIGNING_SECRET`, comma-separated: several are valid during rotation.
    pub slack_signing_secret: Option<String>,
    /// `SLACK_API_URL`, default Slack's.
    pub slack_api_url: Option<String>,
    /// `PATH`, on which the catalogue's programs are looked up.
    pub path: String,
    /// `HOME`, handed on to programs.
    pub home: Option<String>,
    /// `SIGNALBOX_LOG`: what is logged, as `info` or `signalbox=debug`.
    pub log: Option<String>,
}

/// Reads it once.
pub fn read() -> Environment {
    Environment {
        slack_bot_token: variable("SLACK_BOT_TOKEN"),
        slack_signing_secret: variable("SLACK_SIGNING_SECRET"),
        slack_api_url: variable("SLACK_API_URL"),
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

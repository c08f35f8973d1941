//! How to reach Jenkins, from an installation's settings.

use super::TIMING;
use crate::settings::{Holds, Setting, Settings};
use signalbox_domain::run::Timing;

const URL: &str = "JENKINS_URL";
const USER: &str = "JENKINS_USER";
const TOKEN: &str = "JENKINS_TOKEN";

pub(crate) const SETTINGS: &[Setting] = &[
    Setting::new(URL, Holds::Address("https://jenkins.example.com")),
    Setting::new(USER, Holds::Word),
    Setting::new(TOKEN, Holds::Secret),
];

/// How to reach Jenkins.
pub struct JenkinsSettings {
    /// Its address, with its path if it has one.
    pub url: String,
    /// The user whose API token it is.
    pub user: String,
    /// An API token; a password would need a crumb.
    pub token: String,
    /// [`TIMING`], unless the server is known to behave differently.
    pub timing: Timing,
}

impl JenkinsSettings {
    /// Made from an installation's settings; `None` if there are none.
    ///
    /// # Errors
    /// When one is missing.
    pub(crate) fn given(set: &Settings) -> Result<Option<Self>, String> {
        match (set.get(URL), set.get(USER), set.get(TOKEN)) {
            (None, None, None) => Ok(None),
            (Some(url), Some(user), Some(token)) => {
                Ok(Some(Self { url: url.into(), user: user.into(), token: token.into(), timing: TIMING }))
            }
            _ => Err("JENKINS_URL, JENKINS_USER and JENKINS_TOKEN belong together, and only some of them are set\n  help: the token is an API token of that user, from their page on Jenkins".into()),
        }
    }
}

//! How to reach GitHub, from an installation's settings.

use super::{Credentials, DEFAULT_API_URL, TIMING};
use crate::settings::{Holds, Setting, Settings};
use signalbox_domain::run::Timing;

const API_URL: &str = "GITHUB_API_URL";
const TOKEN: &str = "GITHUB_TOKEN";
const APP_ID: &str = "GITHUB_APP_ID";
const APP_PRIVATE_KEY: &str = "GITHUB_APP_PRIVATE_KEY";

pub(crate) const SETTINGS: &[Setting] = &[
    Setting::new(API_URL, Holds::Address("https://HOST/api/v3")),
    Setting::new(TOKEN, Holds::Secret),
    Setting::new(APP_ID, Holds::Word),
    Setting::new(APP_PRIVATE_KEY, Holds::Secret),
];

/// How to reach GitHub.
pub struct GitHubSettings {
    /// [`DEFAULT_API_URL`], or a server of one's own.
    pub api_url: String,
    /// How we identify ourselves.
    pub credentials: Credentials,
    /// [`TIMING`], unless the server is known to behave differently.
    pub timing: Timing,
}

impl GitHubSettings {
    /// Made from an installation's settings; `None` if there are none.
    ///
    /// # Errors
    /// When they contradict each other, or one is missing.
    pub(crate) fn given(set: &Settings) -> Result<Option<Self>, String> {
        let credentials = match (set.get(TOKEN), set.get(APP_ID), set.get(APP_PRIVATE_KEY)) {
            (None, None, None) => return Ok(None),
            (Some(token), None, None) => Credentials::Token(token.to_owned()),
            (None, Some(id), Some(key)) => {
                Credentials::App { id: id.to_owned(), private_key: key.to_owned() }
            }
            (Some(_), _, _) => {
                return Err("GITHUB_TOKEN and a GitHub App are both set\n  help: Signalbox acts as one of them; unset the other".into());
            }
            (None, Some(_), None) => {
                return Err("GITHUB_APP_ID is set and GITHUB_APP_PRIVATE_KEY is not".into());
            }
            (None, None, Some(_)) => {
                return Err("GITHUB_APP_PRIVATE_KEY is set and GITHUB_APP_ID is not".into());
            }
        };
        let api_url = set.get(API_URL).unwrap_or(DEFAULT_API_URL).to_owned();
        Ok(Some(Self { api_url, credentials, timing: TIMING }))
    }
}

//! Answers from GitHub, or from something in front of it, and the reasons for getting none.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use signalbox_domain::observation::cut_middle;
use std::time::Duration;

/// The first version in which a dispatch always answers with the run's id:
/// <https://docs.github.com/en/rest/about-the-rest-api/breaking-changes>
pub(super) const VERSION: &str = "2026-03-10";
/// The longest message that is passed on, in characters.
const LONGEST_MESSAGE: usize = 300;

/// An answer from GitHub, or from something in front of it.
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// A limit was met: nothing was done, and this is how long to be quiet.
    pub(super) limited: Option<Duration>,
    /// The call was refused, perhaps only because the App's token was made seconds ago.
    pub(super) is_too_young: bool,
    /// The answer is kept, so that the next answer to the same call says whether anything changed.
    pub(super) is_kept: bool,
    /// The answer is the same as before.
    pub(super) unchanged: bool,
    /// The API version that this request named.
    pub(super) version: &'static str,
}

/// Why there is no answer.
pub(super) enum Trouble {
    /// Nothing was sent; with how long to wait, if that is known.
    NotSent(String, Option<Duration>),
    /// It may have arrived.
    NoAnswer(String),
    /// We have no access: the App's own exchange was refused.
    NotLetIn(String),
}

impl Trouble {
    /// The reason in words, and how long to rest, for callers to whom it does not matter whether it was sent.
    pub(super) fn tell(self) -> (String, Option<Duration>) {
        match self {
            Self::NotSent(why, rest) => (why, rest),
            Self::NoAnswer(why) | Self::NotLetIn(why) => (why, None),
        }
    }
}

impl Answered {
    /// What GitHub says is wrong.
    pub(super) fn message(&self) -> String {
        #[derive(Deserialize)]
        struct Said {
            message: Option<String>,
        }
        match serde_json::from_slice::<Said>(&self.body).ok().and_then(|s| s.message) {
            Some(message) => cut_middle(&message, LONGEST_MESSAGE),
            None if self.is_githubs() => format!("GitHub answered {}", self.status.as_u16()),
            None => format!("something that is not GitHub answered {}", self.status.as_u16()),
        }
    }

    /// The server does not know the version that was named, and an older one can be named.
    pub(super) fn refuses_version(&self) -> bool {
        self.status == StatusCode::BAD_REQUEST
            && self.version == VERSION
            && self.message().to_ascii_lowercase().contains("version")
    }

    /// Every answer of GitHub's API names its request. A proxy's page does not.
    pub(super) fn is_githubs(&self) -> bool {
        self.headers.contains_key("x-github-request-id")
    }
}

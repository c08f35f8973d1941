//! Answers from Jenkins, or from something in front of it.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, StatusCode};

/// An answer, from Jenkins or from something in front of it.
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answered {
    /// Jenkins says its version in every answer. A proxy's page or a login page does not.
    pub(super) fn is_jenkinss(&self) -> bool {
        self.headers.contains_key("x-jenkins")
    }

    pub(super) fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION)?.to_str().ok()
    }

    /// The queue item that the answer points to. The host is ignored: it is only Jenkins's own idea of its address.
    pub(super) fn queue_item(&self) -> Option<u64> {
        let (_, rest) = self.location()?.split_once("/queue/item/")?;
        rest.split('/').next()?.parse().ok()
    }

    /// Whether Jenkins itself sends us to its login. A job may also be called `login`.
    pub(super) fn leads_to_login(&self) -> bool {
        let place = self.location().filter(|_| self.is_jenkinss() && self.status.is_redirection());
        place.map(|place| place.split('?').next().unwrap_or_default()).is_some_and(|place| {
            !place.contains("/job/") && (place.ends_with("/login") || place.contains("/securityRealm/"))
        })
    }

    /// Whether it is a page for people.
    pub(super) fn is_html(&self) -> bool {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        kind.is_some_and(|kind| kind.starts_with("text/html"))
    }
}

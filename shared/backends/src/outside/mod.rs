//! What answers questions at addresses that the catalogue names: git repositories, registries, anything with HTTP.
//!
//! All calls go through [`Outside`], over a transport that calls only what the installation lists. Nothing here may
//! take silence, a refusal or a page that is none of its own for an answer.

mod challenge;
mod credentials;
mod git;
pub(crate) mod names;
mod pkt;
mod registry;
mod web;

pub use git::Git;
pub use registry::Registry;
pub use web::Web;

use crate::settings::{Holds, Setting, Settings};
use bytes::Bytes;
use credentials::{CREDENTIALS, Credentials};
use http::header::{AUTHORIZATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use signalbox_domain::redact::words;
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Clock, NoReply, Transport, TransportError};
use std::sync::Arc;

/// The setting with the hosts and networks that addresses of the catalogue may lead to.
pub(crate) const EGRESS: &str = "SIGNALBOX_EGRESS";

pub(crate) const SETTINGS: &[Setting] =
    &[Setting::new(EGRESS, Holds::Word), Setting::new(CREDENTIALS, Holds::Secret)];

/// Calls to addresses that the catalogue names, with the credentials of their hosts.
#[derive(Clone)]
pub struct Outside {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    credentials: Arc<Credentials>,
}

/// A request: its address was checked by [`address`].
struct Ask<'q> {
    method: Method,
    address: &'q Uri,
    headers: &'q [(http::HeaderName, &'q str)],
    body: Bytes,
    /// Instead of the host's credentials.
    authorization: Option<HeaderValue>,
}

/// An answer.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// Where it came from in the end: redirects are followed.
    address: Uri,
    /// Whether credentials were sent.
    known: bool,
}

impl Outside {
    /// Over this transport, which must call nothing that the installation does not list. `credentials`: entries
    /// `HOST=USER:PASSWORD` or `HOST=TOKEN`.
    ///
    /// # Errors
    /// Says which entry of the credentials is wrong, without what is in it.
    pub fn new(
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        credentials: Option<&str>,
    ) -> Result<Self, String> {
        let credentials = Arc::new(Credentials::read(credentials.unwrap_or_default())?);
        Ok(Self { transport, clock, credentials })
    }

    /// Made from an installation's settings.
    ///
    /// # Errors
    /// When one of them has a form that it may not have.
    pub(crate) fn given(
        set: &Settings,
        guarded: impl Fn(Option<&str>) -> Result<Arc<dyn Transport>, String>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, String> {
        Self::new(guarded(set.get(EGRESS))?, clock.clone(), set.get(CREDENTIALS))
    }

    async fn call(&self, ask: Ask<'_>, until: Timestamp) -> Result<Answer, NoReply> {
        let host = host(ask.address);
        let left = until.since(self.clock.now());
        if left.is_zero() {
            return Err(NoReply::because(format!("no time was left to ask {host}")));
        }
        let authorization = ask.authorization.or_else(|| self.credentials.of(ask.address).cloned());
        let known = authorization.is_some();
        let mut request = Request::builder()
            .method(ask.method)
            .uri(ask.address.clone())
            .header(USER_AGENT, crate::USER_AGENT);
        for (name, value) in ask.headers {
            request = request.header(name, *value);
        }
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        let request =
            request.body(ask.body).map_err(|_| NoReply::because(format!("{host} cannot be asked that")))?;
        let answer = self.transport.call(request, left).await.map_err(|e| {
            NoReply::because(match e {
                TransportError::NotSent(why) => format!("{host} cannot be called: {why}"),
                TransportError::NoAnswer(why) => format!("{host} did not answer: {why}"),
            })
        })?;
        let (mut parts, body) = answer.into_parts();
        let address = parts.extensions.remove::<Uri>().unwrap_or_else(|| ask.address.clone());
        Ok(Answer { status: parts.status, headers: parts.headers, body, address, known })
    }

    async fn get(
        &self,
        address: &Uri,
        headers: &[(http::HeaderName, &str)],
        until: Timestamp,
    ) -> Result<Answer, NoReply> {
        let ask = Ask { method: Method::GET, address, headers, body: Bytes::new(), authorization: None };
        self.call(ask, until).await
    }
}

/// The host of an address, with its port if it has an unusual one: what sentences call it.
fn host(address: &Uri) -> &str {
    address.authority().map(http::uri::Authority::as_str).unwrap_or_default()
}

/// An address as it may be called.
fn address(text: &str) -> Result<Uri, NoReply> {
    let uri: Option<Uri> = text.trim().parse().ok();
    let sound = |uri: &Uri| {
        let host = uri.authority().is_some_and(|a| !a.as_str().contains('@') && !a.host().is_empty());
        matches!(uri.scheme_str(), Some("http" | "https")) && host
    };
    uri.filter(sound).ok_or_else(|| {
        // The text may have a password in it, so it is not shown.
        NoReply::because(format!(
            "what the catalogue names is no address: it looks like https://HOST/PATH, without user and password, which \
             go into {CREDENTIALS}"
        ))
    })
}

impl Answer {
    fn host(&self) -> &str {
        host(&self.address)
    }

    fn kind(&self) -> &str {
        self.headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default()
    }

    /// Why an answer that is no success tells nothing of `what`.
    fn refusal(&self, what: &str) -> NoReply {
        let (host, what) = (self.host(), words(what, None));
        NoReply::because(match self.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if self.known => format!(
                "{host} does not take the credentials that {CREDENTIALS} has for it, or they may not read {what}"
            ),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                format!("{host} wants credentials for {what}: write them into {CREDENTIALS}")
            }
            StatusCode::NOT_FOUND => format!("{host} has no {what}, or does not show it to everybody"),
            StatusCode::TOO_MANY_REQUESTS => {
                format!("{host} is asked too often: it wants to be left alone for a while")
            }
            s if s.is_redirection() => format!("{host} sends us elsewhere when it is asked for {what}"),
            s => format!("{host} answered {} when it was asked for {what}", s.as_u16()),
        })
    }

    fn unreadable(&self, what: &str) -> NoReply {
        NoReply::because(format!("what {} answered cannot be read: it is {what}", self.host()))
    }
}

//! [`Guarded`], the way out for addresses that the catalogue names. What is called is checked as it is called: the
//! address before anything is sent, each redirect, and each address that a name is resolved to, by the very resolver
//! that the connection uses, so that a name whose address changes in between leads nowhere else.
//!
//! It uses no proxy, even if the system has one: a proxy resolves names by itself, and nothing here could check that.

use crate::egress::{Egress, Scheme};
use crate::{builder, built, classify, exchange};
use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, LOCATION, PROXY_AUTHORIZATION};
use http::{Method, Request, Response, StatusCode, Uri};
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use signalbox_engine::ports::{Transport, TransportError};
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// At most this many redirects are followed.
const MOST_REDIRECTS: usize = 5;

/// HTTP to what the installation lists, and to nothing else. Redirects of a GET are followed, at most five of them, and
/// an answer that came from elsewhere has that address ([`Uri`]) among its extensions. Credentials are sent to the
/// first host alone. What is forbidden counts as [`TransportError::NotSent`].
///
/// The clients are set up at the first call, like those of [`Lazy`](crate::Lazy).
pub struct Guarded {
    egress: Arc<Egress>,
    names: Names,
    clients: OnceLock<Result<Clients, String>>,
}

/// One client for each scheme, for they ask different things of the addresses they connect to.
struct Clients {
    https: reqwest::Client,
    http: reqwest::Client,
}

type Found = Pin<Box<dyn Future<Output = std::io::Result<Vec<IpAddr>>> + Send>>;
/// Resolves a name.
type Names = Arc<dyn Fn(&str) -> Found + Send + Sync>;

impl Guarded {
    /// A transport within these rules. Names are resolved by the system.
    #[must_use]
    pub fn new(egress: Egress) -> Self {
        Self::resolving(
            egress,
            Arc::new(|name| {
                let name = name.to_owned();
                Box::pin(async move {
                    let found = tokio::net::lookup_host((name, 0)).await?;
                    Ok(found.map(|address| address.ip()).collect())
                })
            }),
        )
    }

    fn resolving(egress: Egress, names: Names) -> Self {
        Self { egress: Arc::new(egress), names, clients: OnceLock::new() }
    }

    fn clients(&self) -> Result<&Clients, TransportError> {
        let make = |scheme| {
            let resolver = Checked { egress: self.egress.clone(), names: self.names.clone(), scheme };
            let secure = scheme == Scheme::Https;
            built(builder().no_proxy().https_only(secure).dns_resolver(Arc::new(resolver)))
        };
        let clients = self
            .clients
            .get_or_init(|| Ok(Clients { https: make(Scheme::Https)?, http: make(Scheme::Http)? }));
        clients.as_ref().map_err(|why| TransportError::NotSent(why.clone()))
    }

    /// Sends a request once, if its address may be called.
    async fn send(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<(Url, Response<Bytes>), TransportError> {
        // The address that is checked is the one that is called: in the form that the client reads it in.
        let request = reqwest::Request::try_from(request).map_err(classify)?;
        let url = request.url().clone();
        let clients = self.clients()?;
        let client = match self.egress.admits(&url).map_err(TransportError::NotSent)? {
            Scheme::Https => &clients.https,
            Scheme::Http => &clients.http,
        };
        Ok((url, exchange(client, request, timeout).await?))
    }

    async fn follow(
        &self,
        mut request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut redirects = 0;
        loop {
            let again = (request.method() == Method::GET).then(|| request.clone());
            let (url, mut answer) = self.send(request, timeout).await?;
            let place = answer.headers().get(LOCATION).filter(|_| is_redirect(answer.status()));
            let (Some(mut next), Some(place)) = (again, place) else {
                if redirects > 0
                    && let Ok(uri) = url.as_str().parse::<Uri>()
                {
                    answer.extensions_mut().insert(uri);
                }
                return Ok(answer);
            };
            let host = url.host_str().unwrap_or_default();
            let no_answer = |why: String| Err(TransportError::NoAnswer(why));
            redirects += 1;
            if redirects > MOST_REDIRECTS {
                return no_answer(format!("{host} redirects again and again"));
            }
            let there = place.to_str().ok().and_then(|place| url.join(place).ok());
            let Some(there) = there else {
                return no_answer(format!("{host} redirects to what is no address"));
            };
            // The check is made here as well as before sending, so that the host that redirects is named.
            if let Err(why) = self.egress.admits(&there) {
                return no_answer(format!("{host} redirects, and there: {why}"));
            }
            if there.origin() != url.origin() {
                for name in [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE] {
                    next.headers_mut().remove(name);
                }
            }
            let Ok(uri) = there.as_str().parse() else {
                return no_answer(format!("{host} redirects to what is no address"));
            };
            *next.uri_mut() = uri;
            request = next;
        }
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

#[async_trait]
impl Transport for Guarded {
    async fn call(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let late = |_| TransportError::NoAnswer("timed out".to_owned());
        tokio::time::timeout(timeout, self.follow(request, timeout)).await.map_err(late)?
    }
}

/// The system's resolver, with its answers checked.
struct Checked {
    egress: Arc<Egress>,
    names: Names,
    scheme: Scheme,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (egress, scheme) = (self.egress.clone(), self.scheme);
        let found = (self.names)(name.as_str());
        Box::pin(async move {
            let found = found.await?;
            let name = name.as_str();
            for address in &found {
                egress.allows(name, *address, scheme, None).map_err(Refused)?;
            }
            Ok(Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

/// A name was resolved to what may not be called.
#[derive(Debug)]
struct Refused(String);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Refused {}

/// The rule that forbade it, if an error was one of these.
pub(crate) fn refusal(error: &reqwest::Error) -> Option<String> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<Refused>() {
            return Some(refused.0.clone());
        }
        cause = inner.source();
    }
    None
}

#[cfg(test)]
#[path = "guarded_tests.rs"]
mod tests;

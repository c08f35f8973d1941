//! The two calls of Loki's API that are used, and what is wrong when they fail. Errors name only the host of the
//! address.

use super::wire::{self, Entry};
use super::{LokiAccess, LokiSettings};
use base64::Engine;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue};
use http::{Request, StatusCode, Uri};
use signalbox_domain::redact::words;
use signalbox_engine::ports::{Transport, TransportError};
use std::sync::Arc;
use std::time::Duration;

pub(super) struct Api {
    base: String,
    host: String,
    authorization: Option<HeaderValue>,
    tenant: Option<HeaderValue>,
    timeout: Duration,
    transport: Arc<dyn Transport>,
}

/// Why there are no lines.
pub(super) enum Refusal {
    /// The server gives at most this many lines at once.
    TooMany(usize),
    /// The server may have got the request; no answer came, or not a whole one.
    NoAnswer(String),
    /// Anything else.
    Other(String),
}

fn secret(text: &str) -> Result<HeaderValue, String> {
    let value = HeaderValue::try_from(text);
    let mut value = value.map_err(|_| "Loki's credentials have characters that no header may have")?;
    value.set_sensitive(true);
    Ok(value)
}

/// The address without user and password, and these two, if it had them.
fn without_user(url: &str) -> (String, Option<(String, String)>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let Some((who, host)) = authority.rsplit_once('@') else { return (url.to_owned(), None) };
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (user, password) = who.split_once(':').unwrap_or((who, ""));
    (format!("{scheme}://{host}{path}"), Some((plain(user), plain(password))))
}

fn basic(user: &str, password: &str) -> Result<HeaderValue, String> {
    let both = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    secret(&format!("Basic {both}"))
}

impl Api {
    pub(super) fn new(settings: LokiSettings, transport: Arc<dyn Transport>) -> Result<Self, String> {
        let (url, who) = without_user(settings.url.trim());
        let uri: Option<Uri> = url.parse().ok();
        let sound = uri.filter(|u| matches!(u.scheme_str(), Some("http" | "https")) && u.query().is_none());
        let Some(host) = sound.as_ref().and_then(Uri::host) else {
            return Err("Loki's address is none: it looks like https://logs.example.com".into());
        };
        let authorization = match (settings.access, who) {
            (LokiAccess::Basic { user, password }, _) => Some(basic(user.trim(), password.trim())?),
            (LokiAccess::Bearer(token), _) => Some(secret(&format!("Bearer {}", token.trim()))?),
            (LokiAccess::Open, Some((user, password))) => Some(basic(&user, &password)?),
            (LokiAccess::Open, None) => None,
        };
        let tenant = settings.tenant.map(|t| HeaderValue::try_from(t.trim()));
        let tenant =
            tenant.transpose().map_err(|_| "Loki's tenant has characters that no header may have")?;
        let base = url.trim_end_matches('/').to_owned();
        let base = base.strip_suffix("/loki/api/v1").map(str::to_owned).unwrap_or(base);
        Ok(Self { host: host.to_owned(), base, authorization, tenant, timeout: settings.timeout, transport })
    }

    /// Lines from one nanosecond until before another, the earliest first.
    pub(super) async fn lines(
        &self,
        query: &str,
        from: i64,
        to: i64,
        limit: usize,
    ) -> Result<Vec<Entry>, Refusal> {
        let (from, to, limit) = (from.to_string(), to.to_string(), limit.to_string());
        let arguments =
            [("query", query), ("start", &from), ("end", &to), ("limit", &limit), ("direction", "forward")];
        let body = self.get("query_range", &arguments).await?;
        wire::entries(&body).map_err(Refusal::Other)
    }

    /// About how many lines there are. It is only told to people, so it may fail.
    pub(super) async fn count(&self, query: &str, from: i64, to: i64) -> Option<u64> {
        let seconds = to.saturating_sub(from).div_euclid(1_000_000_000).max(1);
        let query = format!("sum(count_over_time({query} [{seconds}s]))");
        let body = self.get("query", &[("query", &query), ("time", &to.to_string())]).await.ok()?;
        wire::number(&body)
    }

    async fn get(&self, call: &str, arguments: &[(&str, &str)]) -> Result<Bytes, Refusal> {
        let arguments = form_urlencoded::Serializer::new(String::new()).extend_pairs(arguments).finish();
        let mut request = Request::get(format!("{}/loki/api/v1/{call}?{arguments}", self.base))
            // Keeps structured metadata out of the labels, so that a stream stays one stream.
            .header("x-loki-response-encoding-flags", "categorize-labels");
        if let Some(value) = &self.authorization {
            request = request.header(AUTHORIZATION, value.clone());
        }
        if let Some(value) = &self.tenant {
            request = request.header("x-scope-orgid", value.clone());
        }
        let request = request.body(Bytes::new());
        let request = request.map_err(|_| Refusal::Other("the query is too long for a request".into()))?;
        let host = &self.host;
        let answer = self.transport.call(request, self.timeout).await.map_err(|e| match e {
            TransportError::NotSent(why) => {
                Refusal::Other(format!("Loki at {host} cannot be reached: {}", self.words(&why)))
            }
            TransportError::NoAnswer(why) => {
                Refusal::NoAnswer(format!("Loki at {host} did not answer: {}", self.words(&why)))
            }
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer.into_body());
        }
        let text = String::from_utf8_lossy(answer.body());
        match wire::takes(&text) {
            Some(takes) if status == StatusCode::BAD_REQUEST => Err(Refusal::TooMany(takes)),
            _ => Err(Refusal::Other(self.refused(status, &text))),
        }
    }

    fn refused(&self, status: StatusCode, text: &str) -> String {
        let (host, code) = (&self.host, status.as_u16());
        let what = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                format!("Loki at {host} does not take the credentials ({code}): check them, and the tenant")
            }
            StatusCode::NOT_FOUND => format!("there is no Loki at {host} (404): check its address"),
            StatusCode::TOO_MANY_REQUESTS => format!("Loki at {host} asks to be asked less (429)"),
            StatusCode::BAD_REQUEST => format!("Loki at {host} refuses the query (400)"),
            s if s.is_redirection() => format!("{host} sends elsewhere ({code}): check Loki's address"),
            _ => format!("Loki at {host} answered {code}"),
        };
        match self.words(text) {
            words if words.is_empty() => what,
            words => format!("{what}: {words}"),
        }
    }

    /// A server's own words, without the credentials that we sent.
    fn words(&self, text: &str) -> String {
        let sent = self.authorization.as_ref().and_then(|v| v.as_bytes().splitn(2, |b| *b == b' ').nth(1));
        words(text, sent.and_then(|s| std::str::from_utf8(s).ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        for (url, bare, who) in [
            ("https://l.example", "https://l.example", None),
            ("https://12:glc_x%2F@l.example:3100/p", "https://l.example:3100/p", Some(("12", "glc_x/"))),
            ("https://only@l.example", "https://l.example", Some(("only", ""))),
            ("https://l.example/a@b", "https://l.example/a@b", None),
            ("nonsense", "nonsense", None),
        ] {
            let (got, user) = without_user(url);
            let user = user.as_ref().map(|(u, p)| (u.as_str(), p.as_str()));
            assert_eq!((got.as_str(), user), (bare, who), "{url}");
        }
    }
}

//! Silences at an Alertmanager: <https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml>.
//!
//! Alertmanager does not know when two requests are the same one. So each silence names in its comment the command
//! that asked for it, and such a silence is looked for before another is made.

use crate::settings::{Holds, Setting, Settings};
use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Method, Request, StatusCode, Uri};
use serde::{Deserialize, Serialize};
use signalbox_domain::Timestamp;
use signalbox_domain::ids::RecordId;
use signalbox_domain::redact::words;
use signalbox_engine::ports::{PortError, Silence, Silenced, Silencer, Transport, TransportError};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Every call ends within this time.
const PATIENCE: Duration = Duration::from_secs(5);
/// A silence's comment ends with this, the command, and a bracket.
const MARK: &str = "[signalbox ";

const URL: &str = "ALERTMANAGER_URL";
const TOKEN: &str = "ALERTMANAGER_TOKEN";

pub(crate) const SETTINGS: &[Setting] =
    &[Setting::new(URL, Holds::Address("https://alerts.example.com")), Setting::new(TOKEN, Holds::Secret)];

/// An Alertmanager, or another server with its API.
pub struct Alertmanager {
    base: String,
    host: String,
    authorization: Option<HeaderValue>,
    transport: Arc<dyn Transport>,
}

impl fmt::Debug for Alertmanager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alertmanager").field("host", &self.host).finish_non_exhaustive()
    }
}

/// A silence as it is listed.
#[derive(Deserialize)]
struct Listed {
    id: String,
    #[serde(default)]
    comment: String,
    status: Status,
}

#[derive(Deserialize)]
struct Status {
    state: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wanted<'a> {
    matchers: Vec<Matcher<'a>>,
    starts_at: String,
    ends_at: String,
    created_by: &'a str,
    comment: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Matcher<'a> {
    name: &'a str,
    value: &'a str,
    is_regex: bool,
    is_equal: bool,
}

/// Why a call did not bring what it should.
enum Trouble {
    /// The request itself is refused, and always will be.
    Refused(String),
    /// It may work another time, perhaps after somebody corrected the settings.
    Unavailable(String),
}

impl Listed {
    /// The command that asked for this silence, if it is one of ours.
    fn command(&self) -> Option<&str> {
        let (_, command) = self.comment.strip_suffix(']')?.rsplit_once(MARK)?;
        Some(command)
    }

    /// Whether a command for this alert asked for it: a command's id names the record that it is for.
    fn is_of(&self, alert: &RecordId) -> bool {
        self.command().is_some_and(|c| c.split(':').nth(1) == Some(alert.as_str()))
    }

    fn holds(&self) -> bool {
        matches!(self.status.state.as_str(), "active" | "pending")
    }
}

impl Alertmanager {
    /// The Alertmanager at that address, such as `https://alerts.example.com`, without `/api/v2`; with a bearer token
    /// if it, or something in front of it, wants one.
    ///
    /// # Errors
    /// Says what is wrong with the settings, without the secrets in them.
    pub fn new(url: &str, token: Option<&str>, transport: Arc<dyn Transport>) -> Result<Self, String> {
        let base = url.trim().trim_end_matches('/');
        let base = base.strip_suffix("/api/v2").unwrap_or(base).to_owned();
        let uri: Option<Uri> = base.parse().ok();
        let sound = |u: &Uri| {
            let plain = u.authority().is_some_and(|a| !a.as_str().contains('@')) && u.query().is_none();
            matches!(u.scheme_str(), Some("http" | "https")) && plain
        };
        let Some(host) = uri.as_ref().filter(|u| sound(u)).and_then(Uri::host) else {
            return Err("Alertmanager's address is none: it looks like https://alerts.example.com\n  help: without user and password; a bearer token goes into ALERTMANAGER_TOKEN".into());
        };
        let host = host.to_owned();
        let authorization = token.map(|token| HeaderValue::try_from(format!("Bearer {}", token.trim())));
        let mut authorization = authorization
            .transpose()
            .map_err(|_| "Alertmanager's token has characters that no header may have")?;
        if let Some(value) = &mut authorization {
            value.set_sensitive(true);
        }
        Ok(Self { base, host, authorization, transport })
    }

    /// Made from an installation's settings; `None` if there are none.
    ///
    /// # Errors
    /// When there is a token but no address, or one of them is not valid.
    pub(crate) fn given(set: &Settings, transport: Arc<dyn Transport>) -> Result<Option<Self>, String> {
        match (set.get(URL), set.get(TOKEN)) {
            (Some(url), token) => Self::new(url, token, transport).map(Some),
            (None, Some(_)) => Err("there is an ALERTMANAGER_TOKEN and no ALERTMANAGER_URL\n  help: the address is that of Alertmanager itself, such as https://alerts.example.com".into()),
            (None, None) => Ok(None),
        }
    }

    /// The silences that name one of these labels. Silences that ended are included for as long as Alertmanager keeps
    /// them: five days by default.
    async fn list(&self, matchers: &[(String, String)]) -> Result<Vec<Listed>, Trouble> {
        let filter = filter(matchers).map(|f| crate::segment(&f));
        let arguments = filter.map_or_else(String::new, |f| format!("?filter={f}"));
        let body = self.call(Method::GET, &format!("silences{arguments}"), None).await?;
        serde_json::from_slice(&body).map_err(|_| {
            Trouble::Unavailable(format!(
                "what answers at {} is no Alertmanager: check its address",
                self.host
            ))
        })
    }

    async fn make(&self, silence: &Silence) -> Result<(), Trouble> {
        let wanted = Wanted {
            matchers: silence.matchers.iter().map(Matcher::exactly).collect(),
            starts_at: rfc3339(silence.from)?,
            ends_at: rfc3339(silence.until)?,
            created_by: &silence.by,
            comment: format!("{} {MARK}{}]", silence.comment, silence.command),
        };
        let body = serde_json::to_vec(&wanted).map_err(|e| Trouble::Refused(e.to_string()))?;
        self.call(Method::POST, "silences", Some(body)).await.map(drop)
    }

    async fn end_all(&self, ended: impl Iterator<Item = &Listed> + Send) -> Result<(), Trouble> {
        for silence in ended {
            self.call(Method::DELETE, &format!("silence/{}", crate::segment(&silence.id)), None).await?;
        }
        Ok(())
    }

    async fn call(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Result<Bytes, Trouble> {
        let gone_is_fine = method == Method::DELETE;
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}/api/v2/{path}", self.base))
            .header(USER_AGENT, crate::USER_AGENT);
        if let Some(value) = &self.authorization {
            request = request.header(AUTHORIZATION, value.clone());
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request.body(body.map(Bytes::from).unwrap_or_default());
        let request = request.map_err(|_| Trouble::Refused("it is too long for a request".into()))?;
        let host = &self.host;
        let answer = self.transport.call(request, PATIENCE).await.map_err(|e| {
            Trouble::Unavailable(match e {
                TransportError::NotSent(why) => {
                    format!("Alertmanager at {host} cannot be reached: {}", self.words(&why))
                }
                TransportError::NoAnswer(why) => {
                    format!("Alertmanager at {host} did not answer: {}", self.words(&why))
                }
            })
        })?;
        let status = answer.status();
        if status.is_success() || (gone_is_fine && status == StatusCode::NOT_FOUND) {
            return Ok(answer.into_body());
        }
        Err(self.refused(status, &String::from_utf8_lossy(answer.body())))
    }

    fn refused(&self, status: StatusCode, text: &str) -> Trouble {
        let (host, code) = (&self.host, status.as_u16());
        let what = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                format!("Alertmanager at {host} does not take the token ({code}): check ALERTMANAGER_TOKEN")
            }
            StatusCode::NOT_FOUND => format!("there is no Alertmanager at {host} (404): check its address"),
            s if s.is_redirection() => {
                format!("{host} sends elsewhere ({code}): check Alertmanager's address")
            }
            _ => format!("Alertmanager at {host} answered {code}"),
        };
        let why = match self.words(text) {
            words if words.is_empty() => what,
            words => format!("{what}: {words}"),
        };
        match status {
            // These are about our access or the present moment, not about this silence: people can correct access,
            // and the moment passes.
            StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::NOT_FOUND
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS => Trouble::Unavailable(why),
            s if s.is_client_error() => Trouble::Refused(why),
            _ => Trouble::Unavailable(why),
        }
    }

    /// A server's own words, without our token.
    fn words(&self, text: &str) -> String {
        let sent = self.authorization.as_ref().and_then(|v| v.as_bytes().strip_prefix(b"Bearer "));
        words(text, sent.and_then(|s| std::str::from_utf8(s).ok()))
    }
}

impl<'a> Matcher<'a> {
    fn exactly((name, value): &'a (String, String)) -> Self {
        Self { name, value, is_regex: false, is_equal: true }
    }
}

/// One label to filter by, so that fewer silences are sent: the alert's name if it has one. `None` if every name
/// would need quotes, which older Alertmanagers do not know.
fn filter(matchers: &[(String, String)]) -> Option<String> {
    let simple = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let by_name = matchers.iter().find(|(name, _)| name == "alertname");
    let (name, value) = by_name.or_else(|| matchers.iter().find(|(name, _)| simple(name)))?;
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    Some(format!("{name}=\"{value}\""))
}

fn rfc3339(at: Timestamp) -> Result<String, Trouble> {
    let at = jiff::Timestamp::from_millisecond(at.0);
    at.map(|at| at.to_string()).map_err(|_| Trouble::Refused("its time is none".into()))
}

fn answered(result: Result<(), Trouble>) -> Result<Silenced, PortError> {
    match result {
        Ok(()) => Ok(Silenced::Done),
        Err(Trouble::Refused(why)) => Ok(Silenced::Refused(why)),
        Err(Trouble::Unavailable(why)) => Err(PortError::Unavailable(why)),
    }
}

#[async_trait]
impl Silencer for Alertmanager {
    async fn silence(&self, silence: &Silence) -> Result<Silenced, PortError> {
        let done = async {
            let listed = self.list(&silence.matchers).await?;
            let ours = |s: &&Listed| s.command() == Some(silence.command.as_str());
            // A silence that ended counts too: a person who ended it there wanted that.
            if !listed.iter().any(|s| ours(&s)) {
                self.make(silence).await?;
            }
            self.end_all(listed.iter().filter(|s| s.is_of(&silence.alert) && s.holds() && !ours(s))).await
        };
        answered(done.await)
    }

    async fn end(&self, alert: &RecordId, matchers: &[(String, String)]) -> Result<Silenced, PortError> {
        let done = async {
            let listed = self.list(matchers).await?;
            self.end_all(listed.iter().filter(|s| s.is_of(alert) && s.holds())).await
        };
        answered(done.await)
    }
}

#[cfg(test)]
#[path = "alertmanager_tests.rs"]
mod tests;

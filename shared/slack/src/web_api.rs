//! One call of Slack's Web API: request, answer, and what went wrong: <https://docs.slack.dev/apis/web-api>.
//!
//! The token goes into one header and nowhere else: not into an error, a log, or `Debug`.

use crate::DEFAULT_API_URL;
use crate::refusal::{Refusal, quiet};
use crate::scopes::{MissingScope, missing};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Request, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use signalbox_domain::redact::{MASK, redact};
use signalbox_engine::ports::{ChatError, Transport};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The time limit of one call, with its answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The Web API with one bot token.
pub(crate) struct WebApi {
    transport: Arc<dyn Transport>,
    pub(crate) base_url: String,
    bearer: HeaderValue,
    /// The token's scopes, from Slack's latest answer.
    granted: Mutex<Option<String>>,
}

/// The form of the arguments. Calls that read take only forms.
pub(crate) enum Arguments {
    /// As it is sent.
    Json(String),
    Form(Vec<(&'static str, String)>),
}

impl Arguments {
    pub(crate) fn json<T: Serialize>(arguments: &T) -> Self {
        // Texts and lists always have a form in JSON.
        Self::Json(serde_json::to_string(arguments).unwrap_or_default())
    }
}

/// Why a call brought nothing.
pub(crate) enum Trouble {
    Refused(Refusal, Option<HeaderValue>),
    Other(ChatError),
}

impl Trouble {
    pub(crate) fn meaning(self) -> ChatError {
        match self {
            Self::Refused(refusal, retry_after) => {
                refusal.meaning(retry_after.as_ref().map(HeaderValue::as_bytes))
            }
            Self::Other(error) => error,
        }
    }
}

#[derive(Deserialize)]
struct Verdict {
    ok: bool,
}

/// Whether paths can be put after this address: a web address without a query and without a password.
pub(crate) fn is_base(url: &str) -> bool {
    let Ok(uri) = url.parse::<http::Uri>() else { return false };
    let web = matches!(uri.scheme_str(), Some("https" | "http")) && uri.host().is_some();
    web && uri.query().is_none() && uri.authority().is_none_or(|a| !a.as_str().contains('@'))
}

impl WebApi {
    /// A client of the Web API at `base_url`, usually [`DEFAULT_API_URL`].
    ///
    /// # Errors
    /// Says what is wrong with the address or the token, without showing the token.
    pub(crate) fn new(transport: Arc<dyn Transport>, base_url: &str, token: &str) -> Result<Self, String> {
        let base_url = base_url.trim_end_matches('/').to_owned();
        // The address is not shown, because people sometimes put passwords into one.
        let wrong = || format!("the Slack API's address is none; a right one is {DEFAULT_API_URL}");
        if !is_base(&base_url) {
            return Err(wrong());
        }
        let token = token.trim();
        let shaped = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
        let bearer = shaped.then(|| HeaderValue::from_str(&format!("Bearer {token}")));
        let Some(Ok(mut bearer)) = bearer else {
            return Err("the Slack bot token is empty, or has characters that no token has".to_owned());
        };
        bearer.set_sensitive(true);
        Ok(Self { transport, base_url, bearer, granted: Mutex::default() })
    }

    /// The scopes that the token lacks, by Slack's latest answer.
    pub(crate) fn lacks(&self) -> Vec<MissingScope> {
        let granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        granted.as_deref().map(missing).unwrap_or_default()
    }

    /// Calls a method and reads the fields of `T` from its answer.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: &'static str,
        arguments: &Arguments,
    ) -> Result<T, Trouble> {
        let failed = |why: String| Trouble::Other(ChatError::Failed(format!("{method}: {why}")));
        let (kind, body) = match arguments {
            Arguments::Json(text) => ("application/json; charset=utf-8", text.clone()),
            Arguments::Form(pairs) => (
                "application/x-www-form-urlencoded",
                form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish(),
            ),
        };
        let request = Request::post(format!("{}/{method}", self.base_url))
            .header(AUTHORIZATION, &self.bearer)
            .header(CONTENT_TYPE, kind)
            .body(Bytes::from(body))
            .map_err(|e| failed(e.to_string()))?;
        let answer = self
            .transport
            .call(request, TIMEOUT)
            .await
            .map_err(|e| failed(self.without_token(&e.to_string())))?;
        let retry_after = answer.headers().get(RETRY_AFTER).cloned();
        match answer.status() {
            StatusCode::TOO_MANY_REQUESTS => {
                return Err(Trouble::Other(quiet(retry_after.as_ref().map(HeaderValue::as_bytes))));
            }
            status if !status.is_success() => return Err(failed(format!("HTTP {}", status.as_u16()))),
            _ => {}
        }
        if let Some(granted) = answer.headers().get("x-oauth-scopes").and_then(|h| h.to_str().ok()) {
            let mut known = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
            if known.as_deref() != Some(granted) {
                *known = Some(granted.to_owned());
            }
        }
        let unreadable = |_| failed("the answer is not Slack's; is SLACK_API_URL right?".to_owned());
        if serde_json::from_slice::<Verdict>(answer.body()).map_err(unreadable)?.ok {
            serde_json::from_slice(answer.body()).map_err(unreadable)
        } else {
            // A refusal with an unknown form is still a refusal.
            let refusal = serde_json::from_slice(answer.body()).unwrap_or_default();
            Err(Trouble::Refused(refusal, retry_after))
        }
    }

    /// A transport's error text may repeat what was sent.
    fn without_token(&self, text: &str) -> String {
        let token = self.bearer.to_str().ok().and_then(|bearer| bearer.strip_prefix("Bearer "));
        redact(&token.map_or_else(String::new, |t| text.replace(t, MASK)))
    }
}

//! The front of the Web API, around the methods: tokens, faults and the record of calls.
//!
//! Slack answers with HTTP 200 and `"ok": false` if an application error occurs. Any other status is an error of the
//! transport. This file must never decide what a method does.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::post;
use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Slack;
use super::arguments::Arguments;
use super::methods::{self, Refusal};

/// One call of the Web API and the status of its answer.
#[derive(Clone, Debug)]
pub struct Call {
    /// `chat.postMessage`, …
    pub method: String,
    /// The HTTP status of the answer.
    pub status: u16,
    /// When the call came, by the workspace's clock.
    pub at_ms: i64,
    /// Its arguments, without the token.
    pub body: Value,
    /// The error code of the answer, if there was one.
    pub error: Option<String>,
}

/// What may go wrong with one call. Every fault says whether the call is carried out.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Answers 429. Not carried out.
    RateLimited {
        /// The value of `Retry-After`, in seconds.
        retry_after_s: u32,
    },
    /// Answers with HTTP 200, `"ok": false` and this code. Not carried out.
    Error(&'static str),
    /// Carried out, but the answer is a bare 500, so the caller cannot know.
    LostAnswer,
    /// Answers with this HTTP status and without JSON. Not carried out.
    Http(u16),
}

/// How far a channel may be ahead of one message a second, in milliseconds.
const MOST_AHEAD_MS: i64 = 3000;

impl Slack {
    /// The Web API: `POST /api/{method}`, with JSON or form bodies and the bot's token.
    pub fn web_api(&self) -> Router {
        Router::new().route("/api/{method}", post(call)).with_state(self.clone())
    }

    /// Slack accepts one message a second in each channel. It accepts a few more at once, but not for long:
    /// <https://docs.slack.dev/apis/web-api/rate-limits>.
    fn too_fast(&self, method: &str, body: &Value) -> Option<Fault> {
        let channel = body["channel"].as_str().filter(|_| method == "chat.postMessage")?;
        let now = self.now_ms();
        let mut state = self.state();
        let rested = state.rested_at_ms.entry(channel.to_owned()).or_default();
        let ahead = (*rested - now).max(0);
        if ahead > MOST_AHEAD_MS {
            return Some(Fault::RateLimited { retry_after_s: 1 });
        }
        *rested = now + ahead + 1000;
        None
    }

    fn next_fault(&self, method: &str, body: &Value) -> Option<Fault> {
        let mut state = self.state();
        if let Some(fault) = state.standing.as_ref().and_then(|standing| (standing.0)(method, body)) {
            return Some(fault);
        }
        let at = state.faults.iter().position(|(of, _)| of == method)?;
        Some(state.faults.remove(at).1)
    }
}

async fn call(
    State(slack): State<Slack>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let at_ms = slack.now_ms();
    let arguments = Arguments::read(&headers, &body);
    let recorded = arguments.as_ref().map_or(Value::Null, Arguments::recorded);
    let fault = slack.next_fault(&method, &recorded).or_else(|| slack.too_fast(&method, &recorded));
    let outcome = match fault {
        None | Some(Fault::LostAnswer) => arguments.map_err(Refusal::from).and_then(|arguments| {
            admit(&slack, &arguments)?;
            slack.scoped(&method, &arguments)?;
            methods::carry_out(&slack, &method, &arguments)
        }),
        Some(Fault::Error(code)) => Err(Refusal::from(code)),
        Some(Fault::RateLimited { .. }) => Err(Refusal::from("ratelimited")),
        Some(Fault::Http(_)) => Err(Refusal::from("http")),
    };
    let status = match fault {
        None | Some(Fault::Error(_)) => StatusCode::OK,
        Some(Fault::LostAnswer) => StatusCode::INTERNAL_SERVER_ERROR,
        Some(Fault::RateLimited { .. }) => StatusCode::TOO_MANY_REQUESTS,
        Some(Fault::Http(status)) => {
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        }
    };
    let error = outcome.as_ref().err().map(|refusal| refusal.code.to_owned());
    slack.state().calls.push(Call { method, status: status.as_u16(), at_ms, body: recorded, error });
    match (fault, outcome) {
        (Some(Fault::RateLimited { retry_after_s }), Err(refusal)) => {
            (status, [(RETRY_AFTER, retry_after_s.to_string())], Json(refusal.wire())).into_response()
        }
        (Some(Fault::LostAnswer | Fault::Http(_)), _) => status.into_response(),
        (_, Err(refusal)) => Json(refusal.wire()).into_response(),
        (_, Ok(mut answer)) => {
            answer["ok"] = json!(true);
            ([("x-oauth-scopes", slack.granted())], Json(answer)).into_response()
        }
    }
}

fn admit(slack: &Slack, arguments: &Arguments) -> Result<(), Refusal> {
    match &arguments.token {
        None => Err("not_authed".into()),
        Some(token) if *token == slack.settings().bot_token => Ok(()),
        Some(_) => Err("invalid_auth".into()),
    }
}

//! The front of the REST API, around the endpoints: faults, headers, tokens, limits and the record of calls.
//!
//! This file must never decide what an endpoint does.

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use http::Method;
use http::header::{AUTHORIZATION, IF_NONE_MATCH};
use http::request::Parts;
use serde_json::Value;

use super::GitHub;
use super::limits;
use super::record::{Exchange, GitHubCall};
use super::reply::{Content, Reply, http_response, tagged};
use super::settings::DispatchAnswers;
use super::time::http_date;

/// The longest body, in bytes. A longer body counts as empty; no call here needs one.
const BODY_LIMIT: usize = 1 << 20;
/// The API version of a request that has no `X-GitHub-Api-Version`.
pub(super) const DEFAULT_VERSION: &str = "2022-11-28";

/// What may go wrong with one call. Every fault says whether the call is carried out.
#[derive(Clone, Debug)]
pub enum GitHubFault {
    /// Answers with this status and a JSON message. Not carried out.
    Status(u16),
    /// Carried out, but the answer is a bare 502, so the caller cannot know.
    LostAnswer,
    /// Answers 403 with nothing remaining. Not carried out.
    PrimaryLimit {
        /// The seconds from now to `x-ratelimit-reset`.
        reset_in_s: i64,
    },
    /// Answers 429. Not carried out. (If the simulated limit itself is exceeded, the answer is 403: GitHub uses
    /// both.)
    SecondaryLimit {
        /// `retry-after`, which GitHub may leave out.
        retry_after_s: Option<u32>,
    },
    /// Answers with this status and a proxy's page of HTML. Not carried out.
    Html(u16),
    /// Redirects to this address: with 301 for a GET and with 307 for other methods. Not carried out.
    Redirect(String),
    /// Answers 200 with this body, which the simulator itself would never give. Not carried out.
    Shows(Value),
    /// Answers with GitHub's JSON, this status and message, and one more header. Not carried out.
    Says(u16, String, Option<(&'static str, String)>),
}

/// A fault, and the calls that it is for.
#[derive(Clone, Debug)]
pub(super) struct Awaited {
    pub(super) path: String,
    pub(super) method: String,
    pub(super) fault: GitHubFault,
}

/// A request as it came in.
pub(super) struct Incoming<'a> {
    pub(super) parts: &'a Parts,
    pub(super) bytes: &'a Bytes,
    /// The path, split at its slashes and unescaped.
    pub(super) segments: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) version: String,
    pub(super) now: i64,
}

/// An answer, whose limits its headers show, and whether the call counts against them.
struct Outcome {
    reply: Reply,
    who: &'static str,
    counted: bool,
}

impl GitHub {
    /// The REST API, with its paths from the root: `/repos/…`, `/app/installations/…`, `/rate_limit`. `/_logs/…`
    /// stands for the other host on which GitHub keeps its logs.
    pub fn api(&self) -> Router {
        Router::new().fallback(front).with_state(self.clone())
    }

    fn respond(&self, parts: &Parts, bytes: &Bytes) -> Response {
        let now = self.now_ms();
        let query = parts.uri.query().unwrap_or_default();
        let version = parts.headers.get("x-github-api-version").map(|v| v.to_str().unwrap_or_default());
        let incoming = Incoming {
            parts,
            bytes,
            segments: parts.uri.path().split('/').skip(1).map(unescaped).collect(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            version: version.unwrap_or(DEFAULT_VERSION).to_owned(),
            now,
        };
        let mut outcome = match self.fault_for(parts) {
            _ if self.state().down => uncounted(Reply::html(503)),
            None => self.process(&incoming),
            Some(GitHubFault::LostAnswer) => Outcome { reply: Reply::empty(502), ..self.process(&incoming) },
            Some(GitHubFault::Status(status)) => uncounted(Reply::refusal(status, "Practice makes perfect")),
            Some(GitHubFault::Shows(body)) => uncounted(Reply::json(200, body)),
            Some(GitHubFault::Says(status, message, header)) => {
                let reply = Reply::refusal(status, message);
                uncounted(header.into_iter().fold(reply, |reply, (name, value)| reply.header(name, value)))
            }
            Some(GitHubFault::Html(status)) => uncounted(Reply::html(status)),
            Some(GitHubFault::SecondaryLimit { retry_after_s }) => {
                uncounted(limits::secondary(429, retry_after_s))
            }
            Some(GitHubFault::PrimaryLimit { reset_in_s }) => uncounted(
                limits::primary()
                    .header("x-ratelimit-remaining", "0")
                    .header("x-ratelimit-reset", (now.div_euclid(1_000) + reset_in_s).to_string()),
            ),
            Some(GitHubFault::Redirect(to)) => {
                let status = if parts.method == Method::GET { 301 } else { 307 };
                uncounted(Reply::refusal(status, "Moved Permanently").header("location", to))
            }
        };
        let by_github = !matches!(outcome.reply.content, Content::Text("text/html; charset=utf-8", _))
            && incoming.segments.first().is_none_or(|first| first != "_logs");
        if by_github && outcome.reply.status != 502 {
            self.add_headers(&mut outcome, now);
        }
        self.record(&incoming, &outcome);
        http_response(outcome.reply)
    }

    /// The first fault that is for this call. While GitHub is down, no fault is used up.
    fn fault_for(&self, parts: &Parts) -> Option<GitHubFault> {
        let mut state = self.state();
        if state.down {
            return None;
        }
        let path = parts.uri.path();
        let meets = |awaited: &Awaited| {
            path.contains(&awaited.path) && (awaited.method == "*" || awaited.method == parts.method.as_str())
        };
        match state.faults.iter().position(meets) {
            Some(at) => Some(state.faults.remove(at).fault),
            None => state.troubles.iter().find(|trouble| meets(trouble)).map(|t| t.fault.clone()),
        }
    }

    fn process(&self, incoming: &Incoming<'_>) -> Outcome {
        if let [first, token] = &incoming.segments[..]
            && first == "_logs"
        {
            return uncounted(self.stored_log(token, &incoming.parts.headers, incoming.now));
        }
        let ask = match self.admit(incoming) {
            Ok(ask) => ask,
            Err(reply) => return uncounted(reply),
        };
        let (who, now) = (ask.caller.limited_as(), ask.now);
        // A request for the limits is free.
        let free = ask.segments == ["rate_limit"];
        if !free {
            let points = if ask.method == Method::GET { 1 } else { 5 };
            let admitted = self.state().limits.admit(who, points, now, self.settings());
            if let Err(reply) = admitted {
                return Outcome { reply, who, counted: false };
            }
        }
        let reply = self.route(&ask).unwrap_or_else(|refused| refused);
        let tags = ask.method == Method::GET && !self.settings().no_etags;
        let reply = if tags { tagged(reply, &ask.headers) } else { reply };
        let counted = !free && reply.status != 304;
        if counted {
            self.state().limits.count(who, now);
        }
        Outcome { reply, who, counted }
    }

    fn add_headers(&self, outcome: &mut Outcome, now: i64) {
        let mut state = self.state();
        let budget = state.limits.budget(outcome.who, now, self.settings());
        let calls = state.calls.len();
        drop(state);
        for (name, value) in [
            ("x-ratelimit-limit", budget.limit.to_string()),
            ("x-ratelimit-remaining", budget.remaining().to_string()),
            ("x-ratelimit-used", budget.used.to_string()),
            ("x-ratelimit-reset", budget.reset_s.to_string()),
            ("x-ratelimit-resource", "core".to_owned()),
            ("date", http_date(now)),
            ("x-github-request-id", format!("51A6:{calls:06X}:{now:012X}")),
        ] {
            // A fault may have set this header already.
            if outcome.reply.headers.iter().all(|(known, _)| *known != name) {
                outcome.reply.headers.push((name, value));
            }
        }
    }

    fn record(&self, incoming: &Incoming<'_>, outcome: &Outcome) {
        if !self.settings().record {
            return;
        }
        let headers = &incoming.parts.headers;
        let body = match &incoming.bytes[..] {
            b"" => Value::Null,
            bytes => serde_json::from_slice(bytes)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned())),
        };
        let (response_body, response_type) = match &outcome.reply.content {
            Content::Empty => (Value::Null, None),
            Content::Json(value) => (value.clone(), Some("application/json; charset=utf-8".to_owned())),
            Content::Text(media, text) => (Value::String(text.clone()), Some((*media).to_owned())),
        };
        let (method, path) = (incoming.parts.method.to_string(), incoming.parts.uri.path().to_owned());
        let mut state = self.state();
        state.calls.push(GitHubCall {
            method: method.clone(),
            path: path.clone(),
            status: outcome.reply.status,
            at_ms: incoming.now,
            conditional: headers.contains_key(IF_NONE_MATCH),
            body: body.clone(),
            counted: outcome.counted,
            authorized: headers.contains_key(AUTHORIZATION),
        });
        state.exchanges.push(Exchange {
            method,
            path,
            query: incoming.query.clone(),
            status: outcome.reply.status,
            request_body: body,
            response_body,
            response_type,
            api_version: incoming.version.clone(),
            edition: match self.settings().answers {
                DispatchAnswers::RunDetails => "api.github.com",
                DispatchAnswers::NoContent => "ghes-3.19",
            },
        });
    }
}

async fn front(State(github): State<GitHub>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    github.respond(&parts, &bytes)
}

fn uncounted(reply: Reply) -> Outcome {
    Outcome { reply, who: "", counted: false }
}

/// Unescapes a segment of a path. `%2F` becomes a slash, and a plus stays a plus.
fn unescaped(segment: &str) -> String {
    let exact = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(exact.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

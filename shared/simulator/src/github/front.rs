//! The REST API's front: faults, headers, tokens, limits and the record of calls, around the endpoints.
//!
//! The order is GitHub's: a request without a `User-Agent` is refused before its token is looked at, and the token
//! before its body. This file must never decide what an endpoint does.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_NONE_MATCH, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;

use super::GitHub;
use super::auth::Caller;
use super::limits;
use super::record::{Exchange, GitHubCall};
use super::reply::{Answer, Content, Reply};
use super::settings::{DispatchAnswers, Repository};
use super::wire::git_id;

/// Bodies longer than this are cut off; no call here has one.
const BODY_LIMIT: usize = 1 << 20;
/// What the absence of `X-GitHub-Api-Version` means.
const DEFAULT_VERSION: &str = "2022-11-28";

/// What may go wrong with one call.
#[derive(Clone, Debug)]
pub enum GitHubFault {
    /// This status with a JSON message; not carried out.
    Status(u16),
    /// Carried out; the answer is a bare 502, so the caller cannot know.
    LostAnswer,
    /// 403 with nothing remaining; not carried out.
    PrimaryLimit {
        /// From now to `x-ratelimit-reset`.
        reset_in_s: i64,
    },
    /// 429; not carried out. (The limit that is enforced answers 403: GitHub uses both.)
    SecondaryLimit {
        /// `retry-after`, which GitHub may leave out.
        retry_after_s: Option<u32>,
    },
    /// This status and a proxy's page of HTML; not carried out.
    Html(u16),
    /// A redirect to there: 301 for a read and 307 for the rest; not carried out.
    Redirect(String),
}

/// A fault, and the call it waits for.
#[derive(Debug)]
pub(super) struct Awaited {
    pub(super) path: String,
    pub(super) method: String,
    pub(super) fault: GitHubFault,
}

/// A request that was let in.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    /// The path, cut at its slashes and unescaped.
    pub(super) segments: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    /// Null if there is none.
    pub(super) body: Value,
    pub(super) version: String,
    pub(super) now: i64,
    pub(super) caller: Caller,
}

/// A request as it came.
struct Incoming<'a> {
    parts: &'a Parts,
    bytes: &'a Bytes,
    segments: Vec<String>,
    query: Vec<(String, String)>,
    version: String,
    now: i64,
}

/// An answer, whose limits it shows, and whether it counts against them.
struct Outcome {
    reply: Reply,
    who: &'static str,
    counted: bool,
}

impl GitHub {
    /// The REST API, from its root: `/repos/…`, `/app/installations/…`, `/rate_limit`; and `/_logs/…`, which stands
    /// for the other host that GitHub keeps its logs with.
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
            self.add_limits(&mut outcome, now);
        }
        self.record(&incoming, &outcome);
        http_response(outcome.reply)
    }

    /// The first fault that waits for this call. GitHub being down uses none up.
    fn fault_for(&self, parts: &Parts) -> Option<GitHubFault> {
        let mut state = self.state();
        if state.down {
            return None;
        }
        let path = parts.uri.path();
        let at = state.faults.iter().position(|awaited| {
            path.contains(&awaited.path) && (awaited.method == "*" || awaited.method == parts.method.as_str())
        })?;
        Some(state.faults.remove(at).fault)
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
        // Asking for the limits is free.
        let free = ask.segments == ["rate_limit"];
        if !free {
            let points = if ask.method == Method::GET { 1 } else { 5 };
            let admitted = self.state().limits.admit(who, points, now, self.settings());
            if let Err(reply) = admitted {
                return Outcome { reply, who, counted: false };
            }
        }
        let reply = self.route(&ask).unwrap_or_else(|refused| refused);
        let reply = if ask.method == Method::GET { tagged(reply, &ask.headers) } else { reply };
        let counted = !free && reply.status != 304;
        if counted {
            self.state().limits.count(who, now);
        }
        Outcome { reply, who, counted }
    }

    /// Headers and body, in the order in which GitHub minds them.
    fn admit(&self, incoming: &Incoming<'_>) -> Result<Ask, Reply> {
        let headers = &incoming.parts.headers;
        if headers.get(USER_AGENT).is_none_or(HeaderValue::is_empty) {
            let words = "\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent \
                         header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).\r\n";
            return Err(Reply::new(403, Content::Text("text/html; charset=utf-8", words.to_owned())));
        }
        if !self.settings().api_versions.contains(&incoming.version) {
            let words = format!("The API version {:?} is not supported.", incoming.version);
            return Err(Reply::refusal(400, words));
        }
        if let Some(accept) = headers.get(ACCEPT) {
            let accept = accept.to_str().unwrap_or_default();
            if !["*/*", "application/json", "application/vnd.github"]
                .iter()
                .any(|known| accept.contains(known))
            {
                let words =
                    format!("Unsupported 'Accept' header: '{accept}'. Must accept 'application/json'.");
                return Err(Reply::refusal(415, words));
            }
        }
        let of_app = incoming.segments.first().is_some_and(|first| first == "app");
        let caller = self.caller(headers, of_app, incoming.now)?;
        let body = match &incoming.bytes[..] {
            b"" => Value::Null,
            _ if !is_json(headers) => return Err(Reply::refusal(415, "Unsupported Media Type")),
            bytes => {
                serde_json::from_slice(bytes).map_err(|_| Reply::refusal(400, "Problems parsing JSON"))?
            }
        };
        Ok(Ask {
            method: incoming.parts.method.clone(),
            segments: incoming.segments.clone(),
            query: incoming.query.clone(),
            headers: headers.clone(),
            body,
            version: incoming.version.clone(),
            now: incoming.now,
            caller,
        })
    }

    fn route(&self, ask: &Ask) -> Answer {
        let segments: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
        match (ask.method.as_str(), &segments[..]) {
            ("GET", ["rate_limit"]) => Ok(self.rate_limit(ask)),
            ("POST", ["app", "installations", id, "access_tokens"]) => self.access_token(ask, id),
            (method, ["repos", owner, name, rest @ ..]) => {
                let repository = self.repository(ask, owner, name)?;
                self.route_in(ask, repository, method, rest)
            }
            _ => Err(Reply::not_found()),
        }
    }

    fn route_in(&self, ask: &Ask, repository: &Repository, method: &str, rest: &[&str]) -> Answer {
        match (method, rest) {
            ("GET", ["contents", path @ ..]) => self.contents(ask, repository, &path.join("/")),
            ("POST", ["actions", "workflows", workflow, "dispatches"]) => {
                self.dispatch(ask, repository, workflow)
            }
            ("GET", ["actions", "workflows", workflow]) => self.show_workflow(ask, repository, workflow),
            ("GET", ["actions", "workflows", workflow, "runs"]) => self.list_runs(ask, repository, workflow),
            ("GET", ["actions", "runs", run]) => self.show_run(ask, repository, run, None),
            ("GET", ["actions", "runs", run, "attempts", n]) => self.show_run(ask, repository, run, Some(n)),
            ("GET", ["actions", "runs", run, "jobs"]) => self.list_jobs(ask, repository, run),
            ("POST", ["actions", "runs", run, "cancel"]) => self.cancel(ask, repository, run, false),
            ("POST", ["actions", "runs", run, "force-cancel"]) => self.cancel(ask, repository, run, true),
            ("GET", ["actions", "jobs", job, "logs"]) => self.job_log(ask, repository, job),
            _ => Err(Reply::not_found()),
        }
    }

    /// What the caller cannot see does not exist.
    fn repository(&self, ask: &Ask, owner: &str, name: &str) -> Result<&Repository, Reply> {
        let mut known = self.settings().repositories.iter();
        let found = known.find(|repository| repository.is(owner, name));
        found.filter(|repository| ask.caller.sees(&repository.name)).ok_or_else(Reply::not_found)
    }

    fn rate_limit(&self, ask: &Ask) -> Reply {
        let budget = self.state().limits.budget(ask.caller.limited_as(), ask.now, self.settings());
        let core = budget.wire();
        let search = limits::Budget { limit: 30, used: 0, reset_s: ask.now.div_euclid(1_000) + 60 }.wire();
        let mut body = serde_json::json!({"resources": {"core": core, "search": search}});
        if ask.version == DEFAULT_VERSION {
            body["rate"] = core;
        }
        Reply::json(200, body)
    }

    fn add_limits(&self, outcome: &mut Outcome, now: i64) {
        let budget = self.state().limits.budget(outcome.who, now, self.settings());
        for (name, value) in [
            ("x-ratelimit-limit", budget.limit.to_string()),
            ("x-ratelimit-remaining", budget.remaining().to_string()),
            ("x-ratelimit-used", budget.used.to_string()),
            ("x-ratelimit-reset", budget.reset_s.to_string()),
            ("x-ratelimit-resource", "core".to_owned()),
        ] {
            // A fault may have said otherwise already.
            if outcome.reply.headers.iter().all(|(known, _)| *known != name) {
                outcome.reply.headers.push((name, value));
            }
        }
    }

    fn record(&self, incoming: &Incoming<'_>, outcome: &Outcome) {
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

fn is_json(headers: &HeaderMap) -> bool {
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().is_some_and(|media| media.trim() == "application/json")
}

/// A segment of a path: `%2F` is a slash, and a plus is a plus.
fn unescaped(segment: &str) -> String {
    let exact = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(exact.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

/// With an `ETag`; or a 304, if the caller has just this already.
fn tagged(reply: Reply, headers: &HeaderMap) -> Reply {
    let words = match &reply.content {
        _ if reply.status != 200 => return reply,
        Content::Empty => String::new(),
        Content::Json(value) => value.to_string(),
        Content::Text(_, text) => text.clone(),
    };
    let tag = format!("W/\"{}\"", git_id(&words));
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // The comparison is a weak one, and a list of tags is allowed.
    let strong = tag.trim_start_matches("W/");
    let same = known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == strong);
    let reply = if same { Reply::empty(304) } else { reply };
    reply.header("etag", tag).header("cache-control", "private, max-age=60, s-maxage=60")
}

fn http_response(reply: Reply) -> Response {
    let (media, body) = match reply.content {
        Content::Empty => (None, Body::empty()),
        Content::Json(value) => (Some("application/json; charset=utf-8"), Body::from(value.to_string())),
        Content::Text(media, text) => (Some(media), Body::from(text)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(reply.status).unwrap_or_default();
    let headers = response.headers_mut();
    if let Some(media) = media {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    }
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

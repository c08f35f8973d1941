//! Checks a request, and finds the endpoint that it is for.
//!
//! The checks are in GitHub's order: a request without a `User-Agent` is refused before its token is checked, and the
//! token is checked before the body. Nothing is carried out here.

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;

use super::GitHub;
use super::auth::Caller;
use super::front::{DEFAULT_VERSION, Incoming};
use super::limits;
use super::reply::{Answer, Content, Reply};
use super::settings::Repository;

/// A request that has passed the checks.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    /// The path, split at its slashes and unescaped.
    pub(super) segments: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    /// The query as it came in.
    pub(super) raw_query: Option<String>,
    pub(super) headers: HeaderMap,
    /// The body; null if there is none.
    pub(super) body: Value,
    pub(super) version: String,
    pub(super) now: i64,
    pub(super) caller: Caller,
}

impl GitHub {
    /// Checks headers and body in GitHub's order.
    pub(super) fn admit(&self, incoming: &Incoming<'_>) -> Result<Ask, Reply> {
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
        let segments: Vec<&str> = incoming.segments.iter().map(String::as_str).collect();
        let of_app = matches!(&segments[..], ["app", ..] | ["repos", _, _, "installation"]);
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
            raw_query: incoming.parts.uri.query().map(str::to_owned),
            headers: headers.clone(),
            body,
            version: incoming.version.clone(),
            now: incoming.now,
            caller,
        })
    }

    pub(super) fn route(&self, ask: &Ask) -> Answer {
        let segments: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
        match (ask.method.as_str(), &segments[..]) {
            ("GET", ["rate_limit"]) => Ok(self.rate_limit(ask)),
            ("GET", ["user"]) => self.who(ask),
            ("GET", ["app"]) => self.show_app(),
            ("GET", ["repos", owner, name, "installation"]) => {
                let mut known = self.settings().repositories.iter();
                let repository = known.find(|r| r.is(owner, name)).ok_or_else(Reply::not_found)?;
                self.installation(repository)
            }
            ("POST", ["app", "installations", id, "access_tokens"]) => self.access_token(ask, id),
            (method, ["repos", owner, name, rest @ ..]) if self.state().renamed => {
                let mut known = self.settings().repositories.iter();
                let at = known.position(|r| r.is(owner, name)).ok_or_else(Reply::not_found)?;
                let status = if method == "GET" { 301 } else { 307 };
                let mut place = format!("{}/repositories/{at}/{}", self.settings().api_url, rest.join("/"));
                if let Some(query) = &ask.raw_query {
                    place = format!("{place}?{query}");
                }
                Err(Reply::refusal(status, "Moved Permanently").header("location", place))
            }
            (method, ["repositories", at, rest @ ..]) => {
                let known = at.parse().ok().and_then(|at: usize| self.settings().repositories.get(at));
                let known = known.filter(|repository| ask.caller.sees(&repository.name));
                self.route_in(ask, known.ok_or_else(Reply::not_found)?, method, rest)
            }
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
            ("GET", ["branches"]) => self.list_branches(ask, repository),
            ("GET", ["tags"]) => self.list_tags(ask, repository),
            ("GET", ["releases"]) => self.list_releases(ask, repository),
            ("GET", ["releases", "tags", tag]) => self.show_release(ask, repository, tag),
            ("GET", ["environments"]) => self.list_environments(ask, repository),
            ("GET", ["environments", name]) => self.show_environment(ask, repository, name),
            ("GET", ["git", "ref", git_ref @ ..]) => self.show_ref(ask, repository, &git_ref.join("/")),
            ("GET", ["commits", commit, "status"]) => self.show_status(ask, repository, commit),
            ("GET", ["commits", commit, "check-runs"]) => self.list_checks(ask, repository, commit),
            ("GET", ["compare", both]) => self.compare(ask, repository, both),
            ("GET", ["actions", "workflows"]) => self.list_workflows(ask, repository),
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

    /// For a caller that cannot see a repository, it does not exist.
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
}

fn is_json(headers: &HeaderMap) -> bool {
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().is_some_and(|media| media.trim() == "application/json")
}

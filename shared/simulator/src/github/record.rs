//! What tests may look at: the calls that were made, the exchanges in full, and the runs.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// One call of the REST API, as it came and as it was answered.
#[derive(Clone, Debug)]
pub struct GitHubCall {
    /// `GET`, `POST`, …
    pub method: String,
    /// With its real names in it, and without the query.
    pub path: String,
    /// The status of the answer; for a lost answer, that of what arrived instead of it.
    pub status: u16,
    /// When it came, by the clock.
    pub at_ms: i64,
    /// Whether it had an `If-None-Match`.
    pub conditional: bool,
    /// Its body, if that was JSON.
    pub body: Value,
    /// Whether it counts against the primary limit.
    pub counted: bool,
    /// Whether it had an `Authorization`.
    pub authorized: bool,
}

/// A request and its answer, as `tests/openapi/check.mjs` reads them.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    /// `GET`, `POST`, …
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The query's pairs, unescaped, in order.
    pub query: Vec<(String, String)>,
    /// The status of the answer.
    pub status: u16,
    /// JSON, text as a string, or null for none.
    pub request_body: Value,
    /// JSON, text as a string, or null for none.
    pub response_body: Value,
    /// The answer's `Content-Type`, if it has one.
    pub response_type: Option<String>,
    /// What `X-GitHub-Api-Version` said, or what GitHub takes its absence for.
    pub api_version: String,
    /// Whose description it is to be held against: `api.github.com` or `ghes-3.19`.
    pub edition: &'static str,
}

/// A run as its page shows it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunView {
    pub id: i64,
    /// `owner/name`
    pub repository: String,
    /// `release.yml`
    pub workflow: String,
    /// What `run-name` came to.
    pub display_title: String,
    /// What the dispatch gave, with the defaults of what it did not.
    pub inputs: BTreeMap<String, String>,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// Once it is completed.
    pub conclusion: Option<String>,
    /// 1, and one more for every re-run.
    pub attempt: u32,
    /// Who started it.
    pub actor: String,
    /// The branch or tag.
    pub branch: String,
    /// When it was made.
    pub created_ms: i64,
}

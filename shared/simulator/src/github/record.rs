//! What tests can look at: the calls that were made, the full exchanges, and the runs.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// One call of the REST API and the status of its answer.
#[derive(Clone, Debug)]
pub struct GitHubCall {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path with the names that were used, without the query.
    pub path: String,
    /// The status of the answer. For a lost answer, the status that arrived in its place.
    pub status: u16,
    /// When the call came, by the simulator's clock.
    pub at_ms: i64,
    /// Whether it had the header `If-None-Match`.
    pub conditional: bool,
    /// Its body if that was JSON.
    pub body: Value,
    /// Whether it counts against the primary limit.
    pub counted: bool,
    /// Whether it had the header `Authorization`.
    pub authorized: bool,
}

/// A request and its answer, as `tests/openapi/check.mjs` reads them.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query's pairs, unescaped, in order.
    pub query: Vec<(String, String)>,
    /// The status of the answer.
    pub status: u16,
    /// JSON, a text as a string, or null if there is no body.
    pub request_body: Value,
    /// JSON, a text as a string, or null if there is no body.
    pub response_body: Value,
    /// The answer's `Content-Type`, if it has one.
    pub response_type: Option<String>,
    /// The value of `X-GitHub-Api-Version`, or the version that GitHub assumes without it.
    pub api_version: String,
    /// The description with which it has to be compared: `api.github.com` or `ghes-3.19`.
    pub edition: &'static str,
}

/// A run as its page shows it at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunView {
    pub id: i64,
    /// `owner/name`
    pub repository: String,
    /// `release.yml`
    pub workflow: String,
    /// The text that `run-name` gave.
    pub display_title: String,
    /// The inputs of the dispatch, with the defaults of those that it did not give.
    pub inputs: BTreeMap<String, String>,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// How it ended. Only present when it is completed.
    pub conclusion: Option<String>,
    /// 1 for the first attempt, and one more for every re-run.
    pub attempt: u32,
    /// The login of the person or bot that started it.
    pub actor: String,
    /// The branch or tag.
    pub branch: String,
    /// When it was created.
    pub created_ms: i64,
}

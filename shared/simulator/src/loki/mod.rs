//! A Loki in this process: lines can be pushed and queried.
//!
//! Written from Grafana's documentation of Loki's HTTP API
//! (<https://grafana.com/docs/loki/latest/reference/loki-http-api/>). Of LogQL it knows a selector, line filters, and
//! the one form of counting lines; anything else is a parse error here. Lines of the same nanosecond have a different
//! order in each answer, because Loki promises no order.
//!
//! ```
//! # use std::sync::Arc;
//! # use signalbox_simulator::loki::{Loki, LokiSettings};
//! let loki = Loki::new(LokiSettings::new(Arc::new(|| 1_795_219_200_000)));
//! loki.add(&[("app", "web")], 1_795_219_100_000_000_000, "GET / 500");
//! let _router = loki.http(); // serve it, or call it in memory
//! ```

mod answer;
mod query;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The names and values of labels, of a stream or of a line's structured metadata.
pub(crate) type Labels = BTreeMap<String, String>;

/// The settings of a Loki.
#[derive(Clone)]
pub struct LokiSettings {
    /// The clock, in milliseconds since 1970.
    pub now_ms: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// The value that the header `Authorization` must have. `None` if it is not checked.
    pub authorization: Option<String>,
    /// The value that the header `X-Scope-OrgID` must have. `None` if it is not checked.
    pub tenant: Option<String>,
    /// The setting `max_entries_limit_per_query`.
    pub most: usize,
}

impl LokiSettings {
    /// A Loki that needs no authorization and gives up to 5,000 lines at once.
    #[must_use]
    pub fn new(now_ms: Arc<dyn Fn() -> i64 + Send + Sync>) -> Self {
        Self { now_ms, authorization: None, tenant: None, most: 5000 }
    }
}

/// A handle on a Loki. Every clone is the same Loki.
#[derive(Clone)]
pub struct Loki {
    settings: LokiSettings,
    state: Arc<Mutex<Kept>>,
}

/// What it has stored.
#[derive(Default)]
struct Kept {
    entries: Vec<Entry>,
    /// How many queries for lines were answered. It changes the order of lines of the same nanosecond.
    asked: usize,
}

/// One line.
#[derive(Clone, PartialEq, Eq)]
struct Entry {
    ns: i64,
    stream: Labels,
    line: String,
    metadata: Labels,
}

impl fmt::Debug for Loki {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loki").field("entries", &self.state().entries.len()).finish_non_exhaustive()
    }
}

/// An error in the form in which Loki gives it: plain text.
struct Refused(StatusCode, String);

impl Refused {
    fn query(text: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, text.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, format!("{}\n", self.1)).into_response()
    }
}

impl Loki {
    /// A Loki without lines.
    #[must_use]
    pub fn new(settings: LokiSettings) -> Self {
        Self { settings, state: Arc::default() }
    }

    /// Its HTTP routes: `query_range`, `query`, `labels` and `push` below `/loki/api/v1`.
    pub fn http(&self) -> Router {
        Router::new()
            .route("/loki/api/v1/query_range", get(query_range))
            .route("/loki/api/v1/query", get(instant))
            .route("/loki/api/v1/labels", get(labels))
            .route("/loki/api/v1/push", post(push))
            .with_state(self.clone())
    }

    /// Adds a line, as a push would. If the same line is added again for the same stream and nanosecond, it is kept
    /// once.
    pub fn add(&self, stream: &[(&str, &str)], ns: i64, line: &str) {
        let stream = stream.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        self.keep(Entry { ns, stream, line: line.to_owned(), metadata: Labels::new() });
    }

    fn keep(&self, entry: Entry) {
        let mut state = self.state();
        if !state.entries.contains(&entry) {
            state.entries.push(entry);
        }
    }

    fn state(&self) -> MutexGuard<'_, Kept> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let is = |name: &str, wanted: &Option<String>| {
            wanted.is_none() || headers.get(name).and_then(|v| v.to_str().ok()) == wanted.as_deref()
        };
        if !is("authorization", &self.settings.authorization) {
            return Err(Refused(StatusCode::UNAUTHORIZED, "Unauthorized".into()));
        }
        if !is("x-scope-orgid", &self.settings.tenant) {
            return Err(Refused(StatusCode::UNAUTHORIZED, "no org id".into()));
        }
        Ok(())
    }
}

async fn query_range(
    State(loki): State<Loki>,
    headers: HeaderMap,
    RawQuery(arguments): RawQuery,
) -> Result<Response, Refused> {
    loki.admit(&headers)?;
    let apart = headers.get("x-loki-response-encoding-flags").is_some_and(|v| v == "categorize-labels");
    answer::lines(&loki, &answer::Arguments::read(arguments.as_deref()), apart)
}

async fn instant(
    State(loki): State<Loki>,
    headers: HeaderMap,
    RawQuery(arguments): RawQuery,
) -> Result<Response, Refused> {
    loki.admit(&headers)?;
    answer::count(&loki, &answer::Arguments::read(arguments.as_deref()))
}

async fn labels(State(loki): State<Loki>, headers: HeaderMap) -> Result<Response, Refused> {
    loki.admit(&headers)?;
    Ok(answer::labels(&loki))
}

async fn push(State(loki): State<Loki>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, Refused> {
    loki.admit(&headers)?;
    for entry in answer::pushed(&body)? {
        loki.keep(entry);
    }
    Ok(StatusCode::NO_CONTENT)
}

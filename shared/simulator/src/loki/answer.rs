//! The arguments of a query, and its answer.

use super::query::Query;
use super::{Entry, Labels, Loki, Refused};
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How many lines an answer has if the query does not say how many.
const LIMIT: usize = 100;
const HOUR_NS: i64 = 3_600_000_000_000;

/// The arguments of a query.
pub(super) struct Arguments(BTreeMap<String, String>);

impl Arguments {
    pub(super) fn read(query: Option<&str>) -> Self {
        Self(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Reads a time: nanoseconds, whole seconds, or RFC 3339.
    fn time(&self, name: &str) -> Result<Option<i64>, Refused> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let wrong = || Refused::query(format!("cannot parse \"{text}\" to a valid timestamp"));
        if let Ok(number) = text.parse::<i64>() {
            return Ok(Some(if text.len() <= 10 { number.saturating_mul(1_000_000_000) } else { number }));
        }
        let at = text.parse::<jiff::Timestamp>().map_err(|_| wrong())?;
        i64::try_from(at.as_nanosecond()).map(Some).map_err(|_| wrong())
    }
}

fn success(data: &Value) -> Response {
    Json(json!({ "status": "success", "data": data })).into_response()
}

fn now(loki: &Loki) -> i64 {
    (loki.settings.now_ms)().saturating_mul(1_000_000)
}

/// Answers `query_range`. With `apart`, structured metadata is not put among the labels.
pub(super) fn lines(loki: &Loki, arguments: &Arguments, apart: bool) -> Result<Response, Refused> {
    let end = arguments.time("end")?.unwrap_or_else(|| now(loki));
    let start = arguments.time("start")?.unwrap_or(end.saturating_sub(HOUR_NS));
    if end <= start {
        return Err(Refused::query("end timestamp must not be before or equal to start time"));
    }
    let limit = match arguments.get("limit") {
        None => LIMIT,
        Some(text) => match text.parse() {
            Ok(0) | Err(_) => return Err(Refused::query("limit must be a positive value")),
            Ok(limit) => limit,
        },
    };
    let most = loki.settings.most;
    if limit > most {
        return Err(Refused::query(format!(
            "max entries limit per query exceeded, limit > max_entries_limit_per_query ({limit} > {most})"
        )));
    }
    let backward = match arguments.get("direction").map(str::to_lowercase).as_deref() {
        None | Some("backward") => true,
        Some("forward") => false,
        Some(other) => return Err(Refused::query(format!("invalid direction '{other}'"))),
    };
    let query = Query::parse(arguments.get("query").unwrap_or_default())?;

    let mut state = loki.state();
    state.asked += 1;
    let stir = |entry: &Entry| entry.line.bytes().fold(state.asked, |n, b| n * 31 % 1009 + usize::from(b));
    let inside = |e: &&Entry| e.ns >= start && e.ns < end && query.fits(e);
    let mut found: Vec<&Entry> = state.entries.iter().filter(inside).collect();
    found.sort_by_key(|e| (if backward { -e.ns } else { e.ns }, stir(e)));
    found.truncate(limit);
    let mut streams: BTreeMap<Labels, Vec<Value>> = BTreeMap::new();
    for entry in found {
        let mut labels = entry.stream.clone();
        let mut value = vec![json!(entry.ns.to_string()), json!(entry.line)];
        if apart {
            let of = if entry.metadata.is_empty() {
                json!({})
            } else {
                json!({ "structuredMetadata": entry.metadata })
            };
            value.push(of);
        } else {
            labels.extend(entry.metadata.clone());
        }
        streams.entry(labels).or_default().push(Value::Array(value));
    }
    let result = streams.into_iter().map(|(stream, values)| json!({ "stream": stream, "values": values }));
    let mut data = json!({ "resultType": "streams", "result": result.collect::<Vec<_>>(), "stats": {} });
    if apart {
        data["encodingFlags"] = json!(["categorize-labels"]);
    }
    Ok(success(&data))
}

/// Answers `query` for `sum(count_over_time({…} [60s]))`.
pub(super) fn count(loki: &Loki, arguments: &Arguments) -> Result<Response, Refused> {
    let at = arguments.time("time")?.unwrap_or_else(|| now(loki));
    let text = arguments.get("query").unwrap_or_default();
    let inner = text.strip_prefix("sum(count_over_time(").and_then(|t| t.strip_suffix("s]))"));
    let Some((query, seconds)) = inner.and_then(|t| t.rsplit_once('[')) else {
        return Err(Refused::query(
            "log queries are not supported as an instant query type, please change your query to a range query type",
        ));
    };
    let seconds: i64 = seconds.parse().map_err(|_| Refused::query("not a valid duration string"))?;
    let query = Query::parse(query)?;
    let after = at.saturating_sub(seconds.saturating_mul(1_000_000_000));
    let entries = &loki.state().entries;
    let count = entries.iter().filter(|e| e.ns > after && e.ns <= at && query.fits(e)).count();
    let sample = json!([{ "metric": {}, "value": [at / 1_000_000_000, count.to_string()] }]);
    let result = if count == 0 { json!([]) } else { sample };
    Ok(success(&json!({ "resultType": "vector", "result": result, "stats": {} })))
}

/// The names of all labels.
pub(super) fn labels(loki: &Loki) -> Response {
    let names: BTreeSet<String> =
        loki.state().entries.iter().flat_map(|e| e.stream.keys().cloned()).collect();
    success(&json!(names))
}

#[derive(Deserialize)]
struct Push {
    streams: Vec<Pushed>,
}

#[derive(Deserialize)]
struct Pushed {
    stream: Labels,
    values: Vec<Vec<Value>>,
}

/// The lines of a push in JSON.
pub(super) fn pushed(body: &[u8]) -> Result<Vec<Entry>, Refused> {
    let push: Push = serde_json::from_slice(body).map_err(|e| Refused::query(e.to_string()))?;
    let mut entries = vec![];
    for Pushed { stream, values } in push.streams {
        if stream.is_empty() {
            return Err(Refused::query("error at least one label pair is required per stream"));
        }
        for value in values {
            let text = |at: usize| value.get(at).and_then(Value::as_str);
            let ns = text(0).and_then(|t| t.parse().ok());
            let (Some(ns), Some(line)) = (ns, text(1)) else {
                return Err(Refused::query("a value is [\"nanoseconds\", \"line\"]"));
            };
            let metadata = value.get(2).map(|m| serde_json::from_value(m.clone())).transpose();
            let metadata = metadata.map_err(|e| Refused::query(e.to_string()))?.unwrap_or_default();
            entries.push(Entry { ns, stream: stream.clone(), line: line.to_owned(), metadata });
        }
    }
    Ok(entries)
}

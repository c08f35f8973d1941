//! Lines of a Loki, forward in time: <https://grafana.com/docs/loki/latest/reference/loki-http-api/>.
//!
//! Loki has no token for the next page, so a page is read again from the nanosecond of the last line. The position
//! holds what was given of that nanosecond, and this is left out. That works in whatever order Loki gives the lines
//! of a nanosecond.

mod api;
mod wire;

use crate::{failed, lost};
use api::{Api, Refusal};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use signalbox_domain::Timestamp;
use signalbox_domain::ids::Digest;
use signalbox_engine::ports::{LogLine, LogPage, LogSource, More, SourceError, Span, Transport};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use wire::Entry;

/// How many lines are in one page, unless the server gives fewer: Loki's own `max_entries_limit_per_query`.
const LIMIT: usize = 5000;
/// At most this many lines are in one page, if many share a nanosecond.
const LARGEST: usize = 80_000;
/// If no answer came it may have been too large; with at most this many lines it was not.
const SMALLEST: usize = 500;
/// At most this many marks are in a position: it is kept in the watch's memo, which must stay small. If a nanosecond
/// has more lines, the next page gives all of it.
const MOST_MARKS: usize = 1000;
/// How long lines may be on their way, because agents send them in batches.
const SETTLES: Duration = Duration::from_secs(120);
const NS_PER_MS: i64 = 1_000_000;

/// How Signalbox identifies itself to a Loki.
#[derive(Clone)]
pub enum LokiAccess {
    /// Without credentials.
    Open,
    /// `Authorization: Basic`, as Grafana Cloud wants it.
    Basic {
        /// The user, or the instance's number.
        user: String,
        /// Their password or token.
        password: String,
    },
    /// `Authorization: Bearer`.
    Bearer(String),
}

/// Where a Loki is and how it is asked. Holds secrets, so it cannot be printed.
#[derive(Clone)]
pub struct LokiSettings {
    /// Its address, such as `https://logs.example.com`, without `/loki/api/v1`. A user and a password in it are taken
    /// out, and used if `access` is open.
    pub url: String,
    /// The credentials.
    pub access: LokiAccess,
    /// `X-Scope-OrgID`: the tenant, if there are several.
    pub tenant: Option<String>,
    /// The longest time that one request may take.
    pub timeout: Duration,
    /// At most this many lines in a page, 1 to 5,000: a server that gives fewer says so, and is then asked for fewer.
    pub limit: usize,
}

impl LokiSettings {
    /// The Loki at that address, with 30 seconds for a request, and as many lines in a page as a Loki gives by
    /// default.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            access: LokiAccess::Open,
            tenant: None,
            timeout: Duration::from_secs(30),
            limit: LIMIT,
        }
    }
}

/// The lines of one query.
pub struct Loki {
    api: Api,
    query: String,
    /// How many lines the server gives, as far as that is known.
    limit: AtomicUsize,
}

/// The place just after the last line that was given.
#[derive(Serialize, Deserialize)]
struct Position {
    /// The last line's nanosecond.
    ns: i64,
    /// What was given of that nanosecond, and how often; never more than [`MOST_MARKS`].
    seen: BTreeMap<String, usize>,
}

impl Loki {
    /// The lines of `query`, a LogQL query of lines.
    ///
    /// # Errors
    /// Says what is wrong with the settings, without the secrets in them.
    pub fn new(settings: LokiSettings, query: &str, transport: Arc<dyn Transport>) -> Result<Self, String> {
        let limit = settings.limit.clamp(1, LIMIT);
        let api = Api::new(settings, transport)?;
        Ok(Self { api, query: query.to_owned(), limit: AtomicUsize::new(limit) })
    }

    /// Entries in order from a nanosecond on, and whether there may be more.
    async fn fetch(&self, from: i64, to: i64) -> Result<(Vec<Entry>, bool), SourceError> {
        let mut limit = self.limit.load(Ordering::Relaxed);
        let mut most = LARGEST;
        loop {
            match self.api.lines(&self.query, from, to, limit).await {
                Ok(mut entries) => {
                    let full = entries.len() >= limit;
                    entries.sort_by_key(|e| e.ns);
                    let one = entries.first().map(|e| e.ns) == entries.last().map(|e| e.ns);
                    if !full || !one {
                        return Ok((entries, full));
                    }
                    // There is no way to ask for what follows a page of one nanosecond, so ask for all of it.
                    if limit >= most {
                        return Err(failed(format!(
                            "Loki has {limit} lines or more of the same nanosecond, which is more than it gives at \
                             once: narrow the query, or raise max_entries_limit_per_query there"
                        )));
                    }
                    limit = limit.saturating_mul(4).min(most);
                }
                Err(Refusal::TooMany(takes)) if (1..limit).contains(&takes) => {
                    self.limit.fetch_min(takes, Ordering::Relaxed);
                    (limit, most) = (takes, takes);
                }
                Err(Refusal::TooMany(_)) => return Err(failed("Loki takes no number of lines at all")),
                Err(Refusal::NoAnswer(_)) if limit > SMALLEST => {
                    (limit, most) = ((limit / 10).max(SMALLEST), (limit / 2).max(SMALLEST));
                }
                Err(Refusal::NoAnswer(why) | Refusal::Other(why)) => return Err(failed(why)),
            }
        }
    }
}

/// Tells entries of one nanosecond apart. Equal entries have the same mark, and are counted.
fn mark(entry: &Entry) -> String {
    let digest = Digest::of([entry.stream.as_bytes(), b"\0", entry.line.as_bytes()]);
    hex::encode(&digest.0[..8])
}

#[async_trait]
impl LogSource for Loki {
    async fn read(&self, span: Span, position: Option<&str>) -> Result<LogPage, SourceError> {
        let (start, end) = (span.from.0.saturating_mul(NS_PER_MS), span.to.0.saturating_mul(NS_PER_MS));
        let position: Option<Position> =
            position.map(serde_json::from_str).transpose().map_err(|_| lost("Loki"))?;
        let from = position.as_ref().map_or(start, |p| p.ns.max(start));
        let (mut entries, full) = self.fetch(from, end).await?;

        let more = match entries.last().map(|last| last.ns) {
            Some(ns) if full => {
                let of_last = entries.iter().rev().take_while(|e| e.ns == ns).count();
                let mut seen = BTreeMap::new();
                if of_last > MOST_MARKS {
                    // A full page has other nanoseconds too, so something is left of it.
                    entries.truncate(entries.len() - of_last);
                } else {
                    for entry in entries.iter().filter(|e| e.ns == ns) {
                        *seen.entry(mark(entry)).or_default() += 1;
                    }
                }
                let position = Position { ns, seen };
                More::At(serde_json::to_string(&position).map_err(|e| failed(e.to_string()))?)
            }
            _ => More::End(None),
        };
        let about = match (&more, &position) {
            (More::At(_), None) => self.api.count(&self.query, start, end).await,
            _ => None,
        };
        let mut given = position.map(|p| (p.ns, p.seen));
        let unseen = |entry: &Entry| match &mut given {
            Some((ns, seen)) if *ns == entry.ns => match seen.get_mut(&mark(entry)) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    false
                }
                _ => true,
            },
            _ => true,
        };
        let lines = entries.into_iter().filter(unseen).map(|entry| LogLine {
            at: Timestamp(entry.ns.div_euclid(NS_PER_MS)),
            stream: entry.stream.to_string(),
            text: entry.line,
        });
        Ok(LogPage { lines: lines.collect(), more, about })
    }

    fn settles(&self) -> Duration {
        SETTLES
    }
}

#[cfg(test)]
mod tests;

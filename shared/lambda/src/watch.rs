//! The log-watch on AWS: where its sources' lines come from.
//!
//! A source that cannot be read with these settings still exists, and says why each time it is read: the bulletin
//! tells it, and the other sources are read.

use crate::environment::optional;
use crate::home::Home;
use crate::secrets::Values;
use async_trait::async_trait;
use signalbox_aws::{CloudWatch, CloudWatchSettings};
use signalbox_domain::watch::Source;
use signalbox_domain::{Frozen, Timestamp};
use signalbox_engine::ports::{LogPage, LogSource, SourceError, Span};
use signalbox_logs::{Loki, LokiAccess, LokiSettings};
use signalbox_watch::{LogWatch, Sources};
use std::sync::Arc;
use std::time::Duration;

const PASSWORD: &str = "LOKI_PASSWORD";
const TOKEN: &str = "LOKI_TOKEN";
/// How many lines are in a page: as many as one answer of `FilterLogEvents` or Insights holds at most.
const PAGE: u32 = 10_000;
/// An invocation stops reading so long before its end, in milliseconds: this leaves time for the page under way, and
/// for storing what was counted.
const SPARE: i64 = 10_000;

impl Home {
    /// The names of the secrets that [`Home::log_watch`] takes.
    pub const WATCH_SECRETS: &[&str] = &[PASSWORD, TOKEN];

    /// The log-watch of a catalogue.
    ///
    /// # Errors
    /// When an address of a table or a queue is not set.
    pub fn log_watch(&self, catalogue: &Arc<Frozen>, secrets: &Values) -> anyhow::Result<LogWatch> {
        Ok(LogWatch {
            catalogue: catalogue.clone(),
            sources: self.sources(catalogue, secrets),
            memos: Arc::new(self.store()?),
            views: Arc::new(self.store()?),
            intents: Arc::new(self.intents()?),
            outbox: Arc::new(self.outbox()?),
            clock: self.clock(),
            region: optional("AWS_REGION"),
        })
    }

    fn sources(&self, catalogue: &Frozen, secrets: &Values) -> Sources {
        let mut sources = Sources::new();
        for watch in catalogue.watches.values() {
            for (name, source) in &watch.sources {
                if let Some(lines) = self.source(source, secrets) {
                    sources.insert((watch.name.clone(), name.clone()), lines);
                }
            }
        }
        sources
    }

    /// `None` if no function can read it.
    fn source(&self, source: &Source, secrets: &Values) -> Option<Arc<dyn LogSource>> {
        match source {
            Source::Files { .. } => None,
            Source::Loki { query } => Some(self.loki(query, secrets).unwrap_or_else(|why| {
                tracing::error!(%why, "a source of logs cannot be read");
                Arc::new(Unreadable { why })
            })),
            Source::CloudWatch { groups, filter, insights } => {
                let (groups, filter) = (groups.clone(), filter.clone());
                let settings = CloudWatchSettings { groups, filter, insights: *insights, limit: PAGE };
                Some(Arc::new(CloudWatch::new(self.clients.cloudwatchlogs(self.network()), settings)))
            }
        }
    }

    fn loki(&self, query: &str, secrets: &Values) -> Result<Arc<dyn LogSource>, String> {
        let url = optional("LOKI_URL").ok_or("there is no Loki here: LOKI_URL is not set")?;
        let access = access(optional("LOKI_USER"), secrets.optional(PASSWORD), secrets.optional(TOKEN))?;
        let settings = LokiSettings { access, tenant: optional("LOKI_TENANT"), ..LokiSettings::new(&url) };
        Ok(Arc::new(Loki::new(settings, query, self.network())?))
    }
}

/// How Signalbox identifies itself to the Loki.
fn access(
    user: Option<String>,
    password: Option<&str>,
    token: Option<&str>,
) -> Result<LokiAccess, &'static str> {
    match (user, password, token) {
        (None, None, None) => Ok(LokiAccess::Open),
        (Some(user), Some(password), None) => Ok(LokiAccess::Basic { user, password: password.to_owned() }),
        (None, None, Some(token)) => Ok(LokiAccess::Bearer(token.to_owned())),
        (_, _, Some(_)) => Err("the Loki has a token and a user or password: leave one of them out"),
        _ => Err("the Loki has a user without a password, or a password without a user"),
    }
}

/// A source that cannot be read with these settings.
struct Unreadable {
    why: String,
}

#[async_trait]
impl LogSource for Unreadable {
    async fn read(&self, _: Span, _: Option<&str>) -> Result<LogPage, SourceError> {
        Err(SourceError { why: self.why.clone(), lost: false })
    }

    fn settles(&self) -> Duration {
        Duration::ZERO
    }
}

/// Until when an invocation may go on reading; its deadline is in milliseconds since 1970.
#[must_use]
pub fn before_the_end(deadline: u64) -> Timestamp {
    Timestamp(i64::try_from(deadline).unwrap_or(i64::MAX).saturating_sub(SPARE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_a_loki() {
        let shown = |user: Option<&str>, password, token| match access(user.map(Into::into), password, token)
        {
            Ok(LokiAccess::Open) => "open".to_owned(),
            Ok(LokiAccess::Basic { user, password }) => format!("{user}:{password}"),
            Ok(LokiAccess::Bearer(token)) => format!("bearer {token}"),
            Err(why) => why.to_owned(),
        };
        for (user, password, token, is) in [
            (None, None, None, "open"),
            (Some("u"), Some("p"), None, "u:p"),
            (None, None, Some("t"), "bearer t"),
            (Some("u"), None, None, "without a password"),
            (None, Some("p"), None, "without a user"),
            (Some("u"), Some("p"), Some("t"), "leave one of them out"),
            (Some("u"), None, Some("t"), "leave one of them out"),
        ] {
            let shown = shown(user, password, token);
            assert!(shown.contains(is), "{shown}, and not {is}");
        }
    }

    #[test]
    fn reading_ends_before_the_invocation() {
        assert_eq!(before_the_end(300_000), Timestamp(290_000));
        assert_eq!(before_the_end(0), Timestamp(-10_000));
        assert_eq!(before_the_end(u64::MAX), Timestamp(i64::MAX - 10_000));
    }
}

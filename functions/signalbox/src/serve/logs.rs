//! The log-watch on this machine: files in the data folder and a Loki, looked at every few seconds.

use super::engine::Parts;
use super::live::Now;
use crate::environment::Environment;
use anyhow::Context;
use signalbox_domain::watch::Source;
use signalbox_engine::ports::{Clock, LogSource, PortError, Transport};
use signalbox_logs::{Files, FilesSettings, Loki, LokiAccess, LokiSettings};
use signalbox_transport::Reqwest;
use signalbox_watch::{LogWatch, Round, Sources};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often the server checks which watches are due.
const EVERY: Duration = Duration::from_secs(2);
/// A round ends after this long, and the next round continues, because other watches want their turn.
const LONGEST: Duration = Duration::from_secs(30);
/// How often old counts are removed, in rounds.
const FORGET_EVERY: u64 = 1800;

/// The log-watch for all watches of the catalogue. A kind of source that this server does not read is reported as
/// failed.
pub fn log_watch(parts: &Parts, data: &Path, environment: &Environment) -> anyhow::Result<LogWatch> {
    let mut sources = Sources::new();
    for watch in parts.catalogue.watches.values() {
        for (name, source) in &watch.sources {
            let of = (watch.name.clone(), name.clone());
            if let Some(made) = made(source, data, environment)
                .with_context(|| format!("source {name} of watch {}", watch.name))?
            {
                sources.insert(of, made);
            }
        }
    }
    Ok(LogWatch {
        catalogue: parts.catalogue.clone(),
        sources,
        memos: Arc::new(parts.database.clone()),
        views: Arc::new(parts.database.clone()),
        intents: Arc::new(parts.intents.clone()),
        outbox: Arc::new(parts.outbox.clone()),
        clock: parts.clock.clone(),
        region: None,
    })
}

fn made(
    source: &Source,
    data: &Path,
    environment: &Environment,
) -> anyhow::Result<Option<Arc<dyn LogSource>>> {
    Ok(match (source, &environment.loki_url) {
        (Source::Files { paths }, _) => {
            let (folder, zone) = (data.to_owned(), crate::clock::zone());
            let settings = FilesSettings { folder, paths: paths.clone(), zone };
            Some(Arc::new(Files::new(settings)))
        }
        (Source::Loki { query }, Some(url)) => {
            let access = match (&environment.loki_token, &environment.loki_user, &environment.loki_password) {
                (Some(token), _, _) => LokiAccess::Bearer(token.clone()),
                (None, Some(user), Some(password)) => {
                    LokiAccess::Basic { user: user.clone(), password: password.clone() }
                }
                _ => LokiAccess::Open,
            };
            let tenant = environment.loki_tenant.clone();
            let settings = LokiSettings { access, tenant, ..LokiSettings::new(url) };
            let network: Arc<dyn Transport> = Arc::new(Reqwest::new().map_err(anyhow::Error::msg)?);
            Some(Arc::new(Loki::new(settings, query, network).map_err(anyhow::Error::msg)?))
        }
        (Source::Loki { .. }, None) => {
            tracing::warn!("a watch reads a Loki and LOKI_URL is not set");
            None
        }
        (Source::CloudWatch { .. }, _) => {
            tracing::warn!(
                "a watch reads CloudWatch Logs, which the function log-watch does, and this server does not"
            );
            None
        }
    })
}

/// Runs all watches of the present catalogue until it is stopped.
pub async fn look(now: Now, parts: Forgetting, mut stopped: watch::Receiver<bool>) {
    for round in 0u64.. {
        let live = now.borrow().clone();
        if !live.catalogue.watches.is_empty() {
            rounds(&live.logs, &stopped).await;
        }
        if round % FORGET_EVERY == 0 {
            parts.forget().await;
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stopped.changed() => return,
        }
    }
}

/// What is due of each watch.
async fn rounds(logs: &LogWatch, stopped: &watch::Receiver<bool>) {
    if let Err(error) = logs.mirror().await {
        tracing::error!(%error, "could not pass on silences of the catalogue");
    }
    for name in logs.catalogue.watches.keys() {
        if *stopped.borrow() {
            return;
        }
        match logs.round(name, logs.clock.now().plus(LONGEST)).await {
            Ok(Round::Done(0)) => {}
            Ok(done) => tracing::debug!(watch = %name, ?done, "read logs"),
            Err(error) => tracing::error!(watch = %name, %error, "could not watch logs"),
        }
    }
}

/// Removes counts that are no longer needed.
pub struct Forgetting {
    pub database: signalbox_sqlite::Database,
    pub clock: Arc<dyn Clock>,
}

impl Forgetting {
    async fn forget(&self) {
        let forgotten: Result<usize, PortError> = self.database.forget_memos(self.clock.now()).await;
        match forgotten {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "forgot old counts"),
            Err(error) => tracing::error!(%error, "could not forget old counts"),
        }
    }
}

//! The log-watch on this machine, and where its lines come from: files in the data folder and a Loki.

use super::engine::Parts;
use crate::environment::Environment;
use anyhow::Context;
use signalbox_domain::watch::Source;
use signalbox_engine::ports::{LogSource, Transport};
use signalbox_logs::{Files, FilesSettings, Loki, LokiAccess, LokiSettings};
use signalbox_transport::Reqwest;
use signalbox_watch::{LogWatch, Sources};
use std::path::Path;
use std::sync::Arc;

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

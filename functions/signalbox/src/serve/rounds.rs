//! Looks every few seconds which watches of the present catalogue are due, and forgets what is no longer needed.

use super::live::Now;
use signalbox_engine::ports::{Clock, PortError};
use signalbox_watch::{LogWatch, Round};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often the server checks which watches are due.
const EVERY: Duration = Duration::from_secs(2);
/// A round ends after this long, and the next round continues, because other watches want their turn.
const LONGEST: Duration = Duration::from_secs(30);
/// How often old counts are removed, in rounds.
const FORGET_EVERY: u64 = 1800;

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

//! The parts that hold a catalogue. When the catalogue changes they are made anew, and everything goes on with them:
//! what is under way ends with the old ones.

use super::engine::Parts;
use super::home::SlackHome;
use super::logs::log_watch;
use crate::environment::Environment;
use axum::Router;
use axum::extract::Request;
use signalbox_domain::Frozen;
use signalbox_engine::Dispatcher;
use signalbox_watch::LogWatch;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;
use tower::ServiceExt;

/// What one catalogue makes of this server.
pub struct Live {
    pub catalogue: Arc<Frozen>,
    pub dispatcher: Dispatcher,
    pub logs: LogWatch,
    router: Router,
}

/// The present one.
pub type Now = watch::Receiver<Arc<Live>>;

impl Live {
    /// Of these parts.
    pub fn new(
        parts: &Parts,
        home: &SlackHome,
        data: &Path,
        environment: &Environment,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            catalogue: parts.catalogue.clone(),
            dispatcher: parts.dispatcher(),
            logs: log_watch(parts, data, environment)?,
            router: home.router(parts, data)?,
        })
    }
}

/// Hands each request to the present parts.
pub fn router(now: Now) -> Router {
    Router::new().fallback(move |request: Request| {
        let router = now.borrow().router.clone();
        async move { router.oneshot(request).await }
    })
}

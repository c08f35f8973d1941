//! The doors: routers that verify, parse, preview and enqueue, and never write. One router serves the one-machine
//! server, the tests and, later, a Lambda.

mod slack;

pub use slack::{SlackDoor, TurnedAway, slack_router};

use axum::Router;
use axum::routing::get;

/// `/healthz`: this process answers.
pub fn health_router() -> Router {
    Router::new().route("/healthz", get(async || "ok"))
}

//! The doors: routers that verify, parse, preview and enqueue, and never write. One router serves the one-machine
//! server, the Lambdas and the tests.

mod charts;
mod prompt;
mod rotating;
mod slack;
mod slack_forms;
mod turned_away;
mod webhooks;

pub use charts::charts_router;
pub use rotating::{Rotating, Source};
pub use slack::{SlackDoor, slack_router};
pub use turned_away::TurnedAway;
pub use webhooks::{Speaks, WebhookDoor, webhook_router};

use axum::Router;
use axum::routing::get;

/// `/healthz`: shows that this process answers.
pub fn health_router() -> Router {
    Router::new().route("/healthz", get(async || "ok"))
}

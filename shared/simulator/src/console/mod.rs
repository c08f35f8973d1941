//! The console: a page that plays Slack's part, so that anyone can try the product in a minute.
//!
//! It is for one person on their own machine. Whoever can type here can do what any of the workspace's people may do,
//! hence the guard on every route; it must never be served to a network.

mod api;
mod guard;
mod page;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::Slack;

/// Longer requests than this are no one typing.
const BODY_LIMIT: usize = 64 * 1024;

/// A command that the page completes.
#[derive(Clone, Debug)]
pub struct Command {
    /// `/release`
    pub name: String,
    /// What may follow, and what it does, in one line.
    pub hint: String,
}

/// What the page is told.
#[derive(Clone)]
pub struct ConsoleOptions {
    /// Made anew at every start and printed as part of the address; whoever has it may type and press.
    pub token: String,
    /// What to try, as it would be typed. The page shows the first few.
    pub try_lines: Vec<String>,
    /// What `/` completes besides.
    pub commands: Vec<Command>,
    /// What is practised here: "Signalbox".
    pub title: String,
    /// One sentence for people who see it for the first time.
    pub intro: String,
}

impl ConsoleOptions {
    /// The usual words around this token; nothing to try yet.
    pub fn new(token: impl Into<String>) -> ConsoleOptions {
        ConsoleOptions {
            token: token.into(),
            try_lines: Vec::new(),
            commands: Vec::new(),
            title: "Signalbox".to_owned(),
            intro: "This is a practice Slack: type a command as a teammate and watch Signalbox answer. \
                    Who you are is yours to choose."
                .to_owned(),
        }
    }
}

impl std::fmt::Debug for ConsoleOptions {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsoleOptions").field("try_lines", &self.try_lines).finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Console {
    slack: Slack,
    options: Arc<ConsoleOptions>,
}

/// `/console` and everything below it; `/` leads there. The address to print is `/console?token=…`.
pub fn router(slack: Slack, options: ConsoleOptions) -> Router {
    let console = Console { slack, options: Arc::new(options) };
    Router::new()
        .route("/console", get(page::index))
        .route("/console/{*rest}", get(page::asset).fallback(page::missing))
        .route("/console/api/about", get(api::about))
        .route("/console/api/state", get(api::state))
        .route("/console/api/stream", get(api::stream))
        .route("/console/api/slash", post(api::slash))
        .route("/console/api/press", post(api::press))
        .route("/console/api/reply", post(api::reply))
        .route("/console/api/submit", post(api::submit))
        .route("/console/api/close", post(api::close))
        // Not `layer`: merged into a server, that would guard its other routes' 404 too.
        .route_layer(DefaultBodyLimit::max(BODY_LIMIT))
        .route_layer(from_fn_with_state(console.clone(), guard::guard))
        // Behind the guards, for there is nothing in it: whoever types the bare address is told there what to do.
        .route("/", get(async || Redirect::to("/console")))
        .with_state(console)
}

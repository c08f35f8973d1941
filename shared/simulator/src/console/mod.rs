//! The console: a page that plays Slack's part, so that anyone can try the product in a minute.
//!
//! It is for one person on their own machine. Whoever can type here can do what any of the workspace's people may do,
//! hence the guard on every route; it must never be served to a network.

mod api;
mod guard;
mod page;
mod sheets;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::{GitHub, Jenkins, Slack};

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

/// Something to try: the page offers it, and sends it when it is pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// As it would be typed.
    pub line: String,
    /// What to expect, where it does not simply go well: `fails on purpose`.
    pub note: Option<String>,
}

impl Try {
    /// A line that goes well.
    pub fn new(line: impl Into<String>) -> Try {
        Try { line: line.into(), note: None }
    }
}

/// Who looks at what, and what was typed so far: by that it is told what there is to try.
#[derive(Clone, Debug)]
pub struct Looking<'a> {
    /// The person's id.
    pub user: &'a str,
    /// The channel's; the person's own in a direct message.
    pub channel: &'a str,
    /// Every slash command that anybody typed, since the program started.
    pub typed: &'a [String],
}

/// Says what there is to try. Asked whenever the page asks for the state, so it has to be quick.
pub type Tries = Arc<dyn Fn(&Looking<'_>) -> Vec<Try> + Send + Sync>;

/// What the page is told.
#[derive(Clone)]
pub struct ConsoleOptions {
    /// Made anew at every start and printed as part of the address; whoever has it may type and press.
    pub token: String,
    /// What to try, by who one is and where. An empty channel shows the first few.
    pub tries: Tries,
    /// What `/` completes besides.
    pub commands: Vec<Command>,
    /// What is practised here: "Signalbox".
    pub title: String,
    /// One sentence for people who see it for the first time.
    pub intro: String,
    /// Played beside it; its pages are below `/console/github`.
    pub github: Option<GitHub>,
    /// Played beside it; its pages are below `/console/jenkins`.
    pub jenkins: Option<Jenkins>,
}

impl ConsoleOptions {
    /// The usual words around this token; nothing to try yet.
    pub fn new(token: impl Into<String>) -> ConsoleOptions {
        ConsoleOptions {
            token: token.into(),
            tries: Arc::new(|_| Vec::new()),
            commands: Vec::new(),
            title: "Signalbox".to_owned(),
            intro: "This is a practice Slack: type a command as a teammate and watch Signalbox answer. \
                    Who you are is yours to choose."
                .to_owned(),
            github: None,
            jenkins: None,
        }
    }
}

impl std::fmt::Debug for ConsoleOptions {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsoleOptions").field("title", &self.title).finish_non_exhaustive()
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
    let mut router = Router::new();
    for below in ["", "/", "/{*rest}"] {
        router = router
            .route(&format!("{}{below}", sheets::GITHUB), get(sheets::github).fallback(page::missing))
            .route(&format!("{}{below}", sheets::JENKINS), get(sheets::jenkins).fallback(page::missing));
    }
    router
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

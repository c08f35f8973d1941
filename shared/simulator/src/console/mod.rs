//! The console: a page that takes Slack's place, so that anyone can try the product in a minute.
//!
//! It is for one person on their own machine. Anybody who can type here can do what any person of the workspace may
//! do. That is why every route has the guard, and why the console must never be served to a network.

mod api;
mod guard;
mod page;
mod sheets;
mod views;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::{GitHub, Jenkins, Slack};

/// The longest request, in bytes. Even a modal full of long texts is shorter.
const BODY_LIMIT: usize = 512 * 1024;

/// A command that the page completes.
#[derive(Clone, Debug)]
pub struct Command {
    /// `/release`
    pub name: String,
    /// What may follow the command, and what it does, in one line.
    pub hint: String,
}

/// Where a person finds a shortcut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShortcutKind {
    /// Beside the message box, in every channel.
    Global,
    /// At each message that everybody sees.
    Message,
}

/// A shortcut of the app, as its manifest names it: <https://docs.slack.dev/interactivity/implementing-shortcuts>.
#[derive(Clone, Debug)]
pub struct Shortcut {
    /// What a person reads in the menu, at most 24 characters: "Deploy something".
    pub name: String,
    pub kind: ShortcutKind,
    /// By this the app knows the shortcut.
    pub callback_id: String,
    /// What it does, in one line.
    pub description: String,
}

impl Shortcut {
    fn shown(&self) -> serde_json::Value {
        let kind = match self.kind {
            ShortcutKind::Global => "global",
            ShortcutKind::Message => "message",
        };
        serde_json::json!({
            "name": self.name, "type": kind, "callback_id": self.callback_id, "description": self.description,
        })
    }
}

/// Something to try: the page shows it as a suggestion, and sends it when a person presses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// The line as a person would type it.
    pub line: String,
    /// What to expect if the line does not simply succeed: `fails on purpose`.
    pub note: Option<String>,
}

impl Try {
    /// A line that succeeds.
    pub fn new(line: impl Into<String>) -> Try {
        Try { line: line.into(), note: None }
    }
}

/// Who looks at which channel, and what was typed so far. The suggestions depend on it.
#[derive(Clone, Debug)]
pub struct Looking<'a> {
    /// The person's id.
    pub user: &'a str,
    /// The channel's id. In a direct message it is the person's own id.
    pub channel: &'a str,
    /// Every slash command that anybody typed since the program started.
    pub typed: &'a [String],
}

/// Gives the suggestions. It is called whenever the page asks for the state, so it has to be quick.
pub type Tries = Arc<dyn Fn(&Looking<'_>) -> Vec<Try> + Send + Sync>;

/// The settings of the console.
#[derive(Clone)]
pub struct ConsoleOptions {
    /// The token. It is made new at every start and printed as part of the address. Anybody who has it may type and
    /// press.
    pub token: String,
    /// The suggestions for a person and a channel. In an empty channel the page shows the first few of them.
    pub tries: Tries,
    /// The commands that the page completes after `/`.
    pub commands: Vec<Command>,
    /// The app's shortcuts.
    pub shortcuts: Vec<Shortcut>,
    /// Whether the app has a Home tab. Then the page shows it beside the app's direct messages.
    pub home: bool,
    /// The name of the product that is practised with: "Signalbox".
    pub title: String,
    /// One sentence for people who see it for the first time.
    pub intro: String,
    /// The GitHub that is simulated beside Slack. Its pages are below `/console/github`.
    pub github: Option<GitHub>,
    /// The Jenkins that is simulated beside Slack. Its pages are below `/console/jenkins`.
    pub jenkins: Option<Jenkins>,
}

impl ConsoleOptions {
    /// The usual texts with this token, and no suggestions yet.
    pub fn new(token: impl Into<String>) -> ConsoleOptions {
        ConsoleOptions {
            token: token.into(),
            tries: Arc::new(|_| Vec::new()),
            commands: Vec::new(),
            shortcuts: Vec::new(),
            home: false,
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
    /// Leaves out the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsoleOptions").field("title", &self.title).finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Console {
    slack: Slack,
    options: Arc<ConsoleOptions>,
}

/// The routes `/console` and everything below it. `/` redirects to `/console`. The address to print is
/// `/console?token=…`.
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
        .route("/console/api/submit", post(views::submit))
        .route("/console/api/close", post(views::close))
        .route("/console/api/act", post(views::act))
        .route("/console/api/suggest", post(views::suggest))
        .route("/console/api/home", post(views::open_home))
        .route("/console/api/shortcut", post(views::shortcut))
        // `layer` is not used here: if this router is merged into a server, `layer` would also guard the 404 answers
        // of the server's other routes.
        .route_layer(DefaultBodyLimit::max(BODY_LIMIT))
        .route_layer(from_fn_with_state(console.clone(), guard::guard))
        // Not guarded, because it shows nothing. If somebody types the bare address, the page that it redirects to
        // tells them what to do.
        .route("/", get(async || Redirect::to("/console")))
        .with_state(console)
}

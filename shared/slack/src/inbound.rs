//! Translates what Slack sends into the engine's words. Only for bodies whose signature was verified.
//!
//! Lenient about fields it does not need, strict about those it needs, and it never panics: Slack adds fields at any
//! time. `response_url` and `trigger_id` are credentials: code outside this crate cannot read one, and nothing shows
//! one.

mod event;
mod form;
mod interaction;
mod slash;
mod typed;
mod who;

pub use event::{EventCallback, event};
pub use form::{Did, FormEvent, Search, Used, ViewRef};
pub use interaction::{Interaction, interaction};
pub(crate) use slash::is_domain;
pub use slash::{SlashCommand, is_ssl_check, slash};
pub use who::Trigger;

use sha2::{Digest, Sha256};
use std::fmt;

/// The name of this door in run ids and audits.
pub const DOOR: &str = "slack";

/// The longest id of Slack's that is accepted, in characters; real ones have about eleven.
const LONGEST_ID: usize = 64;

/// What Slack asks, at any of the app's addresses: people paste the addresses into the wrong fields.
#[derive(Debug, Clone)]
pub enum Request {
    /// A slash command.
    Command(SlashCommand),
    /// A person did something with a message or form of ours.
    Interaction(Interaction),
    /// The Events API tells something.
    Event(EventCallback),
}

/// Reads a verified body and decides by its content: JSON is an event, a form with a `payload` is an interaction, any
/// other form is a slash command.
///
/// # Errors
/// [`BadPayload`] from the reader for this kind of body.
pub fn request(body: &[u8]) -> Result<Request, BadPayload> {
    let is_json = body.iter().find(|b| !b.is_ascii_whitespace()).is_some_and(|b| matches!(b, b'{' | b'['));
    if is_json {
        event(body).map(Request::Event)
    } else if body.split(|b| *b == b'&').any(|pair| pair.starts_with(b"payload=")) {
        interaction(body).map(Request::Interaction)
    } else {
        slash(body).map(Request::Command)
    }
}

/// A verified body that does not hold what Slack's documentation says. It names the field and never its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPayload {
    /// Which field, as Slack's documentation writes it: `user.id`.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl fmt::Display for BadPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unexpected payload from Slack: `{}` {}", self.field, self.problem)
    }
}

impl std::error::Error for BadPayload {}

fn bad(field: &'static str, problem: &'static str) -> BadPayload {
    BadPayload { field, problem }
}

/// Half of the SHA-256 of a text, in 32 hexadecimal digits: equal for equal texts, and it shows nothing of them.
fn digest(text: &str) -> String {
    let mut hex = signalbox_domain::Digest(Sha256::digest(text.as_bytes()).into()).to_string();
    hex.truncate(32);
    hex
}

/// An id: letters and digits, nothing that could be markup or a separator elsewhere.
fn id<'a>(field: &'static str, value: Option<&'a str>) -> Result<&'a str, BadPayload> {
    token(field, value).and_then(|text| {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric());
        if plain { Ok(text) } else { Err(bad(field, "is not an id")) }
    })
}

/// A word without spaces, such as a `ts`.
fn token<'a>(field: &'static str, value: Option<&'a str>) -> Result<&'a str, BadPayload> {
    match value {
        None | Some("") => Err(bad(field, "is missing")),
        Some(text) if text.len() > LONGEST_ID => Err(bad(field, "is too long")),
        Some(text) if !text.bytes().all(|b| b.is_ascii_graphic()) => Err(bad(field, "is not one word")),
        Some(text) => Ok(text),
    }
}

/// The kind of a request that is not for us, short enough for a log line.
fn kind(text: Option<&str>) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    text.unwrap_or_default().chars().filter(plain).take(LONGEST_ID).collect()
}

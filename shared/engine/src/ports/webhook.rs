//! How systems that carry out runs speak by themselves.
//!
//! What they say is a hint. It says that something may have happened to a run; nothing it claims is believed, for the
//! dispatcher asks the system itself. So a webhook gives ids, and nothing else.

use super::WebhookSecrets;
use http::HeaderMap;
use signalbox_domain::catalogue::TargetKind;
use signalbox_domain::ids::RunId;

/// What somebody posted; nobody knows yet who.
#[derive(Clone, Copy)]
pub struct Posted<'p> {
    pub headers: &'p HeaderMap,
    /// What the address has as `?secret=`, for senders that can do no better.
    pub secret: Option<&'p str>,
    /// The very bytes: a signature is over these.
    pub body: &'p [u8],
}

impl<'p> Posted<'p> {
    /// A header's bytes.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'p [u8]> {
        self.headers.get(name).map(http::HeaderValue::as_bytes)
    }

    /// A header as text; empty where there is none, or it is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &'p str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A request that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Spoken {
    /// What names this delivery: one that comes again has the same, and is the same hint.
    pub delivery: String,
    /// What it says of a run of ours, if it is about one.
    pub hint: Option<Hint>,
}

/// That something may have happened to a run.
#[derive(Debug, PartialEq, Eq)]
pub enum Hint {
    /// Our own id is in it.
    Attempt {
        run: RunId,
        /// Which attempt at it.
        attempt: u32,
        /// What the system calls it.
        reference: String,
    },
    /// Only the system's name for it.
    Reference {
        /// Any of these, as `kind/reference`.
        references: Vec<String>,
        /// It may be the end; otherwise hints of one moment are one.
        urgent: bool,
    },
}

/// Why a request that was signed says nothing.
#[derive(Debug, PartialEq, Eq)]
pub enum Unread {
    /// Its delivery has no name, or one that is too long.
    Unnamed(&'static str),
    /// It comes in a form that is not read; what to do about it.
    WrongForm(&'static str),
    /// Its body is not of its documented shape. Nothing of the body is in these words.
    WrongShape(String),
}

/// How one kind of system posts what happens to its runs. Needs nothing of the system itself: a door holds no backend's
/// token.
pub trait Webhook: Send + Sync {
    /// Whose runs it speaks of; it is posted to `/webhooks/` and the kind's word.
    fn kind(&self) -> TargetKind;
    /// The setting that holds the secrets of whoever may speak for the system.
    fn secrets(&self) -> &'static str;
    /// Whether it was posted by somebody who has one of these secrets. Over the raw bytes, in constant time, and before
    /// anything else of them is read.
    fn is_from(&self, secrets: &WebhookSecrets, posted: &Posted<'_>) -> bool;
    /// What it says: ids alone.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, posted: &Posted<'_>) -> Result<Spoken, Unread>;
}

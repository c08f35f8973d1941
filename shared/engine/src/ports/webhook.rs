//! How a system that carries out runs tells us about them by itself.
//!
//! A webhook is a hint that something may have happened to a run. Nothing it claims is believed: the dispatcher asks
//! the system itself. So a webhook gives ids, and nothing else.

use super::WebhookSecrets;
use http::HeaderMap;
use signalbox_domain::catalogue::TargetKind;
use signalbox_domain::ids::RunId;

/// What somebody posted; it is not known yet who did.
#[derive(Clone, Copy)]
pub struct Posted<'p> {
    pub headers: &'p HeaderMap,
    /// The `?secret=` of the address, for senders that cannot sign.
    pub secret: Option<&'p str>,
    /// The bytes exactly as they came: a signature is made over these.
    pub body: &'p [u8],
}

impl<'p> Posted<'p> {
    /// A header's bytes.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'p [u8]> {
        self.headers.get(name).map(http::HeaderValue::as_bytes)
    }

    /// A header as text; empty where there is none, or where it is not text.
    #[must_use]
    pub fn text(&self, name: &str) -> &'p str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A request that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Names this delivery: if it comes again it has the same name, and is the same hint.
    pub delivery: String,
    /// What it says of a run of ours, if it is about one.
    pub hint: Option<Hint>,
}

/// A hint that something may have happened to a run.
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
        /// Whether it may be the end. Hints that are not urgent and come in the same moment count as one.
        urgent: bool,
    },
}

/// Why a signed request cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub enum Unread {
    /// Its delivery has no name, or one that is too long.
    Unnamed(&'static str),
    /// It comes in a form that is not read; what to do about it.
    WrongForm(&'static str),
    /// Its body is not of its documented shape. Nothing of the body is in these words.
    WrongShape(String),
}

/// How one kind of system posts what happens to its runs. It works without access to the system itself, because a
/// door holds no backend's token.
pub trait Webhook: Send + Sync {
    /// The system whose runs it is about; it posts to `/webhooks/` and the kind's word.
    fn kind(&self) -> TargetKind;
    /// The setting that holds the secrets of those who may post for the system.
    fn secrets(&self) -> &'static str;
    /// Whether the sender has one of these secrets. Checked over the raw bytes, in constant time, and before anything
    /// else is read.
    fn is_from(&self, secrets: &WebhookSecrets, posted: &Posted<'_>) -> bool;
    /// What it says: ids alone.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, posted: &Posted<'_>) -> Result<Spoken, Unread>;
}

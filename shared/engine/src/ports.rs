//! What the engine needs from the world, with a file for each kind of port. Each trait is a contract that every
//! adapter keeps; `testkit` has the suites.

mod backend;
mod chat;
mod clock;
mod letters;
mod lookup;
mod memos;
mod queue;
mod rows;
mod seals;
mod silencer;
mod sources;
mod store;
mod transport;
mod webhook;
mod webhook_secrets;

pub use backend::{Attempt, Backend, NotSeen};
pub use chat::{Chat, ChatError};
pub use clock::Clock;
pub use letters::{Letter, Letters};
pub use lookup::{Lookup, NoReply};
pub use memos::{Memo, Memos};
pub use queue::{Delivery, Message, Queue};
pub use rows::{CardRow, EventRow, HeadRow, Listing, Moved, PartRow, SealRow};
pub use seals::SealCopies;
pub use signalbox_domain::people::MessageRef;
pub use silencer::{Silence, Silenced, Silencer};
pub use sources::{LogLine, LogPage, LogSource, More, SourceError, Span};
pub use store::{Agenda, Cards, DueKind, Journal, Seals, Store, Views};
pub use transport::{Transport, TransportError};
pub use webhook::{Hint, Posted, Spoken, Unread, Webhook};
pub use webhook_secrets::WebhookSecrets;

/// A port could not do its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// Somebody else wrote first: load again and decide again.
    #[error("somebody else wrote first")]
    Conflict,
    /// It cannot be reached, or it broke; the same call may work later. From [`Queue::send`] this means: certainly
    /// nothing was sent.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// Nobody knows whether it was done: it may be done already, or may still be done.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// What would have to be read was written by a newer version: it is sound, and left to that version. No adapter
    /// gives this.
    #[error("a newer version wrote it")]
    Newer,
}

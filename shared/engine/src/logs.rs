//! What watching logs needs from the world: sources of lines, and a place for what is counted.

use crate::ports::PortError;
use async_trait::async_trait;
use signalbox_domain::Timestamp;
use std::time::Duration;

/// A stretch of time: from its beginning until before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}

/// One line, or several that the service handed over as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written, as the service or the line itself says.
    pub at: Timestamp,
    /// What wrote it: a file, a log stream, a set of labels. Lines of one stream that follow each other may belong
    /// together, as those of a stack trace do.
    pub stream: String,
    /// What it says. Bytes that are no text are replaced.
    pub text: String,
}

/// Some of the lines of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// Lines of one stream are in the order in which they were written; streams may be mixed.
    pub lines: Vec<LogLine>,
    /// Where to read on.
    pub more: More,
    /// How many lines the span has in all, where the service says so.
    pub about: Option<u64>,
}

/// Where to read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum More {
    /// The span has more, from this position.
    At(String),
    /// This was the last of it. A source that reads on from where it stopped gives the position for the next span.
    End(Option<String>),
}

/// A source could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct SourceError {
    /// Why, in words that a person may read; without secrets.
    pub why: String,
    /// Whether the position was no longer any good: read the span again from its beginning.
    pub lost: bool,
}

/// Something that has lines.
#[async_trait]
pub trait LogSource: Send + Sync {
    /// A page of the span's lines, from a position that an earlier page gave, or from the beginning. Reading on from
    /// one position to the next gives each line of the span exactly once, however often a page is read again.
    async fn read(&self, span: Span, position: Option<&str>) -> Result<LogPage, SourceError>;

    /// How long after a span was first read lines may still arrive in it: it is read once more then, from the
    /// beginning. Zero where reading goes on from where it stopped, and late lines come with the next span.
    fn settles(&self) -> Duration;
}

/// Something small that is kept under a key, and replaced under a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memo {
    /// Which shelf: 1 to 200 bytes of printable ASCII.
    pub shelf: String,
    /// Its key there: 1 to 200 bytes of printable ASCII.
    pub key: String,
    /// Rises with every write; the condition of the next. The first is 1.
    pub revision: u64,
    /// At most 300 KiB.
    pub body: Vec<u8>,
    /// It may be forgotten from then on; `None`: never.
    pub until: Option<Timestamp>,
}

/// A place for what is counted: not a record of what happened, for that is the event log's.
#[async_trait]
pub trait Memos: Send + Sync {
    /// One memo.
    async fn memo(&self, shelf: &str, key: &str) -> Result<Option<Memo>, PortError>;
    /// Memos of a shelf in the order of their keys, from `from` on, before `to`. At most `limit`, which is at most
    /// 1,000; the last one's key with a zero byte is the next page's `from`.
    async fn memos(&self, shelf: &str, from: &str, to: &str, limit: usize) -> Result<Vec<Memo>, PortError>;
    /// Puts a memo if its revision is still `memo.revision - 1` (0: none). Else [`PortError::Conflict`].
    async fn put_memo(&self, memo: Memo) -> Result<(), PortError>;
    /// Takes one away if there is one.
    async fn drop_memo(&self, shelf: &str, key: &str) -> Result<(), PortError>;
}

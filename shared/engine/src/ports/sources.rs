//! Where lines of logs come from.

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
    /// Whether the position can no longer be used: then the span is read again from its beginning.
    pub lost: bool,
}

/// Something that has lines.
#[async_trait]
pub trait LogSource: Send + Sync {
    /// A page of the span's lines, from a position that an earlier page gave, or from the beginning. Reading on from
    /// one position to the next gives each line of the span exactly once, however often a page is read again.
    async fn read(&self, span: Span, position: Option<&str>) -> Result<LogPage, SourceError>;

    /// For how long after a span was first read late lines may still arrive in it: then it is read once more, from
    /// the beginning. Zero if reading continues where it stopped, because then late lines come with the next span.
    fn settles(&self) -> Duration;
}

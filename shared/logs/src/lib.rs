//! Sources of log lines for the log-watch: [`Loki`] over HTTP, and [`Files`] on this machine.
//!
//! Both give each line of a span exactly once, page by page, and say where to read on. Nothing here counts, waits,
//! tries again later or knows what a line means. No error holds a secret: neither credentials nor anything shaped
//! like a secret in a server's answer.

mod files;
mod loki;
mod time;

pub use files::{Files, FilesSettings};
pub use loki::{Loki, LokiAccess, LokiSettings};

use signalbox_engine::ports::SourceError;

/// Reading failed; the position can still be used.
fn failed(why: impl Into<String>) -> SourceError {
    SourceError { why: why.into(), lost: false }
}

/// The position can no longer be used.
fn lost(what: &str) -> SourceError {
    let why = format!("the place in {what} where reading stopped cannot be understood: it begins anew");
    SourceError { why, lost: true }
}

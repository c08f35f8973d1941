//! Sources of log lines for the log-watch: [`Loki`] over HTTP, and [`Files`] on this machine.
//!
//! Both give each line of a span exactly once, page by page, and say where to read on. Nothing here counts, waits,
//! tries again later or knows what a line means. No error carries a secret: neither credentials nor what is shaped
//! like one in what a server answered.

mod files;
mod loki;
mod time;

pub use files::{Files, FilesSettings};
pub use loki::{Loki, LokiAccess, LokiSettings};

use signalbox_engine::ports::SourceError;

/// Reading failed; the position is still good.
fn failed(why: impl Into<String>) -> SourceError {
    SourceError { why: why.into(), lost: false }
}

/// The position is no good.
fn lost(what: &str) -> SourceError {
    let why = format!("the place in {what} where reading stopped cannot be understood: it begins anew");
    SourceError { why, lost: true }
}

//! Lines of files on this machine: reads the bytes that were not read yet.
//!
//! A line's own time says which span it belongs to: reading stops before the first line of the next span. A late line
//! counts in the span in which it is read. So each byte is counted once, even if a file is rotated by rename (the old
//! file is first read to its end) or by truncation (the file begins anew).

mod lines;
mod place;
mod places;

#[cfg(test)]
mod tests;

use crate::time::Around;
use crate::{failed, lost};
use async_trait::async_trait;
use jiff::tz::TimeZone;
use lines::Budget;
use places::Position;
use signalbox_domain::Timestamp;
use signalbox_engine::ports::{LogPage, LogSource, More, SourceError, Span};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// At most this many lines are in a page.
const PAGE_LINES: usize = 10_000;
/// At most this many bytes are in a page, or one line more.
const PAGE_BYTES: usize = 2 << 20;

/// Which files are read.
#[derive(Debug, Clone)]
pub struct FilesSettings {
    /// Relative paths begin here.
    pub folder: PathBuf,
    /// Paths; `*` in the file's name stands for any run of characters. Compressed files (`.gz`, `.xz`, `.zst`,
    /// `.bz2`) never match; at most 500 files may match. If logs are rotated by copy and truncation, the copies must
    /// not match either.
    pub paths: Vec<String>,
    /// The time zone of times without an offset.
    pub zone: TimeZone,
}

/// The lines of some files.
pub struct Files {
    settings: Arc<FilesSettings>,
}

impl Files {
    /// Reads these files; they need not exist yet.
    #[must_use]
    pub fn new(settings: FilesSettings) -> Self {
        Self { settings: Arc::new(settings) }
    }
}

fn page(settings: &FilesSettings, span: Span, position: Option<&str>) -> Result<LogPage, SourceError> {
    let position: Option<Position> =
        position.map(serde_json::from_str).transpose().map_err(|_| lost("the files"))?;
    let around = Around { near: span.from, zone: &settings.zone };
    let mut position = places::resolve(settings, span, around, position).map_err(failed)?;
    let mut budget = Budget { lines: PAGE_LINES, bytes: PAGE_BYTES };
    let mut found = vec![];
    for place in &mut position.files {
        lines::read(place, span, around, &mut budget, &mut found)
            .map_err(|e| failed(format!("{} cannot be read: {e}", place.now.display())))?;
        if budget.is_spent() {
            break;
        }
    }
    let after = serde_json::to_string(&position).map_err(|e| failed(e.to_string()))?;
    let more = if budget.is_spent() { More::At(after) } else { More::End(Some(after)) };
    Ok(LogPage { lines: found, more, about: None })
}

#[async_trait]
impl LogSource for Files {
    async fn read(&self, span: Span, position: Option<&str>) -> Result<LogPage, SourceError> {
        let (settings, position) = (self.settings.clone(), position.map(str::to_owned));
        tokio::task::spawn_blocking(move || page(&settings, span, position.as_deref()))
            .await
            .map_err(|_| failed("reading the files was broken off"))?
    }

    fn settles(&self) -> Duration {
        Duration::ZERO
    }
}

/// The last moment of a span, for a line that has no time and no line with a time before it.
fn last_of(span: Span) -> Timestamp {
    Timestamp(span.to.0.saturating_sub(1).max(span.from.0))
}

//! What one source brought in one window; replaced as a whole whenever the window is read again.

use serde::{Deserialize, Serialize};
use signalbox_domain::Timestamp;
use signalbox_domain::alert::{SourceState, WithoutLevel};
use signalbox_domain::observation::cut_middle;
use std::collections::BTreeMap;

/// How many patterns are told apart in one window of one source; lines of further ones are counted together, and the
/// bulletin says so. With their texts they fit into one memo.
pub(crate) const MOST_PATTERNS: usize = 250;
/// Longest title and sample that are kept, in bytes.
pub(crate) const LONGEST: usize = 400;

/// How far a source was read, and what it brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Window {
    /// Where to read on; `None` at the beginning.
    pub(crate) position: Option<String>,
    /// How reading ended; `None` while there is more to read.
    pub(crate) end: Option<SourceState>,
    /// The position for the next window, where the source gives one.
    pub(crate) next: Option<String>,
    /// Lines that were read.
    pub(crate) read: u64,
    /// How many of them counted.
    pub(crate) counted: u64,
    /// How many there are in all, where the service says so.
    pub(crate) about: Option<u64>,
    /// How often the source failed since it last gave something.
    pub(crate) failures: u32,
    /// Patterns by fingerprint.
    pub(crate) patterns: BTreeMap<String, Seen>,
    /// Lines of patterns beyond those that are kept.
    pub(crate) beyond: u64,
    /// Lines whose level could not be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) without_level: Option<WithoutLevel>,
}

/// A pattern in a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) count: u64,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    /// The template; redacted.
    pub(crate) title: String,
    /// The first line of it; redacted.
    pub(crate) sample: String,
}

impl Window {
    /// Notes a record without a level; a record that does not count is the better example.
    pub(crate) fn unlevelled(&mut self, lines: u64, counts: bool, text: impl FnOnce() -> String) {
        let example = || cut_middle(&text(), LONGEST);
        match &mut self.without_level {
            None => {
                let counted = if counts { lines } else { 0 };
                self.without_level = Some(WithoutLevel { lines, counted, example: example() });
            }
            Some(known) => {
                if !counts && known.counted == known.lines {
                    known.example = example();
                }
                known.lines += lines;
                known.counted += if counts { lines } else { 0 };
            }
        }
    }

    /// Counts a record.
    pub(crate) fn count(
        &mut self,
        pattern: String,
        at: Timestamp,
        lines: u64,
        texts: impl FnOnce() -> (String, String),
    ) {
        self.counted += lines;
        if let Some(seen) = self.patterns.get_mut(&pattern) {
            seen.count += 1;
            seen.first = seen.first.min(at);
            seen.last = seen.last.max(at);
        } else if self.patterns.len() < MOST_PATTERNS {
            let (title, sample) = texts();
            let seen = Seen { count: 1, first: at, last: at, title, sample };
            self.patterns.insert(pattern, seen);
        } else {
            self.beyond += 1;
        }
    }
}

/// What all sources brought of one pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Together {
    pub(crate) seen: Seen,
    pub(crate) sources: Vec<String>,
}

/// The windows of all sources, by pattern.
pub(crate) fn together<'w>(
    windows: impl IntoIterator<Item = (&'w str, &'w Window)>,
) -> BTreeMap<String, Together> {
    let mut all: BTreeMap<String, Together> = BTreeMap::new();
    for (source, window) in windows {
        for (pattern, seen) in &window.patterns {
            match all.get_mut(pattern) {
                Some(known) => {
                    known.seen.count += seen.count;
                    known.seen.first = known.seen.first.min(seen.first);
                    known.seen.last = known.seen.last.max(seen.last);
                    known.sources.push(source.to_owned());
                }
                None => {
                    let together = Together { seen: seen.clone(), sources: vec![source.to_owned()] };
                    all.insert(pattern.clone(), together);
                }
            }
        }
    }
    all
}

/// Makes a window fit into a memo, whatever its texts hold: samples are cut first.
pub(crate) fn shrink(window: &mut Window) {
    let size = |window: &Window| serde_json::to_vec(window).map_or(0, |body| body.len());
    for keep in [120, 40, 0] {
        if size(window) <= crate::remembered::LARGEST {
            return;
        }
        for seen in window.patterns.values_mut() {
            seen.sample = cut_middle(&seen.sample, keep);
            seen.title = cut_middle(&seen.title, keep.max(60));
        }
    }
}

//! Reads one source's window into records and patterns, page by page. A reading continues where the last one stopped.

use crate::redactor::Redactor;
use crate::rules::rules;
use crate::window::Window;
use signalbox_domain::Timestamp;
use signalbox_domain::alert::SourceState;
use signalbox_domain::watch::{Severity, Unlevelled, Watch};
use signalbox_engine::ports::{LogLine, LogSource, More, Span};
use signalbox_fingerprint::{Fingerprinter, Joiner, Level, Record};
use std::collections::HashMap;

/// A source that fails so often in a row is given up for this window, and the bulletin says so.
const MOST_FAILURES: u32 = 3;

/// Reads a watch's lines. Keeps buffers, so that a line costs little.
pub(crate) struct Reader {
    prints: Fingerprinter,
    redactor: Redactor,
    least: Severity,
    without_level: Unlevelled,
}

impl Reader {
    /// The rules of a checked catalogue have no mistakes; if there is one, only the built-in rules are used.
    pub(crate) fn new(watch: &Watch) -> Self {
        let rules = rules(&watch.rules).unwrap_or_default();
        Self {
            prints: Fingerprinter::new(&rules),
            redactor: Redactor::new(&watch.redact),
            least: watch.least,
            without_level: watch.without_level,
        }
    }

    /// Reads on until the window's end, the limit, or `enough`. Whether the end was reached is in [`Window::end`].
    pub(crate) async fn read(
        &mut self,
        source: &dyn LogSource,
        span: Span,
        window: &mut Window,
        most_lines: u64,
        enough: impl Fn() -> bool,
    ) {
        let mut streams: HashMap<String, Joiner> = HashMap::new();
        while window.end.is_none() {
            if window.read >= most_lines {
                window.end = Some(SourceState::Partly { about: window.about });
                break;
            }
            match source.read(span, window.position.as_deref()).await {
                Ok(page) => {
                    window.failures = 0;
                    window.about = page.about.or(window.about);
                    window.read += page.lines.len() as u64;
                    for line in page.lines {
                        self.line(&mut streams, &line, window);
                    }
                    match page.more {
                        More::At(position) => window.position = Some(position),
                        More::End(next) => {
                            window.next = next;
                            window.end = Some(SourceState::Whole);
                        }
                    }
                }
                Err(error) => {
                    let why = self.redactor.clean(&error.why);
                    let failures = window.failures + 1;
                    tracing::warn!(%why, failures, "a source of logs could not be read");
                    if error.lost {
                        // Reading begins anew, so lines that were counted would be counted again.
                        *window = Window::default();
                    }
                    window.failures = failures;
                    if failures >= MOST_FAILURES {
                        window.end = Some(SourceState::Failed { why });
                    }
                }
            }
            if enough() {
                break;
            }
        }
        // Records that are still open end here. They are counted now, because the next reading begins behind them.
        for joiner in streams.values_mut() {
            joiner.finish(&mut |record| self.record(record, window));
        }
    }

    fn line(&mut self, streams: &mut HashMap<String, Joiner>, line: &LogLine, window: &mut Window) {
        if !streams.contains_key(&line.stream) {
            streams.insert(line.stream.clone(), Joiner::default());
        }
        let Some(joiner) = streams.get_mut(&line.stream) else { return };
        // One line of a service may hold several lines of a program.
        for part in line.text.split('\n') {
            joiner.push(part.as_bytes(), line.at.0, &mut |record| self.record(record, window));
        }
    }

    /// Counts a record; its mark is the time of its first line.
    fn record(&mut self, record: Record<'_>, window: &mut Window) {
        let (text, at) = (record.text, Timestamp(record.mark));
        let Some(print) = self.prints.line(text) else { return };
        let counts = counts((self.least, self.without_level), print.level, text);
        let redactor = &self.redactor;
        if print.level.is_none() {
            window.unlevelled(record.lines as u64, counts, || redactor.clean(&String::from_utf8_lossy(text)));
        }
        if !counts {
            return;
        }
        let name = print.fingerprint.to_string();
        let template = print.template;
        window.count(name, at, record.lines as u64, || {
            (redactor.clean(template), redactor.clean(&String::from_utf8_lossy(text)))
        });
    }
}

/// Whether a record is bad enough to count. For a record without a level the watch decides.
fn counts((least, without): (Severity, Unlevelled), level: Option<Level>, text: &[u8]) -> bool {
    let floor = match least {
        Severity::Any => None,
        Severity::Warning => Some(Level::Warning),
        Severity::Error => Some(Level::Error),
        Severity::Fatal => Some(Level::Critical),
    };
    match (level, without) {
        (Some(level), _) => floor.is_none_or(|floor| level >= floor),
        (None, Unlevelled::All) => true,
        (None, Unlevelled::None) => false,
        (None, Unlevelled::Failures) => floor.is_none() || speaks_of_failure(text),
    }
}

fn speaks_of_failure(text: &[u8]) -> bool {
    const WORDS: [&[u8]; 8] =
        [b"error", b"exception", b"panic", b"fatal", b"traceback", b"failed", b"failure", b"timed out"];
    let begins = |window: &[u8], word: &[u8]| {
        window.len() >= word.len() && window[..word.len()].eq_ignore_ascii_case(word)
    };
    (0..text.len()).any(|i| {
        matches!(text[i] | 0x20, b'e' | b'p' | b'f' | b't')
            && WORDS.iter().any(|word| begins(&text[i..], word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use signalbox_domain::alert::WithoutLevel;

    #[test]
    fn what_counts() {
        let check = |least, level, text: &str, expect| {
            let default = (least, Unlevelled::default());
            assert_eq!(counts(default, level, text.as_bytes()), expect, "{text}");
        };
        check(Severity::Error, Some(Level::Error), "x", true);
        check(Severity::Error, Some(Level::Warning), "failed", false);
        check(Severity::Warning, Some(Level::Warning), "x", true);
        check(Severity::Fatal, Some(Level::Error), "x", false);
        check(Severity::Any, None, "hello", true);
        check(Severity::Error, None, "hello", false);
        check(Severity::Error, None, "java.lang.IllegalStateException: no", true);
        check(Severity::Error, None, "the upload FAILED", true);
        check(Severity::Error, None, "", false);
        // The watch decides only about records without a level.
        let decided = |without, level, text: &str| counts((Severity::Error, without), level, text.as_bytes());
        assert!(decided(Unlevelled::All, None, "hello"));
        assert!(!decided(Unlevelled::None, None, "the upload FAILED"));
        for without in [Unlevelled::All, Unlevelled::None] {
            assert!(!decided(without, Some(Level::Info), "failed"));
            assert!(decided(without, Some(Level::Error), "x"));
        }
        assert!(!counts((Severity::Any, Unlevelled::None), None, b"hello"));
    }

    #[test]
    fn what_has_no_level_is_counted_with_one_example() {
        let mut window = Window::default();
        window.unlevelled(2, true, || "failed".into());
        window.unlevelled(1, false, || "hello".into());
        window.unlevelled(1, false, || unreachable!("there is an example"));
        assert_eq!(
            window.without_level,
            Some(WithoutLevel { lines: 4, counted: 2, example: "hello".into() })
        );
    }
}

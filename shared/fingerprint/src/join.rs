//! Joins the lines of a stack trace to one record. Bounded: a record that never ends is cut, not kept.

use crate::bytes::{at, digits, find, from, run, trim};
use crate::frame::{self, Line};
use crate::header;

/// Bytes that are kept of one record; further lines count, and are not kept.
const MAX_BYTES: usize = 32 * 1024;
/// Lines of one record; the next line begins another.
const MAX_LINES: usize = 1000;

/// One or more lines that belong together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record<'s> {
    /// The lines, joined by line feeds.
    pub text: &'s [u8],
    /// How many lines were joined.
    pub lines: usize,
}

/// What the open record is.
#[derive(Clone, Copy, PartialEq, Default)]
enum State {
    #[default]
    Plain,
    /// Frames are expected.
    Trace,
    /// Python's, which ends with the exception, not with a frame.
    Python,
    /// Python's, ended: another may be chained to it.
    PythonEnd,
    /// Node shows the line of source first.
    Source,
    /// Go's and Rust's, which go on without indentation.
    Panic,
}

/// Takes lines in order, gives records. Use one per stream: lines of two streams do not belong together.
#[derive(Default)]
pub struct Joiner {
    open: Vec<u8>,
    ready: Vec<u8>,
    lines: usize,
    state: State,
    /// A blank line within a panic: the next decides whether it went on.
    blank: bool,
}

impl Joiner {
    /// A joiner without any line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a line, without its line feed; gives the record before, when this line begins another.
    pub fn push(&mut self, line: &[u8]) -> Option<Record<'_>> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if self.lines > 0 && self.lines < MAX_LINES && self.continues(line) {
            self.lines += 1;
            if self.open.len() + line.len() < MAX_BYTES {
                self.open.push(b'\n');
                self.open.extend_from_slice(line);
            }
            return None;
        }
        std::mem::swap(&mut self.open, &mut self.ready);
        let lines = std::mem::replace(&mut self.lines, 1);
        self.open.clear();
        self.open.extend_from_slice(line.get(..MAX_BYTES).unwrap_or(line));
        self.blank = false;
        self.state = opens(line);
        (lines > 0).then_some(Record { text: &self.ready, lines })
    }

    /// The last record; call it when the stream ends or rests.
    pub fn finish(&mut self) -> Option<Record<'_>> {
        std::mem::swap(&mut self.open, &mut self.ready);
        let lines = std::mem::take(&mut self.lines);
        self.open.clear();
        self.state = State::Plain;
        (lines > 0).then_some(Record { text: &self.ready, lines })
    }

    fn continues(&mut self, line: &[u8]) -> bool {
        let indented = matches!(at(line, 0), b' ' | b'\t');
        let text = trim(line);
        let was_blank = std::mem::take(&mut self.blank);
        match self.state {
            State::Plain => {
                let next = begins_trace(line, text);
                if next == State::Plain {
                    return false;
                }
                // An exception without indentation belongs to a log line before it, not to any line.
                if !indented && !matches!(frame::read(line), Line::Cause(_)) && !self.may_head() {
                    return false;
                }
                self.state = next;
                true
            }
            State::Trace => match frame::read(line) {
                Line::Text(_) => {
                    if text.starts_with(b"Traceback (most") {
                        self.state = State::Python;
                    }
                    indented
                }
                Line::Filler => !text.is_empty() && begins_filler(text),
                Line::Cause(_) => true,
                Line::Frame { .. } => indented || text.starts_with(b"at "),
            },
            State::Python => {
                if text.is_empty() {
                    self.blank = true;
                    return true;
                }
                if was_blank && !chained(text) {
                    return false;
                }
                if indented || chained(text) {
                    return true;
                }
                // The exception ends it, unless another follows.
                if frame::exception(text).is_some() || python_end(text) {
                    self.state = State::PythonEnd;
                    return true;
                }
                false
            }
            State::PythonEnd => {
                if text.is_empty() {
                    self.blank = true;
                    return true;
                }
                if chained(text) {
                    self.state = State::Python;
                    return true;
                }
                indented && !was_blank
            }
            State::Source => {
                if frame::exception(text).is_some() && !indented {
                    self.state = State::Trace;
                    return true;
                }
                self.lines < 8 && (indented || text.is_empty())
            }
            State::Panic => {
                if text.is_empty() {
                    self.blank = true;
                    return true;
                }
                indented || panic_line(text) || (self.lines == 1 && header::read(line).message == 0)
            }
        }
    }

    /// The open record is one line with a header or an error's words: a trace may follow it.
    fn may_head(&self) -> bool {
        self.lines == 1 && header::read(&self.open).message > 0
    }
}

/// What a record that begins with this line is.
fn opens(line: &[u8]) -> State {
    let text = trim(line);
    let message = from(line, header::read(line).message);
    if text.starts_with(b"panic: ")
        || message.starts_with(b"panic: ")
        || text.starts_with(b"fatal error: ")
        || text.starts_with(b"goroutine ")
        || find(text, b"panicked at ").is_some()
    {
        State::Panic
    } else if is_source(text) {
        State::Source
    } else if message.starts_with(b"Traceback (most") || text.ends_with(b"Traceback (most recent call last):")
    {
        State::Python
    } else {
        State::Plain
    }
}

/// What a line begins when it follows a line that is no trace yet.
fn begins_trace(line: &[u8], text: &[u8]) -> State {
    let indented = matches!(at(line, 0), b' ' | b'\t');
    if text.starts_with(b"Traceback (most") {
        return State::Python;
    }
    if text.starts_with(b"panic: ") || text.starts_with(b"goroutine ") {
        return State::Panic;
    }
    match frame::read(line) {
        Line::Cause(_) => State::Trace,
        Line::Frame { .. } if indented && text.starts_with(b"File \"") => State::Python,
        Line::Frame { .. } if indented => State::Trace,
        Line::Filler if text.starts_with(b"stack backtrace:") => State::Panic,
        Line::Text(text) if !indented && frame::exception(text).is_some() => State::Trace,
        Line::Frame { .. } | Line::Filler | Line::Text(_) => State::Plain,
    }
}

/// `/app/src/pay.js:10`
fn is_source(text: &[u8]) -> bool {
    let scripts: [&[u8]; 5] = [b".js:", b".ts:", b".mjs:", b".cjs:", b".tsx:"];
    !text.contains(&b' ')
        && scripts.iter().any(|e| {
            find(text, e).is_some_and(|i| digits(from(text, i + e.len())) == text.len() - i - e.len())
        })
}

fn begins_filler(text: &[u8]) -> bool {
    at(text, 0) != b'[' || text.starts_with(b"[CIRCULAR")
}

fn chained(text: &[u8]) -> bool {
    [b"Traceback (most".as_slice(), b"During handling of", b"The above exception was"]
        .iter()
        .any(|c| text.starts_with(c))
}

/// `subprocess.CalledProcessError: …`, `KeyError`, `app.errors.NotPaid: …`: a dotted name, alone or before a colon.
fn python_end(text: &[u8]) -> bool {
    let n = run(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'));
    n > 0
        && (at(text, n) == 0 || (at(text, n) == b':' && at(text, n + 1) == b' '))
        && !at(text, 0).is_ascii_digit()
}

/// What Go and Rust print behind a panic.
fn panic_line(text: &[u8]) -> bool {
    let starts: [&[u8]; 8] = [
        b"goroutine ",
        b"created by ",
        b"stack backtrace:",
        b"note: ",
        b"exit status",
        b"[signal ",
        b"panic: ",
        b"\tpanic",
    ];
    starts.iter().any(|s| text.starts_with(s))
        || matches!(frame::read(text), Line::Frame { .. })
        || (digits(text) > 0 && find(text, b"::").is_some())
}

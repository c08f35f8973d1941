//! What lines of a record look like: which line opens a kind of record, and which line continues the open record.

mod words;

use super::wrap::headed;
use crate::bytes::{at, find, from, run, trim};
use crate::frame::{self, Line};
use crate::header;
use crate::level::Level;
pub(super) use words::{beam_line, chains, is_section, is_sql_note, panic_line, postgres_detail, python_end};
use words::{is_console, is_postgres, is_rust_panic, is_source};

/// What kind of record is open.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum State {
    /// One line that stands for itself, as far as is known now.
    #[default]
    Plain,
    /// Frames are expected.
    Trace,
    /// Python's trace, which ends with the exception and not with a frame.
    Python,
    /// Python's trace after its end: another trace may be chained to it.
    PythonEnd,
    /// Python's group of exceptions, whose lines begin with bars.
    Group,
    /// Node shows the source line first.
    Source,
    /// Go's and Rust's panics, before the first frame.
    Panic,
    /// Go's and Rust's frames, which continue without indentation.
    Frames,
    /// A report of the BEAM: reason, frames, last message, state.
    Beam,
    /// A sanitizer's report.
    Sanitizer,
    /// An object or a list over several lines, until it is closed.
    Object,
    /// A box drawn with lines.
    Box,
    /// Indented lines belong to it.
    Block,
    /// PostgreSQL's record: details have labels, and statements continue after a tab.
    Postgres,
    /// The header has no message: the following lines are the message.
    Empty,
    /// PHP's trace, with numbered frames.
    Php,
}

/// What is to be done with a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// The line belongs to the open record, which is of this kind from now on.
    Join(State),
    /// Later lines decide.
    Hold,
    /// The line begins a record.
    New,
}

/// The kind of a record that begins with this line.
pub(super) fn opens(inner: &[u8]) -> State {
    let text = trim(inner);
    if at(text, 0) == b'{' && text.last() == Some(&b'}') {
        return State::Plain;
    }
    match at(text, 0) {
        b'p' if text.starts_with(b"panic: ") => return State::Panic,
        b'f' if text.starts_with(b"fatal error: ") => return State::Panic,
        b'g' if text.starts_with(b"goroutine ") => return State::Frames,
        b't' if is_rust_panic(text) => return State::Panic,
        b'T' if text.starts_with(b"Traceback (most") => return State::Python,
        b'=' if find(text, b"Sanitizer").is_some() || text.iter().all(|&b| b == b'=') && text.len() > 20 => {
            return State::Sanitizer;
        }
        b'=' if find(text, b" REPORT====").is_some() => return State::Beam,
        b'*' if text.starts_with(b"** (") => return State::Beam,
        b'+' if text.starts_with(b"+ Exception Group Traceback") => return State::Group,
        b'{' | b'[' if text.len() == 1 => return State::Object,
        0xe2 if text.starts_with("╷".as_bytes()) => return State::Box,
        _ => {}
    }
    if matches!(at(inner, 0), b' ' | b'\t') && text.starts_with(b"File \"") {
        return State::Python;
    }
    if is_source(text) {
        return State::Source;
    }
    match text.last() {
        Some(b':') if text.ends_with(b"Traceback (most recent call last):") => return State::Python,
        Some(b':') => return State::Empty,
        Some(b'{' | b'[' | b'(') if text.len() > 1 => return State::Object,
        Some(b']') if is_console(text) => return State::Block,
        _ => {}
    }
    if is_postgres(text) {
        return State::Postgres;
    }
    State::Plain
}

/// What a line does to an open record of one line.
pub(super) fn after_plain(open: &[u8], inner: &[u8], text: &[u8]) -> Step {
    if text.is_empty() {
        return Step::Hold;
    }
    // An object stands for itself.
    if at(inner, 0) == b'{' && inner.len() > 1 {
        return Step::New;
    }
    let indented = matches!(at(inner, 0), b' ' | b'\t');
    if !indented && !may_go_on(text) {
        // Only the open line can announce this line.
        return if announces(open, text) { Step::Join(State::Plain) } else { message_line(open, inner) };
    }
    match at(text, 0) {
        b'T' if text.starts_with(b"Traceback (most") => {
            return if leads(open) { Step::Join(State::Python) } else { Step::New };
        }
        b'+' if indented && text.starts_with(b"+ Exception Group Traceback") => {
            return if leads(open) { Step::Join(State::Group) } else { Step::New };
        }
        b'g' if text.starts_with(b"goroutine ") => {
            let of_it = [b"panic".as_slice(), b"fatal error", b"SIG"].iter().any(|w| find(open, w).is_some());
            return if of_it { Step::Join(State::Frames) } else { Step::New };
        }
        b's' if text.starts_with(b"stack backtrace:") => return Step::Join(State::Frames),
        b'*' if text.starts_with(b"** (") => {
            return if leads(open) && !trim(open).starts_with(b"** (") {
                Step::Join(State::Beam)
            } else {
                Step::New
            };
        }
        b'S' if matches!(text, b"Stack trace:" | b"Stack Trace:") => return Step::Join(State::Php),
        b'R' if text == b"Require stack:" => return Step::Join(State::Trace),
        b'C' if matches!(text, b"Current stack trace:" | b"Call stack:") => return Step::Join(State::Frames),
        b'[' if text == b"[stacktrace]" => return Step::Join(State::Php),
        b'f' if text.starts_with(b"future: <") => return Step::Join(State::Plain),
        b'{' if text.len() == 1 && !indented => return Step::Hold,
        b'}' if text == b"}" && open.ends_with(b"{") => return Step::Join(State::Plain),
        _ => {}
    }
    if announces(open, text) {
        return Step::Join(State::Plain);
    }
    match frame::read(inner) {
        Line::Cause(_) => Step::Join(State::Trace),
        Line::Frame { .. } if indented && text.starts_with(b"File \"") => {
            if leads(open) {
                Step::Join(State::Python)
            } else {
                Step::New
            }
        }
        Line::Frame { name, .. } if indented && frame::is_sure(text, name) => Step::Join(State::Trace),
        Line::Frame { .. } if frame::is_numbered(text) => Step::Join(State::Php),
        Line::Frame { .. } if !indented && frame::mono(text) && frame::exception(trim(open)).is_some() => {
            Step::Join(State::Trace)
        }
        Line::Text(_) if !indented && (head(text) || frame::go_name(text)) => Step::Hold,
        Line::Frame { .. } if !indented && frame::go_name(text) => Step::Hold,
        Line::Text(_) if !indented => message_line(open, inner),
        Line::Frame { .. } | Line::Filler | Line::Text(_) => Step::New,
    }
}

/// A further line of an exception's message, if frames follow.
fn message_line(open: &[u8], inner: &[u8]) -> Step {
    if is_head_of_message(open) && !headed(inner) { Step::Hold } else { Step::New }
}

/// Whether the open line says that a second line follows.
fn announces(open: &[u8], text: &[u8]) -> bool {
    // RabbitMQ: the next line says what happened to the process.
    let pid = open.ends_with(b":") && find(open, b"<0.").is_some();
    pid && !headed(text) || is_second_line(open, text)
}

/// Whether a line without indentation can be part of the record before it. Most cannot, and their first bytes show
/// that.
fn may_go_on(text: &[u8]) -> bool {
    match at(text, 0) {
        b'0'..=b'9' => find(text, b" 0x").is_some(),
        b'#' | b'*' | b'{' | b'}' | b'[' | b']' | b'.' | b'^' | b'~' | b'-' | b'/' => true,
        first if first.is_ascii_alphabetic() => {
            let n = run(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$' | b'/' | b'-'));
            let word = text.get(..n).unwrap_or_default();
            let starts = matches!(
                word,
                b"Traceback"
                    | b"goroutine"
                    | b"stack"
                    | b"Stack"
                    | b"Require"
                    | b"Current"
                    | b"Call"
                    | b"future"
                    | b"at"
                    | b"from"
                    | b"by"
                    | b"File"
                    | b"Caused"
                    | b"caused"
                    | b"Suppressed"
                    | b"Wrapped"
                    | b"Root"
                    | b"Next"
                    | b"created"
                    | b"panic"
                    | b"Exception"
                    | b"Unhandled"
                    | b"Uncaught"
            );
            // A class or a function.
            let marked = word.iter().any(|&b| b == b'.' || b == b'/')
                || word.iter().skip(1).any(u8::is_ascii_uppercase);
            starts || marked || matches!(at(text, n), b':' | 0 | b'(')
        }
        _ => false,
    }
}

/// Whether an exception stands alone on a line, so that frames may follow.
pub(super) fn head(text: &[u8]) -> bool {
    let node = text.starts_with(b"(node:") && find(text, b"Error: ").is_some();
    frame::exception(text).is_some() || is_bracket_head(text) || frame::rails(text).is_some() || node
}

/// Elasticsearch's old form, which only a logger writes: `ParseException[bad field]`.
fn is_bracket_head(text: &[u8]) -> bool {
    let n = run(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$'));
    at(text, n) == b'[' && text.get(..n).is_some_and(|c| c.ends_with(b"Exception") || c.ends_with(b"Error"))
}

/// Whether the open line is an exception, so that further lines of its message may follow.
fn is_head_of_message(open: &[u8]) -> bool {
    if !names_exception(open) {
        return false;
    }
    let line = trim(open);
    let message = from(line, header::read(line).message);
    frame::exception(message).is_some() || frame::exception(line).is_some()
}

/// Whether one of the words in names of exceptions occurs. Searched by five letters, because this is asked for every
/// line.
fn names_exception(open: &[u8]) -> bool {
    let words: [&[u8]; 7] = [b"Error", b"Exception", b"Exit", b"Failure", b"Fault", b"Timeout", b"Throwable"];
    let stands = |i: usize| {
        let (before, rest) = open.split_at(i);
        words.iter().any(|w| rest.starts_with(w))
            || rest.starts_with(b"Exist") && before.ends_with(b"DoesNot")
            || rest.starts_with(b"Found") && before.ends_with(b"Not")
    };
    memchr::memchr3_iter(b'E', b'F', b'T', open).any(stands)
        || memchr::memchr2_iter(b'I', b'W', open)
            .any(|i| from(open, i).starts_with(b"Interrupt") || from(open, i).starts_with(b"Warning"))
}

/// Whether a trace after this line belongs to it: the line is bad, or it has no level and announces something.
pub(super) fn leads(open: &[u8]) -> bool {
    let first = open.get(..run(open, |b| b != b'\n')).unwrap_or(open);
    if at(first, 0) == b'{' {
        return false;
    }
    let header = header::read(first);
    match header.level {
        Some(level) => level >= Level::Warning,
        None => {
            header.timed
                || first.ends_with(b":")
                || [b"xception".as_slice(), b"rror", b"ailed", b"rash"]
                    .iter()
                    .any(|w| find(first, w).is_some())
        }
    }
}

/// The same, for a trace that begins with this line.
pub(super) fn leads_to(open: &[u8], head: &[u8]) -> bool {
    leads(open) && !head.starts_with(b"Exception in thread ") || is_bracket_head(head)
}

/// The second line of java.util.logging's default form.
fn is_second_line(open: &[u8], text: &[u8]) -> bool {
    let n = run(text, |b| b.is_ascii_uppercase());
    if n < 4
        || !from(text, n).starts_with(b": ")
        || Level::from_word(text.get(..n).unwrap_or_default()).is_none()
    {
        return false;
    }
    let header = header::read(open);
    let message = from(open, header.message);
    let class = run(message, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$'));
    let method = from(message, class + 1);
    header.timed
        && at(message, class) == b' '
        && !method.is_empty()
        && method.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'<' | b'>'))
}

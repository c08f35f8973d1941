//! What a line does to the open record in each state, and what it proves about lines that wait.

use super::Joiner;
use super::shape::{self, State, Step};
use super::wrap::{self, headed};
use crate::bytes::{at, cut, find, from, run, trim};
use crate::frame::{self, Line};

/// Most lines of an object, and of a message after an empty header.
const MAX_OBJECT: usize = 300;

const MAX_EMPTY: usize = 40;

/// What a line means for the lines that wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    Wait,
    Free,
    /// The lines belong to the open record.
    Joins(State),
    /// The lines are a record of their own.
    Own(State),
}

impl Joiner {
    pub(super) fn proves(&mut self, inner: &[u8]) -> Verdict {
        let text = trim(inner);
        let indented = matches!(at(inner, 0), b' ' | b'\t');
        let first = self.held.line(0);
        let first = wrap::read(first).inner;
        let begun = trim(first);
        if begun == b"{" {
            // A dump continues with a bare key. A JSON object continues with a quoted key, and is a record of its
            // own.
            return match at(text, 0) {
                b'"' => Verdict::Own(State::Object),
                b if indented && (b.is_ascii_alphabetic() || b == b'[') => Verdict::Joins(State::Object),
                _ => Verdict::Free,
            };
        }
        let heads = shape::head(begun);
        let line = frame::read(inner);
        if self.state == State::Frames && text.starts_with(b"goroutine ") && begun.is_empty() {
            return Verdict::Joins(State::Frames);
        }
        let proof = match line {
            Line::Frame { name, .. } => {
                (indented && frame::is_sure(text, name)) || frame::mono(text) && heads || frame::is_ruby(text)
            }
            Line::Cause(_) => true,
            Line::Filler => indented && (find(text, b".go:").is_some() || text.starts_with(b"... ")),
            Line::Text(_) => heads && shape::is_section(text),
        };
        if proof {
            let state = if frame::is_go_file(text) { State::Frames } else { State::Trace };
            let own = shape::is_section(text) || !shape::leads_to(self.first(), begun);
            return if heads && own && !self.is_message() {
                Verdict::Own(state)
            } else {
                Verdict::Joins(state)
            };
        }
        if frame::go_name(begun) && !heads {
            return Verdict::Free;
        }
        if text.is_empty() {
            return if self.held.lines.len() < 4 || heads || self.is_message() {
                Verdict::Wait
            } else {
                Verdict::Free
            };
        }
        let blank = begun.is_empty();
        if blank && self.state != State::Plain {
            // After a blank line within a report, indentation alone is no proof.
            let strong =
                !indented || proof || matches!(self.state, State::Frames | State::Panic | State::Empty);
            return match self.next(inner) {
                Step::Join(state) if strong => Verdict::Joins(state),
                Step::Join(_) | Step::Hold | Step::New => Verdict::Free,
            };
        }
        if blank && self.held.lines.len() < 3 {
            if shape::head(text) && !indented {
                return Verdict::Wait;
            }
            if shape::is_section(text) {
                return Verdict::Joins(State::Trace);
            }
            return if self.is_message() && !headed(inner) { Verdict::Wait } else { Verdict::Free };
        }
        // Further lines of an exception's message.
        if (heads || self.is_message())
            && !headed(inner)
            && !(shape::head(text) && !indented && !self.is_message())
        {
            return Verdict::Wait;
        }
        Verdict::Free
    }

    /// The open record, without the prefix of a collector.
    pub(super) fn first(&self) -> &[u8] {
        if self.lines == 1 { wrap::read(&self.open).inner } else { &self.open }
    }

    /// Whether the open line is an exception itself, so that the waiting lines belong to its message.
    fn is_message(&self) -> bool {
        if self.lines != 1 {
            return false;
        }
        let inner = wrap::read(&self.open).inner;
        let line = trim(inner);
        frame::exception(line).is_some()
            || frame::exception(from(line, crate::header::read(line).message)).is_some()
    }

    pub(super) fn next(&mut self, inner: &[u8]) -> Step {
        let text = trim(inner);
        let indented = matches!(at(inner, 0), b' ' | b'\t');
        match self.state {
            State::Plain => {
                let open = wrap::read(&self.open).inner;
                shape::after_plain(open, inner, text)
            }
            State::Trace => self.in_trace(inner, text, indented),
            State::Python => {
                if text.is_empty() || indented || chained_open(&self.open, text) {
                    return Step::Join(State::Python);
                }
                if shape::chains(text) {
                    return Step::Join(State::Python);
                }
                if last_is_blank(&self.open) || headed(inner) && frame::exception(text).is_none() {
                    return Step::New;
                }
                if frame::exception(text).is_some() || shape::python_end(text) {
                    return Step::Join(State::PythonEnd);
                }
                Step::New
            }
            State::PythonEnd => {
                if shape::chains(text) {
                    return Step::Join(State::Python);
                }
                if shape::is_sql_note(text) {
                    return Step::Join(State::PythonEnd);
                }
                if text.is_empty() {
                    return Step::Hold;
                }
                if indented { Step::Join(State::PythonEnd) } else { Step::New }
            }
            State::Group => {
                let of_it = indented && matches!(at(text, 0), b'|' | b'+') || shape::chains(text);
                if of_it { Step::Join(State::Group) } else { Step::New }
            }
            State::Source => {
                if !indented && shape::head(text) || frame::exception(text).is_some() {
                    return Step::Join(State::Trace);
                }
                // `[Error: no such file] {`: an error without frames, as the runtime prints it.
                if text.strip_prefix(b"[").is_some_and(|t| frame::exception(t).is_some()) {
                    self.depth = 0;
                    return Step::Join(State::Trace);
                }
                let more =
                    self.lines < 8 && (indented || text.is_empty() || !headed(inner) && self.lines < 4);
                if more { Step::Join(State::Source) } else { Step::New }
            }
            State::Panic => {
                if text.starts_with(b"goroutine ") || text.starts_with(b"stack backtrace:") {
                    return Step::Join(State::Frames);
                }
                if text.is_empty() && self.open.starts_with(b"thread '") && self.lines > 1 {
                    return Step::Hold;
                }
                let rust = find(&self.open, b"panicked at ").is_some();
                let more = text.is_empty()
                    || indented
                    || text.starts_with(b"[signal ")
                    || text.starts_with(b"note: ")
                    || rust && self.lines == 1 && self.open.ends_with(b":") && !headed(inner);
                if more { Step::Join(State::Panic) } else { Step::New }
            }
            State::Frames => {
                if text.is_empty() {
                    return Step::Hold;
                }
                let more = indented
                    || frame::is_go_file(text)
                    || shape::panic_line(text)
                    || frame::go_name(text)
                    || frame::is_numbered(text);
                if more { Step::Join(State::Frames) } else { Step::New }
            }
            State::Beam => {
                if text.is_empty() {
                    return Step::Hold;
                }
                // An Erlang report has no indentation of its own.
                let plain = !headed(inner)
                    && at(text, 0) != b'='
                    && matches!(shape::opens(inner), State::Plain | State::Empty);
                if self.open.starts_with(b"=") && plain {
                    return Step::Join(State::Beam);
                }
                let again = text.starts_with(b"** (") && self.open.starts_with(b"** (");
                let more = indented || shape::beam_line(text) && !again;
                if more { Step::Join(State::Beam) } else { Step::New }
            }
            State::Sanitizer => {
                let begins = !matches!(
                    shape::opens(inner),
                    State::Plain | State::Sanitizer | State::Empty | State::Block
                );
                let more = !begins && !headed(inner) && (at(text, 0) != b'=' || text.starts_with(b"=>"))
                    || self.lines == 1 && text.starts_with(b"==") && find(text, b"Sanitizer").is_some();
                if !more {
                    return Step::New;
                }
                let ended = text.starts_with(b"SUMMARY: ");
                Step::Join(if ended { State::Block } else { State::Sanitizer })
            }
            State::Object => {
                if self.lines > MAX_OBJECT
                    || headed(inner) && at(text, 0) != b'{' && !matches!(at(text, 0), b'"')
                {
                    return Step::New;
                }
                if self.lines == 1 && !indented && !matches!(at(text, 0), b'}' | b']' | b')' | b'"' | b'{') {
                    return Step::New;
                }
                self.depth += depth(text);
                Step::Join(if self.depth <= 0 { State::Plain } else { State::Object })
            }
            State::Box => {
                let more = text.starts_with("│".as_bytes()) || text.starts_with("╵".as_bytes());
                if more { Step::Join(State::Box) } else { Step::New }
            }
            State::Block => {
                if indented && !text.is_empty() {
                    Step::Join(State::Block)
                } else {
                    Step::New
                }
            }
            State::Postgres => {
                let statement = at(inner, 0) == b'\t';
                let more = statement || shape::postgres_detail(text).is_some();
                if more { Step::Join(State::Postgres) } else { Step::New }
            }
            State::Empty => self.in_empty(inner, text, indented),
            State::Php => {
                let more = frame::is_numbered(text)
                    || indented && (text.starts_with(b"thrown in ") || find(text, b".php").is_some())
                    || text.starts_with(b"Next ")
                    || matches!(text, b"\"}" | b"Stack trace:" | b"[previous exception]")
                    || text.starts_with(b"[previous exception]")
                    || text.starts_with(b"thrown in ");
                if more { Step::Join(State::Php) } else { Step::New }
            }
        }
    }

    fn in_trace(&self, inner: &[u8], text: &[u8], indented: bool) -> Step {
        let trace = Step::Join(State::Trace);
        match frame::read(inner) {
            Line::Text(_) if text.starts_with(b"Node.js v") || frame::is_numbered(text) => trace,
            Line::Text(_) if text.starts_with(b"- /") || text.starts_with(b"- <") => trace,
            Line::Text(_) if indented || shape::is_section(text) => trace,
            Line::Text(_) if shape::chains(text) => Step::Join(State::Python),
            Line::Text(_) => Step::New,
            Line::Filler if text.is_empty() => Step::Hold,
            Line::Filler => {
                if at(text, 0) != b'[' && !text.starts_with(b"Traceback") || text.starts_with(b"[CIRCULAR") {
                    trace
                } else {
                    Step::New
                }
            }
            Line::Cause(_) => trace,
            Line::Frame { .. } => {
                // Ruby's first line says where it happened: this is another crash.
                let another =
                    !indented && text.ends_with(b")") && frame::is_ruby(text) && find(text, b"': ").is_some();
                let more = !another
                    && (indented || text.starts_with(b"at ") || frame::mono(text) || frame::is_ruby(text));
                if more { trace } else { Step::New }
            }
        }
    }

    /// After a line that ends with a colon: the message may be on the lines that follow.
    fn in_empty(&self, inner: &[u8], text: &[u8], indented: bool) -> Step {
        let open = wrap::read(&self.open).inner;
        let first = cut(open, 0, run(open, |b| b != b'\n'));
        if self.lines == 1 {
            if text.starts_with(b"Traceback (most") {
                return Step::Join(State::Python);
            }
            if indented && !text.is_empty() {
                return match shape::after_plain(open, inner, text) {
                    Step::Join(state) => Step::Join(state),
                    Step::Hold | Step::New => Step::Join(State::Block),
                };
            }
            if shape::head(text) && !indented && crate::header::is_all_header(first) {
                return Step::Join(State::Trace);
            }
            let named = crate::header::is_all_header(first);
            if !named {
                return shape::after_plain(open, inner, text);
            }
        }
        if shape::head(text) && !indented {
            return Step::Join(State::Trace);
        }
        let more = self.lines < MAX_EMPTY && !headed(inner);
        if more { Step::Join(State::Empty) } else { Step::New }
    }
}

/// Whether this is a `Traceback` right after a line that chains it.
fn chained_open(open: &[u8], text: &[u8]) -> bool {
    text.starts_with(b"Traceback (most") && {
        let last = open.split(|&b| b == b'\n').rev().map(trim).find(|l| !l.is_empty());
        last.is_some_and(|l| shape::chains(l) || l.ends_with(b":") && !shape::python_end(l))
    }
}

fn last_is_blank(open: &[u8]) -> bool {
    open.rsplit(|&b| b == b'\n').next().is_some_and(|l| trim(l).is_empty())
}

/// By how much the line makes an object deeper; brackets in quotes do not count.
pub(super) fn depth(line: &[u8]) -> i32 {
    let (mut depth, mut quote, mut escaped) = (0, 0, false);
    for &b in line {
        if quote != 0 {
            if escaped {
                escaped = false;
            } else if b == b'\\' {
                escaped = true;
            } else if b == quote {
                quote = 0;
            }
            continue;
        }
        match b {
            b'"' => quote = b,
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth -= 1,
            _ => {}
        }
    }
    depth
}

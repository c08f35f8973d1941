//! Joins the lines of a record: an exception with its frames, a message of several lines, an object over several lines.
//!
//! By structure, never by luck: a line that could begin something is held until later lines prove it, so that a line that
//! stands for itself is the same record whatever stands around it. Bounded: a record that never ends is cut, not kept.

mod shape;
pub(crate) mod wrap;

use crate::bytes::{at, cut, find, from, run, trim};
use crate::frame::{self, Line};
use crate::json;
use shape::{State, Step};
use wrap::{Kind, Wrap, headed};

/// Bytes that are kept of one record; further lines count, and are not kept.
const MAX_BYTES: usize = 32 * 1024;
/// Lines of one record; the next line begins another.
const MAX_LINES: usize = 1000;
/// Lines that wait for a proof.
const MAX_HELD: usize = 24;
/// Lines of an object, and of a message behind an empty one.
const MAX_OBJECT: usize = 300;
const MAX_EMPTY: usize = 40;

/// One or more lines that belong together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record<'s> {
    /// The lines, joined by line feeds. Further lines are without what a collector put before them.
    pub text: &'s [u8],
    /// How many lines were joined.
    pub lines: usize,
    /// What was given with its first line.
    pub mark: i64,
}

/// Takes lines in order, gives records. Use one per stream: lines of two streams do not belong together.
#[derive(Default)]
pub struct Joiner {
    open: Vec<u8>,
    lines: usize,
    mark: i64,
    state: State,
    kind: Kind,
    key: Vec<u8>,
    /// The open record's last line goes on in the next.
    partial: bool,
    /// How deep the open object is.
    depth: i32,
    held: Held,
    /// A buffer for lines without their escapes.
    plain: Vec<u8>,
}

/// Lines that wait for a proof, as they came.
#[derive(Default)]
struct Held {
    text: Vec<u8>,
    lines: Vec<(usize, i64)>,
}

impl Held {
    fn push(&mut self, line: &[u8], mark: i64) {
        self.text.extend_from_slice(line);
        self.lines.push((self.text.len(), mark));
    }

    fn line(&self, n: usize) -> &[u8] {
        let start = n.checked_sub(1).and_then(|n| self.lines.get(n)).map_or(0, |l| l.0);
        cut(&self.text, start, self.lines.get(n).map_or(0, |l| l.0))
    }

    fn clear(&mut self) {
        self.text.clear();
        self.lines.clear();
    }
}

impl Joiner {
    /// A joiner without any line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a line, without its line feed, and anything that its record is to be known by; gives the records that are
    /// whole now: none, one, or several.
    pub fn push(&mut self, line: &[u8], mark: i64, give: &mut impl FnMut(Record<'_>)) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = cut(line, 0, line.len().min(MAX_BYTES));
        if self.lines == 0 {
            self.begin(line, mark);
            return;
        }
        if !self.held.lines.is_empty() {
            self.with_held(line, mark, give);
            return;
        }
        self.step(line, mark, true, give);
    }

    /// The last records; call it when the stream ends or rests.
    pub fn finish(&mut self, give: &mut impl FnMut(Record<'_>)) {
        // Each turn sets one line free at least.
        while !self.held.lines.is_empty() {
            self.replay(give);
        }
        self.emit(give);
    }

    fn emit(&mut self, give: &mut impl FnMut(Record<'_>)) {
        if self.lines > 0 {
            give(Record { text: &self.open, lines: self.lines, mark: self.mark });
        }
        self.lines = 0;
        self.open.clear();
        self.partial = false;
        self.state = State::Plain;
    }

    fn begin(&mut self, line: &[u8], mark: i64) {
        let wrap = wrap::read(line);
        self.open.clear();
        self.open.extend_from_slice(line);
        (self.lines, self.mark, self.kind, self.partial) = (1, mark, wrap.kind, wrap.partial);
        self.key.clear();
        self.key.extend_from_slice(wrap.key);
        let inner = self.inner(&wrap);
        self.state = shape::opens(&inner);
        self.depth = if self.state == State::Object { depth(&inner) } else { 0 };
        self.plain = inner;
    }

    /// The program's own line, in the buffer.
    fn inner(&mut self, wrap: &Wrap<'_>) -> Vec<u8> {
        let mut inner = std::mem::take(&mut self.plain);
        inner.clear();
        if wrap.kind == Kind::Docker {
            json::unescape(wrap.inner, &mut inner);
        } else {
            inner.extend_from_slice(wrap.inner);
        }
        inner
    }

    /// Whether a line so wrapped is of the program whose record is open.
    fn same(&self, wrap: &Wrap<'_>) -> bool {
        match (self.kind, wrap.kind) {
            (Kind::Time, Kind::Bare) => true,
            // A request's id stands behind the header of its first line.
            (Kind::Bare | Kind::Time, Kind::Name) => find(&self.open, wrap.key).is_some(),
            (open, line) => open == line && self.key == wrap.key,
        }
    }

    /// One line after what is open, with nothing held. Lines that are told again are not held again.
    fn step(&mut self, line: &[u8], mark: i64, may_hold: bool, give: &mut impl FnMut(Record<'_>)) {
        let wrap = wrap::read(line);
        let inner = self.inner(&wrap);
        let step = if self.lines >= MAX_LINES || !self.same(&wrap) {
            Step::New
        } else if self.partial {
            self.partial = wrap.partial;
            self.unwrap_first();
            self.append(&inner, b"");
            self.lines += 1;
            self.plain = inner;
            return;
        } else {
            self.next(&inner)
        };
        self.plain = inner;
        match step {
            Step::Join(state) => {
                self.state = state;
                let inner = std::mem::take(&mut self.plain);
                self.unwrap_first();
                // The prefix of a detail says what the line before said.
                let skip =
                    if state == State::Postgres { shape::postgres_detail(&inner).unwrap_or(0) } else { 0 };
                self.append(from(&inner, skip), b"\n");
                self.plain = inner;
                self.lines += 1;
                self.partial = wrap.partial;
            }
            Step::Hold if may_hold => self.held.push(line, mark),
            Step::Hold | Step::New => {
                self.emit(give);
                self.begin(line, mark);
            }
        }
    }

    fn append(&mut self, text: &[u8], mark: &[u8]) {
        if self.open.len() + text.len() < MAX_BYTES {
            self.open.extend_from_slice(mark);
            self.open.extend_from_slice(text);
        }
    }

    /// Docker's first line is told by its text once others follow.
    fn unwrap_first(&mut self) {
        if self.kind == Kind::Docker && self.lines == 1 {
            let wrap = wrap::read(&self.open);
            let mut text = vec![];
            json::unescape(wrap.inner, &mut text);
            self.open = text;
        }
    }

    /// A line while others wait: it proves that they belong together, waits with them, or sets them free.
    fn with_held(&mut self, line: &[u8], mark: i64, give: &mut impl FnMut(Record<'_>)) {
        let wrap = wrap::read(line);
        let inner = if self.same(&wrap) { self.inner(&wrap) } else { vec![] };
        let verdict = if self.same(&wrap) { self.proves(&inner) } else { Verdict::Free };
        self.plain = inner;
        match verdict {
            Verdict::Wait if self.held.lines.len() < MAX_HELD => self.held.push(line, mark),
            Verdict::Wait | Verdict::Free => {
                self.replay(give);
                self.push(line, mark, give);
            }
            Verdict::Joins(state) => {
                self.unwrap_first();
                self.take_held(0);
                self.state = state;
                self.step(line, mark, false, give);
            }
            Verdict::Own(state) => {
                let held = std::mem::take(&mut self.held);
                self.emit(give);
                self.begin(held.line(0), held.lines.first().map_or(0, |l| l.1));
                self.held = held;
                self.unwrap_first();
                self.take_held(1);
                self.state = state;
                self.step(line, mark, false, give);
            }
        }
    }

    /// What is held becomes part of what is open.
    fn take_held(&mut self, first: usize) {
        let held = std::mem::take(&mut self.held);
        for n in first..held.lines.len() {
            let wrap = wrap::read(held.line(n));
            let inner = self.inner(&wrap);
            self.depth += depth(&inner);
            self.append(&inner, b"\n");
            self.plain = inner;
            self.lines += 1;
        }
        self.held = held;
        self.held.clear();
    }

    /// Nothing came of it: the first stands for itself, and the others are looked at anew.
    fn replay(&mut self, give: &mut impl FnMut(Record<'_>)) {
        let held = std::mem::take(&mut self.held);
        for (n, &(_, mark)) in held.lines.iter().enumerate() {
            if n == 0 {
                self.step(held.line(n), mark, false, give);
            } else {
                self.push(held.line(n), mark, give);
            }
        }
    }
}

/// What a line means for those that wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    Wait,
    Free,
    /// They belong to the open record.
    Joins(State),
    /// They are a record of their own.
    Own(State),
}

impl Joiner {
    fn proves(&mut self, inner: &[u8]) -> Verdict {
        let text = trim(inner);
        let indented = matches!(at(inner, 0), b' ' | b'\t');
        let first = self.held.line(0);
        let first = wrap::read(first).inner;
        let begun = trim(first);
        if begun == b"{" {
            // A dump goes on with a bare key; an object of JSON with a quoted one, and stands for itself.
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
            // A blank line within a report; indentation alone is no proof behind it.
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

    /// What is open, without what a collector put before it.
    fn first(&self) -> &[u8] {
        if self.lines == 1 { wrap::read(&self.open).inner } else { &self.open }
    }

    /// The open line is an exception itself: what waits are lines of its message.
    fn is_message(&self) -> bool {
        if self.lines != 1 {
            return false;
        }
        let inner = wrap::read(&self.open).inner;
        let line = trim(inner);
        frame::exception(line).is_some()
            || frame::exception(from(line, crate::header::read(line).message)).is_some()
    }

    fn next(&mut self, inner: &[u8]) -> Step {
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
                // Ruby tells where first: another crash.
                let another =
                    !indented && text.ends_with(b")") && frame::is_ruby(text) && find(text, b"': ").is_some();
                let more = !another
                    && (indented || text.starts_with(b"at ") || frame::mono(text) || frame::is_ruby(text));
                if more { trace } else { Step::New }
            }
        }
    }

    /// Behind a line that ends with a colon: its message may be what follows.
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

/// `Traceback` right behind a line that chains it.
fn chained_open(open: &[u8], text: &[u8]) -> bool {
    text.starts_with(b"Traceback (most") && {
        let last = open.split(|&b| b == b'\n').rev().map(trim).find(|l| !l.is_empty());
        last.is_some_and(|l| shape::chains(l) || l.ends_with(b":") && !shape::python_end(l))
    }
}

fn last_is_blank(open: &[u8]) -> bool {
    open.rsplit(|&b| b == b'\n').next().is_some_and(|l| trim(l).is_empty())
}

/// How much deeper the line leaves an object than it found it; what stands in quotes does not count.
fn depth(line: &[u8]) -> i32 {
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

//! Joins the lines of a record: an exception with its frames, a message of several lines, an object over several
//! lines.
//!
//! The structure decides, never chance. A line that could begin something is held until later lines prove it, so that
//! a single line is the same record whatever stands around it. Memory is bounded: a record that never ends is cut,
//! not kept.

mod shape;
mod steps;
pub(crate) mod wrap;

use crate::bytes::{cut, find, from};
use crate::json;
use shape::{State, Step};
use steps::{Verdict, depth};
use wrap::{Kind, Wrap};

/// Bytes of one record that are kept; further lines are counted but not kept.
const MAX_BYTES: usize = 32 * 1024;
/// Lines of one record; the next line begins another.
const MAX_LINES: usize = 1000;
/// Lines that wait for a proof.
const MAX_HELD: usize = 24;

/// One or more lines that belong together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record<'s> {
    /// The lines, joined by line feeds. Further lines are without what a collector put before them.
    pub text: &'s [u8],
    /// How many lines were joined.
    pub lines: usize,
    /// The mark that was given with its first line.
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
    /// The open record's last line continues in the next line.
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

    /// Takes a line without its line feed, and a mark that the caller will know its record by. Gives the records that
    /// are complete now: none, one, or several.
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

    /// Gives the last records; call it when the stream ends or pauses.
    pub fn finish(&mut self, give: &mut impl FnMut(Record<'_>)) {
        // Each turn releases at least one line.
        while !self.held.lines.is_empty() {
            self.replay(give);
        }
        self.emit(give);
    }

    /// The mark of the latest line, if a record begins with that line and no line waits: then nothing that follows
    /// depends on an earlier line.
    pub fn begins(&self) -> Option<i64> {
        (self.lines == 1 && self.held.lines.is_empty()).then_some(self.mark)
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
        self.plain = self.inner(&wrap);
        self.opened(line, mark, &wrap);
    }

    /// Opens a record with a line that was already read; the program's own text is in the buffer.
    fn opened(&mut self, line: &[u8], mark: i64, wrap: &Wrap<'_>) {
        self.open.clear();
        self.open.extend_from_slice(line);
        (self.lines, self.mark, self.kind, self.partial) = (1, mark, wrap.kind, wrap.partial);
        self.key.clear();
        self.key.extend_from_slice(wrap.key);
        self.state = shape::opens(&self.plain);
        self.depth = if self.state == State::Object { depth(&self.plain) } else { 0 };
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

    /// Whether a line with this prefix comes from the program whose record is open.
    fn same(&self, wrap: &Wrap<'_>) -> bool {
        match (self.kind, wrap.kind) {
            (Kind::Time, Kind::Bare) => true,
            // The id of a request stands after the header of its first line.
            (Kind::Bare | Kind::Time, Kind::Name) => find(&self.open, wrap.key).is_some(),
            (open, line) => open == line && self.key == wrap.key,
        }
    }

    /// Handles one line after the open record when no line is held. Lines that are handled for the second time are
    /// not held again.
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
                // The prefix of a detail repeats the prefix of the line before.
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
                self.opened(line, mark, &wrap);
            }
        }
    }

    fn append(&mut self, text: &[u8], mark: &[u8]) {
        if self.open.len() + text.len() < MAX_BYTES {
            self.open.extend_from_slice(mark);
            self.open.extend_from_slice(text);
        }
    }

    /// Docker's first line is replaced by its text when other lines follow it.
    fn unwrap_first(&mut self) {
        if self.kind == Kind::Docker && self.lines == 1 {
            let wrap = wrap::read(&self.open);
            let mut text = vec![];
            json::unescape(wrap.inner, &mut text);
            self.open = text;
        }
    }

    /// Handles a line while others wait: it proves that they belong together, waits with them, or releases them.
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

    /// The held lines become part of the open record.
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

    /// The proof did not come: the first held line stands for itself, and the others are handled again.
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

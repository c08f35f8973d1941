//! The pass that turns a message into its template: one walk over the bytes, without memory of other lines.

mod groups;
pub(crate) mod places;
mod quotes;
mod users;
mod values;
mod words;

use crate::builtin::{BuiltIn, Switches};
use crate::bytes::{AT, DELIM, DIGIT, DOT, SLASH, SPACE, at, class, cut, from};
use crate::time;
use quotes::{is_key, quoted_value};
use users::user;

/// What stands for a variable in a template.
pub(crate) const VARIABLE: &[u8] = b"<*>";

/// Longest template in bytes; later bytes do not count.
pub(crate) const MAX_TEMPLATE: usize = 1024;

/// A part of a text that a team's rule made a variable, or keeps as it is.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
    pub keep: bool,
}

/// Writes templates. The buffer is kept from line to line.
#[derive(Default)]
pub(crate) struct Masker {
    out: Vec<u8>,
    /// Where in `out` the last variable ended; 0 for none.
    last: usize,
    /// Where in `out` the last bare number ended: the next word may be what it counts.
    number: usize,
    /// Where in `out` the current atom began.
    atom: usize,
    /// Where in `out` the current token, and the one before it, began.
    token: usize,
    before: usize,
}

impl Masker {
    pub(crate) fn clear(&mut self) {
        self.out.clear();
        (self.last, self.number, self.atom, self.token, self.before) = (0, 0, 0, 0, 0);
    }

    pub(crate) fn template(&self) -> &[u8] {
        &self.out
    }

    /// Cuts the template at its longest.
    pub(crate) fn bound(&mut self) {
        self.out.truncate(MAX_TEMPLATE);
    }

    /// Puts another text in the template's place.
    pub(crate) fn replace(&mut self, text: &[u8]) {
        self.clear();
        self.verbatim(text);
    }

    /// Adds text as it is.
    pub(crate) fn verbatim(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
        (self.atom, self.token, self.before) = (self.out.len(), self.out.len(), self.out.len());
    }

    /// Removes the text added since `before` if the template already has it; the first `mark` bytes of that text are
    /// no words.
    pub(crate) fn once(&mut self, before: usize, mark: usize) {
        let added = from(&self.out, before + mark);
        if added.is_empty() || crate::bytes::find(cut(&self.out, 0, before), added).is_some() {
            self.out.truncate(before);
            (self.last, self.atom, self.token, self.before) = (0, before, before, before);
        }
    }

    /// Adds the template of a text. A team's rules decided the spans, which come in order.
    pub(crate) fn text(&mut self, s: &[u8], spans: &[Span], on: Switches) {
        let mut i =
            if self.out.is_empty() && on.has(BuiltIn::LeadingNumbers) { leading_number(s) } else { 0 };
        for span in spans {
            if span.start < i {
                continue;
            }
            self.part(cut(s, i, span.start), on);
            self.atom = self.out.len();
            if span.keep {
                self.verbatim(cut(s, span.start, span.end));
            } else {
                self.variable(on);
            }
            i = span.end;
        }
        self.part(from(s, i), on);
        self.gap(on);
        while self.out.last() == Some(&b' ') {
            self.out.pop();
        }
    }

    /// Adds the template of a part of a line.
    pub(crate) fn part_text(&mut self, s: &[u8], on: Switches) {
        self.part(s, on);
    }

    /// Adds a name from code: its own digits stay, but a compiler's digits do not.
    pub(crate) fn code(&mut self, name: &[u8], on: Switches) {
        if on.has(BuiltIn::Ids) {
            crate::trace::numberless(name, |part| self.out.extend_from_slice(part));
        } else {
            self.out.extend_from_slice(name);
        }
    }

    fn part(&mut self, s: &[u8], on: Switches) {
        let mut i = 0;
        // The two words before the current one, for rules that need them, and the key before a value.
        let (mut one, mut two): (&[u8], &[u8]) = (b"", b"");
        let mut key: &[u8] = b"";
        while let Some(&b) = s.get(i) {
            if self.out.len() >= MAX_TEMPLATE {
                break;
            }
            match class(b) {
                SPACE => {
                    i += 1;
                    self.gap(on);
                }
                DELIM => {
                    if b == b'=' {
                        key = one;
                        let n = self.assigned(s, i, key, on);
                        if n > 0 {
                            (i, one, key) = (n, b"", b"");
                            continue;
                        }
                    } else if b == b'[' {
                        key = one;
                    }
                    i = self.delimiter(s, i, if key.is_empty() { one } else { key }, on);
                    // The status of an answer follows the request.
                    if b == b'"' && self.out.ends_with(b"HTTP/<*>\"") {
                        key = b"status";
                    }
                    one = b"";
                }
                _ => {
                    let (end, flags) = atom_end(s, i);
                    self.atom = self.out.len();
                    if flags & (DIGIT | DOT | SLASH | AT) == 0 {
                        let word = cut(s, i, end);
                        if !key.is_empty() && on.has(BuiltIn::Places) && places::is_truth(word) {
                            self.variable(on);
                            (i, two, one, key) = (end, one, b"", b"");
                            continue;
                        }
                        i = self.word(s, (i, end, flags), one, two, on);
                        (two, one) = (one, word);
                    } else if let Some(n) = self.placed(s, i, end, flags, [two, one, key], on) {
                        (i, two, one) = (n, one, b"");
                    } else if flags == DIGIT {
                        self.variable(on);
                        self.number = self.out.len();
                        i = if at(s, end - 1) == b'.' { end - 1 } else { end };
                        (two, one) = (one, b"");
                    } else {
                        i = self.mixed(s, i, end, flags, on);
                        (two, one) = (one, b"");
                    }
                    key = b"";
                }
            }
        }
    }

    /// A variable; it is joined to the one before if only marks stand between them.
    fn variable(&mut self, on: Switches) {
        self.currency(on);
        if self.last > 0 {
            let between = from(&self.out, self.last);
            let same_atom = self.last > self.atom;
            let joins = if between.is_empty() {
                true
            } else if between.len() > 4 {
                false
            } else if between.iter().all(|&b| is_joint(b)) {
                on.has(BuiltIn::Lists) && between.len() < 4
            } else {
                let letters = between.iter().filter(|b| b.is_ascii_alphabetic()).count();
                let marks = between.iter().filter(|&&b| is_joint(b)).count();
                on.has(BuiltIn::Infixes) && same_atom && letters <= 2 && letters + marks == between.len()
            };
            if joins {
                self.out.truncate(self.last);
                return;
            }
        }
        self.out.extend_from_slice(VARIABLE);
        self.last = self.out.len();
    }

    /// A space ends a token; a token that repeats the one before is dropped.
    fn gap(&mut self, on: Switches) {
        if self.out.is_empty() || self.out.last() == Some(&b' ') {
            return;
        }
        if self.last > self.token && self.before < self.token && on.has(BuiltIn::Repeats) {
            let previous = cut(&self.out, self.before, self.token - 1);
            let current = from(&self.out, self.token);
            let bare = |s: &[u8]| s.iter().rev().take_while(|&&b| matches!(b, b',' | b';' | b'.')).count();
            let (p, c) = (previous.len() - bare(previous), current.len() - bare(current));
            if cut(previous, 0, p) == cut(current, 0, c) {
                let shift = self.token - self.before;
                self.out.drain(self.before..self.token);
                self.token -= shift;
                self.last -= shift;
            }
        }
        self.out.push(b' ');
        (self.before, self.token) = (self.token, self.out.len());
    }
}

/// Where the atom that starts at `start` ends, and the classes of its bytes. A dot that ends a sentence does not
/// count.
#[inline(always)]
fn atom_end(s: &[u8], start: usize) -> (usize, u16) {
    let (mut flags, mut last) = (0, 0);
    let mut i = start;
    for &b in from(s, start) {
        let c = class(b);
        if c & (SPACE | DELIM) != 0 {
            break;
        }
        flags |= last;
        last = c;
        i += 1;
    }
    (i, if last == DOT && i > start + 1 { flags } else { flags | last })
}

/// Marks between variables that make them one variable.
fn is_joint(b: u8) -> bool {
    matches!(
        b,
        b' ' | b','
            | b'.'
            | b':'
            | b';'
            | b'/'
            | b'-'
            | b'_'
            | b'+'
            | b'#'
            | b'|'
            | b'~'
            | b'@'
            | b'*'
            | b'!'
            | b'\\'
    )
}

/// A day or a month, from three letters on.
fn is_calendar(s: &[u8]) -> bool {
    s.len() >= 3
        && (s.len() <= 4 || time::is_full_month(s))
        && at(s, 0).is_ascii_uppercase()
        && time::is_calendar(cut(s, 0, 3))
}

/// The length of a bare number and the space after it, if words follow. After a header nobody can tell a count from
/// the number of a process or a thread, so neither is part of the message.
fn leading_number(s: &[u8]) -> usize {
    let n = crate::bytes::digits(s);
    let gap = crate::bytes::run(from(s, n), |b| b == b' ' || b == b'\t');
    if n > 0 && gap > 0 && at(s, n + gap).is_ascii_alphabetic() { n + gap } else { 0 }
}

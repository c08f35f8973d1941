//! The pass that turns a message into its template: one walk over the bytes, nothing remembered from other lines.

mod groups;
pub(crate) mod places;
mod values;

use crate::builtin::{BuiltIn, Switches};
use crate::bytes::{AT, DELIM, DIGIT, DOT, SLASH, SPACE, UPPER, at, class, cut, from};
use crate::shapes;
use crate::time;
use values::bracketed_ip;

/// What stands for a variable in a template.
pub(crate) const VARIABLE: &[u8] = b"<*>";
/// Longest template in bytes; what comes after does not count.
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
    /// Where in `out` the last bare number ended: what follows may be counted by it.
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

    /// Takes back what was added since `before` when the template says it already; `mark` bytes of it are no words.
    pub(crate) fn once(&mut self, before: usize, mark: usize) {
        let added = from(&self.out, before + mark);
        if added.is_empty() || crate::bytes::find(cut(&self.out, 0, before), added).is_some() {
            self.out.truncate(before);
            (self.last, self.atom, self.token, self.before) = (0, before, before, before);
        }
    }

    /// Adds the template of a text. The spans, in order, are what a team's rules decided.
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

    /// Adds a name out of code: its own digits stay, a compiler's do not.
    pub(crate) fn code(&mut self, name: &[u8], on: Switches) {
        if on.has(BuiltIn::Ids) {
            crate::trace::numberless(name, |part| self.out.extend_from_slice(part));
        } else {
            self.out.extend_from_slice(name);
        }
    }

    fn part(&mut self, s: &[u8], on: Switches) {
        let mut i = 0;
        // The two words before the current one, for rules that need them, and the key that a value stands behind.
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
                    // The status of an answer stands behind the request.
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

    /// An atom with digits, dots or slashes whose place says what it is; where it ends.
    #[inline(always)]
    fn placed(
        &mut self,
        s: &[u8],
        i: usize,
        end: usize,
        flags: u16,
        before: [&[u8]; 3],
        on: Switches,
    ) -> Option<usize> {
        let [two, one, key] = before;
        if flags & DIGIT != 0 && on.has(BuiltIn::StatusCodes) {
            let (before, word) = if key.is_empty() { (two, one) } else { (b"".as_slice(), key) };
            let n = if places::is_code(before, word) { places::code(from(s, i)) } else { 0 };
            let n =
                if n == 0 && at(s, i).is_ascii_uppercase() { places::product_code(from(s, i)) } else { n };
            if n > 0 {
                // systemd names the number: `status=203/EXEC`.
                let slash = i + n;
                let name = if at(s, slash) == b'/' {
                    crate::bytes::run(from(s, slash + 1), |b| b.is_ascii_uppercase() || b == b'_')
                } else {
                    0
                };
                let end = if name > 1 { slash + 1 + name } else { slash };
                self.out.extend_from_slice(cut(s, i, end));
                return Some(end);
            }
        }
        if on.has(BuiltIn::Users) && !one.is_empty() {
            let n = user(s, i, end, one, two);
            if n > 0 {
                self.variable(on);
                return Some(n);
            }
        }
        if flags == SLASH && end == i + 1 && places::is_method(one) && on.has(BuiltIn::Paths) {
            self.variable(on);
            return Some(end);
        }
        if places::names_host(one) && on.has(BuiltIn::Hosts) && one.ends_with(b":") {
            self.variable(on);
            return Some(end.max(i + crate::bytes::run(from(s, i), |b| b > b' ' && b != b',')));
        }
        None
    }

    /// The value behind `=`, unless it says what happened; where it ends, or 0.
    fn assigned(&mut self, s: &[u8], i: usize, key: &[u8], on: Switches) -> usize {
        let next = at(s, i + 1);
        let attached = at(s, i.wrapping_sub(1)).is_ascii_alphanumeric()
            && !matches!(next, 0..=b' ' | b'"' | b'\'' | b'`' | b'=' | b'>' | b'<');
        if !attached || !on.has(BuiltIn::Places) || key.is_empty() && !is_key(s, i) || places::is_said(key) {
            return 0;
        }
        let n = places::value(from(s, i + 1));
        // The one account that is more than a name.
        if n == 0 || cut(s, i + 1, i + 1 + n) == b"root" {
            return 0;
        }
        self.out.push(b'=');
        self.atom = self.out.len();
        self.variable(on);
        i + 1 + n
    }

    /// A variable; joined to the one before when only marks stand between.
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

    /// Quotes and brackets; answers where to go on.
    fn delimiter(&mut self, s: &[u8], i: usize, word: &[u8], on: Switches) -> usize {
        let b = at(s, i);
        if b == b'<' && from(s, i).starts_with(VARIABLE) {
            self.atom = self.out.len();
            self.variable(on);
            return i + VARIABLE.len();
        }
        // `<anna@example.com>`
        if b == b'<' && on.has(BuiltIn::Hosts) {
            let n = shapes::email(from(s, i + 1));
            if n > 0 && at(s, i + 1 + n) == b'>' {
                self.atom = self.out.len();
                self.variable(on);
                return i + n + 2;
            }
        }
        let quote = matches!(b, b'"' | b'\'' | b'`');
        if quote && on.has(BuiltIn::Quoted) && !at(s, i.wrapping_sub(1)).is_ascii_alphanumeric() {
            let n = quoted_value(s, i, word, on);
            if n > 0 {
                self.out.push(b);
                self.atom = self.out.len();
                self.variable(on);
                self.out.push(b);
                return i + n + 2;
            }
        }
        if b == b'[' && on.has(BuiltIn::Hosts) {
            let n = shapes::bracketed_ipv6(from(s, i));
            if n > 0 {
                self.atom = self.out.len();
                self.variable(on);
                return i + n;
            }
        }
        if matches!(b, b')' | b'}') && self.last > 0 && on.has(BuiltIn::Groups) && self.close_group(b) {
            return i + 1;
        }
        // `<1 sec`, `>10`: about the number, and part of it.
        let about = matches!(b, b'<' | b'>')
            && on.has(BuiltIn::Units)
            && at(s, i + 1).is_ascii_digit()
            && at(s, i.wrapping_sub(1)) == b' '
            && at(s, i + 1 + crate::bytes::digits(from(s, i + 1))) == b' ';
        if !about {
            self.out.push(b);
        }
        i + 1
    }

    /// A word without digits, dots and slashes: mostly itself.
    fn word(&mut self, s: &[u8], atom: (usize, usize, u16), one: &[u8], two: &[u8], on: Switches) -> usize {
        let (start, end, flags) = atom;
        let word = cut(s, start, end);
        let next = at(s, end);
        let unit = word.strip_suffix(b".").unwrap_or(word);
        if self.out.len() == self.last + 1
            && self.last > 0
            && on.has(BuiltIn::Units)
            && (shapes::is_unit(unit) || shapes::is_long_unit(unit))
        {
            self.out.pop();
            return end - (word.len() - unit.len());
        }
        if word == b"%" && self.out.len() == self.last + 1 && self.last > 0 && on.has(BuiltIn::Units) {
            self.out.pop();
        }
        let user = if on.has(BuiltIn::Users) && !one.is_empty() { user(s, start, end, one, two) } else { 0 };
        if user > 0 {
            self.variable(on);
            return user;
        }
        if !one.is_empty()
            && places::names_host(one)
            && on.has(BuiltIn::Hosts)
            && (word.len() > 1 || word == b"_")
        {
            self.variable(on);
            return end;
        }
        let named = next == b'[' && on.has(BuiltIn::AddressNames) && bracketed_ip(from(s, end)) > 0;
        let hex = word.len() >= 8
            && on.has(BuiltIn::Ids)
            && (shapes::is_hex_word(word) || flags & UPPER != 0 && shapes::is_random(word));
        if named {
            self.variable(on);
            return end + bracketed_ip(from(s, end));
        }
        if hex {
            self.variable(on);
            return end;
        }
        if on.has(BuiltIn::Dates) && is_calendar(word) {
            let n = time::timestamp(from(s, start));
            if n > word.len() {
                self.variable(on);
                return start + n;
            }
            // `17 Jun 2026`: the day is a variable already.
            if self.last > 0 && self.out.len() == self.last + 1 && at(s, end + 1).is_ascii_digit() {
                self.variable(on);
                return end;
            }
        }
        // One row, two rows.
        let counted = self.number > 0 && self.out.len() == self.number + 1 && on.has(BuiltIn::Units);
        if counted && word.last() == Some(&b's') {
            if let Some(stem) = word.strip_suffix(b"ies").filter(|stem| stem.len() > 2) {
                self.out.extend_from_slice(stem);
                self.out.push(b'y');
            } else {
                self.out.extend_from_slice(cut(word, 0, shapes::singular(word)));
            }
            return end;
        }
        self.out.extend_from_slice(word);
        end
    }
}

/// The word before says that a user's name stands here, of up to three words before `from`; where it ends, or 0.
#[inline(always)]
fn user(s: &[u8], start: usize, end: usize, one: &[u8], two: &[u8]) -> usize {
    if cut(s, start, end) == b"from" {
        return 0;
    }
    match one {
        b"user" => {
            let named = matches!(two, b"for" | b"by" | b"invalid" | b"Invalid" | b"of");
            let before_from = words_before_from(s, end);
            if before_from > 0 {
                before_from
            } else if named {
                end
            } else {
                0
            }
        }
        b"for" => {
            if from(s, end).starts_with(b" from ") {
                end
            } else {
                0
            }
        }
        _ => 0,
    }
}

/// Where the words end that stand before ` from `, three at most; 0 when there are more.
fn words_before_from(s: &[u8], end: usize) -> usize {
    let mut i = end;
    for _ in 0..3 {
        if from(s, i).starts_with(b" from ") {
            return i;
        }
        if at(s, i) != b' ' {
            return 0;
        }
        i += 1 + crate::bytes::run(from(s, i + 1), |b| b > b' ' && b != b',' && b != b'(');
    }
    0
}

/// What stands before `=` is a key even if the walk did not see it as one word.
fn is_key(s: &[u8], i: usize) -> bool {
    let start =
        cut(s, 0, i).iter().rposition(|&b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')));
    let key = cut(s, start.map_or(0, |n| n + 1), i);
    at(key, 0).is_ascii_alphabetic() && !places::is_said(key)
}

/// How long the quoted value behind the quote at `i` is; 0 when what stands there is a key or a message.
fn quoted_value(s: &[u8], i: usize, word: &[u8], on: Switches) -> usize {
    let quote = at(s, i);
    let before = at(s, i.wrapping_sub(1));
    let inside = cut(s, i + 1, s.len().min(i + 1 + places::LONGEST_QUOTED));
    let mut spaced = false;
    let Some(n) = inside.iter().position(|&c| {
        spaced |= class(c) == SPACE;
        c == quote
    }) else {
        return 0;
    };
    let after = at(inside, n + 1);
    if n == 0 || after.is_ascii_alphanumeric() || (quote == b'\'' && spaced && before == b'\'') {
        return 0;
    }
    let assigned = before == b'=' || before == b':' && at(s, i.wrapping_sub(2)) == b'"';
    if matches!(after, b':' | b'=') {
        // A key, where an object may be; `open "x": failed` is none.
        let opened = cut(s, 0, i).iter().rposition(|&b| class(b) != SPACE).map_or(0, |p| at(s, p));
        if after == b'=' || matches!(opened, 0 | b'{' | b',' | b'(' | b'[') {
            return 0;
        }
    }
    // `state = 'not yet paid'`: a literal of SQL.
    let literal = quote == b'\'' && before == b' ' && at(s, i.wrapping_sub(2)) == b'=';
    if !literal && !word.is_empty() && places::is_said(word) && (assigned || !spaced) {
        return if spaced || !on.has(BuiltIn::Places) || is_state(word) { 0 } else { n };
    }
    if spaced && !assigned {
        let place = cut(s, 0, i).iter().rposition(|&b| class(b) != SPACE).map_or(0, |p| at(s, p));
        if !on.has(BuiltIn::Places)
            || !(word == b"request:" || places::is_phrase(cut(inside, 0, n), place, word))
        {
            return 0;
        }
    }
    n
}

/// Words whose quoted value says what happened: one of a few states, not one of many names.
fn is_state(word: &[u8]) -> bool {
    matches!(
        word,
        b"state"
            | b"status"
            | b"mode"
            | b"phase"
            | b"level"
            | b"action"
            | b"stage"
            | b"result"
            | b"reason"
            | b"signal"
    )
}

/// Where the atom that starts at `i` ends, and the classes of its bytes. A dot that ends a sentence does not count.
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

/// Marks between variables that make them one.
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

/// A bare number and the space behind it, when words follow. Behind a header nobody can tell a count from the number of
/// a process or a thread, so neither is part of the message.
fn leading_number(s: &[u8]) -> usize {
    let n = crate::bytes::digits(s);
    let gap = crate::bytes::run(from(s, n), |b| b == b' ' || b == b'\t');
    if n > 0 && gap > 0 && at(s, n + gap).is_ascii_alphabetic() { n + gap } else { 0 }
}

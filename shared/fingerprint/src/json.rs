//! Reads a JSON line far enough to name it: in one walk, without a tree and without allocation.

use crate::bytes::{SPACE, at, class, cut, from, run};
use crate::fields::{Field, Found, field};

/// Deeper objects are skipped.
const DEEPEST: u8 = 8;

/// Keys and values of the line's objects, passed to a visitor in order.
struct Walk<'a, V> {
    s: &'a [u8],
    i: usize,
    visit: V,
}

/// One scalar of the line.
pub(crate) struct Scalar<'a> {
    pub key: &'a [u8],
    pub parent: &'a [u8],
    pub depth: u8,
    pub value: &'a [u8],
    pub quoted: bool,
}

/// The fields that name the line; `None` if it is not a JSON object.
pub(crate) fn read(s: &[u8]) -> Option<Found<'_>> {
    let mut found = Found::default();
    walk(s, |v| found.take(v.key, v.parent, v.depth, v.value, v.quoted))?;
    Some(found)
}

/// For objects without a message: the sorted keys, and the values that tell kinds apart.
pub(crate) fn keys(s: &[u8], into: &mut Vec<u8>) {
    let mut all: Vec<(&[u8], &[u8])> = vec![];
    walk(s, |v| {
        if v.depth == 0 && all.len() < 64 {
            let word = !v.value.is_empty()
                && v.value.len() <= 40
                && v.value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.'));
            let kind = field(v.key, v.parent) == Field::Kind && v.quoted && word;
            all.push((v.key, if kind { v.value } else { b"" }));
        }
    });
    all.sort_unstable();
    all.dedup();
    into.clear();
    for (key, value) in all {
        into.extend_from_slice(key);
        if !value.is_empty() {
            into.push(b'=');
            into.extend_from_slice(value);
        }
        into.push(b' ');
    }
}

fn walk<'a>(s: &'a [u8], visit: impl FnMut(Scalar<'a>)) -> Option<()> {
    let mut walk = Walk { s, i: 0, visit };
    walk.skip();
    if walk.byte() != b'{' {
        return None;
    }
    walk.object(b"", 0).or(if walk.i >= s.len() { Some(()) } else { None })
}

impl<'a, V: FnMut(Scalar<'a>)> Walk<'a, V> {
    fn byte(&self) -> u8 {
        at(self.s, self.i)
    }

    fn skip(&mut self) {
        self.i += run(from(self.s, self.i), |b| class(b) == SPACE);
    }

    /// `None` if this is not JSON, or at the end of a line that was cut.
    fn object(&mut self, parent: &'a [u8], depth: u8) -> Option<()> {
        self.i += 1;
        self.skip();
        if self.byte() == b'}' {
            self.i += 1;
            return Some(());
        }
        loop {
            self.skip();
            let key = self.string()?;
            self.skip();
            if self.byte() != b':' {
                return None;
            }
            self.i += 1;
            self.value(key, parent, depth)?;
            self.skip();
            let b = self.byte();
            self.i += 1;
            match b {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    fn value(&mut self, key: &'a [u8], parent: &'a [u8], depth: u8) -> Option<()> {
        self.skip();
        match self.byte() {
            b'"' => {
                let start = self.i;
                let value = match self.string() {
                    Some(value) => value,
                    // A line that was cut inside a value still has the words of that value.
                    None => from(self.s, start + 1),
                };
                (self.visit)(Scalar { key, parent, depth, value, quoted: true });
                if self.i >= self.s.len() { None } else { Some(()) }
            }
            b'{' if depth < DEEPEST => self.object(key, depth + 1),
            // The first of several errors names them.
            b'[' if key == b"errors" && depth < DEEPEST => {
                let start = self.i;
                let inner = start + 1 + run(from(self.s, start + 1), |b| class(b) == SPACE);
                if at(self.s, inner) == b'{' {
                    self.i = inner;
                    self.object(b"error", depth + 1)?;
                }
                self.i = start;
                self.nested()
            }
            b'{' | b'[' => {
                let start = self.i;
                self.nested()?;
                // Frames may be a list of strings: they are read as text.
                let value = cut(self.s, start, self.i);
                if matches!(field(key, parent), Field::Stack) {
                    (self.visit)(Scalar { key, parent, depth, value, quoted: true });
                } else {
                    (self.visit)(Scalar { key, parent: b"", depth, value: b"", quoted: false });
                }
                Some(())
            }
            _ => {
                let n = run(from(self.s, self.i), |b| !matches!(b, b',' | b'}' | b']') && class(b) != SPACE);
                let value = cut(self.s, self.i, self.i + n);
                let value = if value == b"null" { b"" } else { value };
                (self.visit)(Scalar { key, parent, depth, value, quoted: false });
                self.i += n;
                if n == 0 { None } else { Some(()) }
            }
        }
    }

    /// The inside of a string, still escaped.
    fn string(&mut self) -> Option<&'a [u8]> {
        if self.byte() != b'"' {
            return None;
        }
        let start = self.i + 1;
        let mut i = start;
        while let Some(&b) = self.s.get(i) {
            match b {
                b'\\' => i += 2,
                b'"' => {
                    self.i = i + 1;
                    return Some(cut(self.s, start, i));
                }
                _ => i += 1,
            }
        }
        self.i = self.s.len();
        None
    }

    /// Skips an array or an object without reading it.
    fn nested(&mut self) -> Option<()> {
        let mut depth = 0_u32;
        loop {
            match self.s.get(self.i)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.i += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }
}

/// Appends the strings of a list, one on each line.
pub(crate) fn lines(list: &[u8], into: &mut Vec<u8>) {
    let mut i = 0;
    while let Some(n) = from(list, i).iter().position(|&b| b == b'"') {
        let start = i + n + 1;
        let mut end = start;
        while let Some(&b) = list.get(end) {
            match b {
                b'\\' => end += 2,
                b'"' => break,
                _ => end += 1,
            }
        }
        if into.last().is_some_and(|&b| b != b'\n') {
            into.push(b'\n');
        }
        unescape(cut(list, start, end.min(list.len())), into);
        i = end + 1;
    }
}

/// Appends a string without its escapes.
pub(crate) fn unescape(s: &[u8], into: &mut Vec<u8>) {
    let mut i = 0;
    while let Some(&b) = s.get(i) {
        if b != b'\\' {
            into.push(b);
            i += 1;
            continue;
        }
        i += 2;
        match at(s, i - 1) {
            b'n' => into.push(b'\n'),
            b't' => into.push(b'\t'),
            b'r' | b'b' | b'f' => into.push(b' '),
            b'u' => {
                let code =
                    std::str::from_utf8(cut(s, i, i + 4)).ok().and_then(|h| u32::from_str_radix(h, 16).ok());
                i += if code.is_some() { 4 } else { 0 };
                match code.and_then(char::from_u32) {
                    // Colours may be escaped too.
                    Some('\u{1b}') => i += ansi(from(s, i)),
                    Some(c) if (c as u32) < 32 => into.push(b' '),
                    Some(c) => into.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                    // Half of a surrogate pair.
                    None => into.push(b'?'),
                }
            }
            0 => {}
            other => into.push(other),
        }
    }
}

/// The length of a colour after its escape character.
fn ansi(s: &[u8]) -> usize {
    if at(s, 0) == b'[' { 2 + run(from(s, 1), |b| (0x20..0x40).contains(&b)) } else { 0 }
}

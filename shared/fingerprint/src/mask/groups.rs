//! Brackets whose content says nothing more than the text before them: lists of values of any length, a value
//! repeated in another unit, a value in braces.

use super::{Masker, VARIABLE};
use crate::bytes::{at, cut, from};

impl Masker {
    /// Takes a closing bracket; true if the group was shortened, and the bracket is already written.
    pub(super) fn close_group(&mut self, close: u8) -> bool {
        let open = if close == b')' { b'(' } else { b'{' };
        let Some(start) = self.out.iter().rposition(|&b| b == open) else { return false };
        let content = from(&self.out, start + 1);
        if content.is_empty() || content.len() > 400 {
            return false;
        }
        if close == b'}' {
            // An id in braces stays an id.
            if content != VARIABLE || at(&self.out, start.wrapping_sub(1)).is_ascii_alphanumeric() {
                return false;
            }
            self.out.truncate(start);
            self.put_variable();
            return true;
        }
        let values = is_values(content);
        if !values && !is_pairs(content) {
            return false;
        }
        self.out.truncate(start);
        // `1293 bytes (1.26 KB)`: the same value again.
        if values && self.out.ends_with(b"<*> ") {
            self.out.pop();
            self.last = self.out.len();
            self.token = self.out.len() - VARIABLE.len();
            self.before = self.before.min(self.token);
            return true;
        }
        // `(1, 2), (3, 4)`: rows of a list.
        for row in [b"(<*>), ".as_slice(), b"(<*>),", b"(<*>) "] {
            if self.out.ends_with(row) {
                self.out.truncate(start - row.len() + VARIABLE.len() + 2);
                self.last = 0;
                self.token = self.out.len().min(self.token);
                self.before = self.before.min(self.token);
                return true;
            }
        }
        self.out.push(b'(');
        self.put_variable();
        self.out.push(b')');
        true
    }

    fn put_variable(&mut self) {
        self.out.extend_from_slice(VARIABLE);
        self.last = self.out.len();
        self.token = self.token.min(self.out.len() - VARIABLE.len());
        self.before = self.before.min(self.token);
    }

    /// A currency sign before a number is part of the number.
    pub(super) fn currency(&mut self, on: crate::builtin::Switches) {
        let sign = self.out.last().is_some_and(|&b| b == b'$' || b >= 0x80);
        if !sign || !on.has(crate::builtin::BuiltIn::Units) {
            return;
        }
        for sign in [b"$".as_slice(), "€".as_bytes(), "£".as_bytes(), "¥".as_bytes()] {
            if self.out.ends_with(sign) {
                let before = cut(&self.out, 0, self.out.len() - sign.len());
                if before.last().is_none_or(|b| !b.is_ascii_alphanumeric()) {
                    self.out.truncate(before.len());
                    self.atom = self.atom.min(self.out.len());
                    self.token = self.token.min(self.out.len());
                }
                return;
            }
        }
    }
}

/// Whether there are only variables, quotes and marks between them.
fn is_values(content: &[u8]) -> bool {
    let mut rest = content;
    let mut any = false;
    while let Some(&b) = rest.first() {
        if rest.starts_with(VARIABLE) {
            any = true;
            rest = from(rest, VARIABLE.len());
        } else if matches!(b, b' ' | b',' | b'"' | b'\'' | b'`' | b'$' | b'?' | b'%') {
            rest = from(rest, 1);
        } else {
            // `NULL` and similar words among SQL values.
            let word = crate::bytes::run(rest, |b| b.is_ascii_alphabetic());
            let known = matches!(
                cut(rest, 0, word),
                b"NULL" | b"null" | b"DEFAULT" | b"default" | b"true" | b"false"
            );
            if !known {
                return false;
            }
            rest = from(rest, word);
        }
    }
    any
}

/// `Views: <*> | ActiveRecord: <*>`: figures with names; there may be more or fewer of them.
fn is_pairs(content: &[u8]) -> bool {
    content.contains(&b'|')
        && content.split(|&b| b == b'|').all(|pair| {
            let pair = pair.trim_ascii();
            pair.strip_suffix(VARIABLE).is_some_and(|name| {
                name.ends_with(b": ")
                    && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b' ' | b'_'))
            })
        })
}

//! Single words, atoms and marks: what each means by itself and by its surroundings.

use super::values::bracketed_ip;
use super::{Masker, VARIABLE, is_calendar, is_key, places, quoted_value, user};
use crate::builtin::{BuiltIn, Switches};
use crate::bytes::{DIGIT, SLASH, UPPER, at, cut, from};
use crate::shapes;
use crate::time;

impl Masker {
    /// An atom with digits, dots or slashes whose place says what it is; gives where it ends.
    #[inline(always)]
    pub(super) fn placed(
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

    /// The value after `=`, unless it says what happened; gives where it ends, or 0.
    pub(super) fn assigned(&mut self, s: &[u8], i: usize, key: &[u8], on: Switches) -> usize {
        let next = at(s, i + 1);
        let attached = at(s, i.wrapping_sub(1)).is_ascii_alphanumeric()
            && !matches!(next, 0..=b' ' | b'"' | b'\'' | b'`' | b'=' | b'>' | b'<');
        if !attached || !on.has(BuiltIn::Places) || key.is_empty() && !is_key(s, i) || places::is_said(key) {
            return 0;
        }
        let n = places::value(from(s, i + 1));
        // `root` is the one account whose name matters.
        if n == 0 || cut(s, i + 1, i + 1 + n) == b"root" {
            return 0;
        }
        self.out.push(b'=');
        self.atom = self.out.len();
        self.variable(on);
        i + 1 + n
    }

    /// Quotes and brackets; gives the place to continue at.
    pub(super) fn delimiter(&mut self, s: &[u8], i: usize, word: &[u8], on: Switches) -> usize {
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
        // `<1 sec`, `>10`: the sign belongs to the number.
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

    /// A word without digits, dots and slashes: most of them stay unchanged.
    pub(super) fn word(
        &mut self,
        s: &[u8],
        atom: (usize, usize, u16),
        one: &[u8],
        two: &[u8],
        on: Switches,
    ) -> usize {
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
        // `1 row` and `2 rows` are the same.
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

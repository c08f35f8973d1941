//! Atoms with digits, dots or slashes: which part is a value.

use super::Masker;
use crate::builtin::{BuiltIn, Switches};
use crate::bytes::{AT, COLON, DASH, DOT, LETTER, SLASH, at, cut, digits, from, run};
use crate::shapes;

/// Bytes of one atom that are searched for values, and the longest value, so that a hostile line does not cost
/// quadratic time.
const SEARCHED: usize = 512;
const LONGEST: usize = 2048;

impl Masker {
    /// An atom with digits, dots or slashes, segment by segment.
    pub(super) fn mixed(&mut self, s: &[u8], start: usize, end: usize, flags: u16, on: Switches) -> usize {
        let mut i = start;
        let mut end = end;
        let mut fresh = true;
        while i < end {
            let b = at(s, i);
            if fresh
                && flags & LETTER != 0
                && end - i >= 10
                && i - start < SEARCHED
                && b.is_ascii_alphanumeric()
                && on.has(BuiltIn::Ids)
            {
                let n = shapes::token(cut(s, i, s.len().min(i + LONGEST)), flags);
                if n > 0 {
                    self.variable(on);
                    i += n;
                    end = end.max(i);
                    fresh = false;
                    continue;
                }
            }
            if fresh
                && i - start < SEARCHED
                && let Some(n) = self.shape(cut(s, i, s.len().min(i + LONGEST)), flags, on)
            {
                i += n;
                // A value may be longer than the atom.
                end = end.max(i);
                fresh = false;
                continue;
            }
            if b.is_ascii_alphanumeric() {
                let rest = cut(s, i, end);
                let n = run(rest, |b| b.is_ascii_alphanumeric());
                let piece = cut(rest, 0, n);
                let pod = n == 5
                    && self.last > self.atom
                    && on.has(BuiltIn::Ids)
                    && from(&self.out, self.last) == b"-"
                    && shapes::is_pod_suffix(piece)
                    || (4..=5).contains(&n)
                        && self.last > self.atom
                        && on.has(BuiltIn::Ids)
                        && from(&self.out, self.last) == b"-"
                        && piece.iter().any(u8::is_ascii_digit)
                        && piece.iter().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
                // An object's identity: `Job@1b2c3d4e`.
                let identity = i > start
                    && at(s, i - 1) == b'@'
                    && n <= 16
                    && on.has(BuiltIn::Ids)
                    && piece.iter().all(u8::is_ascii_hexdigit);
                if pod || identity {
                    self.variable(on);
                } else {
                    self.piece(piece, on);
                }
                i += n;
                fresh = false;
            } else if self.last == self.out.len() && self.last > 0 && micro(cut(s, i, end)) > 0 {
                i += micro(cut(s, i, end));
            } else if b == b'*' && on.has(BuiltIn::Redacted) && redacted(cut(s, i, end)) > 0 {
                i += redacted(cut(s, i, end));
            } else {
                let signed = matches!(b, b'-' | b'+')
                    && at(s, i + 1).is_ascii_digit()
                    && (i == start || !at(s, i - 1).is_ascii_alphanumeric());
                if !signed {
                    self.out.push(b);
                }
                i += 1;
                fresh = true;
            }
        }
        end
    }

    /// A whole value at the start of a segment; gives its length. The atom's classes say which shapes to try.
    pub(super) fn shape(&mut self, s: &[u8], flags: u16, on: Switches) -> Option<usize> {
        if flags & (DOT | SLASH | COLON | DASH | AT) == 0 {
            let n = if at(s, 0) == b'0' && on.has(BuiltIn::Ids) { shapes::hex_literal(s) } else { 0 };
            if n > 0 {
                self.variable(on);
                return Some(n);
            }
            return None;
        }
        if flags & SLASH != 0 && on.has(BuiltIn::Paths) {
            let n = first(&[shapes::url, shapes::path, shapes::relative_path], s);
            if n > 0 {
                self.variable(on);
                return Some(n);
            }
        }
        if on.has(BuiltIn::Hosts) {
            let mut n = address(s, flags);
            if n == 0 && flags & SLASH != 0 && flags & DOT != 0 && on.has(BuiltIn::AddressNames) {
                n = named_address(s);
            }
            if n > 0 {
                self.variable(on);
                if on.has(BuiltIn::AddressNames) {
                    n += bracketed_address(from(s, n));
                }
                return Some(n);
            }
        }
        if flags & DASH != 0 && on.has(BuiltIn::Hosts) {
            let n = shapes::node_name(s);
            if n > 0 {
                // Which cloud the machine belongs to matters; which of its machines it is does not.
                self.out.extend_from_slice(cut(s, 0, 4));
                self.variable(on);
                return Some(n);
            }
        }
        let mut n = if flags & COLON != 0 && on.has(BuiltIn::Hosts) { host_with_port(s) } else { 0 };
        if n == 0 && flags & DOT != 0 && flags & LETTER != 0 {
            if on.has(BuiltIn::Files) {
                n = shapes::file(s);
            }
            if n == 0 && on.has(BuiltIn::Packages) {
                n = package(s);
            }
        }
        if n == 0 && on.has(BuiltIn::Ids) {
            n = match at(s, 0) {
                b'0' if matches!(at(s, 1), b'x' | b'X') => shapes::hex_literal(s),
                _ if at(s, 8) == b'-' => shapes::uuid(s),
                _ => 0,
            };
        }
        if n == 0 {
            return None;
        }
        self.variable(on);
        Some(n)
    }

    /// Letters and digits without any mark.
    pub(super) fn piece(&mut self, s: &[u8], on: Switches) {
        let mut digit = false;
        let mut letter = false;
        for &b in s {
            digit |= b.is_ascii_digit();
            letter |= !b.is_ascii_digit();
        }
        if !digit {
            if s.len() >= 8 && on.has(BuiltIn::Ids) && shapes::is_hex_word(s) {
                self.variable(on);
            } else {
                self.out.extend_from_slice(s);
            }
            return;
        }
        if on.has(BuiltIn::Terms) && shapes::is_term(s) {
            self.out.extend_from_slice(s);
            return;
        }
        if !letter || (on.has(BuiltIn::Ids) && shapes::is_id(s)) {
            self.variable(on);
            return;
        }
        if on.has(BuiltIn::Units) && shapes::is_iso_duration(s) {
            self.variable(on);
            return;
        }
        let lead = digits(s);
        if lead > 0 && on.has(BuiltIn::Units) && (shapes::is_suffix(from(s, lead)) || shapes::is_duration(s))
        {
            self.variable(on);
            return;
        }
        let code = s.len() <= 4 && at(s, 0).is_ascii_alphabetic() && digits(from(s, 1)) == s.len() - 1;
        if code && on.has(BuiltIn::Codes) {
            self.variable(on);
            return;
        }
        let mut i = 0;
        while i < s.len() {
            let n = digits(from(s, i));
            if n > 0 {
                self.variable(on);
                i += n;
                continue;
            }
            let n = run(from(s, i), |b| !b.is_ascii_digit());
            self.out.extend_from_slice(cut(s, i, i + n));
            i += n;
        }
    }
}

/// The length of the first shape that fits.
pub(super) fn first(shapes: &[fn(&[u8]) -> usize], s: &[u8]) -> usize {
    shapes.iter().map(|shape| shape(s)).find(|&n| n > 0).unwrap_or(0)
}

/// An address without a name.
pub(super) fn address(s: &[u8], flags: u16) -> usize {
    let b = at(s, 0);
    let mut n = 0;
    if flags & DOT != 0 && b.is_ascii_digit() {
        n = shapes::ipv4(s);
    }
    if n == 0 && flags & COLON != 0 && (b.is_ascii_hexdigit() || b == b':') {
        n = shapes::colon_hex(s);
    }
    if n == 0 && flags & AT != 0 && b.is_ascii_alphanumeric() {
        n = shapes::email(s);
    }
    if n == 0 && flags & DOT != 0 && b.is_ascii_alphanumeric() {
        n = shapes::host(s);
    }
    n
}

/// `name/1.2.3.4:80`
pub(super) fn named_address(s: &[u8]) -> usize {
    let name = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if at(s, name) != b'/' {
        return 0;
    }
    let ip = shapes::ipv4(from(s, name + 1));
    if ip == 0 { 0 } else { name + 1 + ip }
}

/// `()`, ` (host)`, `[1.2.3.4]`: brackets with an address or with nothing.
pub(super) fn bracketed_address(s: &[u8]) -> usize {
    let skip = usize::from(at(s, 0) == b' ');
    let open = at(s, skip);
    let close = match open {
        b'(' => b')',
        b'[' => b']',
        _ => return 0,
    };
    let inside = cut(s, skip + 1, s.len().min(skip + 100));
    let Some(n) = inside.iter().position(|&b| b == close || b == b' ') else { return 0 };
    if at(inside, n) != close {
        return 0;
    }
    let within = cut(inside, 0, n);
    if (open == b'(' && n == 0) || shapes::is_address(within) || shapes::is_name(within) {
        skip + n + 2
    } else {
        0
    }
}

/// `[1.2.3.4]`
pub(super) fn bracketed_ip(s: &[u8]) -> usize {
    let n = shapes::ipv4(from(s, 1));
    if n > 0 && at(s, n + 1) == b']' { n + 2 } else { 0 }
}

/// `com.example.shop`: a reversed domain, unless it names an exception.
pub(super) fn package(s: &[u8]) -> usize {
    let tops: [&[u8]; 6] = [b"com.", b"org.", b"net.", b"io.", b"de.", b"edu."];
    if !tops.iter().any(|t| s.starts_with(t)) {
        return 0;
    }
    let n = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'$'));
    let n = n - cut(s, 0, n).iter().rev().take_while(|&&b| b == b'.').count();
    let name = cut(s, 0, n);
    let dots = name.iter().filter(|&&b| b == b'.').count();
    if dots < 2 || name.ends_with(b"Exception") || name.ends_with(b"Error") { 0 } else { n }
}

/// How many stars hide the first digits of a number: `****1234`.
pub(super) fn redacted(s: &[u8]) -> usize {
    let n = run(s, |b| b == b'*');
    if n >= 2 && at(s, n).is_ascii_digit() { n } else { 0 }
}

/// `µs` after a number; the sign exists as two characters.
fn micro(s: &[u8]) -> usize {
    let micro = ["µs".as_bytes(), "μs".as_bytes()].iter().any(|m| s.starts_with(m));
    if micro && !at(s, 3).is_ascii_alphanumeric() { 3 } else { 0 }
}

/// `wpad:80`, `bx.example.asia:443`: a name and the number of a well-known service, or a dotted name and any port.
fn host_with_port(s: &[u8]) -> usize {
    let n = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    let port = digits(from(s, n + 1));
    if n < 2
        || at(s, n) != b':'
        || !(2..=5).contains(&port)
        || at(s, n + 1 + port).is_ascii_alphanumeric()
        || at(s, n + 1 + port) == b':'
        || !at(s, 0).is_ascii_lowercase()
    {
        return 0;
    }
    let name = cut(s, 0, n);
    let lower = name.iter().all(|b| !b.is_ascii_uppercase());
    let dotted = name.contains(&b'.') && lower && !shapes::is_source(name);
    // `node-41:8030`: a name with a number, and a port.
    let machine = port >= 4 && name.iter().any(|b| b.is_ascii_digit() || *b == b'-');
    if lower && (dotted || machine || super::places::is_port(cut(s, n + 1, n + 1 + port))) {
        n + 1 + port
    } else {
        0
    }
}

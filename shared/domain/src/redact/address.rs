//! Passwords in addresses: before the host, and in the one line of `.pgpass`.

use super::form::{line_end, line_start, quote_at};
use super::plausible::{is_placeholder, machine_made};
use super::scan::Scan;

/// The longest address that is looked at.
const FAR: usize = 4096;

/// `://` stands here. Everything between it and the last `@` of the authority is hidden, if it holds a password or a
/// name that a machine made.
pub(super) fn userinfo(scan: &mut Scan<'_>, at: usize, width: usize) {
    let b = scan.b;
    let from = at + width;
    let encoded = width == 9;
    if at < scan.addressed_to || !at.checked_sub(1).is_some_and(|i| b[i].is_ascii_alphanumeric()) {
        return;
    }
    let limit = b.len().min(from + FAR);
    let end = (from..limit)
        .find(|i| {
            b[*i].is_ascii_whitespace()
                || matches!(b[*i], b'<' | b'>' | b'"' | b'`')
                || b[*i] == b'\\' && quote_at(b, *i).is_some()
        })
        .unwrap_or(limit);
    let ends_authority = |i: &usize| match b[*i] {
        b'/' | b'?' | b'#' => true,
        b'\\' => b.get(i + 1) == Some(&b'/'),
        b'%' => encoded && b[*i..].len() > 2 && matches!(&b[i + 1..i + 3], b"2F" | b"2f" | b"3F" | b"3f"),
        _ => false,
    };
    let authority = (from..end).find(ends_authority).unwrap_or(end);
    let colon =
        |s: &[u8]| s.iter().position(|c| *c == b':').or_else(|| encoded.then(|| find(s, b"%3a")).flatten());
    let mut host = last_at(&b[from..authority], encoded);
    if host.is_none() {
        // A password may hold a slash: then what follows the colon is not a port.
        let wide = colon(&b[from..authority]).is_some_and(|c| {
            let port = &b[from + c + 1..authority];
            !port.is_empty() && !port.iter().all(u8::is_ascii_digit)
        });
        host = if wide { last_at(&b[from..end], encoded) } else { None };
    }
    let Some(host) = host else {
        scan.addressed_to = end;
        return;
    };
    let user = &scan.text[from..from + host];
    let secret = match colon(user.as_bytes()) {
        Some(at) => {
            let skip = if encoded && user.as_bytes()[at] == b'%' { 3 } else { 1 };
            !is_placeholder(&user[at + skip..]) && !is_placeholder(user)
        }
        None => machine_made(user) && user.len() >= 16,
    };
    if secret {
        scan.hide(from, from + host);
    }
}

fn find(b: &[u8], low: &[u8]) -> Option<usize> {
    b.windows(low.len()).position(|w| w.eq_ignore_ascii_case(low))
}

fn last_at(b: &[u8], encoded: bool) -> Option<usize> {
    let plain = b.iter().rposition(|c| *c == b'@');
    let spelled = if encoded { b.windows(3).rposition(|w| w == b"%40") } else { None };
    plain.max(spelled)
}

/// `user:password@tcp(host)`.
pub(super) fn dsn(scan: &mut Scan<'_>, at: usize) {
    let b = scan.b;
    let length = b[..at]
        .iter()
        .rev()
        .take(256)
        .take_while(|c| !c.is_ascii_whitespace() && !matches!(c, b'"' | b'\'' | b'`'))
        .count();
    if let Some(colon) = b[at - length..at].iter().position(|c| *c == b':') {
        let from = at - length + colon + 1;
        if !is_placeholder(&scan.text[from..at]) {
            scan.hide(from, at);
        }
    }
}

/// `host:5432:database:user:password`, alone on its line.
pub(super) fn pgpass(scan: &mut Scan<'_>, at: usize) {
    let (from, to) = (line_start(scan.b, at), line_end(scan.b, at));
    if to - from > 512 || !scan.text.is_char_boundary(from) {
        return;
    }
    let line = scan.text[from..to].trim_end();
    let fields: Vec<&str> = line.splitn(5, ':').collect();
    let [host, port, database, user, password] = fields[..] else { return };
    let word = |s: &str| !s.is_empty() && !s.contains([' ', '\t', '/', '"', '=']);
    let port = port == "*" || port.len() >= 4 && port.bytes().all(|b| b.is_ascii_digit());
    let numbers = [database, user].iter().all(|s| s.bytes().all(|b| b.is_ascii_digit()));
    if port
        && !numbers
        && word(host)
        && word(database)
        && word(user)
        && word(password)
        && !is_placeholder(password)
    {
        scan.hide(from + line.len() - password.len(), from + line.len());
    }
}

//! `Authorization`, cookies, and the schemes that also stand alone.

use super::extent::word_end;
use super::form::{Quote, begins_word, blanks, close, line_end, list_end, quote_at};
use super::keys::Family;
use super::name::Name;
use super::plausible::{is_placeholder, machine_made, odd};
use super::scan::Scan;

/// Schemes that are followed by one word.
const ONE_WORD: &[&str] = &[
    "bearer",
    "basic",
    "token",
    "apikey",
    "api-key",
    "key",
    "ssws",
    "geniekey",
    "bot",
    "jwt",
    "ntlm",
    "negotiate",
    "splunk",
    "private-token",
    "access",
    "apitoken",
    "oauth2",
    "zoho-oauthtoken",
    "x-api-key",
    "discogs",
];

/// Words that applications write in place of a credential.
const SAID: &[&str] = &[
    "required",
    "failed",
    "denied",
    "error",
    "missing",
    "invalid",
    "expired",
    "none",
    "null",
    "nil",
    "true",
    "false",
    "not",
    "is",
    "header",
    "was",
    "has",
    "for",
    "token",
    "tokens",
    "enabled",
    "disabled",
    "ok",
    "granted",
    "succeeded",
    "successful",
    "rejected",
    "with",
    "and",
    "or",
    "method",
    "type",
    "realm",
    "auth",
    "usage",
    "by",
    "of",
    "in",
    "to",
    "must",
    "should",
    "the",
    "user",
    "from",
];

/// The value of an `Authorization` header begins here and ends before `limit`.
pub(super) fn authorization(scan: &mut Scan<'_>, value: usize, limit: usize, around: Option<Quote>) {
    let (b, text) = (scan.b, scan.text);
    let (mut from, mut limit) = (value, limit);
    if b.get(from) == Some(&b'[') && !b[from..].starts_with(b"[redacted]") {
        from += 1;
        limit = list_end(b, from, limit);
    }
    let mut quoted = around.is_some();
    if let Some(open) = quote_at(b, from).filter(|q| q.end <= limit) {
        from = open.end;
        limit = close(b, open, limit).map_or(limit, |(end, _)| end);
        quoted = true;
    }
    if from >= limit {
        return;
    }
    let word = from
        + b[from..limit].iter().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_')).count();
    let next = behind_blank(b, word).min(limit);
    let scheme = text[from..word].to_ascii_lowercase();
    if SAID.contains(&scheme.as_str()) && scheme != "token" {
        return;
    }
    if next == word || next >= limit || word == from {
        let end = word_end(b, from, limit, around);
        let value = &text[from..end];
        if !is_placeholder(value) && (quoted || odd(value) || value.len() >= 8) {
            scan.hide(from, end);
        }
        return;
    }
    let end = word_end(b, next, limit, around);
    let value = &text[next..end];
    if is_placeholder(value) || value.starts_with("[redacted]") {
        return;
    }
    let rest = text[next..limit].trim_end();
    if rest.starts_with("{{") || rest.starts_with("${{") {
        return;
    }
    if ONE_WORD.contains(&scheme.as_str()) {
        if !SAID.contains(&value.to_ascii_lowercase().as_str()) {
            scan.hide(next, end);
        }
    } else if value.contains('=') || machine_made(value) || odd(value) {
        // The credential is a list of parameters: `Digest username="…", response="…"`.
        scan.hide(next, next + rest.len());
    } else if odd(&text[from..word]) && word - from >= 8 {
        scan.hide(from, word);
    } else if rest.len() == value.len() && quoted {
        scan.hide(next, end);
    }
}

fn behind_blank(b: &[u8], at: usize) -> usize {
    if b[at.min(b.len())..].starts_with(b"%20") { at + 3 } else { blanks(b, at) }
}

/// The value of a cookie header, or of a field of that name.
pub(super) fn cookie(scan: &mut Scan<'_>, name: Name, value: usize, limit: usize) {
    let (b, text) = (scan.b, scan.text);
    let (mut from, mut limit) = (value, limit);
    if b.get(from) == Some(&b'[') && !b[from..].starts_with(b"[redacted]") {
        from += 1;
        limit = list_end(b, from, limit);
    }
    if let Some(open) = quote_at(b, from).filter(|q| q.end <= limit) {
        from = open.end;
        limit = close(b, open, limit).map_or(limit, |(end, _)| end);
    }
    if from >= limit {
        return;
    }
    let whole = text[from..limit].trim_end();
    let end = match name.key.family {
        Family::SetCookie => from + whole.find(';').unwrap_or(whole.len()),
        Family::Password
        | Family::Secret
        | Family::Unsure
        | Family::Digits
        | Family::Authorization
        | Family::Cookie => from + whole.len(),
    };
    let value = &text[from..end];
    if value.starts_with("[redacted]") {
        return;
    }
    if value.contains('=') && !is_placeholder(value) || machine_made(value) && !value.contains(' ') {
        scan.hide(from, end);
    }
}

/// `Bearer` or `Basic` stands here, with a blank behind it.
pub(super) fn scheme(scan: &mut Scan<'_>, at: usize) {
    let b = scan.b;
    if !begins_word(b, at) {
        return;
    }
    let basic = b[at] | 0x20 == b'b' && b[at + 1] | 0x20 == b'a';
    let from = behind_blank(b, at + if basic { 5 } else { 6 });
    let eol = line_end(b, at);
    if from >= eol {
        return;
    }
    let end = word_end(b, from, eol, None);
    let value = &scan.text[from..end];
    let secret = if basic {
        holds_colon(value)
    } else {
        machine_made(value) || value.len() >= 8 && value.matches('.').count() == 2 && !value.ends_with('.')
    };
    if secret && !is_placeholder(value) {
        scan.hide(from, end);
    }
}

/// Whether this is the base64 of `user:password`.
fn holds_colon(value: &str) -> bool {
    let digits = value.trim_end_matches('=');
    let mut bits: u32 = 0;
    let mut count = 0;
    let (mut colon, mut text) = (false, digits.len() >= 4);
    for b in digits.bytes() {
        let six = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return false,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            let byte = bits >> count & 0xff;
            colon |= byte == u32::from(b':');
            text &= byte >= 0x20;
        }
    }
    colon && text
}

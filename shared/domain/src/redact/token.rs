//! Tokens that are recognised by their own form.

use super::form::begins_word;
use super::scan::Scan;
use super::table::{INNER, TOKENS};

/// The longest token that is looked for before a mark in its middle.
const FAR: usize = 128;

/// A prefix of the table stands here, perhaps in another case.
pub(super) fn prefixed(scan: &mut Scan<'_>, at: usize, row: usize) {
    let token = TOKENS[row];
    let b = scan.b;
    let from = at + token.prefix.len();
    // A short prefix in the middle of a word is part of that word.
    if !b[at..].starts_with(token.prefix.as_bytes()) || token.short && !begins_word(b, at) {
        return;
    }
    let length = b[from..].iter().take_while(|c| token.set.has(**c)).count();
    let text = &b[from..from + length];
    // Signs that end a sentence or pad a value do not belong to the token.
    let end = from + text.iter().rposition(|c| !matches!(c, b'.' | b'/' | b':' | b'@')).map_or(0, |n| n + 1);
    let body = &b[from..end];
    let exact = token.prefix.len() == 2;
    if body.len() < token.least
        || token.short && !body.iter().any(u8::is_ascii_digit)
        || exact && (body.len() != token.least || b.get(end).is_some_and(u8::is_ascii_alphanumeric))
    {
        return;
    }
    scan.hide(at + token.shown, end);
}

/// A mark stands here that some tokens have in their middle.
pub(super) fn inner(scan: &mut Scan<'_>, at: usize, row: usize) {
    let token = INNER[row];
    let b = scan.b;
    if !b[at..].starts_with(token.mark.as_bytes()) {
        return;
    }
    let behind = at + token.mark.len();
    let before = b[..at].iter().rev().take(FAR).take_while(|c| token.before.0.has(**c)).count();
    // A telegraphed mark holds the first letters of what follows.
    let after = b[behind..].iter().take(4096).take_while(|c| token.after.0.has(**c)).count();
    if before >= token.before.1 && after >= token.after.1 {
        scan.hide(at - before, behind + after);
    }
}

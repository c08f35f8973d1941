//! Names with only a blank before the value: options, netrc, tables, SQL, and a password in a sentence.

use super::extent::word_end;
use super::form::{blanks, close, line_end, line_start, quote_at};
use super::keys::{Family, Key};
use super::name::{Name, trim};
use super::plausible::{Tie, is_secret, machine_made, odd};
use super::scan::Scan;

/// Commands that are followed by a name and a value.
const SETTERS: &[&str] = &["env", "setx", "setenv", "set", "export", "arg"];

/// A name that no separator follows.
pub(super) fn after(scan: &mut Scan<'_>, name: Name) {
    let (b, text) = (scan.b, scan.text);
    let from = blanks(b, name.to);
    let (begun, eol) = (line_start(b, name.from), line_end(b, name.to));
    if from == name.to || from >= eol || !text.is_char_boundary(begun) || name.quoted {
        return;
    }
    let password = name.key.family == Family::Password;
    let before = &text[begun..name.from];
    let option = text[name.from..].starts_with('-');
    let set = before
        .split_whitespace()
        .next_back()
        .is_some_and(|w| SETTERS.contains(&w.to_ascii_lowercase().as_str()));
    let quote = quote_at(b, from);
    let (begin, end) = match quote {
        Some(open) => (open.end, close(b, open, eol).map_or(eol, |(end, _)| end)),
        None => (from, word_end(b, from, eol, name.around)),
    };
    let value = &text[begin..end];
    let last = trim(b, name.to, eol) <= end;
    let column = (from - name.to >= 2 || b[name.to] == b'\t') && before.trim().is_empty() && last;
    let sure = Key {
        family: if option && short(text, name) { Family::Password } else { name.key.family },
        ..name.key
    };
    let hidden = if option {
        !(value.starts_with('-') && quote.is_none())
            && is_secret(value, sure, Tie::Close)
            && !said(value, eol - end)
    } else if set || netrc(scan, name, begun) {
        is_secret(value, sure, Tie::Close)
    } else if column {
        is_secret(value, name.key, Tie::Setting)
    } else if password && quote.is_some() {
        is_secret(value, name.key, Tie::Setting) && !value.contains(' ')
    } else if password && name.key.sure {
        odd(value) && value.len() >= 5 && !value.starts_with('(')
    } else {
        name.key.sure && value.len() >= 16 && machine_made(value) && !is_id(value)
    };
    if hidden {
        scan.hide(begin, end);
    }
}

/// `--pass` can mean nothing else.
fn short(text: &str, name: Name) -> bool {
    matches!(text[name.from..name.to].trim_start_matches('-'), "pass" | "pw" | "pwd")
}

/// Whether the word after an option belongs to a sentence about it: `--token or TOKEN`.
fn said(value: &str, rest: usize) -> bool {
    rest > 0
        && matches!(
            value,
            "option" | "flag" | "options" | "argument" | "or" | "and" | "is" | "to" | "for" | "with"
        )
}

/// Digests, commits and the like are no secrets.
fn is_id(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') || value.contains(':') || value.contains('/')
}

/// Whether a password stands in the words of a netrc file, on this line or the one below `login`.
fn netrc(scan: &Scan<'_>, name: Name, begun: usize) -> bool {
    let word = &scan.text[name.from..name.to];
    if !matches!(word, "password" | "passwd") {
        return false;
    }
    let before = &scan.text[begun..name.from];
    let names_it = |s: &str| {
        let mut words = s.split_whitespace();
        words.any(|w| matches!(w, "login" | "machine" | "account"))
    };
    let previous = begun.checked_sub(1).map(|end| &scan.text.as_bytes()[line_start(scan.b, end)..end]);
    let above = previous.is_some_and(|l| {
        let line = String::from_utf8_lossy(l);
        matches!(line.split_whitespace().next(), Some("login" | "machine" | "default" | "account"))
    });
    if before.trim().is_empty() { above } else { before.contains("login ") && names_it(before) }
}

/// `IDENTIFIED BY 'x'`.
pub(super) fn identified_by(scan: &mut Scan<'_>, at: usize) {
    let b = scan.b;
    let from = blanks(b, at + "identified by".len());
    let eol = line_end(b, at);
    let Some(open) = quote_at(b, from).filter(|q| q.end <= eol) else { return };
    let end = close(b, open, eol).map_or(eol, |(end, _)| end);
    let key = Key { family: Family::Password, sure: true, bare: true };
    if is_secret(&scan.text[open.end..end], key, Tie::Close) {
        scan.hide(open.end, end);
    }
}

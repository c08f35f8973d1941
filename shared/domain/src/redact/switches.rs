//! Options of well-known programs that take a password but are not named so: `curl -u user:password`,
//! `mysql -ppassword`.

use super::extent::word_end;
use super::form::{close, line_end, line_start, quote_at};
use super::plausible::is_placeholder;
use super::scan::Scan;

/// Programs whose `-p` takes the password itself, and whether a blank stands between.
const WITH_P: &[(&str, bool)] = &[
    ("mysql", false),
    ("mariadb", false),
    ("sshpass", false),
    ("sshpass", true),
    ("docker login", true),
    ("podman login", true),
    ("registry login", true),
    ("helm", true),
    ("mongo", true),
    ("az login", true),
    ("oc login", true),
    ("cf login", true),
    ("7z", false),
];

/// A blank and an option begin here.
pub(super) fn at(scan: &mut Scan<'_>, at: usize) {
    let (b, text) = (scan.b, scan.text);
    let (begun, eol) = (line_start(b, at), line_end(b, at));
    if !text.is_char_boundary(begun) {
        return;
    }
    let before = &text[begun..at];
    let option = at + 1;
    let name = b[option..eol].iter().take_while(|c| c.is_ascii_alphabetic() || **c == b'-').count();
    let word = &text[option..option + name];
    let spaced =
        |from: usize| from + b[from..eol].iter().take(8).take_while(|c| matches!(c, b' ' | b'=')).count();
    match word {
        "-u" | "-U" | "--user" | "--proxy-user" => user(scan, before, spaced(option + name), eol),
        "-a" if before.contains("redis-cli") => whole(scan, spaced(option + name), eol),
        "-p" if before_has(before, true) && b.get(option + 2) == Some(&b' ') => {
            whole(scan, spaced(option + 2), eol);
        }
        w if w.starts_with("-p")
            && before_has(before, false)
            && b.get(option + 2).is_some_and(|c| *c != b' ') =>
        {
            whole(scan, option + 2, eol);
        }
        w if w.starts_with("-u") && before.contains("curl") => user(scan, before, option + 2, eol),
        _ => {}
    }
}

fn before_has(before: &str, apart: bool) -> bool {
    WITH_P.iter().any(|(program, p)| *p == apart && before.contains(program))
}

/// `user:password`: only the password is hidden.
fn user(scan: &mut Scan<'_>, before: &str, from: usize, eol: usize) {
    if ["docker", "podman", "chown", "crictl", "kubectl"].iter().any(|w| before.contains(w)) {
        return;
    }
    let b = scan.b;
    let (begin, end) = match quote_at(b, from) {
        Some(open) => (open.end, close(b, open, eol).map_or(eol, |(end, _)| end)),
        None => (from, word_end(b, from, eol, None)),
    };
    let value = &scan.text[begin..end];
    let Some(colon) = value.find(':') else { return };
    let password = &value[colon + 1..];
    let numbers = value.bytes().all(|b| b.is_ascii_digit() || b == b':');
    if !password.is_empty()
        && !numbers
        && !value.contains("://")
        && !value.contains(' ')
        && !is_placeholder(password)
        || before.contains("curl")
            && !password.is_empty()
            && !is_placeholder(password)
            && !value.contains("://")
    {
        scan.hide(begin + colon + 1, end);
    }
}

/// The whole value is hidden.
fn whole(scan: &mut Scan<'_>, from: usize, eol: usize) {
    let b = scan.b;
    let (begin, end) = match quote_at(b, from) {
        Some(open) => (open.end, close(b, open, eol).map_or(eol, |(end, _)| end)),
        None => (from, word_end(b, from, eol, None)),
    };
    let value = &scan.text[begin..end];
    if !is_placeholder(value) && !value.starts_with('-') {
        scan.hide(begin, end);
    }
}

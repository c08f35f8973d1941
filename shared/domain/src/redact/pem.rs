//! Private keys in armour: on lines of their own, on one line, with a log's prefix before each line, or cut.

use super::armour::{Body, Line, SHORT, ending, is_base64, is_header, mark};
use super::form::{line_end, line_start};
use super::scan::{Open, Scan};

/// The dashes before `BEGIN` or `END` stand here: the last two of them.
pub(super) fn armour(scan: &mut Scan<'_>, at: usize) {
    let (b, text) = (scan.b, scan.text);
    let dashes = b[..at].iter().rev().take(8).take_while(|c| **c == b'-').count();
    let eol = line_end(b, at);
    let Some(end) = mark(&text[at..eol]) else { return };
    let (from, behind) = (at - dashes, at + end);
    if b[at + 2..].starts_with(b"END") || b[at + 2..].starts_with(b" END") {
        return cut_off(scan, from, behind);
    }
    let begun = line_start(b, from);
    if let Some(end) = on_one_line(&text[behind..eol]) {
        return scan.hide(from, behind + end);
    }
    let rest = text[behind..eol].trim_matches(['\r', ' ', '"', '\'', ',', '\\', '+']);
    if !rest.is_empty() {
        // Only words about a key.
        return scan.hide(from, behind);
    }
    follow(scan, from, eol, Body::behind(from - begun));
}

/// Hides everything from `from` on, and each line behind `eol` that belongs to the key.
fn follow(scan: &mut Scan<'_>, from: usize, eol: usize, mut body: Body) {
    let (b, text) = (scan.b, scan.text);
    let (mut hidden, mut next) = (eol, eol + 1);
    while next <= b.len() {
        let end = line_end(b, next.min(b.len()));
        let line = &text[next.min(b.len())..end];
        match body.take(line) {
            Line::Within => hidden = if line.trim().is_empty() { hidden } else { end },
            Line::Last => {
                let last = ending(line).unwrap_or(line.len());
                return scan.hide(from, next + last);
            }
            Line::Other => return scan.hide(from, trimmed(b, hidden)),
        }
        next = end + 1;
    }
    scan.open = Open::Armour(body);
    scan.hide(from, trimmed(b, hidden));
}

/// The end without the carriage return of the line break.
fn trimmed(b: &[u8], end: usize) -> usize {
    if end > 0 && b[end - 1] == b'\r' { end - 1 } else { end }
}

/// A key whose line breaks are written as `\n`, are blanks, or are missing: where it ends in the rest of its first
/// line.
fn on_one_line(rest: &str) -> Option<usize> {
    let b = rest.as_bytes();
    let mut i = 0;
    let mut length = 0;
    while i < b.len() {
        if let Some(end) = rest.get(i..).filter(|r| r.starts_with("--")).and_then(ending) {
            return Some(i + end);
        }
        if is_base64(b[i]) || b[i] == b'-' {
            length += 1;
            i += 1;
        } else if b[i] == b'\\' {
            // Any number of backslashes, then the letter of the line break or an escaped slash.
            let slashes = b[i..].iter().take_while(|c| **c == b'\\').count();
            i += slashes;
            if b.get(i).is_some_and(|c| matches!(c, b'n' | b'r' | b'/')) {
                i += 1;
            } else {
                break;
            }
        } else if b[i] == b'%' {
            i = (i + 3).min(b.len());
        } else if b[i] == b' ' || b[i] == b':' || b[i] == b',' {
            // Words follow, not a key.
            let word = b[i + 1..].iter().take_while(|c| is_base64(**c)).count();
            let header = rest.get(i + 1..).is_some_and(is_header) || b[i] != b' ';
            if word < SHORT && !header && length < 64 {
                break;
            }
            i += 1;
        } else {
            break;
        }
    }
    while i > 0 && !rest.is_char_boundary(i) {
        i -= 1;
    }
    (length >= SHORT).then_some(i)
}

/// A key whose beginning was cut off ends here: the lines before it that can belong to it are hidden too.
fn cut_off(scan: &mut Scan<'_>, from: usize, behind: usize) {
    let (b, text) = (scan.b, scan.text);
    let mut begin = from;
    let mut body = Body::default();
    let mut start = line_start(b, from);
    if text.is_char_boundary(start) && !text[start..from].trim().is_empty() {
        // The key stands on this one line, with written-out line breaks.
        let run =
            b[start..from].iter().rev().take_while(|c| is_base64(**c) || **c == b'\\' || **c == b'-').count();
        begin = from - run;
        start = from - run;
    }
    while start > 0 && begin >= start && b[start - 1] == b'\n' {
        let previous = line_start(b, start - 1);
        if !text.is_char_boundary(previous) {
            break;
        }
        let line = &text[previous..start - 1];
        if line.trim().is_empty() || body.take(line) != Line::Within {
            break;
        }
        begin = previous;
        start = previous;
    }
    scan.hide(begin, behind);
}

/// The private lines of PuTTY's own format begin behind this line.
pub(super) fn putty(scan: &mut Scan<'_>, at: usize) {
    let eol = line_end(scan.b, at);
    if eol < scan.b.len() {
        follow(scan, eol + 1, eol, Body::default());
    } else {
        scan.open = Open::Armour(Body::default());
    }
}

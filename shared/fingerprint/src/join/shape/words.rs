//! Lines that are recognised by their words.

use crate::bytes::{at, digits, find, from, run};
use crate::frame::{self, Line};

/// `thread 'main' panicked at …`.
pub(super) fn is_rust_panic(text: &[u8]) -> bool {
    text.starts_with(b"thread '") && find(text, b" panicked at ").is_some()
}

/// `/app/src/pay.js:10`, `node:internal/modules/cjs/loader:1148`.
pub(super) fn is_source(text: &[u8]) -> bool {
    if text.contains(&b' ') || text.len() < 5 || !text.last().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let Some(colon) = text.iter().rposition(|&b| b == b':') else { return false };
    let file = text.get(..colon).unwrap_or_default();
    digits(from(text, colon + 1)) == text.len() - colon - 1
        && (file.starts_with(b"node:internal/")
            || [b".js".as_slice(), b".ts", b".mjs", b".cjs", b".tsx", b".jsx"]
                .iter()
                .any(|e| file.ends_with(e)))
}

/// .NET's console: `warn: Shop.Cart[0]`, then the message, indented:
/// <https://learn.microsoft.com/en-us/dotnet/core/extensions/console-log-formatter>.
pub(super) fn is_console(text: &[u8]) -> bool {
    [b"trce: ".as_slice(), b"dbug: ", b"info: ", b"warn: ", b"fail: ", b"crit: "]
        .iter()
        .any(|l| text.starts_with(l))
}

/// A line with one of PostgreSQL's labels.
pub(super) fn is_postgres(text: &[u8]) -> bool {
    let labels: [&[u8]; 7] = [b"ERROR", b"FATAL", b"PANIC", b"LOG", b"WARNING", b"NOTICE", b"INFO"];
    let within = text.get(..text.len().min(240)).unwrap_or_default();
    find(within, b":  ").is_some_and(|i| {
        let before = within.get(..i).unwrap_or_default();
        labels.iter().any(|l| before.ends_with(l))
    })
}

/// Where one of PostgreSQL's labels for details begins; the prefix before the label is the same as on the line
/// before.
pub(in crate::join) fn postgres_detail(text: &[u8]) -> Option<usize> {
    let colon = find(text, b":  ")?;
    let labels: [&[u8]; 6] = [b"DETAIL", b"HINT", b"STATEMENT", b"CONTEXT", b"QUERY", b"LOCATION"];
    labels.iter().find(|l| text.get(..colon).is_some_and(|t| t.ends_with(l))).map(|l| colon - l.len())
}

/// What Python's SQL errors add after the exception.
pub(in crate::join) fn is_sql_note(text: &[u8]) -> bool {
    let starts: [&[u8]; 8] = [
        b"[SQL: ",
        b"[parameters: ",
        b"(Background on this error",
        b"DETAIL:  ",
        b"HINT:  ",
        b"CONTEXT:  ",
        b"LINE 1:",
        b"The above exception was",
    ];
    starts.iter().any(|s| text.starts_with(s))
}

/// A line between two tracebacks that says that they belong together.
pub(in crate::join) fn chains(text: &[u8]) -> bool {
    text.starts_with(b"During handling of the above") || text.starts_with(b"The above exception was")
}

/// `subprocess.CalledProcessError: …`, `KeyError`: a dotted name, alone or before a colon.
pub(in crate::join) fn python_end(text: &[u8]) -> bool {
    let n = run(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'));
    n > 0
        && (at(text, n) == 0 || (at(text, n) == b':' && matches!(at(text, n + 1), b' ' | 0)))
        && !at(text, 0).is_ascii_digit()
}

/// A section of an error's report: <https://docs.rs/anyhow>, <https://docs.rs/color-eyre>.
pub(in crate::join) fn is_section(text: &[u8]) -> bool {
    text == b"Caused by:"
        || text == b"Location:"
        || text.starts_with(b"Stack backtrace:")
        || matches!(text, b"Backtrace:" | b"Require stack:")
}

/// What Go and Rust print after a panic.
pub(in crate::join) fn panic_line(text: &[u8]) -> bool {
    let starts: [&[u8]; 10] = [
        b"goroutine ",
        b"panic(",
        b"created by ",
        b"stack backtrace:",
        b"note: ",
        b"exit status",
        b"[signal ",
        b"rax ",
        b"Thread ",
        b"...additional frames",
    ];
    starts.iter().any(|s| text.starts_with(s))
        || matches!(frame::read(text), Line::Frame { .. })
        || (digits(text) > 0 && find(text, b"::").is_some())
}

/// How the BEAM's reports continue.
pub(in crate::join) fn beam_line(text: &[u8]) -> bool {
    let starts: [&[u8]; 10] = [
        b"** (",
        b"** ",
        b"Last message",
        b"State: ",
        b"Args: ",
        b"Function: ",
        b"Client ",
        b"Initial Call: ",
        b"Ancestors: ",
        b"Start Call: ",
    ];
    starts.iter().any(|s| text.starts_with(s))
}

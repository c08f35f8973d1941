//! One line of a stack trace: what kind it is, and the function it names without arguments and line numbers.

mod languages;
mod library;

use crate::bytes::{at, cut, digits, find, from, run, trim};
use languages::{elixir, native, numbered, python, ruby};
pub(crate) use languages::{go_name, is_go_file, is_numbered, is_ruby, mono, rails};
use library::is_library;

/// What a line within a trace is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Line<'a> {
    /// A call: where it is, and whether it belongs to a library.
    Frame { name: &'a [u8], file: &'a [u8], library: bool },
    /// A further exception: its class and text.
    Cause(&'a [u8]),
    /// Part of the trace that says nothing by itself.
    Filler,
    /// Not part of a trace by itself.
    Text(&'a [u8]),
}

fn frame<'a>(name: &'a [u8], file: &'a [u8]) -> Line<'a> {
    Line::Frame { name, file, library: is_library(name, file) }
}

/// Reads one line of a trace.
pub(crate) fn read(line: &[u8]) -> Line<'_> {
    let text = trim(line);
    if text.is_empty() || is_filler(text) {
        return Line::Filler;
    }
    if let Some(cause) = cause(text) {
        return Line::Cause(cause);
    }
    if let Some(call) = text.strip_prefix(b"at ") {
        return at_frame(call);
    }
    if let Some(file) = text.strip_prefix(b"File \"") {
        return python(file);
    }
    if is_numbered(text) {
        return numbered(text);
    }
    if let Some(call) = text.strip_prefix(b"by 0x") {
        return native(from(call, run(call, |b| b.is_ascii_hexdigit())));
    }
    if (at(text, 0) == b'(' || matches!(at(line, 0), b' ' | b'\t'))
        && let Some(line) = elixir(text)
    {
        return line;
    }
    let from_call = text.strip_prefix(b"from ").unwrap_or(text);
    if let Some(line) = ruby(from_call) {
        return line;
    }
    // Swift: `0    shop    0x0000000100 cart.add() + 12`, `0 0x00 in add() at /app/cart.swift:3`
    let n = digits(text);
    if n > 0
        && n <= 3
        && at(text, n) == b' '
        && matches!(at(line, 0), b' ' | b'\t' | b'0'..=b'9')
        && let Some(hex) = find(text, b" 0x")
    {
        let rest = from(text, hex + 3);
        let rest = from(rest, run(rest, |b| b.is_ascii_hexdigit()));
        let rest = rest.strip_prefix(b" in ").or_else(|| rest.strip_prefix(b" ")).unwrap_or(rest);
        return frame(cut(rest, 0, run(rest, |b| b > b' ' && b != b'(')), b"");
    }
    // Rust and native: `  12: shop::cart::add`
    if n > 0 && n <= 3 && at(text, n) == b':' && at(text, n + 1) == b' ' {
        let name = trim(from(text, n + 1));
        let name = name
            .strip_prefix(b"0x")
            .map_or(name, |h| trim(from(h, run(h, |b| b.is_ascii_hexdigit() || b == b' ' || b == b'-'))));
        return frame(
            cut(
                name,
                0,
                find(name, b"::h").filter(|&i| (18..=20).contains(&(name.len() - i))).unwrap_or(name.len()),
            ),
            b"",
        );
    }
    if mono(text) && !matches!(at(line, 0), b' ' | b'\t') {
        return frame(cut(text, 0, find(text, b" (").unwrap_or(0)), b"");
    }
    if !text.ends_with(b")") && go_name(text) && !matches!(at(line, 0), b' ' | b'\t') {
        return frame(text, b"");
    }
    // Go: `main.(*Server).handle(0xc000, 0x1)`, then the file on a line of its own.
    if !matches!(at(line, 0), b' ' | b'\t') && text.ends_with(b")") {
        let open = text.iter().rposition(|&b| b == b'(').unwrap_or(0);
        let name = cut(text, 0, open);
        if name.contains(&b'.') && !name.contains(&b' ') {
            return frame(name, b"");
        }
    }
    Line::Text(text)
}

fn is_filler(text: &[u8]) -> bool {
    let starts: [&[u8]; 18] = [
        b"... ",
        b"Traceback (most recent call last)",
        b"goroutine ",
        b"stack backtrace:",
        b"note: ",
        b"--- End of",
        b"During handling of the above",
        b"The above exception was",
        b"[signal ",
        b"exit status",
        b"^",
        b"~~",
        b"created by ",
        b"[CIRCULAR",
        b"Stack:",
        b"Stack trace:",
        b"stacktrace:",
        b"--- ",
    ];
    starts.iter().any(|s| text.starts_with(s))
        || matches!(text, b"}" | b"{" | b"]" | b"[" | b"},")
        || (at(text, 0) == b'/' && find(text, b".go:").is_some())
}

/// Java, JavaScript and .NET: `a.b.C.d(C.java:1)`, `d (/app/x.js:1:2)`, `/app/x.js:1:2`,
/// `A.B.C(String s) in x.cs:line 1`.
fn at_frame(whole: &[u8]) -> Line<'_> {
    let call = whole;
    // valgrind: `at 0x4005: main (x.c:5)`
    if let Some(hex) = call.strip_prefix(b"0x") {
        return native(from(hex, run(hex, |b| b.is_ascii_hexdigit())));
    }
    if !is_call(call) {
        return Line::Text(whole);
    }
    let call = call.strip_prefix(b"async ").unwrap_or(call);
    let call = call.strip_prefix(b"new ").unwrap_or(call);
    // Module and loader of newer Javas: `app//com.x.Y.z(…)`, `java.base/java.lang…`
    let open = call.iter().position(|&b| b == b'(');
    if open.is_none()
        || matches!(at(call, 0), b'/' | b'.')
        || call.starts_with(b"file:")
        || call.starts_with(b"node:")
    {
        // Where the code of a Rust frame is: `at ./src/cart.rs:3:5`.
        let place = cut(call, 0, run(call, |b| !matches!(b, b' ' | b'(')));
        return match find(place, b".rs:") {
            Some(_) => Line::Filler,
            None => frame(b"", place),
        };
    }
    let open = open.unwrap_or(call.len());
    let name = trim(cut(call, 0, open));
    let file = from(call, open + 1);
    let name = match name.iter().rposition(|&b| b == b'/') {
        Some(slash) if from(name, slash + 1).starts_with(b"0x") => cut(name, 0, slash),
        Some(slash)
            if find(file, b".java").is_some()
                || find(file, b".kt").is_some()
                || find(file, b"Native").is_some()
                || find(file, b"Unknown").is_some() =>
        {
            from(name, slash + 1)
        }
        _ => name,
    };
    let name = cut(name, 0, run(name, |b| b > b' '));
    frame(name, file)
}

/// Whether the text after `at ` is a call or a place, and not prose.
fn is_call(call: &[u8]) -> bool {
    let call = call.strip_prefix(b"async ").unwrap_or(call);
    let call = call.strip_prefix(b"new ").unwrap_or(call);
    let Some(open) = call.iter().position(|&b| b == b'(') else {
        // A place: a path or an address with a line, or the runtime's own words.
        let place = cut(call, 0, run(call, |b| b > b' '));
        let rest = trim(from(call, place.len()));
        let known =
            place.starts_with(b"<anonymous>") || place.starts_with(b"native") || place.starts_with(b"node:");
        let path = place.iter().any(|b| matches!(b, b'/' | b'\\'));
        let script = find(place, b".js:").is_some()
            || find(place, b".ts:").is_some()
            || find(place, b".rs:").is_some();
        // .NET native frames have no brackets: `System.Threading.Thread.Run`
        let dotted = place.iter().filter(|&&b| b == b'.').count() >= 2 && !place.contains(&b':');
        return rest.is_empty()
            && (known || script || path && place.last().is_some_and(u8::is_ascii_digit) || dotted)
            || find(call, b" in ").is_some() && find(call, b":line ").is_some();
    };
    let name = trim(cut(call, 0, open));
    let inside = from(call, open + 1);
    // JavaScript: `Object.get [as x]`, `Array.map`
    let alias = find(name, b" [as ").map_or(name, |i| cut(name, 0, i));
    if alias.is_empty() || alias.contains(&b' ') && !alias.contains(&b'<') && !alias.contains(&b'[') {
        return false;
    }
    let spaced = at(call, open.saturating_sub(1)) == b' ';
    if spaced {
        let close = run(inside, |b| b != b')');
        let place = cut(inside, 0, close);
        return place.last().is_some_and(u8::is_ascii_digit) && place.contains(&b':')
            || place.starts_with(b"<anonymous>")
            || place.starts_with(b"native")
            || place.starts_with(b"eval at")
            || place.starts_with(b"index ")
            || place.is_empty()
            || alias.iter().filter(|&&b| b == b'.').count() >= 1 && find(inside, b") [0x").is_some();
    }
    alias.contains(&b'.') || alias.contains(&b'/') || alias.contains(&b'<')
}

/// `Caused by: …` and similar lines of other languages.
fn cause(text: &[u8]) -> Option<&[u8]> {
    let prefixes: [&[u8]; 9] = [
        b"Caused by: ",
        b"caused by: ",
        b"Suppressed: ",
        b"---> ",
        b"[cause]: ",
        b"Caused by ",
        b"Wrapped by: ",
        b"Root cause: ",
        b"Next ",
    ];
    let cause = prefixes.iter().find_map(|p| text.strip_prefix(*p))?;
    // `Caused by a storm` is prose.
    let prose = !text.contains(&b':') || text.starts_with(b"Next ") && exception(cause).is_none();
    (!prose).then_some(cause)
}

/// Whether nothing else looks like this frame, so that it may follow any line.
pub(crate) fn is_sure(text: &[u8], name: &[u8]) -> bool {
    if digits(text) > 0 {
        return find(name, b"::").is_some() || find(text, b"0x").is_some();
    }
    text.starts_with(b"at ")
        || text.starts_with(b"from ")
        || text.starts_with(b"by 0x")
        || is_numbered(text)
        || is_ruby(text)
        || elixir(text).is_some()
}

/// A file's name without folders, extension and line number.
pub(crate) fn stem(file: &[u8]) -> &[u8] {
    let file = trim(file);
    let file = cut(
        file,
        0,
        run(file, |b| b != b':' && b != b')' && b != b'"').max(usize::from(file.starts_with(b":"))),
    );
    let start = file.iter().rposition(|&b| matches!(b, b'/' | b'\\')).map_or(0, |i| i + 1);
    let name = from(file, start);
    cut(name, 0, run(name, |b| b != b'.'))
}

/// The class of an exception at the start of a text, and where its message begins: `a.b.CError: …`.
pub(crate) fn exception(text: &[u8]) -> Option<(&[u8], usize)> {
    let mut text_at = 0;
    for prefix in
        [b"Exception in thread ".as_slice(), b"Unhandled exception. ", b"Unhandled Exception: ", b"Uncaught "]
    {
        if text.starts_with(prefix) {
            text_at = prefix.len();
            if at(text, text_at) == b'"' {
                text_at += find(from(text, text_at + 1), b"\" ")? + 3;
            }
        }
    }
    let rest = from(text, text_at);
    let n = run(rest, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$' | b':') || b == b'/');
    let n = n - usize::from(cut(rest, 0, n).ends_with(b":"));
    let class = cut(rest, 0, n);
    let last = from(class, class.iter().rposition(|&b| matches!(b, b'.' | b':')).map_or(0, |i| i + 1));
    let named = [
        "Exception",
        "Error",
        "Fault",
        "Failure",
        "Interrupt",
        "Exit",
        "Timeout",
        "Rejection",
        "NotFound",
        "DoesNotExist",
        "Warning",
        "Throwable",
    ]
    .iter()
    .any(|e| last.ends_with(e.as_bytes()));
    let after = at(rest, n);
    let ends = after == 0
        || (after == b':' && matches!(at(rest, n + 1), b' ' | 0))
        || (after == b' ' && at(rest, n + 1) == b'[');
    (named && ends && at(last, 0).is_ascii_uppercase()).then_some((class, text_at + n))
}

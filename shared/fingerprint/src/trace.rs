//! Names a stack trace by its message, its exceptions and the application's frames: no line numbers, no libraries.

use crate::bytes::{at, cut, digits, find, from, run, trim};
use crate::frame::{self, Line};
use crate::mask::Masker;
use crate::rules::Rules;

/// Most frames and exceptions that count.
const FRAMES: usize = 6;
const CAUSES: usize = 4;
/// Lines that are read of one trace.
const LINES: usize = 400;

/// Further lines of an exception's text that count.
const DETAILS: usize = 3;

/// An exception: its class and the first line of its text.
#[derive(Clone, Copy, Default)]
struct Exception<'a> {
    class: &'a [u8],
    text: &'a [u8],
}

/// A frame that counts.
#[derive(Clone, Copy, Default, PartialEq)]
struct Call<'a> {
    name: &'a [u8],
    file: &'a [u8],
}

/// What a trace says.
#[derive(Default)]
pub(crate) struct Trace<'a> {
    /// The words before the trace, or those of a panic.
    pub message: &'a [u8],
    exceptions: [Exception<'a>; CAUSES],
    /// Further lines of the first exception's text.
    details: [&'a [u8]; DETAILS],
    detailed: usize,
    calls: [Call<'a>; FRAMES],
    app: usize,
    any: usize,
    causes: usize,
}

/// Reads several lines; `None` if they hold no trace.
pub(crate) fn read(text: &[u8]) -> Option<Trace<'_>> {
    let mut trace = Trace::default();
    let mut libraries = [Call::default(); 3];
    let python =
        find(text, b"Traceback (most recent call last)").is_some() || find(text, b"File \"").is_some();
    let mut panicked = false;
    for (n, line) in text.split(|&b| b == b'\n').take(LINES).enumerate() {
        match frame::read(line) {
            Line::Frame { name, file, library } => {
                if trace.any == 0 && n == 0 {
                    // Ruby says first where it happened, then what: `x.rb:3:in 'add': message (Class)`.
                    trace.ruby_head(trim(line));
                }
                let call = Call {
                    name,
                    file: if name.is_empty() || python || named_by_file(name) { file } else { b"" },
                };
                if library
                    && trace.any < libraries.len()
                    && let Some(place) = libraries.get_mut(trace.any)
                {
                    *place = call;
                }
                trace.any += 1;
                if !library {
                    trace.call(call, python);
                }
            }
            Line::Cause(cause) => trace.cause(cause),
            // Other goroutines say nothing about the one that failed.
            Line::Filler if trace.any > 0 && trim(line).starts_with(b"goroutine ") => break,
            Line::Filler => {
                panicked &= !line.is_empty();
            }
            Line::Text(words) => {
                let indented = matches!(at(line, 0), b' ' | b'\t') && n > 0;
                if let Some((class, text)) = frame::rails(words) {
                    trace.exception(class, text);
                } else if let Some(rest) = words.strip_prefix(b"panic: ") {
                    trace.exception(b"panic", b"");
                    trace.say(rest);
                } else if find(words, b"' panicked at ").is_some()
                    || find(words, b" panicked at ").is_some() && words.starts_with(b"thread ")
                {
                    trace.exception(b"panic", b"");
                    panicked = true;
                    // Before Rust 1.73 the message stood on this line, in quotes.
                    if let Some(i) = find(words, b" panicked at '") {
                        trace.say(cut(
                            words,
                            i + 14,
                            words.iter().rposition(|&b| b == b'\'').unwrap_or(words.len()),
                        ));
                    }
                } else if panicked && !indented {
                    trace.say(words);
                    panicked = false;
                } else if let (false, Some((class, end))) = (indented, frame::exception(words)) {
                    trace.exception(class, text_behind(words, end));
                } else if python && !indented && trace.any > 0 && n > 0 {
                    // Not every exception has `Error` or `Exception` in its name: `jwt.InvalidSignature: …`.
                    let n = run(words, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'));
                    if n > 0 && matches!(at(words, n), 0 | b':') && at(words, 0).is_ascii_alphabetic() {
                        trace.exception(cut(words, 0, n), text_behind(words, n));
                    }
                } else if n == 0 {
                    trace.first_line(words);
                } else if !indented && trace.causes == 1 && trace.any == 0 {
                    trace.detail(words);
                }
            }
        }
    }
    if trace.any == 0 && trace.causes == 0 {
        return None;
    }
    if trace.app == 0 {
        for call in libraries.iter().take(trace.any) {
            trace.call(*call, false);
        }
    }
    (trace.any > 0 || find(text, b"goroutine ").is_some() || trace.has_panic()).then_some(trace)
}

/// JavaScript's anonymous functions say nothing without the name of their file.
fn named_by_file(name: &[u8]) -> bool {
    matches!(
        name,
        b"<anonymous>"
            | b"Object.<anonymous>"
            | b"handler"
            | b"Runtime.handler"
            | b"exports.handler"
            | b"async"
    )
}

impl<'a> Trace<'a> {
    /// Whether the trace names what failed, and not only where.
    pub(crate) fn has_exceptions(&self) -> bool {
        self.causes > 0
    }

    fn has_panic(&self) -> bool {
        self.exceptions.first().is_some_and(|e| e.class == b"panic")
    }

    fn say(&mut self, words: &'a [u8]) {
        if self.message.is_empty() {
            self.message = words;
        }
    }

    fn exception(&mut self, class: &'a [u8], text: &'a [u8]) {
        if let Some(place) = self.exceptions.get_mut(self.causes) {
            *place = Exception { class, text };
            self.causes += 1;
        }
    }

    fn detail(&mut self, words: &'a [u8]) {
        if words.iter().any(u8::is_ascii_alphabetic)
            && let Some(place) = self.details.get_mut(self.detailed)
        {
            *place = words;
            self.detailed += 1;
        }
    }

    fn cause(&mut self, text: &'a [u8]) {
        let (class, words) = match frame::exception(text) {
            Some((class, end)) => (class, text_behind(text, end)),
            None => {
                let n = run(text, |b| b > b' ' && b != b':');
                (cut(text, 0, n), text_behind(text, n))
            }
        };
        self.exception(class, words);
    }

    /// A log message, or the exception itself, with or without a message before it.
    fn first_line(&mut self, words: &'a [u8]) {
        let mut i = 0;
        while let Some(n) = find(from(words, i), b": ") {
            let start = cut(words, 0, i + n).iter().rposition(|&b| b == b' ').map_or(0, |s| s + 1);
            if let Some((class, end)) = frame::exception(from(words, start)) {
                self.exception(class, text_behind(words, start + end));
                self.say(trim(cut(words, 0, start)));
                return;
            }
            i += n + 2;
        }
        self.say(words);
    }

    /// `: message (Class)` after Ruby's first frame.
    fn ruby_head(&mut self, line: &'a [u8]) {
        if let Some(open) = line.iter().rposition(|&b| b == b'(')
            && line.ends_with(b")")
            && find(line, b".rb:").is_some()
        {
            let text = find(line, b"': ").map_or(b"".as_slice(), |i| cut(line, i + 3, open));
            self.exception(cut(line, open + 1, line.len() - 1), trim(text));
        }
    }

    /// Python writes the innermost call last; all others write it first.
    fn call(&mut self, call: Call<'a>, innermost_last: bool) {
        let last = self.app.min(FRAMES);
        if last > 0 && self.calls.get(last - 1) == Some(&call) {
            return;
        }
        if self.app < FRAMES {
            if let Some(place) = self.calls.get_mut(self.app) {
                *place = call;
            }
            self.app += 1;
        } else if innermost_last {
            self.calls.rotate_left(1);
            if let Some(place) = self.calls.last_mut() {
                *place = call;
            }
        }
    }

    /// Writes ` | A: text < B: text | x > y` after the message's template.
    pub(crate) fn write(&self, to: &mut Masker, rules: &Rules) {
        let on = rules.switches;
        let mut spans = vec![];
        let mut mark: &[u8] = if to.template().is_empty() { b"" } else { b" | " };
        for (n, exception) in self.exceptions.iter().take(self.causes).enumerate() {
            to.verbatim(mark);
            to.verbatim(exception.class);
            mark = b" < ";
            let details = self.details.iter().take(if n == 0 { self.detailed } else { 0 });
            for text in std::iter::once(&exception.text).chain(details).filter(|t| !t.is_empty()) {
                let before = to.template().len();
                to.verbatim(b": ");
                rules.spans(text, &mut spans);
                to.text(text, &spans, on);
                to.once(before, 2);
            }
        }
        let mut mark: &[u8] = if to.template().is_empty() { b"" } else { b" | " };
        for call in self.calls.iter().take(self.app) {
            to.verbatim(mark);
            mark = b" > ";
            if !call.file.is_empty() {
                to.code(frame::stem(call.file), on);
                to.verbatim(if call.name.is_empty() { b"" } else { b"." });
            }
            to.code(call.name, on);
        }
    }
}

/// What follows a class: `: text`, or `[CODE]: text` with the code.
fn text_behind(words: &[u8], end: usize) -> &[u8] {
    let rest = from(words, end);
    trim(rest.strip_prefix(b":").unwrap_or(rest))
}

/// Writes a name without the numbers that a compiler adds (`lambda$add$3`, `closure#1`, `{{closure}}`).
pub(crate) fn numberless(name: &[u8], mut write: impl FnMut(&[u8])) {
    // The name of a compiled template ends with numbers of this process.
    let name = [b"_erb_".as_slice(), b"_haml_", b"_slim_"]
        .iter()
        .find_map(|t| find(name, t).map(|i| cut(name, 0, i + t.len() - 1)))
        .unwrap_or(name);
    let mut i = 0;
    while i < name.len() {
        let n = digits(from(name, i));
        // `$$EnhancerBySpringCGLIB$$fe2946f8`, `$$Lambda/0x00007f3c`: a hash after two dollars or a slash.
        let hash = if at(name, i.wrapping_sub(1)) == b'$' && at(name, i.wrapping_sub(2)) == b'$'
            || at(name, i.wrapping_sub(1)) == b'/'
        {
            run(from(name, i), |b| b.is_ascii_hexdigit() || b == b'x')
        } else {
            0
        };
        if hash >= 6 {
            write(b"<*>");
            i += hash;
            continue;
        }
        // `$Proxy123`, `GeneratedMethodAccessor17`: the runtime numbers these in the order it makes them.
        let counted = n > 0
            && [b"Proxy".as_slice(), b"Accessor", b"Accessor$", b"__erb_"]
                .iter()
                .any(|w| cut(name, 0, i).ends_with(w));
        let made = counted || i > 0 && matches!(at(name, i - 1), b'$' | b'#' | b'_' | b'-');
        if n > 0 && (made || n > 3) {
            write(b"<*>");
            i += n;
            continue;
        }
        let n = n.max(1);
        write(cut(name, i, i + n));
        i += n;
    }
}

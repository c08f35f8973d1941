//! Names a stack trace by its message, its exceptions and the application's frames: no line numbers, no libraries.

use crate::builtin::Switches;
use crate::bytes::{at, cut, digits, find, from, run, trim};
use crate::frame::{self, Line};
use crate::mask::Masker;

/// Most frames and exceptions that count.
const FRAMES: usize = 6;
const CAUSES: usize = 4;
/// Lines that are read of one trace.
const LINES: usize = 400;

/// A frame that counts.
#[derive(Clone, Copy, Default, PartialEq)]
struct Call<'a> {
    name: &'a [u8],
    file: &'a [u8],
}

/// What a trace says.
#[derive(Default)]
pub(crate) struct Trace<'a> {
    /// Words before the trace, or of a panic.
    pub message: &'a [u8],
    exceptions: [&'a [u8]; CAUSES],
    calls: [Call<'a>; FRAMES],
    app: usize,
    any: usize,
    causes: usize,
}

/// Reads several lines; `None` when they hold no trace.
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
                    // Ruby tells where first, then what: `x.rb:3:in 'add': message (Class)`.
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
            Line::Filler => {
                panicked &= !line.is_empty();
            }
            Line::Text(words) => {
                let indented = matches!(at(line, 0), b' ' | b'\t') && n > 0;
                if let Some(rest) = words.strip_prefix(b"panic: ") {
                    trace.exception(b"panic");
                    trace.say(rest);
                } else if find(words, b"' panicked at ").is_some()
                    || find(words, b" panicked at ").is_some() && words.starts_with(b"thread ")
                {
                    trace.exception(b"panic");
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
                } else if let (false, Some((class, _))) = (indented, frame::exception(words)) {
                    trace.exception(class);
                } else if n == 0 {
                    trace.first_line(words);
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

/// JavaScript's anonymous functions say nothing without their file.
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
    fn has_panic(&self) -> bool {
        self.exceptions.first().is_some_and(|e| *e == b"panic")
    }

    fn say(&mut self, words: &'a [u8]) {
        if self.message.is_empty() {
            self.message = words;
        }
    }

    fn exception(&mut self, class: &'a [u8]) {
        if let Some(place) = self.exceptions.get_mut(self.causes) {
            *place = class;
            self.causes += 1;
        }
    }

    fn cause(&mut self, text: &'a [u8]) {
        let class = frame::exception(text)
            .map_or_else(|| cut(text, 0, run(text, |b| b > b' ' && b != b':')), |(class, _)| class);
        self.exception(class);
    }

    /// A log message, or the exception itself, with or without a message before it.
    fn first_line(&mut self, words: &'a [u8]) {
        let mut i = 0;
        while let Some(n) = find(from(words, i), b": ") {
            let start = cut(words, 0, i + n).iter().rposition(|&b| b == b' ').map_or(0, |s| s + 1);
            if let Some((class, _)) = frame::exception(from(words, start)) {
                self.exception(class);
                self.say(trim(cut(words, 0, start)));
                return;
            }
            i += n + 2;
        }
        self.say(words);
    }

    /// `: message (Class)` behind Ruby's first frame.
    fn ruby_head(&mut self, line: &'a [u8]) {
        if let Some(open) = line.iter().rposition(|&b| b == b'(')
            && line.ends_with(b")")
            && find(line, b".rb:").is_some()
        {
            self.exception(cut(line, open + 1, line.len() - 1));
        }
    }

    /// Python tells the innermost call last; everyone else first.
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

    /// Writes ` | A < B | x > y` behind the message's template.
    pub(crate) fn write(&self, to: &mut Masker, on: Switches) {
        let mut mark: &[u8] = if to.template().is_empty() { b"" } else { b" | " };
        for class in self.exceptions.iter().take(self.causes) {
            to.verbatim(mark);
            to.verbatim(class);
            mark = b" < ";
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

/// The numbers of a compiler's own names (`lambda$add$3`, `closure#1`, `{{closure}}`) are no part of them.
pub(crate) fn numberless(name: &[u8], mut write: impl FnMut(&[u8])) {
    let mut i = 0;
    while i < name.len() {
        let n = digits(from(name, i));
        let made = i > 0 && matches!(at(name, i - 1), b'$' | b'#' | b'_' | b'-');
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

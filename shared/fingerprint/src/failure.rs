//! Whether a text without a level of its own names a failure: an exception, a panic, a fatal signal, a process killed
//! because memory ran out. Single words (`error`, `failed`) are not enough, because messages of success use them too.

use crate::access;
use crate::bytes::{at, cut, find, from, run};
use crate::frame;
use crate::hash::Fingerprint;
use crate::level::{Level, LevelBy};

/// Bytes of a text that are searched.
const WITHIN: usize = 2048;

/// Texts that only a failure writes. Each begins with one of the letters that [`names`] looks for.
const SIGNS: &[&[u8]] = &[
    b"panic: ",
    b"panicked at ",
    b"panic serving ",
    b"Traceback (most recent call last)",
    b"Segmentation fault",
    b"segfault at ",
    b"core dumped",
    b"SIGSEGV",
    b"SIGABRT",
    b"SIGBUS",
    b"SIGILL",
    b"SIGFPE",
    b"Out of memory: Kill",
    b"Memory cgroup out of memory",
    b"invoked oom-killer",
    b"oom-kill",
    b"OOMKilled",
    b"OOM-killed",
    b"OutOfMemory",
    b"signal: killed",
    b"signal: segmentation",
    b"Kernel panic",
    b"fatal error: ",
    b"Fatal error: ",
    b"AddressSanitizer",
    b"LeakSanitizer",
    b"ThreadSanitizer",
    b"UndefinedBehaviorSanitizer",
    b"Invalid read of size",
    b"Invalid write of size",
    b"Task timed out after",
    b"Runtime exited with",
    b"terminate called after",
    b"Unhandled exception",
    b"Unhandled Exception",
    b"UnhandledPromiseRejection",
    b"Uncaught ",
    b"Exception in thread ",
    b"Status: timeout",
    b"Status: error",
    b" terminating\n** (",
];

/// For each byte: which signs begin with it, one bit for each sign.
static BEGIN: [u64; 256] = firsts();

const fn firsts() -> [u64; 256] {
    let mut table = [0; 256];
    let mut n = 0;
    while n < SIGNS.len() {
        table[SIGNS[n][0] as usize] |= 1 << n;
        n += 1;
    }
    table
}

/// Whether one of the signs stands at the start.
#[inline(always)]
fn is_sign(s: &[u8]) -> bool {
    let mut left = BEGIN[usize::from(at(s, 0))];
    while left != 0 {
        let n = left.trailing_zeros() as usize;
        if SIGNS.get(n).is_some_and(|sign| s.starts_with(sign)) {
            return true;
        }
        left &= left - 1;
    }
    false
}

/// A level, and what gave it.
type Told = Option<(Level, LevelBy)>;

/// The levels of templates without a level, by fingerprint: many lines share few templates.
#[derive(Default)]
pub(crate) struct Levels {
    kept: Vec<Option<(Fingerprint, Told)>>,
}

/// How many templates are kept; a power of two.
const KEPT: usize = 1 << 12;

impl Levels {
    /// The level that this template means, and what gives it.
    pub(crate) fn of(&mut self, fingerprint: Fingerprint, template: &[u8]) -> Told {
        if self.kept.is_empty() {
            self.kept.resize(KEPT, None);
        }
        let place = fingerprint.to_u64() as usize & (KEPT - 1);
        match self.kept.get(place) {
            Some(Some((known, told))) if *known == fingerprint => *told,
            _ => {
                let told = level(template);
                if let Some(place) = self.kept.get_mut(place) {
                    *place = Some((fingerprint, told));
                }
                told
            }
        }
    }
}

fn level(template: &[u8]) -> Told {
    match access::status(template) {
        Some(level) => Some((level, LevelBy::Status)),
        None => names(template).then_some((Level::Error, LevelBy::Failure)),
    }
}

/// Whether the text names a failure.
fn names(text: &[u8]) -> bool {
    let text = cut(text, 0, text.len().min(WITHIN));
    let exception = find(text, b"Exception").is_some() || find(text, b"Error").is_some();
    let mut fresh = true;
    for (i, &b) in text.iter().enumerate() {
        if (fresh && b.is_ascii_alphabetic() || b == b' ') && is_sign(from(text, i)) {
            return true;
        }
        if exception && fresh && b.is_ascii_alphabetic() && exception_at(from(text, i)) {
            return true;
        }
        fresh = !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'$' | b':' | b'/' | b'-'));
    }
    // Errors that begin a line: `error: …`, `Error [ERR_X]: …`.
    begins(text) || find(text, b"AddressSanitizer").is_some() || find(text, b"Sanitizer:").is_some()
}

/// `Error: `, `error: `, `Fatal: ` at the start.
fn begins(text: &[u8]) -> bool {
    // After the lines of a drawn box and other marks.
    let text = from(text, run(text, |b| b >= 0x80 || b <= b' '));
    let starts: [&[u8]; 8] =
        [b"Error: ", b"error: ", b"ERROR: ", b"Error [", b"fatal: ", b"Fatal: ", b"FATAL: ", b"error["];
    starts.iter().any(|s| text.starts_with(s)) || text.starts_with(b"** (")
}

/// Whether the class of an exception stands here, and what follows says that the exception happened.
fn exception_at(s: &[u8]) -> bool {
    let n = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'$'));
    let word = cut(s, 0, n);
    if n < 8 || !(word.ends_with(b"Exception") || word.ends_with(b"Error")) {
        return false;
    }
    let last = from(word, word.iter().rposition(|&b| b == b'.').map_or(0, |i| i + 1));
    // `KeyError`, not `Error` alone.
    last.len() > 5
        && at(last, 0).is_ascii_uppercase()
        && (matches!(at(s, n), b':' | 0 | b'\n') || frame::exception(s).is_some() || at(s, n) == b'[')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_by_name() {
        for text in [
            "java.lang.IllegalStateException: no tea",
            "could not brew: KeyError: 'kettle'",
            "brewd[12]: segfault at 0 ip 0 sp 0 error 4 in brewd",
            "Out of memory: Killed process 12 (brewd)",
            "panic: no tea",
            "ValueError",
        ] {
            assert!(names(text.as_bytes()), "{text}");
        }
        for text in [
            "0 errors, 0 failures",
            "the error page was shown",
            "no exception was thrown",
            "Error rate is 0.1 %",
            "handling of KeyError was improved",
            "panic button is installed",
        ] {
            assert!(!names(text.as_bytes()), "{text}");
        }
    }
}

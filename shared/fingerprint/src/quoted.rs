//! A quoted message followed by fields, as klog and logr write it: `"RemoveContainer" containerID="…" err="…"`.
//! <https://github.com/kubernetes/enhancements/tree/master/keps/sig-instrumentation/1602-structured-logging>.
//!
//! The message is the template and the fields are values; fields that carry an error keep its words.

use crate::bytes::{at, cut, from, run};

/// Most fields that are read.
const FIELDS: usize = 24;

/// A message and its fields.
pub(crate) struct Quoted<'a> {
    pub message: &'a [u8],
    pub fields: Fields<'a>,
}

/// Goes through the fields in order.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
    left: usize,
}

/// Reads a line that begins with a quote. Without klog's header it must have fields, because prose may begin with a
/// quote.
pub(crate) fn read(s: &[u8], klog: bool) -> Option<Quoted<'_>> {
    let n = string(s)?;
    let rest = from(s, n);
    // logr writes a key before the message too: `"msg"="…"`.
    if let Some(value) = rest.strip_prefix(b"=") {
        let m = if at(value, 0) == b'"' { string(value)? } else { return None };
        return (cut(s, 1, n - 1) == b"msg").then(|| Quoted {
            message: cut(value, 1, m - 1),
            fields: Fields { rest: from(value, m), left: FIELDS },
        });
    }
    let mut fields = Fields { rest, left: FIELDS };
    if !(klog && rest.is_empty()) {
        Fields { rest, left: 1 }.next()?;
    }
    fields.left = FIELDS;
    Some(Quoted { message: cut(s, 1, n - 1), fields })
}

/// Fields whose value says what went wrong.
pub(crate) fn is_error(key: &[u8]) -> bool {
    matches!(key, b"err" | b"error" | b"reason" | b"cause" | b"exception" | b"status" | b"code" | b"exitCode")
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let s = from(self.rest, run(self.rest, |b| b == b' ' || b == b'\t'));
        let quote = usize::from(at(s, 0) == b'"');
        let n = run(from(s, quote), |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/'));
        let key = cut(s, quote, quote + n);
        let i = quote + n + quote;
        if n == 0 || at(s, i) != b'=' {
            return None;
        }
        let value = from(s, i + 1);
        let end = match at(value, 0) {
            b'"' => string(value)?,
            b'{' | b'[' | b'<' => balanced(value),
            _ => run(value, |b| b > b' '),
        };
        self.rest = from(value, end);
        let bare =
            if at(value, 0) == b'"' { cut(value, 1, end.saturating_sub(1)) } else { cut(value, 0, end) };
        Some((key, bare))
    }
}

/// How long the quoted string at the start is.
fn string(s: &[u8]) -> Option<usize> {
    let mut i = 1;
    while let Some(&b) = s.get(i) {
        match b {
            b'\\' => i += 2,
            b'"' => return Some(i + 1),
            _ => i += 1,
        }
    }
    None
}

/// The length up to the bracket that closes the first one.
fn balanced(s: &[u8]) -> usize {
    let mut depth = 0_i32;
    for (i, &b) in s.iter().enumerate() {
        depth += i32::from(matches!(b, b'{' | b'[' | b'<')) - i32::from(matches!(b, b'}' | b']' | b'>'));
        if depth == 0 {
            return i + 1;
        }
    }
    s.len()
}

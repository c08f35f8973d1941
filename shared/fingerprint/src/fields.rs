//! Which fields of a structured line say what happened, whatever their library calls them.

use crate::bytes::{cut, from};
use crate::level::Level;

/// What a field is for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Field {
    /// With a rank: the lowest wins.
    Message(u8),
    Level,
    Logger(u8),
    /// The error's text, or an object that holds more about it.
    Error,
    /// The error's class.
    ErrorType,
    Stack,
    /// A word that tells kinds of events apart where there is no message.
    Kind,
    Other,
}

/// What was found; the parts are as written, still escaped.
#[derive(Default, Clone, Copy)]
pub(crate) struct Found<'a> {
    pub message: Part<'a>,
    pub error_type: Part<'a>,
    pub error: Part<'a>,
    pub stack: Part<'a>,
    pub logger: Part<'a>,
    pub level: Option<Level>,
}

/// A value, how good it is, and whether it is an escaped string.
#[derive(Default, Clone, Copy)]
pub(crate) struct Part<'a> {
    pub text: &'a [u8],
    pub escaped: bool,
    rank: u8,
}

impl<'a> Part<'a> {
    fn offer(&mut self, text: &'a [u8], escaped: bool, rank: u8) {
        if !text.is_empty() && (self.text.is_empty() || rank < self.rank) {
            *self = Self { text, escaped, rank };
        }
    }
}

impl Part<'_> {
    /// Appends the value as a person would read it.
    pub(crate) fn write(&self, into: &mut Vec<u8>) {
        if self.escaped { crate::json::unescape(self.text, into) } else { into.extend_from_slice(self.text) }
    }

    /// It has escapes, so that it cannot be borrowed as it is.
    pub(crate) fn escaped_marks(&self) -> bool {
        self.text.contains(&b'\\')
    }
}

impl<'a> Found<'a> {
    /// Takes a scalar value.
    pub(crate) fn take(&mut self, key: &[u8], parent: &[u8], depth: u8, value: &'a [u8], escaped: bool) {
        let deep = depth.saturating_mul(16);
        // `error.message` as one key.
        let (parent, key) = match key.iter().rposition(|&b| b == b'.') {
            Some(dot) => (cut(key, 0, dot), from(key, dot + 1)),
            None => (parent, key),
        };
        match field(key, parent) {
            Field::Message(rank) => self.message.offer(value, escaped, rank + deep),
            Field::Level => {
                let number = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok());
                let level = number.map_or_else(|| Level::from_word(value), Level::from_number);
                self.level = self.level.or(level);
            }
            Field::Logger(rank) => self.logger.offer(value, escaped, rank + deep),
            Field::Error => self.error.offer(value, escaped, deep),
            Field::ErrorType => self.error_type.offer(value, escaped, deep),
            Field::Stack => self.stack.offer(value, escaped, deep),
            Field::Kind | Field::Other => {}
        }
    }

    /// Something to name the line by was found.
    pub(crate) fn says_something(&self) -> bool {
        [self.message, self.error, self.error_type, self.stack].iter().any(|p| !p.text.is_empty())
    }
}

/// Letters and digits of a key in lower case: `stack_trace`, `stackTrace` and `stack-trace` are one.
fn plain<'b>(key: &[u8], buffer: &'b mut [u8; 24]) -> &'b [u8] {
    let mut n = 0;
    for &b in key.iter().filter(|b| b.is_ascii_alphanumeric()) {
        let Some(place) = buffer.get_mut(n) else { return b"" };
        *place = b.to_ascii_lowercase();
        n += 1;
    }
    cut(buffer, 0, n)
}

/// What a key is for, below this parent.
pub(crate) fn field(key: &[u8], parent: &[u8]) -> Field {
    if key == b"@mt" {
        return Field::Message(0);
    }
    let (mut a, mut b) = ([0; 24], [0; 24]);
    let (key, parent) = (plain(key, &mut a), plain(parent, &mut b));
    let in_error = matches!(
        parent,
        b"error" | b"err" | b"exception" | b"exc" | b"throwable" | b"thrown" | b"cause" | b"reason"
    );
    if in_error {
        return match key {
            b"message" | b"msg" | b"errormessage" | b"description" | b"detail" => Field::Error,
            b"type" | b"name" | b"class" | b"kind" | b"classname" | b"exceptiontype" | b"errortype"
            | b"typename" => Field::ErrorType,
            b"stack" | b"stacktrace" | b"trace" | b"backtrace" | b"traceback" => Field::Stack,
            _ => Field::Other,
        };
    }
    match key {
        b"messagetemplate" | b"mt" => Field::Message(0),
        b"message" | b"msg" => Field::Message(1),
        b"log" | b"textpayload" | b"shortmessage" | b"renderedmessage" | b"m" => Field::Message(2),
        b"event" | b"text" | b"body" | b"logmessage" => Field::Message(3),
        b"description" | b"title" | b"detail" | b"details" => Field::Message(4),
        b"level" | b"severity" | b"lvl" | b"loglevel" | b"levelname" | b"severitytext" | b"l"
        | b"syslogseverity" => Field::Level,
        b"logger" | b"loggername" | b"sourcecontext" => Field::Logger(0),
        b"target" | b"component" | b"category" | b"module" | b"service" => Field::Logger(1),
        b"name" | b"caller" => Field::Logger(2),
        b"error" | b"err" | b"exception" | b"errormessage" | b"exceptionmessage" | b"exc" | b"cause" => {
            Field::Error
        }
        b"errortype" | b"exceptionclass" | b"exceptiontype" | b"errorname" | b"errorclass"
        | b"exceptionname" => Field::ErrorType,
        b"stack" | b"stacktrace" | b"excinfo" | b"traceback" | b"backtrace" | b"exctext" => Field::Stack,
        b"type" | b"kind" | b"action" | b"operation" | b"eventtype" | b"eventname" | b"reason"
        | b"status" | b"outcome" => Field::Kind,
        _ => Field::Other,
    }
}

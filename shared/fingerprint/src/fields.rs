//! Which fields of a structured line say what happened, whatever their library calls them.

use crate::bytes::{cut, from};
use crate::level::{Level, LevelBy};

/// What a field is for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Field {
    /// With a rank: the lowest rank wins.
    Message(u8),
    Level(Scale),
    /// The error's text, or an object that holds more about it.
    Error,
    /// The error's class; with a rank, because a code says less than a class.
    ErrorType(u8),
    Stack,
    /// A word that tells kinds of events apart if there is no message.
    Kind,
    Other,
}

/// What the numbers of a level mean.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Scale {
    /// Below 10 the numbers of syslog, from 10 on those of bunyan and pino.
    Usual,
    /// Only the numbers of syslog.
    Syslog,
    OpenTelemetry,
    Python,
    /// MongoDB writes one letter.
    Letter,
}

/// What was found in the line. The parts are still escaped, as they were written.
#[derive(Default, Clone, Copy)]
pub(crate) struct Found<'a> {
    pub message: Part<'a>,
    pub error_type: Part<'a>,
    pub error: Part<'a>,
    pub stack: Part<'a>,
    pub level: Option<Level>,
    pub by: Option<LevelBy>,
    /// A code beside the message that says what failed.
    pub code: Part<'a>,
    /// CLEF leaves out the level for information: <https://clef-json.org/>.
    pub clef: bool,
}

/// A value, its rank, and whether it is an escaped string.
#[derive(Default, Clone, Copy)]
pub(crate) struct Part<'a> {
    pub text: &'a [u8],
    pub escaped: bool,
    /// A JSON list: its strings are lines.
    pub list: bool,
    rank: u8,
}

impl<'a> Part<'a> {
    fn offer(&mut self, text: &'a [u8], escaped: bool, rank: u8) {
        if !text.is_empty() && (self.text.is_empty() || rank < self.rank) {
            let list = escaped && text.first() == Some(&b'[') && text.last() == Some(&b']');
            *self = Self { text, escaped, list, rank };
        }
    }
}

impl Part<'_> {
    /// Appends the value as a person would read it.
    pub(crate) fn write(&self, into: &mut Vec<u8>) {
        if self.list {
            crate::json::lines(self.text, into);
        } else if self.escaped {
            crate::json::unescape(self.text, into);
        } else {
            into.extend_from_slice(self.text);
        }
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
            Field::Level(scale) => {
                if self.level.is_none()
                    && let Some(level) = level(value, scale)
                {
                    (self.level, self.by) = (Some(level), Some(LevelBy::Field));
                }
            }
            Field::Error => self.error.offer(value, escaped, deep),
            Field::ErrorType(rank) => self.error_type.offer(value, escaped, rank + deep),
            Field::Stack => self.stack.offer(value, escaped, deep),
            Field::Kind | Field::Other => {
                // An event of a cluster: its type is its level.
                if key == b"type" && matches!(value, b"Warning" | b"Normal") && self.level.is_none() {
                    let level = if value == b"Warning" { Level::Warning } else { Level::Info };
                    (self.level, self.by) = (Some(level), Some(LevelBy::Field));
                }
                if escaped
                    && is_code(value)
                    && matches!(key, b"code" | b"errorCode" | b"error_code" | b"errno")
                {
                    self.code.offer(value, escaped, deep);
                }
            }
        }
        self.clef |= depth == 0 && matches!(key, b"@mt" | b"@m") || key == b"@i";
    }

    /// Whether something was found that can name the line.
    pub(crate) fn says_something(&self) -> bool {
        [self.message, self.error, self.error_type, self.stack].iter().any(|p| !p.text.is_empty())
    }
}

/// `ECONNREFUSED`, `ER_DUP_ENTRY`, `P2002`: a code in capitals.
fn is_code(value: &[u8]) -> bool {
    (3..=40).contains(&value.len())
        && value.first().is_some_and(u8::is_ascii_uppercase)
        && value.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
}

/// The level that a field's value means.
fn level(value: &[u8], scale: Scale) -> Option<Level> {
    let number: Option<u64> = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok());
    match (number, scale) {
        (Some(n), Scale::Usual) => Level::from_number(n),
        (Some(n), Scale::Syslog) => (n < 8).then(|| Level::from_syslog(n)),
        (Some(n), Scale::OpenTelemetry) => Level::from_severity_number(n),
        (Some(n), Scale::Python) => Level::from_python(n),
        (Some(_), Scale::Letter) => None,
        (None, Scale::Letter) => {
            let short = value.len() == 1 || value.len() == 2 && value.get(1).is_some_and(u8::is_ascii_digit);
            value.first().filter(|_| short).and_then(|b| Level::from_letter(*b))
        }
        (None, _) => match value {
            [letter] => Level::from_letter(letter.to_ascii_uppercase()),
            // `app.ERROR`, `Microsoft.Error`: the last part.
            _ => Level::from_word(from(value, value.iter().rposition(|&b| b == b'.').map_or(0, |i| i + 1))),
        },
    }
}

/// Only the letters and digits of a key, in lower case: `stack_trace`, `stackTrace` and `stack-trace` are the same.
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
    if parent == b"level" && matches!(key, b"name" | b"text") {
        return Field::Level(Scale::Usual);
    }
    if parent == b"body" && key == b"stringvalue" {
        return Field::Message(3);
    }
    if in_error {
        return match key {
            b"message" | b"msg" | b"errormessage" | b"description" | b"detail" | b"text" | b"title"
            | b"what" | b"value" | b"errmsg" => Field::Error,
            b"type" | b"name" | b"class" | b"kind" | b"classname" | b"exceptiontype" | b"errortype"
            | b"typename" | b"exceptionclass" => Field::ErrorType(0),
            b"code" | b"errorcode" | b"codename" => Field::ErrorType(1),
            b"stack" | b"stacktrace" | b"trace" | b"backtrace" | b"traceback" => Field::Stack,
            _ => Field::Other,
        };
    }
    match key {
        b"messagetemplate" | b"mt" => Field::Message(0),
        b"message" | b"msg" => Field::Message(1),
        b"log" | b"textpayload" | b"shortmessage" | b"renderedmessage" | b"m" => Field::Message(2),
        b"event" | b"text" | b"body" | b"logmessage" | b"desc" => Field::Message(3),
        b"description" | b"title" | b"detail" | b"details" => Field::Message(4),
        b"level" | b"lvl" | b"loglevel" | b"levelname" | b"l" | b"severitytext" | b"levelstr"
        | b"priorityname" | b"at" => Field::Level(Scale::Usual),
        b"severity" => Field::Level(Scale::Usual),
        b"syslogseverity" | b"priority" => Field::Level(Scale::Syslog),
        b"severitynumber" => Field::Level(Scale::OpenTelemetry),
        b"levelno" => Field::Level(Scale::Python),
        b"s" => Field::Level(Scale::Letter),
        b"error" | b"err" | b"exception" | b"errormessage" | b"errmsg" | b"exceptionmessage" | b"exc"
        | b"cause" | b"x" => Field::Error,
        b"errortype" | b"exceptionclass" | b"exceptiontype" | b"errorname" | b"errorclass"
        | b"exceptionname" => Field::ErrorType(0),
        b"stack"
        | b"stacktrace"
        | b"excinfo"
        | b"traceback"
        | b"backtrace"
        | b"exctext"
        | b"errorstack"
        | b"errorverbose"
        | b"exceptionstacktrace" => Field::Stack,
        b"type" | b"kind" | b"action" | b"operation" | b"eventtype" | b"eventname" | b"reason"
        | b"status" | b"outcome" => Field::Kind,
        _ => Field::Other,
    }
}

//! How bad a line is, as the program itself says it.

use std::fmt;

/// A line's level, in the usual words of logging.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Every step of the program.
    Trace,
    /// For the developers.
    Debug,
    /// All is well.
    Info,
    /// Normal, but worth a look.
    Notice,
    /// Something is odd.
    Warning,
    /// Something failed.
    Error,
    /// A part of the system failed, or the program ends.
    Critical,
}

impl Level {
    /// The level that a word names, in any case; `None` for other words.
    pub fn from_word(word: &[u8]) -> Option<Self> {
        let mut low = [0; 13];
        let low = low.get_mut(..word.len())?;
        for (to, from) in low.iter_mut().zip(word) {
            *to = from.to_ascii_lowercase();
        }
        Some(match &*low {
            b"trace" | b"finest" | b"finer" | b"verbose" | b"trc" | b"trce" | b"trac" => Self::Trace,
            b"debug" | b"fine" | b"dbg" | b"dbug" | b"debu" | b"config" => Self::Debug,
            b"info" | b"information" | b"inf" | b"informational" | b"log" => Self::Info,
            b"notice" => Self::Notice,
            b"warning" | b"warn" | b"wrn" => Self::Warning,
            b"error" | b"err" | b"erro" | b"severe" | b"eror" | b"fail" => Self::Error,
            b"fatal" | b"critical" | b"crit" | b"emerg" | b"emergency" | b"alert" | b"panic" | b"failure"
            | b"ftl" | b"fata" | b"pani" | b"dpanic" => Self::Critical,
            _ => return None,
        })
    }

    /// The level behind one letter (`E`), as short formats write it.
    pub fn from_letter(letter: u8) -> Option<Self> {
        Some(match letter {
            b'T' | b'V' => Self::Trace,
            b'D' => Self::Debug,
            b'I' => Self::Info,
            b'N' => Self::Notice,
            b'W' => Self::Warning,
            b'E' => Self::Error,
            b'F' | b'C' => Self::Critical,
            _ => return None,
        })
    }

    /// The level behind a number: syslog's and GELF's (0 to 7), bunyan's and pino's (10 to 60).
    pub fn from_number(number: u64) -> Option<Self> {
        Some(match number {
            0..=7 => Self::from_syslog(number),
            10 => Self::Trace,
            20 => Self::Debug,
            30 => Self::Info,
            40 => Self::Warning,
            50 => Self::Error,
            60 => Self::Critical,
            _ => return None,
        })
    }

    /// The level behind syslog's severity, the last three bits of a priority:
    /// <https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1>.
    pub fn from_syslog(priority: u64) -> Self {
        match priority & 7 {
            0..=2 => Self::Critical,
            3 => Self::Error,
            4 => Self::Warning,
            5 => Self::Notice,
            6 => Self::Info,
            _ => Self::Debug,
        }
    }

    /// The level behind OpenTelemetry's severity number, 1 to 24:
    /// <https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber>.
    pub fn from_severity_number(number: u64) -> Option<Self> {
        Some(match number {
            1..=4 => Self::Trace,
            5..=8 => Self::Debug,
            9..=12 => Self::Info,
            13..=16 => Self::Warning,
            17..=20 => Self::Error,
            21..=24 => Self::Critical,
            _ => return None,
        })
    }

    /// The level behind the number of Python's logging:
    /// <https://docs.python.org/3/library/logging.html#logging-levels>.
    pub fn from_python(number: u64) -> Option<Self> {
        Some(match number {
            10 => Self::Debug,
            20 => Self::Info,
            30 => Self::Warning,
            40 => Self::Error,
            50 => Self::Critical,
            _ => return None,
        })
    }

    /// The level that an answer of this HTTP status means: from 500 on the server failed, from 400 on the caller.
    pub fn from_http_status(status: u64) -> Option<Self> {
        Some(match status {
            100..=399 => Self::Info,
            400..=499 => Self::Warning,
            500..=599 => Self::Error,
            _ => return None,
        })
    }

    /// The level in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What gave a line its level, for people who want to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum LevelBy {
    /// A word or a letter among time, thread and logger.
    Header,
    /// The letter before klog's date: `E0203`.
    Klog,
    /// The severity in syslog's priority: `<27>`.
    Priority,
    /// A label right before the message: `production.ERROR:`, `PHP Warning:`, PostgreSQL's `ERROR:  `.
    Label,
    /// A mark after the time, as Redis writes it.
    Mark,
    /// A field of a structured line.
    Field,
    /// A format that means a level by leaving the level out.
    Absent,
    /// The status of an answer in an access log.
    Status,
    /// No level, but an exception, a panic, a fatal signal, or a process killed because memory ran out.
    Failure,
    /// A further line of a joined record has a worse level than its first line.
    Joined,
}

impl LevelBy {
    /// A sentence that says it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Header => "the header names it",
            Self::Klog => "the letter before klog's date",
            Self::Priority => "the severity in syslog's priority",
            Self::Label => "a label before the message",
            Self::Mark => "a mark behind the time",
            Self::Field => "a field of the structured line",
            Self::Absent => "this form leaves it out for information",
            Self::Status => "the status of the answer",
            Self::Failure => "no level, but it names an exception, a panic, a fatal signal or a kill",
            Self::Joined => "a further line of the record",
        }
    }
}

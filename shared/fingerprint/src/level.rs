//! How bad the program itself says it is.

use std::fmt;

/// A line's level, in the field's words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Every step.
    Trace,
    /// For the people who wrote it.
    Debug,
    /// All is well.
    Info,
    /// Normal, and worth a look.
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
            b"trace" | b"finest" | b"finer" | b"verbose" | b"trc" => Self::Trace,
            b"debug" | b"fine" | b"dbg" | b"config" => Self::Debug,
            b"info" | b"information" | b"inf" | b"informational" | b"log" => Self::Info,
            b"notice" => Self::Notice,
            b"warning" | b"warn" | b"wrn" => Self::Warning,
            b"error" | b"err" | b"severe" | b"eror" => Self::Error,
            b"fatal" | b"critical" | b"crit" | b"emerg" | b"emergency" | b"alert" | b"panic" | b"failure"
            | b"ftl" | b"dpanic" => Self::Critical,
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

    /// The level behind a number, as bunyan and pino write it (10 to 60).
    pub fn from_number(number: u64) -> Option<Self> {
        Some(match number {
            10 => Self::Trace,
            20 => Self::Debug,
            30 => Self::Info,
            40 => Self::Warning,
            50 => Self::Error,
            60 => Self::Critical,
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

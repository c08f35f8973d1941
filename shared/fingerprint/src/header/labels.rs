//! Levels with a form of their own: a label before the message, a column of a table, a mark.
//!
//! A word of the message is never a level: every form here has a mark that prose does not have.

use super::words::*;
use super::{Clock, Reader};
use crate::bytes::{at, cut, find, from, run};
use crate::level::{Level, LevelBy};

/// How far into a line a label may stand.
const WITHIN: usize = 240;

impl<'a> Reader<'a> {
    /// Searches the rest of the header for a label, if there is no level yet.
    pub(super) fn label(&mut self) {
        if self.header.level.is_some() {
            return;
        }
        let _ = self.php()
            || self.channel()
            || self.postgres()
            || self.behind_fields()
            || self.logcat()
            || self.decorated();
    }

    /// PHP's own: `PHP Fatal error:  Uncaught …`.
    fn php(&mut self) -> bool {
        let Some(rest) = self.rest().strip_prefix(b"PHP ") else { return false };
        let labels: [(&[u8], Level); 8] = [
            (b"Fatal error:", Level::Critical),
            (b"Parse error:", Level::Critical),
            (b"Recoverable fatal error:", Level::Error),
            (b"Warning:", Level::Warning),
            (b"Notice:", Level::Notice),
            (b"Deprecated:", Level::Notice),
            (b"Core Warning:", Level::Warning),
            (b"User Error:", Level::Error),
        ];
        for (label, level) in labels {
            if rest.starts_with(label) {
                self.found(level, LevelBy::Label);
                self.i += 4 + label.len();
                return true;
            }
        }
        false
    }

    /// Monolog's channel and level: `production.ERROR: `.
    pub(super) fn channel(&mut self) -> bool {
        let s = self.rest();
        if self.header.level.is_some() {
            return false;
        }
        let n = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        if n == 0 || n > 40 || at(s, n) != b'.' {
            return false;
        }
        match upper_level(from(s, n + 1)) {
            Some((level, len)) if from(s, n + 1 + len).starts_with(b": ") => {
                self.found(level, LevelBy::Label);
                self.header.logger = cut(s, 0, n);
                self.i += n + len + 2;
                true
            }
            Some(_) | None => false,
        }
    }

    /// PostgreSQL's label with two spaces after it, behind any `log_line_prefix`:
    /// <https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS>.
    pub(super) fn postgres(&mut self) -> bool {
        let s = self.rest();
        if self.header.level.is_some() || std::mem::replace(&mut self.searched, true) {
            return false;
        }
        let within = cut(s, 0, s.len().min(WITHIN));
        let Some(colon) = find(within, b":  ") else { return false };
        let start = cut(s, 0, colon).iter().rposition(|b| !b.is_ascii_alphanumeric()).map_or(0, |i| i + 1);
        let word = cut(s, start, colon);
        let word = cut(word, 0, run(word, |b| b.is_ascii_uppercase()));
        let level = match word {
            b"DETAIL" | b"HINT" | b"STATEMENT" | b"CONTEXT" | b"QUERY" | b"LOCATION" => None,
            b"DEBUG" | b"INFO" | b"NOTICE" | b"WARNING" | b"LOG" | b"ERROR" | b"FATAL" | b"PANIC" => {
                Level::from_word(word)
            }
            _ => return false,
        };
        // The text before the label is the prefix if it has a time, or if it has no spaces.
        if self.clock == Clock::None && start > 0 && cut(s, 0, start).contains(&b' ') {
            return false;
        }
        if let Some(level) = level {
            self.found(level, LevelBy::Label);
        }
        self.i += colon + 1;
        self.done = true;
        true
    }

    /// Fields, then a level and a colon: `pid=1 tid=gq class=PayJob WARN: …`. The fields stay.
    fn behind_fields(&mut self) -> bool {
        let s = self.rest();
        let mut i = 0;
        for _ in 0..12 {
            let n = run(from(s, i), |b| b > b' ');
            let word = cut(s, i, i + n);
            if i > 0
                && let Some((level, len)) = upper_level(word)
                && len + 1 == n
                && word.ends_with(b":")
            {
                self.found(level, LevelBy::Label);
                return true;
            }
            if n == 0 || !word.contains(&b'=') {
                return false;
            }
            i += n + run(from(s, i + n), |b| b == b' ');
        }
        false
    }

    /// Android's brief form: `E/Tag( 1234): `.
    fn logcat(&mut self) -> bool {
        let s = self.rest();
        let Some(level) = Level::from_letter(at(s, 0)) else { return false };
        let n = run(from(s, 2), |b| b > b' ' && b != b'(' && b != b':') + 2;
        let number =
            if at(s, n) == b'(' { run(from(s, n + 1), |b| b == b' ' || b.is_ascii_digit()) + 2 } else { 0 };
        if at(s, 1) != b'/'
            || n == 2
            || !from(s, n + number).starts_with(b": ")
            || self.clock == Clock::Syslog
        {
            return false;
        }
        self.found(level, LevelBy::Header);
        self.header.logger = cut(s, 2, n);
        self.i += n + number + 2;
        true
    }

    /// A mark that is no letter before the level: `❌ ERROR: `, `>> WARN `, `npm ERR! `.
    fn decorated(&mut self) -> bool {
        let s = self.rest();
        if let Some(rest) = s.strip_prefix(b"npm ") {
            for (label, level) in [
                (b"ERR! ".as_slice(), Level::Error),
                (b"error ", Level::Error),
                (b"WARN ", Level::Warning),
                (b"warn ", Level::Warning),
            ] {
                if rest.starts_with(label) {
                    self.found(level, LevelBy::Label);
                    self.i += 4 + label.len();
                    return true;
                }
            }
            return false;
        }
        let n = run(s, |b| {
            !b.is_ascii_alphanumeric() && b > b' ' && !matches!(b, b'"' | b'\'' | b'`' | b'{' | b'(' | b'[')
        });
        if n == 0 || n > 8 || at(s, n) != b' ' {
            return false;
        }
        match upper_level(from(s, n + 1)) {
            Some((level, len)) if matches!(at(s, n + 1 + len), b':' | b' ') => {
                self.found(level, LevelBy::Label);
                self.i += n + len + 2;
                true
            }
            Some(_) | None => false,
        }
    }

    /// A row of a table of events: `Warning  BackOff  17m (x4 over 2h)  kubelet  …`; the last column is the message.
    pub(super) fn table(&mut self) -> bool {
        let s = self.rest();
        // Erlang's reports: `=ERROR REPORT==== 3-Feb-2026::04:05:06 ===`.
        if let Some(report) = s.strip_prefix(b"=")
            && let Some(n) = find(report, b" REPORT====")
        {
            let level = match cut(report, 0, n) {
                b"ERROR" | b"CRASH" | b"SUPERVISOR" => Level::Error,
                b"WARNING" => Level::Warning,
                _ => Level::Info,
            };
            self.found(level, LevelBy::Header);
            self.i = self.s.len();
            return true;
        }
        let word = run(s, |b| b.is_ascii_alphabetic());
        let level = match cut(s, 0, word) {
            b"Normal" => Level::Info,
            b"Warning" => Level::Warning,
            _ => return false,
        };
        if !from(s, word).starts_with(b"  ") {
            return false;
        }
        let (mut i, mut columns, mut last) = (0, 1, 0);
        while let Some(n) = find(from(s, i), b"  ") {
            i += n;
            i += run(from(s, i), |b| b == b' ');
            columns += 1;
            last = i;
        }
        if columns < 4 || last >= s.len() {
            return false;
        }
        self.found(level, LevelBy::Header);
        self.i += last;
        self.done = true;
        true
    }

    /// Ruby's program name, which may be empty: `-- : `, `-- shop: `.
    pub(super) fn ruby_program(&mut self) -> bool {
        let s = self.rest();
        let skip = upper_level(s).map_or(0, |(_, n)| n + run(from(s, n), |b| b == b' '));
        let Some(rest) = from(s, skip).strip_prefix(b"-- ") else { return false };
        if self.clock == Clock::None || self.header.level.is_none() {
            return false;
        }
        let n = run(cut(rest, 0, rest.len().min(80)), |b| b != b':');
        if at(rest, n) != b':' || !matches!(at(rest, n + 1), b' ' | 0) {
            return false;
        }
        if n > 0 {
            self.header.logger = cut(rest, 0, n);
        }
        self.i += skip + 3 + n + 1;
        self.done = true;
        true
    }

    /// Redis writes the level as a mark: <https://github.com/redis/redis/blob/unstable/src/server.c>, `serverLogRaw`.
    pub(super) fn redis_mark(&mut self) -> bool {
        let s = self.rest();
        if !self.marked || self.clock == Clock::None || at(s, 1) != b' ' {
            return false;
        }
        let level = match at(s, 0) {
            b'.' => Level::Debug,
            b'-' => Level::Info,
            b'*' => Level::Notice,
            b'#' => Level::Warning,
            _ => return false,
        };
        self.found(level, LevelBy::Mark);
        self.i += 2;
        self.done = true;
        true
    }

    /// The rest of RFC 5424's header: host, program, process, kind, data:
    /// <https://www.rfc-editor.org/rfc/rfc5424#section-6>.
    pub(super) fn rfc5424(&mut self) {
        let s = self.rest();
        let mut i = 0;
        for part in 0..5 {
            let n = run(from(s, i), |b| b > b' ');
            if n == 0 {
                return;
            }
            // The kind of the message is part of the message.
            if part == 4 && cut(s, i, i + n) != b"-" {
                self.clock = Clock::Plain;
                self.i += i;
                self.done = true;
                return;
            }
            if part == 2 && cut(s, i, i + n) != b"-" {
                self.header.logger = cut(s, i, i + n);
            }
            i += n + 1;
        }
        if at(s, i) == b'-' {
            i += 1;
        }
        while at(s, i) == b'[' {
            let n = bracketed(from(s, i));
            if n == 0 {
                return;
            }
            i += n;
        }
        self.clock = Clock::Plain;
        self.i += i;
        // A byte order mark says that the message is UTF-8.
        if self.rest().starts_with(b" \xef\xbb\xbf") {
            self.i += 4;
        }
        self.done = true;
    }
}

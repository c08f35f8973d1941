//! Numbers, brackets, fields between bars and the logger's name: the parts between the time and the message.

use super::words::*;
use super::{Clock, LONGEST, Reader};
use crate::bytes::{at, cut, from, run, trim};
use crate::level::{Level, LevelBy};

impl Reader<'_> {
    /// A process or thread number.
    pub(super) fn number(&mut self) -> bool {
        let s = self.rest();
        let n = run(s, |b| b.is_ascii_digit() || b == b'#');
        if n == 0 || !self.open() {
            return false;
        }
        let (after, next) = (at(s, n), at(s, n + 1));
        let end = if after == b':' && next == b' ' { n + 1 } else { n };
        if !matches!(at(s, end), b' ' | b'\t') {
            return false;
        }
        let following = trim(from(s, end));
        // After the level, a number mostly belongs to the message.
        let fits = match self.header.level {
            None => self.clock == Clock::Plain && (end > n || level_soon(following)),
            Some(_) => {
                following.starts_with(b"---") || following.starts_with(b"[") || end > n || klog(following)
            }
        };
        if fits {
            self.i += end;
        }
        fits
    }

    /// A thread, a module, a request in brackets.
    pub(super) fn bracket(&mut self) -> bool {
        let s = self.rest();
        let n = bracketed(s);
        if n == 0 || !self.open() && Level::from_word(cut(s, 1, n.saturating_sub(1))).is_none() {
            return false;
        }
        if trim(from(s, n)).is_empty() || self.brackets_after > 2 {
            return false;
        }
        self.brackets_after += 1;
        self.level_within(cut(s, 1, n - 1));
        self.i += n;
        if at(self.s, self.i) == b':' {
            self.i += 1;
        }
        true
    }

    /// `name|number|`: fields between bars.
    pub(super) fn fields(&mut self) -> bool {
        let s = self.rest();
        let n = run(s, |b| b > b' ' && b != b'|');
        let bar = n + run(from(s, n), |b| b == b' ');
        if self.clock == Clock::None || at(s, bar) != b'|' || n > LONGEST {
            return false;
        }
        let rest = from(s, bar + 1);
        // The rest must still say something.
        if !rest.iter().any(u8::is_ascii_alphabetic)
            || n > 0 && !self.header.logger.is_empty() && !is_number(cut(s, 0, n)) && !rest.contains(&b' ')
        {
            return false;
        }
        let word = cut(s, 0, n);
        if let Some(level) =
            Level::from_word(word).or_else(|| if n == 1 { Level::from_letter(at(word, 0)) } else { None })
        {
            self.found(level, LevelBy::Header);
        } else if !is_number(word) {
            self.header.logger = word;
        }
        self.i += bar + 1;
        true
    }

    /// A logger or a tag.
    pub(super) fn name(&mut self) -> bool {
        let s = self.rest();
        if !self.open() {
            return false;
        }
        let n = tag(s);
        let word = cut(s, 0, n);
        if n == 0 || n > LONGEST {
            return false;
        }
        let mut end = n;
        // `launchd[1] (com.example.job):`
        if at(s, n) == b' '
            && at(s, n + 1) == b'('
            && self.clock == Clock::Syslog
            && let Some(close) = from(s, n).iter().take(LONGEST).position(|&b| b == b')')
            && at(s, n + close + 1) == b':'
        {
            end = n + close + 1;
        }
        // `syslogd 1.4.1:`
        if at(s, n) == b' ' && self.clock == Clock::Syslog && at(s, n + 1).is_ascii_digit() {
            let version = run(from(s, n + 1), |b| b.is_ascii_digit() || b == b'.');
            if at(s, n + 1 + version) == b':' {
                end = n + 1 + version;
            }
        }
        // Some tools mark a 64-bit program like this.
        if let Some(bits) = from(s, n).strip_prefix(b" *") {
            let digits = run(bits, |b| b.is_ascii_digit());
            if digits > 0 && from(bits, digits).starts_with(b" - ") {
                end = n + 2 + digits;
            }
        }
        let colon = at(s, end) == b':' && matches!(at(s, end + 1), b' ' | b'\t');
        let spaces = run(from(s, end), |b| b == b' ');
        let spaced = spaces > 0 && from(s, end + spaces).starts_with(b": ");
        let dash = from(s, end).starts_with(b" - ") || from(s, end).starts_with(b" -- ");
        let known = match self.clock {
            Clock::Syslog => colon,
            Clock::None | Clock::Plain => {
                (colon && (identifier(word) || self.header.level.is_some() && klog_like(word)))
                    || spaced
                    || dash && identifier(word)
            }
        };
        let dotted = !colon
            && identifier(word)
            && word.contains(&b'.')
            && self.header.level.is_some()
            && (from(s, n).starts_with(b" [") || from(s, n).starts_with(b"\t"));
        if word.ends_with(b"Exception") || word.ends_with(b"Error") || trim(from(s, end + 1)).is_empty() {
            return false;
        }
        // A column of a table: `Info      CBS Loaded …`
        let column = self.header.level.is_some()
            && from(s, n).starts_with(b"   ")
            && word.iter().all(u8::is_ascii_alphanumeric);
        if known || column {
            self.header.logger = bare(word);
            // Loggers may be padded with spaces up to a column.
            let padding = run(from(s, end), |b| b == b' ');
            let mark = run(from(s, end + padding), |b| matches!(b, b':' | b'-')).min(2);
            self.i += end + padding + mark;
            self.done = true;
            return true;
        }
        if dotted {
            self.header.logger = word;
            self.i += n;
            return true;
        }
        // RFC 3339 syslog: host, then tag.
        if self.clock == Clock::Plain && self.header.level.is_none() && at(s, n) == b' ' {
            let next = from(s, n + 1);
            let m = tag(next);
            let tagged = at(next, m) == b':' && at(next, m + 1) == b' ' && cut(next, 0, m).ends_with(b"]");
            if tagged {
                self.header.logger = bare(cut(next, 0, m));
                self.i += n + m + 3;
                self.done = true;
                return true;
            }
        }
        false
    }
}

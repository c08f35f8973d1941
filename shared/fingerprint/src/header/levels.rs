//! Finds the level among a header's parts.

use super::words::*;
use super::{Clock, Reader};
use crate::bytes::{at, cut, digits, from, run, trim};
use crate::level::{Level, LevelBy};

impl<'a> Reader<'a> {
    pub(super) fn level(&mut self) -> bool {
        let s = self.rest();
        if self.header.level.is_some() {
            return false;
        }
        let n = run(s, |b| b.is_ascii_alphabetic());
        let after = at(s, n);
        let word = cut(s, 0, n);
        if self.clock != Clock::None {
            // A single letter: logcat, Rails.
            let letter = n == 1 && matches!(after, b' ' | b',' | b'/' | b'|');
            let found = if letter { Level::from_letter(at(s, 0)) } else { Level::from_word(word) };
            let capital =
                word.iter().all(u8::is_ascii_uppercase) || matches!(after, b':' | b'|' | b'\t' | b']');
            if let Some(level) = found
                && (capital || self.clock == Clock::Plain)
                && matches!(after, b' ' | b':' | b'|' | b'\t' | b',' | b'/' | b'-' | 0)
            {
                self.found(level, LevelBy::Header);
                self.i += n + usize::from(matches!(after, b':' | b'|' | b','));
                return true;
            }
            return self.level_ahead();
        }
        // Without a time, a word is a level only if the marks around it leave no doubt.
        let Some(level) = Level::from_word(word) else { return false };
        let capital = word.iter().all(u8::is_ascii_uppercase);
        let sure = match after {
            b'\t' | b'|' => true,
            b':' => at(s, n + 1) != b':',
            b' ' => {
                capital
                    && (at(s, n + 1) == b' '
                        || matches!(at(s, n + 1), b'[' | b'-')
                        || is_plain_level(word)
                        || has_logger(from(s, n + 1)))
            }
            // logrus counts the seconds since its start: `ERRO[0012] `.
            b'[' => {
                let digits = digits(from(s, n + 1));
                let counted = capital && digits > 0 && from(s, n + 1 + digits).starts_with(b"] ");
                if counted {
                    self.found(level, LevelBy::Header);
                    self.i += n + digits + 2;
                    return true;
                }
                false
            }
            _ => false,
        };
        if sure && !trim(from(s, n + 1)).is_empty() {
            self.found(level, LevelBy::Header);
            self.i += n + usize::from(matches!(after, b':' | b'|'));
            // Python's own form: `WARNING:shop.cart:no tea`.
            let name = run(self.rest(), |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'));
            if after == b':' && name > 0 && at(self.rest(), name) == b':' && at(self.rest(), name + 1) > b' '
            {
                self.header.logger = cut(self.rest(), 0, name);
                self.i += name + 1;
                self.done = true;
            }
            return true;
        }
        false
    }

    /// A level in capitals within the next few parts, if nothing before it looks like prose.
    pub(super) fn level_ahead(&mut self) -> bool {
        let s = self.rest();
        let mut i = 0;
        let mut dashed = false;
        for part in 0..5 {
            i += run(from(s, i), |b| b == b' ' || b == b'\t');
            let here = from(s, i);
            if part > 0
                && let Some((level, n)) = upper_level(here)
                && matches!(at(here, n), b' ' | b'\t' | b':' | b'|')
            {
                self.found(level, LevelBy::Header);
                self.i += i + n + usize::from(at(here, n) == b':');
                return true;
            }
            let n = if at(here, 0) == b'[' { bracketed(here) } else { run(here, |b| b > b' ') };
            let word = cut(here, 0, n);
            let marked = dashed && from(here, n).starts_with(b" - ");
            // One plain word may name the logger: `shop ERROR no tea`.
            let logger = part == 0
                && word.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
                && at(here, n) == b' '
                && upper_level(from(here, n + 1))
                    .is_some_and(|(_, m)| matches!(at(here, n + 1 + m), b' ' | b':'));
            if logger {
                self.header.logger = word;
            } else if n == 0 || word.ends_with(b":") || !(technical(word) || marked) {
                return false;
            }
            dashed = word == b"-";
            if technical(word) && word.len() > 3 && word.iter().any(|b| matches!(b, b'.' | b'-')) {
                self.header.logger = word;
            }
            i += n;
        }
        false
    }

    /// `[core:error]`, `[warning]`: a level among the words of a bracket.
    pub(super) fn level_within(&mut self, s: &'a [u8]) {
        for word in s.split(|b| !b.is_ascii_alphabetic()) {
            if word.len() >= 3
                && self.header.level.is_none()
                && let Some(level) = Level::from_word(word)
            {
                self.found(level, LevelBy::Header);
            }
        }
    }
}

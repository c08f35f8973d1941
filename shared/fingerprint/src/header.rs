//! Finds where the message begins: after timestamps, levels, hosts, process numbers, threads and loggers.

mod labels;
mod levels;
mod names;
mod words;

use crate::bytes::{at, cut, digits, from, run};
use crate::level::{Level, LevelBy};
use crate::time;
use words::*;

/// What stands before the message.
#[derive(Default, Clone, Copy)]
pub(crate) struct Header<'a> {
    /// Where the message begins.
    pub message: usize,
    pub level: Option<Level>,
    /// What gave the level.
    pub by: Option<LevelBy>,
    pub logger: &'a [u8],
    /// Whether the header has a time.
    pub timed: bool,
}

/// Headers can be nested: a container's header before the application's.
const MOST_NESTED: usize = 3;
/// With more parts than this, the line has no header.
const MOST_PARTS: usize = 14;
/// Longest host or logger.
const LONGEST: usize = 160;

/// Reads all headers of a line.
pub(crate) fn read(line: &[u8]) -> Header<'_> {
    let mut all = Header::default();
    for round in 0..MOST_NESTED {
        let rest = from(line, all.message);
        if round > 0 && !starts_again(rest) {
            break;
        }
        let one = Reader::new(rest).read();
        if one.message == 0 {
            // A line that consists only of a header still says how bad it is.
            if all.level.is_none() && round == 0 {
                (all.level, all.by, all.timed) = (one.level, one.by, one.timed);
            }
            break;
        }
        all.message += one.message;
        all.timed |= one.timed;
        // The program's own level counts before the level of its syslog.
        if one.level.is_some() && (one.by != Some(LevelBy::Priority) || all.level.is_none()) {
            (all.level, all.by) = (one.level, one.by);
        }
        if !one.logger.is_empty() {
            all.logger = one.logger;
        }
    }
    all
}

/// Whether the line is a header and nothing else.
pub(crate) fn is_all_header(line: &[u8]) -> bool {
    let line = crate::bytes::trim(line);
    let mut more = line.to_vec();
    more.extend_from_slice(b" x");
    read(&more).message == line.len() + 1
}

/// A second header must start with a timestamp or a level.
fn starts_again(s: &[u8]) -> bool {
    let s = if matches!(at(s, 0), b'[' | b'(') { from(s, 1) } else { s };
    time::timestamp(s) > 0 || upper_level(s).is_some() || uptime(s) > 0 || klog_time(s) > 0
}

/// What kind of time was read. After syslog's time come a host and a tag.
#[derive(Clone, Copy, PartialEq)]
enum Clock {
    None,
    Plain,
    /// `Jun 14 15:16:01`
    Syslog,
}

struct Reader<'a> {
    s: &'a [u8],
    i: usize,
    clock: Clock,
    header: Header<'a>,
    /// A logger or a tag was read: the message comes next.
    done: bool,
    brackets_after: usize,
    /// The severity in syslog's priority: it counts less than a level in words.
    severity: Option<Level>,
    /// Redis writes the level as one character after the time.
    marked: bool,
    /// Whether PostgreSQL's label was already looked for.
    searched: bool,
}

impl<'a> Reader<'a> {
    fn new(s: &'a [u8]) -> Self {
        Self {
            s,
            i: 0,
            clock: Clock::None,
            header: Header::default(),
            done: false,
            brackets_after: 0,
            severity: None,
            marked: false,
            searched: false,
        }
    }

    fn rest(&self) -> &'a [u8] {
        from(self.s, self.i)
    }

    fn read(mut self) -> Header<'a> {
        self.skip_spaces();
        self.priority();
        if self.rest().starts_with(b"kernel: ") {
            self.header.logger = b"kernel";
            self.i += 8;
            self.done = true;
        } else if !self.table() && klog_time(self.rest()) == 0 {
            self.skip_to_time();
        }
        for _ in 0..MOST_PARTS {
            self.skip_spaces();
            if self.i >= self.s.len() || self.done || !self.part() {
                break;
            }
        }
        self.skip_spaces();
        self.label();
        self.skip_spaces();
        if self.header.level.is_none() && self.severity.is_some() {
            (self.header.level, self.header.by) = (self.severity, Some(LevelBy::Priority));
        }
        self.header.timed = self.clock != Clock::None;
        let started = self.clock != Clock::None || self.header.level.is_some() || self.done;
        // A line that consists only of a header keeps its words.
        if started && self.i < self.s.len() {
            self.header.message = self.i;
        } else {
            self.header.message = 0;
        }
        self.header
    }

    fn found(&mut self, level: Level, by: LevelBy) {
        (self.header.level, self.header.by) = (Some(level), Some(by));
    }

    fn skip_spaces(&mut self) {
        self.i += run(self.rest(), |b| b == b' ' || b == b'\t');
    }

    /// `<34>` or `<34>1 ` of syslog.
    fn priority(&mut self) {
        let s = self.rest();
        let n = digits(from(s, 1));
        if at(s, 0) == b'<' && n > 0 && n <= 3 && at(s, n + 1) == b'>' {
            self.severity = number(cut(s, 1, n + 1)).map(Level::from_syslog);
            self.i += n + 2;
            if at(self.s, self.i) == b'1' && at(self.s, self.i + 1) == b' ' {
                self.i += 2;
                self.rfc5424();
            }
        }
    }

    /// Skips what some collectors put before the time, if a time follows soon and nothing before it looks like prose.
    fn skip_to_time(&mut self) {
        let s = self.rest();
        let (mut i, mut found) = (0, None);
        // Tables that number their rows may have a state in words before the time.
        let mut words = if digits(s) > 0 && at(s, digits(s)) == b' ' { 2 } else { 0 };
        let mut dashed = false;
        let mut level = None;
        // Ruby's letter before its bracket: `E, [2026-…`.
        if at(s, 1) == b',' && at(s, 3) == b'[' {
            level = Level::from_letter(at(s, 0));
            i = if level.is_some() { 2 } else { 0 };
        }
        for _ in 0..8 {
            i += run(from(s, i), |b| matches!(b, b' ' | b'\t' | b'|'));
            let here = from(s, i);
            if here.is_empty() || i > LONGEST {
                break;
            }
            let open = usize::from(matches!(at(here, 0), b'[' | b'('));
            let n = time::timestamp(from(here, open)).max(epoch(from(here, open)));
            if n > 0 {
                found = Some(i);
                i += open + n;
                if open > 0 {
                    break;
                }
                // `2005.06.03 R02 2005-06-03-15.42.50`: of several times the last one counts.
                continue;
            }
            let token = run(here, |b| b > b' ' && b != b'|');
            let word = cut(here, 0, token);
            if !technical(word) {
                // `- frank [10/Oct/2000:…`: the name of the person who asked.
                let asked = dashed && from(here, token).starts_with(b" [");
                if !asked && (words == 0 || found.is_some() || !word.iter().all(u8::is_ascii_alphabetic)) {
                    break;
                }
                words = u32::saturating_sub(words, 1);
            }
            dashed = word == b"-";
            if found.is_none() {
                level = level.or(level_word(word));
                self.marked = redis_process(word);
            }
            i += token;
        }
        if let Some(n) = found {
            self.i += n;
            if let Some(level) = level {
                self.found(level, LevelBy::Header);
            }
        }
    }

    /// Takes one part of the header; false if the message begins here.
    fn part(&mut self) -> bool {
        self.time()
            || self.redis_mark()
            || self.ruby_program()
            || self.stream()
            || self.source()
            || self.mark()
            || self.level()
            || self.postgres()
            || self.channel()
            || self.number()
            || self.bracket()
            || self.fields()
            || self.name()
    }

    fn open(&self) -> bool {
        self.clock != Clock::None || self.header.level.is_some()
    }

    fn time(&mut self) -> bool {
        let s = self.rest();
        let open = usize::from(matches!(at(s, 0), b'[' | b'('));
        let inner = from(s, open);
        // klog: I0102 15:04:05.000000
        let n = if self.clock == Clock::None { klog_time(s) } else { 0 };
        if n > 0 {
            self.header.level = Level::from_letter(at(s, 0));
            self.header.by = Some(LevelBy::Klog);
            self.clock = Clock::Plain;
            self.i += n;
            return true;
        }
        let n = time::timestamp(inner).max(epoch(inner)).max(if open == 1 { uptime(inner) } else { 0 });
        if n == 0 {
            return false;
        }
        // A host follows only after syslog's own form of time: without a year, and without AM or PM.
        let syslog = at(inner, 0).is_ascii_uppercase()
            && !cut(inner, 0, n).ends_with(b"Z")
            && !cut(inner, 0, n).ends_with(b"M")
            && !cut(inner, 0, n).contains(&b',');
        if self.clock != Clock::None && self.header.level.is_some() {
            return false;
        }
        let mut end = open + n;
        if open == 1 {
            let close = if at(s, 0) == b'[' { b']' } else { b')' };
            let Some(more) = from(s, end).iter().take(LONGEST).position(|&b| b == close) else {
                return false;
            };
            if at(s, end) != close && at(s, end) != b' ' {
                return false;
            }
            self.level_within(cut(s, end, end + more));
            end += more + 1;
        }
        self.clock = if syslog && open == 0 { Clock::Syslog } else { Clock::Plain };
        self.i += end;
        if at(self.s, self.i) == b':' {
            self.i += 1;
        }
        if self.clock == Clock::Syslog {
            self.host();
        }
        true
    }

    /// `stdout F `: the container's stream, and whether the line is whole.
    fn stream(&mut self) -> bool {
        let s = self.rest();
        let starts: [&[u8]; 4] = [b"stdout F ", b"stderr F ", b"stdout P ", b"stderr P "];
        if self.clock == Clock::None || !starts.iter().any(|x| s.starts_with(x)) {
            return false;
        }
        self.i += 9;
        self.done = true;
        true
    }

    /// klog's `file.go:123] `.
    fn source(&mut self) -> bool {
        let s = self.rest();
        let n = run(s, |b| b > b' ');
        if self.clock == Clock::None || !klog(s) || at(s, 0) == b'[' || at(s, n) != b' ' {
            return false;
        }
        self.header.logger = cut(s, 0, run(s, |b| b != b':'));
        self.i += n;
        self.done = true;
        true
    }

    /// The host after a syslog time, unless the tag or a level follows at once.
    fn host(&mut self) {
        self.skip_spaces();
        let s = self.rest();
        let n = run(s, |b| b > b' ');
        let word = cut(s, 0, n);
        let name = word.iter().all(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'/' | b':' | b'@' | b'#')
        });
        if name && n < LONGEST && !word.ends_with(b":") && upper_level(word).is_none() && at(s, n) == b' ' {
            self.i += n;
        }
    }

    /// Marks between parts.
    fn mark(&mut self) -> bool {
        let s = self.rest();
        let n = run(s, |b| matches!(b, b'-' | b'|' | b':' | b'*' | b','));
        if self.open() && n > 0 && n <= 3 && matches!(at(s, n), b' ' | b'\t') {
            self.i += n;
            return true;
        }
        false
    }
}

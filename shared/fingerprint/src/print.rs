//! From a line to its fingerprint: clean it, skip its header, find its message, mask it.

mod forms;
mod parts;

use crate::builtin::{BuiltIn, Switches};
use crate::bytes::{at, from, trim};
use crate::canonical::Form;
use crate::failure::Levels;
use crate::hash::Fingerprint;
use crate::join::wrap;
use crate::known::{Kept, Known, Place, Shown};
use crate::level::{Level, LevelBy};
use crate::mask::{Masker, Span};
use crate::rules::Rules;
use crate::{VERSION, canonical, clean, header, trace};
use forms::{behind_console, lambda, repeated, second_line};

/// JSON inside JSON is read to this depth.
const DEEPEST: u8 = 3;

/// What a line says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Print<'s> {
    /// The name of the pattern.
    pub fingerprint: Fingerprint,
    /// The pattern, with `<*>` for what varies.
    pub template: &'s str,
    /// The level that the line gives itself.
    pub level: Option<Level>,
    /// What gave the level; `None` without a level.
    pub level_by: Option<LevelBy>,
}

/// Names lines. It keeps its buffers, so that a line costs no allocation. Its answer does not depend on earlier
/// lines.
pub struct Fingerprinter {
    rules: Rules,
    masker: Masker,
    spans: Vec<Span>,
    /// Buffers for texts that had to be rewritten: cleaned texts, and texts without their escapes.
    buffers: [Vec<u8>; 4],
    /// The canonical form of the line.
    form: Form,
    kept: Kept,
    levels: Levels,
    /// The name of the last line that is not kept.
    last: Known,
}

/// What is found while a line is read.
#[derive(Default)]
struct Context {
    level: Option<Level>,
    by: Option<LevelBy>,
}

impl Context {
    /// Takes a level if there is none yet.
    fn offer(&mut self, level: Option<Level>, by: Option<LevelBy>) {
        if self.level.is_none() && level.is_some() {
            (self.level, self.by) = (level, by);
        }
    }
}

impl Fingerprinter {
    /// Names lines by the built-in rules and by these rules.
    pub fn new(rules: &Rules) -> Self {
        Self {
            rules: rules.clone(),
            masker: Masker::default(),
            spans: vec![],
            buffers: [vec![], vec![], vec![], vec![]],
            form: Form::default(),
            kept: Kept::default(),
            levels: Levels::default(),
            last: Known::default(),
        }
    }

    /// Names a line, or a record of several lines that a [`crate::Joiner`] gave. `None` if it is empty or a rule
    /// ignores it.
    pub fn line<'s>(&'s mut self, line: &[u8]) -> Option<Print<'s>> {
        let line = clean::bounded(line.trim_ascii());
        if line.is_empty() {
            return None;
        }
        let mut form = std::mem::take(&mut self.form);
        // A team's rules look at the values themselves; traces show names from code with their digits.
        let trace = form.look(line)
            && memchr::memchr2_iter(b'\n', b'\\', line)
                .any(|i| at(line, i) == b'\n' || at(line, i + 1) == b'n');
        if self.rules.only_patterns() && !trace {
            canonical::write(line, self.rules.no_patterns(), &mut form);
        } else {
            form.verbatim(line);
        }
        let place = match self.kept.find(form.bytes()) {
            Some((place, true)) => Some(place),
            Some((place, false)) => {
                self.name(form.bytes());
                if let Some(known) = self.kept.at(place) {
                    known.take(&self.last);
                    if let Some(code) = form.code() {
                        known.code = code.shown(known.template.as_bytes());
                    }
                }
                Some(place)
            }
            None => {
                form.put_back();
                self.name(form.bytes());
                None
            }
        };
        let place = place.filter(|place| !self.with_code(*place, &mut form));
        self.form = form;
        let known = match place {
            Some(place) => self.kept.at(place)?,
            None => &mut self.last,
        };
        let (level, level_by) = known.level.unzip();
        Some(Print { fingerprint: known.fingerprint?, template: &known.template, level, level_by })
    }

    /// Names a line into `last` if its form has a stand-in for a code that the template shows. False if not.
    fn with_code(&mut self, place: Place, form: &mut Form) -> bool {
        let (Some(code), Some(known)) = (form.code(), self.kept.at(place)) else { return false };
        match known.code {
            Shown::Not => return false,
            Shown::At(place) => {
                self.last.template.clear();
                code.put(&known.template, place, &mut self.last.template);
                self.last.fingerprint = Some(Fingerprint::of(self.last.template.as_bytes(), VERSION));
                self.last.level = known.level;
            }
            Shown::Often => {
                form.put_back();
                self.name(form.bytes());
            }
        }
        true
    }

    /// Names a line into `last` without using known names.
    fn name(&mut self, line: &[u8]) {
        self.masker.clear();
        self.last.template.clear();
        (self.last.fingerprint, self.last.level) = (None, None);
        let mut context = Context::default();
        if clean::is_plain(line) {
            self.record(line, 0, &mut context);
        } else {
            let mut buffer = self.take(0);
            if clean::clean(line, &mut buffer) {
                self.record(trim(&buffer), 0, &mut context);
            } else {
                self.masker.replace(clean::BINARY);
            }
            self.give(0, buffer);
        }
        self.masker.bound();
        if self.masker.template().is_empty() || self.rules.ignored(self.masker.template()) {
            return;
        }
        let mut fingerprint = Fingerprint::of(self.masker.template(), VERSION);
        if context.level.is_none()
            && let Some((level, by)) = self.levels.of(fingerprint, self.masker.template())
        {
            context.offer(Some(level), Some(by));
        }
        if let Some(pattern) = self.rules.merged(self.masker.template()) {
            self.masker.replace(pattern);
            fingerprint = Fingerprint::of(self.masker.template(), VERSION);
        }
        self.last.fingerprint = Some(fingerprint);
        self.last.level = context.level.zip(context.by);
        match std::str::from_utf8(self.masker.template()) {
            Ok(template) => self.last.template.push_str(template),
            // The template was cut inside a character.
            Err(_) => self.last.template.push_str(&String::from_utf8_lossy(self.masker.template())),
        }
    }

    fn on(&self) -> Switches {
        self.rules.switches
    }

    /// Takes a buffer out, so that it can be read while the masker is written to.
    fn take(&mut self, depth: u8) -> Vec<u8> {
        self.buffers.get_mut(usize::from(depth)).map(std::mem::take).unwrap_or_default()
    }

    fn give(&mut self, depth: u8, buffer: Vec<u8>) {
        if let Some(place) = self.buffers.get_mut(usize::from(depth)) {
            *place = buffer;
        }
    }

    /// A record with its header.
    fn record(&mut self, line: &[u8], depth: u8, context: &mut Context) {
        // The prefix that a collector writes before every line says whose line it is; it is not part of the message.
        let wrap = wrap::read(line);
        let line = if wrap.kind == wrap::Kind::Name && !trim(wrap.inner).is_empty() {
            trim(wrap.inner)
        } else {
            line
        };
        let mut rest = line;
        let mut by = None;
        if self.on().has(BuiltIn::Header) {
            // A header is on the first line.
            let end = memchr::memchr(b'\n', line);
            let header = header::read(line.get(..end.unwrap_or(line.len())).unwrap_or(line));
            by = header.by;
            context.offer(header.level, header.by);
            rest = trim(from(line, header.message));
            // The first line has only a header; the message follows.
            if let Some(end) = end
                && header.message == 0
                && header.timed
                && header::is_all_header(line.get(..end).unwrap_or_default())
            {
                rest = trim(from(line, end));
            }
            if let Some(message) = end.and_then(|_| behind_console(rest)) {
                rest = message;
            }
            if end.is_some()
                && let Some((message, level)) = second_line(rest)
            {
                (context.level, context.by) = (Some(level), Some(LevelBy::Joined));
                rest = message;
            }
        }
        if depth < DEEPEST && self.structured(rest, depth, context) {
            return;
        }
        let rest = repeated(rest);
        if memchr::memchr(b'\n', rest).is_some()
            && let Some(trace) = trace::read(rest)
        {
            if !(depth < DEEPEST && self.embedded(trace.message, depth, context)) {
                self.text(trace.message);
            }
            self.trace(&trace);
            context.offer(Some(Level::Error), Some(LevelBy::Failure));
            return;
        }
        if at(rest, 0) == b'"' && self.quoted(rest, by == Some(LevelBy::Klog)) {
            return;
        }
        if depth < DEEPEST && self.embedded(rest, depth, context) {
            return;
        }
        let (report, outcome) = lambda(rest);
        self.text(report);
        if !outcome.is_empty() {
            self.masker.verbatim(b" ");
            self.text(outcome);
        }
    }
}

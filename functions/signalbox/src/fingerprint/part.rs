//! What a part of the records says. Parts are made on any core and put together in order.

use signalbox_domain::redact::redact;
use signalbox_domain::visible;
use signalbox_fingerprint::{Fingerprint, Fingerprinter, Level, LevelBy, Record, Rules};
use std::collections::{HashMap, HashSet};

/// Characters of a sample.
const LONGEST_SAMPLE: usize = 300;

/// What is asked of the records.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Their patterns.
    Patterns,
    /// The name of each.
    Lines,
    /// Both, without samples.
    Both,
}

/// A level and what gave it; of a pattern's records the worst.
pub(super) type Told = Option<(Level, Option<LevelBy>)>;

pub(super) struct Pattern {
    pub fingerprint: Fingerprint,
    pub count: u64,
    pub level: Told,
    pub template: String,
    /// The first of its records.
    pub sample: String,
    /// How many patterns a family has; 1 for a pattern.
    pub patterns: usize,
}

/// The worse of two levels; if they are equal, the first.
pub(super) fn worst(one: Told, other: Told) -> Told {
    if other.map(|(level, _)| level) > one.map(|(level, _)| level) { other } else { one }
}

/// What some consecutive records say.
#[derive(Default)]
pub(super) struct Part {
    /// In the order in which they were seen first.
    pub patterns: Vec<Pattern>,
    places: HashMap<u64, usize>,
    /// The name of each record, and how many lines it has.
    pub lines: Vec<(Option<Fingerprint>, u32)>,
    pub records: u64,
    pub left_out: u64,
}

/// Names records, and keeps what is wanted of them.
pub(super) struct Namer {
    prints: Fingerprinter,
    wanted: Wanted,
    /// Patterns that have a sample from an earlier part.
    sampled: HashSet<u64>,
}

impl Namer {
    pub(super) fn new(rules: &Rules, wanted: Wanted) -> Self {
        Self { prints: Fingerprinter::new(rules), wanted, sampled: HashSet::new() }
    }

    /// Takes the next record.
    pub(super) fn take(&mut self, record: Record<'_>, part: &mut Part) {
        let print = self.prints.line(record.text);
        part.records += 1;
        part.left_out += u64::from(print.is_none());
        if self.wanted != Wanted::Patterns {
            let lines = u32::try_from(record.lines).unwrap_or(u32::MAX);
            part.lines.push((print.map(|p| p.fingerprint), lines));
        }
        let Some(print) = print.filter(|_| self.wanted != Wanted::Lines) else { return };
        let level = print.level.map(|level| (level, print.level_by));
        let key = print.fingerprint.to_u64();
        if let Some(pattern) = part.places.get(&key).and_then(|&n| part.patterns.get_mut(n)) {
            pattern.count += 1;
            pattern.level = worst(pattern.level, level);
            return;
        }
        let fresh = self.wanted == Wanted::Patterns
            && !self.sampled.contains(&key)
            && (self.sampled.len() >= super::MOST_PATTERNS || self.sampled.insert(key));
        part.places.insert(key, part.patterns.len());
        part.patterns.push(Pattern {
            fingerprint: print.fingerprint,
            count: 1,
            level,
            template: print.template.to_owned(),
            sample: if fresh { sample(record.text) } else { String::new() },
            patterns: 1,
        });
    }
}

/// The first record of a pattern, as people see it: without secrets, on one line.
fn sample(record: &[u8]) -> String {
    let text = redact(&String::from_utf8_lossy(record));
    let line = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    visible::line(line).chars().take(LONGEST_SAMPLE).collect()
}

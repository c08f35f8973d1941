//! Loghub's labelled sets and the measures of `loghub.py`, with the same definitions, so that the numbers can be
//! compared.

use signalbox_fingerprint::{Fingerprint, Fingerprinter, Rules};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

const WINDOWS: usize = 4;

/// One set: its lines, and the event of each line.
pub struct Set {
    pub name: String,
    pub content: Vec<Vec<u8>>,
    pub raw: Vec<Vec<u8>>,
    pub events: Vec<String>,
}

/// Where the sets are: in `SIGNALBOX_LOGHUB`, or next to the checkout.
#[expect(clippy::disallowed_methods, reason = "a test finds its data by the environment")]
fn root() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/loghub");
    std::env::var_os("SIGNALBOX_LOGHUB").map_or(beside, PathBuf::from).join("loghub_2k")
}

/// Reads all sets; gives none if they are not there.
pub fn sets() -> Vec<Set> {
    let Ok(folder) = std::fs::read_dir(root()) else { return vec![] };
    let mut sets: Vec<Set> = folder.filter_map(|entry| read(&entry.ok()?.path())).collect();
    sets.sort_by(|a, b| a.name.cmp(&b.name));
    sets
}

fn read(folder: &Path) -> Option<Set> {
    let name = folder.file_name()?.to_str()?.to_owned();
    let table = std::fs::read(folder.join(format!("{name}_2k.log_structured.csv"))).ok()?;
    let mut rows = rows(&String::from_utf8_lossy(&table)).into_iter();
    let head = rows.next()?;
    let column = |name: &str| head.iter().position(|h| h == name);
    let (content, event) = (column("Content")?, column("EventId")?);
    let rows: Vec<Vec<String>> = rows.filter(|r| r.len() == head.len()).collect();
    let raw = std::fs::read(folder.join(format!("{name}_2k.log"))).ok()?;
    let raw = raw.strip_suffix(b"\n").unwrap_or(&raw);
    Some(Set {
        name,
        content: rows.iter().map(|r| r[content].replace('\n', " ").into_bytes()).collect(),
        raw: raw.split(|&b| b == b'\n').map(<[u8]>::to_vec).collect(),
        events: rows.iter().map(|r| r[event].clone()).collect(),
    })
}

/// A table with quoted fields.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (vec![], vec![], String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            c => field.push(c),
        }
    }
    if !row.is_empty() {
        row.push(field);
        rows.push(row);
    }
    rows
}

/// The measures of one set, or their means.
#[derive(Default, Clone, Copy, Debug)]
pub struct Score {
    pub ga: f64,
    pub fga: f64,
    pub merge: f64,
    pub split: f64,
    pub false_new: f64,
    pub missed_new: f64,
}

/// Scores one set's lines.
pub fn score(lines: &[Vec<u8>], events: &[String], rules: &Rules) -> Score {
    let mut prints = Fingerprinter::new(rules);
    let ids: Vec<Option<Fingerprint>> = lines.iter().map(|l| prints.line(l).map(|p| p.fingerprint)).collect();
    scored(events, &ids)
}

/// Scores names that were given to a set's lines.
pub fn scored(events: &[String], ids: &[Option<Fingerprint>]) -> Score {
    assert_eq!(ids.len(), events.len());
    let mut score = grouping(events, ids);
    (score.false_new, score.missed_new) = stability(events, ids);
    score
}

/// The means over all sets.
pub fn mean(scores: &[Score]) -> Score {
    let of = |f: fn(&Score) -> f64| scores.iter().map(f).sum::<f64>() / scores.len() as f64;
    Score {
        ga: of(|s| s.ga),
        fga: of(|s| s.fga),
        merge: of(|s| s.merge),
        split: of(|s| s.split),
        false_new: of(|s| s.false_new),
        missed_new: of(|s| s.missed_new),
    }
}

fn grouping(events: &[String], ids: &[Option<Fingerprint>]) -> Score {
    let (mut by_event, mut by_id) = (HashMap::<_, Vec<usize>>::new(), HashMap::<_, Vec<usize>>::new());
    for (n, (event, id)) in events.iter().zip(ids).enumerate() {
        by_event.entry(event).or_default().push(n);
        // A line without a fingerprint is a group of its own.
        by_id.entry(id.ok_or(n)).or_default().push(n);
    }
    let (mut exact, mut right, mut merged) = (0, 0, 0);
    for lines in by_id.values() {
        let inside: BTreeSet<&String> = lines.iter().map(|&n| &events[n]).collect();
        if inside.len() > 1 {
            merged += lines.len();
        } else if by_event[&events[lines[0]]].len() == lines.len() {
            exact += 1;
            right += lines.len();
        }
    }
    let ids_of = |lines: &Vec<usize>| lines.iter().map(|&n| ids[n].ok_or(n)).collect::<HashSet<_>>().len();
    let split: usize = by_event.values().filter(|l| ids_of(l) > 1).map(Vec::len).sum();
    let (precision, recall) =
        (f64::from(exact) / by_id.len() as f64, f64::from(exact) / by_event.len() as f64);
    let total = events.len() as f64;
    Score {
        ga: right as f64 / total,
        fga: if exact == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) },
        merge: merged as f64 / total,
        split: split as f64 / total,
        ..Score::default()
    }
}

fn stability(events: &[String], ids: &[Option<Fingerprint>]) -> (f64, f64) {
    let size = events.len() / WINDOWS;
    let (mut seen_events, mut seen_ids) = (HashSet::new(), HashSet::new());
    let (mut false_new, mut old, mut missed, mut new) = (0, 0, 0, 0);
    for window in 0..WINDOWS {
        let end = if window == WINDOWS - 1 { events.len() } else { (window + 1) * size };
        let span = window * size..end;
        if window > 0 {
            let mut by_event = BTreeMap::<_, Vec<usize>>::new();
            for n in span.clone() {
                by_event.entry(&events[n]).or_default().push(n);
            }
            for (event, lines) in by_event {
                let unseen = lines.iter().filter(|&&n| !seen_ids.contains(&ids[n].ok_or(n))).count();
                if seen_events.contains(event) {
                    old += lines.len();
                    false_new += unseen;
                } else {
                    new += 1;
                    missed += u32::from(unseen == 0);
                }
            }
        }
        for n in span {
            seen_events.insert(&events[n]);
            seen_ids.insert(ids[n].ok_or(n));
        }
    }
    (false_new as f64 / old.max(1) as f64, f64::from(missed) / f64::from(new.max(1_u32)))
}

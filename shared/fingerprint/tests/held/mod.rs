//! Quality on data that is held back, next to the other figures: three of the eight sets at a time, a third of the
//! cases at a time.
#![expect(clippy::unwrap_used, reason = "a test ends where its data is not what it should be")]

use crate::loghub::{self, Score, Set, mean, score, scored};
use crate::{print, required, score_families, score_naive};
use serde_json::Value;
use signalbox_fingerprint::{Fingerprint, Fingerprinter, Joiner, Level, Record, Rules};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Sets that are held back at a time.
const HELD: usize = 3;
/// Parts of the cases.
const THIRDS: u64 = 3;

#[test]
fn three_sets_at_a_time() {
    let sets = loghub::sets();
    if sets.is_empty() {
        assert!(!required(), "Loghub is absent: set SIGNALBOX_LOGHUB to the folder that holds loghub_2k");
        println!("SKIPPED: Loghub is absent");
        return;
    }
    for kind in ["content", "raw"] {
        let lines = |set: &Set| if kind == "raw" { set.raw.clone() } else { set.content.clone() };
        let of = |named: fn(&[Vec<u8>], &[String]) -> Score| -> Vec<Score> {
            sets.iter().map(|set| named(&lines(set), &set.events)).collect()
        };
        let rules = Rules::default();
        let mut all = vec![
            ("ours", sets.iter().map(|set| score(&lines(set), &set.events, &rules)).collect()),
            ("families", sets.iter().map(|set| score_families(&lines(set), &set.events, &rules)).collect()),
            ("naive mask", of(score_naive)),
        ];
        match sets.iter().map(|set| drain3(&lines(set), &set.events)).collect::<Option<Vec<Score>>>() {
            Some(scores) => all.push(("drain3", scores)),
            None => {
                println!("SKIPPED: drain3 is not in benches/peers/drain3/.venv; the benchmark puts it there");
            }
        }
        println!("{kind:8} {:>12}  GA    FGA   merge split false_new missed_new", "");
        for (who, scores) in all {
            let rotated: Vec<(Score, Score)> = (0..sets.len())
                .map(|first| {
                    let held = |n: usize| (n + sets.len() - first) % sets.len() < HELD;
                    let part = |is: bool| {
                        (0..sets.len()).filter(|n| held(*n) == is).map(|n| scores[n]).collect::<Vec<Score>>()
                    };
                    (mean(&part(true)), mean(&part(false)))
                })
                .collect();
            print(kind, who, mean(&scores));
            let worst = rotated.iter().map(|r| r.0).min_by(|a, b| (a.ga + a.fga).total_cmp(&(b.ga + b.fga)));
            let best = rotated.iter().map(|r| r.0).max_by(|a, b| (a.ga + a.fga).total_cmp(&(b.ga + b.fga)));
            print(kind, "worst three", worst.unwrap());
            print(kind, "best three", best.unwrap());
            for (first, (held, others)) in rotated.iter().enumerate() {
                let names: Vec<&str> =
                    (0..HELD).map(|k| sets[(first + k) % sets.len()].name.as_str()).collect();
                println!(
                    "{kind:8} {who:>12} {:.3} {:.3} held, {:.3} {:.3} others: {}",
                    held.ga,
                    held.fga,
                    others.ga,
                    others.fga,
                    names.join(", ")
                );
            }
        }
    }
}

/// drain3's clusters with its default settings, where the benchmark installed it.
fn drain3(lines: &[Vec<u8>], events: &[String]) -> Option<Score> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers/drain3");
    let python = folder.join(".venv/bin/python");
    if !python.exists() {
        return None;
    }
    let mut file = tempfile();
    for line in lines {
        // A line feed inside a message would make two messages of it.
        let line: Vec<u8> = line.iter().map(|b| if matches!(b, b'\n' | b'\r') { b' ' } else { *b }).collect();
        file.1.write_all(&[line.as_slice(), b"\n"].concat()).unwrap();
    }
    let output = Command::new(python)
        .arg(folder.join("run.py"))
        .arg(&file.0)
        .arg("--each")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    std::fs::remove_file(&file.0).unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let ids: Vec<Option<Fingerprint>> =
        said.lines().map(|id| Some(Fingerprint::from_u64(id.parse().unwrap()))).collect();
    assert_eq!(ids.len(), lines.len(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(scored(events, &ids))
}

/// A file of our own below `target`.
fn tempfile() -> (PathBuf, std::fs::File) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("drain3-{}.log", std::process::id()));
    (path.clone(), std::fs::File::create(path).unwrap())
}

/// The cases, in thirds by the hash of their names.
#[test]
fn a_third_of_the_cases_at_a_time() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/logcases");
    let Ok(text) = std::fs::read(folder.join("cases.json")) else {
        println!("SKIPPED: the cases are absent");
        return;
    };
    let cases: Value = serde_json::from_slice(&text).unwrap();
    let mut thirds: BTreeMap<u64, (u32, u32)> = BTreeMap::new();
    for case in cases.as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let lines = std::fs::read(folder.join("cases").join(format!("{name}.txt"))).unwrap();
        let wrong = wrong(case, &lines);
        let third = thirds.entry(Fingerprint::of(name.as_bytes(), 0).to_u64() % THIRDS).or_default();
        third.0 += u32::from(wrong.is_empty());
        third.1 += 1;
        if !wrong.is_empty() {
            println!("wrong: {name} [{}]: {}", case["kind"].as_str().unwrap(), wrong.join("; "));
        }
    }
    let all = thirds.values().fold((0, 0), |all, third| (all.0 + third.0, all.1 + third.1));
    println!("all cases: {} of {} right", all.0, all.1);
    for (third, (right, of)) in &thirds {
        println!("third {third}: {right} of {of} right, the others {} of {}", all.0 - right, all.1 - of);
    }
    assert!(all.1 - all.0 <= 3, "more is wrong than docs/fingerprint.md gives reasons for");
}

/// A record as it was found: the index of its first line, its number of lines, its name, its level.
struct Found {
    first: usize,
    lines: usize,
    name: Option<String>,
    level: Option<Level>,
}

fn records(text: &[u8]) -> Vec<Found> {
    let (mut joiner, mut prints) = (Joiner::new(), Fingerprinter::new(&Rules::default()));
    let (mut found, mut next) = (vec![], 1);
    let mut give = |record: Record<'_>| {
        let print = prints.line(record.text);
        let (name, level) = (print.map(|p| p.template.to_owned()), print.and_then(|p| p.level));
        found.push(Found { first: next, lines: record.lines, name, level });
        next += record.lines;
    };
    for line in text.strip_suffix(b"\n").unwrap_or(text).split(|b| *b == b'\n') {
        joiner.push(line, 0, &mut give);
    }
    joiner.finish(&mut give);
    found
}

/// What differs from the expectations of the case: the lines that are joined, equal names, separate names, levels.
fn wrong(case: &Value, text: &[u8]) -> Vec<String> {
    let found = records(text);
    let wanted = case["records"].as_array().unwrap();
    let mut wrong = vec![];
    let named = found.iter().filter(|f| f.name.is_some()).count();
    if named != wanted.len() {
        wrong.push(format!("{named} records, not {}", wanted.len()));
    }
    let at = |line: usize| found.iter().find(|f| (f.first..f.first + f.lines).contains(&line));
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for record in wanted {
        let line = |key: &str| usize::try_from(record[key].as_u64().unwrap()).unwrap();
        let inside: BTreeSet<&str> =
            (line("from")..=line("to")).filter_map(|n| at(n)?.name.as_deref()).collect();
        if inside.len() > 1 {
            wrong.push(format!("lines {}-{} are {} patterns", line("from"), line("to"), inside.len()));
        }
        names.entry(record["group"].as_str().unwrap()).or_default().extend(inside);
        let level = at(line("from")).and_then(|f| f.level);
        let low = level.is_some_and(|l| l < Level::Warning);
        match record["level"].as_str() {
            Some("!info") if low => wrong.push(format!("line {} is {level:?}", line("from"))),
            Some(want) if !want.starts_with('!') && level.map(Level::name) != Some(want) => {
                wrong.push(format!("line {} is {level:?}, not {want}", line("from")));
            }
            _ => {}
        }
    }
    for (group, of_it) in &names {
        if of_it.len() > 1 {
            wrong.push(format!("`{group}` is split: {of_it:?}"));
        }
        if names.iter().any(|(other, of)| other != group && !of.is_disjoint(of_it)) {
            wrong.push(format!("`{group}` is merged with another"));
        }
    }
    wrong
}

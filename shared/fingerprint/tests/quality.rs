//! Checks the limits of the fingerprint's quality on Loghub's labelled sets, with bare messages and with whole lines.

mod held;
mod loghub;

use loghub::{Score, mean, score};
use signalbox_fingerprint::{BuiltIn, Fingerprint, Fingerprinter, Joiner, Record, Rules, VERSION, families};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "a test asks the environment what must be there")]
pub(crate) fn required() -> bool {
    std::env::var("SIGNALBOX_REQUIRE").is_ok_and(|r| r == "all")
}

#[test]
fn bounds_on_the_labelled_sets() {
    let sets = loghub::sets();
    if sets.is_empty() {
        assert!(!required(), "Loghub is absent: set SIGNALBOX_LOGHUB to the folder that holds loghub_2k");
        println!("SKIPPED: Loghub is absent");
        return;
    }
    // OpenStack's labels call answers of 200, 202 and 404 one event; for a person on call they are three.
    let merged = Rules::builder().without(BuiltIn::StatusCodes).build().unwrap();
    let own = Rules::default();
    for (kind, rules, ga, fga) in [
        ("content", &own, 0.92, 0.96),
        ("raw", &own, 0.92, 0.96),
        ("content, codes merged", &merged, 0.98, 0.96),
        ("raw, codes merged", &merged, 0.98, 0.96),
    ] {
        println!("{kind:8} {:>12}  GA    FGA   merge split false_new missed_new", "");
        let mut scores: Vec<Score> = vec![];
        for set in &sets {
            let lines = if kind.starts_with("raw") { &set.raw } else { &set.content };
            let s = score(lines, &set.events, rules);
            print(kind, &set.name, s);
            scores.push(s);
        }
        let m = mean(&scores);
        print(kind, "MEAN", m);
        // Tighter than the goal (GA and FGA 0.88, with families 0.92 and 0.90; merge 0.01), so that the quality that
        // was reached stays.
        assert!(m.ga >= ga, "{kind}: GA {:.3}", m.ga);
        assert!(m.fga >= fga, "{kind}: FGA {:.3}", m.fga);
        assert!(m.merge <= 0.01, "{kind}: merge {:.3}", m.merge);
        assert!(m.false_new <= 0.01, "{kind}: false_new {:.3}", m.false_new);
        assert!(m.missed_new <= 0.01, "{kind}: missed_new {:.3}", m.missed_new);
    }
}

#[test]
fn families_and_a_mask_that_knows_nothing() {
    let sets = loghub::sets();
    for kind in ["content", "raw"] {
        let lines = |set: &loghub::Set| if kind == "raw" { set.raw.clone() } else { set.content.clone() };
        let with: Vec<Score> =
            sets.iter().map(|s| score_families(&lines(s), &s.events, &Rules::default())).collect();
        let naive: Vec<Score> = sets.iter().map(|s| score_naive(&lines(s), &s.events)).collect();
        if !sets.is_empty() {
            print(kind, "families", mean(&with));
            print(kind, "naive mask", mean(&naive));
            assert!(mean(&with).merge <= 0.01);
        }
    }
}

/// The share of the second half's lines whose pattern did not occur in the first half.
#[test]
fn logs_without_labels_in_halves() {
    for (name, text) in unlabelled() {
        let mut joiner = Joiner::new();
        let mut records: Vec<(String, usize)> = vec![];
        let mut prints = Fingerprinter::new(&Rules::default());
        let mut give = |record: Record<'_>| {
            if let Some(print) = prints.line(record.text) {
                records.push((print.template.to_owned(), record.lines));
            }
        };
        for line in text.split(|b| *b == b'\n') {
            joiner.push(line, 0, &mut give);
        }
        joiner.finish(&mut give);
        let (first, second) = records.split_at(records.len() / 2);
        let known: HashSet<&String> = first.iter().map(|r| &r.0).collect();
        let all: usize = second.iter().map(|r| r.1).sum();
        let mut new: BTreeMap<&String, usize> = BTreeMap::new();
        for (template, lines) in second.iter().filter(|r| !known.contains(&r.0)) {
            *new.entry(template).or_default() += lines;
        }
        let lines: usize = new.values().sum();
        let share = 100.0 * lines as f64 / all.max(1) as f64;
        println!("{name:16} {share:5.1} % of {all} lines, {} patterns", new.len());
        let mut new: Vec<(&&String, &usize)> = new.iter().collect();
        new.sort_by_key(|n| std::cmp::Reverse(n.1));
        for (template, lines) in new.iter().take(6) {
            println!("    {lines:4}  {}", template.chars().take(140).collect::<String>());
        }
    }
}

#[expect(clippy::print_stdout, reason = "the table is what a person wants to see of this test")]
pub(crate) fn print(kind: &str, name: &str, s: Score) {
    println!(
        "{kind:8} {name:>12} {:.3} {:.3} {:.3} {:.3} {:.3}     {:.3}",
        s.ga, s.fga, s.merge, s.split, s.false_new, s.missed_new
    );
}

/// The same score, with the patterns of a family counted as one.
pub(crate) fn score_families(lines: &[Vec<u8>], events: &[String], rules: &Rules) -> Score {
    let mut prints = Fingerprinter::new(rules);
    let named: Vec<Option<String>> =
        lines.iter().map(|l| prints.line(l).map(|p| p.template.to_owned())).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for template in named.iter().flatten() {
        *counts.entry(template).or_default() += 1;
    }
    let mut templates: Vec<&str> = counts.keys().copied().collect();
    templates.sort_by_key(|t| std::cmp::Reverse(counts[t]));
    let mut form_of: HashMap<&str, String> = HashMap::new();
    for family in families(&templates) {
        form_of.extend(family.members.iter().map(|&n| (templates[n], family.form.clone())));
    }
    let id = |t: &String| {
        let form = form_of.get(t.as_str()).map_or(t.as_str(), String::as_str);
        Fingerprint::of(form.as_bytes(), VERSION)
    };
    let ids: Vec<Option<Fingerprint>> = named.iter().map(|t| t.as_ref().map(id)).collect();
    loghub::scored(events, &ids)
}

/// Scores a mask without any knowledge: every word with a digit is a variable.
pub(crate) fn score_naive(lines: &[Vec<u8>], events: &[String]) -> Score {
    let id = |line: &Vec<u8>| {
        let words =
            line.split(|b| *b == b' ').map(|w| if w.iter().any(u8::is_ascii_digit) { b"*" } else { w });
        Some(Fingerprint::of(&words.collect::<Vec<_>>().join(&b' '), 0))
    };
    let ids: Vec<Option<Fingerprint>> = lines.iter().map(id).collect();
    loghub::scored(events, &ids)
}

/// Logs without labels next to the checkout, by name; none if they are not there.
fn unlabelled() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora/loki-pattern-logs");
    let Ok(files) = std::fs::read_dir(folder) else { return vec![] };
    let mut logs: Vec<(String, Vec<u8>)> = files
        .filter_map(|f| {
            let path = f.ok()?.path();
            Some((path.file_stem()?.to_str()?.to_owned(), std::fs::read(&path).ok()?))
        })
        .collect();
    logs.sort();
    logs
}

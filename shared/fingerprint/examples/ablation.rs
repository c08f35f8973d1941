//! Prints what each built-in rule brings: the scores on Loghub's sets without that rule, and how many of our own
//! cases stay right without it.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../tests/groups/mod.rs"]
mod groups;
#[path = "../tests/loghub/mod.rs"]
mod loghub;

use loghub::{Score, Set, mean, score};
use signalbox_fingerprint::{BuiltIn, Rules};

fn scores(sets: &[Set], rules: &Rules) -> (Vec<Score>, Vec<Score>) {
    let content = sets.iter().map(|s| score(&s.content, &s.events, rules)).collect();
    let raw = sets.iter().map(|s| score(&s.raw, &s.events, rules)).collect();
    (content, raw)
}

fn main() {
    let sets = loghub::sets();
    if sets.is_empty() {
        println!("SKIPPED: Loghub is absent; set SIGNALBOX_LOGHUB");
        return;
    }
    println!(
        "{:16} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}  sets it helps",
        "without", "GA", "FGA", "merge", "rawGA", "rawFGA", "false", "cases"
    );
    let all = scores(&sets, &Rules::default());
    show("(nothing)", &all, groups::wrong(&Rules::default()), "");
    for &rule in BuiltIn::ALL {
        let Ok(rules) = Rules::builder().without(rule).build() else { continue };
        let without = scores(&sets, &rules);
        let mut helps = vec![];
        for (n, set) in sets.iter().enumerate() {
            let gain = |a: &[Score], b: &[Score]| {
                a.get(n).zip(b.get(n)).map_or(0.0, |(a, b)| (a.ga - b.ga) + (a.fga - b.fga))
            };
            let (content, raw) = (gain(&all.0, &without.0), gain(&all.1, &without.1));
            let most = if content.abs() >= raw.abs() { content } else { raw };
            if most.abs() > 0.0005 {
                helps.push(format!("{}{:+.3}", set.name, most));
            }
        }
        show(rule.name(), &without, groups::wrong(&rules), &helps.join(" "));
    }
}

fn show(
    name: &str,
    (content, raw): &(Vec<Score>, Vec<Score>),
    (wrong, cases): (Vec<String>, usize),
    helps: &str,
) {
    let (c, r) = (mean(content), mean(raw));
    println!(
        "{name:16} {:6.3} {:6.3} {:6.3} {:6.3} {:6.3} {:6.3} {:>3}/{}  {helps}",
        c.ga,
        c.fga,
        c.merge,
        r.ga,
        r.fga,
        c.false_new,
        cases - wrong.len(),
        cases
    );
}

//! Holds the fingerprint to its bounds on Loghub's labelled sets, on bare messages and on whole lines.

mod loghub;

use loghub::{Score, mean, score};
use signalbox_fingerprint::Rules;

#[expect(clippy::disallowed_methods, reason = "a test asks the environment what must be there")]
fn required() -> bool {
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
    let rules = Rules::default();
    for (kind, ga, fga) in [("content", 0.97, 0.96), ("raw", 0.97, 0.96)] {
        println!("{kind:8} {:>12}  GA    FGA   merge split false_new missed_new", "");
        let mut scores: Vec<Score> = vec![];
        for set in &sets {
            let lines = if kind == "raw" { &set.raw } else { &set.content };
            let s = score(lines, &set.events, &rules);
            print(kind, &set.name, s);
            scores.push(s);
        }
        let m = mean(&scores);
        print(kind, "MEAN", m);
        // Tighter than what was asked for (GA 0.92 and FGA 0.90; raw 0.85 and 0.85; merge 0.03): what was reached holds.
        assert!(m.ga >= ga, "{kind}: GA {:.3}", m.ga);
        assert!(m.fga >= fga, "{kind}: FGA {:.3}", m.fga);
        assert!(m.merge <= 0.01, "{kind}: merge {:.3}", m.merge);
        assert!(m.false_new <= 0.01, "{kind}: false_new {:.3}", m.false_new);
        assert!(m.missed_new <= 0.01, "{kind}: missed_new {:.3}", m.missed_new);
    }
}

#[expect(clippy::print_stdout, reason = "the table is what a person wants to see of this test")]
fn print(kind: &str, name: &str, s: Score) {
    println!(
        "{kind:8} {name:>12} {:.3} {:.3} {:.3} {:.3} {:.3}     {:.3}",
        s.ga, s.fga, s.merge, s.split, s.false_new, s.missed_new
    );
}

//! Intents are accepted and dispatched, and every commit is durable. Measures how many of them there are in a second,
//! and how long it takes from accepted to started.
//!
//! The parts are connected as in `signalbox serve`, with the dispatch loop of `serve/loops.rs`. The notifier is left
//! out, because otherwise Slack's own limits would be the only thing that is measured. The floor is what the same disk
//! and SQLite do when nothing else happens: the same number of bare commits, with the same number of inserts.

mod backend;
mod floor;
mod home;
mod load;

use crate::samples::Took;
use crate::{Effort, table};
use backend::Kind;
use load::{Load, Measured};
use std::time::Duration;

/// Measures each backend under a steady load and under a flood.
pub fn run(effort: Effort) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let steady =
        |rate, full, quick| Load::Steady { rate, lasts: Duration::from_secs(effort.pick(full, quick)) };
    let flood = |full, quick| Load::Flood { runs: effort.pick(full, quick), askers: 256 };
    let mut rows = vec![];
    for (name, kind, load) in [
        ("at once, 1000/s", Kind::AtOnce { ends: false }, steady(1000, 10, 1)),
        ("at once, flood", Kind::AtOnce { ends: false }, flood(20_000, 1_000)),
        ("at once and to its end, flood", Kind::AtOnce { ends: true }, flood(20_000, 1_000)),
        ("local command, 20/s", Kind::Local, steady(20, 10, 1)),
        ("local command, flood", Kind::Local, flood(500, 20)),
    ] {
        // The median turn by its 99th percentile, because others may use this machine too. Each turn has its own floor,
        // which is measured right after it, because a disk is not equally fast at all times.
        let mut turns = vec![];
        for turn in 0..effort.pick(5, 1) {
            eprintln!("dispatch: {name}, {load}, turn {}", turn + 1);
            let measured = runtime.block_on(home::measure(kind, load))?;
            let floor = floor::measure(measured.commits, measured.writes)?;
            turns.push((measured, floor));
        }
        turns.sort_by_cached_key(|(measured, _)| measured.latencies.p99().0);
        let worst = turns.last().map(|(measured, _)| measured.latencies.p99().to_string());
        let middle = turns.len() / 2;
        let (measured, floor) = turns.swap_remove(middle);
        rows.push(row(name, load, &measured, &worst.unwrap_or_default(), floor));
    }
    table::print(
        "dispatch: from accepted (durable) to started by the backend",
        [
            "",
            "runs",
            "runs/s",
            "p50",
            "p99",
            "worst p99",
            "writes/run",
            "writes/commit",
            "took",
            "floor",
            "ratio to floor",
        ],
        &rows,
    );
    Ok(())
}

fn row(name: &str, load: Load, measured: &Measured, worst: &str, floor: Duration) -> [String; 11] {
    let runs = measured.latencies.count();
    let (writes, commits) = (measured.writes, measured.commits.max(1));
    let ratio = match load {
        // A steady load takes as long as it was told to, so a ratio says nothing.
        Load::Steady { .. } => "-".to_owned(),
        Load::Flood { .. } => Took(measured.took).ratio(Took(floor)),
    };
    [
        name.to_owned(),
        runs.to_string(),
        format!("{:.0}", runs as f64 / measured.took.as_secs_f64()),
        measured.latencies.p50().to_string(),
        measured.latencies.p99().to_string(),
        worst.to_owned(),
        format!("{:.1}", writes as f64 / runs.max(1) as f64),
        format!("{:.1}", writes as f64 / commits as f64),
        Took(measured.took).to_string(),
        Took(floor).to_string(),
        ratio,
    ]
}

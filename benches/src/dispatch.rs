//! Intents accepted and dispatched, every commit durable: how many a second, and how long from accepted to started.
//!
//! The parts are wired as `signalbox serve` wires them, with the dispatch loop of `serve/loops.rs`. The notifier stays
//! out: Slack's own budgets would be all that it measures. The floor is what the same disk and SQLite give when
//! nothing else happens: as many bare commits, each with as many inserts.

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
        // The median turn by the time it took: others use this machine.
        let mut tries = vec![];
        for turn in 0..effort.pick(3, 1) {
            eprintln!("dispatch: {name}, {load}, turn {}", turn + 1);
            tries.push(runtime.block_on(home::measure(kind, load))?);
        }
        tries.sort_by_key(|t| t.took);
        let middle = tries.len() / 2;
        let mut measured = tries.swap_remove(middle);
        let floor = floor::measure(measured.commits, measured.writes)?;
        rows.push(row(name, &mut measured, floor));
    }
    table::print(
        "dispatch: from accepted (durable) to started by the backend",
        [
            "",
            "runs",
            "runs/s",
            "p50",
            "p99",
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

fn row(name: &str, measured: &mut Measured, floor: Duration) -> [String; 10] {
    let runs = measured.latencies.count();
    let (writes, commits) = (measured.writes, measured.commits.max(1));
    [
        name.to_owned(),
        runs.to_string(),
        format!("{:.0}", runs as f64 / measured.took.as_secs_f64()),
        measured.latencies.p50().to_string(),
        measured.latencies.p99().to_string(),
        format!("{:.1}", writes as f64 / runs.max(1) as f64),
        format!("{:.1}", writes as f64 / commits as f64),
        Took(measured.took).to_string(),
        Took(floor).to_string(),
        Took(measured.took).ratio(Took(floor)),
    ]
}

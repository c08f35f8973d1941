//! What people and the caretaker look up, in small and in large stores. The number of runs that there ever were should
//! make no difference.
//!
//! A store is filled with runs that have ended, as almost all runs have. Only a few are still going on.

mod fill;

use crate::samples::Samples;
use crate::{Effort, clock, table};
use fill::Filled;
use signalbox_domain::{RecordKind, Timestamp, WorkspaceId};
use signalbox_engine::ports::{Agenda, DueKind, Listing, Views};
use signalbox_sqlite::Database;
use signalbox_testkit::samples;
use std::hint::black_box;

/// The number of runs that `/signalbox history` reads in order to show ten.
const HISTORY_READ: usize = 20;
/// The number of due runs that the caretaker takes at once.
const DUE_READ: usize = 500;

const QUERIES: [&str; 5] =
    ["history: latest 20", "status: find by short id", "head by run id", "due runs", "due cards"];

/// Fills stores of different sizes, and asks each the same queries.
pub fn run(effort: Effort) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let sizes: &[usize] = effort.pick(&[1_000, 100_000, 1_000_000], &[1_000, 10_000]);
    let times = effort.pick(2_000, 200);
    let mut by_size = vec![];
    for &size in sizes {
        let folder = tempfile::tempdir()?;
        let database = Database::open(folder.path())?;
        let filled = runtime.block_on(fill::fill(&database, size))?;
        eprintln!("queries: asking {size} runs, each query {times} times");
        by_size.push(runtime.block_on(ask(&database, &filled, times))?);
    }
    let mut rows = vec![];
    for (at, query) in QUERIES.iter().enumerate() {
        let (first50, first99) = (by_size[0][at].p50(), by_size[0][at].p99());
        for (samples, size) in by_size.iter_mut().zip(sizes) {
            let (p50, p99) = (samples[at].p50(), samples[at].p99());
            rows.push([
                (*query).to_owned(),
                size.to_string(),
                p50.to_string(),
                p99.to_string(),
                p50.ratio(first50),
                p99.ratio(first99),
            ]);
        }
    }
    let title = format!("queries: against the same in a store of {} runs", sizes[0]);
    table::print(&title, ["", "runs", "p50", "p99", "p50 ratio", "p99 ratio"], &rows);
    Ok(())
}

/// Asks each query this many times, in turns, for runs from all parts of the store.
async fn ask(database: &Database, filled: &Filled, times: usize) -> anyhow::Result<[Samples; 5]> {
    let workspace = WorkspaceId::new(samples::WORKSPACE);
    let mut all: [Samples; 5] = Default::default();
    let now = clock::now();
    // The first tenth only warms up. The steps are large, so that queries that follow each other do not read neighbours
    // on the disk.
    for turn in 0..times + times / 10 {
        let run = filled.run(turn * 7_919 % filled.runs);
        let mut took = [std::time::Duration::ZERO; 5];
        for (query, took) in took.iter_mut().enumerate() {
            let begun = std::time::Instant::now();
            let found = match query {
                0 => database
                    .latest(&Listing::of(&workspace, RecordKind::Run), Timestamp(i64::MAX), HISTORY_READ)
                    .await?
                    .len(),
                1 => database.find(run.short()).await?.len(),
                2 => usize::from(database.head(&run).await?.is_some()),
                3 => database.due(DueKind::Record, now, DUE_READ).await?.len(),
                _ => database.due(DueKind::Card, now, DUE_READ).await?.len(),
            };
            *took = begun.elapsed();
            anyhow::ensure!(black_box(found) > 0, "{} found nothing", QUERIES[query]);
        }
        if turn >= times / 10 {
            all.iter_mut().zip(took).for_each(|(samples, took)| samples.push(took));
        }
    }
    Ok(all)
}

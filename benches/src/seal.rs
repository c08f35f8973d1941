//! Seals a day on which a million events happened, in the rounds of the caretaker.
//!
//! A shortcut fills the day: it puts rows as the adapters write them straight into the tables. Sealing itself uses the
//! ports. The floor reads the same rows all at once and hashes them.

#[cfg(feature = "aws")]
mod dynamo;

use crate::{Effort, clock, table};
use rusqlite::{Connection, params};
use signalbox_domain::time::Day;
use signalbox_domain::{Digest, RecordId, RecordKind, Timestamp, WorkspaceId};
use signalbox_engine::audit::{GRACE, seal_days};
use signalbox_engine::ports::{Clock, EventRow, HeadRow, Journal, Listing, SealRow, Seals, Views};
use signalbox_engine::wire;
use signalbox_sqlite::Database;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long the caretaker seals in one round.
const ROUND: Duration = Duration::from_secs(20);
/// The day that is sealed. The day before is sealed before the measurement, with everything that there is at that time.
const DAY: Day = Day(20_700);

/// The wall clock, moved by this many milliseconds.
struct Shifted(i64);

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        Timestamp(clock::now().0 + self.0)
    }
}

/// A clock by which `day` can be sealed, but not the day after it.
fn after(day: Day) -> Shifted {
    Shifted(day.end().plus(GRACE).0 - clock::now().0)
}

fn run_of(number: usize) -> RecordId {
    RecordId::derive("bench", "seal", &number.to_string())
}

/// The time of each round, and the seal that they made.
struct Sealed {
    rounds: Vec<Duration>,
    seal: SealRow,
}

async fn seal<S: Seals + ?Sized>(store: &S, day: Day) -> anyhow::Result<Sealed> {
    let (clock, mut rounds) = (after(day), vec![]);
    loop {
        let begun = Instant::now();
        let mut seals = seal_days(store, &clock, ROUND).await?;
        rounds.push(begun.elapsed());
        if let Some(seal) = seals.pop() {
            return Ok(Sealed { rounds, seal });
        }
    }
}

/// Seals days of several shapes.
pub fn run(effort: Effort) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let events = effort.pick(1_000_000, 8_000);
    let mut rows = vec![];
    for (what, records) in
        [("8 events each", events / 8), ("one event each", events), ("8 each, over everything", events / 8)]
    {
        eprintln!("seal: {records} records, {what}");
        rows.push(runtime.block_on(in_sqlite(records, events / records, what))?);
    }
    table::print(
        &format!("seal: a day of {events} events in SQLite"),
        ["", "records", "rounds", "seal", "records/s", "floor", "ratio", "write p50", "worst write"],
        &rows,
    );
    #[cfg(feature = "aws")]
    runtime.block_on(dynamo::run(effort))?;
    #[cfg(not(feature = "aws"))]
    println!("seal: SKIPPED in DynamoDB: built without the feature aws");
    Ok(())
}

async fn in_sqlite(records: usize, each: usize, what: &str) -> anyhow::Result<[String; 9]> {
    let folder = tempfile::tempdir()?;
    let database = Database::open(folder.path())?;
    let everything = what.ends_with("everything");
    if !everything {
        database
            .append(0, vec![event(&run_of(usize::MAX), Day(DAY.0 - 1))], head(&run_of(usize::MAX)))
            .await?;
        seal(&database, Day(DAY.0 - 1)).await?;
    }
    fill(folder.path(), records, each)?;
    let floor = floor(folder.path(), everything)?;
    // Meanwhile somebody else writes, and has to wait for the writer.
    let stop = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn(write_beside(database.clone(), stop.clone()));
    let Sealed { rounds, seal } = seal(&database, DAY).await?;
    stop.store(true, Ordering::Relaxed);
    let mut waited = writing.await??;
    waited.sort_unstable();
    let moved: serde_json::Value = serde_json::from_slice(&seal.bytes)?;
    let covers = usize::try_from(moved["moved"].as_u64().unwrap_or_default())?;
    // A seal over everything also takes in the records that somebody else begins meanwhile.
    let whole = if everything { covers >= records } else { covers == records };
    anyhow::ensure!(whole, "the seal covers {covers} of {records}");
    anyhow::ensure!(database.moved(DAY, None, 1).await?.is_empty(), "what moved is still noted");
    let took: Duration = rounds.iter().sum();
    Ok([
        what.to_owned(),
        records.to_string(),
        rounds.len().to_string(),
        format!("{:.2} s", took.as_secs_f64()),
        format!("{:.0}", records as f64 / took.as_secs_f64()),
        format!("{:.2} s", floor.as_secs_f64()),
        format!("{:.2} ×", took.as_secs_f64() / floor.as_secs_f64()),
        format!("{:.1} ms", waited.get(waited.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1e3),
        format!("{:.1} ms", waited.last().copied().unwrap_or_default().as_secs_f64() * 1e3),
    ])
}

fn event(run: &RecordId, day: Day) -> EventRow {
    let bytes = vec![b'x'; 300];
    EventRow { record: run.clone(), seq: 1, hash: wire::hash(&bytes), bytes, day: Some(day) }
}

fn head(run: &RecordId) -> HeadRow {
    HeadRow {
        record: run.clone(),
        version: 1,
        chain: Digest::ZERO,
        listed_under: Listing::of(&WorkspaceId::new("T"), RecordKind::Run),
        requested_at: Timestamp(0),
        reference: None,
        due_at: None,
        card_due_at: None,
        body: vec![],
    }
}

/// Appends events of the next day, one after another. Returns how long each took.
async fn write_beside(database: Database, stop: Arc<AtomicBool>) -> anyhow::Result<Vec<Duration>> {
    let mut waited = vec![];
    while !stop.load(Ordering::Relaxed) {
        let run = RecordId::derive("bench", "beside", &waited.len().to_string());
        let begun = Instant::now();
        database.append(0, vec![event(&run, DAY.next())], head(&run)).await?;
        waited.push(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(waited)
}

/// Puts in rows as the adapter writes them, without heads, because sealing reads no heads.
fn fill(folder: &Path, records: usize, each: usize) -> anyhow::Result<()> {
    let mut connection = Connection::open(folder.join("signalbox.db"))?;
    let transaction = connection.transaction()?;
    {
        let mut event = transaction
            .prepare("INSERT INTO events (run, seq, bytes, hash, day) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        let mut moved =
            transaction.prepare("INSERT INTO moved (day, run, seq, hash) VALUES (?1, ?2, ?3, ?4)")?;
        let mut runs: Vec<RecordId> = (0..records).map(run_of).collect();
        runs.sort();
        for (n, run) in runs.iter().enumerate() {
            let bytes = format!("{n:0300}").into_bytes();
            let hash = wire::hash(&bytes).0;
            for seq in 1..=each {
                let day = (seq == 1).then_some(DAY.0);
                event.execute(params![run.as_str(), seq, bytes, hash, day])?;
            }
            moved.execute(params![DAY.0, run.as_str(), each, hash])?;
        }
    }
    transaction.commit()?;
    Ok(())
}

/// Reads the same rows in one query and hashes what was read.
fn floor(folder: &Path, everything: bool) -> anyhow::Result<Duration> {
    let connection = Connection::open(folder.join("signalbox.db"))?;
    let sql = match everything {
        true => "SELECT run, seq, hash FROM events ORDER BY run, seq",
        false => "SELECT run, seq, hash FROM moved ORDER BY day, run",
    };
    let begun = Instant::now();
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut read = vec![];
    while let Some(row) = rows.next()? {
        read.extend_from_slice(row.get_ref(0)?.as_bytes()?);
        read.extend_from_slice(&row.get::<_, [u8; 32]>(2)?);
    }
    std::hint::black_box(wire::hash(&read));
    Ok(begun.elapsed())
}

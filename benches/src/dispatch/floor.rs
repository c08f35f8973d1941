//! The floor: only bare durable commits, of the same number and size.

use rusqlite::{Connection, params};
use std::time::{Duration, Instant};

/// How long this many inserts take in this many commits, with the settings of the embedded store.
pub fn measure(commits: u64, writes: u64) -> anyhow::Result<Duration> {
    let folder = tempfile::tempdir()?;
    let connection = Connection::open(folder.path().join("floor.db"))?;
    connection.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;
         CREATE TABLE floor (id INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    )?;
    // About the size of an event, a head or a command.
    let body = [b'x'; 700];
    let begun = Instant::now();
    let mut left = writes;
    for commit in 0..commits {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        // Spreads the inserts that are left evenly over the commits that are left.
        let share = left.div_ceil(commits - commit);
        for _ in 0..share {
            connection.prepare_cached("INSERT INTO floor (body) VALUES (?1)")?.execute(params![body])?;
        }
        left -= share;
        connection.execute_batch("COMMIT")?;
    }
    Ok(begun.elapsed())
}

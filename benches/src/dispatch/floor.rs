//! The floor: bare durable commits, as many and as large, and nothing else.

use rusqlite::{Connection, params};
use std::time::{Duration, Instant};

/// How long so many inserts take in so many commits, with the settings of the embedded store.
pub fn measure(commits: u64, writes: u64) -> anyhow::Result<Duration> {
    let folder = tempfile::tempdir()?;
    let connection = Connection::open(folder.path().join("floor.db"))?;
    connection.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;
         CREATE TABLE floor (id INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    )?;
    // About what an event, a head or a command takes.
    let body = [b'x'; 700];
    let begun = Instant::now();
    let mut left = writes;
    for commit in 0..commits {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        // What is left, spread evenly over the commits that are left.
        let share = left.div_ceil(commits - commit);
        for _ in 0..share {
            connection.prepare_cached("INSERT INTO floor (body) VALUES (?1)")?.execute(params![body])?;
        }
        left -= share;
        connection.execute_batch("COMMIT")?;
    }
    Ok(begun.elapsed())
}

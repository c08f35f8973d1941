//! Threads that own a connection and do the jobs they are given, so that no async task ever blocks on the disk.

use rusqlite::Connection;
use signalbox_engine::ports::PortError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use tokio::sync::oneshot;

/// How many writes may share one commit.
const MOST_PER_COMMIT: usize = 512;

/// Does its work on the connection, and gives a function that tells the caller once the work is durable. If there is
/// no transaction to work in, it is given the reason, and does nothing.
type Job = Box<dyn FnOnce(Result<&Connection, PortError>) -> Tell + Send>;
/// Is told whether the commit worked.
type Tell = Box<dyn FnOnce(Result<(), PortError>) + Send>;

/// A handle on one thread.
#[derive(Clone)]
pub(crate) struct Worker {
    jobs: mpsc::Sender<Job>,
    written: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    commits: AtomicU64,
    writes: AtomicU64,
}

/// What a writer has made durable since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Transactions, each flushed to the disk once.
    pub commits: u64,
    /// Writes that shared these transactions.
    pub writes: u64,
}

pub(crate) fn broken(error: &rusqlite::Error) -> PortError {
    PortError::Unavailable(format!("sqlite: {error}"))
}

impl Worker {
    /// Starts the one writer: jobs that wait together are committed together, each within a savepoint of its own.
    pub(crate) fn writer(connection: Connection) -> Self {
        let written = Arc::new(Counts::default());
        let counts = written.clone();
        let work = move |jobs: mpsc::Receiver<Job>| {
            while let Ok(first) = jobs.recv() {
                let batch = std::iter::once(first).chain(jobs.try_iter().take(MOST_PER_COMMIT - 1));
                let (tells, done) = commit(&connection, batch);
                if done.is_ok() {
                    counts.commits.fetch_add(1, Ordering::Relaxed);
                    counts.writes.fetch_add(tells.len() as u64, Ordering::Relaxed);
                }
                for tell in tells {
                    tell(done.clone());
                }
            }
        };
        Self { written, ..Self::start(work) }
    }

    /// What it has written so far.
    pub(crate) fn written(&self) -> Written {
        Written {
            commits: self.written.commits.load(Ordering::Relaxed),
            writes: self.written.writes.load(Ordering::Relaxed),
        }
    }

    /// Starts a reader.
    pub(crate) fn reader(connection: Connection) -> Self {
        Self::start(move |jobs| {
            while let Ok(job) = jobs.recv() {
                job(Ok(&connection))(Ok(()));
            }
        })
    }

    fn start(work: impl FnOnce(mpsc::Receiver<Job>) + Send + 'static) -> Self {
        let (jobs, queue) = mpsc::channel();
        std::thread::spawn(move || work(queue));
        Self { jobs, written: Arc::default() }
    }

    /// Runs a query.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, PortError> {
        self.hand_over(move |c| sheltered(|| query(c).map_err(|e| broken(&e)))).await
    }

    /// Writes within a savepoint: an error undoes only this job. The result is given once it is durable.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, WriteError> + Send + 'static,
    ) -> Result<T, PortError> {
        self.hand_over(move |c| {
            let step = |sql| c.prepare_cached(sql).and_then(|mut s| s.execute([])).map_err(|e| broken(&e));
            step("SAVEPOINT job")?;
            let result = sheltered(|| {
                job(c).map_err(|e| match e {
                    WriteError::Conflict => PortError::Conflict,
                    WriteError::Sqlite(e) => broken(&e),
                })
            });
            let taken_back = if result.is_err() { step("ROLLBACK TO job") } else { Ok(0) };
            if taken_back.and_then(|_| step("RELEASE job")).is_err() && !c.is_autocommit() {
                // What this job did cannot be told apart from what the others did, so everything is undone, and each
                // caller is told so.
                drop(c.execute_batch("ROLLBACK"));
            }
            result
        })
        .await
    }

    async fn hand_over<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, PortError> + Send + 'static,
    ) -> Result<T, PortError> {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = connection.and_then(work);
            Box::new(move |committed| {
                // A caller that went away need not be told.
                drop(tell.send(committed.and(result)));
            })
        });
        let stopped = || "the store has stopped".to_owned();
        self.jobs.send(job).map_err(|_| PortError::Unavailable(stopped()))?;
        told.await.map_err(|_| PortError::NoAnswer(stopped()))?
    }
}

/// Does a batch of jobs in one transaction. Gives the functions that tell the callers, and what to tell: whether
/// everything is durable.
///
/// If a disk is full or broken, SQLite undoes the whole transaction in the middle of a job. A job after that would be
/// committed by itself and reported as failed. So the batch ends there, and waiting jobs go into the next batch.
fn commit(connection: &Connection, batch: impl Iterator<Item = Job>) -> (Vec<Tell>, Result<(), PortError>) {
    if !connection.is_autocommit() && connection.execute_batch("ROLLBACK").is_err() {
        tracing::error!("an old transaction is still open; nothing of it was confirmed");
    }
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        let error = broken(&error);
        return (batch.map(|job| job(Err(error.clone()))).collect(), Err(error));
    }
    let mut tells = vec![];
    for job in batch {
        tells.push(job(Ok(connection)));
        if connection.is_autocommit() {
            let lost = "sqlite: the transaction was taken back, by an error in it; nothing was written";
            return (tells, Err(PortError::Unavailable(lost.into())));
        }
    }
    let done = connection.execute_batch("COMMIT").map_err(|e| broken(&e));
    if done.is_err() && !connection.is_autocommit() && connection.execute_batch("ROLLBACK").is_err() {
        tracing::error!("a failed commit could not be rolled back; nothing of it was confirmed");
    }
    (tells, done)
}

/// A defect in one job fails that job only; it must not end the thread that all others wait for.
fn sheltered<T>(work: impl FnOnce() -> Result<T, PortError>) -> Result<T, PortError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(PortError::Unavailable("sqlite: a defect in what was asked for".into())))
}

/// Why a write was not made.
pub(crate) enum WriteError {
    Conflict,
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;

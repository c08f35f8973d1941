//! Threads that own a connection and do what they are handed, so that no async task ever blocks on the disk.

use rusqlite::Connection;
use signalbox_engine::ports::PortError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use tokio::sync::oneshot;

/// How many writes may share one commit.
const MOST_PER_COMMIT: usize = 512;

/// Does its work, and gives back how to tell the caller once it is durable.
type Job = Box<dyn FnOnce(&Connection) -> Tell + Send>;
/// Told whether the commit worked.
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
    /// Writes that shared them.
    pub writes: u64,
}

pub(crate) fn broken(error: &rusqlite::Error) -> PortError {
    PortError::Unavailable(format!("sqlite: {error}"))
}

impl Worker {
    /// Starts the one writer: what waits together is committed together, each job within a savepoint of its own.
    pub(crate) fn writer(connection: Connection) -> Self {
        let written = Arc::new(Counts::default());
        let counts = written.clone();
        let work = move |jobs: mpsc::Receiver<Job>| {
            while let Ok(first) = jobs.recv() {
                let batch = std::iter::once(first).chain(jobs.try_iter().take(MOST_PER_COMMIT - 1));
                let begun = connection.execute_batch("BEGIN IMMEDIATE");
                let tells: Vec<Tell> = batch.map(|job| job(&connection)).collect();
                let done = begun.and_then(|()| connection.execute_batch("COMMIT")).map_err(|e| broken(&e));
                if done.is_err() && connection.execute_batch("ROLLBACK").is_err() {
                    tracing::error!("a failed commit could not be rolled back; nothing of it was confirmed");
                }
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
                job(&connection)(Ok(()));
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
        self.hand_over(move |c| query(c).map_err(|e| broken(&e))).await
    }

    /// Writes within a savepoint: an error takes back this job alone. The result is given once it is durable.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, WriteError> + Send + 'static,
    ) -> Result<T, PortError> {
        self.hand_over(move |c| {
            let step = |sql| c.prepare_cached(sql).and_then(|mut s| s.execute([])).map_err(|e| broken(&e));
            step("SAVEPOINT job")?;
            let result = job(c);
            if result.is_err() {
                step("ROLLBACK TO job")?;
            }
            step("RELEASE job")?;
            result.map_err(|e| match e {
                WriteError::Conflict => PortError::Conflict,
                WriteError::Sqlite(e) => broken(&e),
            })
        })
        .await
    }

    async fn hand_over<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, PortError> + Send + 'static,
    ) -> Result<T, PortError> {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = work(connection);
            Box::new(move |committed| {
                // A caller that went away has nobody to tell.
                drop(tell.send(committed.and(result)));
            })
        });
        let gone = |_| PortError::Unavailable("the store has stopped".into());
        self.jobs.send(job).map_err(|_| gone(()))?;
        told.await.map_err(|_| gone(()))?
    }
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

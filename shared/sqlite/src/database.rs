//! The data folder: one server at a time, one file.

use crate::schema;
use crate::worker::{Worker, Written};
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Why a data folder could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server has it.
    #[error("another signalbox uses {0}\n  help: stop it, or give this one a folder of its own with --data")]
    Taken(String),
    /// There is nothing in it.
    #[error("there is no signalbox data in {0}\n  help: start `signalbox serve` with the same --data first")]
    Nothing(String),
    /// A newer version wrote it.
    #[error("{0} was written by a newer version (tables {1}, this one knows {2})\n  help: use that version")]
    Newer(String, i64, i64),
    /// The disk refuses.
    #[error("cannot use {0}: {1}")]
    Io(String, std::io::Error),
    /// SQLite refuses.
    #[error("cannot open the database in {0}: {1}")]
    Sqlite(String, rusqlite::Error),
}

/// The store of one data folder. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pub(crate) writer: Worker,
    pub(crate) reader: Worker,
    /// Held as long as any handle lives; released by the system if the process dies.
    _lock: Arc<Option<File>>,
}

impl Database {
    /// Opens or makes the store in a folder and takes the folder for this process. Messages that were under way in
    /// its queues are ready again, because the process that had them is gone.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let shown = folder.display().to_string();
        let io = |e| OpenError::Io(shown.clone(), e);
        let sqlite = |e| OpenError::Sqlite(shown.clone(), e);
        // Only this user may read it: nobody else should see what people asked for and what programs printed.
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io)?;
        let lock = File::create(folder.join("lock")).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::Taken(shown)),
            Err(TryLockError::Error(e)) => return Err(io(e)),
        }
        let file = folder.join("signalbox.db");
        let writer = Connection::open(&file).map_err(sqlite)?;
        prepare(&writer, &shown)?;
        writer.execute_batch("UPDATE groups SET ready_at = 0").map_err(sqlite)?;
        let reader = Connection::open(&file).map_err(sqlite)?;
        tune(&reader).map_err(sqlite)?;
        Ok(Self {
            writer: Worker::writer(writer),
            reader: Worker::reader(reader),
            _lock: Arc::new(Some(lock)),
        })
    }

    /// Opens a folder's store for reading only, beside a running server or without one.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_for_reading(folder: &Path) -> Result<Self, OpenError> {
        let shown = folder.display().to_string();
        let sqlite = |e| OpenError::Sqlite(shown.clone(), e);
        let file = folder.join("signalbox.db");
        if !file.exists() {
            return Err(OpenError::Nothing(shown));
        }
        // Not READ_ONLY: a WAL that a writer left behind may have to be taken in first.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&file, flags).map_err(sqlite)?;
        tune(&reader).and_then(|()| reader.execute_batch("PRAGMA query_only=ON")).map_err(sqlite)?;
        let reader = Worker::reader(reader);
        Ok(Self { writer: reader.clone(), reader, _lock: Arc::new(None) })
    }

    /// Opens a folder's store beside a running server or without one, to put something on its queues. The folder is
    /// not taken, and messages under way stay with the server that has them.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_beside(folder: &Path) -> Result<Self, OpenError> {
        let shown = folder.display().to_string();
        let sqlite = |e| OpenError::Sqlite(shown.clone(), e);
        let file = folder.join("signalbox.db");
        if !file.exists() {
            return Err(OpenError::Nothing(shown));
        }
        let writer = Connection::open(&file).map_err(sqlite)?;
        prepare(&writer, &shown)?;
        let reader = Connection::open(&file).map_err(sqlite)?;
        tune(&reader).map_err(sqlite)?;
        let (writer, reader) = (Worker::writer(writer), Worker::reader(reader));
        Ok(Self { writer, reader, _lock: Arc::new(None) })
    }

    /// How much was written since it was opened, and in how many commits.
    #[must_use]
    pub fn written(&self) -> Written {
        self.writer.written()
    }
}

fn tune(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch("PRAGMA foreign_keys=ON; PRAGMA cache_size=-32768; PRAGMA mmap_size=2147418112")
}

/// Does all of these statements or none.
fn change(connection: &Connection, statements: &str) -> rusqlite::Result<()> {
    let version = schema::VERSION;
    connection.execute_batch(&format!("BEGIN; {statements} PRAGMA user_version={version}; COMMIT"))
}

fn prepare(connection: &Connection, shown: &str) -> Result<(), OpenError> {
    let sqlite = |e| OpenError::Sqlite(shown.to_owned(), e);
    tune(connection).map_err(sqlite)?;
    // FULL: a confirmed commit survives a power cut.
    connection
        .execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000")
        .map_err(sqlite)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |r| r.get(0)).map_err(sqlite)?;
    match version {
        schema::VERSION => Ok(()),
        0..schema::VERSION => change(connection, &schema::from(version).concat()).map_err(sqlite),
        newer => Err(OpenError::Newer(shown.to_owned(), newer, schema::VERSION)),
    }
}

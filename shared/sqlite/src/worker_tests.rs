//! What each caller is told when a transaction fails.

use super::*;
use std::time::Duration;

fn open(file: &std::path::Path) -> Connection {
    let connection = Connection::open(file).unwrap();
    connection.busy_timeout(Duration::ZERO).unwrap();
    connection.execute_batch("PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS t (n BLOB)").unwrap();
    connection
}

fn insert(n: &'static str) -> impl FnOnce(&Connection) -> Result<(), WriteError> + Send + 'static {
    move |c| {
        c.execute("INSERT INTO t VALUES (?1)", [n])?;
        Ok(())
    }
}

fn rows(file: &std::path::Path) -> Vec<String> {
    let connection = open(file);
    let mut statement = connection.prepare("SELECT n FROM t WHERE typeof(n) = 'text' ORDER BY n").unwrap();
    statement.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Keeps the worker busy until the sender is dropped, so that jobs that come meanwhile are one batch.
fn hold(worker: &Worker) -> mpsc::Sender<()> {
    let (release, held) = mpsc::channel::<()>();
    let job: Job = Box::new(move |_| {
        held.recv().ok();
        Box::new(|_| {})
    });
    assert!(worker.jobs.send(job).is_ok());
    release
}

#[tokio::test]
async fn where_no_transaction_begins_nothing_is_written_and_everyone_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db");
    let (other, worker) = (open(&file), Worker::writer(open(&file)));
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let release = hold(&worker);
    let both = async { tokio::join!(worker.write(insert("a")), worker.write(insert("b"))) };
    let free = async { drop(release) };
    let ((a, b), ()) = tokio::join!(both, free);
    assert!(matches!(&a, Err(PortError::Unavailable(why)) if why.contains("locked")), "{a:?}");
    assert!(matches!(&b, Err(PortError::Unavailable(why)) if why.contains("locked")), "{b:?}");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(rows(&file), [""; 0], "what was reported as failed was written all the same");
    assert_eq!(worker.write(insert("c")).await, Ok(()));
    assert_eq!(rows(&file), ["c"]);
}

#[tokio::test]
async fn a_full_disk_is_told_to_whom_it_concerns_and_to_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db");
    let connection = open(&file);
    connection.execute_batch("PRAGMA max_page_count=8").unwrap();
    let worker = Worker::writer(connection);
    let release = hold(&worker);
    let fill = |c: &Connection| {
        c.execute("INSERT INTO t VALUES (zeroblob(1000000))", [])?;
        Ok(())
    };
    let all =
        async { tokio::join!(worker.write(insert("a")), worker.write(fill), worker.write(insert("b"))) };
    let ((a, full, b), ()) = tokio::join!(all, async { drop(release) });
    assert!(matches!(full, Err(PortError::Unavailable(_))), "{full:?}");
    // If a caller is told that it is done, the row is there; if a caller is told that it is not, the row is not
    // there.
    let expected: Vec<&str> =
        [("a", &a), ("b", &b)].iter().filter(|(_, r)| r.is_ok()).map(|(n, _)| *n).collect();
    assert_eq!(rows(&file), expected, "{a:?} {b:?}");
    assert_eq!(worker.write(insert("c")).await, Ok(()));
}

#[tokio::test]
async fn a_transaction_that_sqlite_took_back_is_lost_for_all_in_it_and_not_for_those_after() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db");
    let worker = Worker::writer(open(&file));
    let release = hold(&worker);
    // Undoes the transaction as an I/O error or a full disk does, in the middle of a job.
    let taken_back = |c: &Connection| -> Result<(), WriteError> {
        c.execute_batch("ROLLBACK")?;
        Err(WriteError::Sqlite(rusqlite::Error::InvalidQuery))
    };
    let all = async {
        tokio::join!(worker.write(insert("a")), worker.write(taken_back), worker.write(insert("b")))
    };
    let ((a, bad, b), ()) = tokio::join!(all, async { drop(release) });
    assert!(matches!(&a, Err(PortError::Unavailable(_))), "{a:?}");
    assert!(bad.is_err());
    assert_eq!(b, Ok(()));
    assert_eq!(rows(&file), ["b"]);
}

#[tokio::test]
async fn a_commit_that_fails_fails_for_each_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db");
    let connection = open(&file);
    let sql = "PRAGMA foreign_keys=ON; CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE child (p REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED)";
    connection.execute_batch(sql).unwrap();
    let worker = Worker::writer(connection);
    let release = hold(&worker);
    let orphan = |c: &Connection| {
        c.execute("INSERT INTO child VALUES (1)", [])?;
        Ok(())
    };
    let both = async { tokio::join!(worker.write(insert("a")), worker.write(orphan)) };
    let ((a, b), ()) = tokio::join!(both, async { drop(release) });
    assert!(a.is_err() && b.is_err(), "{a:?} {b:?}");
    assert_eq!(rows(&file), [""; 0]);
    assert_eq!(worker.write(insert("c")).await, Ok(()));
    assert_eq!(rows(&file), ["c"]);
}

#[tokio::test]
async fn a_defect_in_one_job_is_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db");
    let (worker, reader) = (Worker::writer(open(&file)), Worker::reader(open(&file)));
    let panics = |c: &Connection| -> Result<(), WriteError> {
        c.execute("INSERT INTO t VALUES ('half')", [])?;
        panic!("a defect")
    };
    let (bad, good) = tokio::join!(worker.write(panics), worker.write(insert("a")));
    assert!(bad.is_err());
    assert_eq!(good, Ok(()));
    assert_eq!(rows(&file), ["a"]);
    let bad = reader.read(|_| -> rusqlite::Result<()> { panic!("a defect") }).await;
    assert!(bad.is_err());
    assert_eq!(reader.read(|_| Ok(1)).await, Ok(1));
}

//! One test suite for each port, which runs over every adapter.

use signalbox_domain::Timestamp;
use signalbox_engine::ports::Clock;
use signalbox_testkit::{MemoryQueue, MemoryStore, VirtualClock, contract, poll_once};
use std::sync::Arc;
use std::time::Duration;

const VISIBILITY: Duration = Duration::from_secs(30);
const START: Timestamp = Timestamp(1_795_219_200_000);

fn passing(clock: &Arc<VirtualClock>) -> impl Fn(Duration) + Sync + use<> {
    let clock = clock.clone();
    move |by| clock.advance_to(clock.now().plus(by))
}

#[test]
fn store_in_memory() {
    let store = MemoryStore::default();
    poll_once(&mut (Box::pin(contract::store::run_suite(&store)) as _)).unwrap();
    poll_once(&mut (Box::pin(contract::letters::run(&store)) as _)).unwrap();
    poll_once(&mut (Box::pin(contract::memos::run(&store)) as _)).unwrap();
}

#[test]
fn queue_in_memory() {
    let clock = Arc::new(VirtualClock::at(START));
    let queue = MemoryQueue::new(clock.clone(), VISIBILITY);
    let pass = passing(&clock);
    poll_once(&mut (Box::pin(contract::queue::run(&queue, VISIBILITY, &pass)) as _)).unwrap();
    poll_once(&mut (Box::pin(contract::queue::forgets(&queue, &pass)) as _)).unwrap();
}

#[tokio::test]
async fn store_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let store = signalbox_sqlite::Database::open(folder.path()).unwrap();
    contract::store::run_suite(&store).await;
    contract::letters::run(&store).await;
    contract::memos::run(&store).await;
}

#[tokio::test]
async fn copies_of_seals_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let seals = folder.path().join("seals");
    contract::copies::run(&signalbox_sqlite::SealFolder::new(&seals)).await;
    let mut names: Vec<_> = std::fs::read_dir(&seals).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["2024-10-04.json", "2024-10-05.json", "2024-10-07.json"]);
}

#[tokio::test]
async fn sqlite_forgets_memos_when_it_is_told_what_time_it_is() {
    use signalbox_engine::ports::{Memo, Memos};
    let folder = tempfile::tempdir().unwrap();
    let store = signalbox_sqlite::Database::open(folder.path()).unwrap();
    for (key, until) in [("a", Some(10)), ("b", Some(20)), ("c", None)] {
        let until = until.map(Timestamp);
        let memo = Memo { shelf: "s".into(), key: key.into(), revision: 1, body: vec![], until };
        store.put_memo(memo).await.unwrap();
    }
    assert_eq!(store.forget_memos(Timestamp(9)).await.unwrap(), 0);
    assert_eq!(store.forget_memos(Timestamp(10)).await.unwrap(), 1);
    assert_eq!(store.forget_memos(Timestamp(i64::MAX)).await.unwrap(), 1);
    let left = store.memos("s", "", "~", 9).await.unwrap();
    assert_eq!(left.into_iter().map(|m| m.key).collect::<Vec<_>>(), ["c"]);
}

#[tokio::test]
async fn queue_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let database = signalbox_sqlite::Database::open(folder.path()).unwrap();
    let clock = Arc::new(VirtualClock::at(START));
    let queue = database.queue("intents", clock.clone(), VISIBILITY);
    let pass = passing(&clock);
    contract::queue::run(&queue, VISIBILITY, &pass).await;
    contract::queue::forgets(&queue, &pass).await;
    let dead = database.queue("dead", clock, VISIBILITY);
    contract::queue::buries(&queue.with_dead_letters("dead", 3), &dead, 3).await;
}

#[tokio::test]
async fn sqlite_keeps_what_was_queued_and_takes_back_what_was_under_way() {
    use signalbox_engine::ports::{Message, Queue};
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(VirtualClock::at(START));
    let message = Message { group: "g".into(), id: "1".into(), body: b"one".to_vec() };
    {
        let queue =
            signalbox_sqlite::Database::open(folder.path()).unwrap().queue("q", clock.clone(), VISIBILITY);
        queue.send(message.clone()).await.unwrap();
        assert_eq!(queue.receive(1).await.unwrap().len(), 1);
    }
    let queue = reopen(folder.path()).queue("q", clock, VISIBILITY);
    let again = queue.receive(1).await.unwrap();
    assert_eq!((&again[0].message, again[0].receives), (&message, 2));
}

/// The lock of a handle that was just dropped is released a moment later, together with its threads.
fn reopen(folder: &std::path::Path) -> signalbox_sqlite::Database {
    loop {
        match signalbox_sqlite::Database::open(folder) {
            Ok(database) => return database,
            Err(signalbox_sqlite::OpenError::Taken(_)) => std::thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn a_data_folder_belongs_to_one_server() {
    let folder = tempfile::tempdir().unwrap();
    let _first = signalbox_sqlite::Database::open(folder.path()).unwrap();
    let second = signalbox_sqlite::Database::open(folder.path()).err().unwrap();
    assert!(second.to_string().contains("help: stop it"), "{second}");
}

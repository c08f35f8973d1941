//! Copies of the seals: each is made once, a missing one is made later, and the check shows what differs from them.

use super::{MemoryStore, PATIENCE, START, audited, check, now, one_run};
use crate::binary::process::{signalbox, text};
use crate::deployed::emulator::Emulator;
use async_trait::async_trait;
use signalbox_aws::{DynamoStore, tables};
use signalbox_domain::Digest;
use signalbox_domain::time::Day;
use signalbox_engine::audit::{Break, Copying, GRACE, seal_days};
use signalbox_engine::ports::{PortError, SealCopies, SealRow, Seals, Views};
use signalbox_engine::wire::{self, seal::Closing};
use signalbox_sqlite::SealFolder;
use signalbox_testkit::VirtualClock;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A place for copies that can be out of reach, and that counts how often somebody looks at it.
#[derive(Default)]
struct Place {
    kept: Mutex<BTreeMap<Day, Vec<u8>>>,
    away: AtomicBool,
    looks: AtomicUsize,
}

#[async_trait]
impl SealCopies for Place {
    async fn days(&self) -> Result<BTreeSet<Day>, PortError> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        Ok(self.kept.lock().unwrap().keys().copied().collect())
    }

    async fn keep(&self, seal: &SealRow) -> Result<bool, PortError> {
        if self.away.load(Ordering::Relaxed) {
            return Err(PortError::Unavailable("away".into()));
        }
        let mut kept = self.kept.lock().unwrap();
        let new = !kept.contains_key(&seal.day);
        kept.entry(seal.day).or_insert_with(|| seal.bytes.clone());
        Ok(new)
    }

    async fn hashes(&self) -> Result<BTreeMap<Day, Digest>, PortError> {
        Ok(self.kept.lock().unwrap().iter().map(|(day, bytes)| (*day, wire::hash(bytes))).collect())
    }
}

fn sealed_until(store: &MemoryStore, days: u32) {
    let clock = VirtualClock::at(START);
    clock.advance_to(START.day().end().plus(GRACE).plus(std::time::Duration::from_secs(86_400) * days));
    now(seal_days(store, &clock, PATIENCE)).unwrap();
}

#[test]
fn a_copy_that_was_not_made_is_made_later() {
    let (store, _, day) = audited();
    let place = Arc::new(Place::default());
    let copying = Copying::new(Arc::new(store.clone()), place.clone());
    place.away.store(true, Ordering::Relaxed);
    assert!(now(copying.copy(true)).is_err());
    place.away.store(false, Ordering::Relaxed);
    // No day was sealed since then. The missing copy is made all the same.
    assert_eq!(now(copying.copy(false)), Ok(1));
    assert_eq!(place.kept.lock().unwrap().keys().copied().collect::<Vec<_>>(), [day]);

    // These days were sealed by a process that died before it made the copies. A new process looks for missing copies
    // at once.
    sealed_until(&store, 2);
    assert_eq!(now(Copying::new(Arc::new(store.clone()), place.clone()).copy(false)), Ok(2));
    assert_eq!(check(&store, &now(place.hashes()).unwrap()).map(|v| (v.seals, v.copies)), Ok((3, 3)));

    // A missing copy is found wherever the gap is.
    place.kept.lock().unwrap().remove(&day.next());
    assert_eq!(now(Copying::new(Arc::new(store), place).copy(false)), Ok(1));
}

#[test]
fn a_round_is_bounded_and_looks_only_now_and_then() {
    let (store, ..) = audited();
    sealed_until(&store, 250);
    let place = Arc::new(Place::default());
    let copying = Copying::new(Arc::new(store.clone()), place.clone());
    assert_eq!([(); 4].map(|()| now(copying.copy(false)).unwrap()), [100, 100, 51, 0]);
    let looks = place.looks.load(Ordering::Relaxed);
    // Another caretaker sealed this day and died before it made the copy. The missing copy is found within this many
    // rounds.
    sealed_until(&store, 251);
    let made: usize = (0..60).map(|_| now(copying.copy(false)).unwrap()).sum();
    assert_eq!((made, place.looks.load(Ordering::Relaxed)), (1, looks + 1));
    sealed_until(&store, 252);
    assert_eq!(now(copying.copy(true)), Ok(1), "at once when it knows");
}

/// Makes every seal again, so that each seal is valid in itself. Nothing inside the store can show the change.
async fn remade(store: &dyn Views) -> Vec<SealRow> {
    let mut before = Digest::ZERO;
    let mut remade = vec![];
    for row in store.seals().await.unwrap() {
        let mut seal: serde_json::Value = serde_json::from_slice(&row.bytes).unwrap();
        let closing = Closing {
            v: 2,
            day: row.day,
            date: row.day.to_string(),
            at: START,
            previous: before,
            day_before: before,
            parts: 0,
            moved: 0,
            everything: seal["everything"].take().as_bool().unwrap(),
        };
        let row = closing.to_row().unwrap();
        before = row.hash;
        remade.push(row);
    }
    remade
}

#[tokio::test]
async fn seals_made_anew_on_aws_are_found_by_the_bucket_and_by_a_folder() {
    let Some(emulator) = Emulator::start() else { return };
    let clients = emulator.clients();
    for (name, table) in [("events", &tables::EVENTS), ("state", &tables::STATE)] {
        tables::create(&clients.dynamodb(), name, table).await.unwrap();
    }
    let store = Arc::new(DynamoStore::new(clients.dynamodb(), "events", "state"));
    one_run(store.clone(), START).await;
    let clock = Arc::new(VirtualClock::at(START.day().next().end().plus(GRACE)));
    assert_eq!(seal_days(&*store, &*clock, PATIENCE).await.unwrap().len(), 2);
    let bucket: Arc<dyn SealCopies> = Arc::new(emulator.seals("copies").await);
    assert_eq!(Copying::new(store.clone(), bucket).copy(true).await, Ok(2));
    let folder = emulator.folder().join("brought");
    let here = Arc::new(SealFolder::new(&folder));
    assert_eq!(Copying::new(store.clone(), here).copy(true).await, Ok(2));

    let verify = |events: &str, place: &str| {
        let mut command = signalbox(&["audit", "verify"]);
        command.env("AWS_ENDPOINT_URL", emulator.url()).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        command.env("SIGNALBOX_EVENTS_TABLE", events).env("SIGNALBOX_STATE_TABLE", "state");
        let output = command.env("SIGNALBOX_SEAL_COPIES", place).output().unwrap();
        format!("{}{}", text(&output.stdout), text(&output.stderr))
    };
    let places = ["s3://copies/seals", folder.to_str().unwrap()];
    for place in places {
        let said = verify("events", place);
        assert!(said.starts_with("ok: ") && !said.contains("no copy here"), "{place}: {said}");
    }
    assert!(verify("events", "").contains("2 of 2 seals have no copy here"));

    // The same events in another table, whose seals were made again as if no event had ever moved.
    tables::create(&clients.dynamodb(), "remade", &tables::EVENTS).await.unwrap();
    let other = DynamoStore::new(clients.dynamodb(), "remade", "state");
    for seal in remade(&*store).await {
        other.add_seal(seal).await.unwrap();
    }
    for place in places {
        let said = verify("remade", place);
        assert!(
            said.contains(&format!("BROKEN: {}", Break::SealCopyDiffers(START.day()))),
            "{place}: {said}"
        );
    }
    // Without the copies, nothing shows that the seals were replaced.
    assert!(!verify("remade", "").contains("seal of"), "{}", verify("remade", ""));
    assert!(verify("events", "s3://nowhere/seals").contains("NoSuchBucket"));
}

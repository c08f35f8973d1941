//! Keeps a copy of each seal where whoever writes the store cannot change it.
//!
//! Nothing is remembered of what was copied: there is a copy or there is none. So a caretaker that died between seal and
//! copy, or whose copy failed, is followed by one that makes it. Never replaces a copy, and never reads one.

use crate::ports::{PortError, SealCopies, Views};
use signalbox_domain::time::Day;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many copies are made in one go.
const BATCH: usize = 100;
/// After how many calls it looks again though nothing calls for it: another caretaker may have sealed, and died.
const LOOK_AGAIN: u32 = 60;

/// Copies what has no copy yet.
pub struct Copying {
    store: Arc<dyn Views>,
    copies: Arc<dyn SealCopies>,
    /// How many calls ago all seals had a copy; as many as it takes to look if they had not.
    since: AtomicU32,
}

impl Copying {
    /// From the store to there. Looks at everything the first time.
    #[must_use]
    pub fn new(store: Arc<dyn Views>, copies: Arc<dyn SealCopies>) -> Self {
        Self { store, copies, since: AtomicU32::new(LOOK_AGAIN) }
    }

    /// Makes the copies that are missing, at most a hundred, oldest first. Asks nobody if all were there a short while
    /// ago, unless a day `may_be_sealed` since: it was, or the sealing failed. How many it made.
    ///
    /// # Errors
    /// When a port fails; the next call begins again.
    pub async fn copy(&self, may_be_sealed: bool) -> Result<usize, PortError> {
        let since = self.since.load(Ordering::Relaxed);
        if !may_be_sealed && since < LOOK_AGAIN {
            self.since.store(since + 1, Ordering::Relaxed);
            return Ok(0);
        }
        self.since.store(LOOK_AGAIN, Ordering::Relaxed);
        let there = self.copies.days().await?;
        let seals = self.store.seals().await?;
        let mut missing = seals.into_iter().filter(|seal| !there.contains(&seal.day));
        let mut made = 0;
        for seal in missing.by_ref().take(BATCH) {
            if self.copies.keep(&seal).await? {
                tracing::info!(day = %seal.day, hash = %seal.hash, "kept a copy of a day's seal");
                made += 1;
            }
        }
        if missing.next().is_none() {
            self.since.store(0, Ordering::Relaxed);
        }
        Ok(made)
    }
}

/// The day that a copy's name says: `2026-11-21.json`.
#[must_use]
pub fn day_of_copy(name: &str) -> Option<Day> {
    name.strip_suffix(".json")?.parse().ok()
}

/// What the copy of a day's seal is called.
#[must_use]
pub fn name_of_copy(day: Day) -> String {
    format!("{day}.json")
}

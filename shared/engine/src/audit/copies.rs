//! Keeps a copy of each seal in a place where nobody who can write the store can change it.
//!
//! The store does not note which seals were copied: a copy is there, or it is not. So if a caretaker dies between
//! seal and copy, or if its copy fails, the next round makes that copy. Never replaces a copy, and never reads one.

use crate::ports::{PortError, SealCopies, Views};
use signalbox_domain::time::Day;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many copies are made in one go.
const BATCH: usize = 100;
/// After this many calls it checks the copies even if no day was sealed: another caretaker may have sealed a day, and
/// died.
const LOOK_AGAIN: u32 = 60;

/// Copies what has no copy yet.
pub struct Copying {
    store: Arc<dyn Views>,
    copies: Arc<dyn SealCopies>,
    /// How many calls ago all seals had a copy. It begins at [`LOOK_AGAIN`], so that the first call looks.
    since: AtomicU32,
}

impl Copying {
    /// Copies from this store to that place. The first call looks at every seal.
    #[must_use]
    pub fn new(store: Arc<dyn Views>, copies: Arc<dyn SealCopies>) -> Self {
        Self { store, copies, since: AtomicU32::new(LOOK_AGAIN) }
    }

    /// Makes the copies that are missing, at most a hundred, oldest first. Asks no port if every seal had a copy a
    /// short while ago, unless a day `may_be_sealed` since then. Gives how many copies it made.
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

//! A sealed day: its runs with their last sequence and hash, and the hash of the seal before.

use super::{Unreadable, hash, read, write};
use crate::ports::SealRow;
use serde::{Deserialize, Serialize};
use signalbox_domain::ids::{Digest, RunId};
use signalbox_domain::time::{Day, Timestamp};

/// What a seal says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Version of this envelope: 1.
    pub v: u8,
    /// Counted from 1970-01-01.
    pub day: Day,
    /// The same for people: `2026-11-21`.
    pub date: String,
    /// When it was sealed.
    pub at: Timestamp,
    /// Hash of the seal of the day before; zeros for the first.
    pub previous: Digest,
    /// `(run, sequence, hash)` of each run's last event when it was sealed, by run.
    pub runs: Vec<(RunId, u64, Digest)>,
}

impl Seal {
    /// To be stored.
    ///
    /// # Errors
    /// None in practice.
    pub fn to_row(&self) -> Result<SealRow, Unreadable> {
        let bytes = write("seal", self)?;
        let hash = hash(&bytes);
        Ok(SealRow { day: self.day, bytes, hash })
    }

    /// As it was stored.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        read("seal", bytes)
    }
}

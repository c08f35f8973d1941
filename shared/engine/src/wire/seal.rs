//! A sealed day: how far each record that moved on it had come, and the hash of the seal before.
//!
//! Version 1 was one envelope with the runs that began on the day, each once and for ever. Version 2 has every record
//! that moved, in parts that are chained one to the other, and a closing envelope chained to the last of them; so a day
//! of any size can be sealed bit by bit. What is chained is always the SHA-256 of the stored bytes.

use super::{Unreadable, hash, read, write};
use crate::ports::{PartRow, SealRow};
use serde::{Deserialize, Serialize};
use signalbox_domain::ids::{Digest, RecordId};
use signalbox_domain::time::{Day, Timestamp};

/// `(record, sequence, hash)` of an event.
pub type End = (RecordId, u64, Digest);

/// What a seal says, in whichever version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seal {
    /// The runs that began on the day.
    First(SealV1),
    /// What moved on the day, in parts.
    Closing(Closing),
}

/// Version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealV1 {
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
    /// Each run's last event when it was sealed, by run.
    pub runs: Vec<End>,
}

/// A part of a seal, version 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Version of this envelope: 2.
    pub v: u8,
    /// Counted from 1970-01-01.
    pub day: Day,
    /// 0, 1, 2, …
    pub part: u32,
    /// Hash of the part before; for part 0 that of the seal of the day before, zeros if there is none.
    pub previous: Digest,
    /// How many records are in the parts before this one.
    pub before: u64,
    /// Each record's last event of the day, by record.
    pub moved: Vec<End>,
}

/// The end of a seal, version 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Version of this envelope: 2.
    pub v: u8,
    /// Counted from 1970-01-01.
    pub day: Day,
    /// The same for people: `2026-11-21`.
    pub date: String,
    /// When it was sealed.
    pub at: Timestamp,
    /// Hash of the last part; without parts that of the seal of the day before, zeros if there is none.
    pub previous: Digest,
    /// Hash of the seal of the day before; zeros if there is none.
    pub day_before: Digest,
    /// How many parts there are.
    pub parts: u32,
    /// How many records are in them.
    pub moved: u64,
    /// It covers every record there was, however old, because moves had not been noted.
    pub everything: bool,
}

impl Seal {
    /// As it was stored.
    ///
    /// # Errors
    /// When a newer version wrote it, or it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        #[derive(Deserialize)]
        struct Version {
            v: u8,
        }
        match read::<Version>("seal", bytes)?.v {
            1 => read("seal", bytes).map(Self::First),
            2 => read("seal", bytes).map(Self::Closing),
            v => Err(Unreadable { what: "seal", why: format!("version {v}") }),
        }
    }

    /// Which day.
    #[must_use]
    pub fn day(&self) -> Day {
        match self {
            Self::First(seal) => seal.day,
            Self::Closing(seal) => seal.day,
        }
    }

    /// Hash of the seal of the day before; zeros for the first.
    #[must_use]
    pub fn day_before(&self) -> Digest {
        match self {
            Self::First(seal) => seal.previous,
            Self::Closing(seal) => seal.day_before,
        }
    }
}

impl Closing {
    /// To be stored.
    ///
    /// # Errors
    /// None in practice.
    pub fn to_row(&self) -> Result<SealRow, Unreadable> {
        let bytes = write("seal", self)?;
        Ok(SealRow { day: self.day, hash: hash(&bytes), bytes })
    }
}

impl Part {
    /// To be stored.
    ///
    /// # Errors
    /// None in practice.
    pub fn to_row(&self) -> Result<PartRow, Unreadable> {
        let bytes = write("part of a seal", self)?;
        Ok(PartRow { day: self.day, part: self.part, hash: hash(&bytes), bytes })
    }

    /// As it was stored.
    ///
    /// # Errors
    /// When a newer version wrote it, or it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let part: Self = read("part of a seal", bytes)?;
        if part.v == 2 {
            Ok(part)
        } else {
            Err(Unreadable { what: "part of a seal", why: format!("version {}", part.v) })
        }
    }
}

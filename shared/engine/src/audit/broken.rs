//! Which breaks the audit can find, and how each is worded.

use signalbox_domain::ids::RecordId;
use signalbox_domain::time::Day;
use std::fmt;

/// The first break that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// An event's bytes are not those that were hashed.
    Changed(RecordId, u64),
    /// An event does not follow from the one before: something was changed, put between or put in another order.
    NotChained(RecordId, u64),
    /// A record's events are not numbered 1, 2, 3, …: this one is missing.
    Missing(RecordId, u64),
    /// An event cannot be read, or is filed under another record or number than its own.
    Misfiled(RecordId, u64, String),
    /// A record has fewer events than its head counted: cut off after this one.
    Truncated(RecordId, u64),
    /// A record's head does not end where its events do.
    HeadDiffers(RecordId),
    /// A record's head ends where its events do, and says something else than they.
    HeadForged(RecordId),
    /// A record has events and no head: it was put there, or its head was taken away.
    Headless(RecordId),
    /// A sealed record is gone.
    RecordMissing(Day, RecordId),
    /// A record does not pass through the hash it was sealed with.
    NotAsSealed(Day, RecordId),
    /// A record lies in a sealed day, and its seal does not know it.
    RecordInserted(Day, RecordId),
    /// An event lies in a sealed day, and the seal knows only those before it.
    EventInserted(Day, RecordId, u64),
    /// A record's first event is dated before the first day that was sealed.
    BeforeSeals(Day, RecordId),
    /// A seal's bytes are not those that were hashed, or cannot be read; or one of its parts is missing.
    SealChanged(Day),
    /// A seal does not follow from the one before.
    SealNotChained(Day),
    /// The copy of a seal outside the table differs, or the table has none for it.
    SealCopyDiffers(Day),
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(record, seq) => write!(f, "event {seq} of record {record} was changed"),
            Self::NotChained(record, seq) => {
                write!(f, "event {seq} of record {record} does not follow from the one before")
            }
            Self::Missing(record, seq) => write!(f, "event {seq} of record {record} is missing"),
            Self::Misfiled(record, seq, why) => {
                write!(f, "event {seq} of record {record} is not one of its own: {why}")
            }
            Self::Truncated(record, seq) => {
                write!(f, "the events of record {record} were cut off after {seq}")
            }
            Self::HeadDiffers(record) => write!(f, "the head of record {record} does not match its events"),
            Self::HeadForged(record) => {
                write!(
                    f,
                    "the head of record {record} says something else than its events: it was changed by itself"
                )
            }
            Self::Headless(record) => write!(f, "record {record} has events and no head"),
            Self::RecordMissing(day, record) => write!(f, "record {record}, sealed on {day}, is gone"),
            Self::NotAsSealed(day, record) => write!(f, "record {record} is not as it was sealed on {day}"),
            Self::RecordInserted(day, record) => {
                write!(f, "record {record} was put into {day} after that day was sealed")
            }
            Self::EventInserted(day, record, seq) => {
                write!(f, "event {seq} of record {record} was put into {day} after that day was sealed")
            }
            Self::BeforeSeals(day, record) => {
                write!(f, "record {record} is dated {day}, before the first day that was sealed")
            }
            Self::SealChanged(day) => write!(f, "the seal of {day} was changed"),
            Self::SealNotChained(day) => write!(f, "the seal of {day} does not follow from the one before"),
            Self::SealCopyDiffers(day) => {
                write!(f, "the seal of {day} differs from its copy outside the table")
            }
        }
    }
}

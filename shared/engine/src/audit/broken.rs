//! What can be found broken, and how it is said.

use signalbox_domain::ids::RunId;
use signalbox_domain::time::Day;
use std::fmt;

/// The first thing that was not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// An event's bytes are not those that were hashed.
    Changed(RunId, u64),
    /// An event does not follow from the one before: something was changed, put between or put in another order.
    NotChained(RunId, u64),
    /// A run's events are not numbered 1, 2, 3, …: this one is missing.
    Missing(RunId, u64),
    /// An event cannot be read, or is filed under another run or number than its own.
    Misfiled(RunId, u64, String),
    /// A run has fewer events than its head counted: cut off after this one.
    Truncated(RunId, u64),
    /// A run's head does not end where its events do.
    HeadDiffers(RunId),
    /// A run's head ends where its events do, and says something else than they.
    HeadForged(RunId),
    /// A run has events and no head: it was put there, or its head was taken away.
    Headless(RunId),
    /// A sealed run is gone.
    RunMissing(Day, RunId),
    /// A run does not pass through the hash it was sealed with.
    NotAsSealed(Day, RunId),
    /// A run lies in a sealed day, and its seal does not know it.
    RunInserted(Day, RunId),
    /// An event lies in a sealed day, and the seal knows only those before it.
    EventInserted(Day, RunId, u64),
    /// A run's first event is dated before the first day that was sealed.
    BeforeSeals(Day, RunId),
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
            Self::Changed(run, seq) => write!(f, "event {seq} of run {run} was changed"),
            Self::NotChained(run, seq) => {
                write!(f, "event {seq} of run {run} does not follow from the one before")
            }
            Self::Missing(run, seq) => write!(f, "event {seq} of run {run} is missing"),
            Self::Misfiled(run, seq, why) => {
                write!(f, "event {seq} of run {run} is not one of its own: {why}")
            }
            Self::Truncated(run, seq) => write!(f, "the events of run {run} were cut off after {seq}"),
            Self::HeadDiffers(run) => write!(f, "the head of run {run} does not match its events"),
            Self::HeadForged(run) => {
                write!(
                    f,
                    "the head of run {run} says something else than its events: it was changed by itself"
                )
            }
            Self::Headless(run) => write!(f, "run {run} has events and no head"),
            Self::RunMissing(day, run) => write!(f, "run {run}, sealed on {day}, is gone"),
            Self::NotAsSealed(day, run) => write!(f, "run {run} is not as it was sealed on {day}"),
            Self::RunInserted(day, run) => {
                write!(f, "run {run} was put into {day} after that day was sealed")
            }
            Self::EventInserted(day, run, seq) => {
                write!(f, "event {seq} of run {run} was put into {day} after that day was sealed")
            }
            Self::BeforeSeals(day, run) => {
                write!(f, "run {run} is dated {day}, before the first day that was sealed")
            }
            Self::SealChanged(day) => write!(f, "the seal of {day} was changed"),
            Self::SealNotChained(day) => write!(f, "the seal of {day} does not follow from the one before"),
            Self::SealCopyDiffers(day) => {
                write!(f, "the seal of {day} differs from its copy outside the table")
            }
        }
    }
}

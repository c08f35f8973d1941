//! Events in the events table. The bytes are hashed as they are; golden files pin them for ever. An event that
//! version 1 did not know is written with a higher version, so that an older binary that was put back refuses it and
//! does not guess.

use super::{Unreadable, named, read, write};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use signalbox_domain::alert::{AlertEvent, BulletinEvent};
use signalbox_domain::{CommandId, Digest, Event, RecordId, RunEvent, SetAside, Timestamp};

/// One event with all that is said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub record: RecordId,
    /// 1, 2, 3, … within it.
    pub seq: u64,
    /// When it was appended.
    pub at: Timestamp,
    /// The command that led to it.
    pub cause: CommandId,
    /// Hash of the event before; zeros for the first.
    pub previous: Digest,
    /// What happened.
    pub event: Event,
}

#[derive(Serialize, Deserialize)]
struct Stored<R, C, E> {
    v: u8,
    #[serde(rename = "run")]
    record: R,
    seq: u64,
    at: Timestamp,
    cause: C,
    previous: Digest,
    event: E,
}

/// Events that are stored under a name of their kind; those of runs are not.
#[derive(Deserialize)]
struct Named {
    alert: Option<AlertEvent>,
    set_aside: Option<SetAside>,
}

fn happened(raw: &RawValue) -> serde_json::Result<Event> {
    Ok(match named(raw) {
        "alert" | "set_aside" => match serde_json::from_str(raw.get())? {
            Named { alert: Some(event), .. } => Event::Alert(event),
            Named { set_aside: Some(aside), .. } => Event::SetAside(aside),
            Named { alert: None, set_aside: None } => {
                return Err(serde::de::Error::custom("nothing happened"));
            }
        },
        "reported" => Event::Bulletin(serde_json::from_str(raw.get())?),
        _ => Event::Run(serde_json::from_str(raw.get())?),
    })
}

/// What is the same in every version: enough to check the chain of events that a newer version wrote.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Frame {
    /// Version of the envelope.
    pub v: u8,
    #[serde(rename = "run")]
    pub record: RecordId,
    /// 1, 2, 3, … within it.
    pub seq: u64,
    /// When it was appended.
    pub at: Timestamp,
    /// Hash of the event before; zeros for the first.
    pub previous: Digest,
}

/// An event's frame, whichever version wrote it.
///
/// # Errors
/// When it is damaged.
pub fn frame(bytes: &[u8]) -> Result<Frame, Unreadable> {
    read("event", bytes)
}

/// The latest version that this binary reads.
pub const LATEST: u8 = 6;

fn newer(v: u8) -> Unreadable {
    Unreadable { what: "event", why: format!("version {v}") }
}

/// The first version that knows of such an event.
fn version(event: &Event) -> u8 {
    match event {
        Event::Run(
            RunEvent::Checking { .. }
            | RunEvent::Checked { .. }
            | RunEvent::Verifying { .. }
            | RunEvent::PartsMoved { .. }
            | RunEvent::Requested { part_of: Some(_), .. }
            | RunEvent::Refused { part_of: Some(_), .. },
        ) => 6,
        Event::Alert(AlertEvent::Sent { .. }) | Event::Run(RunEvent::Followed { .. }) => 5,
        Event::Alert(AlertEvent::Escalated { .. } | AlertEvent::Unsilenced { .. }) => 4,
        Event::Run(RunEvent::NotSeen { .. } | RunEvent::SeenAgain { .. } | RunEvent::StopAnswered { .. }) => {
            3
        }
        Event::Run(
            RunEvent::LookedAgain { .. } | RunEvent::Settled { .. } | RunEvent::SettleRefused { .. },
        ) => 2,
        Event::Run(
            RunEvent::Requested { .. }
            | RunEvent::Refused { .. }
            | RunEvent::DispatchStarted { .. }
            | RunEvent::Dispatched { .. }
            | RunEvent::Located { .. }
            | RunEvent::MaybeSent { .. }
            | RunEvent::NotSent { .. }
            | RunEvent::Progressed { .. }
            | RunEvent::CancelRequested { .. }
            | RunEvent::CancelRefused { .. }
            | RunEvent::RetryRequested { .. }
            | RunEvent::RetryRefused { .. }
            | RunEvent::Finished { .. }
            | RunEvent::BecameUnknown { .. }
            | RunEvent::Contradicted { .. },
        )
        | Event::Alert(
            AlertEvent::Found { .. }
            | AlertEvent::Attended { .. }
            | AlertEvent::Declined { .. }
            | AlertEvent::Reopened { .. }
            | AlertEvent::Reminded,
        )
        | Event::Bulletin(BulletinEvent::Reported { .. })
        | Event::SetAside(_) => 1,
    }
}

/// To be stored.
///
/// # Errors
/// None in practice.
pub fn encode(record: &Record) -> Result<Vec<u8>, Unreadable> {
    write(
        "event",
        &Stored {
            v: version(&record.event),
            record: &record.record,
            seq: record.seq,
            at: record.at,
            cause: &record.cause,
            previous: record.previous,
            event: &record.event,
        },
    )
}

/// As it was stored, in whichever version.
///
/// # Errors
/// When a newer version wrote it, or it is damaged.
pub fn decode(bytes: &[u8]) -> Result<Record, Unreadable> {
    let Stored { v, record, seq, at, cause, previous, event } =
        read::<Stored<RecordId, CommandId, &RawValue>>("event", bytes).map_err(|damaged| {
            match frame(bytes) {
                // If a newer version wrote it, report that instead: it is the real reason.
                Ok(Frame { v, .. }) if v > LATEST => newer(v),
                Ok(_) | Err(_) => damaged,
            }
        })?;
    if v > LATEST || v == 0 {
        return Err(newer(v));
    }
    let event = happened(event).map_err(|e| Unreadable { what: "event", why: e.to_string() })?;
    Ok(Record { record, seq, at, cause, previous, event })
}

//! Events in the events table. The bytes are hashed as they are; golden files pin them for ever. What version 1 did not
//! know is written as version 2, so that a binary that was put back says so and does not guess.

use super::{Unreadable, read, write};
use serde::{Deserialize, Serialize};
use signalbox_domain::alert::{AlertEvent, Report};
use signalbox_domain::intent::{Intent, Work};
use signalbox_domain::observation::{InJob, Outcome, Settlement};
use signalbox_domain::people::{Actor, Place};
use signalbox_domain::policy::ReasonCode;
use signalbox_domain::{CommandId, Digest, Event, RecordId, Timestamp};

/// One event with all that is said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The record.
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
struct Stored {
    v: u8,
    #[serde(rename = "run")]
    record: RecordId,
    seq: u64,
    at: Timestamp,
    cause: CommandId,
    previous: Digest,
    event: EventV1,
}

/// What is the same in every version: enough to check the chain of events that a newer version wrote.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Frame {
    /// Version of the envelope.
    pub v: u8,
    /// The record.
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
pub const LATEST: u8 = 4;

fn newer(v: u8) -> Unreadable {
    Unreadable { what: "event", why: format!("version {v}") }
}

/// The first version that knows of such an event.
fn version(event: &Event) -> u8 {
    match event {
        Event::Alert(AlertEvent::Escalated { .. } | AlertEvent::Unsilenced { .. }) => 4,
        Event::NotSeen { .. } | Event::SeenAgain { .. } | Event::StopAnswered { .. } => 3,
        Event::LookedAgain { .. } | Event::Settled { .. } | Event::SettleRefused { .. } => 2,
        Event::Requested { .. }
        | Event::Refused { .. }
        | Event::DispatchStarted { .. }
        | Event::Dispatched { .. }
        | Event::Located { .. }
        | Event::MaybeSent { .. }
        | Event::NotSent { .. }
        | Event::Progressed { .. }
        | Event::CancelRequested { .. }
        | Event::CancelRefused { .. }
        | Event::RetryRequested { .. }
        | Event::RetryRefused { .. }
        | Event::Finished { .. }
        | Event::BecameUnknown { .. }
        | Event::Contradicted { .. }
        | Event::SetAside { .. }
        | Event::Alert(_)
        | Event::Reported { .. } => 1,
    }
}

/// The wire form. Not the domain's type: that may change its shape, this may not.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EventV1 {
    Requested {
        intent: Intent,
        work: Work,
    },
    Refused {
        intent: Intent,
        reason: ReasonCode,
        told: bool,
    },
    DispatchStarted {
        attempt: u32,
        lease_until: Timestamp,
    },
    Dispatched {
        attempt: u32,
        reference: Option<String>,
        link: Option<String>,
        found: bool,
    },
    Located {
        attempt: u32,
        reference: String,
        link: Option<String>,
    },
    MaybeSent {
        attempt: u32,
        why: String,
    },
    NotSent {
        attempt: u32,
        why: String,
    },
    Progressed {
        attempt: u32,
        begun: u32,
        steps: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        in_job: Option<InJob>,
        link: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waits: Option<String>,
    },
    NotSeen {
        attempt: u32,
        looks: u32,
        why: String,
        gone: bool,
    },
    SeenAgain {
        attempt: u32,
    },
    StopAnswered {
        attempt: u32,
        refused: Option<String>,
    },
    CancelRequested {
        by: Actor,
    },
    CancelRefused {
        by: Actor,
        reason: ReasonCode,
    },
    RetryRequested {
        by: Actor,
        attempt: u32,
    },
    RetryRefused {
        by: Actor,
        reason: ReasonCode,
    },
    Finished {
        attempt: u32,
        outcome: Outcome,
    },
    BecameUnknown {
        attempt: u32,
        why: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<String>,
    },
    Contradicted {
        attempt: u32,
        what: String,
    },
    SetAside {
        letter: String,
        what: String,
        by: Option<Actor>,
        intent: Option<Intent>,
    },
    LookedAgain {
        by: Actor,
        attempt: u32,
        what: String,
    },
    Settled {
        by: Actor,
        attempt: u32,
        how: Settlement,
        note: String,
    },
    SettleRefused {
        by: Actor,
        reason: ReasonCode,
    },
    Alert(AlertEvent),
    Reported {
        report: Box<Report>,
        place: Place,
    },
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
            record: record.record.clone(),
            seq: record.seq,
            at: record.at,
            cause: record.cause.clone(),
            previous: record.previous,
            event: to_v1(record.event.clone()),
        },
    )
}

/// As it was stored, in whichever version.
///
/// # Errors
/// When a newer version wrote it, or it is damaged.
pub fn decode(bytes: &[u8]) -> Result<Record, Unreadable> {
    let s: Stored = read("event", bytes).map_err(|damaged| match frame(bytes) {
        // Whatever a newer version put into it: that is what is wrong.
        Ok(Frame { v, .. }) if v > LATEST => newer(v),
        Ok(_) | Err(_) => damaged,
    })?;
    if s.v > LATEST || s.v == 0 {
        return Err(newer(s.v));
    }
    let event = from_v1(s.event);
    Ok(Record { record: s.record, seq: s.seq, at: s.at, cause: s.cause, previous: s.previous, event })
}

fn to_v1(event: Event) -> EventV1 {
    match event {
        Event::Requested { intent, work } => EventV1::Requested { intent, work },
        Event::Refused { intent, reason, told } => EventV1::Refused { intent, reason, told },
        Event::DispatchStarted { attempt, lease_until } => EventV1::DispatchStarted { attempt, lease_until },
        Event::Dispatched { attempt, reference, link, found } => {
            EventV1::Dispatched { attempt, reference, link, found }
        }
        Event::Located { attempt, reference, link } => EventV1::Located { attempt, reference, link },
        Event::RetryRequested { by, attempt } => EventV1::RetryRequested { by, attempt },
        Event::RetryRefused { by, reason } => EventV1::RetryRefused { by, reason },
        Event::MaybeSent { attempt, why } => EventV1::MaybeSent { attempt, why },
        Event::NotSent { attempt, why } => EventV1::NotSent { attempt, why },
        Event::Progressed { attempt, begun, steps, in_job, link, waits } => {
            EventV1::Progressed { attempt, begun, steps, in_job, link, waits }
        }
        Event::NotSeen { attempt, looks, why, gone } => EventV1::NotSeen { attempt, looks, why, gone },
        Event::SeenAgain { attempt } => EventV1::SeenAgain { attempt },
        Event::StopAnswered { attempt, refused } => EventV1::StopAnswered { attempt, refused },
        Event::CancelRequested { by } => EventV1::CancelRequested { by },
        Event::CancelRefused { by, reason } => EventV1::CancelRefused { by, reason },
        Event::Finished { attempt, outcome } => EventV1::Finished { attempt, outcome },
        Event::BecameUnknown { attempt, why, page } => EventV1::BecameUnknown { attempt, why, page },
        Event::LookedAgain { by, attempt, what } => EventV1::LookedAgain { by, attempt, what },
        Event::Settled { by, attempt, how, note } => EventV1::Settled { by, attempt, how, note },
        Event::SettleRefused { by, reason } => EventV1::SettleRefused { by, reason },
        Event::Contradicted { attempt, what } => EventV1::Contradicted { attempt, what },
        Event::SetAside { letter, what, by, intent } => EventV1::SetAside { letter, what, by, intent },
        Event::Alert(event) => EventV1::Alert(event),
        Event::Reported { report, place } => EventV1::Reported { report, place },
    }
}

fn from_v1(event: EventV1) -> Event {
    match event {
        EventV1::Requested { intent, work } => Event::Requested { intent, work },
        EventV1::Refused { intent, reason, told } => Event::Refused { intent, reason, told },
        EventV1::DispatchStarted { attempt, lease_until } => Event::DispatchStarted { attempt, lease_until },
        EventV1::Dispatched { attempt, reference, link, found } => {
            Event::Dispatched { attempt, reference, link, found }
        }
        EventV1::Located { attempt, reference, link } => Event::Located { attempt, reference, link },
        EventV1::RetryRequested { by, attempt } => Event::RetryRequested { by, attempt },
        EventV1::RetryRefused { by, reason } => Event::RetryRefused { by, reason },
        EventV1::MaybeSent { attempt, why } => Event::MaybeSent { attempt, why },
        EventV1::NotSent { attempt, why } => Event::NotSent { attempt, why },
        EventV1::Progressed { attempt, begun, steps, in_job, link, waits } => {
            Event::Progressed { attempt, begun, steps, in_job, link, waits }
        }
        EventV1::NotSeen { attempt, looks, why, gone } => Event::NotSeen { attempt, looks, why, gone },
        EventV1::SeenAgain { attempt } => Event::SeenAgain { attempt },
        EventV1::StopAnswered { attempt, refused } => Event::StopAnswered { attempt, refused },
        EventV1::CancelRequested { by } => Event::CancelRequested { by },
        EventV1::CancelRefused { by, reason } => Event::CancelRefused { by, reason },
        EventV1::Finished { attempt, outcome } => Event::Finished { attempt, outcome },
        EventV1::BecameUnknown { attempt, why, page } => Event::BecameUnknown { attempt, why, page },
        EventV1::LookedAgain { by, attempt, what } => Event::LookedAgain { by, attempt, what },
        EventV1::Settled { by, attempt, how, note } => Event::Settled { by, attempt, how, note },
        EventV1::SettleRefused { by, reason } => Event::SettleRefused { by, reason },
        EventV1::Contradicted { attempt, what } => Event::Contradicted { attempt, what },
        EventV1::SetAside { letter, what, by, intent } => Event::SetAside { letter, what, by, intent },
        EventV1::Alert(event) => Event::Alert(event),
        EventV1::Reported { report, place } => Event::Reported { report, place },
    }
}

//! Only what was asked for is done: work is taken from a run's own record, never from its head.

use crate::ports::{EventRow, Journal, PortError};
use crate::wire;
use signalbox_domain::intent::{Intent, Work};
use signalbox_domain::run::DispatchAnswer;
use signalbox_domain::{Digest, Event, RecordId, RunEvent, RunHead};
use std::time::Duration;

/// What a person sees if somebody other than the dispatcher changed the head of their run.
pub(super) const FORGED: &str =
    "what is kept of this run is not what was asked for; nothing was started (see audit verify)";

/// What is to be done for a run, as its record says it. `None` where its head differs, or the record is not whole:
/// anyone who can write the store can overwrite a head, but events are only ever added, and chained. `appended` is
/// what this command itself put on record.
pub(super) async fn on_record<S: Journal + ?Sized>(
    store: &S,
    head: &RunHead,
    appended: &[Event],
) -> Result<Option<Work>, PortError> {
    let asked = match appended.iter().rev().find_map(requested) {
        Some((intent, work)) => Some((intent.clone(), work.clone())),
        None => recorded(store, head).await?,
    };
    let agrees = |(intent, work): &(Intent, Work)| {
        head.intent == intent.as_old_as(&head.intent) && head.work.as_ref() == Some(work)
    };
    let work = asked.filter(agrees).map(|(_, work)| work);
    if work.is_none() {
        tracing::error!(run = %head.run, "the head does not say what was asked for: it was changed by itself");
    }
    Ok(work)
}

fn requested(event: &Event) -> Option<(&Intent, &Work)> {
    if let Event::Run(RunEvent::Requested { intent, work, .. }) = event { Some((intent, work)) } else { None }
}

async fn recorded<S: Journal + ?Sized>(
    store: &S,
    head: &RunHead,
) -> Result<Option<(Intent, Work)>, PortError> {
    let events = whole(&head.run, &store.events(&head.run).await?)?;
    Ok(events.and_then(|events| events.iter().rev().find_map(requested).map(|(i, w)| (i.clone(), w.clone()))))
}

/// The events of a record; `None` where one cannot be read, or they are not one chain.
///
/// # Errors
/// [`PortError::Newer`] where a newer version wrote some of them: these may be what counts, so a version that can
/// read them decides.
pub(super) fn whole(record: &RecordId, rows: &[EventRow]) -> Result<Option<Vec<Event>>, PortError> {
    let (mut previous, mut events) = (Digest::ZERO, vec![]);
    for row in rows {
        let Ok(read) = wire::event::decode(&row.bytes) else {
            let newer = wire::event::frame(&row.bytes).is_ok_and(|frame| frame.v > wire::event::LATEST);
            return if newer { Err(PortError::Newer) } else { Ok(None) };
        };
        if wire::hash(&row.bytes) != row.hash || read.previous != previous || read.record != *record {
            return Ok(None);
        }
        previous = row.hash;
        events.push(read.event);
    }
    Ok(Some(events))
}

/// Adds how long the call took until it was clear that its result is unknown.
pub(super) fn timed(answer: DispatchAnswer, took: Duration) -> DispatchAnswer {
    match answer {
        DispatchAnswer::MaybeSent { why } => {
            let after = match took.as_millis() {
                0..1000 => "within a second".to_owned(),
                ms => format!("after {} s", (ms + 500) / 1000),
            };
            DispatchAnswer::MaybeSent { why: format!("{why} ({after})") }
        }
        DispatchAnswer::Sent { .. }
        | DispatchAnswer::NotSent { .. }
        | DispatchAnswer::Refused { .. }
        | DispatchAnswer::Fenced => answer,
    }
}

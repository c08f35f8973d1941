//! What is done is what was asked for: a run's head is held against its own record before anything outside is changed.

use crate::ports::{PortError, Store};
use crate::wire;
use signalbox_domain::intent::{Intent, Work};
use signalbox_domain::run::DispatchAnswer;
use signalbox_domain::{Digest, Event, RunHead};
use std::time::Duration;

/// What a person sees whose run's head was changed by somebody else than the dispatcher.
pub(crate) const FORGED: &str =
    "what is kept of this run is not what was asked for; nothing was started (see audit verify)";

/// What a run's record says was asked for, and is to be done.
#[derive(PartialEq)]
pub(crate) struct Asked {
    intent: Intent,
    work: Work,
}

impl Asked {
    pub(crate) fn by(event: &Event) -> Option<Self> {
        if let Event::Requested { intent, work } = event {
            Some(Self { intent: intent.clone(), work: work.clone() })
        } else {
            None
        }
    }
}

/// Whether a head says what its record says was asked for. A head can be overwritten by whoever can write it; events
/// are only ever added, and chained. What changes anything outside is done only if the two agree.
pub(crate) async fn is_asked<S: Store + ?Sized>(
    store: &S,
    head: &RunHead,
    asked: Option<&Asked>,
) -> Result<bool, PortError> {
    let same = |asked: &Asked| head.intent == asked.intent && head.work.as_ref() == Some(&asked.work);
    if let Some(asked) = asked {
        return Ok(same(asked));
    }
    let (mut previous, mut on_record) = (Digest::ZERO, None);
    for row in store.events(&head.run).await? {
        let Ok(record) = wire::event::decode(&row.bytes) else { return Ok(false) };
        if wire::hash(&row.bytes) != row.hash || record.previous != previous || record.record != *head.run {
            return Ok(false);
        }
        previous = row.hash;
        on_record = Asked::by(&record.event).or(on_record);
    }
    let agrees = on_record.as_ref().is_some_and(same);
    if !agrees {
        tracing::error!(run = %head.run, "the head does not say what was asked for: it was changed by itself");
    }
    Ok(agrees)
}

/// How long it took until nobody knew.
pub(crate) fn timed(answer: DispatchAnswer, took: Duration) -> DispatchAnswer {
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

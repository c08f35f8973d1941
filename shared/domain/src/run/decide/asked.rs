//! What follows from what a person asks of a run that exists: to stop it, to try it again.

use super::{Plan, finished, start};
use crate::event::Event;
use crate::observation::Conclusion;
use crate::policy::{Actor, ReasonCode};
use crate::run::input::{Act, Situation};
use crate::run::{RunHead, State};

/// Another attempt, because a person says so: the one thing that may follow an attempt of which nobody knows.
pub(super) fn retry(
    head: &RunHead,
    by: &Actor,
    verdict: Result<(), ReasonCode>,
    attempt: u32,
    s: &Situation<'_>,
) -> Plan {
    if head.has_folded(s.cause) || attempt != head.attempt || !head.can_retry() {
        return Plan::NOTHING;
    }
    match verdict {
        Ok(()) => start(attempt + 1, vec![Event::RetryRequested { by: by.clone(), attempt }], s),
        Err(reason) => Plan { events: vec![Event::RetryRefused { by: by.clone(), reason }], ..Plan::NOTHING },
    }
}

pub(super) fn cancel(head: &RunHead, by: &Actor, verdict: Result<(), ReasonCode>, s: &Situation<'_>) -> Plan {
    let again = head.has_folded(s.cause);
    if let Err(reason) = verdict {
        let refused = Event::CancelRefused { by: by.clone(), reason };
        return Plan { events: if again { vec![] } else { vec![refused] }, ..Plan::NOTHING };
    }
    let asked = if head.cancel.is_some() { vec![] } else { vec![Event::CancelRequested { by: by.clone() }] };
    match &head.state {
        State::Refused { .. } | State::SetAside { .. } | State::Finished(_) => Plan::NOTHING,
        // Nothing is known to be there to stop; that the person wanted it stopped is on record.
        State::Unknown { .. } => Plan { events: asked, ..Plan::NOTHING },
        State::Dispatching { lease_until: None, .. } => {
            let mut events = asked;
            events.push(finished(head, Conclusion::Cancelled, "stopped before it was sent"));
            Plan::end(events)
        }
        State::Dispatching { lease_until: Some(_), .. } => Plan { events: asked, ..Plan::NOTHING },
        // Without a name it cannot be stopped yet; it will be, as soon as it is found.
        State::Running if head.reference.is_none() => Plan { events: asked, ..Plan::NOTHING },
        State::Running => {
            Plan { events: asked, act: Some(Act::Cancel { attempt: head.attempt }), ..Plan::NOTHING }
        }
    }
}

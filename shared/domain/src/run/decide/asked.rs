//! What follows from what a person asks of a run that exists: to stop it, to try it again, to look for it, to have it
//! settled.

use super::{Plan, finished, look, start};
use crate::event::Event;
use crate::observation::{Conclusion, Settlement};
use crate::people::Actor;
use crate::policy::ReasonCode;
use crate::run::input::{Absence, Act, SearchAnswer, Situation};
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

/// Word that something may have changed, or a person who wants to know.
pub(super) fn look_again(head: &RunHead) -> Plan {
    match head.state {
        State::Running => Plan::act(look(head)),
        // The attempt may be there though its answer was lost; only a look adopts it.
        State::Unknown { .. } => Plan::act(Act::Search { attempt: head.attempt }),
        State::Dispatching { .. } | State::Refused { .. } | State::SetAside { .. } | State::Finished(_) => {
            Plan::NOTHING
        }
    }
}

/// It was looked for once more and not found. On record, and told, where a person had asked.
pub(super) fn looked_again(head: &RunHead, answer: &SearchAnswer, s: &Situation<'_>) -> Plan {
    let Some(by) = s.asked_by.filter(|_| !head.has_folded(s.cause)) else { return Plan::NOTHING };
    let what = match answer {
        SearchAnswer::Found(_) => return Plan::NOTHING,
        SearchAnswer::Failed { why } => format!("searching for it failed: {why}"),
        SearchAnswer::NotFound(Absence::Proven) => "it is not there, and certainly never was".to_owned(),
        SearchAnswer::NotFound(Absence::NotProven) => {
            "it is not there; that does not prove that it never was".to_owned()
        }
    };
    let event = Event::LookedAgain { by: by.clone(), attempt: head.attempt, what };
    Plan { events: vec![event], ..Plan::NOTHING }
}

/// A person looked at the system and says what became of it. Only of what nobody knows.
pub(super) fn settle(
    head: &RunHead,
    by: &Actor,
    verdict: Result<(), ReasonCode>,
    attempt: u32,
    (how, note): (Settlement, &str),
    s: &Situation<'_>,
) -> Plan {
    if head.has_folded(s.cause) || attempt != head.attempt || !matches!(head.state, State::Unknown { .. }) {
        return Plan::NOTHING;
    }
    match verdict {
        Ok(()) => {
            let (by, note) = (by.clone(), note.to_owned());
            Plan::end(vec![Event::Settled { by, attempt, how, note }])
        }
        Err(reason) => {
            Plan { events: vec![Event::SettleRefused { by: by.clone(), reason }], ..Plan::NOTHING }
        }
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

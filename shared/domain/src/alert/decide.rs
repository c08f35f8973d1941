//! What an alert's commands lead to: one pure function.

use super::card::Figures;
use super::event::{Act, AlertEvent, Until, Why};
use super::finding::{Class, Deployed, Ended, Finding, Tally};
use super::head::{AlertHead, Attention};
use crate::ids::{AlertId, CommandId};
use crate::people::{Actor, Place};
use crate::policy::ReasonCode;
use crate::run::Due;
use crate::silence::SilenceRule;
use crate::time::Timestamp;
use crate::watch::Escalate;
use std::time::Duration;

/// What an alert is confronted with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertInput {
    /// It was found in logs, or word of it came from elsewhere.
    Found(Box<Finding>, Place),
    /// A person wants to do something about it.
    Attend {
        /// Who.
        by: Actor,
        /// What.
        act: Act,
        /// What the rules say.
        verdict: Result<(), ReasonCode>,
    },
    /// A due time has come; perhaps one of before somebody did something about it.
    Wake,
}

/// Everything [`decide`] may look at beside the head and the input.
#[derive(Debug, Clone, Copy)]
pub struct AlertSituation<'a> {
    /// Which alert this is about.
    pub alert: &'a AlertId,
    /// Now.
    pub now: Timestamp,
    /// The command that is being handled.
    pub cause: &'a CommandId,
    /// What is acknowledged and loud for so long is said again.
    pub remind: Duration,
    /// The silence of the catalogue that holds for it now.
    pub silence: Option<&'a SilenceRule>,
    /// Who is told of it if nobody acknowledges it, as the catalogue says now.
    pub escalate: Option<&'a Escalate>,
    /// What was counted of it since its class last changed, if anything was.
    pub figures: Option<&'a Figures>,
}

/// What is to be recorded, and when to look again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertPlan {
    /// In order.
    pub events: Vec<AlertEvent>,
    /// When.
    pub due: Due,
}

/// What follows.
#[must_use]
pub fn decide(head: Option<&AlertHead>, input: &AlertInput, situation: &AlertSituation<'_>) -> AlertPlan {
    let nothing = AlertPlan { events: vec![], due: Due::Unchanged };
    if head.is_some_and(|h| h.has_folded(situation.cause)) {
        return nothing;
    }
    let events = match (head, input) {
        (None, AlertInput::Found(finding, place)) => first(finding, place),
        (Some(head), AlertInput::Found(finding, place)) => found(head, finding, place),
        (Some(head), AlertInput::Attend { by, act, verdict }) => {
            let (by, act) = (by.clone(), counted(act, head, situation.figures));
            match verdict {
                Ok(()) => vec![AlertEvent::Attended { by, act }],
                Err(reason) => vec![AlertEvent::Declined { by, act, reason: *reason }],
            }
        }
        (Some(head), AlertInput::Wake) => return wake(head, situation),
        // Nothing was ever found under this name.
        (None, AlertInput::Attend { .. } | AlertInput::Wake) => vec![],
    };
    if events.is_empty() {
        return nothing;
    }
    let mut after = head.cloned();
    for event in &events {
        after = AlertHead::after(after, situation.alert, event, situation.cause, situation.now);
    }
    let due = after.and_then(|h| due(&h, situation)).map_or(Due::Never, Due::At);
    AlertPlan { events, due }
}

/// What is usual, or over, is no news where nothing was told before.
fn first(finding: &Finding, place: &Place) -> Vec<AlertEvent> {
    match finding.class {
        Class::New | Class::Spiking | Class::Regressed => {
            vec![AlertEvent::Found { finding: Box::new(finding.clone()), place: place.clone() }]
        }
        Class::Known | Class::Quiet => vec![],
    }
}

fn found(head: &AlertHead, finding: &Finding, place: &Place) -> Vec<AlertEvent> {
    let class = class_now(head, finding);
    let mut events = vec![];
    if class != head.finding.class {
        let finding = Box::new(Finding { class, ..finding.clone() });
        events.push(AlertEvent::Found { finding, place: place.clone() });
    }
    let hushed = head.hushed || head.finding.silenced.is_some();
    if finding.silenced.is_some() {
        // Whatever it does meanwhile, nobody is called.
    } else if hushed && class != Class::Quiet && finding.tally.count > 0 {
        events.push(AlertEvent::Unsilenced { held: finding.held });
    } else if let Some(why) = reopens(head, class, finding) {
        events.push(AlertEvent::Reopened { why });
    }
    events
}

/// What it is, given what people did: whoever found it does not know that it was resolved.
fn class_now(head: &AlertHead, finding: &Finding) -> Class {
    match finding.class {
        Class::Quiet => Class::Quiet,
        _ if is_back(head, finding) => Class::Regressed,
        // Found before it was mended: until it is seen again, it is what it was.
        _ if matches!(head.attention, Attention::Resolved { .. }) => head.finding.class,
        // It fires on.
        Class::New => head.finding.class,
        // A second look at the window it was told of.
        Class::Known if finding.tally.from == head.finding.tally.from => head.finding.class,
        // That it rests is no news, but for what spiked: the next spike is one.
        Class::Known if finding.tally.count == 0 && head.finding.class != Class::Spiking => {
            head.finding.class
        }
        class => class,
    }
}

/// Whether it is here again after it was over.
fn is_back(head: &AlertHead, finding: &Finding) -> bool {
    let over = match head.attention {
        // A window that began before it was mended says nothing about the time after.
        Attention::Resolved { .. } => finding.tally.from >= head.attended_at,
        _ => head.finding.class == Class::Quiet,
    };
    over && finding.tally.count > 0
}

/// Whether what a person had done holds no longer.
fn reopens(head: &AlertHead, class: Class, finding: &Finding) -> Option<Why> {
    let turned = |to: Class| class == to && head.finding.class != to;
    // What was refused changed nothing.
    let changed = |d: &Deployed| d.at > head.attended_at && d.ended != Some(Ended::Refused);
    let deployed = || finding.after.iter().any(changed);
    match &head.attention {
        Attention::Acknowledged { .. } if turned(Class::Spiking) => Some(Why::Spiking),
        Attention::Acknowledged { .. } if turned(Class::Regressed) => Some(Why::Regressed),
        // Resolved, or over by itself: whoever is told of it is told anew.
        Attention::Resolved { .. } | Attention::Open if is_back(head, finding) => Some(Why::Regressed),
        Attention::Snoozed { until: Until::Lines(lines), .. } if finding.lines >= *lines => {
            Some(Why::Counted)
        }
        Attention::Snoozed { until: Until::Deploy, .. } if deployed() => Some(Why::Deployed),
        Attention::Acknowledged { .. }
        | Attention::Resolved { .. }
        | Attention::Snoozed { .. }
        | Attention::Open
        | Attention::Muted { .. } => None,
    }
}

/// "So many more lines" becomes "when there were so many ever".
fn counted(act: &Act, head: &AlertHead, figures: Option<&Figures>) -> Act {
    let now = figures.map_or(0, |f| f.lines).max(head.finding.lines);
    match act {
        Act::Snooze(Until::Lines(more)) => Act::Snooze(Until::Lines(now.saturating_add(*more))),
        act => act.clone(),
    }
}

fn wake(head: &AlertHead, situation: &AlertSituation<'_>) -> AlertPlan {
    let expected = due(head, situation);
    // Early, or about something that was undone since: look again when it is due.
    if expected.is_none_or(|at| at > situation.now) {
        let due = expected.map_or(Due::Never, Due::At);
        return AlertPlan { events: vec![], due };
    }
    if silence_end(head).is_some_and(|end| end <= situation.now) {
        return match situation.silence {
            // It was made longer since, or another one holds.
            Some(rule) => AlertPlan { events: vec![], due: Due::At(rule.until) },
            None => planned(head, AlertEvent::Unsilenced { held: head.finding.held }, situation),
        };
    }
    if let (Some(to), Some(at)) = (situation.escalate, escalation(head, situation))
        && at <= situation.now
    {
        return AlertPlan { events: vec![AlertEvent::Escalated { to: to.clone() }], due: Due::Never };
    }
    if end(head).is_some_and(|end| end <= situation.now) {
        return planned(head, AlertEvent::Reopened { why: Why::Over }, situation);
    }
    let again = situation.now.plus(situation.remind);
    let next = end(head).map_or(again, |end| end.min(again));
    let Tally { last_seen, .. } = head.finding.tally;
    let last_seen = situation.figures.map_or(last_seen, |f| f.tally.last_seen.max(last_seen));
    // An alert from elsewhere is loud until its end is told.
    let fires = !head.finding.matchers.is_empty();
    let loud =
        head.finding.class != Class::Quiet && (fires || situation.now.since(last_seen) < situation.remind);
    let events = if loud { vec![AlertEvent::Reminded] } else { vec![] };
    AlertPlan { events, due: Due::At(next) }
}

/// One event, and when to look again after it.
fn planned(head: &AlertHead, event: AlertEvent, situation: &AlertSituation<'_>) -> AlertPlan {
    let after = AlertHead::after(Some(head.clone()), &head.id, &event, situation.cause, situation.now);
    let due = after.and_then(|h| due(&h, situation)).map_or(Due::Never, Due::At);
    AlertPlan { events: vec![event], due }
}

/// When the silence ends under which an alert of an alert manager fires. What was found in logs is looked for by the
/// log-watch in its next window.
fn silence_end(head: &AlertHead) -> Option<Timestamp> {
    let fires = head.finding.is_from_elsewhere() && head.finding.class != Class::Quiet;
    Some(head.finding.silenced.as_ref().filter(|_| fires)?.until)
}

/// When what a person did is over by itself.
fn end(head: &AlertHead) -> Option<Timestamp> {
    match &head.attention {
        Attention::Acknowledged { until, .. } => *until,
        Attention::Snoozed { until: Until::Time(at), .. } => Some(*at),
        Attention::Muted { until, .. } => Some(*until),
        Attention::Snoozed { .. } | Attention::Open | Attention::Resolved { .. } => None,
    }
}

/// When to look at it again.
fn due(head: &AlertHead, situation: &AlertSituation<'_>) -> Option<Timestamp> {
    let remind = match &head.attention {
        Attention::Acknowledged { .. } => {
            Some(head.reminded_at.unwrap_or(head.attended_at).plus(situation.remind))
        }
        _ => None,
    };
    [end(head), remind, escalation(head, situation), silence_end(head)].into_iter().flatten().min()
}

/// When others are told that nobody acknowledged it: once for each time that it is opened. What has no card is named in a
/// bulletin with others, and does not call anybody one by one.
fn escalation(head: &AlertHead, situation: &AlertSituation<'_>) -> Option<Timestamp> {
    let waits = head.attention == Attention::Open
        && head.finding.class != Class::Quiet
        && head.escalated.is_none()
        && head.has_card();
    Some(head.attended_at.plus(situation.escalate.filter(|_| waits)?.after()))
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;

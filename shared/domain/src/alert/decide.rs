//! What an alert's commands lead to: one pure function.

use super::command::AlertCommand;
use super::event::{Act, AlertEvent, Until, Why};
use super::finding::{Class, Deployed, Ended, Finding, Tally};
use super::head::{AlertHead, Attention};
use super::notified::Figures;
use crate::ids::{AlertId, CommandId, RecordId};
use crate::people::{Actor, Place};
use crate::plan::{Due, Plan};
use crate::policy::Verdict;
use crate::rules::Rules;
use crate::silence::{SilenceRule, comment};
use crate::time::Timestamp;
use crate::watch::{Escalate, Watch};
use std::time::Duration;

/// After so long an acknowledged alert is said again, if its watch is no longer in the catalogue.
const REMIND: Duration = Duration::from_secs(86_400);
/// What is owed to another record goes on record as sent within moments; if not, it is owed again after this.
const SENT_WITHIN: Duration = Duration::from_secs(60);

/// What an alert is confronted with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertInput {
    /// A command for it.
    Command(AlertCommand),
    /// A due time has come. It may be out of date, because somebody did something about the alert since.
    Wake,
    /// What it owed to another record was sent.
    Sent {
        /// Which record.
        to: RecordId,
        /// By which command.
        command: CommandId,
    },
}

/// Everything [`decide`] may look at beside the head and the input.
#[derive(Debug, Clone, Copy)]
pub struct AlertSituation<'a> {
    /// Which alert this is about.
    pub alert: &'a AlertId,
    pub now: Timestamp,
    /// The command that is being handled.
    pub cause: &'a CommandId,
    /// What the catalogue says.
    pub rules: Rules<'a>,
    /// The counts since its class last changed, if there are any.
    pub figures: Option<&'a Figures>,
}

impl<'a> AlertSituation<'a> {
    fn watch(&self, head: &AlertHead) -> Option<&'a Watch> {
        self.rules.watch(&head.finding.watch)
    }

    /// How long an acknowledged alert is loud before it is said again.
    fn remind(&self, head: &AlertHead) -> Duration {
        self.watch(head).map_or(REMIND, |watch| Duration::from_secs(u64::from(watch.remind_hours) * 3600))
    }

    /// The silence of the catalogue that holds for it now.
    fn silence(&self, head: &AlertHead) -> Option<&'a SilenceRule> {
        self.watch(head)?.silence(&head.finding.title, &head.finding.matchers, self.now)
    }

    /// Who is told if nobody acknowledges it, as the catalogue says now.
    fn escalate(&self, head: &AlertHead) -> Option<&'a Escalate> {
        self.watch(head)?.escalate.as_ref()
    }
}

/// What must be done for an alert after its card is ordered: the card shows what was decided, even if the
/// alert manager takes long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertOwed {
    /// The figures of this notification are on the card, whether or not it led to an event.
    Figures(Box<Finding>),
    /// The alert manager it came from is silent about it.
    Silence {
        /// When the silence ends.
        until: Timestamp,
        /// Whose decision it is.
        by: Actor,
        /// What they did and said: redacted, one line, never empty.
        comment: String,
    },
    /// The alert manager is no longer silent about it.
    EndSilence,
}

/// What follows for an alert.
pub type AlertPlan = Plan<AlertEvent, AlertOwed>;

/// What follows.
#[must_use]
pub fn decide(head: Option<&AlertHead>, input: &AlertInput, situation: &AlertSituation<'_>) -> AlertPlan {
    let plan = match (head, input) {
        (Some(head), AlertInput::Sent { to, command }) => sent(head, to, command, situation),
        // The same command once more: it is on record, but what it owes may not have been brought about.
        (Some(head), _) if head.has_folded(situation.cause) => Plan::NOTHING,
        (Some(_) | None, _) => planned(head, input, situation),
    };
    let after = match (&plan.events.is_empty(), head) {
        (true, Some(head)) => Some(head.clone()),
        (true, None) => None,
        (false, _) => fold(head, &plan.events, situation),
    };
    let Some(after) = after else { return plan };
    Plan { owed: owed(&after, input, situation), sends: after.sends(situation.now), ..plan }
}

/// A record is noted as sent to once, however often the command was sent.
fn sent(head: &AlertHead, to: &RecordId, command: &CommandId, s: &AlertSituation<'_>) -> AlertPlan {
    if head.sent_to.contains(to) {
        return Plan::NOTHING;
    }
    one(head, AlertEvent::Sent { to: to.clone(), command: command.clone() }, s)
}

fn fold(head: Option<&AlertHead>, events: &[AlertEvent], s: &AlertSituation<'_>) -> Option<AlertHead> {
    let one = |head, event| AlertHead::after(head, s.alert, event, s.cause, s.now);
    events.iter().fold(head.cloned(), one)
}

fn planned(head: Option<&AlertHead>, input: &AlertInput, situation: &AlertSituation<'_>) -> AlertPlan {
    let events = match (head, input) {
        (_, AlertInput::Command(AlertCommand::Found(finding))) => {
            // If its watch is not in the catalogue, there is no channel to tell.
            let Some(watch) = situation.rules.watch(&finding.watch) else { return Plan::NOTHING };
            head.map_or_else(|| first(finding, &watch.place), |head| found(head, finding, &watch.place))
        }
        (Some(head), AlertInput::Command(command @ AlertCommand::Attend { by, act, .. })) => {
            let (by, act) = (by.clone(), counted(act, head, situation.figures));
            match situation.rules.on_alert(command, &head.finding.watch) {
                Verdict::Allow => vec![AlertEvent::Attended { by, act }],
                Verdict::Refuse(reason) => vec![AlertEvent::Declined { by, act, reason }],
            }
        }
        (Some(head), AlertInput::Wake) => return wake(head, situation),
        // There is no such alert; `Sent` is decided above.
        (None, AlertInput::Command(AlertCommand::Attend { .. }) | AlertInput::Wake)
        | (_, AlertInput::Sent { .. }) => vec![],
    };
    if events.is_empty() {
        return Plan::NOTHING;
    }
    let after = fold(head, &events, situation);
    let due = after.and_then(|h| due(&h, situation)).map_or(Due::Never, Due::At);
    Plan { due, ..Plan::noting(events) }
}

/// What this command still has to bring about for the alert. Only what still holds counts: the command may come again
/// after somebody else decided otherwise.
fn owed(head: &AlertHead, input: &AlertInput, s: &AlertSituation<'_>) -> Vec<AlertOwed> {
    let owed = match input {
        AlertInput::Wake | AlertInput::Sent { .. } => None,
        AlertInput::Command(AlertCommand::Found(finding)) => {
            let told = finding.is_from_elsewhere() && s.rules.watch(&finding.watch).is_some();
            told.then(|| AlertOwed::Figures(finding.clone()))
        }
        AlertInput::Command(command @ AlertCommand::Attend { by, act, .. }) => {
            let finding = &head.finding;
            let counts = head.has_folded(s.cause)
                && !finding.matchers.is_empty()
                && s.rules.on_alert(command, &finding.watch) == Verdict::Allow;
            if counts { silenced(head, by, act, s.now) } else { None }
        }
    };
    owed.into_iter().collect()
}

/// What a person's act asks of the alert manager.
fn silenced(head: &AlertHead, by: &Actor, act: &Act, now: Timestamp) -> Option<AlertOwed> {
    let (until, comment) = match (&head.attention, act) {
        (
            Attention::Acknowledged { by: who, note, until: Some(until) },
            Act::Acknowledge { until: asked, .. },
        ) if who == by && *asked == Some(*until) => (*until, comment("acknowledged", note)),
        (Attention::Snoozed { by: who, until: Until::Time(until) }, Act::Snooze(Until::Time(asked)))
            if who == by && asked == until =>
        {
            (*until, comment("snoozed", ""))
        }
        (Attention::Muted { by: who, until, reason }, Act::Mute { until: asked, .. })
            if who == by && asked == until =>
        {
            (*until, comment("muted", reason))
        }
        (Attention::Resolved { .. }, Act::Resolve { .. }) | (Attention::Open, Act::Reopen) => {
            return Some(AlertOwed::EndSilence);
        }
        // There is no end that a silence could have, nothing to be silent about, or the act no longer holds.
        (
            Attention::Open
            | Attention::Acknowledged { .. }
            | Attention::Snoozed { .. }
            | Attention::Muted { .. }
            | Attention::Resolved { .. },
            _,
        ) => return None,
    };
    (until > now).then(|| AlertOwed::Silence { until, by: by.clone(), comment })
}

/// A pattern that is as usual, or over, is no news if it was never told.
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
        // Nobody is called while the silence holds.
    } else if hushed && class != Class::Quiet && finding.tally.count > 0 {
        events.push(AlertEvent::Unsilenced { held: finding.held });
    } else if let Some(why) = reopens(head, class, finding) {
        events.push(AlertEvent::Reopened { why });
    }
    events
}

/// Its class, given what people did: the log-watch does not know that an alert was resolved.
fn class_now(head: &AlertHead, finding: &Finding) -> Class {
    match finding.class {
        Class::Quiet => Class::Quiet,
        _ if is_back(head, finding) => Class::Regressed,
        // It was found before it was resolved. Until it is seen again, its class stays.
        _ if matches!(head.attention, Attention::Resolved { .. }) => head.finding.class,
        // The alert still fires.
        Class::New => head.finding.class,
        // The same window was read again.
        Class::Known if finding.tally.from == head.finding.tally.from => head.finding.class,
        // It had no lines this time. That is not worth telling, except after a spike: the next spike is told again.
        Class::Known if finding.tally.count == 0 && head.finding.class != Class::Spiking => {
            head.finding.class
        }
        class @ (Class::Known | Class::Spiking | Class::Regressed) => class,
    }
}

/// Whether it came back after it was over.
fn is_back(head: &AlertHead, finding: &Finding) -> bool {
    let over = match head.attention {
        // A window that began before it was resolved says nothing about the time after.
        Attention::Resolved { .. } => finding.tally.from >= head.attended_at,
        Attention::Open
        | Attention::Acknowledged { .. }
        | Attention::Snoozed { .. }
        | Attention::Muted { .. } => head.finding.class == Class::Quiet,
    };
    over && finding.tally.count > 0
}

/// Why what a person did no longer holds; `None` if it holds.
fn reopens(head: &AlertHead, class: Class, finding: &Finding) -> Option<Why> {
    let turned = |to: Class| class == to && head.finding.class != to;
    // A refused run changed nothing.
    let changed = |d: &Deployed| d.at > head.attended_at && d.ended != Some(Ended::Refused);
    let deployed = || finding.after.iter().any(changed);
    match &head.attention {
        Attention::Acknowledged { .. } if turned(Class::Spiking) => Some(Why::Spiking),
        Attention::Acknowledged { .. } if turned(Class::Regressed) => Some(Why::Regressed),
        // Resolved, or over by itself: people are told of it anew.
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

/// Turns "so many more lines" into "when there were so many in all".
fn counted(act: &Act, head: &AlertHead, figures: Option<&Figures>) -> Act {
    let now = figures.map_or(0, |f| f.lines).max(head.finding.lines);
    match act {
        Act::Snooze(Until::Lines(more)) => Act::Snooze(Until::Lines(now.saturating_add(*more))),
        act @ (Act::Acknowledge { .. }
        | Act::Snooze(_)
        | Act::Resolve { .. }
        | Act::Mute { .. }
        | Act::Assign { .. }
        | Act::Reopen) => act.clone(),
    }
}

fn wake(head: &AlertHead, situation: &AlertSituation<'_>) -> AlertPlan {
    let expected = due(head, situation);
    // The wake is early, or what it was for was undone since: look again when the alert is due.
    if expected.is_none_or(|at| at > situation.now) {
        let due = expected.map_or(Due::Never, Due::At);
        return Plan { due, ..Plan::NOTHING };
    }
    if silence_end(head).is_some_and(|end| end <= situation.now) {
        return match situation.silence(head) {
            // The silence was made longer since, or another one holds.
            Some(rule) => Plan::look_again(rule.until),
            None => one(head, AlertEvent::Unsilenced { held: head.finding.held }, situation),
        };
    }
    if let (Some(to), Some(at)) = (situation.escalate(head), escalation(head, situation))
        && at <= situation.now
    {
        return one(head, AlertEvent::Escalated { to: to.clone() }, situation);
    }
    if end(head).is_some_and(|end| end <= situation.now) {
        return one(head, AlertEvent::Reopened { why: Why::Over }, situation);
    }
    let remind = situation.remind(head);
    let again = situation.now.plus(remind);
    let next = [end(head), unsent(head, situation)].into_iter().flatten().fold(again, Timestamp::min);
    let Tally { last_seen, .. } = head.finding.tally;
    let last_seen = situation.figures.map_or(last_seen, |f| f.tally.last_seen.max(last_seen));
    // An alert from elsewhere is loud until its alert manager says that it is over.
    let fires = !head.finding.matchers.is_empty();
    let loud = head.finding.class != Class::Quiet && (fires || situation.now.since(last_seen) < remind);
    let events = if loud { vec![AlertEvent::Reminded] } else { vec![] };
    Plan { events, ..Plan::look_again(next) }
}

/// One event, and when to look again after it.
fn one(head: &AlertHead, event: AlertEvent, situation: &AlertSituation<'_>) -> AlertPlan {
    let events = vec![event];
    let due =
        fold(Some(head), &events, situation).and_then(|h| due(&h, situation)).map_or(Due::Never, Due::At);
    Plan { due, ..Plan::noting(events) }
}

/// When the silence ends under which an alert of an alert manager fires. For a pattern from logs this is not needed:
/// the log-watch looks for it in its next window.
fn silence_end(head: &AlertHead) -> Option<Timestamp> {
    let fires = head.finding.is_from_elsewhere() && head.finding.class != Class::Quiet;
    Some(head.finding.silenced.as_ref().filter(|_| fires)?.until)
}

/// When what a person did ends by itself.
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
            Some(head.reminded_at.unwrap_or(head.attended_at).plus(situation.remind(head)))
        }
        Attention::Open
        | Attention::Snoozed { .. }
        | Attention::Muted { .. }
        | Attention::Resolved { .. } => None,
    };
    let unsent = unsent(head, situation);
    [end(head), remind, escalation(head, situation), silence_end(head), unsent].into_iter().flatten().min()
}

/// When to look whether what it owes to others was sent, in case the command that owed it is lost.
fn unsent(head: &AlertHead, s: &AlertSituation<'_>) -> Option<Timestamp> {
    (!head.sends(s.now).is_empty()).then(|| s.now.plus(SENT_WITHIN))
}

/// When others are told that nobody acknowledged it: once for each time that it is opened. An alert without a card is
/// only named in a bulletin, so nobody is called for it alone.
fn escalation(head: &AlertHead, situation: &AlertSituation<'_>) -> Option<Timestamp> {
    let waits = head.attention == Attention::Open
        && head.finding.class != Class::Quiet
        && head.escalated.is_none()
        && head.has_card();
    Some(head.attended_at.plus(situation.escalate(head).filter(|_| waits)?.after()))
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;

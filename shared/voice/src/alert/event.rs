//! What happened to an alert, in sentences.

use super::{counted, escalation, words};
use crate::number::number;
use crate::text::{Sign, Text, say, sign};
use signalbox_domain::alert::{Act, AlertEvent, Class, Standing, Tally, Until, Why};
use signalbox_domain::people::Actor;
use signalbox_domain::time::Timestamp;

/// What the thread is told of an event; `None` if the card says enough.
pub(crate) fn said(event: &AlertEvent) -> Option<Text> {
    Some(match event {
        // Under a silence only its card says so, if it has one.
        AlertEvent::Found { finding, .. } if finding.silenced.is_some() => return None,
        AlertEvent::Found { finding, .. } => match finding.class {
            Class::Known | Class::New => return None,
            Class::Spiking | Class::Regressed | Class::Quiet => turned(finding.standing(), finding.tally),
        },
        AlertEvent::Unsilenced { .. } => {
            sign(Sign::Bell).say("The silence that held for this is over, and it is still there.")
        }
        AlertEvent::Attended { by, act } => attended(Text::default().person(by), act),
        AlertEvent::Declined { by, act, .. } => {
            Text::default().person(by).plain(format!(" is not allowed to do this here: {}.", act.word()))
        }
        // The line before says that it is back, or spikes.
        AlertEvent::Reopened { why } => sign(Sign::Bell).say(match why {
            Why::Spiking => "Open again: it was acknowledged, and now it spikes.",
            Why::Regressed => "Open again: it is back.",
            Why::Over => "Open again: the time is up.",
            Why::Counted => "Open again: the number of lines was reached.",
            Why::Deployed => "Open again: something was deployed.",
        }),
        AlertEvent::Escalated { to } => escalation::line(to),
        // The run's own thread tells it.
        AlertEvent::Sent { .. } => return None,
        AlertEvent::Reminded => sign(Sign::Bell)
            .say("Still there, and still acknowledged. `resolve` it, `snooze` it, or say how it goes."),
    })
}

/// What the audit says of an event.
pub(crate) fn recorded(event: &AlertEvent) -> Text {
    match event {
        AlertEvent::Found { finding, .. } => {
            let standing = finding.standing();
            let text = Text::default().plain(words::standing(standing).to_lowercase());
            let text = match standing.since() {
                Some(at) => text.say(" ").moment(at),
                None => text,
            };
            let text = text
                .say(" in ")
                .prose(finding.watch.as_str())
                .plain(format!(", {} times: ", number(finding.tally.count)))
                .prose(&finding.title);
            match &finding.silenced {
                Some(rule) => crate::silence::whose(text.say(" (silenced by "), rule).say(")"),
                None => text,
            }
        }
        AlertEvent::Declined { reason, .. } => {
            said(event).unwrap_or_default().plain(format!(" ({})", reason.as_str()))
        }
        AlertEvent::Sent { to, .. } => {
            say("run ").typed(to.short()).say(", which it followed, was told of it")
        }
        AlertEvent::Unsilenced { .. }
        | AlertEvent::Attended { .. }
        | AlertEvent::Reopened { .. }
        | AlertEvent::Escalated { .. }
        | AlertEvent::Reminded => said(event).unwrap_or_default(),
    }
}

fn turned(standing: Standing, tally: Tally) -> Text {
    match standing {
        Standing::Spiking => sign(Sign::Spike).plain(format!("It spikes: {}.", counted(tally))),
        Standing::Back => sign(Sign::Alarm).plain(format!("It is back: {}.", counted(tally))),
        Standing::FiringAgain => sign(Sign::Alarm).say("It fires again."),
        Standing::NotSeenSince(at) => sign(Sign::Good)
            .say("Not seen since ")
            .moment(at)
            .say(": it is taken to be over. When it comes back, that is told."),
        Standing::NoLongerFiring => sign(Sign::Good).say("No longer firing."),
        Standing::New | Standing::GoesOn | Standing::Firing => say("It goes on."),
    }
}

fn attended(text: Text, act: &Act) -> Text {
    let noted = |text: Text, note: &str| if note.is_empty() { text } else { text.say(": ").prose(note) };
    let until = |text: Text, at: Timestamp| text.say(" until ").moment(at);
    match act {
        Act::Acknowledge { note, until: end } => {
            let text = text.say(" acknowledged it");
            noted(end.map_or(text.clone(), |end| until(text, end)), note)
        }
        Act::Snooze(Until::Time(at)) => until(text.say(" snoozed it"), *at),
        Act::Snooze(Until::Lines(lines)) => {
            text.plain(format!(" snoozed it until it has {} lines in all", number(*lines)))
        }
        Act::Snooze(Until::Deploy) => text.say(" snoozed it until the next deploy"),
        Act::Resolve { note } => noted(text.say(" resolved it"), note),
        Act::Mute { until: end, reason } => noted(until(text.say(" muted it"), *end), reason),
        Act::Assign { to } => assigned(text, to),
        Act::Reopen => text.say(" opened it again"),
    }
}

fn assigned(text: Text, to: &Actor) -> Text {
    text.say(" assigned it to ").person(to)
}

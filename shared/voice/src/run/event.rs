//! What happened to a run, in sentences: the same in its card's thread and in the audit.

use super::{stands, warning};
use crate::duration::spell;
use crate::text::{Sign, Text, say, sign};
use signalbox_domain::RunEvent;
use signalbox_domain::alert::Class;
use signalbox_domain::intent::{Changed, Difference};
use signalbox_domain::lookup::Failed;
use signalbox_domain::observation::Conclusion;
use signalbox_domain::people::Actor;
use signalbox_domain::policy::ReasonCode;
use std::time::Duration;

/// A step that began.
pub(crate) fn step(number: u32, title: &str) -> Text {
    Text::default().strong(format!("Step {number}")).say(" ").prose(title)
}

/// What people are told of an event in the thread; `None` if the card says enough.
pub(crate) fn said(event: &RunEvent) -> Option<Text> {
    let text = Text::default();
    Some(match event {
        RunEvent::CancelRequested { by } => text.person(by).say(" asked to stop it."),
        RunEvent::RetryRequested { by, .. } => text.person(by).say(" had it run again."),
        RunEvent::LookedAgain { by, what, .. } => text.person(by).say(" had it checked again: ").prose(what),
        RunEvent::RetryRefused { by, failed, .. } if !failed.is_empty() => failed.iter().fold(
            text.person(by).say(" asked for another attempt, and nothing was started:"),
            |text, Failed { what, why, unasked }| {
                let text = text.say(if *unasked {
                    " it could not be checked that "
                } else {
                    " it does not hold that "
                });
                text.prose(what).say(": ").prose(why).say(".")
            },
        ),
        RunEvent::Settled { by, how, note, .. } => {
            let text = text.person(by).plain(format!(" settled it: {}.", how.says()));
            if note.is_empty() { text } else { text.say(" ").prose(note) }
        }
        RunEvent::NotSent { attempt, why } => {
            text.plain(format!("Attempt {attempt} was not received: ")).prose(why)
        }
        RunEvent::MaybeSent { why, .. } => text.say("It may have been received; checking: ").prose(why),
        RunEvent::Contradicted { what, .. } => warning(what),
        RunEvent::Followed { alert, watch, class, after_seconds } => {
            let what = match class {
                Class::New => "an error that is new",
                Class::Regressed => "an error that is back",
                Class::Spiking => "an error that spikes",
                Class::Known | Class::Quiet => "an error",
            };
            sign(Sign::Alarm)
                .plain(format!("{} after this, {what} in ", spell(Duration::from_secs(*after_seconds))))
                .bold(watch.as_str())
                .say(" was told: alert ")
                .typed(alert.short())
                .say(".")
        }
        RunEvent::Requested { .. }
        | RunEvent::Refused { .. }
        | RunEvent::Checking { .. }
        | RunEvent::Checked { .. }
        | RunEvent::Verifying { .. }
        | RunEvent::PartsMoved { .. }
        | RunEvent::DispatchStarted { .. }
        | RunEvent::Dispatched { .. }
        | RunEvent::Located { .. }
        | RunEvent::Progressed { .. }
        | RunEvent::NotSeen { .. }
        | RunEvent::SeenAgain { .. }
        | RunEvent::StopAnswered { .. }
        | RunEvent::Finished { .. }
        | RunEvent::RetryRefused { .. }
        | RunEvent::SettleRefused { .. }
        | RunEvent::CancelRefused { .. }
        | RunEvent::BecameUnknown { .. } => return None,
    })
}

/// What the audit says of an event.
pub(crate) fn recorded(event: &RunEvent) -> Text {
    said(event).unwrap_or_else(|| unsaid(event))
}

/// What changed, as a line each.
pub(crate) fn changes(changed: &Changed) -> Vec<Text> {
    let value = |text: &Option<String>| match text {
        Some(text) => Text::default().code(text),
        None => say("nothing"),
    };
    let one = |Difference { what, was, is }: &Difference| {
        Text::default().prose(what).say(": ").then(value(was)).say(" → ").then(value(is))
    };
    let more = (changed.more > 0).then(|| Text::default().plain(format!("and {} more", changed.more)));
    changed.differences.iter().map(one).chain(more).collect()
}

fn with_changes(text: Text, changed: Option<&Changed>) -> Text {
    let changes = changed.map(changes).unwrap_or_default();
    if changes.is_empty() { text } else { text.say("; ").then(Text::join(changes, ", ")) }
}

/// Sentences that only the audit has.
fn unsaid(event: &RunEvent) -> Text {
    let text = Text::default();
    let refused = |by: &Actor, what: &'static str, reason: ReasonCode| {
        Text::default().person(by).say(what).plain(format!(" ({})", reason.as_str()))
    };
    match event {
        RunEvent::Requested { intent, .. } => text
            .say("requested by ")
            .person(&intent.requester)
            .say(" in ")
            .prose(intent.place.channel.as_str())
            .say(": ")
            .prose(&intent.phrase()),
        RunEvent::Refused { intent, reason, changed, .. } => {
            let text = text.plain(format!("refused ({}) to ", reason.as_str()));
            let text = text.person(&intent.requester).say(": ").prose(&intent.phrase());
            with_changes(text, changed.as_ref())
        }
        RunEvent::Checking { trouble: None } => text.say("what it requires is being checked"),
        RunEvent::Checking { trouble: Some(why) } => {
            text.say("what it requires cannot be checked yet: ").prose(why)
        }
        RunEvent::Checked { asked, failed, shipment } => {
            let text = match failed.as_slice() {
                [] => text.plain(format!("all that it requires holds ({asked} checked)")),
                failed => failed.iter().fold(
                    text.plain(format!("refused (checks_failed), {} of {asked} checked:", failed.len())),
                    |text, failed| text.say(" ").prose(&failed.what).say(": ").prose(&failed.why).say(";"),
                ),
            };
            match shipment {
                Some(it) => {
                    let from = it.from.as_deref().unwrap_or("nothing known");
                    text.say(" · ships to ")
                        .prose(&it.shipping.place)
                        .say(": ")
                        .prose(from)
                        .say(" → ")
                        .prose(&it.shipping.version)
                }
                None => text,
            }
        }
        RunEvent::PartsMoved { parts, .. } => {
            let all = parts
                .iter()
                .map(|part| Text::default().prose(&part.line).plain(format!(": {}", stands(part.stands))));
            text.say("steps: ").then(Text::join(all, "; "))
        }
        RunEvent::Verifying { trouble: None, .. } => {
            text.say("succeeded; what has to hold then is being checked")
        }
        RunEvent::Verifying { trouble: Some(why), .. } => text.say("does not hold yet: ").prose(why),
        RunEvent::DispatchStarted { attempt, lease_until } => {
            text.plain(format!("attempt {attempt} begun, lease until ")).moment(*lease_until)
        }
        RunEvent::Dispatched { attempt, reference, found, .. } => {
            let how = if *found { "found" } else { "sent" };
            let text = text.plain(format!("attempt {attempt} {how}"));
            reference.iter().fold(text, |text, reference| text.say(": ").prose(reference))
        }
        RunEvent::Located { attempt, reference, .. } => {
            text.plain(format!("attempt {attempt} is ")).prose(reference)
        }
        RunEvent::RetryRefused { by, reason, changed, .. } => {
            with_changes(refused(by, " is not allowed to run it again", *reason), changed.as_ref())
        }
        RunEvent::SettleRefused { by, reason } => refused(by, " is not allowed to settle it", *reason),
        RunEvent::CancelRefused { by, reason } => refused(by, " is not allowed to stop it", *reason),
        RunEvent::Progressed { begun, steps, .. } => {
            text.plain(format!("step {begun}: ")).prose(&steps.join(", "))
        }
        RunEvent::NotSeen { looks, why, .. } => {
            text.plain(format!("not seen, {looks} in a row: ")).prose(why)
        }
        RunEvent::SeenAgain { .. } => text.say("seen again"),
        RunEvent::StopAnswered { refused: Some(why), .. } => text.say("it could not be stopped: ").prose(why),
        RunEvent::StopAnswered { refused: None, .. } => text.say("it was told to stop"),
        RunEvent::Finished { outcome, .. } => {
            let text = text.say(match outcome.conclusion {
                Conclusion::Succeeded => "succeeded",
                Conclusion::Failed => "failed",
                Conclusion::Cancelled => "cancelled",
                Conclusion::TimedOut => "timed out",
            });
            if outcome.summary.is_empty() { text } else { text.say(": ").prose(&outcome.summary) }
        }
        RunEvent::BecameUnknown { why, .. } => text.say("unknown: ").prose(why),
        // The thread is told these, so their sentences are above.
        RunEvent::CancelRequested { .. }
        | RunEvent::RetryRequested { .. }
        | RunEvent::LookedAgain { .. }
        | RunEvent::Settled { .. }
        | RunEvent::NotSent { .. }
        | RunEvent::MaybeSent { .. }
        | RunEvent::Followed { .. }
        | RunEvent::Contradicted { .. } => text,
    }
}

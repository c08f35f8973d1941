//! What people can press on a run's card.

use super::{is_unknown, phrase};
use crate::page::{Button, Confirm};
use crate::text::{Text, say};
use signalbox_domain::ids::RunId;
use signalbox_domain::observation::Settlement;
use signalbox_domain::pressed::Pressed;
use signalbox_domain::run::{RunHead, State};

pub(super) fn buttons(head: &RunHead) -> Vec<Button> {
    let run = &head.run;
    let mut buttons = vec![];
    if head.can_cancel() {
        buttons.push(cancel(head, run));
    }
    if is_unknown(head) {
        let does = Pressed::LookAgain(run.clone());
        buttons.push(Button { label: "Look again", does, confirm: None, danger: false });
    }
    if head.can_retry() {
        buttons.push(retry(head, run));
    }
    if is_unknown(head) {
        buttons.extend(Settlement::ALL.map(|how| settle(head, run, how)));
    }
    if matches!(head.state, State::Finished(_)) {
        let line = head.intent.phrase();
        let button = |label, does| Button { label, does, confirm: None, danger: false };
        buttons.push(button("Run again…", Pressed::Ask(line.clone())));
        buttons.push(button("Copy as command", Pressed::Copy(line)));
    }
    buttons
}

/// If nobody knows what became of the last attempt, another one may be the second time: the person has to confirm
/// that they know this.
fn retry(head: &RunHead, run: &RunId) -> Button {
    let unsure = is_unknown(head);
    let text = Text::default().code(&phrase(head));
    let text = if unsure {
        text.say(
            " may have been carried out already, and nobody can say. Look where it runs first. If it was, it will \
             have been carried out twice. That you decided this goes on record.",
        )
    } else {
        text.say(" will be carried out once more, exactly as it was asked for. That you decided this goes on record.")
    };
    Button {
        label: if unsure { "Try again anyway" } else { "Try again" },
        does: Pressed::Retry(run.clone(), head.attempt),
        confirm: Some(Confirm { title: "Try it again?", text, yes: "Try again", no: "Leave it" }),
        danger: unsure,
    }
}

fn settle(head: &RunHead, run: &RunId, how: Settlement) -> Button {
    let label = match how {
        Settlement::Succeeded => "It succeeded",
        Settlement::Failed => "It failed",
        Settlement::DidNotRun => "It did not run",
    };
    let text = say("You looked where it runs, and say of ")
        .code(&phrase(head))
        .plain(format!(": {}. That you say so goes on record. With a note: ", how.says()))
        .typed(format!("/signalbox settle {} {} why you know", run.short(), how.word()))
        .say(".");
    Button {
        label,
        does: Pressed::Settle(run.clone(), head.attempt, how),
        confirm: Some(Confirm { title: "Settle this run?", text, yes: label, no: "Leave it" }),
        danger: false,
    }
}

fn cancel(head: &RunHead, run: &RunId) -> Button {
    let text =
        Text::default().code(&phrase(head)).say(" will be stopped. What it has done so far stays done.");
    Button {
        label: "Cancel",
        does: Pressed::Cancel(run.clone()),
        confirm: Some(Confirm { title: "Stop this run?", text, yes: "Stop it", no: "Let it run" }),
        danger: true,
    }
}

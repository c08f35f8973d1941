//! What can be asked for here, and how.

use super::because;
use super::explain::{usage, who_may};
use crate::advice::advice;
use crate::page::Part;
use crate::parameter::parameter;
use crate::text::{Sign, Text, say, sign};
use signalbox_domain::Operation;
use signalbox_domain::policy::Verdict;

/// What can be typed with any catalogue.
const ALWAYS: [&str; 5] = [
    "*What else you can type*",
    "• `/signalbox history` the latest runs, or some of them: `history 20 deploy failed 7d`; `/signalbox status <run>` one of them, and its card again if that is gone",
    "• `/signalbox cancel <run>` stops a run, `/signalbox retry <run>` runs it again",
    "• `/signalbox settle <run> succeeded|failed|did-not-run <note>` says what became of a run when nobody knows",
    "• `/signalbox alerts` what is open, or some of it: `alerts shop acknowledged 7d`; in an alert's thread: `ack`, `snooze 2h`, `mute 7d <why>`, `assign @somebody`, \
     `resolve`, `reopen`",
];

pub(super) fn all(operations: &[Operation], others: usize) -> Vec<Part> {
    let title = if operations.is_empty() {
        "There is nothing that you are allowed to run here."
    } else {
        "*You can run*"
    };
    let mut lines = vec![say(title)];
    lines.extend(operations.iter().map(|o| say("• ").code(&usage(o)).say(" ").prose(&o.description)));
    let others = match others {
        0 => String::new(),
        1 => "One more is for other people or channels. ".to_owned(),
        n => format!("{n} more are for other people or channels. "),
    };
    let small = Text::default().plain(others).say("`/signalbox help <operation>` says more about one.");
    vec![Part::Lines(lines), Part::Small(small), Part::Lines(ALWAYS.map(say).to_vec())]
}

pub(super) fn on(operation: &Operation, verdict: &Verdict) -> Vec<Part> {
    let head = Text::default()
        .bold(operation.name.as_str())
        .say(" ")
        .prose(&operation.description)
        .say("\n")
        .code(&usage(operation));
    let mut lines = vec![head];
    lines.extend(operation.parameters.iter().map(parameter));
    let mut parts = vec![Part::Lines(lines)];
    match verdict {
        Verdict::Allow => {
            parts.push(Part::Paragraph(sign(Sign::Good).say("You are allowed to run this here.")));
        }
        Verdict::Refuse(reason) => {
            parts.push(Part::Paragraph(sign(Sign::Refused).say(advice(*reason))));
            parts.push(Part::Lines(who_may(operation, None)));
            parts.push(because(*reason));
        }
    }
    parts
}

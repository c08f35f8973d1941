//! Lists: the latest runs, the alerts that are open.

use crate::alert;
use crate::duration::spell;
use crate::page::Part;
use crate::run::{picture, state};
use crate::text::{Sign, Text, say, sign};
use signalbox_domain::Timestamp;
use signalbox_domain::alert::AlertCard;
use signalbox_domain::answer::{OpenAlerts, RunLine};
use signalbox_domain::people::MessageRef;

pub(super) fn history(lines: &[RunLine], some: bool, now: Timestamp) -> Vec<Part> {
    if lines.is_empty() && some {
        return vec![Part::Paragraph(sign(Sign::NotFound).say(
            "No such run was found among the latest that you may see; older ones were not looked at. \
             `/signalbox history` shows the latest of all.",
        ))];
    }
    if lines.is_empty() {
        return vec![Part::Paragraph(say("There are no runs yet that you can see."))];
    }
    let title = say("*The latest runs that you may see*");
    vec![Part::Lines(std::iter::once(title).chain(lines.iter().map(|line| run(line, now))).collect())]
}

/// Runs, a line for each.
pub(crate) fn runs(lines: &[RunLine], now: Timestamp) -> Vec<Part> {
    vec![Part::Lines(lines.iter().map(|line| run(line, now)).collect())]
}

fn run(line: &RunLine, now: Timestamp) -> Text {
    let head = &line.head;
    let (mood, word) = state(head);
    sign(picture(mood))
        .named(head.run.short(), line.message.as_ref())
        .say(" ")
        .code(&head.intent.phrase())
        .say(" ")
        .strong(word)
        .say(" · ")
        .person(&head.intent.requester)
        .plain(format!(" · {} ago", spell(now.since(head.requested_at))))
}

pub(crate) fn alerts(open: &OpenAlerts) -> Vec<Part> {
    let mut rest = vec![];
    if !open.here {
        rest.push("what is to be done about them is taken in the watch's channel, not here".to_owned());
    }
    if open.more > 0 {
        rest.push(format!("… and {} more", open.more));
    }
    if open.held > 0 {
        rest.push(format!("{} without a card of their own: the bulletins name them", open.held));
    }
    if !open.whole {
        rest.push("only the latest alerts were looked at; an older one may be open as well".to_owned());
    }
    let mut parts = vec![match (open.cards.as_slice(), open.whole && open.more + open.held == 0) {
        ([], true) if open.some => Part::Paragraph(sign(Sign::NotFound).say(
            "No such alert in the watches whose alerts you may attend to. `/signalbox alerts` shows all that are open.",
        )),
        ([], true) => Part::Paragraph(
            sign(Sign::Good).say("Nothing is open in the watches whose alerts you may attend to."),
        ),
        ([], false) => Part::Paragraph(sign(Sign::NotFound).say(
            "No open alert with a card was found in the watches whose alerts you may attend to.",
        )),
        (cards, _) => {
            let title = say(if open.some {
                "*Such alerts in the watches whose alerts you may attend to*"
            } else {
                "*What is open in the watches whose alerts you may attend to*"
            });
            let line = |(card, at): &(AlertCard, Option<MessageRef>)| {
                say("• ").then(alert::listed(card, Text::default().named(card.alert, at.as_ref())))
            };
            Part::Lines(std::iter::once(title).chain(cards.iter().map(line)).collect())
        }
    }];
    if !rest.is_empty() {
        parts.push(Part::Small(Text::default().plain(rest.join(" · "))));
    }
    parts
}

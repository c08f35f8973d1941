//! How an escalation is told: a short message in another channel, a word on the card, a line in its thread.

use super::{attention, standing};
use crate::duration::spell;
use crate::page::{Page, Part};
use crate::text::{Piece, Sign, Text, say, sign};
use signalbox_domain::alert::{Escalated, EscalationCard};
use signalbox_domain::watch::{Escalate, Mention};

/// The message in the other channel. It says what was done about the alert since, and links to its card.
pub(crate) fn card(escalation: &EscalationCard) -> Page {
    let EscalationCard { card, to, at } = escalation;
    let text = sign(Sign::Alarm);
    let text = to.mention.iter().fold(text, |text, mention| text.with(called(mention)).say(" "));
    let text = text.plain(format!("Nobody acknowledged this for {}:\n", spell(to.after())));
    let text = text.then(standing(card)).say(" in ").bold(card.watch.as_str()).say(" · ").prose(&card.title);
    let text = match attention(card) {
        Some(line) => text.say("\n").then(line),
        None => text,
    };
    let small = say("alert ").typed(card.alert);
    let small = match at {
        Some(at) => small.leads(" · to act on it: ", at, "card"),
        None => small,
    };
    Page { summary: text.clone(), parts: vec![Part::Paragraph(text), Part::Small(small)] }
}

/// The words on the alert's own card. They mention nobody, because an edit calls nobody.
pub(crate) fn said(escalated: &Escalated) -> Text {
    sign(Sign::Escalated).say("Escalated to ").then(whom(&escalated.to)).say(" at ").moment(escalated.at)
}

/// The line in the alert's thread. People are mentioned, and so called, here, unless another channel does it.
pub(crate) fn line(to: &Escalate) -> Text {
    let text = sign(Sign::Escalated)
        .plain(format!("Nobody acknowledged it for {}: escalated to ", spell(to.after())));
    let whom = match &to.channel {
        Some(_) => whom(&Escalate { mention: vec![], ..to.clone() }),
        None => whom(to),
    };
    text.then(whom).say(".")
}

fn whom(to: &Escalate) -> Text {
    let channel = to
        .channel
        .as_ref()
        .map(|channel| Piece::Channel(channel.clone(), Box::new(Piece::Code(channel.to_string()))));
    let people = to.mention.iter().map(called);
    Text::join(channel.into_iter().chain(people).map(|piece| Text::default().with(piece)), ", ")
}

fn called(mention: &Mention) -> Piece {
    let id = match mention {
        Mention::Person(user) => user.as_str(),
        Mention::Group(group) => group.as_str(),
    };
    Piece::Called(mention.clone(), Box::new(Piece::Code(id.to_owned())))
}

//! How it looks in Slack that an alert was escalated: a short message in another channel, a word on the card, a line in
//! its thread.

use crate::alert::{attention, standing};
use crate::blocks::{Block, Message};
use crate::duration::spell;
use crate::markup;
use crate::text::Text;
use signalbox_domain::alert::{Escalated, EscalationCard};
use signalbox_domain::watch::{Escalate, Mention};

/// The message in the other channel. It says what was done about the alert since, and leads to its card.
pub(crate) fn card(escalation: &EscalationCard, domain: Option<&str>) -> Message {
    let EscalationCard { card, to, at } = escalation;
    let text = Text::default().ours(":rotating_light: ");
    let text = to.mention.iter().fold(text, |text, mention| called(text, mention).ours(" "));
    let text = text.ours(format!("Nobody acknowledged this for {}:\n", spell(to.after())));
    let text =
        text.then(standing(card)).ours(" in ").bold(card.watch.as_str()).ours(" · ").prose(&card.title);
    let text = match attention(card) {
        Some(line) => text.ours("\n").then(line),
        None => text,
    };
    let small = Text::default().ours(format!("alert `{}`", card.alert));
    let address = domain.zip(at.as_ref());
    let address = address.map(|(domain, (channel, ts))| markup::message(domain, channel.as_str(), ts));
    let small = match address.and_then(|address| markup::link(&address, "card")) {
        Some(link) => small.ours(" · to act on it: ").ours(link),
        None => small,
    };
    Message { fallback: text.clone(), blocks: vec![Block::Section(text), Block::Context(vec![small])] }
}

/// On the alert's own card.
pub(crate) fn said(escalated: &Escalated) -> Text {
    let text = Text::default().ours(":mega: Escalated to ");
    // An edit calls nobody.
    whom(text, &escalated.to).ours(" at ").moment(escalated.at)
}

/// In the alert's thread: who is mentioned is called there, unless another channel does.
pub(crate) fn line(to: &Escalate) -> Text {
    let text = Text::default()
        .ours(format!("• :mega: Nobody acknowledged it for {}: escalated to ", spell(to.after())));
    match &to.channel {
        Some(_) => whom(text, &Escalate { mention: vec![], ..to.clone() }),
        None => whom(text, to),
    }
    .ours(".")
}

fn whom(text: Text, to: &Escalate) -> Text {
    let channel = to.channel.as_ref().map(|channel| match markup::channel(channel.as_str()) {
        Some(mention) => Text::default().ours(mention),
        None => Text::default().code(channel.as_str()),
    });
    let people = to.mention.iter().map(|mention| called(Text::default(), mention));
    text.then(Text::join(channel.into_iter().chain(people), ", "))
}

fn called(text: Text, mention: &Mention) -> Text {
    let (markup, id) = match mention {
        Mention::Person(user) => (markup::person(user.as_str()), user.as_str()),
        Mention::Group(group) => (markup::group(group), group.as_str()),
    };
    match markup {
        Some(markup) => text.ours(markup),
        None => text.code(id),
    }
}

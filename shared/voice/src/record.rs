//! Records of every kind: their cards as pages, their events as sentences.

use crate::page::{Page, Part};
use crate::text::{Piece, Sign, Text, sign};
use crate::{alert, bulletin, run};
use signalbox_domain::card::Drawing;
use signalbox_domain::ids::{AlertId, ChannelId, RecordId};
use signalbox_domain::{Event, SetAside};

/// The page for something that has a card; `id` is the record's. `deaf`: the scope that the app lacks, so that it
/// cannot hear words in threads, and nobody must be told to type any.
#[must_use]
pub fn page(drawing: &Drawing, id: &RecordId, deaf: Option<&'static str>) -> Page {
    match drawing {
        Drawing::Run(head) => run::card(head, true),
        Drawing::Alert(card) => alert::card(card, &AlertId::of(id), deaf),
        Drawing::Bulletin(card) => bulletin::card(card),
        Drawing::Escalation(card) => alert::escalation::card(card),
        Drawing::Alone(of, channel) if matches!(**of, Drawing::Escalation(_)) => {
            let text = sign(Sign::Info).say("This could not be posted in ");
            elsewhere(page(of, id, deaf), text, channel, ". Have the app invited there.")
        }
        // Otherwise the person would wonder why they got it.
        Drawing::Alone(of, channel) => {
            let text = sign(Sign::Info).say("For you alone: this could not be posted in ");
            let advice = ". Have it invited there, or ask in another channel.";
            elsewhere(page(of, id, deaf), text, channel, advice)
        }
        // Only the summary is left, which every page has for notifications.
        Drawing::Plain(of) => Page { parts: vec![], ..page(of, id, deaf) },
    }
}

fn elsewhere(page: Page, text: Text, channel: &ChannelId, advice: &'static str) -> Page {
    let unknown = Piece::Said("the channel where it was asked for".into());
    let text = text.with(Piece::Channel(channel.clone(), Box::new(unknown))).say(advice);
    let summary = Text::join([page.summary, text.clone()], "\n");
    Page { parts: [vec![Part::Small(text)], page.parts].concat(), summary }
}

/// What people are told of an event in the thread; `None` if the card says enough.
pub(crate) fn said(event: &Event) -> Option<Text> {
    match event {
        Event::Run(event) => run::event::said(event),
        Event::Alert(event) => alert::event::said(event),
        Event::Bulletin(_) => None,
        Event::SetAside(aside) => Some(set_aside(aside)),
    }
}

/// What the audit says of an event.
#[must_use]
pub fn recorded(event: &Event) -> Text {
    match event {
        Event::Run(event) => run::event::recorded(event),
        Event::Alert(event) => alert::event::recorded(event),
        Event::Bulletin(event) => bulletin::recorded(event),
        Event::SetAside(aside) => set_aside(aside),
    }
}

fn set_aside(aside: &SetAside) -> Text {
    let SetAside { what, by, letter, intent: _ } = aside;
    let text = match by {
        Some(by) => Text::default().person(by).say(": "),
        None => Text::default(),
    };
    text.say("a command (")
        .prose(what)
        .say(") could not be handled. It is kept as dead letter ")
        .prose(letter)
        .say(", for an operator to try again.")
}

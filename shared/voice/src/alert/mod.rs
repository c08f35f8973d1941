//! An alert's card, and an alert's line in lists.

pub(crate) mod escalation;
pub(crate) mod event;
pub(crate) mod words;

use crate::duration::spell;
use crate::family;
use crate::form;
use crate::number::{number, spark};
use crate::page::{Button, Fact, Menu, Page, Part, fact};
use crate::run::picture;
use crate::silence;
use crate::text::{Piece, Sign, Text, is_web, say, sign};
use signalbox_domain::alert::{AlertCard, Attention, Class, Deployed, Form, Standing, Tally, Until};
use signalbox_domain::card::Mood;
use signalbox_domain::ids::AlertId;
use signalbox_domain::pressed::{AlertButton, Pressed};

/// At most this many places are named.
const MOST_PLACES: usize = 6;

/// The card. `deaf`: the scope that the app lacks, so that it cannot hear words in the thread.
pub(crate) fn card(card: &AlertCard, id: &AlertId, deaf: Option<&'static str>) -> Page {
    let mut parts = vec![Part::Paragraph(headline(card))];
    if !card.sample.is_empty() && card.sample != card.title {
        parts.push(Part::Paragraph(Text::default().fence(&card.sample)));
    }
    parts.push(Part::Facts(facts(card)));
    let after: Vec<Text> = card.after.iter().map(|d| deployed(d, card.tally)).collect();
    if !after.is_empty() {
        parts.push(Part::Paragraph(Text::join(after, "\n")));
    }
    parts.push(Part::Small(small_print(card, deaf)));
    let forms = Form::ALL.into_iter().map(|form| (form::label(form), form)).collect();
    let menu = Menu { alert: id.clone(), forms };
    let more = !matches!(card.attention, Attention::Resolved { .. });
    parts.push(Part::Actions(buttons(card, id), more.then_some(menu)));
    Page { summary: summary(card), parts }
}

/// An alert's line in a list; `named` is its id.
pub(crate) fn listed(card: &AlertCard, named: Text) -> Text {
    let text = what_and_where(card).say(" · ").prose(&card.title);
    let text = text.say(" · first seen ").moment(card.tally.first_seen).say(" · alert ").then(named);
    match attention(card) {
        Some(line) => text.say(" · ").then(line),
        None => text,
    }
}

/// `New in web`, with a sign.
fn what_and_where(card: &AlertCard) -> Text {
    let shown = match (card.mood, card.class) {
        (Mood::Bad, Class::Spiking) => Sign::Spike,
        (Mood::Bad, _) => Sign::Alarm,
        (Mood::Busy, _) => Sign::Seen,
        (Mood::Stopped, _) => Sign::Muted,
        (mood @ (Mood::Good | Mood::Unsure), _) => picture(mood),
    };
    sign(shown).then(standing(card)).say(" in ").bold(card.watch.as_str())
}

fn headline(card: &AlertCard) -> Text {
    let text = what_and_where(card).say("\n").prose(&card.title);
    let escalated = card.escalated.as_ref().map(escalation::said);
    let silenced = card.silenced.as_deref().map(silence::said);
    let lines = [silenced, escalated, attention(card)].into_iter().flatten();
    lines.fold(text, |text, line| text.say("\n").then(line))
}

/// Where the alert stands: the same words on the card and in lists.
pub(crate) fn standing(card: &AlertCard) -> Text {
    let standing = card.standing();
    since(Text::default().strong(words::standing(standing)), standing)
}

fn since(text: Text, standing: Standing) -> Text {
    match standing.since() {
        Some(at) => text.say(" ").moment(at),
        None => text,
    }
}

pub(crate) fn attention(card: &AlertCard) -> Option<Text> {
    let noted = |text: Text, note: &str| if note.is_empty() { text } else { text.say(": ").prose(note) };
    Some(match &card.attention {
        Attention::Open => return None,
        Attention::Acknowledged { by, note, until } => {
            let text = noted(sign(Sign::Seen).say("Acknowledged by ").person(by), note);
            match until {
                Some(until) => text.say(" · until ").moment(*until),
                None => text,
            }
        }
        Attention::Snoozed { by, until } => {
            let text = sign(Sign::Snoozed).say("Snoozed by ").person(by);
            match until {
                Until::Time(at) => text.say(" until ").moment(*at),
                Until::Lines(lines) => {
                    text.plain(format!(" for {} more lines", number(lines.saturating_sub(card.lines))))
                }
                Until::Deploy => text.say(" until the next deploy"),
            }
        }
        Attention::Muted { by, until, reason } => {
            let text = sign(Sign::Muted).say("Muted by ").person(by).say(" until ").moment(*until);
            noted(text, reason)
        }
        Attention::Resolved { by, note } => noted(sign(Sign::Good).say("Resolved by ").person(by), note),
    })
}

fn facts(card: &AlertCard) -> Vec<Fact> {
    let moment = |at| Text::default().moment(at);
    let mut facts = vec![];
    if card.from_elsewhere {
        facts.push(fact("Since", moment(card.tally.first_seen)));
        if card.class == Class::Quiet {
            facts.push(fact("Over since", moment(card.tally.to)));
        }
    } else {
        facts.push(fact("Lines", Text::default().plain(counted(card.tally))));
        facts.push(fact("First seen", moment(card.tally.first_seen)));
        facts.push(fact("Last seen", moment(card.tally.last_seen)));
    }
    if let Some(kin) = &card.family {
        let value = Text::default()
            .prose(&family::form(kin))
            .plain(format!(": {}; first told here: ", family::counted(kin)))
            .prose(&family::words(kin, 0));
        facts.push(fact("Family", value));
    }
    let places = card.seen_in.iter().take(MOST_PLACES).cloned().collect::<Vec<_>>().join(", ");
    if !places.is_empty() {
        let more = card.seen_in.len().saturating_sub(MOST_PLACES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        facts.push(fact("Seen in", Text::default().prose(&places).plain(more)));
    }
    if let Some(who) = &card.assignee {
        facts.push(fact("Assignee", Text::default().person(who)));
    }
    facts
}

fn counted(tally: Tally) -> String {
    let window = spell(tally.to.since(tally.from));
    format!("{} in {window} · usually {}", number(tally.count), number(tally.usual))
}

fn deployed(deployed: &Deployed, tally: Tally) -> Text {
    // Fixed when the alert began; the figures are those of the latest window.
    let first_line = deployed.first_line.unwrap_or(tally.first_seen.max(tally.from));
    let age = spell(first_line.since(deployed.at));
    let ended = deployed.ended.map(|_| format!(" ({})", words::ended(deployed.ended))).unwrap_or_default();
    sign(Sign::Deployed)
        .plain(format!("{age} after "))
        .code(&deployed.what)
        .plain(format!("{ended} · run "))
        .typed(deployed.run.short())
}

fn small_print(card: &AlertCard, deaf: Option<&'static str>) -> Text {
    let mut text = say("alert ").typed(card.alert);
    if card.recent.len() > 1 {
        text = text.plain(format!(" · {} lines per window", spark(&card.recent)));
    }
    text = links(text, &card.links);
    match deaf {
        Some(lacks) => text
            .say(" · by button alone: words in the thread are not heard, for the app lacks the scope ")
            .typed(lacks),
        None => text.say(" · in the thread: `ack`, `snooze 2h`, `resolve`, `mute 7d why`, `assign me`"),
    }
}

/// Links with words of ours: an alert manager's own names for pages are not shown.
pub(crate) fn links(text: Text, links: &[(String, String)]) -> Text {
    let word = |name: &str| match name {
        "Grafana" => "Grafana",
        "CloudWatch" => "CloudWatch",
        "Loki" => "Loki",
        "Source" => "Source",
        "Dashboard" => "Dashboard",
        "Panel" => "Panel",
        "Silence" => "Silence",
        "Runbook" => "Runbook",
        _ => "Open",
    };
    let web = links.iter().filter(|(_, url)| is_web(url));
    web.fold(text, |text, (name, url)| text.say(" · ").with(Piece::Link(url.clone(), word(name))))
}

fn buttons(card: &AlertCard, id: &AlertId) -> Vec<Button> {
    let button = |meant: AlertButton| {
        let label = match meant {
            AlertButton::Acknowledge => "Acknowledge",
            AlertButton::Snooze => "Snooze 1 h",
            AlertButton::Resolve => "Resolve",
            AlertButton::AssignMe => "Assign to me",
            AlertButton::Reopen => "Undo",
        };
        Button { label, does: Pressed::Attend(id.clone(), meant), danger: false, confirm: None }
    };
    let all = match card.attention {
        Attention::Open => {
            vec![AlertButton::Acknowledge, AlertButton::Snooze, AlertButton::Resolve, AlertButton::AssignMe]
        }
        Attention::Acknowledged { .. } => {
            vec![AlertButton::Resolve, AlertButton::Snooze, AlertButton::AssignMe, AlertButton::Reopen]
        }
        Attention::Snoozed { .. } | Attention::Muted { .. } => {
            vec![AlertButton::Acknowledge, AlertButton::Resolve, AlertButton::Reopen]
        }
        Attention::Resolved { .. } => vec![AlertButton::Reopen],
    };
    all.into_iter().map(button).collect()
}

fn summary(card: &AlertCard) -> Text {
    let standing = card.standing();
    let text = since(Text::default().plain(words::standing(standing)), standing);
    let text = text.say(" in ").prose(card.watch.as_str()).say(": ").prose(&card.title);
    let text = if card.from_elsewhere { text } else { text.plain(format!(" ({})", counted(card.tally))) };
    match attention(card) {
        Some(line) => text.say("\n").then(line),
        None => text,
    }
}

//! How alerts look in Slack: their card, the notes in its thread.

use crate::blocks::{Block, Button, Message};
use crate::bulletin;
use crate::card::emoji;
use crate::chart::{self, number};
use crate::duration::spell;
use crate::escalation;
use crate::form;
use crate::markup;
use crate::scopes::HEARING;
use crate::silence;
use crate::text::Text;
use signalbox_domain::alert::{Act, AlertCard, Attention, Class, Line, Standing, Tally, Until, Why};
use signalbox_domain::card::Mood;
use signalbox_domain::ids::AlertId;
use signalbox_domain::people::Actor;
use signalbox_domain::time::Timestamp;
use signalbox_engine::AlertButton;

/// The buttons: what Slack calls them, what they mean.
pub(crate) const BUTTONS: [(&str, AlertButton); 5] = [
    ("alert_acknowledge", AlertButton::Acknowledge),
    ("alert_snooze", AlertButton::Snooze),
    ("alert_resolve", AlertButton::Resolve),
    ("alert_assign", AlertButton::AssignMe),
    ("alert_reopen", AlertButton::Reopen),
];

/// Most places that are named.
const MOST_PLACES: usize = 6;

/// `deaf`: words in the thread are not heard.
pub(crate) fn card(card: &AlertCard, id: &AlertId, deaf: bool) -> Message {
    let mut blocks = vec![Block::Section(headline(card))];
    if !card.sample.is_empty() && card.sample != card.title {
        blocks.push(Block::Section(Text::default().fence(&card.sample)));
    }
    blocks.push(Block::Fields(fields(card)));
    let after: Vec<Text> = card.after.iter().map(|d| deployed(d, card.tally)).collect();
    if !after.is_empty() {
        blocks.push(Block::Section(Text::join(after, "\n")));
    }
    blocks.push(Block::Context(vec![small_print(card, deaf)]));
    let more = !matches!(card.attention, Attention::Resolved { .. });
    blocks.push(Block::Actions(buttons(card, id), more.then(|| form::menu(id))));
    Message { fallback: fallback(card), blocks }
}

/// One line of a list; `named`: the alert's id.
pub(crate) fn listed(card: &AlertCard, named: Text) -> Text {
    let text = what_and_where(card).ours(" · ").prose(&card.title);
    let text = text.ours(" · first seen ").moment(card.tally.first_seen).ours(" · alert ").then(named);
    match attention(card) {
        Some(line) => text.ours(" · ").then(line),
        None => text,
    }
}

/// `:eyes: *New* in *web*`.
fn what_and_where(card: &AlertCard) -> Text {
    let sign = match (card.mood, card.class) {
        (Mood::Bad, Class::Spiking) => ":chart_with_upwards_trend:",
        (Mood::Bad, _) => ":rotating_light:",
        (Mood::Busy, _) => ":eyes:",
        (Mood::Stopped, _) => ":mute:",
        (mood, _) => emoji(mood),
    };
    Text::default().ours(format!("{sign} ")).then(standing(card)).ours(" in ").bold(card.watch.as_str())
}

fn headline(card: &AlertCard) -> Text {
    let text = what_and_where(card).ours("\n").prose(&card.title);
    let escalated = card.escalated.as_ref().map(escalation::said);
    let silenced = card.silenced.as_deref().map(silence::said);
    let lines = [silenced, escalated, attention(card)].into_iter().flatten();
    lines.fold(text, |text, line| text.ours("\n").then(line))
}

/// Where it stands: the same words on the card and in lists.
pub(crate) fn standing(card: &AlertCard) -> Text {
    let standing = card.standing();
    let text = Text::default().bold(standing.words());
    match standing.since() {
        Some(at) => text.ours(" ").moment(at),
        None => text,
    }
}

pub(crate) fn attention(card: &AlertCard) -> Option<Text> {
    let text = Text::default();
    let said = |text: Text, note: &str| if note.is_empty() { text } else { text.ours(": ").prose(note) };
    Some(match &card.attention {
        Attention::Open => return None,
        Attention::Acknowledged { by, note, until } => {
            let text = said(text.ours(":eyes: Acknowledged by ").person(by), note);
            match until {
                Some(until) => text.ours(" · until ").moment(*until),
                None => text,
            }
        }
        Attention::Snoozed { by, until } => {
            let text = text.ours(":zzz: Snoozed by ").person(by);
            match until {
                Until::Time(at) => text.ours(" until ").moment(*at),
                Until::Lines(lines) => {
                    text.ours(format!(" for {} more lines", number(lines.saturating_sub(card.lines))))
                }
                Until::Deploy => text.ours(" until the next deploy"),
            }
        }
        Attention::Muted { by, until, reason } => {
            let text = text.ours(":mute: Muted by ").person(by).ours(" until ").moment(*until);
            said(text, reason)
        }
        Attention::Resolved { by, note } => {
            said(text.ours(":white_check_mark: Resolved by ").person(by), note)
        }
    })
}

fn fields(card: &AlertCard) -> Vec<Text> {
    let named = |name: &str| Text::default().bold(name).ours("\n");
    let mut fields = vec![];
    if card.from_elsewhere {
        fields.push(named("Since").moment(card.tally.first_seen));
        if card.class == Class::Quiet {
            fields.push(named("Over since").moment(card.tally.to));
        }
    } else {
        fields.push(named("Lines").ours(counted(card.tally)));
        fields.push(named("First seen").moment(card.tally.first_seen));
        fields.push(named("Last seen").moment(card.tally.last_seen));
    }
    if let Some(family) = &card.family {
        let words = bulletin::words(family, 0);
        fields.push(
            named("Family")
                .prose(&bulletin::form(family))
                .ours(format!(": {}; first told here: ", bulletin::counted(family)))
                .prose(&words),
        );
    }
    let places = card.seen_in.iter().take(MOST_PLACES).cloned().collect::<Vec<_>>().join(", ");
    if !places.is_empty() {
        let more = card.seen_in.len().saturating_sub(MOST_PLACES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        fields.push(named("Seen in").prose(&places).ours(more));
    }
    if let Some(who) = &card.assignee {
        fields.push(named("Assignee").person(who));
    }
    fields
}

fn counted(tally: Tally) -> String {
    let window = spell(tally.to.since(tally.from));
    format!("{} in {window} · usually {}", number(tally.count), number(tally.usual))
}

fn deployed(deployed: &signalbox_domain::alert::Deployed, tally: Tally) -> Text {
    // Fixed when the alert was born; the figures are those of the latest window.
    let first_line = deployed.first_line.unwrap_or(tally.first_seen.max(tally.from));
    let age = spell(first_line.since(deployed.at));
    let ended = deployed.ended.map(|ended| format!(" ({})", ended.words())).unwrap_or_default();
    Text::default()
        .ours(format!(":package: {age} after "))
        .code(&deployed.what)
        .ours(format!("{ended} · run `{}`", deployed.run.short()))
}

fn small_print(card: &AlertCard, deaf: bool) -> Text {
    let mut text = Text::default().ours(format!("alert `{}`", card.alert));
    if card.recent.len() > 1 {
        text = text.ours(format!(" · {} lines per window", chart::spark(&card.recent)));
    }
    for link in links(&card.links) {
        text = text.ours(" · ").ours(link);
    }
    if deaf {
        return text.ours(format!(
            " · by button alone: words in the thread are not heard, for the app lacks the scope `{HEARING}`"
        ));
    }
    text.ours(" · in the thread: `ack`, `snooze 2h`, `resolve`, `mute 7d why`, `assign me`")
}

/// Links under words of ours: what an alert manager calls a page is not shown.
pub(crate) fn links(links: &[(String, String)]) -> Vec<String> {
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
    links.iter().filter_map(|(name, url)| markup::link(url, word(name))).collect()
}

fn buttons(card: &AlertCard, id: &AlertId) -> Vec<Button> {
    let button = |meant: AlertButton| {
        let (action_id, _) = BUTTONS.into_iter().find(|(_, b)| *b == meant)?;
        let label = match meant {
            AlertButton::Acknowledge => "Acknowledge",
            AlertButton::Snooze => "Snooze 1 h",
            AlertButton::Resolve => "Resolve",
            AlertButton::AssignMe => "Assign to me",
            AlertButton::Reopen => "Undo",
        };
        Some(Button { label, action_id, value: id.to_string(), danger: false, confirm: None })
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
    all.into_iter().filter_map(button).collect()
}

fn fallback(card: &AlertCard) -> Text {
    let standing = card.standing();
    let text = Text::default().prose(standing.words());
    let text = match standing.since() {
        Some(at) => text.ours(" ").moment(at),
        None => text,
    };
    let text = text.ours(" in ").prose(card.watch.as_str()).ours(": ").prose(&card.title);
    let text = if card.from_elsewhere { text } else { text.ours(format!(" ({})", counted(card.tally))) };
    match attention(card) {
        Some(line) => text.ours("\n").then(line),
        None => text,
    }
}

/// A line of the thread.
pub(crate) fn line(line: &Line) -> Text {
    let text = Text::default();
    match line {
        Line::Turned(standing, tally) => turned(*standing, *tally),
        Line::Attended(by, act) => attended(text.ours("• ").person(by), act),
        Line::Declined(by, act) => {
            text.ours("• ").person(by).ours(format!(" is not allowed to do this here: {}.", act.word()))
        }
        Line::Reopened(why) => text.ours(match why {
            Why::Spiking => "• :bell: Open again: it was acknowledged, and now it spikes.",
            Why::Regressed => "• :bell: Open again: it is back.",
            Why::Over => "• :bell: Open again: the time is up.",
            Why::Counted => "• :bell: Open again: the number of lines was reached.",
            Why::Deployed => "• :bell: Open again: something was deployed.",
        }),
        Line::Unsilenced => {
            text.ours("• :bell: The silence that held for this is over, and it is still there.")
        }
        Line::Escalated(to) => escalation::line(to),
        Line::Reminded => text.ours(
            "• :bell: Still there, and still acknowledged. `resolve` it, `snooze` it, or say how it goes.",
        ),
    }
}

fn turned(standing: Standing, tally: Tally) -> Text {
    let text = Text::default();
    match standing {
        Standing::Spiking => {
            text.ours(format!("• :chart_with_upwards_trend: It spikes: {}.", counted(tally)))
        }
        Standing::Back => text.ours(format!("• :rotating_light: It is back: {}.", counted(tally))),
        Standing::FiringAgain => text.ours("• :rotating_light: It fires again."),
        Standing::NotSeenSince(at) => text
            .ours("• :white_check_mark: Not seen since ")
            .moment(at)
            .ours(": it is taken to be over. When it comes back, that is told."),
        Standing::NoLongerFiring => text.ours("• :white_check_mark: No longer firing."),
        Standing::New | Standing::GoesOn | Standing::Firing => text.ours("• It goes on."),
    }
}

fn attended(text: Text, act: &Act) -> Text {
    let said = |text: Text, note: &str| if note.is_empty() { text } else { text.ours(": ").prose(note) };
    let until = |text: Text, at: Timestamp| text.ours(" until ").moment(at);
    match act {
        Act::Acknowledge { note, until: end } => {
            let text = text.ours(" acknowledged it");
            said(end.map_or(text.clone(), |end| until(text, end)), note)
        }
        Act::Snooze(Until::Time(at)) => until(text.ours(" snoozed it"), *at),
        Act::Snooze(Until::Lines(lines)) => {
            text.ours(format!(" snoozed it until it has {} lines in all", number(*lines)))
        }
        Act::Snooze(Until::Deploy) => text.ours(" snoozed it until the next deploy"),
        Act::Resolve { note } => said(text.ours(" resolved it"), note),
        Act::Mute { until: end, reason } => said(until(text.ours(" muted it"), *end), reason),
        Act::Assign { to } => assigned(text, to),
        Act::Reopen => text.ours(" opened it again"),
    }
}

fn assigned(text: Text, to: &Actor) -> Text {
    text.ours(" assigned it to ").person(to)
}

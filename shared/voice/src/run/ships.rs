//! What a run ships: which version goes where, and what is between it and the one before.

use crate::number::plural;
use crate::page::Part;
use crate::text::Piece;
use crate::text::{Text, is_web, say};
use signalbox_domain::lookup::{Changes, Shipment};

/// Of what changes, so many commits are named.
const MOST_SUBJECTS: usize = 8;

/// On a card: in one line, and no commits by name.
pub(crate) fn shipped(shipment: &Shipment) -> Vec<Part> {
    let Shipment { shipping, from, changes } = shipment;
    let line = say("*Ships* ").code(&shipping.place).say(": ");
    let line = match from {
        Some(from) => line.code(from).say(" → ").code(&shipping.version),
        None => line.code(&shipping.version).say(", the first that a run brings there"),
    };
    let line = match changes {
        Some(changes) => line.say(" · ").then(between(changes)),
        None => line,
    };
    vec![Part::Paragraph(line)]
}

/// What is between two versions: how much, by whom, and the latest of it.
pub(crate) fn changes(found: &Changes) -> Vec<Part> {
    let mut parts = vec![Part::Paragraph(between(found))];
    let shown = found.subjects.iter().take(MOST_SUBJECTS);
    let lines: Vec<Text> = shown.map(|subject| say("• ").prose(subject)).collect();
    if !lines.is_empty() {
        parts.push(Part::Lines(lines));
    }
    parts
}

/// How much is between them, and by whom.
fn between(found: &Changes) -> Text {
    let Changes { commits, behind, authors, pulls, link, .. } = found;
    let mut line = Text::default().plain(plural(*commits, "commit", "commits"));
    if let Some(behind) = behind.filter(|behind| *behind > 0) {
        line = line.plain(format!(", {} taken back", plural(behind, "commit", "commits")));
    }
    if !authors.is_empty() {
        line =
            line.say(" by ").then(Text::join(authors.iter().map(|name| Text::default().prose(name)), ", "));
    }
    if !pulls.is_empty() {
        let numbers: Vec<String> = pulls.iter().map(|number| format!("#{number}")).collect();
        line = line.plain(format!(" ({})", numbers.join(", ")));
    }
    match link.as_ref().filter(|url| is_web(url)) {
        Some(url) => line.say(" · ").with(Piece::Link(url.clone(), "Compare")),
        None => line,
    }
}

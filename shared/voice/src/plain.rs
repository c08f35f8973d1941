//! Pages for a terminal: plain lines, times in UTC. Characters that move a cursor are taken out by the code that
//! prints the lines.

use crate::page::{Page, Part};
use crate::text::{Piece, Text};

/// The words of a text. Signs are left out: there is always a word beside them.
#[must_use]
pub fn text(text: &Text) -> String {
    let mut out = String::new();
    let mut pieces = text.pieces().iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            // The space after the sign is left out too.
            Piece::Sign(_) => {
                pieces.next_if(|next| **next == Piece::Said(" ".into()));
            }
            Piece::Said(_)
            | Piece::Strong(_)
            | Piece::Typed(_)
            | Piece::Person(_)
            | Piece::Called(..)
            | Piece::Channel(..)
            | Piece::Moment(..)
            | Piece::Link(..)
            | Piece::Message(..)
            | Piece::Prose(_)
            | Piece::Bold(_)
            | Piece::Code(_)
            | Piece::Fence(_) => out.push_str(&plain(piece)),
        }
    }
    out.trim().to_owned()
}

fn plain(piece: &Piece) -> String {
    match piece {
        Piece::Said(words) | Piece::Strong(words) | Piece::Typed(words) => words.to_string(),
        Piece::Sign(_) => String::new(),
        Piece::Person(person) => person.to_string(),
        Piece::Called(_, otherwise) => plain(otherwise),
        Piece::Channel(channel, _) => channel.to_string(),
        Piece::Moment(at, _) => at.in_full(),
        Piece::Link(url, label) => format!("{label}: {url}"),
        Piece::Message(_, lead) if lead.otherwise => lead.word.clone(),
        Piece::Message(..) => String::new(),
        Piece::Prose(text) | Piece::Bold(text) | Piece::Code(text) => text.clone(),
        Piece::Fence(text) => format!("\n{}\n", text.trim_matches('\n')),
    }
}

/// A page, part by part, each on lines of its own.
#[must_use]
pub fn page(page: &Page) -> String {
    let mut lines: Vec<String> = vec![];
    let mut push = |line: String| {
        if !line.is_empty() {
            lines.push(line);
        }
    };
    for part in &page.parts {
        match part {
            Part::Paragraph(said) | Part::Small(said) => push(text(said)),
            Part::Lines(all) => all.iter().for_each(|line| push(text(line))),
            Part::Facts(facts) => {
                facts.iter().for_each(|fact| push(format!("{}: {}", fact.name, text(&fact.value))));
            }
            Part::Chart(chart) => push(chart.words.clone()),
            // A terminal has no buttons; other lines say what can be typed.
            Part::Actions(..) => {}
        }
    }
    if lines.is_empty() { text(&page.summary) } else { lines.join("\n") }
}

//! What a card's thread is told: one message for everything that happened since the last one.

use crate::page::{Page, Part};
use crate::record::said;
use crate::run::event::step;
use crate::text::{Text, say};
use signalbox_domain::card::Note;
use signalbox_domain::{Event, RunEvent};

/// What happened, in order, then the output.
#[must_use]
pub fn note(note: &Note) -> Page {
    let lines: Vec<Text> = note.told.iter().flat_map(lines).collect();
    let output = note.output.as_ref().map(|output| Text::default().fence(output));
    let summary = Text::join(lines.iter().cloned().chain(output.clone()), "\n");
    let mut parts = vec![Part::Lines(lines)];
    parts.extend(output.map(Part::Paragraph));
    Page { summary, parts }
}

fn lines(event: &Event) -> Vec<Text> {
    if let Event::Run(RunEvent::Progressed { steps, begun, .. }) = event {
        let first = begun.saturating_sub(u32::try_from(steps.len()).unwrap_or(0)) + 1;
        return (first..).zip(steps).map(|(number, title)| say("• ").then(step(number, title))).collect();
    }
    // A warning stands alone, not in a row with the others.
    let loud = matches!(event, Event::Run(RunEvent::Contradicted { .. }));
    said(event).map(|text| if loud { text } else { say("• ").then(text) }).into_iter().collect()
}

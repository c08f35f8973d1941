//! What a card shows, and what its thread is told. The crate `voice` makes the words, and each chat adapter the look.

pub use crate::event::Drawing;

use crate::event::Event;
use crate::run::RunEvent;

/// How a state feels: its colour and sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Under way.
    Busy,
    /// As asked.
    Good,
    /// Not as asked.
    Bad,
    /// Stopped or refused.
    Stopped,
    /// Nobody knows.
    Unsure,
}

/// What a thread is told: events since it was last told anything; `None` if they are not worth a message.
#[must_use]
pub fn note<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Note> {
    let mut note = Note::default();
    for event in events {
        if let Event::Run(RunEvent::Finished { outcome, .. }) = event {
            note.output = Some(outcome.excerpt.clone()).filter(|e| !e.is_empty());
        }
        if event.is_told() {
            note.told.push(event.clone());
        }
    }
    (!note.told.is_empty() || note.output.is_some()).then_some(note)
}

/// One message to a card's thread.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Note {
    /// What happened, in order.
    pub told: Vec<Event>,
    /// The end of the run's output, redacted.
    pub output: Option<String>,
}

//! What a card is drawn of, and which events its thread is told of. How that is said is the voice's business, and how it
//! looks each chat adapter's.

use crate::alert::{AlertCard, BulletinCard, EscalationCard, is_told};
use crate::event::Event;
use crate::ids::ChannelId;
use crate::run::{RunEvent, RunHead};

/// Whatever has one message of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Drawing {
    /// A run.
    Run(Box<RunHead>),
    /// An alert.
    Alert(Box<AlertCard>),
    /// A bulletin.
    Bulletin(Box<BulletinCard>),
    /// An alert, in another channel than its own.
    Escalation(Box<EscalationCard>),
    /// Any of them where one person alone sees it, for it could not be posted in this channel.
    Alone(Box<Drawing>, ChannelId),
    /// Any of them as text alone, where the chat did not take it as it is.
    Plain(Box<Drawing>),
}

impl Drawing {
    /// Whether it leads to other messages of the chat.
    #[must_use]
    pub fn leads_on(&self) -> bool {
        match self {
            Self::Run(_) | Self::Alert(_) => false,
            Self::Bulletin(bulletin) => bulletin.runs.iter().any(|ended| ended.card.is_some()),
            Self::Escalation(escalation) => escalation.at.is_some(),
            Self::Alone(of, _) | Self::Plain(of) => of.leads_on(),
        }
    }
}

/// How a state feels: its colour and sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Under way.
    Busy,
    /// As asked.
    Good,
    /// Not as asked.
    Bad,
    /// Stopped, refused.
    Stopped,
    /// Nobody knows.
    Unsure,
}

/// What a thread is told: events since it was last told anything; `None` if they are not worth a message.
#[must_use]
pub fn note<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Note> {
    let mut note = Note::default();
    for event in events {
        let told = match event {
            Event::Run(RunEvent::Finished { outcome, .. }) => {
                note.output = Some(outcome.excerpt.clone()).filter(|e| !e.is_empty());
                false
            }
            Event::Run(event) => is_news(event),
            Event::Alert(event) => is_told(event),
            // The card says so itself where it was the request.
            Event::SetAside(aside) => aside.intent.is_none(),
            Event::Bulletin(_) => false,
        };
        if told {
            note.told.push(event.clone());
        }
    }
    (!note.told.is_empty() || note.output.is_some()).then_some(note)
}

/// Whether a run's thread is told; of the others its card says enough.
fn is_news(event: &RunEvent) -> bool {
    match event {
        RunEvent::Progressed { steps, .. } => !steps.is_empty(),
        RunEvent::RetryRequested { .. }
        | RunEvent::LookedAgain { .. }
        | RunEvent::Settled { .. }
        | RunEvent::CancelRequested { .. }
        | RunEvent::NotSent { .. }
        | RunEvent::MaybeSent { .. }
        | RunEvent::Followed { .. }
        | RunEvent::Contradicted { .. } => true,
        RunEvent::Requested { .. }
        | RunEvent::Refused { .. }
        | RunEvent::DispatchStarted { .. }
        | RunEvent::Dispatched { .. }
        | RunEvent::Located { .. }
        | RunEvent::NotSeen { .. }
        | RunEvent::SeenAgain { .. }
        | RunEvent::StopAnswered { .. }
        | RunEvent::Finished { .. }
        | RunEvent::RetryRefused { .. }
        | RunEvent::SettleRefused { .. }
        | RunEvent::CancelRefused { .. }
        | RunEvent::BecameUnknown { .. } => false,
    }
}

/// One message to a card's thread.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Note {
    /// What happened, in order.
    pub told: Vec<Event>,
    /// The end of the run's output, redacted.
    pub output: Option<String>,
}

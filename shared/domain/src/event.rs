//! What happens to a run, an alert, a bulletin, and what each is drawn from: enums with a variant for each kind of
//! record.

use crate::alert::{AlertCard, AlertEvent, BulletinCard, BulletinEvent, EscalationCard};
use crate::ids::ChannelId;
use crate::intent::Intent;
use crate::people::Actor;
use crate::run::{RunEvent, RunHead};
use serde::{Deserialize, Serialize};

/// One audit record. It is stored in this form, in the envelope of `engine::wire::event`, which reads it; golden
/// files pin its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// To an alert.
    Alert(AlertEvent),
    /// To a record whose command could not be handled.
    SetAside(SetAside),
    /// To a bulletin. Bulletins and runs came first, so their events are stored without the name of their kind.
    #[serde(untagged)]
    Bulletin(BulletinEvent),
    /// To a run.
    #[serde(untagged)]
    Run(RunEvent),
}

impl Event {
    /// Whether the thread of its card is told; of other events the card says enough.
    #[must_use]
    pub fn is_told(&self) -> bool {
        match self {
            Self::Run(event) => event.is_told(),
            Self::Alert(event) => event.is_told(),
            // If the request itself was set aside, the card says so.
            Self::SetAside(aside) => aside.intent.is_none(),
            Self::Bulletin(_) => false,
        }
    }
}

impl From<RunEvent> for Event {
    fn from(event: RunEvent) -> Self {
        Self::Run(event)
    }
}

impl From<AlertEvent> for Event {
    fn from(event: AlertEvent) -> Self {
        Self::Alert(event)
    }
}

impl From<BulletinEvent> for Event {
    fn from(event: BulletinEvent) -> Self {
        Self::Bulletin(event)
    }
}

/// A command could not be handled, and is kept as a dead letter. It is a run's first event if the request itself was
/// set aside: then nothing was started, and `Requested` or `Refused` may still follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    pub letter: String,
    /// What kind of command it was, such as `submit`.
    pub what: String,
    /// Who had asked, if it was a person.
    pub by: Option<Actor>,
    /// What was asked for, if it was the request itself.
    pub intent: Option<Intent>,
}

impl SetAside {
    /// Whether it goes on record: once on a record that exists; else only if it begins a run.
    #[must_use]
    pub fn is_news(&self, has_folded: Option<bool>) -> bool {
        has_folded.map_or(self.intent.is_some(), |folded| !folded)
    }
}

/// Everything that has a message of its own.
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
    /// Any of them as one person alone sees it, because it could not be posted in this channel.
    Alone(Box<Drawing>, ChannelId),
    /// Any of them as text alone, because the chat did not take the full form.
    Plain(Box<Drawing>),
}

impl Drawing {
    /// Whether it links to other messages of the chat.
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

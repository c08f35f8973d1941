//! What an alert's card says, drawn afresh from where the alert stands and from what was counted last.

use super::event::Until;
use super::finding::{Class, Deployed, Standing, Tally};
use super::head::{AlertHead, Attention, Escalated};
use super::notified::{Figures, Notified};
use super::report::Kin;
use crate::card::Mood;
use crate::ids::{Name, ShortId};
use crate::people::{Actor, MessageRef};
use crate::silence::SilenceRule;
use crate::time::Timestamp;
use crate::watch::Escalate;

/// The one message that shows an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertCard {
    /// The alert, as people see it.
    pub alert: ShortId,
    /// The watch it belongs to.
    pub watch: Name,
    /// What the pattern or alert says.
    pub title: String,
    /// A line of it.
    pub sample: String,
    /// Where it was seen.
    pub seen_in: Vec<String>,
    /// What the pattern is now.
    pub class: Class,
    /// How that looks: colour and sign.
    pub mood: Mood,
    /// What people did about it.
    pub attention: Attention,
    /// When they did.
    pub attended_at: Timestamp,
    /// Who is to look after it.
    pub assignee: Option<Actor>,
    /// The silence under which it was found, while that silence holds.
    pub silenced: Option<Box<SilenceRule>>,
    /// Whom it was escalated to since it was opened, if it was.
    pub escalated: Option<Escalated>,
    /// How often, and when.
    pub tally: Tally,
    /// How many lines there were in all time.
    pub lines: u64,
    /// Lines of the latest windows, oldest first; empty for an alert from elsewhere.
    pub recent: Vec<u64>,
    /// The other patterns that the card stands for.
    pub family: Option<Kin>,
    /// What was deployed shortly before it appeared, latest first.
    pub after: Vec<Deployed>,
    /// Where people look further.
    pub links: Vec<(String, String)>,
    /// Whether it came from an alert manager, and not from logs.
    pub from_elsewhere: bool,
}

impl AlertCard {
    /// Draws the card. `None` if the alert has none, because only the bulletin names it.
    #[must_use]
    pub fn of(head: &AlertHead, figures: Option<&Figures>) -> Option<Self> {
        if !head.has_card() {
            return None;
        }
        let finding = &head.finding;
        let figures = head.latest(figures);
        let (tally, recent) = figures.map_or((finding.tally, vec![]), |f| (f.tally, f.recent.clone()));
        let says = figures.and_then(|f| f.notified.clone()).unwrap_or_else(|| Notified::of(finding));
        Some(Self {
            alert: head.id.short(),
            watch: finding.watch.clone(),
            title: says.title,
            sample: says.sample,
            seen_in: says.seen_in,
            class: finding.class,
            mood: mood(head),
            attention: head.attention.clone(),
            attended_at: head.attended_at,
            assignee: head.assignee.clone(),
            silenced: finding.silenced.clone(),
            escalated: head.escalated.clone(),
            tally,
            lines: figures.map_or(0, |f| f.lines).max(finding.lines),
            recent,
            family: figures.and_then(|f| f.family.clone()),
            after: finding.after.clone(),
            links: says.links,
            from_elsewhere: finding.is_from_elsewhere(),
        })
    }

    /// Where the pattern stands, in words.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing::of(self.class, self.tally, self.from_elsewhere)
    }
}

impl AlertHead {
    /// The figures, if they are younger than the finding on record.
    pub(super) fn latest<'f>(&self, figures: Option<&'f Figures>) -> Option<&'f Figures> {
        figures.filter(|f| f.tally.to >= self.finding.tally.to)
    }

    /// Where the pattern stands by the latest figures, whether or not it has a card.
    #[must_use]
    pub fn standing(&self, figures: Option<&Figures>) -> Standing {
        let tally = self.latest(figures).map_or(self.finding.tally, |f| f.tally);
        Standing::of(self.finding.class, tally, self.finding.is_from_elsewhere())
    }
}

fn mood(head: &AlertHead) -> Mood {
    match (&head.attention, head.finding.class) {
        (Attention::Resolved { .. }, _) | (_, Class::Quiet) => Mood::Good,
        (Attention::Acknowledged { .. }, _) => Mood::Busy,
        (Attention::Snoozed { .. } | Attention::Muted { .. }, _) => Mood::Stopped,
        (Attention::Open, Class::New | Class::Spiking | Class::Regressed) => Mood::Bad,
        (Attention::Open, Class::Known) => Mood::Unsure,
    }
}

/// The message in another channel that tells of an alert which nobody acknowledges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscalationCard {
    /// The alert, as its card shows it now.
    pub card: AlertCard,
    /// Who is told, and after how long.
    pub to: Escalate,
    /// Where the card is.
    pub at: Option<MessageRef>,
}

impl Until {
    /// The time at which it ends; `None` if it does not end at a time.
    #[must_use]
    pub fn time(self) -> Option<Timestamp> {
        match self {
            Self::Time(at) => Some(at),
            Self::Lines(_) | Self::Deploy => None,
        }
    }
}

//! Where an alert stands now: the fold of its events.

use super::event::{Act, AlertEvent, Until};
use super::finding::{Class, Finding};
use crate::ids::{AlertId, CommandId, RecordId};
use crate::people::{Actor, Place};
use crate::time::Timestamp;
use crate::watch::Escalate;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many of the commands that led to events are remembered: as for runs.
const REMEMBERED_CAUSES: usize = 32;

/// Where an alert stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertHead {
    /// Its record's id, see [`Finding::alert`].
    pub id: AlertId,
    /// How many events it is the fold of.
    pub version: u64,
    /// The latest finding.
    pub finding: Finding,
    /// Where its card is.
    pub place: Place,
    /// When it was first found.
    pub found_at: Timestamp,
    /// When its class last changed.
    pub classed_at: Timestamp,
    /// What people did about it.
    pub attention: Attention,
    /// When they did it.
    pub attended_at: Timestamp,
    /// Who is to look after it.
    pub assignee: Option<Actor>,
    /// When it was last said again.
    pub reminded_at: Option<Timestamp>,
    /// It has no card, because it was silenced when it was found.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hushed: bool,
    /// Whom it was escalated to since it was opened, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated: Option<Escalated>,
    /// The records that were told what it owed them, latest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent_to: Vec<RecordId>,
    /// The commands that led to its latest events.
    pub causes: VecDeque<CommandId>,
}

/// Whom an alert was escalated to, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalated {
    pub at: Timestamp,
    /// Whom, and after how long.
    pub to: Escalate,
}

/// What people did about an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// Nobody did anything, or what they did no longer holds.
    Open,
    /// Somebody looks after it.
    Acknowledged {
        by: Actor,
        /// What they said; may be empty.
        note: String,
        /// Until when, if there is an end.
        until: Option<Timestamp>,
    },
    /// Not now.
    Snoozed {
        /// Who decided.
        by: Actor,
        /// How long. For lines: at which number of lines in all time it ends.
        until: Until,
    },
    /// Of no interest.
    Muted {
        /// Whose decision it is, and so whose duty.
        by: Actor,
        /// Until when.
        until: Timestamp,
        /// Why; may be empty.
        reason: String,
    },
    /// Mended.
    Resolved {
        /// Who said so.
        by: Actor,
        /// What they said; may be empty.
        note: String,
    },
}

impl Attention {
    /// Who did it.
    #[must_use]
    pub fn by(&self) -> Option<&Actor> {
        match self {
            Self::Open => None,
            Self::Acknowledged { by, .. }
            | Self::Snoozed { by, .. }
            | Self::Muted { by, .. }
            | Self::Resolved { by, .. } => Some(by),
        }
    }
}

impl AlertHead {
    /// The head after one more event; `None` where an alert cannot begin with it.
    #[must_use]
    pub fn after(
        head: Option<Self>,
        id: &AlertId,
        event: &AlertEvent,
        cause: &CommandId,
        now: Timestamp,
    ) -> Option<Self> {
        let mut head = match (head, event) {
            (Some(head), _) => head,
            (None, AlertEvent::Found { finding, place }) => Self {
                id: id.clone(),
                version: 0,
                finding: (**finding).clone(),
                place: place.clone(),
                found_at: now,
                classed_at: now,
                attention: Attention::Open,
                attended_at: now,
                assignee: None,
                reminded_at: None,
                hushed: false,
                escalated: None,
                sent_to: vec![],
                causes: VecDeque::new(),
            },
            (None, _) => return None,
        };
        match event {
            AlertEvent::Found { finding, place } => {
                head.hushed |= finding.silenced.is_some() && (head.version == 0 || !head.has_card());
                // An alert without a card gets one only for news.
                let news = matches!(finding.class, Class::New | Class::Spiking | Class::Regressed);
                let held = head.finding.held && (finding.held || !news);
                // It is told which runs it followed once: a later window knows other runs, and nothing new about
                // these. An alert that comes back begins anew.
                let after = match finding.class {
                    Class::Regressed => finding.after.clone(),
                    Class::New | Class::Known | Class::Spiking | Class::Quiet => head.finding.after.clone(),
                };
                head.finding = Finding { held, after, ..(**finding).clone() };
                head.place = place.clone();
                head.classed_at = now;
            }
            AlertEvent::Attended { by, act } => head.attend(by, act, now),
            AlertEvent::Declined { .. } => {}
            AlertEvent::Reopened { .. } => {
                // If nobody had done anything about it, this alone does not give it a card.
                head.finding.held &= head.attention == Attention::Open;
                head.attention = Attention::Open;
                (head.attended_at, head.escalated) = (now, None);
            }
            AlertEvent::Reminded => head.reminded_at = Some(now),
            AlertEvent::Unsilenced { held } => head.unsilenced(*held, now),
            AlertEvent::Sent { to, .. } => head.sent(to),
            AlertEvent::Escalated { to } => head.escalated = Some(Escalated { at: now, to: to.clone() }),
        }
        Some(head.noted(cause))
    }

    /// Whether somebody should look after it: it is neither resolved nor over.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.finding.class != Class::Quiet && !matches!(self.attention, Attention::Resolved { .. })
    }

    /// The head after an event that is put on record and changes nothing else.
    #[must_use]
    pub fn noted(mut self, cause: &CommandId) -> Self {
        self.version += 1;
        if self.causes.front() != Some(cause) {
            self.causes.truncate(REMEMBERED_CAUSES - 1);
            self.causes.push_front(cause.clone());
        }
        self
    }

    fn unsilenced(&mut self, held: bool, now: Timestamp) {
        if std::mem::take(&mut self.hushed) {
            self.finding.held = held;
        }
        self.finding.silenced = None;
        // It was resolved, and came back while nobody was told.
        if matches!(self.attention, Attention::Resolved { .. } | Attention::Open) {
            self.attention = Attention::Open;
            (self.attended_at, self.escalated) = (now, None);
        }
    }

    fn attend(&mut self, by: &Actor, act: &Act, now: Timestamp) {
        let by = by.clone();
        // A person who acts on it wants to see what becomes of it, so it gets a card.
        (self.finding.held, self.hushed) = (false, false);
        self.attention = match act.clone() {
            Act::Assign { to } => {
                self.assignee = Some(to);
                return;
            }
            Act::Acknowledge { note, until } => Attention::Acknowledged { by, note, until },
            Act::Snooze(until) => Attention::Snoozed { by, until },
            Act::Resolve { note } => Attention::Resolved { by, note },
            Act::Mute { until, reason } => Attention::Muted { by, until, reason },
            Act::Reopen => {
                self.escalated = None;
                Attention::Open
            }
        };
        (self.attended_at, self.reminded_at) = (now, None);
    }

    /// Whether this command already led to events.
    #[must_use]
    pub fn has_folded(&self, cause: &CommandId) -> bool {
        self.causes.contains(cause)
    }

    /// Whether it has a card.
    #[must_use]
    pub fn has_card(&self) -> bool {
        !self.finding.held && !self.hushed
    }

    /// Whether it is over: resolved, or not seen for long.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.attention, Attention::Resolved { .. }) || self.finding.class == Class::Quiet
    }

    /// What people did about it, in one word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.attention {
            Attention::Open => "open",
            Attention::Acknowledged { .. } => "acknowledged",
            Attention::Snoozed { .. } => "snoozed",
            Attention::Muted { .. } => "muted",
            Attention::Resolved { .. } => "resolved",
        }
    }
}

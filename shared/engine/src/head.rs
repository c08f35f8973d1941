//! What runs, alerts and digests have in common: a record of events, and a head that is their fold.

use crate::wire::{self, Unreadable, head::Head};
use signalbox_domain::alert::{AlertHead, DigestHead};
use signalbox_domain::card::Card;
use signalbox_domain::ids::{CommandId, RunId, WorkspaceId};
use signalbox_domain::policy::Place;
use signalbox_domain::{Event, RunHead, Timestamp};

/// Where a record stands.
pub(crate) trait Headed: Sized + Clone + Send + Sync {
    /// The head after one more event; `None` where nothing of this kind begins with it.
    fn after(
        head: Option<Self>,
        id: &RunId,
        event: &Event,
        cause: &CommandId,
        now: Timestamp,
    ) -> Option<Self>;
    /// It, if that is what it is.
    fn among(head: Head) -> Option<Self>;
    /// To be stored.
    fn encode(&self) -> Result<Vec<u8>, Unreadable>;
    /// How many events it is the fold of.
    fn version(&self) -> u64;
    /// Where its card goes.
    fn place(&self) -> &Place;
    /// Whether it has one.
    fn has_card(&self) -> bool;
    /// Since when it is there.
    fn since(&self) -> Timestamp;
    /// What it is listed under: runs under their workspace, all else apart from them.
    fn listed_under(&self) -> WorkspaceId;
    /// What its backend calls it, as `kind/reference`.
    fn reference(&self) -> Option<String> {
        None
    }
}

impl Headed for RunHead {
    fn after(
        head: Option<Self>,
        id: &RunId,
        event: &Event,
        cause: &CommandId,
        now: Timestamp,
    ) -> Option<Self> {
        Self::after(head, id, event, cause, now)
    }

    fn among(head: Head) -> Option<Self> {
        if let Head::Run(head) = head { Some(*head) } else { None }
    }

    fn encode(&self) -> Result<Vec<u8>, Unreadable> {
        wire::head::encode(self)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn place(&self) -> &Place {
        &self.intent.place
    }

    fn has_card(&self) -> bool {
        Card::of(self).is_some()
    }

    fn since(&self) -> Timestamp {
        self.requested_at
    }

    fn listed_under(&self) -> WorkspaceId {
        self.intent.place.workspace.clone()
    }

    fn reference(&self) -> Option<String> {
        Some(format!("{}/{}", self.work.as_ref()?.kind(), self.reference.as_ref()?))
    }
}

impl Headed for AlertHead {
    fn after(
        head: Option<Self>,
        id: &RunId,
        event: &Event,
        cause: &CommandId,
        now: Timestamp,
    ) -> Option<Self> {
        match event {
            Event::Alert(event) => Self::after(head, id, event, cause, now),
            // A command for it became a dead letter: on record, and nothing more.
            _ => head.map(|mut head| {
                head.version += 1;
                head
            }),
        }
    }

    fn among(head: Head) -> Option<Self> {
        if let Head::Alert(head) = head { Some(*head) } else { None }
    }

    fn encode(&self) -> Result<Vec<u8>, Unreadable> {
        wire::head::encode_alert(self)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn has_card(&self) -> bool {
        self.has_card()
    }

    fn since(&self) -> Timestamp {
        self.found_at
    }

    fn listed_under(&self) -> WorkspaceId {
        WorkspaceId::new(format!("{}/alerts", self.place.workspace))
    }
}

impl Headed for DigestHead {
    fn after(
        head: Option<Self>,
        id: &RunId,
        event: &Event,
        cause: &CommandId,
        now: Timestamp,
    ) -> Option<Self> {
        match event {
            Event::Reported { report, place } => Some(Self::after(head, id, (report, place), cause, now)),
            _ => head.map(|mut head| {
                head.version += 1;
                head
            }),
        }
    }

    fn among(head: Head) -> Option<Self> {
        if let Head::Digest(head) = head { Some(*head) } else { None }
    }

    fn encode(&self) -> Result<Vec<u8>, Unreadable> {
        wire::head::encode_digest(self)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn has_card(&self) -> bool {
        true
    }

    fn since(&self) -> Timestamp {
        self.began_at
    }

    fn listed_under(&self) -> WorkspaceId {
        WorkspaceId::new(format!("{}/digests", self.place.workspace))
    }
}

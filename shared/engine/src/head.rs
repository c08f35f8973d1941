//! What runs, alerts and bulletins have in common: a record of events, and a head that is their fold.

use crate::ports::Listing;
use crate::wire::{self, Unreadable, head::Head, order::Lane};
use signalbox_domain::alert::{AlertHead, BulletinHead};
use signalbox_domain::budget::Served;
use signalbox_domain::card::Card;
use signalbox_domain::ids::{AlertId, BulletinId, CommandId, RecordId, RecordKind, RunId};
use signalbox_domain::people::Place;
use signalbox_domain::{Event, RunHead, Timestamp};

/// What led to the events, and when they are written.
pub(crate) struct Writing<'a> {
    pub(crate) record: &'a RecordId,
    pub(crate) cause: &'a CommandId,
    pub(crate) now: Timestamp,
}

/// Where a record stands.
pub(crate) trait Headed: Sized + Clone + Send + Sync {
    /// The head after one more event; `None` where nothing of this kind begins with it.
    fn after(head: Option<Self>, event: &Event, writing: &Writing<'_>) -> Option<Self>;
    /// It, if that is what it is.
    fn among(head: Head) -> Option<Self>;
    /// To be stored.
    fn encode(&self) -> Result<Vec<u8>, Unreadable>;
    /// Whether it has a card.
    fn has_card(&self) -> bool;
    /// What it is found and shown by.
    fn keys(&self) -> Keys<'_>;
    /// The other place that is told of it.
    fn told_elsewhere(&self) -> Option<Place> {
        None
    }
}

/// What a record is found and shown by.
pub(crate) struct Keys<'h> {
    /// How many events its head is the fold of.
    pub(crate) version: u64,
    /// Where its card goes.
    pub(crate) place: &'h Place,
    /// Since when it is there.
    pub(crate) since: Timestamp,
    /// What it is.
    kind: RecordKind,
    /// What its backend calls it, as `kind/reference`.
    pub(crate) reference: Option<String>,
}

impl<'h> Keys<'h> {
    /// Where its card goes, and whom it serves.
    pub(crate) fn lane(&self) -> Lane<'h> {
        let served = match self.kind {
            RecordKind::Run => Served::People,
            RecordKind::Alert | RecordKind::Bulletin => Served::Alerts,
        };
        Lane { place: self.place, served }
    }

    /// The list that it is on.
    pub(crate) fn listed_under(&self) -> Listing {
        Listing::of(&self.place.workspace, self.kind)
    }
}

impl Head {
    /// As [`Headed::has_card`], whatever it is.
    pub(crate) fn has_card(&self) -> bool {
        match self {
            Self::Run(head) => Headed::has_card(&**head),
            Self::Alert(head) => Headed::has_card(&**head),
            Self::Bulletin(head) => Headed::has_card(&**head),
        }
    }

    /// As [`Headed::keys`], whatever it is.
    pub(crate) fn keys(&self) -> Keys<'_> {
        match self {
            Self::Run(head) => head.keys(),
            Self::Alert(head) => head.keys(),
            Self::Bulletin(head) => head.keys(),
        }
    }
}

impl Headed for RunHead {
    fn after(head: Option<Self>, event: &Event, w: &Writing<'_>) -> Option<Self> {
        Self::after(head, &RunId::of(w.record), event, w.cause, w.now)
    }

    fn among(head: Head) -> Option<Self> {
        if let Head::Run(head) = head { Some(*head) } else { None }
    }

    fn encode(&self) -> Result<Vec<u8>, Unreadable> {
        wire::head::encode(self)
    }

    fn has_card(&self) -> bool {
        Card::of(self).is_some()
    }

    fn keys(&self) -> Keys<'_> {
        let named = self.work.as_ref().zip(self.reference.as_ref());
        let reference = named.map(|(work, reference)| format!("{}/{reference}", work.kind()));
        let (place, since) = (&self.intent.place, self.requested_at);
        Keys { version: self.version, place, since, kind: RecordKind::Run, reference }
    }
}

impl Headed for AlertHead {
    fn after(head: Option<Self>, event: &Event, w: &Writing<'_>) -> Option<Self> {
        match event {
            Event::Alert(event) => Self::after(head, &AlertId::of(w.record), event, w.cause, w.now),
            // A command for it became a dead letter: on record, and nothing more.
            _ => head.map(|head| head.noted(w.cause)),
        }
    }

    fn among(head: Head) -> Option<Self> {
        if let Head::Alert(head) = head { Some(*head) } else { None }
    }

    fn encode(&self) -> Result<Vec<u8>, Unreadable> {
        wire::head::encode_alert(self)
    }

    fn has_card(&self) -> bool {
        self.has_card()
    }

    fn keys(&self) -> Keys<'_> {
        let (place, since) = (&self.place, self.found_at);
        Keys { version: self.version, place, since, kind: RecordKind::Alert, reference: None }
    }

    fn told_elsewhere(&self) -> Option<Place> {
        let channel = self.escalated.as_ref()?.to.channel.clone()?;
        Some(Place { channel, ..self.place.clone() })
    }
}

impl Headed for BulletinHead {
    fn after(head: Option<Self>, event: &Event, w: &Writing<'_>) -> Option<Self> {
        match event {
            Event::Reported { report, place } => {
                Some(Self::after(head, &BulletinId::of(w.record), (report, place), w.cause, w.now))
            }
            _ => None,
        }
    }

    fn among(head: Head) -> Option<Self> {
        if let Head::Bulletin(head) = head { Some(*head) } else { None }
    }

    fn encode(&self) -> Result<Vec<u8>, Unreadable> {
        wire::head::encode_bulletin(self)
    }

    fn has_card(&self) -> bool {
        true
    }

    fn keys(&self) -> Keys<'_> {
        let (place, since) = (&self.place, self.began_at);
        Keys { version: self.version, place, since, kind: RecordKind::Bulletin, reference: None }
    }
}

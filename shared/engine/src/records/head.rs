//! What runs, alerts and bulletins have in common: a record of events, and a head that is their fold.

use super::Record;
use crate::ports::Listing;
use crate::wire::{head::Head, order::Lane};
use signalbox_domain::alert::{AlertHead, BulletinHead};
use signalbox_domain::budget::Served;
use signalbox_domain::ids::{CommandId, RecordId, RecordKind};
use signalbox_domain::people::Place;
use signalbox_domain::{Event, RunHead, Timestamp};

/// What led to the events, and when they are written.
#[derive(Clone, Copy)]
pub(crate) struct Writing<'a> {
    pub(crate) record: &'a RecordId,
    pub(crate) cause: &'a CommandId,
    pub(crate) now: Timestamp,
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
    pub(crate) kind: RecordKind,
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

/// The same of whichever kind it is.
macro_rules! of_each {
    ($head:expr, $it:ident => $what:expr) => {
        match $head {
            Head::Run($it) => $what,
            Head::Alert($it) => $what,
            Head::Bulletin($it) => $what,
        }
    };
}

impl Head {
    /// As [`Record::then`], of whichever kind begins with it.
    pub(crate) fn after(head: Option<Self>, event: &Event, writing: &Writing<'_>) -> Option<Self> {
        match (head, event) {
            (Some(Self::Run(head)), _) => RunHead::then(Some(*head), event, writing),
            (Some(Self::Alert(head)), _) => AlertHead::then(Some(*head), event, writing),
            (Some(Self::Bulletin(head)), _) => BulletinHead::then(Some(*head), event, writing),
            (None, Event::Run(_) | Event::SetAside(_)) => RunHead::then(None, event, writing),
            (None, Event::Alert(_)) => AlertHead::then(None, event, writing),
            (None, Event::Bulletin(_)) => BulletinHead::then(None, event, writing),
        }
    }

    /// As [`Record::has_card`].
    pub(crate) fn has_card(&self) -> bool {
        of_each!(self, head => Record::has_card(&**head))
    }

    /// As [`Record::keys`].
    pub(crate) fn keys(&self) -> Keys<'_> {
        of_each!(self, head => Record::keys(&**head))
    }

    /// As [`Record::told_elsewhere`].
    pub(crate) fn told_elsewhere(&self) -> Option<Place> {
        of_each!(self, head => Record::told_elsewhere(&**head))
    }
}

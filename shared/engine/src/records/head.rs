//! What runs, alerts and bulletins have in common: a record of events, and a head that is their fold. The one place
//! that knows which kinds there are; the loop does not.

use super::{Desk, Record, StoredHead, work_on};
use crate::ports::{Listing, PortError};
use crate::wire::command::Command;
use crate::wire::{head::Head, order::Lane};
use signalbox_domain::alert::{AlertHead, BulletinHead, Standing};
use signalbox_domain::budget::Served;
use signalbox_domain::ids::{CommandId, RecordId, RecordKind, ShortId};
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
    /// When the record began.
    pub(crate) since: Timestamp,
    /// What it is.
    pub(crate) kind: RecordKind,
    /// What its backend calls it, as `kind/reference`.
    pub(crate) reference: Option<String>,
}

impl<'h> Keys<'h> {
    /// Where its card goes, and who is served by it.
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

/// Does the same for every kind of record.
macro_rules! of_each {
    ($head:expr, $it:ident => $what:expr) => {
        match $head {
            Head::Run($it) => $what,
            Head::Alert($it) => $what,
            Head::Bulletin($it) => $what,
        }
    };
}

/// What a list says of a record of any kind.
pub struct Entry {
    /// When the record began.
    pub since: Timestamp,
    /// Its id, as people see it.
    pub id: ShortId,
    /// How many events it has.
    pub version: u64,
    /// Where its pattern stands, for an alert.
    pub standing: Option<Standing>,
    /// Its state in a word.
    pub state: &'static str,
    /// What it is about.
    pub what: String,
    /// Who asked for it.
    pub by: String,
}

/// Carries out a command for a record of any kind, however often the command comes.
pub(crate) async fn carry_out(desk: Desk<'_>, found: Option<StoredHead>) -> Result<(), PortError> {
    match (&desk.envelope.command, found.as_ref().map(|kept| &kept.head)) {
        (Command::Alert(_), None) | (_, Some(Head::Alert(_))) => work_on::<AlertHead>(desk, found).await,
        (Command::Bulletin(_), None) | (_, Some(Head::Bulletin(_))) => {
            work_on::<BulletinHead>(desk, found).await
        }
        // A command that may be for any record, but finds none: only a request that became a dead letter begins a
        // run.
        (
            Command::Run(_)
            | Command::Wake { .. }
            | Command::SetAside { .. }
            | Command::Show { .. }
            | Command::Refresh(_)
            | Command::Silences { .. },
            None,
        )
        | (_, Some(Head::Run(_))) => work_on::<RunHead>(desk, found).await,
    }
}

impl Head {
    /// What a list says of it.
    #[must_use]
    pub fn entry(&self) -> Entry {
        of_each!(self, head => Record::entry(&**head))
    }

    /// The head after one more event, of the kind that begins with it; `None` where the event does not fit any.
    pub(crate) fn after(head: Option<Self>, event: &Event, writing: &Writing<'_>) -> Option<Self> {
        match (event, head) {
            (Event::Run(event), None) => RunHead::then(None, event, writing).map(Self::from),
            (Event::Run(event), Some(Self::Run(head))) => {
                RunHead::then(Some(*head), event, writing).map(Self::from)
            }
            (Event::Alert(event), None) => AlertHead::then(None, event, writing).map(Self::from),
            (Event::Alert(event), Some(Self::Alert(head))) => {
                AlertHead::then(Some(*head), event, writing).map(Self::from)
            }
            (Event::Bulletin(event), None) => BulletinHead::then(None, event, writing).map(Self::from),
            (Event::Bulletin(event), Some(Self::Bulletin(head))) => {
                BulletinHead::then(Some(*head), event, writing).map(Self::from)
            }
            // Only a request that was set aside begins a record.
            (Event::SetAside(aside), None) => RunHead::set_aside(None, aside, writing).map(Self::from),
            (Event::SetAside(aside), Some(head)) => {
                of_each!(head, head => Record::set_aside(Some(*head), aside, writing).map(Self::from))
            }
            (
                Event::Run(_) | Event::Alert(_) | Event::Bulletin(_),
                Some(Self::Run(_) | Self::Alert(_) | Self::Bulletin(_)),
            ) => None,
        }
    }

    /// As [`Record::WAITS`].
    pub(crate) fn waits(&self) -> bool {
        fn waits<R: Record>(_: &R) -> bool {
            R::WAITS
        }
        of_each!(self, head => waits(&**head))
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

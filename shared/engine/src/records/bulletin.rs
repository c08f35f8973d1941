//! Bulletins: a window of a watch, told in its channel.

use super::head::{Entry, Keys, Writing};
use super::{Ask, Desk, Record, StoredHead};
use crate::ports::PortError;
use crate::wire::command::Command;
use crate::wire::head::Head;
use async_trait::async_trait;
use signalbox_domain::alert::{BulletinCommand, BulletinEvent, BulletinHead};
use signalbox_domain::ids::{BulletinId, RecordKind};
use signalbox_domain::{CommandId, Plan, SetAside};
use std::convert::Infallible;

#[async_trait]
impl Record for BulletinHead {
    type Owed = Infallible;
    type Answer = Infallible;
    type Event = BulletinEvent;

    const WAITS: bool = false;

    fn among(head: &Head) -> Option<&Self> {
        if let Head::Bulletin(head) = head { Some(head) } else { None }
    }

    fn then(head: Option<Self>, event: &BulletinEvent, w: &Writing<'_>) -> Option<Self> {
        Some(Self::after(head, &BulletinId::of(w.record), event, w.cause, w.now))
    }

    /// Nothing is put on record, because a later window tells everything.
    fn set_aside(_: Option<Self>, _: &SetAside, _: &Writing<'_>) -> Option<Self> {
        None
    }

    fn has_folded(&self, cause: &CommandId) -> bool {
        self.has_folded(cause)
    }

    fn keys(&self) -> Keys<'_> {
        let (place, since) = (&self.place, self.began_at);
        Keys { version: self.version, place, since, kind: RecordKind::Bulletin, reference: None }
    }

    fn entry(&self) -> Entry {
        Entry {
            since: self.began_at,
            id: self.id.short(),
            version: self.version,
            standing: None,
            state: "told",
            what: format!("bulletin of {}", self.report.watch),
            by: format!("watch {}", self.report.watch),
        }
    }

    fn has_card(&self) -> bool {
        true
    }

    async fn decide(
        head: Option<&Self>,
        ask: &Ask<'_, Infallible>,
        at: &Desk<'_>,
    ) -> Result<Plan<BulletinEvent, Infallible>, PortError> {
        let Ask::Command(Command::Bulletin(BulletinCommand::Report(report))) = ask else {
            return Ok(Plan::NOTHING);
        };
        let Some(watch) = at.catalogue.watches.get(&report.watch) else {
            tracing::error!(watch = %report.watch, "a report of a watch that the catalogue does not have; it is told nowhere");
            return Ok(Plan::NOTHING);
        };
        let news = Self::decide(head, report, &watch.place, &at.envelope.id);
        Ok(Plan::end(news.into_iter().collect()))
    }

    async fn settle(
        owed: Infallible,
        _: &StoredHead,
        _: &Desk<'_>,
    ) -> Result<Option<(Infallible, Option<StoredHead>)>, PortError> {
        match owed {}
    }
}

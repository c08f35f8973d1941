//! The engine with one of its safeguards taken out from outside: six safeguards of runs, and three of what records owe
//! to each other. Without any one of them, the schedules must fail.

use async_trait::async_trait;
use signalbox_domain::ids::{AlertId, Digest, RecordId, ShortId};
use signalbox_domain::run::State;
use signalbox_domain::time::{Day, Timestamp};
use signalbox_engine::ports::{
    Agenda, CardRow, Cards, DueKind, EventRow, HeadRow, Journal, Listing, Memo, Memos, Moved, PartRow,
    PortError, SealRow, Seals, Views,
};
use signalbox_engine::wire::{self, head::Head};
use signalbox_testkit::MemoryStore;
use std::sync::Mutex;

/// Which safeguard is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// No safeguard is taken out.
    None,
    /// An open attempt looks to everybody else as if its lease were over.
    Lease,
    /// The attempt is not on record before the call to the backend.
    Record,
    /// The search comes at once, without waiting for a request that is still on its way.
    Wait,
    /// Nobody searches before the next try.
    Search,
    /// The last check before sending sees what it would like to see.
    Fence,
    /// The list of builds at Jenkins seems to contain all builds that there ever were.
    Numbers,
    /// What is owed to another record counts as sent as soon as it is owed. So a redelivery of the command owes nothing
    /// any more.
    Settled,
    /// Nobody comes back to check whether it was sent.
    Due,
    /// The record that receives it does not remember that it already has it.
    Known,
}

/// One worker's view of the tables, sabotaged.
pub(super) struct Sabotaged {
    pub(super) inner: MemoryStore,
    pub(super) sabotage: Sabotage,
    /// The head that this worker wrote last and believes to be stored.
    pub(super) own: Mutex<Option<HeadRow>>,
}

impl Sabotaged {
    fn own(&self) -> Option<HeadRow> {
        self.own.lock().unwrap().clone()
    }
}

#[async_trait]
impl Views for Sabotaged {
    async fn known(&self, question: &Digest) -> Result<Option<Vec<u8>>, PortError> {
        self.inner.known(question).await
    }

    async fn card(&self, record: &RecordId) -> Result<Option<CardRow>, PortError> {
        self.inner.card(record).await
    }

    async fn head(&self, record: &RecordId) -> Result<Option<HeadRow>, PortError> {
        let row = self.inner.head(record).await?;
        Ok(match (self.sabotage, self.own()) {
            (Sabotage::Fence | Sabotage::Record | Sabotage::Lease, Some(own)) => Some(own),
            (Sabotage::Lease, None) => row.map(without_lease),
            (Sabotage::Known, _) => row.map(knowing_nothing),
            _ => row,
        })
    }
    async fn find(&self, short: ShortId) -> Result<Vec<HeadRow>, PortError> {
        self.inner.find(short).await
    }
    async fn latest(&self, w: &Listing, before: Timestamp, n: usize) -> Result<Vec<HeadRow>, PortError> {
        self.inner.latest(w, before, n).await
    }
    async fn by_reference(&self, reference: &str) -> Result<Vec<RecordId>, PortError> {
        self.inner.by_reference(reference).await
    }
    async fn figures(&self, alert: &AlertId) -> Result<Option<Vec<u8>>, PortError> {
        self.inner.figures(alert).await
    }
    async fn events(&self, record: &RecordId) -> Result<Vec<EventRow>, PortError> {
        self.inner.events(record).await
    }
    async fn event_records(
        &self,
        after: Option<&RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordId>, PortError> {
        self.inner.event_records(after, limit).await
    }
    async fn head_records(&self, after: Option<&RecordId>, limit: usize) -> Result<Vec<RecordId>, PortError> {
        self.inner.head_records(after, limit).await
    }
    async fn moved(&self, day: Day, after: Option<&RecordId>, limit: usize) -> Result<Vec<Moved>, PortError> {
        self.inner.moved(day, after, limit).await
    }
    async fn first_day(&self) -> Result<Option<Day>, PortError> {
        self.inner.first_day().await
    }
    async fn seals(&self) -> Result<Vec<SealRow>, PortError> {
        self.inner.seals().await
    }
    async fn seal_part(&self, day: Day, part: u32) -> Result<Option<PartRow>, PortError> {
        self.inner.seal_part(day, part).await
    }
    async fn last_seal_part(&self, day: Day) -> Result<Option<PartRow>, PortError> {
        self.inner.last_seal_part(day).await
    }
}

#[async_trait]
impl Memos for Sabotaged {
    async fn memo(&self, shelf: &str, key: &str) -> Result<Option<Memo>, PortError> {
        self.inner.memo(shelf, key).await
    }
    async fn memos(&self, shelf: &str, from: &str, to: &str, limit: usize) -> Result<Vec<Memo>, PortError> {
        self.inner.memos(shelf, from, to, limit).await
    }
    async fn put_memo(&self, memo: Memo) -> Result<(), PortError> {
        self.inner.put_memo(memo).await
    }
    async fn drop_memo(&self, shelf: &str, key: &str) -> Result<(), PortError> {
        self.inner.drop_memo(shelf, key).await
    }
}

#[async_trait]
impl Journal for Sabotaged {
    async fn append(&self, expected: u64, events: Vec<EventRow>, head: HeadRow) -> Result<(), PortError> {
        let opens_attempt = wire::head::decode(&head.body)
            .is_ok_and(|head| matches!(head.state, State::Dispatching { lease_until: Some(_), .. }));
        let head = match self.sabotage {
            Sabotage::Settled => settled_already(head),
            Sabotage::Due => HeadRow { due_at: None, ..head },
            Sabotage::None
            | Sabotage::Lease
            | Sabotage::Record
            | Sabotage::Wait
            | Sabotage::Search
            | Sabotage::Fence
            | Sabotage::Numbers
            | Sabotage::Known => head,
        };
        if self.sabotage == Sabotage::Record && opens_attempt && !events.is_empty() {
            // The worker believes that it was written, but it was not.
            *self.own.lock().unwrap() = Some(head);
            return Ok(());
        }
        let expected = if self.sabotage == Sabotage::Record {
            self.inner.tables.lock().unwrap().heads.get(&head.record).map_or(0, |h| h.version)
        } else {
            expected
        };
        self.inner.append(expected, events, head.clone()).await?;
        if matches!(self.sabotage, Sabotage::Fence | Sabotage::Lease) {
            *self.own.lock().unwrap() = opens_attempt.then_some(head);
        } else {
            *self.own.lock().unwrap() = None;
        }
        Ok(())
    }

    async fn replace_head(&self, found: Option<Digest>, head: HeadRow) -> Result<(), PortError> {
        self.inner.replace_head(found, head).await
    }
}

#[async_trait]
impl Cards for Sabotaged {
    async fn put_card(&self, row: CardRow) -> Result<(), PortError> {
        self.inner.put_card(row).await
    }
}

#[async_trait]
impl Agenda for Sabotaged {
    async fn due(
        &self,
        kind: DueKind,
        now: Timestamp,
        n: usize,
    ) -> Result<Vec<(RecordId, Timestamp)>, PortError> {
        self.inner.due(kind, now, n).await
    }

    async fn needed(&self, limit: usize) -> Result<Vec<Vec<u8>>, PortError> {
        self.inner.needed(limit).await
    }
}

#[async_trait]
impl Seals for Sabotaged {
    async fn add_seal_part(&self, part: PartRow) -> Result<(), PortError> {
        self.inner.add_seal_part(part).await
    }

    async fn add_seal(&self, seal: SealRow) -> Result<(), PortError> {
        self.inner.add_seal(seal).await
    }
}

fn without_lease(mut row: HeadRow) -> HeadRow {
    if let Ok(mut head) = wire::head::decode(&row.body) {
        if let State::Dispatching { lease_until: lease @ Some(_), .. } = &mut head.state {
            *lease = None;
        }
        row.body = wire::head::encode(&head.into()).unwrap_or(row.body);
    }
    row
}

fn settled_already(mut row: HeadRow) -> HeadRow {
    if let Ok(Head::Alert(mut head)) = wire::head::decode_any(&row.body) {
        head.sent_to = head.finding.after.iter().map(|run| run.run.clone().into()).collect();
        row.body = wire::head::encode(&Head::Alert(head)).unwrap_or(row.body);
    }
    row
}

fn knowing_nothing(mut row: HeadRow) -> HeadRow {
    if let Ok(mut head) = wire::head::decode(&row.body) {
        head.followed.clear();
        row.body = wire::head::encode(&head.into()).unwrap_or(row.body);
    }
    row
}

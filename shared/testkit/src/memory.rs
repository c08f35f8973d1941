//! The store's tables in memory. They pass the contract suite, so tests can rely on them.

use crate::gate::Gate;
use async_trait::async_trait;
use signalbox_domain::ids::{AlertId, Digest, RecordId, ShortId};
use signalbox_domain::time::{Day, Timestamp};
use signalbox_engine::ports::{
    Agenda, CardRow, Cards, DueKind, EventRow, HeadRow, Journal, Letter, Letters, Listing, Memo, Memos,
    Moved, PartRow, PortError, SealRow, Seals, Views,
};
use signalbox_engine::wire::{figures, known};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// One worker's handle on the tables.
#[derive(Clone, Default)]
pub struct MemoryStore {
    /// The tables themselves; tests may look at and damage them.
    pub tables: Arc<Mutex<Tables>>,
    /// Where this worker can be stopped.
    pub gate: Arc<Gate>,
}

/// What is stored.
#[derive(Debug, Default, Clone)]
pub struct Tables {
    /// By record.
    pub heads: BTreeMap<RecordId, HeadRow>,
    /// By record, in order.
    pub events: BTreeMap<RecordId, Vec<EventRow>>,
    /// By record.
    pub cards: BTreeMap<RecordId, CardRow>,
    /// By day.
    pub seals: BTreeMap<Day, SealRow>,
    /// By day and number.
    pub seal_parts: BTreeMap<(Day, u32), PartRow>,
    /// By day and record.
    pub moved: BTreeMap<(Day, RecordId), Moved>,
    /// By id.
    pub letters: BTreeMap<String, Letter>,
    /// By shelf and key.
    pub memos: BTreeMap<(String, String), Memo>,
}

impl MemoryStore {
    async fn read<T>(&self, look: impl FnOnce(&Tables) -> T + Send) -> Result<T, PortError>
    where
        T: Send,
    {
        self.gate.step().await;
        let seen = look(&self.tables.lock().unwrap());
        Ok(seen)
    }
}

#[async_trait]
impl Views for MemoryStore {
    async fn figures(&self, alert: &AlertId) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.memo(figures::SHELF, alert.as_str()).await?.map(|memo| memo.body))
    }

    async fn known(&self, question: &Digest) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.memo(known::SHELF, &question.to_string()).await?.map(|memo| memo.body))
    }

    async fn card(&self, record: &RecordId) -> Result<Option<CardRow>, PortError> {
        self.read(|t| t.cards.get(record).cloned()).await
    }

    async fn head(&self, record: &RecordId) -> Result<Option<HeadRow>, PortError> {
        self.read(|t| t.heads.get(record).cloned()).await
    }
    async fn find(&self, short: ShortId) -> Result<Vec<HeadRow>, PortError> {
        self.read(|t| t.heads.values().filter(|h| h.record.short() == short).cloned().collect()).await
    }
    async fn latest(
        &self,
        list: &Listing,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<HeadRow>, PortError> {
        self.read(|t| {
            let fits = |h: &&HeadRow| h.listed_under == *list && h.requested_at < before;
            let mut rows: Vec<_> = t.heads.values().filter(fits).cloned().collect();
            rows.sort_by_key(|h| std::cmp::Reverse(h.requested_at));
            rows.truncate(limit);
            rows
        })
        .await
    }
    async fn by_reference(&self, reference: &str) -> Result<Vec<RecordId>, PortError> {
        self.read(|t| {
            let of = t.heads.values().filter(|h| h.reference.as_deref() == Some(reference));
            let shown = |c: &&CardRow| c.message.as_ref().is_some_and(|m| m.reference() == reference);
            let cards = t.cards.values().filter(shown).map(|c| c.record.clone());
            of.map(|h| h.record.clone()).chain(cards).collect()
        })
        .await
    }
    async fn events(&self, record: &RecordId) -> Result<Vec<EventRow>, PortError> {
        self.read(|t| t.events.get(record).cloned().unwrap_or_default()).await
    }
    async fn event_records(
        &self,
        after: Option<&RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordId>, PortError> {
        self.read(|t| {
            let all = t.events.iter().filter(|(_, e)| !e.is_empty()).map(|(r, _)| r);
            all.filter(|r| after.is_none_or(|a| *r > a)).take(limit).cloned().collect()
        })
        .await
    }
    async fn head_records(&self, after: Option<&RecordId>, limit: usize) -> Result<Vec<RecordId>, PortError> {
        self.read(|t| t.heads.keys().filter(|r| after.is_none_or(|a| *r > a)).take(limit).cloned().collect())
            .await
    }
    async fn moved(&self, day: Day, after: Option<&RecordId>, limit: usize) -> Result<Vec<Moved>, PortError> {
        self.read(|t| {
            let of_day =
                t.moved.iter().filter(|((d, record), _)| *d == day && after.is_none_or(|a| record > a));
            of_day.map(|(_, moved)| moved.clone()).take(limit).collect()
        })
        .await
    }
    async fn first_day(&self) -> Result<Option<Day>, PortError> {
        self.read(|t| t.events.values().flatten().filter_map(|e| e.day).min()).await
    }
    async fn seals(&self) -> Result<Vec<SealRow>, PortError> {
        self.read(|t| t.seals.values().cloned().collect()).await
    }
    async fn seal_part(&self, day: Day, part: u32) -> Result<Option<PartRow>, PortError> {
        self.read(|t| t.seal_parts.get(&(day, part)).cloned()).await
    }
    async fn last_seal_part(&self, day: Day) -> Result<Option<PartRow>, PortError> {
        self.read(|t| t.seal_parts.range((day, 0)..=(day, u32::MAX)).next_back().map(|(_, p)| p.clone()))
            .await
    }
}

#[async_trait]
impl Journal for MemoryStore {
    async fn append(&self, expected: u64, events: Vec<EventRow>, head: HeadRow) -> Result<(), PortError> {
        self.gate.step().await;
        {
            let mut t = self.tables.lock().unwrap();
            if t.heads.get(&head.record).map_or(0, |h| h.version) != expected {
                return Err(PortError::Conflict);
            }
            if events.is_empty() {
                match t.heads.get_mut(&head.record) {
                    Some(row) => row.due_at = head.due_at,
                    None => return Err(PortError::Conflict),
                }
            } else {
                if let Some((day, moved)) = Moved::by(&events) {
                    t.moved.insert((day, moved.record.clone()), moved);
                }
                let first = |e: EventRow| EventRow { day: e.day.filter(|_| e.seq == 1), ..e };
                t.events.entry(head.record.clone()).or_default().extend(events.into_iter().map(first));
                t.heads.insert(head.record.clone(), head);
            }
        }
        self.gate.step().await;
        Ok(())
    }

    async fn replace_head(&self, found: Option<Digest>, head: HeadRow) -> Result<(), PortError> {
        let mut t = self.tables.lock().unwrap();
        if t.heads.get(&head.record).map(|h| h.chain) != found {
            return Err(PortError::Conflict);
        }
        t.heads.insert(head.record.clone(), head);
        Ok(())
    }
}

#[async_trait]
impl Cards for MemoryStore {
    async fn put_card(&self, row: CardRow) -> Result<(), PortError> {
        self.gate.step().await;
        {
            let mut t = self.tables.lock().unwrap();
            if t.cards.get(&row.record).map_or(0, |c| c.revision) + 1 != row.revision {
                return Err(PortError::Conflict);
            }
            if let Some(head) = t.heads.get_mut(&row.record)
                && head.version == row.shown
                && head.version == row.noted
            {
                head.card_due_at = None;
            }
            t.cards.insert(row.record.clone(), row);
        }
        self.gate.step().await;
        Ok(())
    }
}

#[async_trait]
impl Agenda for MemoryStore {
    async fn due(
        &self,
        kind: DueKind,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(RecordId, Timestamp)>, PortError> {
        let t = self.tables.lock().unwrap();
        let at = |h: &HeadRow| match kind {
            DueKind::Record => h.due_at,
            DueKind::Card => h.card_due_at,
        };
        let mut due: Vec<_> =
            t.heads.values().filter_map(|h| Some((h.record.clone(), at(h).filter(|d| *d <= now)?))).collect();
        due.sort_by_key(|(_, at)| *at);
        due.truncate(limit);
        Ok(due)
    }

    async fn needed(&self, limit: usize) -> Result<Vec<Vec<u8>>, PortError> {
        // Keys are hexadecimal digits.
        let all = self.memos(known::NEEDED, "", "g", limit).await?;
        Ok(all.into_iter().map(|memo| memo.body).collect())
    }
}

#[async_trait]
impl Seals for MemoryStore {
    async fn add_seal_part(&self, part: PartRow) -> Result<(), PortError> {
        self.gate.step().await;
        let mut t = self.tables.lock().unwrap();
        if t.seal_parts.contains_key(&(part.day, part.part)) {
            return Err(PortError::Conflict);
        }
        t.seal_parts.insert((part.day, part.part), part);
        Ok(())
    }

    async fn add_seal(&self, seal: SealRow) -> Result<(), PortError> {
        self.gate.step().await;
        let mut t = self.tables.lock().unwrap();
        if t.seals.contains_key(&seal.day) {
            return Err(PortError::Conflict);
        }
        t.moved.retain(|(day, _), _| *day != seal.day);
        t.seals.insert(seal.day, seal);
        Ok(())
    }
}

#[async_trait]
impl Letters for MemoryStore {
    async fn park(&self, letter: Letter) -> Result<bool, PortError> {
        self.gate.step().await;
        Ok(self.tables.lock().unwrap().letters.insert(letter.id.clone(), letter).is_none())
    }

    async fn letters(&self) -> Result<Vec<Letter>, PortError> {
        self.read(|t| {
            let mut letters: Vec<_> = t.letters.values().cloned().collect();
            letters.sort_by_key(|l| l.at);
            letters
        })
        .await
    }

    async fn discard(&self, id: &str) -> Result<bool, PortError> {
        self.gate.step().await;
        Ok(self.tables.lock().unwrap().letters.remove(id).is_some())
    }
}

#[async_trait]
impl Memos for MemoryStore {
    async fn memo(&self, shelf: &str, key: &str) -> Result<Option<Memo>, PortError> {
        self.read(|t| t.memos.get(&(shelf.into(), key.into())).cloned()).await
    }

    async fn memos(&self, shelf: &str, from: &str, to: &str, limit: usize) -> Result<Vec<Memo>, PortError> {
        self.read(|t| {
            let fits = |m: &&Memo| m.shelf == shelf && *m.key >= *from && *m.key < *to;
            t.memos.values().filter(fits).take(limit).cloned().collect()
        })
        .await
    }

    async fn put_memo(&self, memo: Memo) -> Result<(), PortError> {
        self.gate.step().await;
        {
            let mut t = self.tables.lock().unwrap();
            let key = (memo.shelf.clone(), memo.key.clone());
            if t.memos.get(&key).map_or(0, |m| m.revision) + 1 != memo.revision {
                return Err(PortError::Conflict);
            }
            t.memos.insert(key, memo);
        }
        self.gate.step().await;
        Ok(())
    }

    async fn drop_memo(&self, shelf: &str, key: &str) -> Result<(), PortError> {
        self.gate.step().await;
        self.tables.lock().unwrap().memos.remove(&(shelf.into(), key.into()));
        Ok(())
    }
}

//! `Views` over the tables. `head` and `events` are read consistently; the indexes may be a moment stale.

use crate::dynamo::DynamoStore;
use crate::failure::unavailable;
use crate::item::{
    Item, OPENS, SHELVES, day_of, head_key, moved_on, number, parts_of, pk, run_of_event, run_of_state, text,
    to_event, to_head, to_moved, to_part, to_seals,
};
use crate::read::{Shelves, Where, collect};
use crate::tables::{BY_DAY, BY_REFERENCE, BY_SHORT, BY_TIME, SEALS};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use signalbox_domain::ids::{AlertId, Digest, RecordId, ShortId};
use signalbox_domain::time::{Day, Timestamp};
use signalbox_engine::ports::Memos;
use signalbox_engine::ports::{
    CardRow, EventRow, HeadRow, Listing, Moved, PartRow, PortError, SealRow, Views,
};
use signalbox_engine::wire::{figures, known};
use std::collections::BTreeSet;

/// At most this many runs that share a short id are given; seven characters are 35 bits.
const NAMESAKES: usize = 20;

/// Reads each item. If one cannot be read, the log says so, and the others are still given.
pub(crate) fn sound<T>(items: &[Item], of: impl Fn(&Item) -> Result<T, PortError>) -> Vec<T> {
    let said = |error: &PortError| tracing::error!(%error, "an item cannot be read; it is left out");
    items.iter().filter_map(|item| of(item).inspect_err(said).ok()).collect()
}

impl DynamoStore {
    pub(crate) async fn index(
        &self,
        name: &str,
        wanted: Where<'_>,
        limit: usize,
    ) -> Result<Vec<Item>, PortError> {
        let query = self.client.query().table_name(&*self.state).index_name(name);
        collect(wanted.on(query), limit).await
    }

    /// One item of `state`, as it is now.
    pub(crate) async fn item(&self, key: Item) -> Result<Option<Item>, PortError> {
        let request = self.client.get_item().table_name(&*self.state).consistent_read(true);
        let answer = request.set_key(Some(key)).send().await;
        Ok(answer.map_err(|e| unavailable("reading an item", &e))?.item)
    }
}

#[async_trait]
impl Views for DynamoStore {
    async fn figures(&self, alert: &AlertId) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.memo(figures::SHELF, alert.as_str()).await?.map(|memo| memo.body))
    }

    async fn known(&self, question: &Digest) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.memo(known::SHELF, &question.to_string()).await?.map(|memo| memo.body))
    }

    async fn card(&self, record: &RecordId) -> Result<Option<CardRow>, PortError> {
        self.card_row(record).await
    }

    async fn head(&self, record: &RecordId) -> Result<Option<HeadRow>, PortError> {
        self.item(head_key(record)).await?.as_ref().map(to_head).transpose()
    }

    async fn find(&self, short: ShortId) -> Result<Vec<HeadRow>, PortError> {
        let wanted = Where { partition: ("short", text(short.as_str())), sort: None };
        self.heads(&self.index(BY_SHORT, wanted, NAMESAKES).await?).await
    }

    async fn latest(
        &self,
        list: &Listing,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<HeadRow>, PortError> {
        let wanted = Where {
            partition: ("workspace", text(list.stored())),
            sort: Some(("<", "requested_at", number(before.0))),
        };
        let query = self.client.query().table_name(&*self.state).index_name(BY_TIME);
        let found = collect(wanted.on(query).scan_index_forward(false), limit).await?;
        self.heads(&found).await
    }

    async fn by_reference(&self, reference: &str) -> Result<Vec<RecordId>, PortError> {
        let wanted = Where { partition: ("reference", text(reference)), sort: None };
        let mut found = sound(&self.index(BY_REFERENCE, wanted, usize::MAX).await?, run_of_state);
        // A card that moved is named by both of its places.
        let mut seen = BTreeSet::new();
        found.retain(|record| seen.insert(record.clone()));
        Ok(found)
    }

    async fn events(&self, record: &RecordId) -> Result<Vec<EventRow>, PortError> {
        let wanted = Where { partition: ("run", text(record.as_str())), sort: None };
        let query = self.client.query().table_name(&*self.events).consistent_read(true);
        collect(wanted.on(query), usize::MAX).await?.iter().map(to_event).collect()
    }

    async fn event_records(
        &self,
        after: Option<&RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordId>, PortError> {
        // A run has about eight events.
        let shelves = Shelves { table: &self.events, key: "run", record: run_of_event, items: 8 };
        self.shelved(&shelves, after.map(|a| (a, a.to_string())), limit).await
    }

    async fn head_records(&self, after: Option<&RecordId>, limit: usize) -> Result<Vec<RecordId>, PortError> {
        let shelves = Shelves { table: &self.state, key: "pk", record: run_of_state, items: 1 };
        self.shelved(&shelves, after.map(|a| (a, pk(a))), limit).await
    }

    async fn moved(&self, day: Day, after: Option<&RecordId>, limit: usize) -> Result<Vec<Moved>, PortError> {
        // Shelf by shelf, the records come in the order of their ids.
        let from = after.and_then(|record| record.as_str().chars().next());
        let mut moved = vec![];
        for shelf in SHELVES.chars().filter(|shelf| from.is_none_or(|from| *shelf >= from)) {
            let sort = after.filter(|_| from == Some(shelf)).map(|record| (">", "sk", text(record.as_str())));
            let wanted = Where { partition: ("pk", text(moved_on(day, shelf))), sort };
            let query = self.client.query().table_name(&*self.state).consistent_read(true);
            let found = collect(wanted.on(query), limit - moved.len()).await?;
            for item in &found {
                moved.push(to_moved(item)?);
            }
            if moved.len() >= limit {
                break;
            }
        }
        Ok(moved)
    }

    async fn first_day(&self) -> Result<Option<Day>, PortError> {
        let wanted = Where { partition: ("opens", text(OPENS)), sort: None };
        let query = self.client.query().table_name(&*self.events).index_name(BY_DAY);
        collect(wanted.on(query), 1).await?.first().map(day_of).transpose()
    }

    async fn seals(&self) -> Result<Vec<SealRow>, PortError> {
        let wanted = Where { partition: ("run", text(SEALS)), sort: None };
        let query = self.client.query().table_name(&*self.events).consistent_read(true);
        to_seals(&collect(wanted.on(query), usize::MAX).await?)
    }

    async fn seal_part(&self, day: Day, part: u32) -> Result<Option<PartRow>, PortError> {
        self.part(day, Some(("=", "seq", number(part)))).await
    }

    async fn last_seal_part(&self, day: Day) -> Result<Option<PartRow>, PortError> {
        self.part(day, None).await
    }
}

impl DynamoStore {
    /// The last part of a day's seal, among the parts that the range holds.
    async fn part(
        &self,
        day: Day,
        sort: Option<(&'static str, &'static str, AttributeValue)>,
    ) -> Result<Option<PartRow>, PortError> {
        let wanted = Where { partition: ("run", text(parts_of(day))), sort };
        let query = self.client.query().table_name(&*self.events).consistent_read(true);
        let found = collect(wanted.on(query).scan_index_forward(false), 1).await?;
        found.first().map(|item| to_part(day, item)).transpose()
    }
}

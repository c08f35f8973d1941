//! `Store` over the tables: events and head in one transaction, conditional on the head's version.

use crate::dynamo::DynamoStore;
use crate::failure::conditional;
use crate::item::{
    Item, bytes, from_card, from_event, from_head, from_moved, from_part, from_seal, head_key, number,
};
use crate::write::{ACTIONS, If, Written, put, remove, replace};
use async_trait::async_trait;
use signalbox_domain::ids::{Digest, RecordId};
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{
    Agenda, CardRow, Cards, DueKind, EventRow, HeadRow, Journal, Moved, PartRow, PortError, SealRow, Seals,
    Views,
};

/// How often a card is put when a head's transaction crosses it. The message is posted by then, and its place would be
/// searched for if it were not noted.
const CROSSINGS: u32 = 3;

impl DynamoStore {
    async fn set_due(&self, expected: u64, head: &HeadRow) -> Result<(), PortError> {
        let update = self
            .client
            .update_item()
            .table_name(&*self.state)
            .set_key(Some(head_key(&head.record)))
            .condition_expression("#v = :v")
            .expression_attribute_names("#v", "version")
            .expression_attribute_values(":v", number(expected))
            .expression_attribute_names("#d", "due_at");
        let update = match head.due_at {
            Some(at) => {
                update.update_expression("SET #d = :d").expression_attribute_values(":d", number(at.0))
            }
            None => update.update_expression("REMOVE #d"),
        };
        update.send().await.map_err(|e| conditional("moving a due time", &e))?;
        Ok(())
    }
}

#[async_trait]
impl Journal for DynamoStore {
    async fn append(&self, expected: u64, events: Vec<EventRow>, head: HeadRow) -> Result<(), PortError> {
        if events.is_empty() {
            return self.set_due(expected, &head).await;
        }
        // The head and what is noted of the day go with them.
        if events.len() + 2 > ACTIONS {
            let text = format!("an append of {} events; DynamoDB takes 98 at once", events.len());
            return Err(PortError::Unavailable(text));
        }
        let record = head.record.clone();
        let condition = match expected {
            0 => If::Absent("pk"),
            version => If::Is("version", number(version)),
        };
        let mut actions = vec![put(&self.state, from_head(head), condition)?];
        if let Some((day, moved)) = Moved::by(&events) {
            actions.push(replace(&self.state, from_moved(day, &moved))?);
        }
        for event in events {
            actions.push(put(&self.events, from_event(event), If::Absent("run"))?);
        }
        match self.transact("an append", actions).await? {
            Written::All => Ok(()),
            Written::Crossed => Err(PortError::Conflict),
            Written::Refused(at) if at.contains(&0) => Err(PortError::Conflict),
            // Only events were in the way. Nobody promises that every failed condition is reported, so look.
            Written::Refused(_) => match self.head(&record).await?.map_or(0, |h| h.version) {
                version if version != expected => Err(PortError::Conflict),
                _ => {
                    let text = format!("run {record} has events beyond its head; `audit verify` says which");
                    Err(PortError::Unavailable(text))
                }
            },
        }
    }

    async fn replace_head(&self, found: Option<Digest>, head: HeadRow) -> Result<(), PortError> {
        let condition = match found {
            None => If::Absent("pk"),
            Some(hash) => If::Is("chain", bytes(hash.0)),
        };
        let action = put(&self.state, from_head(head), condition)?;
        match self.transact("putting a head in another's place", vec![action]).await? {
            Written::All => Ok(()),
            Written::Crossed | Written::Refused(_) => Err(PortError::Conflict),
        }
    }
}

#[async_trait]
impl Cards for DynamoStore {
    /// The card and the index come in one transaction: were they apart, a crash in between would leave the run in the
    /// index for good, for a card that shows the present is not put again.
    async fn put_card(&self, row: CardRow) -> Result<(), PortError> {
        let mut with_index = row.shown == row.noted;
        let mut crossings = 0;
        loop {
            let condition = match row.revision {
                0 | 1 => If::Absent("pk"),
                revision => If::Is("revision", number(revision - 1)),
            };
            let mut actions = vec![put(&self.state, from_card(row.clone()), condition)?];
            if with_index {
                let shown = ("version", number(row.shown));
                actions.push(remove(&self.state, head_key(&row.record), "card_due_at", shown)?);
            }
            match self.transact("putting a card", actions).await? {
                Written::All => return Ok(()),
                Written::Crossed if crossings < CROSSINGS => crossings += 1,
                // The head moved on, so the run stays in the index.
                Written::Refused(at) if !at.contains(&0) && with_index => with_index = false,
                Written::Crossed | Written::Refused(_) => return Err(PortError::Conflict),
            }
        }
    }
}

#[async_trait]
impl Agenda for DynamoStore {
    async fn due(
        &self,
        kind: DueKind,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(RecordId, Timestamp)>, PortError> {
        self.due_at(kind, now, limit).await
    }
}

#[async_trait]
impl Seals for DynamoStore {
    async fn add_seal_part(&self, part: PartRow) -> Result<(), PortError> {
        self.add_to_log("adding a part of a seal", from_part(part)).await
    }

    async fn add_seal(&self, seal: SealRow) -> Result<(), PortError> {
        self.add_to_log("adding a seal", from_seal(seal)).await
    }
}

impl DynamoStore {
    async fn add_to_log(&self, what: &str, item: Item) -> Result<(), PortError> {
        match self.transact(what, vec![put(&self.events, item, If::Absent("run"))?]).await? {
            Written::All => Ok(()),
            Written::Crossed | Written::Refused(_) => Err(PortError::Conflict),
        }
    }
}

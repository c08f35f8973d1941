//! `Store` over the tables: events and head are written in one transaction if the head still has the version that is
//! expected.

use crate::dynamo::DynamoStore;
use crate::failure::conditional;
use crate::item::{
    Item, bytes, due_key, from_due, from_event, from_head, from_moved, from_part, from_seal, head_key, number,
};
use crate::write::{ACTIONS, If, Written, delete, put, replace};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::TransactWriteItem;
use signalbox_domain::ids::Digest;
use signalbox_engine::ports::{EventRow, HeadRow, Journal, Moved, PartRow, PortError, SealRow, Seals, Views};

impl DynamoStore {
    /// The actions that write a head, and the time when its card is overdue.
    fn head_actions(&self, head: HeadRow, condition: If<'_>) -> Result<Vec<TransactWriteItem>, PortError> {
        // An earlier version takes away the time on the head, and nothing else.
        let due = match head.card_due_at.filter(|_| !self.cards_of_before) {
            Some(at) => replace(&self.state, from_due(&head.record, head.version, at))?,
            None => delete(&self.state, due_key(&head.record), None)?,
        };
        Ok(vec![put(&self.state, from_head(head, self.cards_of_before), condition)?, due])
    }

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
        let record = head.record.clone();
        let condition = match expected {
            0 => If::Absent("pk"),
            version => If::Is("version", number(version)),
        };
        let mut actions = self.head_actions(head, condition)?;
        if let Some((day, moved)) = Moved::by(&events) {
            actions.push(replace(&self.state, from_moved(day, &moved))?);
        }
        // The head, its card's due time and the note of the day are in the same transaction.
        let room = ACTIONS - actions.len();
        if events.len() > room {
            let text = format!("an append of {} events; DynamoDB takes {room} at once", events.len());
            return Err(PortError::Unavailable(text));
        }
        for event in events {
            actions.push(put(&self.events, from_event(event), If::Absent("run"))?);
        }
        match self.transact("an append", actions).await? {
            Written::All => Ok(()),
            Written::Crossed => Err(PortError::Conflict),
            Written::Refused(at) if at.contains(&0) => Err(PortError::Conflict),
            // Only events were in the way. AWS does not promise to report every failed condition, so look.
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
        let actions = self.head_actions(head, condition)?;
        match self.transact("putting a head in another's place", actions).await? {
            Written::All => Ok(()),
            Written::Crossed | Written::Refused(_) => Err(PortError::Conflict),
        }
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

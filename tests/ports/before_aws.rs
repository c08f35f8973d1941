//! An earlier version on AWS: where it keeps cards, and when they are due.

use crate::deployed::emulator::Emulator;
use async_trait::async_trait;
use serde_json::{Value, json};
use signalbox_aws::DynamoStore;
use signalbox_domain::Timestamp;
use signalbox_domain::ids::{AlertId, ChannelId, Digest, RecordId, ShortId};
use signalbox_domain::time::Day;
use signalbox_engine::ports::{
    CardRow, Cards, EventRow, HeadRow, Journal, Listing, Memo, Memos, MessageRef, Moved, PartRow, PortError,
    SealRow, Views,
};
use std::sync::Arc;

/// The store of an earlier version, with cards beside the heads and due times on the heads. How that version read and
/// wrote them is written down here a second time.
pub struct Before {
    pub emulator: Arc<Emulator>,
    /// The store for everything that did not change.
    pub rest: DynamoStore,
}

impl Before {
    async fn asks(&self, action: &str, body: Value) -> Value {
        dynamodb(&self.emulator, action, body).await
    }
}

pub async fn dynamodb(emulator: &Emulator, action: &str, body: Value) -> Value {
    emulator.call("dynamodb", "/", Some(&format!("DynamoDB_20120810.{action}")), &body).await
}

pub fn key(pk: &str, sk: &str) -> Value {
    json!({"pk": {"S": pk}, "sk": {"S": sk}})
}

pub fn number(item: &Value, name: &str) -> u64 {
    item[name]["N"].as_str().unwrap().parse().unwrap()
}

#[async_trait]
impl Views for Before {
    async fn known(&self, question: &Digest) -> Result<Option<Vec<u8>>, PortError> {
        self.rest.known(question).await
    }
    async fn card(&self, record: &RecordId) -> Result<Option<CardRow>, PortError> {
        let key = key(&format!("run:{record}"), "card");
        let asked = json!({"TableName": "state", "Key": key, "ConsistentRead": true});
        let item = self.asks("GetItem", asked).await["Item"].clone();
        let message = item["channel"]["S"].as_str().map(|channel| MessageRef {
            channel: ChannelId::new(channel),
            ts: item["ts"]["S"].as_str().unwrap().to_owned(),
        });
        Ok((!item.is_null()).then(|| CardRow {
            record: record.clone(),
            revision: number(&item, "revision"),
            message,
            posting_since: Timestamp(i64::try_from(number(&item, "posting_since")).unwrap()),
            direct: item["direct"]["BOOL"].as_bool().unwrap(),
            shown: number(&item, "shown"),
            noted: number(&item, "noted"),
        }))
    }
    async fn head(&self, record: &RecordId) -> Result<Option<HeadRow>, PortError> {
        self.rest.head(record).await
    }
    async fn find(&self, short: ShortId) -> Result<Vec<HeadRow>, PortError> {
        self.rest.find(short).await
    }
    async fn latest(&self, list: &Listing, to: Timestamp, limit: usize) -> Result<Vec<HeadRow>, PortError> {
        self.rest.latest(list, to, limit).await
    }
    async fn by_reference(&self, reference: &str) -> Result<Vec<RecordId>, PortError> {
        self.rest.by_reference(reference).await
    }
    async fn figures(&self, alert: &AlertId) -> Result<Option<Vec<u8>>, PortError> {
        self.rest.figures(alert).await
    }
    async fn events(&self, record: &RecordId) -> Result<Vec<EventRow>, PortError> {
        self.rest.events(record).await
    }
    async fn event_records(&self, from: Option<&RecordId>, limit: usize) -> Result<Vec<RecordId>, PortError> {
        self.rest.event_records(from, limit).await
    }
    async fn head_records(&self, from: Option<&RecordId>, limit: usize) -> Result<Vec<RecordId>, PortError> {
        self.rest.head_records(from, limit).await
    }
    async fn moved(&self, day: Day, from: Option<&RecordId>, limit: usize) -> Result<Vec<Moved>, PortError> {
        self.rest.moved(day, from, limit).await
    }
    async fn first_day(&self) -> Result<Option<Day>, PortError> {
        self.rest.first_day().await
    }
    async fn seals(&self) -> Result<Vec<SealRow>, PortError> {
        self.rest.seals().await
    }
    async fn seal_part(&self, day: Day, part: u32) -> Result<Option<PartRow>, PortError> {
        self.rest.seal_part(day, part).await
    }
    async fn last_seal_part(&self, day: Day) -> Result<Option<PartRow>, PortError> {
        self.rest.last_seal_part(day).await
    }
}

#[async_trait]
impl Memos for Before {
    async fn memo(&self, shelf: &str, key: &str) -> Result<Option<Memo>, PortError> {
        self.rest.memo(shelf, key).await
    }
    async fn memos(&self, shelf: &str, from: &str, to: &str, limit: usize) -> Result<Vec<Memo>, PortError> {
        self.rest.memos(shelf, from, to, limit).await
    }
    async fn put_memo(&self, memo: Memo) -> Result<(), PortError> {
        self.rest.put_memo(memo).await
    }
    async fn drop_memo(&self, shelf: &str, key: &str) -> Result<(), PortError> {
        self.rest.drop_memo(shelf, key).await
    }
}

#[async_trait]
impl Journal for Before {
    async fn append(&self, expected: u64, events: Vec<EventRow>, head: HeadRow) -> Result<(), PortError> {
        let due = key(&format!("card:due:{}", head.record), "due");
        let asked = json!({"TableName": "state", "Key": due});
        let as_it_was = self.asks("GetItem", asked.clone()).await["Item"].clone();
        self.rest.append(expected, events, head).await?;
        // The earlier version does not know the item with the due time of the card, so that item must stay as it was.
        match as_it_was {
            Value::Null => self.asks("DeleteItem", asked).await,
            item => self.asks("PutItem", json!({"TableName": "state", "Item": item})).await,
        };
        Ok(())
    }
    async fn replace_head(&self, found: Option<Digest>, head: HeadRow) -> Result<(), PortError> {
        self.rest.replace_head(found, head).await
    }
}

#[async_trait]
impl Cards for Before {
    async fn put_card(&self, row: CardRow) -> Result<(), PortError> {
        let pk = format!("run:{}", row.record);
        let mut item = key(&pk, "card");
        for (name, n) in [("revision", row.revision), ("shown", row.shown), ("noted", row.noted)] {
            item[name] = json!({"N": n.to_string()});
        }
        item["posting_since"] = json!({"N": row.posting_since.0.to_string()});
        item["direct"] = json!({"BOOL": row.direct});
        if let Some(message) = &row.message {
            item["reference"] = json!({"S": message.reference()});
            item["channel"] = json!({"S": message.channel.as_str()});
            item["ts"] = json!({"S": message.ts});
        }
        self.asks("PutItem", json!({"TableName": "state", "Item": item})).await;
        if row.shown == row.noted && self.head(&row.record).await?.map(|h| h.version) == Some(row.shown) {
            let update = json!({"TableName": "state", "Key": key(&pk, "head"), "UpdateExpression": "REMOVE card_due_at"});
            self.asks("UpdateItem", update).await;
        }
        Ok(())
    }
}

impl Before {
    /// The records whose cards this version would order.
    pub async fn overdue(&self) -> Vec<String> {
        let found = self
            .asks(
                "Query",
                json!({
                    "TableName": "state", "IndexName": "due_cards", "KeyConditionExpression": "kind = :k AND card_due_at <= :t",
                    "ExpressionAttributeValues": {":k": {"S": "head"}, ":t": {"N": i64::MAX.to_string()}},
                }),
            )
            .await;
        let found = found["Items"].as_array().cloned().unwrap_or_default();
        found.iter().map(|i| i["pk"]["S"].as_str().unwrap().trim_start_matches("run:").to_owned()).collect()
    }
}

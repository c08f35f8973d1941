//! `Memos` in the table `state`: a partition for each shelf. DynamoDB itself takes a memo away within days of its
//! end: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html>.

use crate::dynamo::DynamoStore;
use crate::failure::{conditional, unavailable};
use crate::item::{Item, bytes, get_bytes, get_number, get_text, get_time, missing, number, perhaps, text};
use crate::read::collect;
use crate::tables::EXPIRES;
use async_trait::async_trait;
use signalbox_engine::ports::{Memo, Memos, PortError};

const PREFIX: &str = "memo:";

fn memo_key(shelf: &str, key: &str) -> Item {
    Item::from([("pk".into(), text(format!("{PREFIX}{shelf}"))), ("sk".into(), text(key))])
}

fn from_memo(memo: Memo) -> Item {
    let mut item = memo_key(&memo.shelf, &memo.key);
    item.insert("revision".into(), number(memo.revision));
    item.insert("body".into(), bytes(memo.body));
    if let Some(until) = memo.until {
        item.insert("until".into(), number(until.0));
        // Rounded up: a little late is better than early.
        item.insert(EXPIRES.into(), number(until.0.saturating_add(999).div_euclid(1000)));
    }
    item
}

fn to_memo(item: &Item) -> Result<Memo, PortError> {
    Ok(Memo {
        shelf: get_text(item, "pk")?.strip_prefix(PREFIX).ok_or_else(|| missing("pk"))?.to_owned(),
        key: get_text(item, "sk")?.to_owned(),
        revision: get_number(item, "revision")?,
        body: get_bytes(item, "body")?,
        until: perhaps(item, "until", get_time)?,
    })
}

#[async_trait]
impl Memos for DynamoStore {
    async fn memo(&self, shelf: &str, key: &str) -> Result<Option<Memo>, PortError> {
        self.item(memo_key(shelf, key)).await?.as_ref().map(to_memo).transpose()
    }

    async fn memos(&self, shelf: &str, from: &str, to: &str, limit: usize) -> Result<Vec<Memo>, PortError> {
        // DynamoDB refuses a range that ends before it begins.
        if from >= to {
            return Ok(vec![]);
        }
        let query = self
            .client
            .query()
            .table_name(&*self.state)
            .consistent_read(true)
            .expression_attribute_names("#p", "pk")
            .expression_attribute_names("#s", "sk")
            .expression_attribute_values(":p", text(format!("{PREFIX}{shelf}")))
            .expression_attribute_values(":to", text(to));
        // A key may have only one condition, and `BETWEEN` includes its end. No key is empty, and none may be
        // compared to an empty one.
        let query = match from {
            "" => query.key_condition_expression("#p = :p AND #s < :to"),
            from => query
                .key_condition_expression("#p = :p AND #s BETWEEN :from AND :to")
                .expression_attribute_values(":from", text(from)),
        };
        let found = collect(query, limit).await?;
        let memos = found.iter().map(to_memo).filter(|m| m.as_ref().map_or(true, |m| *m.key < *to));
        memos.take(limit).collect()
    }

    /// If an answer was lost and the SDK repeats the call, the memo's own first write is the conflict.
    async fn put_memo(&self, memo: Memo) -> Result<(), PortError> {
        let put = self.client.put_item().table_name(&*self.state);
        let put = match memo.revision {
            0 | 1 => {
                put.condition_expression("attribute_not_exists(#c)").expression_attribute_names("#c", "pk")
            }
            revision => put
                .condition_expression("#c = :c")
                .expression_attribute_names("#c", "revision")
                .expression_attribute_values(":c", number(revision - 1)),
        };
        let put = put.set_item(Some(from_memo(memo)));
        put.send().await.map_err(|e| conditional("putting a memo", &e))?;
        Ok(())
    }

    async fn drop_memo(&self, shelf: &str, key: &str) -> Result<(), PortError> {
        let request = self.client.delete_item().table_name(&*self.state).set_key(Some(memo_key(shelf, key)));
        request.send().await.map_err(|e| unavailable("dropping a memo", &e))?;
        Ok(())
    }
}

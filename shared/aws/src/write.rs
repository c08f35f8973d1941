//! Writes: under conditions, and several items together.

use crate::dynamo::DynamoStore;
use crate::failure::{unavailable, unbuilt};
use crate::item::Item;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use signalbox_engine::ports::PortError;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Actions in one transaction:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.
pub(crate) const ACTIONS: usize = 100;

/// The pauses before a transaction that DynamoDB throttled is sent again. After the last one the transaction is
/// `Unavailable`, and the message that led to it comes again from its queue.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
];

/// The condition under which an item is put.
#[derive(Clone)]
pub(crate) enum If<'a> {
    /// There is no item with its key. The attribute is part of the key.
    Absent(&'a str),
    /// There is an item, and this attribute has this value.
    Is(&'a str, AttributeValue),
}

/// Puts an item, whatever was there before.
pub(crate) fn replace(table: &str, item: Item) -> Result<TransactWriteItem, PortError> {
    let put = Put::builder().table_name(table).set_item(Some(item)).build().map_err(unbuilt)?;
    Ok(TransactWriteItem::builder().put(put).build())
}

impl<'a> If<'a> {
    const fn name(&self) -> &'a str {
        match self {
            Self::Absent(name) | Self::Is(name, _) => name,
        }
    }
    const fn expression(&self) -> &'static str {
        match self {
            Self::Absent(_) => "attribute_not_exists(#c)",
            Self::Is(..) => "#c = :c",
        }
    }
}

pub(crate) fn put(table: &str, item: Item, condition: If<'_>) -> Result<TransactWriteItem, PortError> {
    let mut put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression(condition.expression())
        .expression_attribute_names("#c", condition.name());
    if let If::Is(_, value) = condition {
        put = put.expression_attribute_values(":c", value);
    }
    Ok(TransactWriteItem::builder().put(put.build().map_err(unbuilt)?).build())
}

/// Writes nothing; the rest of the transaction is written only if this condition holds of another item.
pub(crate) fn check(table: &str, key: Item, condition: If<'_>) -> Result<TransactWriteItem, PortError> {
    let mut check = ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(key))
        .condition_expression(condition.expression())
        .expression_attribute_names("#c", condition.name());
    if let If::Is(_, value) = condition {
        check = check.expression_attribute_values(":c", value);
    }
    Ok(TransactWriteItem::builder().condition_check(check.build().map_err(unbuilt)?).build())
}

/// Takes an item away: always, or only if an attribute has this value. An item that is not there counts as taken
/// away.
pub(crate) fn delete(
    table: &str,
    key: Item,
    condition: Option<(&str, AttributeValue)>,
) -> Result<TransactWriteItem, PortError> {
    let mut delete = Delete::builder().table_name(table).set_key(Some(key));
    if let Some((name, value)) = condition {
        delete = delete
            .condition_expression("attribute_not_exists(#c) OR #c = :c")
            .expression_attribute_names("#c", name)
            .expression_attribute_values(":c", value);
    }
    Ok(TransactWriteItem::builder().delete(delete.build().map_err(unbuilt)?).build())
}

/// Takes an attribute out of an item if another attribute has this value.
pub(crate) fn remove(
    table: &str,
    key: Item,
    attribute: &str,
    condition: (&str, AttributeValue),
) -> Result<TransactWriteItem, PortError> {
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(key))
        .update_expression("REMOVE #a")
        .expression_attribute_names("#a", attribute)
        .condition_expression("#c = :c")
        .expression_attribute_names("#c", condition.0)
        .expression_attribute_values(":c", condition.1);
    Ok(TransactWriteItem::builder().update(update.build().map_err(unbuilt)?).build())
}

/// What became of a transaction.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// All of it was written.
    All,
    /// Nothing was written: another transaction holds one of the items.
    Crossed,
    /// Nothing was written: these conditions do not hold; each is named by the place of its action.
    Refused(Vec<usize>),
}

/// Nothing was written, because there were too many requests. Another transaction may have held an item too; but
/// deciding anew at once would only meet the same crowd.
#[derive(Debug, PartialEq, Eq)]
struct Throttled;

/// Reads the reasons of a cancelled transaction. `None` if it is not one of the reasons known here.
fn cancelled<'a>(
    reasons: impl Iterator<Item = Option<&'a str>> + Clone,
) -> Option<Result<Written, Throttled>> {
    let throttled =
        reasons.clone().any(|r| matches!(r, Some("ThrottlingError" | "ProvisionedThroughputExceeded")));
    let crossed = reasons.clone().any(|r| r == Some("TransactionConflict"));
    let failed = reasons.enumerate().filter(|(_, r)| *r == Some("ConditionalCheckFailed"));
    let failed: Vec<usize> = failed.map(|(n, _)| n).collect();
    match (crossed, throttled) {
        // A condition that does not hold is certain, whatever the other reasons are.
        (false, _) if !failed.is_empty() => Some(Ok(Written::Refused(failed))),
        (_, true) => Some(Err(Throttled)),
        (true, false) => Some(Ok(Written::Crossed)),
        (false, false) => None,
    }
}

/// A time between half of the pause and all of it: requests that were throttled together must not come again
/// together.
fn spread(pause: Duration) -> Duration {
    let half = u64::try_from(pause.as_millis() / 2).unwrap_or(0);
    pause - Duration::from_millis(RandomState::new().hash_one(pause) % (half + 1))
}

impl DynamoStore {
    /// Writes all of it or nothing. The SDK gives each call a token, so that nothing is written twice when an answer
    /// was lost and the call is repeated.
    pub(crate) async fn transact(
        &self,
        what: &str,
        actions: Vec<TransactWriteItem>,
    ) -> Result<Written, PortError> {
        for pause in PAUSES {
            match self.transact_once(what, actions.clone()).await? {
                // Nothing was written, so the same may be sent again.
                Err(Throttled) => tokio::time::sleep(spread(pause)).await,
                Ok(written) => return Ok(written),
            }
        }
        match self.transact_once(what, actions).await? {
            Err(Throttled) => Err(PortError::Unavailable(format!("{what}: throttled again and again"))),
            Ok(written) => Ok(written),
        }
    }

    async fn transact_once(
        &self,
        what: &str,
        actions: Vec<TransactWriteItem>,
    ) -> Result<Result<Written, Throttled>, PortError> {
        let request = self.client.transact_write_items().set_transact_items(Some(actions));
        let Err(error) = request.send().await else { return Ok(Ok(Written::All)) };
        let refusal = error.as_service_error().filter(|e| e.is_transaction_canceled_exception());
        let reasons = match refusal {
            Some(aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(e)) => {
                e.cancellation_reasons()
            }
            _ => return Err(unavailable(what, &error)),
        };
        match cancelled(reasons.iter().map(aws_sdk_dynamodb::types::CancellationReason::code)) {
            Some(written) => Ok(written),
            None => {
                let codes: Vec<_> =
                    reasons.iter().filter_map(|r| r.code()).filter(|c| *c != "None").collect();
                Err(PortError::Unavailable(format!("{what}: {}", codes.join(", "))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A DynamoDB that cancels so many transactions for a conflict and a throttle at once, and then takes the next.
    struct Crowded(std::sync::atomic::AtomicUsize);

    #[async_trait::async_trait]
    impl signalbox_engine::ports::Transport for Crowded {
        async fn call(
            &self,
            _: http::Request<bytes::Bytes>,
            _: Duration,
        ) -> Result<http::Response<bytes::Bytes>, signalbox_engine::ports::TransportError> {
            let left = self.0.load(std::sync::atomic::Ordering::SeqCst);
            let (status, body) = if left == 0 {
                (200, "{}")
            } else {
                self.0.store(left - 1, std::sync::atomic::Ordering::SeqCst);
                (
                    400,
                    r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                        "CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"ThrottlingError"}]}"#,
                )
            };
            let answer =
                http::Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
            Ok(answer.body(bytes::Bytes::from_static(body.as_bytes())).unwrap())
        }
    }

    async fn written_in_a_crowd(crowd: usize) -> Result<Written, PortError> {
        let network = std::sync::Arc::new(Crowded(crowd.into()));
        let clients = crate::Clients::emulator("http://127.0.0.1:1", network);
        let store = DynamoStore::new(clients.dynamodb(), "events", "state");
        let item = Item::from([("pk".to_owned(), AttributeValue::S("x".into()))]);
        store.transact("a test", vec![replace("state", item).unwrap()]).await
    }

    #[tokio::test]
    async fn a_conflict_with_a_throttle_is_sent_again_after_a_pause() {
        assert_eq!(written_in_a_crowd(2).await, Ok(Written::All));
        let endless = written_in_a_crowd(99).await;
        assert!(
            matches!(&endless, Err(PortError::Unavailable(why)) if why.contains("throttled")),
            "{endless:?}"
        );
    }

    #[test]
    fn why_a_transaction_was_cancelled() {
        for (reasons, means) in [
            (&["None", "ConditionalCheckFailed"][..], Some(Ok(Written::Refused(vec![1])))),
            (&["ConditionalCheckFailed", "ConditionalCheckFailed"], Some(Ok(Written::Refused(vec![0, 1])))),
            (&["TransactionConflict", "None"], Some(Ok(Written::Crossed))),
            (&["ConditionalCheckFailed", "TransactionConflict"], Some(Ok(Written::Crossed))),
            (&["ThrottlingError", "None"], Some(Err(Throttled))),
            (&["TransactionConflict", "ThrottlingError"], Some(Err(Throttled))),
            (&["ProvisionedThroughputExceeded", "TransactionConflict"], Some(Err(Throttled))),
            (&["ConditionalCheckFailed", "ThrottlingError"], Some(Ok(Written::Refused(vec![0])))),
            (&["ValidationError"], None),
            (&[], None),
        ] {
            assert_eq!(cancelled(reasons.iter().copied().map(Some)), means, "{reasons:?}");
        }
    }
}

//! Writing: what is conditional, and what comes together.

use crate::failure::{unavailable, unbuilt};
use crate::item::Item;
use crate::store::DynamoStore;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use signalbox_engine::ports::PortError;

/// Actions in one transaction:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.
pub(crate) const ACTIONS: usize = 100;

/// Under which condition an item is put.
pub(crate) enum If<'a> {
    /// There is none of its key. The attribute is part of the key.
    Absent(&'a str),
    /// There is one, and this attribute is that.
    Is(&'a str, AttributeValue),
}

/// Puts an item whatever was there.
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

/// Takes an attribute out of an item whose other attribute is that.
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
    /// All of it.
    All,
    /// Nothing: another transaction holds one of the items.
    Crossed,
    /// Nothing: these conditions do not hold, by the place of their action.
    Refused(Vec<usize>),
}

/// Reads the reasons of a cancelled transaction. `None` if it is none of ours.
fn cancelled<'a>(reasons: impl Iterator<Item = Option<&'a str>> + Clone) -> Option<Written> {
    if reasons.clone().any(|r| r == Some("TransactionConflict")) {
        return Some(Written::Crossed);
    }
    let failed = reasons.enumerate().filter(|(_, r)| *r == Some("ConditionalCheckFailed"));
    let failed: Vec<usize> = failed.map(|(n, _)| n).collect();
    if failed.is_empty() { None } else { Some(Written::Refused(failed)) }
}

impl DynamoStore {
    /// All of it or nothing. The SDK gives each call a token, so that an answer that was lost and asked for again is
    /// not written twice.
    pub(crate) async fn transact(
        &self,
        what: &str,
        actions: Vec<TransactWriteItem>,
    ) -> Result<Written, PortError> {
        let request = self.client.transact_write_items().set_transact_items(Some(actions));
        let Err(error) = request.send().await else { return Ok(Written::All) };
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

    #[test]
    fn why_a_transaction_was_cancelled() {
        for (reasons, means) in [
            (&["None", "ConditionalCheckFailed"][..], Some(Written::Refused(vec![1]))),
            (&["ConditionalCheckFailed", "ConditionalCheckFailed"], Some(Written::Refused(vec![0, 1]))),
            (&["TransactionConflict", "None"], Some(Written::Crossed)),
            (&["ConditionalCheckFailed", "TransactionConflict"], Some(Written::Crossed)),
            (&["ThrottlingError", "None"], None),
            (&["ValidationError"], None),
            (&[], None),
        ] {
            assert_eq!(cancelled(reasons.iter().copied().map(Some)), means, "{reasons:?}");
        }
    }
}

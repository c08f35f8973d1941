//! Reading: pages until the end, and many heads at once.

use crate::dynamo::DynamoStore;
use crate::failure::{unavailable, unbuilt};
use crate::item::{Item, SHELVES, head_key, run_of_state, text, to_head};
use crate::tables::BY_RUN;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use signalbox_domain::ids::RecordId;
use signalbox_engine::ports::{HeadRow, PortError};
use std::collections::HashMap;

/// Keys in one `BatchGetItem`:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>.
const BATCH: usize = 100;
/// How many items are asked for in one page; a page also ends at 1 MB.
const PAGE: usize = 1000;
/// How often a batch may come back unfinished and empty.
const EMPTY_HANDED: u32 = 5;

/// `#p = :p`, followed by a condition on the sort key.
pub(crate) struct Where<'a> {
    pub(crate) partition: (&'a str, AttributeValue),
    /// An operator, the attribute, and the value it is compared to.
    pub(crate) sort: Option<(&'static str, &'a str, AttributeValue)>,
}

impl Where<'_> {
    pub(crate) fn on(self, query: QueryFluentBuilder) -> QueryFluentBuilder {
        let query = query
            .expression_attribute_names("#p", self.partition.0)
            .expression_attribute_values(":p", self.partition.1);
        match self.sort {
            None => query.key_condition_expression("#p = :p"),
            Some((operator, name, value)) => query
                .key_condition_expression(format!("#p = :p AND #s {operator} :s"))
                .expression_attribute_names("#s", name)
                .expression_attribute_values(":s", value),
        }
    }
}

/// Items of all pages of a query, up to a number of items.
pub(crate) async fn collect(query: QueryFluentBuilder, limit: usize) -> Result<Vec<Item>, PortError> {
    let mut items = vec![];
    let mut from = None;
    while items.len() < limit {
        let page = (limit - items.len()).min(PAGE);
        let query = query.clone().limit(i32::try_from(page).unwrap_or(i32::MAX));
        let answer = query.set_exclusive_start_key(from).send().await;
        let answer = answer.map_err(|e| unavailable("a query", &e))?;
        items.extend(answer.items.unwrap_or_default());
        // An empty page need not be the last.
        from = answer.last_evaluated_key;
        if from.is_none() {
            break;
        }
    }
    Ok(items)
}

/// A table's runs in its index `by_run`.
pub(crate) struct Shelves<'a> {
    pub(crate) table: &'a str,
    /// The attribute that names the run, and how to read it.
    pub(crate) key: &'static str,
    pub(crate) record: fn(&Item) -> Result<RecordId, PortError>,
    /// About how many items a run has.
    pub(crate) items: usize,
}

impl DynamoStore {
    /// Runs in the order of their ids, each once, shelf by shelf. `from` is where to go on: a run, and its key.
    pub(crate) async fn shelved(
        &self,
        shelves: &Shelves<'_>,
        from: Option<(&RecordId, String)>,
        limit: usize,
    ) -> Result<Vec<RecordId>, PortError> {
        let first = from.as_ref().and_then(|(record, _)| record.as_str().chars().next());
        let mut runs = vec![];
        for shelf in SHELVES.chars().filter(|s| first.is_none_or(|f| *s >= f)) {
            let sort = from.as_ref().map(|(_, key)| (">", shelves.key, text(key.as_str())));
            let query = self.client.query().table_name(shelves.table).index_name(BY_RUN);
            let query = Where { partition: ("shelf", text(shelf)), sort }.on(query);
            let mut from = None;
            while runs.len() < limit {
                let page = (limit - runs.len()).saturating_mul(shelves.items).min(PAGE);
                let query = query.clone().limit(i32::try_from(page).unwrap_or(i32::MAX));
                let answer = query.set_exclusive_start_key(from).send().await;
                let answer = answer.map_err(|e| unavailable("listing runs", &e))?;
                for item in answer.items.unwrap_or_default() {
                    let record = match (shelves.record)(&item) {
                        Ok(record) => record,
                        Err(error) => {
                            tracing::error!(%error, "an item cannot be read; it is left out");
                            continue;
                        }
                    };
                    if runs.last() != Some(&record) {
                        runs.push(record);
                    }
                }
                from = answer.last_evaluated_key;
                if from.is_none() {
                    break;
                }
            }
        }
        runs.truncate(limit);
        Ok(runs)
    }

    /// Items of `state` by their keys, as they are now, in no order. Missing items are left out.
    pub(crate) async fn items(&self, keys: &[Item]) -> Result<Vec<Item>, PortError> {
        let mut found = vec![];
        for keys in keys.chunks(BATCH) {
            let mut wanted: Vec<Item> = keys.to_vec();
            let mut empty_handed = 0;
            while !wanted.is_empty() {
                let keys = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true);
                let request =
                    self.client.batch_get_item().request_items(&*self.state, keys.build().map_err(unbuilt)?);
                let answer = request.send().await.map_err(|e| unavailable("reading items", &e))?;
                let before = found.len();
                found.extend(answer.responses.unwrap_or_default().into_values().flatten());
                // The answer was over 16 MB, or there were too many requests.
                wanted =
                    answer.unprocessed_keys.unwrap_or_default().into_values().flat_map(|k| k.keys).collect();
                if found.len() == before {
                    empty_handed += 1;
                }
                if !wanted.is_empty() && empty_handed >= EMPTY_HANDED {
                    return Err(PortError::Unavailable("reading items: the table is busy".into()));
                }
            }
        }
        Ok(found)
    }

    /// The heads that an index named, as they are now, in the index's order.
    pub(crate) async fn heads(&self, found: &[Item]) -> Result<Vec<HeadRow>, PortError> {
        let runs: Vec<RecordId> = found.iter().filter_map(|item| run_of_state(item).ok()).collect();
        let keys: Vec<Item> = runs.iter().map(head_key).collect();
        let mut heads: HashMap<RecordId, HeadRow> = HashMap::new();
        for row in self.items(&keys).await? {
            match to_head(&row) {
                Ok(head) => drop(heads.insert(head.record.clone(), head)),
                Err(error) => tracing::error!(%error, "a head cannot be read; it is left out"),
            }
        }
        Ok(runs.iter().filter_map(|r| heads.remove(r)).collect())
    }
}

//! The two tables as data, for tests and emulators. A real installation's template makes them, with the same names.
//!
//! All indexes hold only keys: when a head changes, only indexes whose keys changed are written. Heads are read from
//! the table itself, so that no head in an answer is older than its table.
//! Limits: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>.

use crate::failure::{unavailable, unbuilt};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use signalbox_engine::ports::PortError;
use std::collections::BTreeMap;

/// What a key attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `S`.
    Text,
    /// `N`.
    Number,
}

/// A partition key and a sort key, by attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// Says where items lie.
    pub partition: (&'static str, Kind),
    /// Says in which order they lie.
    pub sort: (&'static str, Kind),
}

/// A global index that holds only keys. An item that lacks one of the keys is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    pub name: &'static str,
    /// The attributes it is ordered by.
    pub keys: Keys,
}

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    pub keys: Keys,
    /// Its indexes; a table may have 20.
    pub indexes: &'static [Index],
}

const fn keys(partition: &'static str, sort: &'static str, kind: Kind) -> Keys {
    Keys { partition: (partition, Kind::Text), sort: (sort, kind) }
}

/// A run's first event by `(opens, day)`. `opens` is the same for all runs, so they are one partition, which takes a
/// thousand writes a second: one for each new run.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html>
pub const BY_DAY: &str = "by_day";
/// By `(shelf, id)`: a shelf holds the runs whose ids begin with the same character, so 32 shelves one after the
/// other are all runs in order. For `events` it holds every event, so that a run whose first event was taken away is
/// found; for `state` it holds each head.
pub const BY_RUN: &str = "by_run";
/// Heads by `(short, pk)`.
pub const BY_SHORT: &str = "by_short";
/// Heads by `(workspace, requested_at)`.
pub const BY_TIME: &str = "by_time";
/// By `(reference, pk)`: heads by their backend's name for the present attempt, and cards by their message.
pub const BY_REFERENCE: &str = "by_reference";
/// Heads by `(kind, due_at)`; only heads that are to be looked at. One partition: about 500 changes of due times a
/// second.
pub const DUE_RUNS: &str = "due_runs";
/// Times when cards are overdue, by `(kind, card_due_at)`; only of cards that may be behind. One partition, as for
/// [`DUE_RUNS`]. Earlier versions kept these times on the heads.
pub const DUE_CARDS: &str = "due_cards";

/// The audit: events under their run, and seals under [`SEALS`]. The functions' roles may only put items here.
pub const EVENTS: Table = Table {
    keys: keys("run", "seq", Kind::Number),
    indexes: &[
        Index { name: BY_DAY, keys: keys("opens", "day", Kind::Number) },
        Index { name: BY_RUN, keys: keys("shelf", "run", Kind::Text) },
    ],
};

/// The partition of seals in [`EVENTS`]; no run's id is as short.
pub const SEALS: &str = "seal";

/// The partition of dead letters in [`STATE`].
pub const DEAD: &str = "dead";

/// The attribute of [`STATE`] with a time in seconds since 1970; DynamoDB takes an item away within days after it.
pub const EXPIRES: &str = "expires_at";

/// Where everything stands now. `pk` says who writes an item: heads are at `run:…`, cards at `card:…` (`cards.rs`),
/// memos at `memo:…`, each memo under its key.
pub const STATE: Table = Table {
    keys: keys("pk", "sk", Kind::Text),
    indexes: &[
        Index { name: BY_RUN, keys: keys("shelf", "pk", Kind::Text) },
        Index { name: BY_SHORT, keys: keys("short", "pk", Kind::Text) },
        Index { name: BY_TIME, keys: keys("workspace", "requested_at", Kind::Number) },
        Index { name: BY_REFERENCE, keys: keys("reference", "pk", Kind::Text) },
        Index { name: DUE_RUNS, keys: keys("kind", "due_at", Kind::Number) },
        Index { name: DUE_CARDS, keys: keys("kind", "card_due_at", Kind::Number) },
    ],
};

fn schema(keys: &Keys) -> Result<Vec<KeySchemaElement>, PortError> {
    let element = |name: &str, role: KeyType| {
        KeySchemaElement::builder().attribute_name(name).key_type(role).build().map_err(unbuilt)
    };
    Ok(vec![element(keys.partition.0, KeyType::Hash)?, element(keys.sort.0, KeyType::Range)?])
}

fn attribute(name: &str, kind: Kind) -> Result<AttributeDefinition, PortError> {
    let kind = match kind {
        Kind::Text => ScalarAttributeType::S,
        Kind::Number => ScalarAttributeType::N,
    };
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().map_err(unbuilt)
}

/// Makes a table that is paid by request. Does not wait until the table is ready; in an emulator it is ready at once.
///
/// # Errors
/// When there is another table of that name, or the service cannot be reached.
pub async fn create(client: &Client, name: &str, table: &Table) -> Result<(), PortError> {
    let all = std::iter::once(&table.keys).chain(table.indexes.iter().map(|i| &i.keys));
    let attributes: BTreeMap<_, _> = all.flat_map(|k| [k.partition, k.sort]).collect();
    let attributes: Result<Vec<_>, _> = attributes.into_iter().map(|(n, k)| attribute(n, k)).collect();
    let mut request = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(schema(&table.keys)?))
        .set_attribute_definitions(Some(attributes?));
    for index in table.indexes {
        let keys_only = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
        let index = GlobalSecondaryIndex::builder()
            .index_name(index.name)
            .set_key_schema(Some(schema(&index.keys)?))
            .projection(keys_only);
        request = request.global_secondary_indexes(index.build().map_err(unbuilt)?);
    }
    request.send().await.map_err(|e| unavailable("creating a table", &e))?;
    Ok(())
}

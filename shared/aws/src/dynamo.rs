//! The store over DynamoDB: its tables and its client.

use aws_sdk_dynamodb::Client;
use std::sync::Arc;

/// The store: two tables as [`tables`](crate::tables) has them, in one region.
///
/// Limits: 98 events in one append, 400 KB in an event or a head, 4 MB in an append
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>). For anything larger it
/// gives `Unavailable`, and nothing is written.
#[derive(Debug, Clone)]
pub struct DynamoStore {
    pub(crate) client: Client,
    pub(crate) events: Arc<str>,
    pub(crate) state: Arc<str>,
    /// Whether cards are written where earlier versions look for them.
    pub(crate) cards_of_before: bool,
}

impl DynamoStore {
    /// Over the tables of these names.
    #[must_use]
    pub fn new(client: Client, events: &str, state: &str) -> Self {
        Self { client, events: events.into(), state: state.into(), cards_of_before: false }
    }

    /// The same, but new cards and their due times are written beside the head, where earlier versions look for them:
    /// for as long as such a version may run beside this one, or come back. See `cards.rs`.
    #[must_use]
    pub fn with_cards_of_before(self, yes: bool) -> Self {
        Self { cards_of_before: yes, ..self }
    }
}

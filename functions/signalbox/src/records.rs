//! Where runs and dead letters are kept: a data folder, or tables and a queue on AWS.

use crate::cli;
use crate::clock::SystemClock;
use crate::serve::intents;
use anyhow::{Context, bail};
use signalbox_engine::ports::{Letters, Queue, Views};
use signalbox_sqlite::Database;
use std::path::PathBuf;
use std::sync::Arc;

/// What is kept.
pub struct Records {
    pub views: Arc<dyn Views>,
    pub letters: Arc<dyn Letters>,
    /// The intents queue, where it is to be had.
    pub intents: Option<Arc<dyn Queue>>,
    /// Where copies of the seals lie, beside a database.
    pub seals: Option<PathBuf>,
}

/// What is done with them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Read,
    /// Something is put on a queue.
    Write,
}

/// Opens what the options name.
pub async fn open(options: &cli::Records, access: Access) -> anyhow::Result<Records> {
    match (&options.events_table, &options.state_table) {
        (None, None) => here(options, access),
        (Some(events), Some(state)) => {
            on_aws(events, state, options.intents_queue_url.as_deref(), access).await
        }
        (Some(_), None) | (None, Some(_)) => bail!(
            "on AWS there are two tables, and only one is named\n  help: set SIGNALBOX_EVENTS_TABLE and SIGNALBOX_STATE_TABLE; the deployment's outputs have both"
        ),
    }
}

fn here(options: &cli::Records, access: Access) -> anyhow::Result<Records> {
    let database = match access {
        Access::Read => Database::open_for_reading(&options.data)?,
        Access::Write => Database::open_beside(&options.data)?,
    };
    let queue: Arc<dyn Queue> = Arc::new(intents(&database, &(Arc::new(SystemClock) as _)));
    Ok(Records {
        views: Arc::new(database.clone()),
        letters: Arc::new(database),
        intents: Some(queue).filter(|_| access == Access::Write),
        seals: Some(options.data.join("seals")),
    })
}

#[cfg(feature = "aws")]
async fn on_aws(events: &str, state: &str, queue: Option<&str>, access: Access) -> anyhow::Result<Records> {
    use signalbox_aws::{Clients, DynamoStore, SqsQueue};
    use signalbox_transport::Reqwest;

    let network = Reqwest::new().map_err(anyhow::Error::msg)?;
    let clients = Clients::load(Arc::new(network)).await;
    let store = DynamoStore::new(clients.dynamodb(), events, state);
    let queue = queue.map(|url| Arc::new(SqsQueue::new(clients.sqs(), url)) as Arc<dyn Queue>);
    if access == Access::Write {
        queue
            .as_ref()
            .context("SIGNALBOX_INTENTS_QUEUE_URL is not set\n  help: the deployment's outputs have it")?;
    }
    Ok(Records { views: Arc::new(store.clone()), letters: Arc::new(store), intents: queue, seals: None })
}

#[cfg(not(feature = "aws"))]
#[expect(clippy::unused_async, reason = "as with the feature")]
async fn on_aws(_: &str, _: &str, _: Option<&str>, _: Access) -> anyhow::Result<Records> {
    Err(anyhow::anyhow!("SIGNALBOX_EVENTS_TABLE is set")).context(
        "this build speaks to a data folder alone\n  help: build it with `cargo build --release --features aws`, or unset SIGNALBOX_EVENTS_TABLE and SIGNALBOX_STATE_TABLE",
    )
}

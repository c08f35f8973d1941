//! Where runs and dead letters are kept: a data folder, or tables and a queue on AWS.

use crate::cli;
use crate::clock::SystemClock;
use crate::serve::intents;
use anyhow::{Context, bail};
use signalbox_engine::ports::{Journal, Letters, Queue, SealCopies, Views};
use signalbox_sqlite::{Database, SealFolder};
use std::path::Path;
use std::sync::Arc;

/// The stores of runs and dead letters.
pub struct Records {
    pub views: Arc<dyn Views>,
    /// The same store, for writing where the options asked for that.
    pub journal: Arc<dyn Journal>,
    pub letters: Arc<dyn Letters>,
    /// The intents queue, if it can be reached.
    pub intents: Option<Arc<dyn Queue>>,
    /// Copies of the seals, if the place for them is known.
    pub seals: Option<Arc<dyn SealCopies>>,
}

/// What is done with the records.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Read,
    /// Something is put on a queue.
    Write,
    /// Heads are replaced.
    Mend,
}

/// Opens what the options name.
pub async fn open(options: &cli::Records, access: Access) -> anyhow::Result<Records> {
    match (&options.events_table, &options.state_table) {
        (None, None) => here(options, access).await,
        (Some(events), Some(state)) => on_aws(events, state, options, access).await,
        (Some(_), None) | (None, Some(_)) => bail!(
            "on AWS there are two tables, and only one is named\n  help: set SIGNALBOX_EVENTS_TABLE and SIGNALBOX_STATE_TABLE; the deployment's outputs have both"
        ),
    }
}

async fn here(options: &cli::Records, access: Access) -> anyhow::Result<Records> {
    let database = match access {
        Access::Read => Database::open_for_reading(&options.data)?,
        Access::Write | Access::Mend => Database::open_beside(&options.data)?,
    };
    let queue: Arc<dyn Queue> = Arc::new(intents(&database, &(Arc::new(SystemClock) as _)));
    Ok(Records {
        views: Arc::new(database.clone()),
        journal: Arc::new(database.clone()),
        letters: Arc::new(database),
        intents: Some(queue).filter(|_| access == Access::Write),
        seals: Some(match options.seal_copies() {
            Some(place) => copies(place).await?,
            None => Arc::new(SealFolder::new(&options.data.join("seals"))),
        }),
    })
}

/// Copies of the seals in a bucket or a folder.
async fn copies(place: &str) -> anyhow::Result<Arc<dyn SealCopies>> {
    if place.contains("://") {
        return in_bucket(place).await;
    }
    if !Path::new(place).is_dir() {
        bail!(
            "there is no folder {place}\n  help: --seal-copies is s3://BUCKET/seals or a folder with DATE.json files"
        );
    }
    Ok(Arc::new(SealFolder::new(Path::new(place))))
}

#[cfg(feature = "aws")]
async fn in_bucket(url: &str) -> anyhow::Result<Arc<dyn SealCopies>> {
    let network = Arc::new(signalbox_transport::Reqwest::new().map_err(anyhow::Error::msg)?);
    let clients = signalbox_aws::Clients::load(network.clone()).await;
    Ok(Arc::new(clients.seals(url, network, Arc::new(SystemClock)).map_err(anyhow::Error::msg)?))
}

#[cfg(not(feature = "aws"))]
#[expect(clippy::unused_async, reason = "as with the feature")]
async fn in_bucket(url: &str) -> anyhow::Result<Arc<dyn SealCopies>> {
    Err(anyhow::anyhow!("{url} is not a folder")).context(
        "this build reads copies of the seals from a folder alone\n  help: build it with `cargo build --release --features aws`, or bring the copies into a folder",
    )
}

#[cfg(feature = "aws")]
async fn on_aws(
    events: &str,
    state: &str,
    options: &cli::Records,
    access: Access,
) -> anyhow::Result<Records> {
    use signalbox_aws::{Clients, DynamoStore, SqsQueue};
    use signalbox_transport::Reqwest;

    let network = Reqwest::new().map_err(anyhow::Error::msg)?;
    let clients = Clients::load(Arc::new(network)).await;
    let store = DynamoStore::new(clients.dynamodb(), events, state);
    let queue = options.intents_queue_url.as_deref();
    let queue = queue.map(|url| Arc::new(SqsQueue::new(clients.sqs(), url)) as Arc<dyn Queue>);
    if access == Access::Write {
        queue
            .as_ref()
            .context("SIGNALBOX_INTENTS_QUEUE_URL is not set\n  help: the deployment's outputs have it")?;
    }
    let seals = match options.seal_copies() {
        Some(place) => Some(copies(place).await?),
        None => None,
    };
    Ok(Records {
        views: Arc::new(store.clone()),
        journal: Arc::new(store.clone()),
        letters: Arc::new(store),
        intents: queue,
        seals,
    })
}

#[cfg(not(feature = "aws"))]
#[expect(clippy::unused_async, reason = "as with the feature")]
async fn on_aws(_: &str, _: &str, _: &cli::Records, _: Access) -> anyhow::Result<Records> {
    Err(anyhow::anyhow!("SIGNALBOX_EVENTS_TABLE is set")).context(
        "this build speaks to a data folder alone\n  help: build it with `cargo build --release --features aws`, or unset SIGNALBOX_EVENTS_TABLE and SIGNALBOX_STATE_TABLE",
    )
}

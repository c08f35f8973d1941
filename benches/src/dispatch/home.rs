//! The store, the queues and the dispatch loop of one server, in a folder of their own.

use super::backend::{AtOnce, Kind, Noting};
use super::load::{self, Load, Measured};
use crate::clock::SystemClock;
use crate::samples::Samples;
use anyhow::Context;
use signalbox_domain::{RunCommand, RunId, Timestamp};
use signalbox_engine::ports::{Agenda, Backend, Delivery, DueKind, PortError, Queue};
use signalbox_engine::wire::command::Envelope;
use signalbox_engine::{Backends, Dispatcher, Handled};
use signalbox_sqlite::{Database, SqliteQueue};
use signalbox_testkit::samples;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::unbounded_channel;

/// The same values as in `serve/loops.rs`.
const DISPATCHERS: usize = 64;
const VISIBILITY: Duration = Duration::from_secs(60);
/// Nothing that is measured here takes longer than this.
const PATIENCE: Duration = Duration::from_secs(120);

/// Puts one load on one backend, with a fresh store.
pub async fn measure(kind: Kind, load: Load) -> anyhow::Result<Measured> {
    let folder = tempfile::tempdir()?;
    let database = Database::open(folder.path())?;
    let clock = Arc::new(SystemClock);
    let intents = database.queue("intents", clock.clone(), VISIBILITY);
    let (starts, mut started) = unbounded_channel();
    let backend: Arc<dyn Backend> = match kind {
        Kind::AtOnce { .. } => Arc::new(AtOnce { started: starts }),
        Kind::Local => Arc::new(Noting::new(folder.path(), starts)?),
    };
    let catalogue = Arc::new(samples::catalogue());
    let messages = load::messages(&catalogue, load.runs());
    let dispatcher = Dispatcher {
        store: Arc::new(database.clone()),
        intents: Arc::new(intents.clone()),
        outbox: Arc::new(database.queue("outbox", clock.clone(), VISIBILITY)),
        catalogue,
        backends: Backends::from_iter([backend]),
        lookups: signalbox_engine::Lookups::default(),
        silencer: None,
        admitting: samples::admitting(Arc::new(database.queue("intents-dead", clock.clone(), VISIBILITY))),
        clock,
    };
    let dispatching = tokio::spawn(dispatch(dispatcher, intents.clone()));

    let before = database.written();
    let begun = Instant::now();
    let (accepts, mut accepted) = unbounded_channel();
    let sending = tokio::spawn(load::send(load, intents.clone(), messages, accepts));
    let mut starts: HashMap<RunId, Instant> = HashMap::with_capacity(load.runs());
    let ends = kind == Kind::AtOnce { ends: true };
    let starting = async {
        while starts.len() < load.runs()
            && let Some((run, at)) = started.recv().await
        {
            if ends {
                tokio::spawn(hint(intents.clone(), run.clone()));
            }
            starts.insert(run, at);
        }
    };
    tokio::time::timeout(PATIENCE, starting).await.context("not everything was started")?;
    if ends {
        // A run has ended when its head has no due time any more.
        tokio::time::timeout(PATIENCE, all_ended(&database)).await.context("not everything has ended")?;
    }
    let took = begun.elapsed();
    let after = database.written();
    sending.await?;
    dispatching.abort();

    let mut latencies = Samples::default();
    while let Some((run, at)) = accepted.recv().await {
        // The backend may have the run before the sender knows that it was accepted. Then nobody waited, and the time
        // is zero.
        latencies.push(starts[&run].saturating_duration_since(at));
    }
    if kind == Kind::Local {
        check_programs(&folder, load.runs()).await?;
    }
    Ok(Measured {
        latencies,
        took,
        commits: after.commits - before.commits,
        writes: after.writes - before.writes,
    })
}

/// The loop of `signalbox serve`. It is copied here, because it is part of a binary and cannot be called.
async fn dispatch(dispatcher: Dispatcher, intents: SqliteQueue) {
    let places = Arc::new(Semaphore::new(DISPATCHERS));
    loop {
        let Ok(free) = places.clone().acquire_owned().await else { return };
        let taken = intents.receive(places.available_permits() + 1).await;
        drop(free);
        let deliveries = match taken {
            Ok(deliveries) if !deliveries.is_empty() => deliveries,
            Ok(_) | Err(_) => {
                intents.arrival(Duration::from_millis(250)).await;
                continue;
            }
        };
        for delivery in deliveries {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            let (dispatcher, intents) = (dispatcher.clone(), intents.clone());
            tokio::spawn(async move {
                let result = dispatcher.handle(&delivery).await;
                settle(&intents, &delivery, result).await.unwrap();
                drop(place);
            });
        }
    }
}

async fn settle(
    queue: &SqliteQueue,
    delivery: &Delivery,
    result: Result<Handled, PortError>,
) -> Result<(), PortError> {
    match result {
        Ok(Handled::Done) => queue.ack(&delivery.receipt).await,
        Ok(Handled::Again(after)) => queue.again(&delivery.receipt, after).await,
        Ok(Handled::Newer) => queue.again(&delivery.receipt, Duration::from_secs(1)).await,
        Err(error) => {
            eprintln!("dispatch: {error}");
            queue.again(&delivery.receipt, Duration::from_millis(200)).await
        }
    }
}

/// The same command that a webhook or a change in a watched folder leads to.
async fn hint(intents: SqliteQueue, run: RunId) {
    intents.send(Envelope::new(run, "ended", RunCommand::Observe).to_message().unwrap()).await.unwrap();
}

async fn all_ended(database: &Database) {
    while !database.due(DueKind::Record, Timestamp(i64::MAX), 1).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until all programs have ended, so that none of them outlives the folder. Each must have succeeded.
async fn check_programs(folder: &tempfile::TempDir, runs: usize) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let ended = std::fs::read_dir(folder.path().join("commands"))?
            .filter_map(Result::ok)
            .filter(|attempt| attempt.path().join("exit.json").exists());
        if ended.count() == runs {
            return Ok(());
        }
        anyhow::ensure!(begun.elapsed() < PATIENCE, "not every program has ended");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

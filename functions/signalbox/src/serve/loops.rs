//! The work of the Lambdas, side by side: dispatcher, notifier, caretaker, and the watch over local programs.

use super::engine::Parts;
use super::home::SlackHome;
use super::live::Now;
use super::orders::carry_out;
use super::rounds::{Forgetting, look};
use super::settle::settle;
use super::tidy::tidy;
use crate::targets::Practice;
use futures::FutureExt;
use signalbox_domain::RunCommand;
use signalbox_domain::budget::Allowance;
use signalbox_engine::audit::Copying;
use signalbox_engine::ports::{Delivery, PortError, Queue};
use signalbox_engine::wire::command::Envelope;
use signalbox_engine::{Caretaker, DeadLetters, Handled, Notifier, Shown};
use signalbox_sqlite::{SealFolder, SqliteQueue};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

/// How many runs are handled at once; each run is handled by one worker.
const DISPATCHERS: usize = 64;
/// How many cards are drawn at once, each of another lane: a card that the chat answers slowly delays no other.
const NOTIFIERS: usize = 16;
/// How often the caretaker looks.
const ROUND: Duration = Duration::from_secs(1);
/// How often cards and seals are looked after, in rounds.
const CARDS_EVERY: u64 = 10;
const SEALS_EVERY: u64 = 600;
/// How often the folders of running programs are looked at.
const LOOK: Duration = Duration::from_millis(100);

type Stopped = watch::Receiver<bool>;

/// Starts all loops. They end when `stopped` says so, after the work that they have in hand.
pub fn start(
    parts: &Parts,
    home: &SlackHome,
    data: &Path,
    now: &Now,
    stopped: &Stopped,
) -> Vec<JoinHandle<()>> {
    let forgetting = Forgetting { database: parts.database.clone(), clock: parts.clock.clone() };
    vec![
        tokio::spawn(dispatch(now.clone(), parts.intents.clone(), stopped.clone())),
        tokio::spawn(notify(
            notifier(parts, home),
            parts.outbox.clone(),
            parts.dead_orders(),
            stopped.clone(),
        )),
        tokio::spawn(take_care(
            parts.caretaker(),
            parts.dead_letters(),
            parts.dead_orders(),
            data.to_owned(),
            stopped.clone(),
        )),
        tokio::spawn(watch_programs(parts.local.clone(), parts.intents.clone(), stopped.clone())),
        tokio::spawn(look(now.clone(), forgetting, stopped.clone())),
        tokio::spawn(practise(parts.targets.practice.clone(), stopped.clone())),
    ]
}

fn notifier(parts: &Parts, home: &SlackHome) -> Notifier {
    let store = Arc::new(parts.database.clone());
    Notifier::new(store, home.client.clone(), parts.clock.clone(), Allowance::SLACK)
}

async fn dispatch(now: Now, intents: SqliteQueue, stopped: Stopped) {
    let queue = intents.clone();
    side_by_side(DISPATCHERS, queue, stopped, move |delivery| {
        let (dispatcher, intents) = (now.borrow().dispatcher.clone(), intents.clone());
        async move {
            // A panic is the failure of this message alone: the message is tried again, and becomes a dead letter in
            // the end.
            let handled = AssertUnwindSafe(dispatcher.handle(&delivery)).catch_unwind().await;
            let defect = || PortError::Unavailable("a defect: the dispatcher panicked".into());
            let result = handled.unwrap_or_else(|_| Err(defect())).map(|handled| match handled {
                Handled::Done => Shown::Now,
                Handled::Again(after) => Shown::Later(after),
                Handled::Newer => Shown::Newer,
            });
            settle(&intents, &delivery, result).await;
        }
    })
    .await;
}

async fn notify(notifier: Notifier, outbox: SqliteQueue, dead: SqliteQueue, stopped: Stopped) {
    let (notifier, queue) = (Arc::new(notifier), outbox.clone());
    side_by_side(NOTIFIERS, queue, stopped, move |delivery| {
        let (notifier, outbox, dead) = (notifier.clone(), outbox.clone(), dead.clone());
        async move { carry_out(&outbox, &dead, &delivery, notifier.handle(&delivery)).await }
    })
    .await;
}

/// Works on at most this many deliveries of a queue at once until it is stopped, and then waits for those in hand.
async fn side_by_side<W>(
    most: usize,
    queue: SqliteQueue,
    mut stopped: Stopped,
    work: impl Fn(Delivery) -> W + Send,
) where
    W: Future<Output = ()> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(most));
    while !*stopped.borrow() {
        let Ok(free) = places.clone().acquire_owned().await else { return };
        let taken = queue.receive(places.available_permits() + 1).await;
        drop(free);
        let deliveries = match taken {
            Ok(deliveries) if !deliveries.is_empty() => deliveries,
            answer => {
                rest(answer, &queue, &mut stopped).await;
                continue;
            }
        };
        for delivery in deliveries {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            let working = work(delivery);
            tokio::spawn(async move {
                working.await;
                drop(place);
            });
        }
    }
    // Workers that are busy finish first.
    drop(places.acquire_many(u32::try_from(most).unwrap_or(u32::MAX)).await);
}

/// Waits: there is nothing to do, or the queue is broken.
async fn rest(answer: Result<Vec<Delivery>, PortError>, queue: &SqliteQueue, stopped: &mut Stopped) {
    if let Err(error) = answer {
        tracing::error!(%error, "cannot read a queue");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    tokio::select! {
        () = queue.arrival(Duration::from_millis(250)) => {}
        _ = stopped.changed() => {}
    }
}

async fn take_care(
    caretaker: Caretaker,
    dead: DeadLetters,
    dead_orders: SqliteQueue,
    data: PathBuf,
    mut stopped: Stopped,
) {
    let copies = Arc::new(SealFolder::new(&data.join("seals")));
    let copying = Copying::new(caretaker.seals.clone(), copies);
    for round in 0u64.. {
        if *stopped.borrow() {
            return;
        }
        note("wake what is due", caretaker.wake().await);
        if round % CARDS_EVERY == 0 {
            note("set dead letters aside", dead.drain().await);
            note(
                "keep orders that could not be carried out",
                dead.drain_orders(&dead_orders, &*caretaker.outbox).await,
            );
            note("order cards", caretaker.order_cards().await);
            note("keep answers warm", caretaker.keep_warm().await);
        }
        if round % SEALS_EVERY == 0 {
            let sealed = caretaker.seal().await.map(|s| s.len());
            let may_be_sealed = sealed != Ok(0);
            note("seal the audit", sealed);
            note("keep copies of the seals", copying.copy(may_be_sealed).await);
            let tidied = tidy(&data.join("commands"), &*caretaker.seals, caretaker.clock.now()).await;
            note("take away old folders", tidied);
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            _ = stopped.changed() => {}
        }
    }
}

fn note(what: &str, done: Result<usize, PortError>) {
    match done {
        Ok(0) => {}
        Ok(count) => tracing::debug!(count, "did {what}"),
        Err(error) => tracing::error!(%error, "could not {what}"),
    }
}

/// Simulated systems post their webhooks only when they are asked to.
async fn practise(practice: Practice, mut stopped: Stopped) {
    if practice.github.is_none() && practice.jenkins.is_none() {
        return;
    }
    while !*stopped.borrow() {
        practice.deliver().await;
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Local programs have no webhooks: a change in their folders is the hint.
async fn watch_programs(
    local: Arc<signalbox_local_command::LocalCommand>,
    intents: SqliteQueue,
    mut stopped: Stopped,
) {
    while !*stopped.borrow() {
        for (run, mark) in local.watched.changes() {
            let observe = Envelope::new(run, &mark, RunCommand::Observe);
            let sent = match observe.to_message() {
                Ok(message) => intents.send(message).await,
                Err(error) => Err(error.into()),
            };
            if let Err(error) = sent {
                // Without the hint, the caretaker finds the change all the same.
                tracing::warn!(record = %observe.record, %error, "could not pass on a hint");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stopped.changed() => {}
        }
    }
}

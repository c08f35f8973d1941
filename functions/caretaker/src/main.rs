//! Every minute: wakes what is due, orders cards that are behind, sets dead letters aside, seals days and copies
//! the seals.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use signalbox_engine::audit::Copying;
use signalbox_engine::ports::{PortError, Queue, SealRow};
use signalbox_engine::{Caretaker, DeadLetters};
use signalbox_lambda::Home;
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let home = Home::find();
    let store = Arc::new(home.store()?);
    let intents: Arc<dyn Queue> = Arc::new(home.intents()?);
    let outbox: Arc<dyn Queue> = Arc::new(home.outbox()?);
    let caretaker = Caretaker {
        agenda: store.clone(),
        seals: store.clone(),
        intents: intents.clone(),
        outbox: outbox.clone(),
        clock: home.clock(),
    };
    let dead = Arc::new(home.queue("SIGNALBOX_INTENTS_DEAD_QUEUE_URL")?);
    let copying = home.seal_copies()?.map(|copies| Copying::new(store.clone(), copies));
    let dead = DeadLetters { dead, letters: store, intents, clock: home.clock() };
    let dead_orders = home.queue("SIGNALBOX_OUTBOX_DEAD_QUEUE_URL")?;
    lambda_runtime::run(service_fn(async |_: LambdaEvent<serde_json::Value>| {
        // Every duty is tried even if another one failed. If one failed, the invocation counts as failed, so that the
        // alarm sees it.
        let mut failed = vec![];
        let mut note = |what: &'static str, done: Result<usize, PortError>| match done {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "did {what}"),
            Err(error) => {
                tracing::error!(%error, "could not {what}");
                failed.push(what);
            }
        };
        note("wake what is due", caretaker.wake().await);
        note("order cards that are behind", caretaker.order_cards().await);
        note("keep answers warm", caretaker.keep_warm().await);
        note("set dead letters aside", dead.drain().await);
        note("keep orders that could not be carried out", dead.drain_orders(&dead_orders, &*outbox).await);
        let sealed = caretaker.seal().await.map(|seals| seals.iter().map(tell).count());
        let may_be_sealed = sealed != Ok(0);
        note("seal the audit", sealed);
        if let Some(copying) = &copying {
            note("keep copies of the seals", copying.copy(may_be_sealed).await);
        }
        if failed.is_empty() { Ok(()) } else { Err(Error::from(failed.join(", "))) }
    }))
    .await
}

/// Writes a copy of the seal to the log, outside the table, whether or not there is a bucket. Whoever changes the
/// table would have to change the log as well.
fn tell(seal: &SealRow) {
    tracing::info!(day = %seal.day, hash = %seal.hash, seal = %String::from_utf8_lossy(&seal.bytes), "sealed a day");
}

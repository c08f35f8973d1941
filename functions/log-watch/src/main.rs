//! Every five minutes: reads what went wrong in the logs of each watch, and passes on what matters.

use futures::future::join_all;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use signalbox_lambda::{Home, before_the_end};
use signalbox_watch::Round;
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let home = Arc::new(Home::find());
    let (catalogue, surroundings) = (home.catalogue()?, home.clone());
    let watching =
        home.fresh(Home::WATCH_SECRETS, move |secrets| surroundings.log_watch(&catalogue, secrets)).await?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<serde_json::Value>| {
        let watching = watching.get(home.now()).await;
        let until = before_the_end(event.context.deadline);
        // All watches at once: a watch with much to read must not take the time of the others.
        let rounds = watching.catalogue.watches.keys();
        let rounds = join_all(rounds.map(async |watch| (watch, watching.round(watch, until).await))).await;
        // A watch that fails changes nothing for the others. If one failed, the invocation counts as failed, so that
        // the alarm sees it.
        let mut failed = vec![];
        if let Err(error) = watching.mirror().await {
            tracing::error!(%error, "could not pass on silences of the catalogue");
            failed.push("silences".to_owned());
        }
        for (watch, round) in rounds {
            match round {
                Ok(Round::Done(0)) => {}
                Ok(Round::Done(windows)) => tracing::info!(%watch, windows, "read what was due"),
                Ok(Round::Unfinished) => tracing::warn!(%watch, "the time is over; the next round goes on"),
                Ok(Round::Elsewhere) => tracing::info!(%watch, "another round is at it"),
                Err(error) => {
                    tracing::error!(%watch, %error, "could not read what was due");
                    failed.push(watch.to_string());
                }
            }
        }
        if failed.is_empty() { Ok(()) } else { Err(Error::from(failed.join(", "))) }
    }))
    .await
}

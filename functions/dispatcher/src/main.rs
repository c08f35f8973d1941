//! The only writer of runs. It takes commands off the intents queue, decides, acts and appends.

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use signalbox_catalogue::workflow;
use signalbox_engine::{Backends, Batches, Dispatcher, Handled};
use signalbox_lambda::{Home, Settled, settle};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let home = Arc::new(Home::find());
    let (intents, outbox, store) = (home.intents()?, Arc::new(home.outbox()?), Arc::new(home.store()?));
    let commands = Arc::new(intents.clone());
    let (catalogue, network, surroundings) = (home.catalogue()?, home.network(), home.clone());
    let names = Home::dispatcher_secrets();
    let dispatcher = home.fresh(&names, move |secrets| {
        let systems = surroundings.systems(&network, secrets, workflow::refusals)?;
        Ok(Dispatcher {
            store: store.clone(),
            intents: commands.clone(),
            outbox: outbox.clone(),
            catalogue: catalogue.clone(),
            backends: systems.backends().collect::<Backends>().with(Arc::new(Batches {
                views: store.clone(),
                intents: commands.clone(),
                clock: surroundings.clock(),
            })),
            lookups: systems.lookups().collect(),
            silencer: systems.silencer(),
            admitting: surroundings.admitting(secrets)?,
            clock: surroundings.clock(),
        })
    });
    let dispatcher = dispatcher.await?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let dispatcher = dispatcher.get(home.now()).await;
        let handle = async |delivery: &_| match dispatcher.handle(delivery).await? {
            Handled::Done => Ok(Settled::Done),
            Handled::Again(after) => Ok(Settled::Again(after)),
            Handled::Newer => Ok(Settled::Newer),
        };
        Ok::<_, Error>(settle(event.payload, &intents, handle).await)
    }))
    .await
}

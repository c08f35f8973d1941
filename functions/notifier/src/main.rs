//! Keeps every card true: takes orders off the outbox and draws the present state.

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use signalbox_domain::budget::Allowance;
use signalbox_engine::{Notifier, Shown};
use signalbox_lambda::{Home, Settled, settle};
use std::sync::Arc;
use std::time::Duration;

const TOKEN: &str = "SLACK_BOT_TOKEN";
/// A pause of up to this length is waited for here, because a channel's next message may be posted within a second.
const SHORT: Duration = Duration::from_millis(1500);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let home = Arc::new(Home::find());
    let (outbox, store) = (home.outbox()?, Arc::new(home.store()?));
    let surroundings = home.clone();
    let notifier = home.fresh(&[TOKEN], move |secrets| {
        let slack = surroundings.slack(secrets.required(TOKEN)?)?;
        Ok(Notifier::new(store.clone(), Arc::new(slack), surroundings.clock(), Allowance::SLACK))
    });
    let notifier = notifier.await?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let notifier = notifier.get(home.now()).await;
        let handle = async |delivery: &_| {
            let mut shown = notifier.handle(delivery).await?;
            if let Shown::Later(after) = shown
                && after <= SHORT
            {
                tokio::time::sleep(after).await;
                shown = notifier.handle(delivery).await?;
            }
            Ok(match shown {
                Shown::Now => Settled::Done,
                Shown::Later(after) => Settled::Again(after),
                Shown::Newer => Settled::Newer,
            })
        };
        Ok::<_, Error>(settle(event.payload, &outbox, handle).await)
    }))
    .await
}

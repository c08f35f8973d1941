//! A record for tests that only need some record to exist.

use signalbox_domain::ids::RecordId;
use signalbox_domain::{RunCommand, Timestamp};
use signalbox_engine::ports::Store;
use signalbox_engine::wire::command::Envelope;
use signalbox_engine::{Backends, Dispatcher};
use signalbox_testkit::{MemoryQueue, VirtualClock, samples};
use std::sync::Arc;
use std::time::Duration;

/// Creates one run that was asked for at the given time.
pub async fn one_run(store: Arc<dyn Store>, then: Timestamp) {
    let clock = Arc::new(VirtualClock::at(then));
    let dispatcher = Dispatcher {
        store,
        intents: Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30))),
        outbox: Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30))),
        catalogue: Arc::new(samples::catalogue()),
        backends: Backends::default(),
        lookups: signalbox_engine::Lookups::default(),
        silencer: None,
        admitting: samples::admitting(Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30)))),
        clock,
    };
    let intent = samples::intent(&dispatcher.catalogue);
    let run = RecordId::derive("test", "T", &then.0.to_string());
    let submit = Envelope::new(run, "", RunCommand::Submit { intent, told: false });
    dispatcher.carry_out(&submit).await.unwrap();
}

//! Who asks: at a steady rate whatever happens (open loop), or as fast as the answers come (closed loop).

use crate::clock;
use crate::samples::Samples;
use signalbox_domain::{Frozen, RunCommand, RunId};
use signalbox_engine::ports::{Message, Queue};
use signalbox_engine::wire::command::Envelope;
use signalbox_sqlite::SqliteQueue;
use signalbox_testkit::samples;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

/// How intents come.
#[derive(Clone, Copy)]
pub enum Load {
    /// This many intents in a second, for this long. If a queue builds up, the latency shows it.
    Steady { rate: u32, lasts: Duration },
    /// This many intents in all. Each asker sends the next one when its last one was accepted.
    Flood { runs: usize, askers: usize },
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Steady { rate, lasts } => write!(f, "{rate} a second for {} s", lasts.as_secs()),
            Self::Flood { runs, askers } => write!(f, "{runs} from {askers} askers"),
        }
    }
}

impl Load {
    /// How many intents the load has.
    pub fn runs(self) -> usize {
        match self {
            Self::Steady { rate, lasts } => rate as usize * lasts.as_secs() as usize,
            Self::Flood { runs, .. } => runs,
        }
    }
}

/// The results of a measurement.
pub struct Measured {
    /// The time from accepted to started, for each run.
    pub latencies: Samples,
    /// From the first intent to the last start, or to the last end if the runs end.
    pub took: Duration,
    /// The number of transactions in that time.
    pub commits: u64,
    /// The number of writes in these transactions.
    pub writes: u64,
}

/// The commands of all intents. They are made before the clock starts.
pub fn messages(catalogue: &Frozen, count: usize) -> Vec<(RunId, Message)> {
    let intent = samples::intent(catalogue);
    // The keys differ between turns too, as they would between real requests.
    let since = clock::now().0;
    let one = |i| {
        let run = RunId::derive("slack", samples::WORKSPACE, &format!("{since}:{i}"));
        let command = RunCommand::Submit { intent: intent.clone(), told: false };
        (run.clone(), samples::vouching().message(&Envelope::new(run, "", command)).unwrap())
    };
    (0..count).map(one).collect()
}

/// Sends all of them, and reports when each was accepted.
pub async fn send(
    load: Load,
    queue: SqliteQueue,
    messages: Vec<(RunId, Message)>,
    accepted: UnboundedSender<(RunId, Instant)>,
) {
    let messages = Arc::new(messages);
    let accept = move |queue: SqliteQueue, (run, message): (RunId, Message), accepted: UnboundedSender<_>| async move {
        queue.send(message).await.unwrap();
        accepted.send((run, Instant::now())).unwrap();
    };
    match load {
        Load::Steady { rate, .. } => {
            let begun = tokio::time::Instant::now();
            for (i, one) in messages.iter().enumerate() {
                // The times are fixed in advance and do not depend on the request before. After a stall, the late
                // requests follow at once, as with real people.
                tokio::time::sleep_until(begun + Duration::from_secs_f64(i as f64 / f64::from(rate))).await;
                tokio::spawn(accept(queue.clone(), one.clone(), accepted.clone()));
            }
        }
        Load::Flood { askers, .. } => {
            let next = Arc::new(AtomicUsize::new(0));
            for _ in 0..askers {
                let (next, messages) = (next.clone(), messages.clone());
                let (queue, accepted) = (queue.clone(), accepted.clone());
                tokio::spawn(async move {
                    while let Some(one) = messages.get(next.fetch_add(1, Ordering::Relaxed)) {
                        accept(queue.clone(), one.clone(), accepted.clone()).await;
                    }
                });
            }
        }
    }
}

//! Who asks: at a steady rate whatever happens (open loop), or as fast as they are answered (closed loop).

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
    /// So many a second, for so long. A queue that builds up shows as latency.
    Steady { rate: u32, lasts: Duration },
    /// So many in all; each asker sends the next when the last was accepted.
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
    /// How many intents that makes.
    pub fn runs(self) -> usize {
        match self {
            Self::Steady { rate, lasts } => rate as usize * lasts.as_secs() as usize,
            Self::Flood { runs, .. } => runs,
        }
    }
}

/// What came of it.
pub struct Measured {
    /// From accepted to started, each run.
    pub latencies: Samples,
    /// From the first intent to the last start (or end, where there are ends).
    pub took: Duration,
    /// Transactions in that time.
    pub commits: u64,
    /// Writes that shared them.
    pub writes: u64,
}

/// Every intent's command, made before the clock starts.
pub fn messages(catalogue: &Frozen, count: usize) -> Vec<(RunId, Message)> {
    let intent = samples::intent(catalogue);
    // Keys differ between turns as well, as they would between real requests.
    let since = clock::now().0;
    let one = |i| {
        let run = RunId::derive("slack", samples::WORKSPACE, &format!("{since}:{i}"));
        let command = RunCommand::Submit { intent: intent.clone(), told: false };
        (run.clone(), samples::vouching().message(&Envelope::new(run, "", command)).unwrap())
    };
    (0..count).map(one).collect()
}

/// Sends them all; tells when each was accepted.
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
                // By the clock and not by the last one: a stall is made up for, as people would.
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

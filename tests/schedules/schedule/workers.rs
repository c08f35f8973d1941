//! The workers of a world: each carries out one command, until it ends, is killed, or is paused and goes on later.

use super::world::now_or_never;
use super::{Halt, Stop};
use signalbox_domain::Timestamp;
use signalbox_engine::ports::{PortError, Queue};
use signalbox_testkit::{Gate, MemoryQueue, poll_once};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// What a worker does with one command.
pub(super) type Work = Pin<Box<dyn Future<Output = Result<(), PortError>> + Send>>;

/// A worker that stands still, and when it goes on.
struct Paused {
    work: Work,
    gate: Arc<Gate>,
    receipt: Option<String>,
    until: Timestamp,
}

/// Which workers of a schedule are stopped, and where.
#[derive(Clone, Copy)]
pub(super) struct Stops {
    /// The first worker.
    pub first: Option<Stop>,
    /// The step at which the second worker that comes so far is killed, once; never, if it is 0.
    pub second_killed_at: u8,
}

/// What stops one worker: a gate before and after every effect, and for how long it stays closed.
pub(super) struct Next {
    pub gate: Arc<Gate>,
    halt: Option<Halt>,
}

/// How a worker came to rest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    Ended,
    Paused,
    Killed,
}

/// All workers of one world.
pub(super) struct Workers {
    stops: Stops,
    intents: MemoryQueue,
    paused: Vec<Paused>,
    began: u32,
    second_killed: bool,
}

impl Workers {
    pub(super) fn new(stops: Stops, intents: MemoryQueue) -> Self {
        Self { stops, intents, paused: vec![], began: 0, second_killed: false }
    }

    /// What stops the next worker.
    pub(super) fn next(&self) -> Next {
        let Stops { first, second_killed_at } = self.stops;
        let is_first = self.began == 0;
        let (gate, halt) = match first {
            Some(stop) if is_first => (Gate::closing_at(stop.step.into()), Some(stop.how)),
            Some(_) | None if !is_first && !self.second_killed && second_killed_at > 0 => {
                (Gate::closing_at(second_killed_at.into()), Some(Halt::Killed))
            }
            Some(_) | None => (Gate::default(), None),
        };
        Next { gate: Arc::new(gate), halt }
    }

    /// The next worker begins with a command, and goes on until it comes to rest.
    pub(super) fn begin(
        &mut self,
        now: Timestamp,
        Next { gate, halt }: Next,
        receipt: Option<String>,
        mut work: Work,
    ) -> Rest {
        self.began += 1;
        if let Some(result) = poll_once(&mut work) {
            self.finish(result, receipt.as_deref());
            return Rest::Ended;
        }
        let pause = match halt {
            Some(Halt::Killed) | None => {
                self.second_killed |= self.began > 1;
                return Rest::Killed;
            }
            Some(Halt::Briefly) => Duration::from_secs(2),
            Some(Halt::BeyondLease) => Duration::from_secs(300),
        };
        self.paused.push(Paused { work, gate, receipt, until: now.plus(pause) });
        Rest::Paused
    }

    /// Lets those go on whose time has come.
    pub(super) fn resume(&mut self, now: Timestamp) {
        let (ready, rest): (Vec<_>, Vec<_>) = self.paused.drain(..).partition(|p| p.until <= now);
        self.paused = rest;
        for mut paused in ready {
            paused.gate.open();
            if let Some(result) = poll_once(&mut paused.work) {
                self.finish(result, paused.receipt.as_deref());
            }
        }
    }

    /// When each paused worker goes on.
    pub(super) fn resuming(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.paused.iter().map(|p| p.until)
    }

    /// A command that was carried out is taken off the queue.
    pub(super) fn finish(&self, result: Result<(), PortError>, receipt: Option<&str>) {
        if let (Ok(()), Some(receipt)) = (result, receipt) {
            now_or_never(self.intents.ack(receipt)).unwrap();
        }
    }
}

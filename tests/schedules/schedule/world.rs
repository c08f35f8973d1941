//! One world: carries out one schedule to its end and judges it.

use super::Schedule;
use super::backend::{Fate, Proof, Simulated, System, TIMING};
use super::remote::{self, Remote};
use super::sabotage::{Sabotage, Sabotaged};
use super::workers::{Stops, Workers};
use signalbox_domain::observation::Conclusion;
use signalbox_domain::run::{State, Timing};
use signalbox_domain::{Frozen, RunCommand, RunHead, RunId, Timestamp};
use signalbox_engine::ports::{Backend, Clock, Delivery, PortError, Queue};
use signalbox_engine::wire::command::{Command, Envelope};
use signalbox_engine::{Backends, Caretaker, Dispatcher, wire};
use signalbox_testkit::{Gate, MemoryQueue, MemoryStore, VirtualClock, poll_once, samples};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

/// The result of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The end is true. The run was carried out at most once, and exactly once if its end says so.
    Good,
    /// Carried out more than once.
    Doubled,
    /// The run has no end that says what happened.
    Lost(String),
    /// No order was made to show the end, or the end is not true.
    Silent(String),
}

pub(super) const START: Timestamp = Timestamp(1_795_219_200_000);
pub(super) const VISIBILITY: Duration = Duration::from_secs(60);
/// Everything must have ended within this time.
const LIMIT: Duration = Duration::from_secs(4 * 3600);

/// What is asked for, and with which catalogue.
struct Asked {
    catalogue: Arc<Frozen>,
    run: RunId,
    submit: Envelope,
}

impl Asked {
    fn under(catalogue: Frozen) -> Self {
        let run = RunId::derive("schedule", samples::WORKSPACE, "1");
        let command = RunCommand::Submit { intent: samples::intent(&catalogue), told: false };
        Self { catalogue: Arc::new(catalogue), run: run.clone(), submit: Envelope::new(run, "1", command) }
    }

    fn of(proof: Proof) -> &'static Self {
        static SIMULATED: LazyLock<Asked> = LazyLock::new(|| Asked::under(samples::catalogue()));
        static GITHUB: LazyLock<Asked> =
            LazyLock::new(|| Asked::under(samples::catalogue_for(remote::github_target())));
        static JENKINS: LazyLock<Asked> =
            LazyLock::new(|| Asked::under(samples::catalogue_for(remote::jenkins_target())));
        match proof {
            Proof::Claim | Proof::AfterLag | Proof::Never => &SIMULATED,
            Proof::GitHub => &GITHUB,
            Proof::Jenkins | Proof::ForgetfulJenkins(_) => &JENKINS,
        }
    }
}

struct World<'s> {
    schedule: &'s Schedule,
    sabotage: Sabotage,
    clock: Arc<VirtualClock>,
    store: MemoryStore,
    intents: MemoryQueue,
    outbox: MemoryQueue,
    system: Arc<Mutex<System>>,
    /// Used instead of `system` for a real backend.
    remote: Option<Remote>,
    asked: &'static Asked,
    caretaker: Caretaker,
    workers: Workers,
}

/// Carries out a schedule and judges it.
#[must_use]
pub fn run(schedule: &Schedule, sabotage: Sabotage) -> Verdict {
    let clock = Arc::new(VirtualClock::at(START));
    let store = MemoryStore::default();
    let intents = MemoryQueue::new(clock.clone(), VISIBILITY);
    let outbox = MemoryQueue::new(clock.clone(), VISIBILITY);
    let caretaker = Caretaker {
        agenda: Arc::new(store.clone()),
        seals: Arc::new(store.clone()),
        intents: Arc::new(intents.clone()),
        outbox: Arc::new(outbox.clone()),
        clock: clock.clone(),
    };
    let Schedule { first, second_killed_at, .. } = *schedule;
    let workers = Workers::new(Stops { first, second_killed_at }, intents.clone());
    let system = Arc::default();
    let remote = match schedule.proof {
        Proof::GitHub => Some(Remote::github(&clock)),
        Proof::Jenkins => Some(Remote::jenkins(&clock, None)),
        Proof::ForgetfulJenkins(how) => Some(Remote::jenkins(&clock, Some(how))),
        Proof::Claim | Proof::AfterLag | Proof::Never => None,
    };
    let mut world = World {
        schedule,
        sabotage,
        clock,
        store,
        intents,
        outbox,
        system,
        remote,
        asked: Asked::of(schedule.proof),
        caretaker,
        workers,
    };
    world.live();
    world.judge()
}

impl World<'_> {
    fn live(&mut self) {
        let Asked { run, submit, .. } = self.asked;
        self.send(submit);
        if self.schedule.duplicate {
            // SQS FIFO does not deliver a message twice at the same time by itself. But it happens when a function is
            // paused for longer than the visibility timeout.
            self.work(submit.clone(), None);
        }
        let end = START.plus(LIMIT);
        let mut cancel = self.schedule.cancel_after_ms.map(|ms| START.plus(Duration::from_millis(ms.into())));
        let mut early = self.schedule.early_wake;
        loop {
            let now = self.clock.now();
            self.settle();
            self.workers.resume(now);
            self.receive();
            let due_at = self.store.tables.lock().unwrap().heads.get(run).and_then(|h| h.due_at);
            if let Some(due_at) = due_at.filter(|_| early) {
                early = false;
                let wake = Envelope::new(run.clone(), "", Command::Wake { due_at });
                self.work(wake, None);
            }
            if let Some(at) = cancel.filter(|at| *at <= now) {
                cancel = None;
                let by = samples::person("UADA");
                let place = samples::channel("CRELEASES");
                self.send(&Envelope::new(run.clone(), &at.0.to_string(), RunCommand::Cancel { by, place }));
                continue;
            }
            now_or_never(self.caretaker.wake()).unwrap();
            if self.receive() {
                continue;
            }
            match self.next_moment(now, cancel) {
                Some(next) if next <= end => self.clock.advance_to(next),
                Some(_) | None => return,
            }
        }
    }

    /// The next time at which something happens by itself.
    fn next_moment(&self, now: Timestamp, cancel: Option<Timestamp>) -> Option<Timestamp> {
        let tables = self.store.tables.lock().unwrap();
        let due = tables.heads.values().filter_map(|h| h.due_at);
        // If a due time has passed, its wake was queued. The wake is in the queue, or was dropped as a repetition; the
        // caretaker comes again in a minute.
        let due = due.map(|at| if at > now { at } else { now.plus(Duration::from_secs(60)) });
        let queued = self.intents.waiting.lock().unwrap().next_ready();
        let arriving = match &self.remote {
            Some(remote) => remote.arriving(),
            None => self.system.lock().unwrap().on_the_way.iter().map(|(_, at)| *at).collect(),
        };
        due.chain(queued)
            .chain(self.workers.resuming())
            .chain(arriving)
            .chain(cancel)
            .filter(|at| *at > now)
            .min()
    }

    /// What is on its way to a simulated remote system arrives.
    fn settle(&self) {
        if let Some(remote) = &self.remote {
            let mut settling: Pin<Box<dyn Future<Output = ()> + Send + '_>> = Box::pin(remote.settle());
            poll_once(&mut settling);
        }
    }

    fn send(&self, envelope: &Envelope) {
        let message = envelope.to_message().unwrap();
        now_or_never(self.intents.send(message)).unwrap();
    }

    /// Takes everything that is ready. Returns whether there was anything.
    fn receive(&mut self) -> bool {
        let mut any = false;
        while let Some(delivery) = now_or_never(self.intents.receive(1)).and_then(|mut d| d.pop()) {
            any = true;
            self.take(&delivery);
        }
        any
    }

    fn take(&mut self, delivery: &Delivery) {
        let envelope = Envelope::from_bytes(&delivery.message.body).unwrap();
        self.work(envelope, Some(delivery.receipt.clone()));
    }

    /// A new worker begins to handle a command.
    fn work(&mut self, envelope: Envelope, receipt: Option<String>) {
        let next = self.workers.next();
        let dispatcher = self.dispatcher(&next.gate);
        let work = Box::pin(async move { dispatcher.carry_out(&envelope).await });
        self.workers.begin(self.clock.now(), next, receipt, work);
    }

    fn dispatcher(&self, gate: &Arc<Gate>) -> Dispatcher {
        let s = self.schedule;
        let timing = Timing {
            search_lag: if self.sabotage == Sabotage::Wait || s.proof == Proof::Claim {
                Duration::ZERO
            } else {
                TIMING.search_lag
            },
            ..TIMING
        };
        // Without the fence, a worker still believes that it is the moment at which it began.
        let clock: Arc<dyn Clock> = match self.sabotage {
            Sabotage::Fence => Arc::new(VirtualClock::at(self.clock.now())),
            Sabotage::None
            | Sabotage::Lease
            | Sabotage::Record
            | Sabotage::Wait
            | Sabotage::Search
            | Sabotage::Numbers
            | Sabotage::Settled
            | Sabotage::Due
            | Sabotage::Known => self.clock.clone(),
        };
        let backend: Arc<dyn Backend> = match &self.remote {
            Some(remote) => remote.backend(s.fate, gate, self.sabotage),
            None => Arc::new(Simulated {
                system: self.system.clone(),
                proof: s.proof,
                fate: s.fate,
                timing,
                gate: gate.clone(),
                clock: clock.clone(),
                blind: self.sabotage == Sabotage::Search,
            }),
        };
        let inner = MemoryStore { tables: self.store.tables.clone(), gate: gate.clone() };
        Dispatcher {
            store: Arc::new(Sabotaged { inner, sabotage: self.sabotage, own: Mutex::default() }),
            intents: Arc::new(self.intents.clone()),
            outbox: Arc::new(MemoryQueue { gate: gate.clone(), ..self.outbox.clone() }),
            catalogue: self.asked.catalogue.clone(),
            backends: Backends::from_iter([backend]),
            lookups: signalbox_engine::Lookups::default(),
            silencer: None,
            admitting: samples::admitting(Arc::new(self.outbox.clone())),
            clock,
        }
    }

    fn judge(&self) -> Verdict {
        let run = &self.asked.run;
        let executions = match &self.remote {
            Some(remote) => remote.executions(),
            None => self.system.lock().unwrap().executions.len(),
        };
        if executions > 1 {
            return Verdict::Doubled;
        }
        let tables = self.store.tables.lock().unwrap();
        let Some(row) = tables.heads.get(run) else { return Verdict::Lost("no head".into()) };
        let head = wire::head::decode(&row.body).unwrap();
        if !self.intents.waiting.lock().unwrap().is_empty() {
            return Verdict::Lost("a command is still queued".into());
        }
        if !head.is_settled() {
            return Verdict::Lost(format!("still {}", head.word()));
        }
        // The last order names the head's version. If it does not, the caretaker's index of cards must lead to another
        // order.
        let ordered = self.outbox.waiting.lock().unwrap().was_sent(&format!("show:{run}:{}", head.version));
        if !ordered && row.card_due_at.is_none() {
            return Verdict::Silent("its end was never ordered".into());
        }
        self.truth(&head, executions)
    }

    /// Checks that what the end says is what happened.
    fn truth(&self, head: &RunHead, executions: usize) -> Verdict {
        let s = self.schedule;
        let wrong = |what: &str| Verdict::Silent(format!("{what} after {executions} executions"));
        match &head.state {
            State::Finished(outcome) => match (outcome.conclusion, executions) {
                (Conclusion::Succeeded, 1) => Verdict::Good,
                (Conclusion::Cancelled, _) if s.cancel_after_ms.is_some() => Verdict::Good,
                (Conclusion::Failed, 0) if s.fate == Fate::Refused => Verdict::Good,
                (Conclusion::Failed, 0) => Verdict::Lost("given up".into()),
                (conclusion, _) => wrong(&format!("{conclusion:?}")),
            },
            // This answer is honest. It is allowed only where nothing can be proven.
            State::Unknown { .. } if !s.proof.proves() => Verdict::Good,
            State::Unknown { .. } => Verdict::Lost("unknown, though it could be known".into()),
            State::Refused { .. }
            | State::SetAside { .. }
            | State::Checking { .. }
            | State::Dispatching { .. }
            | State::Running
            | State::Verifying { .. } => wrong(head.word()),
        }
    }
}

/// Ports in memory that have no gate answer at once.
pub(super) fn now_or_never<'f, T>(
    future: impl Future<Output = Result<T, PortError>> + Send + 'f,
) -> Option<T> {
    let mut boxed: Pin<Box<dyn Future<Output = Result<T, PortError>> + Send + 'f>> = Box::pin(future);
    poll_once(&mut boxed).and_then(Result::ok)
}

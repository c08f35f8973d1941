//! One world with two records: a run that has ended, and an alert that is found after it and has to tell it so. Carries
//! out a schedule with the real dispatcher and caretaker, and judges the result.

use super::Sends;
use super::sabotage::{Sabotage, Sabotaged};
use super::workers::{Rest, Stops, Workers};
use super::world::{START, VISIBILITY, Verdict, now_or_never};
use async_trait::async_trait;
use signalbox_domain::alert::{AlertCommand, AlertEvent, Class, Deployed, Finding, Tally};
use signalbox_domain::catalogue::TargetKind;
use signalbox_domain::observation::{Conclusion, Observation, Outcome, Progress};
use signalbox_domain::run::{Absence, CancelAnswer, DispatchAnswer, SearchAnswer, State, Timing};
use signalbox_domain::{AlertId, Catalogue, Event, Frozen, RecordId, RunCommand, RunEvent, RunId, Timestamp};
use signalbox_engine::ports::{Attempt, Backend, Clock, Delivery, NotSeen, Queue};
use signalbox_engine::wire::command::{Command, Envelope};
use signalbox_engine::{Backends, Caretaker, Dispatcher, wire};
use signalbox_testkit::{Gate, MemoryQueue, MemoryStore, VirtualClock, samples};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

/// A command that failed this often is kept as a dead letter.
const MOST_RECEIVES: u32 = 5;
/// Everything must have ended within this time.
const LIMIT: Duration = Duration::from_secs(2 * 3600);

/// A backend whose runs are over as soon as they have begun.
struct AtOnce;

#[async_trait]
impl Backend for AtOnce {
    fn kind(&self) -> TargetKind {
        TargetKind::Command
    }
    fn timing(&self) -> Timing {
        Timing::NOWHERE
    }
    async fn dispatch(&self, _: &Attempt, _: Timestamp) -> DispatchAnswer {
        DispatchAnswer::Sent { reference: Some("1".into()), link: None }
    }
    async fn search(&self, _: &Attempt) -> SearchAnswer {
        SearchAnswer::NotFound(Absence::NotProven)
    }
    async fn observe(&self, _: &Attempt) -> Result<Observation, NotSeen> {
        let outcome =
            Outcome { conclusion: Conclusion::Succeeded, summary: String::new(), excerpt: String::new() };
        Ok(Observation::of(Progress::Ended(outcome)))
    }
    async fn cancel(&self, _: &Attempt) -> CancelAnswer {
        CancelAnswer::Taken
    }
}

/// The finding of a window, 42 s after a run had ended.
#[must_use]
pub fn finding(run: &RunId, ended_at: Timestamp) -> Finding {
    let first = ended_at.plus(Duration::from_secs(42));
    let tally = Tally { from: ended_at, to: first, count: 3, usual: 0, first_seen: first, last_seen: first };
    let run = Deployed {
        run: run.clone(),
        what: "release".into(),
        at: ended_at,
        first_line: Some(first),
        ended: None,
    };
    Finding {
        watch: samples::watch().name,
        pattern: "p".into(),
        class: Class::New,
        title: "t".into(),
        sample: "s".into(),
        seen_in: vec![],
        tally,
        lines: 3,
        after: vec![run],
        links: vec![],
        held: false,
        matchers: vec![],
        silenced: None,
    }
}

static CATALOGUE: LazyLock<Arc<Frozen>> = LazyLock::new(|| {
    let watch = samples::watch();
    let mut catalogue: Catalogue = samples::draft();
    catalogue.watches.insert(watch.name.clone(), watch);
    Arc::new(catalogue.freeze())
});

/// A catalogue with the watch that makes this finding.
#[must_use]
pub fn catalogue_with_a_watch() -> Arc<Frozen> {
    CATALOGUE.clone()
}

/// One world with a run that has ended, and an alert that is found after it.
struct World<'s> {
    schedule: &'s Sends,
    sabotage: Sabotage,
    clock: Arc<VirtualClock>,
    store: MemoryStore,
    intents: MemoryQueue,
    outbox: MemoryQueue,
    caretaker: Caretaker,
    run: RunId,
    alert: AlertId,
    found: Envelope,
    workers: Workers,
    /// Commands that were kept as dead letters, by their ids.
    dead: Vec<String>,
}

/// Carries out a schedule and judges it.
#[must_use]
pub fn run_sends(schedule: &Sends, sabotage: Sabotage) -> Verdict {
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
    let Sends { first, second_killed_at, .. } = *schedule;
    let workers = Workers::new(Stops { first, second_killed_at }, intents.clone());
    let run = RunId::derive("schedule", samples::WORKSPACE, "1");
    let finding = finding(&run, START);
    let alert = finding.alert(&samples::watch().place);
    let found = Envelope::new(alert.clone(), "window", AlertCommand::Found(Box::new(finding)));
    let mut world = World {
        schedule,
        sabotage,
        clock,
        store,
        intents,
        outbox,
        caretaker,
        run,
        alert,
        found,
        workers,
        dead: vec![],
    };
    world.has_run();
    world.live();
    world.judge()
}

impl World<'_> {
    /// A run begins and ends without any trouble.
    fn has_run(&mut self) {
        let dispatcher = self.dispatcher(&Arc::default(), Sabotage::None);
        let submit = RunCommand::Submit { intent: samples::intent(&CATALOGUE), told: false };
        for command in [submit, RunCommand::Observe] {
            let envelope = Envelope::new(self.run.clone(), "1", command);
            now_or_never(dispatcher.carry_out(&envelope)).unwrap();
        }
        if self.schedule.unreadable {
            let mut tables = self.store.tables.lock().unwrap();
            tables.heads.get_mut(&*self.run).unwrap().body = b"{\"v\":9}".to_vec();
        }
    }

    fn live(&mut self) {
        now_or_never(self.intents.send(self.found.to_message().unwrap())).unwrap();
        if self.schedule.duplicate {
            self.work(self.found.clone(), None);
        }
        let (end, mut early) = (START.plus(LIMIT), self.schedule.early_wake);
        loop {
            let now = self.clock.now();
            self.workers.resume(now);
            self.receive();
            let due_at = self.store.tables.lock().unwrap().heads.get(&*self.alert).and_then(|h| h.due_at);
            if let Some(due_at) = due_at.filter(|_| early) {
                early = false;
                self.work(Envelope::new(self.alert.clone(), "", Command::Wake { due_at }), None);
            }
            now_or_never(self.caretaker.wake()).unwrap();
            if self.receive() {
                continue;
            }
            match self.next_moment(now) {
                Some(next) if next <= end => self.clock.advance_to(next),
                Some(_) | None => return,
            }
        }
    }

    fn next_moment(&self, now: Timestamp) -> Option<Timestamp> {
        let tables = self.store.tables.lock().unwrap();
        let due = tables.heads.values().filter_map(|h| h.due_at);
        let due = due.map(|at| if at > now { at } else { now.plus(Duration::from_secs(60)) });
        let queued = self.intents.waiting.lock().unwrap().next_ready();
        due.chain(queued).chain(self.workers.resuming()).filter(|at| *at > now).min()
    }

    fn receive(&mut self) -> bool {
        let mut any = false;
        while let Some(delivery) = now_or_never(self.intents.receive(1)).and_then(|mut d| d.pop()) {
            any = true;
            self.take(&delivery);
        }
        any
    }

    fn take(&mut self, delivery: &Delivery) {
        if delivery.receives > MOST_RECEIVES {
            self.dead.push(delivery.message.id.clone());
            now_or_never(self.intents.ack(&delivery.receipt)).unwrap();
            return;
        }
        let envelope = Envelope::from_bytes(&delivery.message.body).unwrap();
        self.work(envelope, Some(&delivery.receipt));
    }

    fn work(&mut self, envelope: Envelope, receipt: Option<&str>) {
        let (next, finds) = (self.workers.next(), envelope.id == self.found.id);
        let dispatcher = self.dispatcher(&next.gate, self.sabotage);
        let work = Box::pin(async move { dispatcher.carry_out(&envelope).await });
        let rest = self.workers.begin(self.clock.now(), next, receipt.map(str::to_owned), work);
        if rest == Rest::Killed && self.schedule.lost && finds {
            self.workers.finish(Ok(()), receipt);
        }
    }

    fn dispatcher(&self, gate: &Arc<Gate>, sabotage: Sabotage) -> Dispatcher {
        let inner = MemoryStore { tables: self.store.tables.clone(), gate: gate.clone() };
        let backend: Arc<dyn Backend> = Arc::new(AtOnce);
        let queue = |queue: &MemoryQueue| Arc::new(MemoryQueue { gate: gate.clone(), ..queue.clone() });
        Dispatcher {
            store: Arc::new(Sabotaged { inner, sabotage, own: Mutex::default() }),
            intents: queue(&self.intents),
            outbox: queue(&self.outbox),
            catalogue: CATALOGUE.clone(),
            backends: Backends::from_iter([backend]),
            lookups: signalbox_engine::Lookups::default(),
            silencer: None,
            admitting: samples::admitting(Arc::new(self.outbox.clone())),
            clock: self.clock.clone(),
        }
    }

    /// How many events of this kind the record has.
    fn count(&self, record: &RecordId, is: impl Fn(&Event) -> bool) -> usize {
        let tables = self.store.tables.lock().unwrap();
        let rows = tables.events.get(record).into_iter().flatten();
        rows.filter(|row| is(&wire::event::decode(&row.bytes).unwrap().event)).count()
    }

    fn judge(&self) -> Verdict {
        let lost = |what: &str| Verdict::Lost(what.to_owned());
        if !self.intents.waiting.lock().unwrap().is_empty() {
            return lost("a command is still queued");
        }
        let heard = self.count(&self.run, |e| matches!(e, Event::Run(RunEvent::Followed { .. })));
        let sent = self.count(&self.alert, |e| matches!(e, Event::Alert(AlertEvent::Sent { .. })));
        if heard > 1 || sent > 1 {
            return Verdict::Doubled;
        }
        let tables = self.store.tables.lock().unwrap();
        let Some(alert) = tables.heads.get(&*self.alert) else {
            // The finding was never put on record, so nothing was lost between the two records.
            let excused = self.schedule.lost && heard == 0;
            return if excused { Verdict::Good } else { lost("no alert") };
        };
        if sent == 0 || alert.due_at.is_some() {
            return lost("it is owed to this day");
        }
        let run = &tables.heads[&*self.run];
        if self.schedule.unreadable {
            // The command became a dead letter, and the alert was not held up by it.
            let kept = self.dead.iter().any(|id| id.starts_with("followed:"));
            return if heard == 0 && kept { Verdict::Good } else { lost("no dead letter") };
        }
        let head = wire::head::decode(&run.body).unwrap();
        if heard == 0 || !self.dead.is_empty() {
            return lost("the run never heard of it");
        }
        let ordered =
            self.outbox.waiting.lock().unwrap().was_sent(&format!("show:{}:{}", self.run, head.version));
        if !ordered && run.card_due_at.is_none() {
            return Verdict::Silent("its thread was never ordered".into());
        }
        if matches!(head.state, State::Finished(_)) && run.due_at.is_none() {
            Verdict::Good
        } else {
            Verdict::Silent(format!("it changed the run: {}", head.word()))
        }
    }
}

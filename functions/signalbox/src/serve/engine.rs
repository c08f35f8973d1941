//! The engine's parts on this machine: store, queues, backends, intake.

use crate::catalogue::Loaded;
use crate::environment::Environment;
use crate::targets::{Driven, Targets};
use anyhow::Context;
use signalbox_backends::Systems;
use signalbox_domain::{Frozen, Timestamp};
use signalbox_doors::{TurnedAway, WebhookDoor, webhook_router};
use signalbox_engine::MOST_RECEIVES;
use signalbox_engine::ports::{Backend, Clock, Lookup};
use signalbox_engine::{Admitting, Batches, Caretaker, CommandKeys, DeadLetters, Dispatcher, Intake};
use signalbox_local_command::LocalCommand;
use signalbox_sqlite::{Database, SqliteQueue};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Longer than any handling takes. A message whose worker died is reclaimed at the next start, so this is a last
/// resort.
const VISIBILITY: Duration = Duration::from_secs(60);

/// Where commands wait; a command that was tried too often goes to `DEAD`.
const INTENTS: &str = "intents";
const DEAD: &str = "intents-dead";
const DEAD_ORDERS: &str = "outbox-dead";

/// A command that a version without keys queued has no time of its own in the database, and counts as sent at 0.
/// Everything that was queued later has a time.
const BEFORE_THERE_WERE_KEYS: Timestamp = Timestamp(1);

/// The intents queue of a data folder.
pub fn intents(database: &Database, clock: &Arc<dyn Clock>) -> SqliteQueue {
    database.queue(INTENTS, clock.clone(), VISIBILITY).with_dead_letters(DEAD, MOST_RECEIVES)
}

/// Everything but chat and HTTP.
#[derive(Clone)]
pub struct Parts {
    pub catalogue: Arc<Frozen>,
    pub database: Database,
    pub intents: SqliteQueue,
    pub outbox: SqliteQueue,
    pub local: Arc<LocalCommand>,
    pub targets: Arc<Targets>,
    command_keys: CommandKeys,
    pub clock: Arc<dyn Clock>,
}

impl Parts {
    pub fn new(
        database: &Database,
        data: &Path,
        loaded: Loaded,
        environment: &Environment,
        clock: Arc<dyn Clock>,
        driven: &Driven,
    ) -> anyhow::Result<Self> {
        let targets = Targets::new(environment, &loaded.catalogue, &clock, driven)?;
        let exe = std::env::current_exe().context("cannot find this program's own file")?;
        let mut given = BTreeMap::from([
            ("PATH".to_owned(), environment.path.clone()),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ]);
        given.extend(environment.home.clone().map(|home| ("HOME".to_owned(), home)));
        let local = LocalCommand {
            data: data.to_owned(),
            programs: loaded.programs,
            shim: vec![exe.to_string_lossy().into_owned(), "shim".to_owned()],
            environment: given,
            clock: clock.clone(),
            watched: Arc::default(),
        };
        Ok(Self {
            catalogue: Arc::new(loaded.catalogue.freeze()),
            database: database.clone(),
            intents: intents(database, &clock),
            outbox: database
                .queue("outbox", clock.clone(), VISIBILITY)
                .with_dead_letters(DEAD_ORDERS, MOST_RECEIVES),
            local: Arc::new(local),
            targets: Arc::new(targets),
            command_keys: super::key::command_keys(data, environment)?,
            clock,
        })
    }

    /// The same with another catalogue. Systems that are simulated learn what it names.
    pub fn with(&self, loaded: Loaded) -> Self {
        self.targets.practice.learn(&loaded.catalogue);
        let local = LocalCommand { programs: loaded.programs, ..(*self.local).clone() };
        Self { catalogue: Arc::new(loaded.catalogue.freeze()), local: Arc::new(local), ..self.clone() }
    }

    pub fn intake(&self) -> Intake {
        Intake {
            catalogue: self.catalogue.clone(),
            intents: Arc::new(self.intents.clone()),
            vouching: self.command_keys.clone().into(),
            views: Arc::new(self.database.clone()),
            clock: self.clock.clone(),
        }
    }

    pub fn dispatcher(&self) -> Dispatcher {
        let local: Arc<dyn Backend> = self.local.clone();
        let programs: Arc<dyn Lookup> = self.local.clone();
        let batches: Arc<dyn Backend> = Arc::new(Batches {
            views: Arc::new(self.database.clone()),
            intents: Arc::new(self.intents.clone()),
            clock: self.clock.clone(),
        });
        let systems = &self.targets.systems;
        Dispatcher {
            store: Arc::new(self.database.clone()),
            intents: Arc::new(self.intents.clone()),
            outbox: Arc::new(self.outbox.clone()),
            catalogue: self.catalogue.clone(),
            backends: systems.backends().chain([local, batches]).collect(),
            lookups: systems.lookups().chain(self.targets.practice.lookups()).chain([programs]).collect(),
            silencer: systems.silencer(),
            admitting: Admitting {
                keys: self.command_keys.clone(),
                unsigned_until: Some(BEFORE_THERE_WERE_KEYS),
                // One process sends everything, so there are no senders to tell apart.
                senders: BTreeSet::new(),
                dead: Arc::new(self.dead()),
            },
            clock: self.clock.clone(),
        }
    }

    /// Where webhooks come in; the simulated systems post theirs here as well.
    pub fn webhooks(&self) -> axum::Router {
        let systems = Systems::webhooks().into_iter().map(|webhook| {
            let secrets = self.targets.webhook_secrets.get(&webhook.kind()).cloned();
            (webhook, secrets.map(Into::into))
        });
        let router = webhook_router(WebhookDoor {
            systems: systems.collect(),
            alertmanager: self.targets.alertmanager_secrets.clone().map(Into::into),
            grafana: self.targets.grafana_secrets.clone().map(Into::into),
            catalogue: self.catalogue.clone(),
            intents: Arc::new(self.intents.clone()),
            views: Arc::new(self.database.clone()),
            clock: self.clock.clone(),
            turned_away: TurnedAway::default(),
        });
        self.targets.practice.attach(&router);
        router
    }

    pub fn dead_letters(&self) -> DeadLetters {
        DeadLetters {
            dead: Arc::new(self.dead()),
            letters: Arc::new(self.database.clone()),
            intents: Arc::new(self.intents.clone()),
            clock: self.clock.clone(),
        }
    }

    /// Commands that were tried too often, or were refused.
    fn dead(&self) -> SqliteQueue {
        self.database.queue(DEAD, self.clock.clone(), VISIBILITY)
    }

    /// Orders that could not be carried out, or over which the process died each time.
    pub fn dead_orders(&self) -> SqliteQueue {
        self.database.queue(DEAD_ORDERS, self.clock.clone(), VISIBILITY)
    }

    pub fn caretaker(&self) -> Caretaker {
        Caretaker {
            agenda: Arc::new(self.database.clone()),
            seals: Arc::new(self.database.clone()),
            intents: Arc::new(self.intents.clone()),
            outbox: Arc::new(self.outbox.clone()),
            clock: self.clock.clone(),
        }
    }
}

//! The world of a story. Everything is real except the backend and Slack: the door, the intake, SQLite's queues and
//! store, the dispatcher, the notifier, the caretaker and the Slack client. Slack is simulated, and time stands still
//! until a story moves it.

mod record;

use super::people::slack;
use super::scripted::{Script, Scripted};
use signalbox_backends::Systems;
use signalbox_domain::Timestamp;
use signalbox_domain::budget::Allowance;
use signalbox_domain::observation::{Conclusion, Outcome};
use signalbox_domain::{Frozen, RecordId, RunCommand};
use signalbox_doors::{SlackDoor, TurnedAway, WebhookDoor, slack_router, webhook_router};
use signalbox_engine::ports::{Agenda, Backend, Clock, Delivery, Queue, Silencer, Views, WebhookSecrets};
use signalbox_engine::wire::command::Envelope;
use signalbox_engine::{
    Backends, Batches, Caretaker, DeadLetters, Dispatcher, GivenBack, Handled, Intake, MOST_RECEIVES,
    Notifier, Shown, audit, give_back, pause,
};
use signalbox_simulator::{Message, Slack};
use signalbox_slack::SlackClient;
use signalbox_sqlite::{Database, SqliteQueue};
use signalbox_testkit::{VirtualClock, samples};
use signalbox_transport::InMemory;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub const START: Timestamp = Timestamp(1_795_219_200_000);
pub const SECRET: &str = "a signing secret";
/// The secrets with which webhooks are signed. The older one is still valid.
pub const WEBHOOK_SECRETS: &str = "a webhook secret,an older webhook secret";
const VISIBILITY: Duration = Duration::from_secs(60);

/// The parts of a world that differ between stories.
pub struct Setup {
    pub catalogue: Frozen,
    pub clock: Arc<VirtualClock>,
    pub backends: Backends,
    /// Posts the webhooks that other systems have by now.
    pub deliver: Deliver,
}

pub type Deliver = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Puts a message that a newer version wrote back on its queue.
pub async fn given_back(queue: &dyn Queue, delivery: &Delivery) {
    match give_back(queue, delivery).await.unwrap() {
        GivenBack::After(pause) => queue.again(&delivery.receipt, pause).await.unwrap(),
        GivenBack::Elsewhere => queue.ack(&delivery.receipt).await.unwrap(),
    }
}

/// One story's world.
pub struct World {
    pub slack: Slack,
    /// Where webhooks go.
    pub webhooks: axum::Router,
    deliver: Deliver,
    folder: tempfile::TempDir,
    pub clock: Arc<VirtualClock>,
    pub database: Database,
    pub intents: SqliteQueue,
    pub outbox: SqliteQueue,
    pub catalogue: Arc<Frozen>,
    pub dispatcher: Dispatcher,
    pub notifier: Notifier,
    caretaker: Caretaker,
    pub dead: DeadLetters,
    script: Arc<Mutex<Script>>,
}

impl World {
    pub async fn new() -> Self {
        Self::scripted(samples::catalogue())
    }

    /// A world with another catalogue and the backend that does what the story tells it to.
    pub fn scripted(catalogue: Frozen) -> Self {
        let script: Arc<Mutex<Script>> = Arc::default();
        let backend: Arc<dyn Backend> = Arc::new(Scripted(script.clone()));
        let world = Self::over_parts(Setup {
            catalogue,
            clock: Arc::new(VirtualClock::at(START)),
            backends: Backends::from_iter([backend]),
            deliver: Arc::new(|| Box::pin(async {})),
        });
        Self { script, ..world }
    }

    /// Adds the parts that are always the same.
    pub fn over_parts(setup: Setup) -> Self {
        let Setup { catalogue, clock, backends, deliver } = setup;
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(folder.path()).unwrap();
        let intents = database.queue("intents", clock.clone(), VISIBILITY);
        let intents = intents.with_dead_letters("intents-dead", MOST_RECEIVES);
        let outbox = database.queue("outbox", clock.clone(), VISIBILITY);
        let catalogue = Arc::new(catalogue);
        let slack = slack(&clock);
        let transport = Arc::new(InMemory(slack.web_api()));
        let client = SlackClient::new(transport, "http://127.0.0.1/api", "xoxb-test").unwrap();
        let client = Arc::new(client.with_pictures(Some("http://127.0.0.1".into())).unwrap());
        slack.attach(slack_router(SlackDoor {
            secrets: format!("an older one,{SECRET}").parse::<signalbox_slack::Secrets>().unwrap().into(),
            intake: Intake {
                catalogue: catalogue.clone(),
                intents: Arc::new(intents.clone()),
                vouching: samples::vouching(),
                views: Arc::new(database.clone()),
                clock: clock.clone(),
            },
            client: client.clone(),
            turned_away: TurnedAway::default(),
        }));
        let store = Arc::new(database.clone());
        let set_aside = Arc::new(database.queue("intents-dead", clock.clone(), VISIBILITY));
        let backends = backends.with(Arc::new(Batches {
            views: store.clone(),
            intents: Arc::new(intents.clone()),
            clock: clock.clone(),
        }));
        let dispatcher = Dispatcher {
            store: store.clone(),
            intents: Arc::new(intents.clone()),
            outbox: Arc::new(outbox.clone()),
            catalogue: catalogue.clone(),
            backends,
            lookups: signalbox_engine::Lookups::default(),
            silencer: None,
            admitting: samples::admitting(set_aside.clone()),
            clock: clock.clone(),
        };
        let webhooks = webhook_router(WebhookDoor {
            systems: Systems::webhooks()
                .into_iter()
                .map(|w| (w, WEBHOOK_SECRETS.parse::<WebhookSecrets>().ok().map(Into::into)))
                .collect(),
            alertmanager: WEBHOOK_SECRETS.parse::<WebhookSecrets>().ok().map(Into::into),
            grafana: WEBHOOK_SECRETS.parse::<WebhookSecrets>().ok().map(Into::into),
            catalogue: dispatcher.catalogue.clone(),
            intents: Arc::new(intents.clone()),
            views: store.clone(),
            clock: clock.clone(),
            turned_away: TurnedAway::default(),
        });
        let caretaker = Caretaker {
            agenda: store.clone(),
            seals: store.clone(),
            intents: Arc::new(intents.clone()),
            outbox: Arc::new(outbox.clone()),
            clock: clock.clone(),
        };
        let dead = DeadLetters {
            dead: set_aside,
            letters: Arc::new(database.clone()),
            intents: Arc::new(intents.clone()),
            clock: clock.clone(),
        };
        let notifier = Notifier::new(store, client, clock.clone(), Allowance::SLACK);
        let script = Arc::default();
        Self {
            slack,
            webhooks,
            deliver,
            folder,
            clock,
            database,
            intents,
            outbox,
            catalogue,
            dispatcher,
            notifier,
            caretaker,
            dead,
            script,
        }
    }

    /// With an alert manager, where alerts are silenced too. A command that fails there is delivered again, as on a
    /// real queue.
    pub fn silencing(mut self, silencer: Arc<dyn Silencer>) -> Self {
        self.dispatcher.silencer = Some(silencer);
        self
    }

    /// With systems that answer questions.
    pub fn asking(mut self, lookups: signalbox_engine::Lookups) -> Self {
        self.dispatcher.lookups = lookups;
        self
    }

    /// Has what people needed of late asked for again before it is old.
    pub async fn keeps_warm(&self) -> usize {
        self.caretaker.keep_warm().await.unwrap()
    }

    /// A person types a line. Returns what only that person sees at once.
    pub async fn types(&self, user: &str, channel: &str, line: &str) -> String {
        let answer = self.slack.slash(user, channel, line).await;
        assert_eq!(answer.status, 200, "{line}: {}", answer.body);
        answer.ephemeral.map(|m| m.plain()).unwrap_or_default()
    }

    /// Ada asks for the release that most of the stories are about.
    pub async fn asks(&self) {
        self.types("UADA", "CRELEASES", "/release web 1.4.2").await;
        self.settles().await;
    }

    /// Checks that the first card in #releases contains all of these texts.
    #[track_caller]
    pub fn card_says(&self, parts: &[&str]) {
        self.card_in("CRELEASES", parts);
    }

    /// Checks that the first card in a channel contains all of these texts.
    #[track_caller]
    pub fn card_in(&self, channel: &str, parts: &[&str]) {
        let card = self.card(channel, 0);
        for part in parts {
            assert!(card.contains(part), "{part} is missing: {card}");
        }
    }

    /// Slack sends a command with this trigger. Returns the body of the answer.
    pub async fn slash_with_trigger(
        &self,
        user: &str,
        channel: &str,
        command: &str,
        text: &str,
        trigger: &str,
    ) -> String {
        let body = signalbox_slack::slash_body(samples::WORKSPACE, channel, user, command, text, trigger);
        let now = self.clock.now();
        let request = http::Request::post("/slack/commands")
            .header("x-slack-request-timestamp", now.seconds())
            .header("x-slack-signature", self.slack.sign(now.seconds(), body.as_bytes()))
            .body(body.into())
            .unwrap();
        let (status, body) = self.slack.deliver_raw(request).await;
        assert_eq!(status, 200);
        body
    }

    /// Queues an intent, as a door of another kind would do it.
    pub async fn submits(&self, intent: signalbox_domain::Intent) {
        let run = RecordId::derive("elsewhere", samples::WORKSPACE, "1");
        let submit = Envelope::new(run, "1", RunCommand::Submit { intent, told: false });
        self.intents.send(samples::vouching().message(&submit).unwrap()).await.unwrap();
    }

    pub async fn presses(&self, user: &str, channel: &str, nth: usize, action: &str) {
        let ts = self.messages(channel)[nth].ts.clone();
        let answer = self.slack.press(user, channel, &ts, action).await;
        assert_eq!(answer.status, 200, "{:?}", answer.problem);
    }

    /// Somebody who can write the queue puts a command on it.
    pub async fn puts(&self, envelope: &Envelope) {
        self.intents.send(envelope.to_message().unwrap()).await.unwrap();
    }

    /// Handles everything that is ready now.
    pub async fn settles(&self) {
        loop {
            let mut any = false;
            for delivery in self.intents.receive(10).await.unwrap() {
                any = true;
                match self.dispatcher.handle(&delivery).await {
                    Ok(Handled::Done) => self.intents.ack(&delivery.receipt).await.unwrap(),
                    Ok(Handled::Again(after)) => self.intents.again(&delivery.receipt, after).await.unwrap(),
                    Ok(Handled::Newer) => given_back(&self.intents, &delivery).await,
                    // A message that no dispatcher of this version can read, or one that an alert manager cannot take
                    // now.
                    Err(_)
                        if Envelope::from_bytes(&delivery.message.body).is_err()
                            || self.dispatcher.silencer.is_some() =>
                    {
                        self.intents.again(&delivery.receipt, pause(delivery.receives)).await.unwrap();
                    }
                    Err(error) => panic!("{error}"),
                }
            }
            for delivery in self.outbox.receive(10).await.unwrap() {
                any = true;
                match self.notifier.handle(&delivery).await.unwrap() {
                    Shown::Now => self.outbox.ack(&delivery.receipt).await.unwrap(),
                    Shown::Later(after) => self.outbox.again(&delivery.receipt, after).await.unwrap(),
                    Shown::Newer => given_back(&self.outbox, &delivery).await,
                }
            }
            if !any {
                return;
            }
        }
    }

    /// Seconds go by, one after the other, and everything that becomes due is done.
    pub async fn passes(&self, seconds: u64) {
        for _ in 0..seconds {
            self.pass(1).await;
        }
    }

    /// This many seconds pass at once, and everything that is due by then is done.
    pub async fn pass(&self, seconds: u64) {
        self.clock.advance_to(self.clock.now().plus(Duration::from_secs(seconds)));
        (self.deliver)().await;
        self.caretaker.wake().await.unwrap();
        self.caretaker.order_cards().await.unwrap();
        self.dead.drain().await.unwrap();
        self.settles().await;
    }

    pub fn begins_step(&self, title: &str) {
        self.script.lock().unwrap().steps.push(title.to_owned());
    }

    pub fn ends(&self, conclusion: Conclusion, summary: &str, excerpt: &str) {
        let outcome = Outcome { conclusion, summary: summary.into(), excerpt: excerpt.into() };
        self.script.lock().unwrap().outcome = Some(outcome);
    }

    /// How often something was sent to the backend.
    pub fn dispatched(&self) -> usize {
        self.script.lock().unwrap().dispatched.len()
    }

    pub fn asked_to_stop(&self) -> bool {
        self.script.lock().unwrap().asked_to_stop
    }

    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.slack.messages(channel)
    }

    pub fn card(&self, channel: &str, nth: usize) -> String {
        self.messages(channel)[nth].plain()
    }

    pub fn thread(&self, channel: &str, nth: usize) -> String {
        let ts = self.messages(channel)[nth].ts.clone();
        self.slack.thread(channel, &ts).iter().skip(1).map(Message::plain).collect::<Vec<_>>().join("\n")
    }

    pub fn private(&self, user: &str, channel: &str) -> String {
        self.slack.ephemerals(user, channel).iter().map(Message::plain).collect::<Vec<_>>().join("\n")
    }

    pub fn run_in(answer: &str) -> String {
        let named = answer.split("run `").nth(1).and_then(|rest| rest.split('`').next());
        named.unwrap_or_else(|| panic!("no run in {answer}")).to_owned()
    }

    /// Every body that was sent to Slack.
    pub fn everything_sent(&self) -> String {
        self.slack.calls().iter().map(|c| c.body.to_string()).collect::<Vec<_>>().join("\n")
    }

    /// Checks that this text is in no message to Slack and in no file of the data folder.
    pub fn never_stored_or_said(&self, canary: &str) {
        assert!(!self.everything_sent().contains(canary), "said: {canary}");
        for file in std::fs::read_dir(self.folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let found = bytes.windows(canary.len()).any(|w| w == canary.as_bytes());
            assert!(!found, "stored: {canary}");
        }
    }

    /// The story ends. Nothing is queued or due, the audit is whole, and there are this many runs on record and this
    /// many dispatches.
    pub async fn over(&self, runs: u64, dispatched: usize) {
        self.ends_with(runs).await;
        assert_eq!(self.script.lock().unwrap().dispatched.len(), dispatched, "sent to the backend");
    }

    /// The story ends. Nothing is queued or due, the audit is whole, and there are this many runs on record.
    pub async fn ends_with(&self, runs: u64) {
        self.passes(40).await;
        self.clock.advance_to(self.clock.now().plus(VISIBILITY));
        assert!(self.intents.receive(1).await.unwrap().is_empty(), "a command is left");
        assert!(self.outbox.receive(1).await.unwrap().is_empty(), "an order is left");
        let far = self.clock.now().plus(Duration::from_secs(86_400));
        for kind in [signalbox_engine::ports::DueKind::Record, signalbox_engine::ports::DueKind::Card] {
            assert_eq!(self.database.due(kind, far, 9).await.unwrap(), [], "{kind:?} is left");
        }
        let verified = audit::verify(&self.database, &BTreeMap::new(), |_| ()).await.unwrap().unwrap();
        assert_eq!(verified.runs, runs, "runs on record");
        assert_eq!(self.database.head_records(None, 999).await.unwrap().len() as u64, runs);
    }
}

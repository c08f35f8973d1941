//! Stories of commands that cannot be handled. People are told, and the commands are kept, tried again or dropped. They
//! never hold up other commands.

use super::world::World;
use crate::doors::vouched;
use signalbox_domain::budget::Served;
use signalbox_domain::observation::Conclusion;
use signalbox_domain::people::Actor;
use signalbox_domain::{Intent, RecordId, RunCommand};
use signalbox_engine::ports::{Clock, Letter, Letters, Message, PortError, Queue, Views};
use signalbox_engine::wire::command::Envelope;
use signalbox_engine::wire::order::{self, Lane};
use signalbox_engine::{DeadLetters, drop_letter, redrive};
use signalbox_testkit::samples;
use std::sync::Arc;

/// Some time after the last try to handle a command.
const TRIED_OUT: u64 = 500;

impl World {
    /// The same command, but of a version that never existed.
    async fn submits_what_nobody_can_read(&self, intent: Intent) {
        let run = RecordId::derive("elsewhere", samples::WORKSPACE, "1");
        self.queues_as(
            Envelope::new(run, "1", RunCommand::Submit { intent, told: false }),
            "\"v\":1",
            "\"v\":0",
        )
        .await;
    }

    /// Queues a command in which a text is replaced.
    async fn queues_as(&self, envelope: Envelope, what: &str, by: &str) {
        let message = vouched::replaced(samples::COMMAND_KEY, &envelope, what, by);
        self.intents.send(message).await.unwrap();
    }

    async fn letters(&self) -> Vec<Letter> {
        self.database.letters().await.unwrap()
    }

    /// Tries a letter again with a version that can handle it. For this the letter is changed and signed, as the door
    /// would do it.
    async fn redrives(&self, letter: &Letter, what: &str, by: &str) {
        let signed = String::from_utf8(letter.body.clone()).unwrap();
        let (_, signed) = signed.split_once("\"signed\":").unwrap();
        let signed = signed.strip_suffix('}').unwrap().replacen(what, by, 1);
        let body = vouched::with(samples::COMMAND_KEY, signed.as_bytes());
        let mended = Letter { body, ..letter.clone() };
        redrive(&mended, &self.intents, &self.database, self.clock.now()).await.unwrap();
        self.settles().await;
    }

    async fn drops(&self, letter: &Letter) {
        drop_letter(letter, &self.intents, &self.database, self.clock.now()).await.unwrap();
        self.settles().await;
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_handled_is_told_and_can_be_tried_again() {
    let w = World::new().await;
    w.submits_what_nobody_can_read(samples::intent(&samples::catalogue())).await;
    w.passes(60).await;
    assert!(w.messages("CRELEASES").is_empty(), "it is still being tried");
    w.passes(TRIED_OUT).await;
    let letters = w.letters().await;
    assert_eq!((letters.len(), letters[0].what.as_str()), (1, "submit"));
    w.card_says(&[
        "release · Set aside",
        "nothing was started",
        &letters[0].id,
        "signalbox dlq redrive",
        "@Ada",
    ]);
    assert_eq!(w.history().await, "SetAside");

    w.redrives(&letters[0], "\"v\":0", "\"v\":1").await;
    w.card_says(&["release · Running"]);
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(6).await;
    w.card_says(&["release · Succeeded"]);
    assert!(
        w.history().await.starts_with("SetAside Requested DispatchStarted Dispatched"),
        "{}",
        w.history().await
    );
    assert!(w.letters().await.is_empty());
    w.over(1, 1).await;
}

#[tokio::test]
async fn one_that_dies_again_is_kept_again_and_one_that_is_dropped_is_over() {
    let w = World::new().await;
    w.submits_what_nobody_can_read(samples::intent(&samples::catalogue())).await;
    w.passes(TRIED_OUT).await;
    w.redrives(&w.letters().await[0], "\"told\":false", "\"told\":true").await;
    w.passes(TRIED_OUT).await;
    let letters = w.letters().await;
    assert_eq!(letters.len(), 1);
    w.card_says(&["release · Set aside", &letters[0].id]);
    w.drops(&letters[0]).await;
    w.card_says(&["release · Cancelled", "an operator dropped it"]);
    assert_eq!(w.history().await, "SetAside SetAside Finished");
    assert!(w.letters().await.is_empty());
    w.over(1, 0).await;
}

#[tokio::test]
async fn a_wish_that_cannot_be_handled_is_told_in_the_thread_and_the_run_goes_on() {
    let w = World::new().await;
    w.asks().await;
    let run = w.only_run().await;
    let place = samples::channel("CRELEASES");
    let by: Actor = samples::person("UGRACE");
    let wish = Envelope::new(run.clone(), "x", RunCommand::Cancel { by, place });
    w.queues_as(wish, "\"cancel\"", "\"cancel_gently\"").await;
    // Other commands for this run wait for this one, but not for ever. Commands for other runs do not wait.
    w.passes(TRIED_OUT).await;
    let thread = w.thread("CRELEASES", 0);
    assert!(thread.contains("@Grace: a command (cancel_gently) could not be handled"), "{thread}");
    // A hint that nobody understands is kept once, and its thread is told once, however often the hint comes.
    for key in ["1", "2", "3"] {
        w.queues_as(Envelope::new(run.clone(), key, RunCommand::Observe), "\"observe\"", "\"peek\"").await;
        w.passes(TRIED_OUT).await;
    }
    let thread = w.thread("CRELEASES", 0);
    assert_eq!(thread.matches("(peek)").count(), 1, "{thread}");
    assert_eq!(w.letters().await.len(), 2);
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(40).await;
    w.card_says(&["release · Succeeded"]);
    w.over(1, 1).await;
}

/// Keeps every letter except one.
struct Stubborn(signalbox_sqlite::Database, String);

#[async_trait::async_trait]
impl Letters for Stubborn {
    async fn park(&self, letter: Letter) -> Result<bool, PortError> {
        if letter.record.as_ref().is_some_and(|run| run.to_string() == self.1) {
            return Err(PortError::Unavailable("no room for this one".into()));
        }
        self.0.park(letter).await
    }
    async fn letters(&self) -> Result<Vec<Letter>, PortError> {
        self.0.letters().await
    }
    async fn discard(&self, id: &str) -> Result<bool, PortError> {
        self.0.discard(id).await
    }
}

#[tokio::test]
async fn one_that_cannot_be_kept_does_not_stand_in_the_way_of_the_others() {
    let w = World::new().await;
    let intent = samples::intent(&samples::catalogue());
    let runs: Vec<RecordId> =
        ["1", "2", "3"].map(|key| RecordId::derive("dead", samples::WORKSPACE, key)).to_vec();
    let visibility = std::time::Duration::from_secs(60);
    let dead = Arc::new(w.database.queue("others-dead", w.clock.clone(), visibility));
    for run in &runs {
        let submit = RunCommand::Submit { intent: intent.clone(), told: false };
        dead.send(Envelope::new(run.clone(), "1", submit).to_message().unwrap()).await.unwrap();
    }
    let drain = |stubborn: String| DeadLetters {
        dead: dead.clone(),
        letters: Arc::new(Stubborn(w.database.clone(), stubborn)),
        intents: Arc::new(w.intents.clone()),
        clock: w.clock.clone(),
    };
    assert!(drain(runs[0].to_string()).drain().await.is_err(), "the invocation counts as failed");
    let kept: Vec<_> = w.letters().await.into_iter().filter_map(|letter| letter.record).collect();
    assert_eq!(kept.len(), 2, "{kept:?}");
    // The letter is still on its queue, and it is kept as soon as that is possible.
    w.clock.advance_to(w.clock.now().plus(visibility + visibility));
    assert_eq!(drain(String::new()).drain().await, Ok(1));
    assert_eq!(w.letters().await.len(), 3);
    w.settles().await;
}

/// Orders for cards that cannot be carried out are kept too. There is one letter for each record, and no thread is told
/// of it.
#[tokio::test]
async fn an_order_that_cannot_be_carried_out_is_kept_and_can_be_redriven() {
    let w = World::new().await;
    w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    w.settles().await;
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(6).await;
    let run = w.database.head_records(None, 9).await.unwrap().remove(0);
    let place = samples::channel("CRELEASES");
    let lane = Lane { place: &place, served: Served::People };
    let order = order::encode(&run, 1, lane).unwrap();
    let garbage = Message { id: "garbage".into(), body: b"\xff{".to_vec(), ..order.clone() };
    let queue = w.database.queue("outbox-dead", w.clock.clone(), std::time::Duration::from_secs(60));
    for message in [&order, &Message { id: "again".into(), ..order.clone() }, &garbage] {
        queue.send(message.clone()).await.unwrap();
    }
    while w.dead.drain_orders(&queue, &w.outbox).await.unwrap() > 0 {}
    let mut letters = w.letters().await;
    letters.sort_by_key(|letter| letter.record.is_none());
    let [card, unreadable] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!((card.what.as_str(), card.record.as_ref()), ("order", Some(&run)));
    assert_eq!((unreadable.what.as_str(), unreadable.record.as_ref()), ("order", None));
    // An order that cannot be read shows no card, and it is kept until it is dropped. Nothing about it is put on any
    // record.
    assert!(redrive(unreadable, &w.intents, &w.database, w.clock.now()).await.is_err());
    w.drops(unreadable).await;
    // The card was removed from the channel. When the order is redriven, the card is posted again.
    let history = w.history().await;
    w.slack.fault("chat.update", signalbox_simulator::Fault::Error("message_not_found"));
    redrive(card, &w.intents, &w.database, w.clock.now()).await.unwrap();
    w.passes(20).await;
    assert_eq!(w.messages("CRELEASES").len(), 2);
    assert_eq!((w.letters().await, w.history().await), (vec![], history));
    w.over(1, 1).await;
}

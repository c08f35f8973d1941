//! Stories of commands that cannot be handled: told, kept, tried again or dropped, and never in the way of others.

use super::world::World;
use signalbox_domain::observation::Conclusion;
use signalbox_domain::policy::Actor;
use signalbox_domain::{Intent, RunId};
use signalbox_engine::ports::{Clock, Letter, Letters, Queue};
use signalbox_engine::wire::command::{Command, Envelope};
use signalbox_engine::{drop_letter, redrive};
use signalbox_testkit::samples;

/// Some time after the last attempt to handle it.
const TRIED_OUT: u64 = 500;

impl World {
    /// The same command, but as a version that nobody here can read puts it.
    async fn submits_from_the_future(&self, intent: Intent) {
        let run = RunId::derive("elsewhere", samples::WORKSPACE, "1");
        self.queues_as(
            Envelope::new(run, "1", Command::Submit { intent, told: false }),
            "\"v\":1",
            "\"v\":9",
        )
        .await;
    }

    /// A command with something in it replaced.
    async fn queues_as(&self, envelope: Envelope, what: &str, by: &str) {
        let mut message = envelope.to_message().unwrap();
        message.body = String::from_utf8(message.body).unwrap().replacen(what, by, 1).into_bytes();
        self.intents.send(message).await.unwrap();
    }

    async fn letters(&self) -> Vec<Letter> {
        self.database.letters().await.unwrap()
    }

    /// An operator mended what was wrong with a letter, and has it tried again.
    async fn redrives(&self, letter: &Letter, what: &str, by: &str) {
        let body = String::from_utf8(letter.body.clone()).unwrap().replacen(what, by, 1).into_bytes();
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
    w.submits_from_the_future(samples::intent(&samples::catalogue())).await;
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

    w.redrives(&letters[0], "\"v\":9", "\"v\":1").await;
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
    w.submits_from_the_future(samples::intent(&samples::catalogue())).await;
    w.passes(TRIED_OUT).await;
    w.redrives(&w.letters().await[0], "\"v\":9", "\"v\":8").await;
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
    let wish = Envelope::new(run.clone(), "x", Command::Cancel { by, place });
    w.queues_as(wish, "\"cancel\"", "\"cancel_gently\"").await;
    // Whatever else there is for this run waits for it, but not for ever; other runs do not.
    w.passes(TRIED_OUT).await;
    let thread = w.thread("CRELEASES", 0);
    assert!(thread.contains("@Grace: a command (cancel_gently) could not be handled"), "{thread}");
    // A hint nobody understands is kept once, and told to its thread once, however often it comes.
    for key in ["1", "2", "3"] {
        w.queues_as(Envelope::new(run.clone(), key, Command::Observe), "\"observe\"", "\"peek\"").await;
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

//! Two versions use one store, during a canary or after a newer version was taken back. The older version leaves what
//! it does not know to the newer one, and goes on with everything else.

use super::world::{World, given_back};
use crate::doors::vouched;
use signalbox_domain::budget::Served;
use signalbox_domain::observation::Conclusion;
use signalbox_domain::{RecordId, RunCommand, Timestamp};
use signalbox_engine::audit::{GRACE, seal_days, verify};
use signalbox_engine::ports::{Clock, Delivery, EventRow, HeadRow, Journal, Letters, Message, Queue, Views};
use signalbox_engine::wire::command::{Command, Envelope};
use signalbox_engine::wire::event::LATEST;
use signalbox_engine::wire::order::{self, Lane};
use signalbox_engine::wire::{self, command};
use signalbox_engine::{GivenBack, Handled, MOST_RECEIVES, Shown, give_back};
use signalbox_testkit::{MemoryQueue, VirtualClock, samples};
use std::sync::Arc;
use std::time::Duration;

/// Longer than the time for which a message that cannot be read is tried.
const LONG: u64 = 1_500;

impl World {
    /// A newer version puts an event on a run's record that this version does not know, and a head that this version
    /// cannot read. Returns the head that was there before.
    async fn moves_on_by_a_newer_version(&self, run: &RecordId, head: &str) -> HeadRow {
        let known = self.database.head(run).await.unwrap().unwrap();
        let (seq, at) = (known.version + 1, self.clock.now());
        let (v, previous) = (LATEST + 1, known.chain);
        let bytes = format!(
            r#"{{"v":{v},"run":"{run}","seq":{seq},"at":{},"cause":"foretell:1","previous":"{previous}","event":{{"foretold":{{}}}}}}"#,
            at.0
        );
        let hash = wire::hash(bytes.as_bytes());
        let event = EventRow { record: run.clone(), seq, bytes: bytes.into(), hash, day: Some(at.day()) };
        let row = HeadRow {
            version: seq,
            chain: hash,
            due_at: Some(at),
            card_due_at: Some(at),
            body: head.into(),
            ..known.clone()
        };
        self.database.append(known.version, vec![event], row).await.unwrap();
        known
    }

    /// Puts back the head as the newer version would read it: the earlier head with the new version number.
    async fn is_understood(&self, known: HeadRow) {
        let found = self.database.head(&known.record).await.unwrap().unwrap();
        let text = String::from_utf8(known.body).unwrap();
        let body = text
            .replace(&format!("\"version\":{}", known.version), &format!("\"version\":{}", found.version));
        assert_ne!(text, body);
        let row = HeadRow { body: body.into(), ..found.clone() };
        self.database.replace_head(Some(found.chain), row).await.unwrap();
    }

    async fn finds(&self, run: &str) -> RecordId {
        let name: signalbox_domain::ids::RecordName = run.parse().unwrap();
        self.database.find(name.short).await.unwrap().remove(0).record
    }

    /// A newer version handles everything that the older one gave back.
    async fn the_newer_one_takes_over(&self) -> (usize, usize) {
        let (mut commands, mut orders) = (0, 0);
        for _ in 0..60 {
            self.clock.advance_to(self.clock.now().plus(Duration::from_secs(1)));
            for delivery in self.intents.receive(10).await.unwrap() {
                let newer = command::is_newer(&delivery.message.body);
                commands += usize::from(newer);
                let known = if newer { resigned(&delivery) } else { delivery.clone() };
                match self.dispatcher.handle(&known).await.unwrap() {
                    Handled::Done => self.intents.ack(&delivery.receipt).await.unwrap(),
                    Handled::Again(after) => self.intents.again(&delivery.receipt, after).await.unwrap(),
                    Handled::Newer => given_back(&self.intents, &delivery).await,
                }
            }
            for delivery in self.outbox.receive(10).await.unwrap() {
                let newer = order::is_newer(&delivery.message.body);
                orders += usize::from(newer);
                let text = String::from_utf8(delivery.message.body.clone()).unwrap();
                let body = text.replace("\"v\":2", "\"v\":1").into();
                let known = Delivery { message: Message { body, ..delivery.message.clone() }, ..delivery };
                match self.notifier.handle(&known).await.unwrap() {
                    Shown::Now => self.outbox.ack(&known.receipt).await.unwrap(),
                    Shown::Later(after) => self.outbox.again(&known.receipt, after).await.unwrap(),
                    Shown::Newer => given_back(&self.outbox, &known).await,
                }
            }
        }
        (commands, orders)
    }
}

/// The command as this version would have queued it, signed by the door.
fn resigned(delivery: &Delivery) -> Delivery {
    let text = String::from_utf8(delivery.message.body.clone()).unwrap();
    let (_, signed) = text.split_once("\"signed\":").unwrap();
    let signed = signed.strip_suffix('}').unwrap().replacen("\"v\":5", "\"v\":1", 1);
    let body = vouched::with(samples::COMMAND_KEY, signed.as_bytes());
    Delivery { message: Message { body, ..delivery.message.clone() }, ..delivery.clone() }
}

#[tokio::test]
async fn the_older_version_goes_on_with_everything_else_and_the_newer_one_where_it_was() {
    let w = World::new().await;
    let mut runs = vec![];
    for version in ["1.0.0", "2.0.0", "3.0.0"] {
        let answer = w.types("UADA", "CRELEASES", &format!("/release web {version}")).await;
        w.settles().await;
        runs.push(w.finds(&World::run_in(&answer)).await);
        w.passes(2).await;
    }
    let [foretold, unreadable, known] = runs.as_slice() else { panic!() };

    // During a canary, the newer version works on two runs, takes a request and orders a card. Then it is taken back.
    let first = w.moves_on_by_a_newer_version(foretold, r#"{"v":1,"head":{"foretold":true}}"#).await;
    let second = w.moves_on_by_a_newer_version(unreadable, r#"{"v":2,"head":{}}"#).await;
    let intent = samples::intent(&samples::catalogue());
    let asked = RecordId::derive("elsewhere", samples::WORKSPACE, "1");
    let submit = Envelope::new(asked.clone(), "1", RunCommand::Submit { intent, told: false });
    let newer = vouched::replaced(samples::COMMAND_KEY, &submit, "\"v\":1", "\"v\":5");
    w.intents.send(newer).await.unwrap();
    let place = samples::channel("CRELEASES");
    let lane = Lane { place: &place, served: Served::People };
    let order = order::encode(known, 99, lane).unwrap();
    let body = String::from_utf8(order.body.clone()).unwrap().replace("\"v\":1", "\"v\":2").into();
    w.outbox.send(Message { body, ..order }).await.unwrap();
    // This version queues a command for a run that only the newer one can read.
    let hint = Envelope::new(foretold.clone(), "1", RunCommand::Observe);
    w.intents.send(hint.to_message().unwrap()).await.unwrap();
    // One message was delivered too often before anybody looked at it, as it happens when a function dies each time.
    let wish = Envelope::new(asked.clone(), "2", Command::Show { by: samples::person("UADA") });
    let buried = vouched::replaced(samples::COMMAND_KEY, &wish, "\"v\":1", "\"v\":5");
    w.dead.dead.send(buried).await.unwrap();

    // The older version goes on with everything else: the runs it knows, new requests, cards and lists.
    w.passes(15).await;
    let before = w.slack.calls().len();
    let cards = |w: &World| {
        w.messages("CRELEASES").iter().map(signalbox_simulator::Message::plain).collect::<Vec<_>>()
    };
    assert_eq!(cards(&w).len(), 3);
    w.begins_step("Roll out");
    w.passes(10).await;
    assert!(w.card("CRELEASES", 2).contains("Roll out"), "the lane waits no longer than some seconds");
    assert!(!w.card("CRELEASES", 0).contains("Roll out"), "{}", w.card("CRELEASES", 0));
    let another = w.types("UADA", "CRELEASES", "/release web 4.0.0").await;
    w.settles().await;
    let another = w.finds(&World::run_in(&another)).await;
    w.passes(LONG).await;
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(10).await;
    for nth in [2, 3] {
        assert!(w.card("CRELEASES", nth).contains("Succeeded"), "{}", w.card("CRELEASES", nth));
    }
    let history = w.types("UADA", "CRELEASES", "/signalbox history").await;
    assert!(
        history.contains("3.0.0") && history.contains("4.0.0") && !history.contains("1.0.0"),
        "{history}"
    );
    assert_eq!(w.database.letters().await.unwrap(), [], "nothing is set aside");
    assert!(w.database.head(&asked).await.unwrap().is_none(), "and no record says so");
    assert!(w.slack.calls().len() < before + 60, "and Slack is not asked again and again");
    // Records that cannot be read are reported by name, and are sealed with the others.
    w.clock.advance_to(w.clock.now().day().end().plus(GRACE));
    assert_eq!(seal_days(&w.database, &*w.clock, Duration::from_secs(60)).await.unwrap().len(), 1);
    let mut named = vec![foretold.clone(), unreadable.clone()];
    named.sort();
    let copies = w.database.seals().await.unwrap().iter().map(|seal| (seal.day, seal.hash)).collect();
    let verified = verify(&w.database, &copies, |_| ()).await.unwrap().unwrap();
    assert_eq!((verified.runs, verified.newer), (4, named));

    // The newer version takes over. It goes on where it was, does nothing twice, and loses nothing.
    w.is_understood(first).await;
    w.is_understood(second).await;
    assert_eq!(w.the_newer_one_takes_over().await, (2, 1), "two commands and an order");
    w.passes(40).await;
    let all = cards(&w);
    assert_eq!(all.len(), 5, "a card for each, and none twice: {all:#?}");
    assert!(all.iter().all(|card| card.contains("Succeeded")), "{all:#?}");
    let history = w.types("UADA", "CRELEASES", "/signalbox history").await;
    for version in ["1.0.0", "2.0.0", "3.0.0", "4.0.0", "1.4.2"] {
        assert!(history.contains(version), "{version}: {history}");
    }
    assert!(w.database.head(&another).await.unwrap().is_some());
    w.over(5, 5).await;
}

/// An event that cannot be read may be the one that matters. So the older version starts nothing, and it does not say
/// that somebody forged the record.
#[tokio::test]
async fn what_a_newer_event_may_have_changed_is_started_by_nobody_who_cannot_read_it() {
    let w = World::new().await;
    w.asks().await;
    w.ends(Conclusion::Failed, "", "");
    w.passes(6).await;
    let run = w.only_run().await;
    let known = w.moves_on_by_a_newer_version(&run, "{}").await;
    w.is_understood(known).await;
    w.presses("UADA", "CRELEASES", 0, "retry").await;
    w.passes(LONG).await;
    w.card_says(&["release · Failed"]);
    assert_eq!((w.dispatched(), w.database.letters().await.unwrap()), (1, vec![]));
}

/// For a whole day nobody takes the message. It is never received so often that a queue would make it a dead letter,
/// its pauses get longer, and later messages of its group wait for some seconds at most.
#[tokio::test]
async fn it_waits_in_a_group_of_its_own_and_never_runs_out_of_deliveries() {
    let clock = Arc::new(VirtualClock::at(Timestamp(0)));
    let queue = MemoryQueue::new(clock.clone(), Duration::from_secs(180));
    let newer = Message { group: "run:1".into(), id: "submit:1".into(), body: br#"{"v":4}"#.to_vec() };
    let next = Message { group: "run:1".into(), id: "next".into(), body: b"next".to_vec() };
    queue.send(newer.clone()).await.unwrap();
    queue.send(next.clone()).await.unwrap();
    let (mut tries, mut passed) = (vec![], None);
    while clock.now().0 < 86_400_000 {
        for delivery in queue.receive(9).await.unwrap() {
            if delivery.message == next {
                passed = Some(clock.now());
                queue.ack(&delivery.receipt).await.unwrap();
                continue;
            }
            assert!(delivery.receives < MOST_RECEIVES, "{delivery:?}");
            assert_eq!(delivery.message.body, newer.body);
            tries.push(clock.now().0);
            match give_back(&queue, &delivery).await.unwrap() {
                GivenBack::After(pause) => queue.again(&delivery.receipt, pause).await.unwrap(),
                GivenBack::Elsewhere => queue.ack(&delivery.receipt).await.unwrap(),
            }
        }
        clock.advance_to(clock.now().plus(Duration::from_millis(100)));
    }
    assert!(passed.is_some_and(|at| at.0 < 10_000), "{passed:?}");
    assert!((2000..4000).contains(&tries.len()), "{} tries in a day", tries.len());
    let longest = tries.windows(2).map(|two| two[1] - two[0]).max().unwrap();
    assert!(longest <= 30_100, "whoever can read it has it within half a minute: {longest}");
    assert_eq!(queue.waiting.lock().unwrap().len(), 1, "it is there once");
}

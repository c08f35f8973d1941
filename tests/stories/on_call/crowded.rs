//! Many alerts at once and several notifiers. No channel delays another one, and the cards of people's runs are posted
//! first.

use super::{Night, name, watch};
use signalbox_domain::alert::{AlertCommand, Class, Finding, Tally};
use signalbox_domain::budget::Allowance;
use signalbox_engine::ports::{Clock, Queue};
use signalbox_engine::wire::command::Envelope;
use signalbox_engine::{Notifier, Shown};
use signalbox_simulator::Message;
use signalbox_slack::SlackClient;
use signalbox_transport::InMemory;
use std::sync::Arc;
use std::time::Duration;

const ALERTS: usize = 200;

/// The finding with this number. It is like none of the others.
fn finding(night: &Night, nth: usize) -> Finding {
    let now = night.now();
    Finding {
        watch: name("web"),
        pattern: format!("alert/{nth}"),
        class: Class::New,
        title: format!("Slow{nth}"),
        sample: String::new(),
        seen_in: vec![],
        tally: Tally { from: now, to: now, count: 1, usual: 0, first_seen: now, last_seen: now },
        lines: 0,
        after: vec![],
        links: vec![],
        held: false,
        matchers: vec![],
        silenced: None,
    }
}

/// A notifier as a deployment has several of them, each in a process of its own.
fn notifier(night: &Night) -> Notifier {
    let network = Arc::new(InMemory(night.world.slack.web_api()));
    let client = SlackClient::new(network, "http://127.0.0.1/api", "xoxb-test").unwrap();
    let store = Arc::new(night.world.database.clone());
    Notifier::new(store, Arc::new(client), night.world.clock.clone(), Allowance::SLACK)
}

/// The dispatcher and several notifiers work side by side for this many tenths of a second.
async fn works(night: &Night, notifiers: &[Notifier], tenths: u64) {
    let world = &night.world;
    for _ in 0..tenths {
        for delivery in world.intents.receive(10).await.unwrap() {
            world.dispatcher.handle(&delivery).await.unwrap();
            world.intents.ack(&delivery.receipt).await.unwrap();
        }
        let deliveries = world.outbox.receive(notifiers.len()).await.unwrap();
        let all = deliveries.iter().zip(notifiers).map(async |(delivery, notifier)| {
            match notifier.handle(delivery).await.unwrap() {
                Shown::Now => world.outbox.ack(&delivery.receipt).await.unwrap(),
                Shown::Later(after) => world.outbox.again(&delivery.receipt, after).await.unwrap(),
                Shown::Newer => panic!("there is one version"),
            }
        });
        futures::future::join_all(all).await;
        world.clock.advance_to(world.clock.now().plus(Duration::from_millis(100)));
    }
}

fn cards(night: &Night, channel: &str, part: &str) -> usize {
    let all = night.world.messages(channel);
    all.iter().map(Message::plain).filter(|m| m.contains(part)).count()
}

#[tokio::test]
async fn two_hundred_alerts_delay_no_release() {
    let night = Night::new().await;
    let notifiers: Vec<Notifier> = (0..3).map(|_| notifier(&night)).collect();
    for nth in 0..ALERTS {
        let finding = finding(&night, nth);
        let found = Envelope::new(finding.alert(&watch().place), "1", AlertCommand::Found(Box::new(finding)));
        night.world.intents.send(found.to_message().unwrap()).await.unwrap();
    }
    works(&night, &notifiers, 220).await;
    let shown = cards(&night, "COPS", "Slow");
    assert!((8..=14).contains(&shown), "one each two seconds: {shown}");

    // The card of a run in another channel is posted within two seconds.
    night.world.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    works(&night, &notifiers, 20).await;
    assert_eq!(cards(&night, "CRELEASES", "1.4.2"), 1, "{:?}", night.world.messages("CRELEASES"));
    // The card of a run in the channel of the alerts is posted within three seconds.
    let before = cards(&night, "COPS", "Slow");
    night.world.types("UADA", "COPS", "/release web 1.4.3").await;
    works(&night, &notifiers, 30).await;
    assert_eq!(cards(&night, "COPS", "1.4.3"), 1, "{:?}", night.ops());
    // The cards of the alerts go on, too.
    works(&night, &notifiers, 40).await;
    assert!(cards(&night, "COPS", "Slow") > before + 1, "{:?}", night.ops());
    // Whichever notifier posts, none of them posts too fast.
    let refused = night.world.slack.calls().into_iter().filter(|call| call.status == 429).count();
    assert_eq!(refused, 0);
}

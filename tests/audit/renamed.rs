//! New built-in rules give every pattern another fingerprint. What a watch of the first version knew keeps its old
//! name: there is no flood of news, and what people said about its alerts still holds.

use crate::audit::fixtures;
use async_trait::async_trait;
use signalbox_domain::Timestamp;
use signalbox_domain::alert::{AlertCommand, Class};
use signalbox_domain::ids::Name;
use signalbox_domain::watch::{Source, Watch};
use signalbox_engine::ports::{LogLine, LogPage, LogSource, More, Queue, SourceError, Span};
use signalbox_engine::wire::command::{Command, Envelope};
use signalbox_sqlite::Database;
use signalbox_testkit::{MemoryQueue, VirtualClock, samples};
use signalbox_watch::{LogWatch, Round, Sources};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The time at which the watch of the fixture goes on.
const NEXT: Timestamp = Timestamp(1_795_376_160_000);

/// The lines of the watch's next window.
struct Lines(Vec<&'static str>);

#[async_trait]
impl LogSource for Lines {
    async fn read(&self, span: Span, _: Option<&str>) -> Result<LogPage, SourceError> {
        let at = span.from;
        let of = |text: &&str| LogLine { at, stream: "shop.log".into(), text: (*text).to_owned() };
        let lines = if at == NEXT { self.0.iter().map(of).collect() } else { vec![] };
        Ok(LogPage { lines, more: More::End(None), about: None })
    }
    fn settles(&self) -> Duration {
        Duration::ZERO
    }
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

#[tokio::test]
async fn what_the_first_version_knew_is_no_news() {
    let folder = fixtures::data();
    let database = Database::open(folder.path()).unwrap();
    let watch = Watch {
        name: name("practice"),
        sources: BTreeMap::from([(name("files"), Source::Files { paths: vec!["x.log".into()] })]),
        every_seconds: 60,
        quiet_days: 7,
        most_cards: 5,
        remind_hours: 24,
        ..samples::watch()
    };
    let mut catalogue = samples::draft();
    catalogue.watches.insert(watch.name.clone(), watch);
    let clock = Arc::new(VirtualClock::at(NEXT.plus(Duration::from_secs(61))));
    let intents = Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30)));
    let source: Arc<dyn LogSource> = Arc::new(Lines(vec![
        "2026-11-22T19:36:00Z ERROR shop.Cart order-4711 cannot be paid: card declined",
        "2026-11-22T19:36:01Z ERROR shop.Cart order-4712 cannot be paid: card declined",
        "2026-11-22T19:36:02Z ERROR shop.Till drawer 3 is stuck",
    ]));
    let watching = LogWatch {
        catalogue: Arc::new(catalogue.freeze()),
        sources: Sources::from([((name("practice"), name("files")), source)]),
        memos: Arc::new(database.clone()),
        views: Arc::new(database.clone()),
        intents: intents.clone(),
        outbox: Arc::new(MemoryQueue::new(clock.clone(), Duration::from_secs(30))),
        clock: clock.clone(),
        region: None,
    };
    for _ in 0..2 {
        let round = watching.round(&name("practice"), NEXT.plus(Duration::from_secs(3600))).await.unwrap();
        assert!(matches!(round, Round::Done(_)), "{round:?}");
    }
    let mut found = vec![];
    loop {
        let taken = intents.receive(10).await.unwrap();
        if taken.is_empty() {
            break;
        }
        for delivery in taken {
            intents.ack(&delivery.receipt).await.unwrap();
            if let Command::Alert(AlertCommand::Found(finding)) =
                Envelope::from_bytes(&delivery.message.body).unwrap().command
            {
                found.push((finding.pattern, finding.class, finding.tally.count));
            }
        }
    }
    let of = |pattern: &str| found.iter().find(|f| f.0 == pattern);
    // The pattern is found under the name that it has had since the first version, so its alert is the same too.
    assert_eq!(of("1vjpeznv3aywh"), Some(&("1vjpeznv3aywh".to_owned(), Class::Known, 2)), "{found:?}");
    let news: Vec<_> = found.iter().filter(|f| f.1 == Class::New).collect();
    assert!(news.len() == 1 && news[0].2 == 1, "what is new is new: {found:?}");
}

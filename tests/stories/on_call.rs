//! A night on call: what the log-watch finds, what people do about it, and what everybody sees.

mod bulletin;
mod crowded;
mod deploys;
mod elsewhere;
mod escalation;
mod families;
mod follows;
mod forged;
mod forms;
mod hushed;
mod late;
mod limits;
mod lists;
mod real_logs;
mod real_sources;
mod silences;
mod sources;
mod verified;

use super::world::World;
use async_trait::async_trait;
use signalbox_domain::Grant;
use signalbox_domain::ids::Name;
use signalbox_domain::observation::Conclusion;
use signalbox_domain::watch::{Links, Source, Watch};
use signalbox_domain::{Catalogue, Timestamp};
use signalbox_engine::ports::{Clock, LogLine, LogPage, LogSource, More, SourceError, Span, Views};
use signalbox_testkit::samples;
use signalbox_watch::{LogWatch, Round, Sources};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The length of a window, in minutes.
const MINUTES: u64 = 5;
/// The number of lines on a page. It is small, so that one window needs several pages.
const PAGE: usize = 7;

/// A log that the story writes.
#[derive(Default)]
struct Log {
    lines: Mutex<Vec<LogLine>>,
    broken: Mutex<Option<String>>,
}

#[async_trait]
impl LogSource for Log {
    async fn read(&self, span: Span, position: Option<&str>) -> Result<LogPage, SourceError> {
        if let Some(why) = self.broken.lock().unwrap().clone() {
            return Err(SourceError { why, lost: false });
        }
        let from: usize = position.map_or(0, |p| p.parse().unwrap());
        let within = |line: &&LogLine| line.at >= span.from && line.at < span.to;
        let all: Vec<LogLine> = self.lines.lock().unwrap().iter().filter(within).cloned().collect();
        let lines: Vec<LogLine> = all.iter().skip(from).take(PAGE).cloned().collect();
        let next = from + lines.len();
        let more = if next < all.len() { More::At(next.to_string()) } else { More::End(None) };
        Ok(LogPage { lines, more, about: Some(all.len() as u64) })
    }

    fn settles(&self) -> Duration {
        Duration::from_secs(60)
    }
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn watch() -> Watch {
    let people = ["UADA", "UGRACE"].map(|user| samples::ids(&samples::person(user))).to_vec();
    Watch {
        sources: BTreeMap::from([(name("app"), Source::Loki { query: r#"{app="web"}"#.into() })]),
        every_seconds: MINUTES * 60,
        redact: vec!["email".into()],
        links: Links { grafana: Some("https://grafana.example".into()), datasource: Some("loki".into()) },
        allow: vec![Grant { users: people, channels: vec![] }],
        ..samples::watch()
    }
}

/// A world with a log that is watched.
struct Night {
    world: World,
    log: Arc<Log>,
    logs: LogWatch,
}

impl Night {
    async fn new() -> Self {
        Self::over(watch()).await
    }

    async fn over(watch: Watch) -> Self {
        let log: Arc<Log> = Arc::default();
        Self { log: log.clone(), ..Self::reading(watch, log).await }
    }

    /// A night with a watch over a source that the story does not write itself.
    async fn reading(watch: Watch, source: Arc<dyn LogSource>) -> Self {
        let mut catalogue: Catalogue = samples::draft();
        catalogue.watches.insert(watch.name.clone(), watch);
        let world = World::scripted(catalogue.freeze());
        let logs = LogWatch {
            catalogue: world.catalogue.clone(),
            sources: Sources::from([((name("web"), name("app")), source)]),
            memos: Arc::new(world.database.clone()),
            views: Arc::new(world.database.clone()),
            intents: Arc::new(world.intents.clone()),
            outbox: Arc::new(world.outbox.clone()),
            clock: world.clock.clone(),
            region: None,
        };
        let night = Self { world, log: Arc::default(), logs };
        // The first window is the one before the story begins, and it is empty.
        night.look().await;
        night
    }

    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// The program writes this many lines now.
    fn writes(&self, count: usize, line: impl Fn(usize) -> String) {
        let at = self.now();
        let lines = (0..count).map(|n| LogLine { at, stream: "web-1".into(), text: line(n) });
        self.log.lines.lock().unwrap().extend(lines);
    }

    /// The log-watch is started twice, because schedules sometimes fire twice.
    async fn look(&self) {
        let until = self.now().plus(Duration::from_secs(60));
        for _ in 0..2 {
            let round = self.logs.round(&name("web"), until).await.unwrap();
            assert!(matches!(round, Round::Done(_)), "{round:?}");
        }
        self.world.settles().await;
    }

    /// Passes the silences by labels on to the alert manager. A new watch, if one is given, changes the catalogue
    /// first.
    async fn mirrors(&mut self, watch: Option<Watch>) {
        if let Some(watch) = watch {
            let mut catalogue: Catalogue = samples::draft();
            catalogue.watches.insert(watch.name.clone(), watch);
            let catalogue = Arc::new(catalogue.freeze());
            self.logs.catalogue = catalogue.clone();
            self.world.dispatcher.catalogue = catalogue;
        }
        self.logs.mirror().await.unwrap();
        self.world.settles().await;
    }

    /// This many windows pass, and the log-watch looks at each.
    async fn windows(&self, count: u64) {
        for _ in 0..count {
            for _ in 0..MINUTES * 4 {
                self.world.pass(15).await;
            }
            self.look().await;
            // Some cards wait for the chat's budget, which allows one card every two seconds.
            self.world.passes(16).await;
        }
    }

    fn ops(&self) -> Vec<String> {
        self.world.messages("COPS").iter().map(signalbox_simulator::Message::plain).collect()
    }

    /// The newest message in #ops that contains this text, and its position.
    #[track_caller]
    fn finds(&self, part: &str) -> (usize, String) {
        let all = self.ops();
        let found = all.iter().enumerate().rev().find(|(_, m)| m.contains(part));
        let (nth, text) = found.unwrap_or_else(|| panic!("{part} is nowhere:\n{}", all.join("\n---\n")));
        (nth, text.clone())
    }

    /// The same, but only among cards, because a bulletin may contain the text of a card.
    #[track_caller]
    fn finds_card(&self, part: &str) -> (usize, String) {
        let all = self.ops();
        let is_card = |m: &str| m.contains("alert `") && !m.contains("bulletin `");
        let found = all.iter().enumerate().rev().find(|(_, m)| is_card(m) && m.contains(part));
        let (nth, text) = found.unwrap_or_else(|| panic!("no card of {part}:\n{}", all.join("\n---\n")));
        (nth, text.clone())
    }

    #[track_caller]
    fn says(&self, nth: usize, parts: &[&str]) {
        let card = self.world.card("COPS", nth);
        for part in parts {
            assert!(card.contains(part), "{part} is missing: {card}");
        }
    }

    #[track_caller]
    fn thread_says(&self, nth: usize, parts: &[&str]) {
        let thread = self.world.thread("COPS", nth);
        for part in parts {
            assert!(thread.contains(part), "{part} is missing: {thread}");
        }
    }

    async fn types_in_thread(&self, user: &str, nth: usize, text: &str) {
        let ts = self.world.messages("COPS")[nth].ts.clone();
        let answer = self.world.slack.reply(user, "COPS", &ts, text).await;
        assert_eq!(answer.status, 200, "{:?} {}", answer.problem, answer.body);
        self.world.settles().await;
        self.world.passes(5).await;
    }

    async fn presses(&self, user: &str, nth: usize, action: &str) {
        self.world.presses(user, "COPS", nth, action).await;
        self.world.settles().await;
        self.world.passes(5).await;
    }

    async fn deploys(&self, version: &str) {
        self.world.types("UADA", "CRELEASES", &format!("/release web {version}")).await;
        self.world.settles().await;
        self.world.ends(Conclusion::Succeeded, "", "");
        self.world.passes(6).await;
    }
}

impl World {
    /// The story ends, with any number of records.
    async fn ends_clean(&self) {
        let all = self.database.event_records(None, 9999).await.unwrap().len();
        self.ends_with(all as u64).await;
    }
}

fn shard(n: usize) -> String {
    format!("ERROR [worker-{n}] java.lang.IllegalStateException: no route to shard {n} for order 88{n}31")
}

#[tokio::test]
async fn a_night_on_call() {
    let night = Night::new().await;
    let (first, text) = night.finds("The first look");
    assert!(text.contains("app: 0 errors in 0 lines") || text.contains("0 errors in 0 lines"), "{text}");

    // An error that is always there is learnt, and a quiet window says nothing.
    night.writes(4, |n| format!("ERROR cache: cannot reach node 10.0.0.{n}"));
    night.windows(1).await;
    let (_, learnt) = night.finds("cannot reach node");
    assert!(learnt.contains("1 new") || learnt.contains("New in web"), "{learnt}");
    let (cache, _) = night.finds("New in web");
    night.types_in_thread("UADA", cache, "mute 7d the cache is being replaced").await;
    night.says(cache, &["Muted by @Ada", "the cache is being replaced"]);

    // There is a deploy, and a new error right after it.
    night.deploys("1.4.2").await;
    night.writes(5, shard);
    night.windows(1).await;
    let (card, text) = night.finds("no route to shard");
    let alert = if text.contains("New in web") { card } else { night.finds("IllegalStateException").0 };
    night.says(
        alert,
        &["New in web", "5 in 5 min", "after `release", "version=1.4.2", "[Acknowledge]", "alert"],
    );
    let bulletin = night.finds("error").1;
    assert!(bulletin.contains("1 new"), "{bulletin}");
    assert!(bulletin.contains("(image: Lines in each window of 5 min, the oldest first: "), "{bulletin}");

    // First a person acts who may not, and then one who may.
    night.presses("UMALLORY", alert, "alert_resolve").await;
    assert!(night.world.private("UMALLORY", "COPS").contains("You are not allowed to do this"));
    night.thread_says(alert, &["Mallory is not allowed to do this here: resolve"]);
    night.presses("UADA", alert, "alert_acknowledge").await;
    night.says(alert, &["Acknowledged by @Ada", "[Resolve]"]);

    // The error goes on, and the card has the numbers of the latest window.
    night.writes(6, shard);
    night.windows(1).await;
    night.says(alert, &["Goes on in web", "6 in 5 min", "Acknowledged by @Ada"]);

    // The error spikes, so the alert is open again although it was acknowledged.
    night.writes(60, shard);
    night.windows(1).await;
    night.says(alert, &["Spiking in web", "60 in 5 min", "[Acknowledge]"]);
    night.thread_says(
        alert,
        &["It spikes: 60 in 5 min", "Open again: it was acknowledged, and now it spikes"],
    );

    // Grace acknowledges it in the thread, and rolls back.
    night.types_in_thread("UGRACE", alert, "ack rolling back until 2h").await;
    night.says(alert, &["Acknowledged by @Grace: rolling back"]);
    night.types_in_thread("UGRACE", alert, "what do we do with the orders?").await;
    night.types_in_thread("UGRACE", alert, "snooze soon").await;
    let told = night.world.slack.ephemerals("UGRACE", "COPS").pop().unwrap();
    assert!(told.plain().contains("How long?"), "{}", told.plain());
    assert_eq!(told.thread_ts, Some(night.world.messages("COPS")[alert].ts.clone()), "where she typed it");
    night.deploys("1.4.1").await;
    night.windows(2).await;
    night.says(alert, &["0 in 5 min"]);
    night.types_in_thread("UGRACE", alert, "resolve: rolled back to 1.4.1").await;
    night.says(alert, &["Resolved by @Grace: rolled back to 1.4.1"]);

    // The error comes back. That is news, and it is told in the same thread.
    night.windows(1).await;
    night.writes(2, shard);
    night.windows(1).await;
    night.says(alert, &["Back in web", "[Acknowledge]"]);
    night.thread_says(alert, &["It is back: 2 in 5 min", "Open again: it is back"]);
    let cards = night.ops().iter().filter(|m| m.contains("IllegalStateException") && m.contains("[")).count();
    assert_eq!(
        cards,
        1,
        "one card for one pattern, whatever happened to it:\n{}",
        night.ops().join("\n---\n")
    );

    // In the end the errors are not seen for a long time. The threads are told that too, even for a muted alert.
    night.presses("UADA", alert, "alert_resolve").await;
    night.world.clock.advance_to(night.now().plus(Duration::from_secs(86_400)));
    night.windows(1).await;
    night.says(cache, &["Not seen since"]);
    night.thread_says(cache, &["Not seen since", "it is taken to be over"]);
    night.types_in_thread("UADA", cache, "resolve").await;
    night.says(first, &["bulletin"]);
    night.world.never_stored_or_said("canary");
    night.world.ends_clean().await;
}

//! The logs of `real_logs.rs`, read from real sources: files, CloudWatch Logs in an emulator, and a simulated Loki.

use super::real_logs::{KINDS, each_has_a_card};
use super::{Night, name, watch};
use crate::deployed::emulator::Emulator;
use async_trait::async_trait;
use jiff::tz::TimeZone;
use signalbox_aws::{CloudWatch, CloudWatchSettings};
use signalbox_domain::Timestamp;
use signalbox_domain::watch::{Source, Watch};
use signalbox_engine::ports::{LogPage, LogSource, SourceError, Span};
use signalbox_logs::{Files, FilesSettings, Loki, LokiSettings};
use signalbox_simulator::loki;
use signalbox_transport::{InMemory, Reqwest};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn over(source: Source) -> Watch {
    Watch { sources: BTreeMap::from([(name("app"), source)]), most_cards: 10, ..watch() }
}

/// A line in which the date, the hour and the minute are replaced by the present ones.
fn written_now(line: &str, now: Timestamp) -> String {
    let day = now.day().to_string();
    let seconds = now.seconds().rem_euclid(86_400);
    let clock = format!("{:02}:{:02}:", seconds / 3600, seconds / 60 % 60);
    let (month, date) = (&day[5..7], &day[8..10]);
    let line = line.replace("2026-02-03", &day).replace("10:00:", &clock);
    match line.split_at(1) {
        (letter @ ("I" | "E"), rest) if rest.starts_with("0203 ") => {
            format!("{letter}{month}{date} {}", &rest[5..])
        }
        _ => line,
    }
}

/// Each program writes into a file of its own, in its own form.
#[tokio::test]
async fn in_files() {
    let folder = tempfile::tempdir().unwrap();
    let settings =
        FilesSettings { folder: folder.path().to_owned(), paths: vec!["*.log".into()], zone: TimeZone::UTC };
    let night =
        Night::reading(over(Source::Files { paths: vec!["*.log".into()] }), Arc::new(Files::new(settings)))
            .await;
    for (n, kind) in KINDS.iter().enumerate() {
        let lines: Vec<String> = kind.lines.iter().map(|line| written_now(line, night.now())).collect();
        std::fs::write(folder.path().join(format!("{n}.log")), lines.join("\n") + "\n").unwrap();
    }
    night.windows(1).await;
    each_has_a_card(&night);
    night.world.ends_clean().await;
}

/// Each program has a stream of its own. Loki keeps the lines as they are.
#[tokio::test]
async fn in_a_loki() {
    let clock = Arc::new(Mutex::new(super::super::world::START.0));
    let now = clock.clone();
    let played = loki::Loki::new(loki::LokiSettings::new(Arc::new(move || *now.lock().unwrap())));
    let query = r#"{app="web"}"#;
    let source = Loki::new(LokiSettings::new("http://loki.local"), query, Arc::new(InMemory(played.http())));
    let night = Night::reading(over(Source::Loki { query: query.into() }), Arc::new(source.unwrap())).await;
    for (n, kind) in KINDS.iter().enumerate() {
        let program = n.to_string();
        for (m, line) in (0..).zip(kind.lines) {
            let ns = (night.now().0 + m) * 1_000_000;
            played.add(&[("app", "web"), ("program", &program)], ns, line);
        }
    }
    *clock.lock().unwrap() = night.now().0 + 600_000;
    night.windows(1).await;
    each_has_a_card(&night);
    night.world.ends_clean().await;
}

/// A source whose lines have other times than the story's, because the emulator accepts no lines that are older than 14
/// days.
struct Shifted {
    source: CloudWatch,
    by: i64,
}

#[async_trait]
impl LogSource for Shifted {
    async fn read(&self, span: Span, position: Option<&str>) -> Result<LogPage, SourceError> {
        let there = Span { from: Timestamp(span.from.0 + self.by), to: Timestamp(span.to.0 + self.by) };
        let mut page = self.source.read(there, position).await?;
        page.lines.iter_mut().for_each(|line| line.at = Timestamp(line.at.0 - self.by));
        Ok(page)
    }

    fn settles(&self) -> Duration {
        self.source.settles()
    }
}

/// Each program has a stream in one log group. Each line is an event.
#[tokio::test]
async fn in_cloudwatch() {
    let Some(emulator) = Emulator::start() else { return };
    let group = "/web/all";
    let settings =
        CloudWatchSettings { groups: vec![group.into()], filter: None, insights: false, limit: 10_000 };
    let network = Arc::new(Reqwest::new().unwrap());
    let source = CloudWatch::new(emulator.clients().cloudwatchlogs(network), settings);
    let by = crate::ports::log_sources::now_ms() - 600_000 - super::super::world::START.0;
    emulator.logs("CreateLogGroup", serde_json::json!({ "logGroupName": group })).await;
    let watched = over(Source::CloudWatch { groups: vec![group.into()], filter: None, insights: false });
    let night = Night::reading(watched, Arc::new(Shifted { source, by })).await;
    for (n, kind) in KINDS.iter().enumerate() {
        let at = night.now().0 + by;
        let events: Vec<(i64, &str)> = (at..).zip(kind.lines.iter().copied()).collect();
        emulator.stream(group, &format!("program-{n}"), &events).await;
    }
    night.windows(1).await;
    each_has_a_card(&night);
    night.world.ends_clean().await;
}

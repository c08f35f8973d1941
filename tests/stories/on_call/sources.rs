//! The same with real sources: files that grow, and a Loki.

use super::{MINUTES, Night, name, watch};
use jiff::tz::TimeZone;
use signalbox_domain::Timestamp;
use signalbox_domain::watch::{Source, Watch};
use signalbox_engine::ports::LogSource;
use signalbox_logs::{Files, FilesSettings, Loki, LokiSettings};
use signalbox_simulator::loki;
use signalbox_transport::InMemory;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

/// A time in the form in which programs write it: `2026-11-21T10:00:00Z`.
fn written(at: Timestamp) -> String {
    let seconds = at.seconds().rem_euclid(86_400);
    format!("{}T{:02}:{:02}:{:02}Z", at.day(), seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[tokio::test]
async fn a_file_that_grows_and_is_rotated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web.log");
    let append = |text: &str| {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    append("2020-01-01T00:00:00Z ERROR long ago\n");
    let settings =
        FilesSettings { folder: folder.path().to_owned(), paths: vec!["*.log".into()], zone: TimeZone::UTC };
    let source: Arc<dyn LogSource> = Arc::new(Files::new(settings));
    let files = Source::Files { paths: vec!["*.log".into()] };
    let night =
        Night::reading(Watch { sources: BTreeMap::from([(name("app"), files)]), ..watch() }, source).await;

    let trace = "java.lang.NullPointerException: no cart\n\tat shop.Cart.pay(Cart.java:88)\n\tat shop.Main.main(Main.java:7)\n";
    append(&format!("{} ERROR cannot pay\n{trace}", written(night.now())));
    append(&format!("{} INFO paid\n", written(night.now())));
    night.windows(1).await;
    let (card, text) = night.finds("New in web");
    assert!(text.contains("1 in 5 min") && text.contains("NullPointerException"), "{text}");
    assert!(!night.ops().join("\n").contains("long ago"), "only what was written since");

    // The rest of the old file is read before the new file.
    append(&format!("{} ERROR the last of the old file\n", written(night.now())));
    std::fs::rename(&path, folder.path().join("web.log.1")).unwrap();
    append(&format!("{} ERROR the first of the new file\n", written(night.now())));
    night.windows(1).await;
    night.finds("the last of the old file");
    night.finds("the first of the new file");
    night.says(card, &["alert"]);

    // The file is gone. That is reported as a failed source, and not taken for a log without errors.
    std::fs::remove_file(&path).unwrap();
    std::fs::remove_file(folder.path().join("web.log.1")).unwrap();
    night.windows(1).await;
    night.finds("source failed");
    night.world.ends_clean().await;
}

#[tokio::test]
async fn a_loki_with_more_lines_than_a_page_has() {
    let clock = Arc::new(std::sync::Mutex::new(super::super::world::START.0));
    let now = clock.clone();
    let played = loki::Loki::new(loki::LokiSettings {
        most: 50,
        ..loki::LokiSettings::new(Arc::new(move || *now.lock().unwrap()))
    });
    let network = Arc::new(InMemory(played.http()));
    let query = r#"{app="web"} |~ "(?i)error""#;
    let source: Arc<dyn LogSource> =
        Arc::new(Loki::new(LokiSettings::new("http://loki.local"), query, network).unwrap());
    let loki = Source::Loki { query: query.into() };
    let night =
        Night::reading(Watch { sources: BTreeMap::from([(name("app"), loki)]), ..watch() }, source).await;
    for n in 0..330i64 {
        let ns = (night.now().0 + n / 7) * 1_000_000;
        played.add(&[("app", "web")], ns, &format!("level=error msg=\"cannot reach node {n}\""));
        played.add(&[("app", "web")], ns, "level=info msg=fine");
    }
    night.world.clock.advance_to(Timestamp(night.now().0 + 1));
    *clock.lock().unwrap() = night.now().0 + i64::try_from(MINUTES).unwrap() * 120_000;
    night.windows(1).await;
    let (card, _) = night.finds("New in web");
    night.says(card, &["330 in 5 min", "Grafana"]);
    let (_, bulletin) = night.finds("error");
    assert!(bulletin.contains("330 errors in 330 lines"), "{bulletin}");
    night.world.ends_clean().await;
}

//! Silences of the catalogue. Nobody is called, nothing is lost, and an alert that is still there at the end of its
//! silence is told then.

use super::elsewhere::notification;
use super::silences::alertmanager_with;
use super::{Night, shard, watch};
use signalbox_domain::ids::RecordKind;
use signalbox_domain::silence::{Scope, SilenceRule};
use signalbox_domain::watch::Watch;
use signalbox_engine::ports::Views;
use signalbox_testkit::samples;
use std::time::Duration;

const LEDGER: &str = "ERROR the ledger is locked";

/// A rule that is in force between these two minutes of the story.
fn rule(scope: Scope, from: u64, until: u64) -> SilenceRule {
    let at = |minutes: u64| super::super::world::START.plus(Duration::from_secs(minutes * 60));
    let reason = "the shards are moved".to_owned();
    SilenceRule { scope, owner: samples::person("UADA"), reason, from: at(from), until: at(until) }
}

fn words(text: &str) -> Scope {
    Scope::Words(text.to_owned())
}

#[tokio::test]
async fn what_is_silenced_is_told_in_one_line_and_as_news_when_it_is_over() {
    let silences = vec![rule(words("no route to shard <*>"), 0, 12), rule(words("later"), 600, 660)];
    let night = Night::over(Watch { silences, ..watch() }).await;
    night.writes(5, shard);
    night.writes(2, |_| LEDGER.to_owned());
    night.windows(1).await;
    // The other error has a card. This one has a line in the bulletin, which says who silenced it, until when and why.
    let cards =
        |part: &str| night.ops().iter().filter(|m| m.contains("[Acknowledge]") && m.contains(part)).count();
    assert_eq!((cards("no route to shard"), cards("the ledger is locked")), (0, 1));
    let (_, bulletin) = night.finds("bulletin `");
    assert!(bulletin.contains("5 lines of 1 pattern are silenced by @Ada until"), "{bulletin}");
    assert!(
        bulletin.contains("the shards are moved") && !bulletin.contains("no route to shard"),
        "{bulletin}"
    );
    assert!(bulletin.contains("1 new") && bulletin.contains("1 silenced"), "{bulletin}");

    // The list shows the silences that are in force and those that will come.
    let list = night.world.types("UGRACE", "COPS", "/signalbox alerts").await;
    assert!(
        list.contains("Silenced now in web · `no route to shard <*>`") && list.contains("@Ada"),
        "{list}"
    );
    assert!(list.contains("To be silenced in web · `later` · from"), "{list}");

    // The error goes on and spikes. Still nobody is called.
    night.writes(60, shard);
    night.windows(1).await;
    assert_eq!(cards("no route to shard"), 0);
    // The silence is over and the error is still there, so it is told as news.
    night.windows(1).await;
    night.writes(3, shard);
    night.windows(1).await;
    let (card, text) = night.finds_card("no route to shard");
    assert!(text.contains("[Acknowledge]") && !text.contains("Silenced by"), "{text}");
    let (_, bulletin) = night.finds("bulletin `");
    assert!(bulletin.contains("no route to shard"), "{bulletin}");
    night.thread_says(card, &["The silence that held for this is over"]);
    let list = night.world.types("UGRACE", "COPS", "/signalbox alerts").await;
    assert!(!list.contains("Silenced now") && list.contains("To be silenced"), "{list}");
    night.presses("UADA", card, "alert_resolve").await;
    night.world.ends_clean().await;
}

#[tokio::test]
async fn what_is_gone_when_the_silence_ends_is_on_record_and_told_nobody() {
    let silences = vec![rule(Scope::All, 0, 7)];
    let night = Night::over(Watch { silences, ..watch() }).await;
    let before = night.ops().len();
    night.writes(5, shard);
    night.windows(4).await;
    let new = night.ops().split_off(before);
    assert!(!new.iter().any(|message| message.contains("[Acknowledge]")), "{new:?}");
    assert_eq!(new.len(), 1, "one bulletin that says what was silenced: {new:?}");
    assert!(new[0].contains("5 lines of 1 pattern are silenced by @Ada"), "{new:?}");
    // The only alert on record is this one, and its record contains the silence.
    let list = samples::listing(RecordKind::Alert);
    let stored = night.world.database.latest(&list, night.now(), 9).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert!(String::from_utf8_lossy(&stored[0].body).contains("the shards are moved"));
    night.world.ends_clean().await;
}

fn labels(pairs: &[(&str, &str)]) -> Scope {
    Scope::Labels(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

#[tokio::test]
async fn an_alert_that_fires_on_when_its_silence_ends_is_told_then() {
    let silences = vec![rule(labels(&[("instance", "web-1")]), 0, 60)];
    let receivers = vec!["signalbox-web".into()];
    let night = Night::over(Watch { silences, receivers, ..watch() }).await;
    night.told_by("alertmanager", &notification("firing", "5xx at 6 %")).await;
    assert!(!night.ops().iter().any(|message| message.contains("HighErrorRate")), "{:?}", night.ops());
    // An alert of another instance is not silenced, so it is told.
    let mut other = notification("firing", "disk is full");
    other["alerts"][0]["labels"]["instance"] = serde_json::json!("web-2");
    other["alerts"][0]["fingerprint"] = serde_json::json!("beef");
    night.told_by("alertmanager", &other).await;
    let (card, _) = night.finds("disk is full");
    for _ in 0..50 {
        night.world.pass(60).await;
    }
    assert!(!night.ops().iter().any(|message| message.contains("5xx at 6 %")));
    for _ in 0..12 {
        night.world.pass(60).await;
    }
    let (told, text) = night.finds("5xx at 6 %");
    assert!(text.contains("Firing in web") && text.contains("[Acknowledge]"), "{text}");
    night.thread_says(told, &["The silence that held for this is over"]);
    for nth in [card, told] {
        night.presses("UADA", nth, "alert_resolve").await;
    }
    night.world.ends_clean().await;
}

#[tokio::test]
async fn a_silence_by_labels_is_made_at_the_alert_manager_in_advance_and_once() {
    let silences =
        vec![rule(labels(&[("instance", "web-1")]), 5, 60), rule(words("no alert manager knows"), 0, 60)];
    let receivers = vec!["signalbox-web".into()];
    let night = Night::over(Watch { silences, receivers, ..watch() }).await;
    let (alertmanager, played) = alertmanager_with();
    let night = Night { world: night.world.silencing(alertmanager), ..night };
    // Nothing fires yet, and the silence is not yet in force.
    for _ in 0..3 {
        night.logs.mirror().await.unwrap();
        night.world.settles().await;
    }
    assert_eq!(super::silences::silences(&played, "active").len(), 1);
    night.world.passes(400).await;
    for summary in ["5xx at 6 %", "5xx at 9 %"] {
        night.told_by("alertmanager", &notification("firing", summary)).await;
        night.told_by("alertmanager", &notification("firing", summary)).await;
        night.world.passes(400).await;
        night.logs.mirror().await.unwrap();
    }
    let all = super::silences::silences(&played, "active");
    assert_eq!(all.len(), 1, "{all:?}");
    let comment = all[0]["comment"].as_str().unwrap();
    assert!(
        comment.starts_with("silenced by the catalogue: the shards are moved [signalbox silence:"),
        "{comment}"
    );
    assert_eq!(all[0]["matchers"].as_array().unwrap().len(), 1);
    assert_eq!(all[0]["createdBy"], format!("{}/UADA", samples::WORKSPACE));
    let until = all[0]["endsAt"].as_str().unwrap();
    assert!(until.contains("T01:00:00"), "{until}");
    night.told_by("alertmanager", &notification("resolved", "5xx at 1 %")).await;
    night.world.ends_clean().await;
}

#[tokio::test]
async fn what_goes_out_of_the_catalogue_is_ended_at_the_alert_manager() {
    let [one, two, longer] = [("web-1", 60), ("web-2", 60), ("web-2", 90)]
        .map(|(instance, until)| rule(labels(&[("instance", instance)]), 0, until));
    let night = Night::over(Watch { silences: vec![one, two.clone()], ..watch() }).await;
    let (alertmanager, played) = alertmanager_with();
    let mut night = Night { world: night.world.silencing(alertmanager), ..night };
    let active = || super::silences::silences(&played, "active");
    night.mirrors(None).await;
    assert_eq!(active().len(), 2);

    // One silence is taken out of the catalogue. Another one is made longer, and never stops being in force.
    night.mirrors(Some(Watch { silences: vec![longer], ..watch() })).await;
    let all = active();
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0]["endsAt"].as_str().unwrap().contains("T01:30:00"), "{all:?}");
    assert!(all[0].to_string().contains("web-2"), "{all:?}");

    // The alert manager cannot be reached when the last silence is taken out. The end of the silence is tried again.
    super::silences::breaks(&played, 503, 2);
    night.mirrors(Some(watch())).await;
    night.world.passes(900).await;
    assert_eq!(active(), Vec::<serde_json::Value>::new());
    night.mirrors(None).await;
    night.world.ends_clean().await;
}

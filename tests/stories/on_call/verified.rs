//! A run that counts as good only if few lines follow it: what the watch counts decides.

use super::{Night, name, shard, watch};
use signalbox_domain::Catalogue;
use signalbox_domain::lookup::{Verification, Verify};
use signalbox_domain::observation::Conclusion;
use signalbox_testkit::samples;
use std::sync::Arc;

/// A night on which a release counts as good if the watch counts at most three lines after it.
async fn verifying() -> Night {
    let mut night = Night::new().await;
    let mut catalogue: Catalogue = samples::draft();
    catalogue.watches.insert(name("web"), watch());
    let release = catalogue.operations.get_mut("release").unwrap();
    release.verify =
        vec![Verify { that: Verification::Lines { watch: name("web"), at_most: 3 }, within: 60 }];
    let catalogue = Arc::new(catalogue.freeze());
    night.logs.catalogue = catalogue.clone();
    night.world.dispatcher.catalogue = catalogue;
    night
}

async fn releases(night: &Night, version: &str) {
    night.world.types("UADA", "CRELEASES", &format!("/release web {version}")).await;
    night.world.settles().await;
    night.world.ends(Conclusion::Succeeded, "", "");
    night.world.passes(6).await;
}

#[tokio::test]
async fn what_the_watch_counts_after_a_run_decides_whether_it_is_good() {
    let night = verifying().await;
    // These lines came before it, in the window in which it ends.
    night.writes(9, shard);
    releases(&night, "1.4.2").await;
    night.world.card_in("CRELEASES", &["release · Verifying"]);
    night.windows(1).await;
    night.world.card_in("CRELEASES", &["release · Verifying", "not all of its lines are counted"]);
    night.writes(3, shard);
    night.windows(1).await;
    night.world.passes(120).await;
    night.world.card_in("CRELEASES", &["release · Succeeded", "verified"]);

    releases(&night, "1.4.3").await;
    night.windows(1).await;
    night.writes(4, shard);
    night.windows(1).await;
    night.world.passes(120).await;
    let card = night.world.card("CRELEASES", 1);
    for part in ["release · Failed", "web counts at most 3 lines after it", "it counted 4"] {
        assert!(card.contains(part), "{part}: {card}");
    }
    night.world.ends_clean().await;
}

#[tokio::test]
async fn a_log_that_cannot_be_read_says_nothing_good() {
    let night = verifying().await;
    releases(&night, "1.4.2").await;
    *night.log.broken.lock().unwrap() = Some("the log is away".into());
    night.windows(12).await;
    let card = night.world.card("CRELEASES", 0);
    assert!(card.contains("release · Failed") && card.contains("not all of its lines are counted"), "{card}");
    night.world.ends_clean().await;
}

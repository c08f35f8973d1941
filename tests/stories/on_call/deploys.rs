//! What an alert followed. This is fixed when the alert begins, and the card says truly how the run ended.

use super::{Night, shard};
use signalbox_domain::observation::Conclusion;

#[tokio::test]
async fn the_deploy_on_a_card_is_the_one_before_its_first_line() {
    let night = Night::new().await;
    night.deploys("1.4.2").await;
    night.writes(5, shard);
    // This deploy ends in the same window, but after the first line of the alert. So the card does not name it.
    night.deploys("1.4.3").await;
    night.windows(1).await;
    let (card, text) = night.finds("New in web");
    assert!(text.contains("version=1.4.2") && !text.contains("version=1.4.3"), "{text}");
    let after = text.lines().find(|l| l.contains("version=1.4.2")).unwrap().to_owned();

    // The error goes on, spikes and stops. The card still says what the alert followed, and after how long.
    night.writes(30, shard);
    night.windows(1).await;
    night.says(card, &["Spiking in web", &after]);
    assert!(!night.world.card("COPS", card).contains("version=1.4.3"));
    night.writes(2, shard);
    night.windows(1).await;
    night.says(card, &["Goes on in web", &after]);
    night.windows(1).await;
    night.says(card, &["Not seen since", &after]);

    // The error comes back after it was resolved. That is a new beginning, with a deploy of its own.
    night.presses("UADA", card, "alert_resolve").await;
    night.windows(1).await;
    night.deploys("1.4.4").await;
    night.writes(2, shard);
    night.windows(1).await;
    night.says(card, &["Back in web", "version=1.4.4"]);
    night.world.ends_clean().await;
}

#[tokio::test]
async fn a_deploy_that_failed_says_so_on_the_card() {
    let night = Night::new().await;
    night.world.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    night.world.settles().await;
    night.world.ends(Conclusion::Failed, "", "");
    night.world.passes(6).await;
    // This request was not allowed. It changed nothing, and the card says so.
    night.world.types("UMALLORY", "CRELEASES", "/release web 1.4.3").await;
    night.world.settles().await;
    night.writes(1, shard);
    night.windows(1).await;
    let (card, _) = night.finds("New in web");
    night.says(card, &["version=1.4.2` (failed)", "version=1.4.3` (refused)"]);
    night.world.ends_clean().await;
}

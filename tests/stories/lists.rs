//! Lists and what they lead to. Each line links to its card. A card that is gone is posted again for the person who
//! asks.

use super::world::World;
use signalbox_domain::observation::Conclusion;

/// The address of a message, as people copy it in Slack.
pub fn address(channel: &str, ts: &str) -> String {
    format!("https://practice.slack.com/archives/{channel}/p{}", ts.replace('.', ""))
}

/// The last message that was sent to a person alone, as it was sent.
pub fn sent_to(w: &World, user: &str, channel: &str) -> String {
    let last = w.slack.ephemerals(user, channel).pop().unwrap();
    serde_json::to_string(&last.blocks).unwrap()
}

#[tokio::test]
async fn history_and_status_lead_to_the_card() {
    let w = World::new().await;
    let run = World::run_in(&w.types("UADA", "CRELEASES", "/release web 1.4.2").await);
    w.settles().await;
    let card = address("CRELEASES", &w.messages("CRELEASES")[0].ts);
    for line in ["/signalbox history", &format!("/signalbox status {run}")] {
        w.types("UADA", "COPS", line).await;
        let said = sent_to(&w, "UADA", "COPS");
        assert!(said.contains(&card), "{line}: {card} is not in {said}");
        w.settles().await;
    }
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(6).await;
    w.over(1, 1).await;
}

#[tokio::test]
async fn a_card_that_is_gone_is_posted_again_for_whoever_asks() {
    let w = World::new().await;
    let run = World::run_in(&w.types("UADA", "CRELEASES", "/release web 1.4.2").await);
    w.settles().await;
    w.ends(Conclusion::Succeeded, "all well", "");
    w.passes(6).await;
    let (ts, calls) = (w.messages("CRELEASES")[0].ts.clone(), w.slack.calls().len());
    w.slack.delete("CRELEASES", &ts);
    // If a person may not see the run, no card is posted.
    w.types("UMALLORY", "CRELEASES", &format!("/signalbox status {run}")).await;
    w.settles().await;
    assert!(w.messages("CRELEASES").is_empty() && w.slack.calls().len() == calls);
    let status = w.types("UADA", "COPS", &format!("/signalbox status {run}")).await;
    assert!(status.contains("Succeeded"), "{status}");
    w.settles().await;
    let card = w.card("CRELEASES", 0);
    assert!(card.contains("release · Succeeded") && card.contains("all well"), "{card}");
    // A card that exists stays the only one, however often somebody asks.
    for _ in 0..3 {
        w.types("UADA", "COPS", &format!("/signalbox status {run}")).await;
        w.settles().await;
    }
    assert_eq!(w.messages("CRELEASES").len(), 1);
    w.types("UADA", "COPS", "/signalbox history").await;
    assert!(sent_to(&w, "UADA", "COPS").contains(&address("CRELEASES", &w.messages("CRELEASES")[0].ts)));
    w.over(1, 1).await;
}

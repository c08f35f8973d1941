//! A shortcut of Slack's search is used in no channel: where a person may ask in several, they choose one.

use super::world::{choices, ended, in_two_channels};
use signalbox_simulator::Fault;

#[tokio::test]
async fn a_shortcut_in_no_channel_asks_in_which_one() {
    let w = in_two_channels().await;
    w.slack.shortcut("UADA", "ask:publish").await;
    let form = w.slack.modal("UADA").unwrap();
    assert_eq!((form.title(), form.submit_label()), ("publish", None));
    let said = w.slack.plain(&form);
    assert!(said.contains("You may ask for `publish` in #releases (`CRELEASES`), #ops (`COPS`)."), "{said}");
    // The channel in which everybody may ask is not offered: nobody here knows whether Ada is in it.
    assert_eq!(choices(&form, "channel"), ["CRELEASES", "COPS"]);
    w.slack.dispatch("UADA", "channel", &["COPS"]).await;
    let form = w.slack.modal("UADA").unwrap();
    assert_eq!((form.title(), form.submit_label()), ("publish", Some("Continue")));
    w.slack.submit("UADA", &[("service", "web")]).await;
    assert_eq!(w.slack.modal("UADA").unwrap().submit_label(), Some("Run it"));
    w.slack.submit("UADA", &[]).await;
    assert!(w.slack.modal("UADA").is_none());
    w.settles().await;
    w.card_in("COPS", &["publish · Running", "web"]);
    assert!(w.messages("CRELEASES").is_empty());
    ended(w, 1).await;
}

#[tokio::test]
async fn without_the_form_the_channels_are_named() {
    let w = in_two_channels().await;
    w.slack.fault("views.open", Fault::Error("expired_trigger_id"));
    w.slack.shortcut("UADA", "ask:publish").await;
    assert!(w.slack.modal("UADA").is_none());
    let told = w.everything_sent();
    assert!(told.contains("in several channels. Type it in one of them: "), "{told}");
    // Somebody whom no grant names is offered no channel.
    w.slack.shortcut("UMALLORY", "ask:publish").await;
    assert!(w.slack.modal("UMALLORY").is_none());
    ended(w, 0).await;
}

//! What a chat does to single cards: it refuses one for ever, fails on one, or archives the channel of one. All other
//! cards go on, and the person who asked learns the end.

use super::world::World;
use serde_json::Value;
use signalbox_domain::observation::Conclusion;
use signalbox_simulator::{Fault, Message};

/// Makes the chat fail for messages about one service.
fn about(word: &'static str, fault: Fault) -> impl Fn(&str, &Value) -> Option<Fault> + Send + Sync {
    move |method, body| {
        let writes = matches!(method, "chat.postMessage" | "chat.update");
        (writes && body["text"].as_str().is_some_and(|t| t.contains(word))).then(|| fault.clone())
    }
}

/// The same, but only for messages with a layout. Plain text gets through.
fn about_the_layout(
    word: &'static str,
    fault: Fault,
) -> impl Fn(&str, &Value) -> Option<Fault> + Send + Sync {
    let any = about(word, fault);
    move |method, body| any(method, body).filter(|_| body["blocks"].as_array().is_some_and(|b| !b.is_empty()))
}

async fn two(w: &World) {
    w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    w.types("UADA", "CRELEASES", "/release api 1.4.2").await;
}

const FAULTS: [Fault; 6] = [
    Fault::Error("fatal_error"),
    Fault::Error("internal_error"),
    Fault::Error("a_code_that_nobody_listed"),
    Fault::Http(413),
    Fault::Http(504),
    Fault::Error("invalid_arguments"),
];

#[tokio::test]
async fn one_message_that_the_chat_does_not_take_holds_up_no_other() {
    for fault in FAULTS {
        let w = World::new().await;
        let shown = format!("{fault:?}");
        w.slack.meets(about("web", fault));
        two(&w).await;
        w.settles().await;
        w.ends(Conclusion::Succeeded, "", "");
        w.passes(40).await;
        let cards: Vec<String> = w.messages("CRELEASES").iter().map(Message::plain).collect();
        assert!(cards.len() == 1 && cards[0].contains("api"), "{shown}: {cards:?}");
        assert!(cards[0].contains("Succeeded"), "{shown}: {cards:?}");
        // The card is shown once the chat takes it.
        w.slack.meets(|_, _| None);
        w.pass(600).await;
        w.passes(10).await;
        let everywhere = [w.messages("CRELEASES"), w.messages("UADA")].concat();
        let web =
            everywhere.iter().any(|m| m.plain().contains("service web") || m.plain().contains("service=web"));
        let given_up =
            matches!(shown.as_str(), "Error(\"a_code_that_nobody_listed\")" | "Error(\"invalid_arguments\")");
        assert!(web || given_up, "{shown}: {:?}", everywhere.iter().map(Message::plain).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_layout_that_the_chat_does_not_take_is_told_as_text() {
    for fault in FAULTS {
        let w = World::new().await;
        let shown = format!("{fault:?}");
        w.slack.meets(about_the_layout("web", fault));
        w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
        w.settles().await;
        w.ends(Conclusion::Succeeded, "", "all well");
        w.passes(40).await;
        let cards: Vec<String> = w.messages("CRELEASES").iter().map(Message::plain).collect();
        assert_eq!(cards.len(), 1, "{shown}: {cards:?}");
        assert!(cards[0].contains("Succeeded") && cards[0].contains("web"), "{shown}: {cards:?}");
    }
}

#[tokio::test]
async fn an_outage_of_the_chat_costs_no_buttons() {
    let w = World::new().await;
    w.asks().await;
    w.slack.meets(about("web", Fault::Http(503)));
    w.ends(Conclusion::Failed, "exit status 3", "boom");
    w.passes(7).await;
    // When the chat begins to work again, a message with plain text is the first that it takes.
    w.slack.meets(about_the_layout("web", Fault::Http(503)));
    w.passes(10).await;
    w.slack.meets(|_, _| None);
    w.pass(600).await;
    w.passes(10).await;
    w.card_says(&["Failed", "exit status 3", "[Try again]"]);
    w.over(1, 1).await;
}

/// The chat may be away for a long time when a card is first posted. The card is posted in the channel where everybody
/// sees it, and nowhere else.
#[tokio::test]
async fn an_outage_of_the_chat_moves_no_card_into_a_conversation_of_two() {
    for seconds in [1, 3, 5, 7, 8, 9, 10, 12, 20, 400] {
        let w = World::new().await;
        let writes = |method: &str| matches!(method, "chat.postMessage" | "chat.update");
        w.slack.meets(move |method, _| writes(method).then_some(Fault::Http(503)));
        w.asks().await;
        w.passes(seconds).await;
        w.slack.meets(|_, _| None);
        w.ends(Conclusion::Failed, "exit status 3", "boom");
        w.pass(600).await;
        w.passes(10).await;
        assert_eq!(w.messages("UADA").len(), 0, "{seconds} s: {:?}", w.messages("UADA"));
        assert_eq!(w.messages("CRELEASES").len(), 1, "{seconds} s");
        w.card_says(&["Failed", "[Try again]"]);
    }
}

#[tokio::test]
async fn a_channel_that_is_archived_meanwhile_costs_nobody_the_end() {
    for code in ["is_archived", "not_in_channel", "channel_not_found"] {
        let w = World::new().await;
        w.asks().await;
        w.card_says(&["Running"]);
        w.slack.meets(move |method, body| {
            let there =
                matches!(method, "chat.postMessage" | "chat.update") && body["channel"] == "CRELEASES";
            there.then_some(Fault::Error(code))
        });
        w.ends(Conclusion::Succeeded, "", "all well");
        w.passes(20).await;
        let own: Vec<String> = w.messages("UADA").iter().map(Message::plain).collect();
        assert!(own.len() == 1 && own[0].contains("Succeeded"), "{code}: {own:?}");
    }
}

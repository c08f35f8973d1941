//! The list of alerts: how it can be narrowed down, and what it leads to.

use super::super::lists::{address, sent_to};
use super::*;

#[tokio::test]
async fn a_card_of_an_app_that_hears_no_threads_says_so_by_the_scope() {
    let n = Night::new().await;
    n.world.slack.grant("commands,chat:write,metadata.message:read,im:write,im:history,groups:history");
    // Each answer of Slack says what the token may do. A new process learns this from its first answer, so the second
    // card shows it.
    for error in ["ERROR the ledger is locked", "ERROR no route to the bank"] {
        n.writes(3, |_| error.to_owned());
        n.windows(1).await;
    }
    let (nth, card) = n.finds_card("no route to the bank");
    assert!(
        card.contains("the app lacks the scope `channels:history`") && !card.contains("in the thread:"),
        "{card}"
    );
    // The buttons are on the card, and they work.
    n.presses("UGRACE", nth, "alert_acknowledge").await;
    n.says(nth, &["Acknowledged by @Grace", "channels:history"]);
}

#[tokio::test]
async fn the_list_of_alerts_is_narrowed_and_leads_to_cards() {
    let n = Night::new().await;
    n.look().await;
    n.writes(3, |_| "ERROR the ledger is locked".to_owned());
    n.windows(1).await;
    n.writes(3, |_| "ERROR no route to the bank".to_owned());
    n.windows(1).await;
    let (ledger, _) = n.finds_card("the ledger is locked");
    let (bank, _) = n.finds_card("no route to the bank");
    n.presses("UGRACE", ledger, "alert_acknowledge").await;
    let list = async |words: &str| n.world.types("UADA", "COPS", &format!("/signalbox alerts {words}")).await;
    for (words, has_ledger, has_bank) in [
        ("", true, true),
        ("web", true, true),
        ("acknowledged", true, false),
        ("state=open watch=web", false, true),
        ("<@UGRACE>", true, false),
        ("by=UADA", false, false),
        ("1", false, true),
        ("resolved", false, false),
        ("1h", true, true),
    ] {
        let said = list(words).await;
        assert_eq!(said.contains("ledger"), has_ledger, "{words}: {said}");
        assert_eq!(said.contains("no route"), has_bank, "{words}: {said}");
    }
    let said = list("1").await;
    assert!(said.contains("and 1 more"), "{said}");
    let said = list("nonsense").await;
    assert!(
        said.contains("nonsense is nothing that alerts can be narrowed by")
            || said.contains("`nonsense` is nothing that alerts"),
        "{said}"
    );
    list("").await;
    let sent = sent_to(&n.world, "UADA", "COPS");
    let top: Vec<String> = n.world.messages("COPS").iter().map(|m| m.ts.clone()).collect();
    for nth in [ledger, bank] {
        assert!(sent.contains(&address("COPS", &top[nth])), "{sent}");
    }
    // An alert can also be found by its id. A card that is gone is posted again.
    let id = n.ops()[bank].split("alert `").nth(1).unwrap().split('`').next().unwrap().to_owned();
    n.world.slack.delete("COPS", &top[bank]);
    let said = n.world.types("UADA", "COPS", &format!("/signalbox status {id}")).await;
    assert!(said.contains("no route"), "{said}");
    n.world.settles().await;
    assert_eq!(n.ops().iter().filter(|card| card.contains("[Acknowledge]") && card.contains(&id)).count(), 1);
    // People who may not attend to the alert do not see it.
    let said = n.world.types("UMALLORY", "CGENERAL", &format!("/signalbox status {id}")).await;
    assert!(!said.contains("no route"), "{said}");
}

/// A card and a list say in the same words what state a pattern is in.
#[tokio::test]
async fn a_list_and_a_card_say_the_same() {
    let n = Night::new().await;
    n.look().await;
    n.writes(3, |_| "ERROR the ledger is locked".to_owned());
    n.windows(1).await;
    let (ledger, card) = n.finds_card("the ledger is locked");
    let id = card.split("alert `").nth(1).unwrap().split('`').next().unwrap().to_owned();
    let same = async |words: &str| {
        let first = n.world.card("COPS", ledger).lines().next().unwrap().to_owned();
        assert!(first.contains(words), "{first}");
        for line in ["/signalbox alerts".to_owned(), format!("/signalbox status {id}")] {
            let said = n.world.types("UADA", "COPS", &line).await;
            assert!(said.contains(&first), "{line}: {first} is not in {said}");
        }
        n.world.settles().await;
    };
    same("New in web").await;
    // There are no more lines of the pattern. The words say since when, and nobody has to look up what they mean.
    n.windows(2).await;
    same("Not seen since 2026-11-21").await;
    n.writes(90, |_| "ERROR the ledger is locked".to_owned());
    n.windows(1).await;
    same("Spiking in web").await;
    n.writes(2, |_| "ERROR the ledger is locked".to_owned());
    n.windows(1).await;
    same("Goes on in web").await;
    n.presses("UADA", ledger, "alert_resolve").await;
    n.world.ends_clean().await;
}

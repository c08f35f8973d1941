//! Patterns that differ only in one word. They share a card, and every new pattern is named.

use super::{Night, watch};
use signalbox_domain::watch::Watch;

fn refused(module: &str) -> String {
    format!("ERROR kmod: cannot unload kernel module {module} while it is in use")
}

fn writes(night: &Night, modules: &[&str]) {
    night.writes(modules.len(), |n| refused(modules[n]));
}

fn cards(night: &Night) -> Vec<(usize, String)> {
    let card = |m: &String| m.contains("in the thread: `ack`");
    night.ops().into_iter().enumerate().filter(|(_, m)| card(m)).collect()
}

#[tokio::test]
async fn what_joins_a_family_is_named_on_its_card_and_in_the_message() {
    let night = Night::over(Watch { most_cards: 10, ..watch() }).await;
    writes(&night, &["bonding", "bridge", "loop", "overlay", "veth", "nfs", "nfs", "nfs"]);
    night.windows(1).await;

    // The most frequent pattern has the card, and the others are named on it.
    let all = cards(&night);
    assert_eq!(all.len(), 1, "{}", night.ops().join("\n---\n"));
    let (card, _) = all[0];
    night.says(card, &["New in web", "kernel module nfs", "3 in 5 min", "Family", "6 patterns, 8 lines"]);
    for word in ["bonding", "bridge", "loop", "overlay", "veth"] {
        night.says(card, &[word]);
    }
    let (_, told) = night.finds("new in it");
    assert!(told.contains("6 new"), "{told}");
    assert!(
        told.contains("unload kernel module ∗ while it is in use: 6 patterns, 8 lines; new in it: "),
        "{told}"
    );
    for word in ["bonding", "bridge", "loop", "overlay", "veth"] {
        assert!(told.contains(word), "{told}");
    }

    // A later pattern joins them, even though the pattern with the card is not seen in this window.
    writes(&night, &["zram"]);
    night.windows(1).await;
    assert_eq!(cards(&night).len(), 1, "{}", night.ops().join("\n---\n"));
    night.says(card, &["0 in 5 min", "1 pattern, 1 line", "zram"]);
    let (_, told) = night.finds("1 pattern, 1 line; new in it: zram");
    assert!(told.contains("1 new"), "{told}");

    // All patterns are on record, and people can list them and act on them.
    let listed = night.world.types("UADA", "COPS", "/signalbox alerts").await;
    assert!(listed.contains("6 without a card of their own"), "{listed}");

    // After somebody resolved the card, a new pattern of the family gets a new card.
    night.presses("UADA", card, "alert_resolve").await;
    writes(&night, &["ipvs", "tun", "tun"]);
    night.windows(1).await;
    let all = cards(&night);
    assert_eq!(all.len(), 2, "{}", night.ops().join("\n---\n"));
    night.says(all[1].0, &["New in web", "kernel module tun", "first told here: ipvs"]);
    assert!(!all[1].1.contains("bonding"), "{}", all[1].1);
    night.world.ends_clean().await;
}

/// A word that says what happened is no name. Opposites, codes and exceptions have cards of their own.
#[tokio::test]
async fn what_tells_causes_apart_is_no_family() {
    for words in [
        ["ECONNREFUSED", "ETIMEDOUT", "ENOTFOUND", "EPIPE", "ECONNRESET", "EAGAIN"],
        ["opened", "closed", "locked", "mounted", "found", "kept"],
        ["KeyError", "ValueError", "TypeError", "IndexError", "NameError", "IOError"],
    ] {
        let night = Night::over(Watch { most_cards: 10, ..watch() }).await;
        night
            .writes(words.len(), |n| format!("ERROR shop: the door of the tea shop said {} again", words[n]));
        night.windows(1).await;
        assert_eq!(cards(&night).len(), words.len(), "{}", night.ops().join("\n---\n"));
        assert!(!night.ops().iter().any(|m| m.contains("new in it")), "{words:?}");
        night.world.ends_clean().await;
    }
}

/// A pattern of a family that spikes is news, so it gets a card of its own.
#[tokio::test]
async fn one_of_a_family_that_spikes_gets_its_card() {
    let night = Night::over(Watch { most_cards: 10, ..watch() }).await;
    writes(&night, &["bonding", "bridge", "loop", "overlay", "veth", "nfs", "nfs"]);
    night.windows(1).await;
    assert_eq!(cards(&night).len(), 1, "{}", night.ops().join("\n---\n"));
    night.writes(60, |_| refused("veth"));
    night.windows(1).await;
    let all = cards(&night);
    assert_eq!(all.len(), 2, "{}", night.ops().join("\n---\n"));
    night.says(all[1].0, &["Spiking in web", "kernel module veth", "60 in 5 min"]);
    night.world.ends_clean().await;
}

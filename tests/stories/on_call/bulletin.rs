//! The bulletin of a window. It grows while an outage goes on, and it never turns into a message without news.

use super::super::lists::address;
use super::{Night, shard, watch};
use signalbox_domain::observation::Conclusion;
use signalbox_domain::watch::Watch;

const LEDGER: &str = "ERROR the ledger is locked";

impl Night {
    /// The newest bulletin that contains this text.
    #[track_caller]
    fn bulletin(&self, part: &str) -> String {
        let all = self.ops();
        let found = all.iter().rev().find(|m| m.contains("bulletin `") && m.contains(part));
        found.unwrap_or_else(|| panic!("no bulletin has {part}:\n{}", all.join("\n---\n"))).clone()
    }

    fn bulletins(&self) -> usize {
        self.ops().iter().filter(|message| message.contains("bulletin `")).count()
    }
}

#[tokio::test]
async fn a_message_that_told_an_error_still_tells_it_when_it_is_over() {
    let night = Night::new().await;
    let before = night.bulletins();
    night.writes(5, shard);
    night.windows(1).await;
    let first = night.bulletin("no route to shard");
    assert!(first.contains("1 new") && !first.contains("Over since"), "{first}");

    // The outage goes on with another error, and the first error is gone. The same message tells both.
    night.writes(3, |_| LEDGER.to_owned());
    night.windows(1).await;
    let grown = night.bulletin("the ledger is locked");
    assert!(grown.contains("2 windows since") && grown.contains("1 new"), "{grown}");
    assert!(grown.contains("Told before, and not again in the latest window"), "{grown}");
    assert!(grown.contains("new 5×") && grown.contains("no route to shard"), "{grown}");

    // The first calm window: the message says that it is over and since when, and still has everything that it told.
    night.windows(1).await;
    let over = night.bulletin("What was told");
    assert!(over.contains("Over since") && over.contains("2 new"), "{over}");
    for told in ["new 5×", "no route to shard", "new 3×", "the ledger is locked", "window to"] {
        assert!(over.contains(told), "{told} is gone: {over}");
    }
    assert!(!over.contains("Nothing new"), "{over}");
    assert_eq!(night.bulletins(), before + 1, "one message for one outage");

    // More calm windows change nothing. What comes later is told in a new message.
    night.windows(2).await;
    assert_eq!(night.bulletin("What was told"), over);
    night.writes(40, shard);
    night.windows(1).await;
    assert_eq!(night.bulletin("What was told"), over);
    assert_eq!(night.bulletins(), before + 2);
    night.world.ends_clean().await;
}

#[tokio::test]
async fn a_source_that_failed_is_not_forgotten_when_it_is_read_again() {
    let night = Night::new().await;
    *night.log.broken.lock().unwrap() = Some("503 from the log service".into());
    night.windows(1).await;
    let failed = night.bulletin("source failed");
    assert!(failed.contains("1 of 1 sources not read whole"), "{failed}");
    // The source works again before the second look at this window. The window turns out to be empty.
    *night.log.broken.lock().unwrap() = None;
    night.windows(1).await;
    let over = night.bulletin("What was told");
    assert!(over.contains("Over since") && over.contains("1 of 1 sources not read whole"), "{over}");
    assert!(over.contains("source failed: 503 from the log service"), "{over}");
    assert!(over.contains("0 errors in 0 lines"), "read by now: {over}");
    night.world.ends_clean().await;
}

#[tokio::test]
async fn the_runs_that_ended_in_a_window_are_named_and_lead_to_their_cards() {
    let night = Night::new().await;
    night.deploys("1.4.2").await;
    night.writes(5, shard);
    night.world.types("UADA", "CRELEASES", "/release web 1.4.3").await;
    night.world.settles().await;
    night.world.ends(Conclusion::Failed, "", "");
    night.world.passes(6).await;
    night.windows(1).await;
    let bulletin = night.bulletin("no route to shard");
    assert!(bulletin.contains("Runs that ended in this window"), "{bulletin}");
    for (version, how) in [("1.4.2", "succeeded at"), ("1.4.3", "failed at")] {
        let line =
            bulletin.lines().find(|line| line.contains(version)).unwrap_or_else(|| panic!("{bulletin}"));
        assert!(line.contains(how), "{line}");
    }
    let (nth, _) = night.finds("Runs that ended in this window");
    let sent = serde_json::to_string(&night.world.messages("COPS")[nth].blocks).unwrap();
    for card in night.world.messages("CRELEASES") {
        let link = address("CRELEASES", &card.ts);
        assert!(sent.contains(&link), "{link} is not in {sent}");
    }

    // The outage goes on, and another release ends it. The same message names that release too, and names each run
    // once.
    night.writes(2, |_| LEDGER.to_owned());
    night.deploys("1.4.1").await;
    night.windows(2).await;
    let bulletin = night.bulletin("Runs that ended in these windows");
    for version in ["1.4.1", "1.4.2", "1.4.3"] {
        let times = bulletin.lines().filter(|l| l.contains("succeeded at") || l.contains("failed at"));
        assert_eq!(times.filter(|line| line.contains(version)).count(), 1, "{version}: {bulletin}");
    }
    night.world.ends_clean().await;
}

#[tokio::test]
async fn only_runs_of_operations_that_change_what_runs_are_named() {
    let other = "rollback".parse().unwrap();
    let night = Night::over(Watch { deploys: vec![other], ..watch() }).await;
    night.deploys("1.4.2").await;
    night.writes(5, shard);
    night.windows(1).await;
    let bulletin = night.bulletin("no route to shard");
    assert!(!bulletin.contains("Runs that ended") && !bulletin.contains("1.4.2"), "{bulletin}");
    night.world.ends_clean().await;
}

//! The thread of a run is told about an alert that followed the run. It is told once for each alert, and nothing of the
//! log's text is in it.

use super::{Night, shard};
use std::time::Duration;

impl Night {
    /// What the thread of the nth run's card was told about alerts, line by line.
    fn heard(&self, nth: usize) -> Vec<String> {
        let thread = self.world.thread("CRELEASES", nth);
        thread.lines().filter(|line| line.contains("after this")).map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn a_runs_thread_hears_once_of_an_alert_that_followed_it() {
    let night = Night::new().await;
    night.deploys("1.4.1").await;
    night.world.clock.advance_to(night.now().plus(Duration::from_secs(60)));
    night.deploys("1.4.2").await;
    let runs = || night.world.messages("CRELEASES").len();
    let card = night.world.card("CRELEASES", 1);
    let lines = || night.heard(1);
    night.world.passes(36).await;
    night.writes(5, shard);
    night.windows(1).await;
    let (alert, _) = night.finds("New in web");
    let id = night.world.card("COPS", alert);
    let id = id.split("alert `").nth(1).and_then(|rest| rest.split('`').next()).unwrap().to_owned();
    let heard = lines();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(
        heard[0].contains(&format!("after this, an error that is new in web was told: alert `{id}`."))
            || heard[0]
                .contains(&format!("after this, an error that is new in *web* was told: alert `{id}`.")),
        "{heard:?}"
    );
    assert!(heard[0].contains(" s after this"), "{heard:?}");
    // Only the thread of the latest run is told. The run's card stays as it was, and its thread has no words of the
    // log.
    assert_eq!(night.heard(0), Vec::<String>::new());
    assert_eq!((runs(), night.world.card("CRELEASES", 1)), (2, card));
    assert!(!night.world.thread("CRELEASES", 1).contains("IllegalStateException"));

    // The alert spikes, is acknowledged, and goes on. The run's thread is told nothing more.
    night.writes(60, shard);
    night.windows(1).await;
    night.presses("UADA", alert, "alert_acknowledge").await;
    night.writes(60, shard);
    night.windows(2).await;
    assert_eq!(lines(), heard);

    // The alert comes back. Without another run, the earlier run is told nothing new. After another run, that run is
    // told.
    night.presses("UADA", alert, "alert_resolve").await;
    night.windows(1).await;
    night.deploys("1.4.3").await;
    night.writes(2, shard);
    night.windows(1).await;
    night.says(alert, &["Back in web", "version=1.4.3"]);
    let again = night.heard(2);
    assert_eq!(again.len(), 1, "{again:?}");
    assert!(again[0].contains("an error that is back in") && again[0].contains(&id), "{again:?}");
    assert_eq!(lines(), heard);
    night.world.ends_clean().await;
}

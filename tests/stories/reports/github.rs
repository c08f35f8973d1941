//! A run on GitHub that cannot be seen for a while, or seems to be gone.

use crate::stories::github::{Story, story, story_with, workflow};
use signalbox_simulator::github::{GitHubFault, Job, Step, Webhooks, Workflow};

fn quick() -> Workflow {
    workflow().job("build", &[("Compile", 4.0), ("Test", 4.0)]).job("deploy", &[("Roll out", 6.0)])
}

fn long() -> Workflow {
    workflow().job("deploy", &[("Roll out", 3_600.0)])
}

fn quietly(workflow: Workflow) -> Story {
    let s = story(workflow);
    s.system.hold_webhooks(Webhooks::Lose);
    s
}

fn says(status: u16, message: &str) -> GitHubFault {
    GitHubFault::Says(status, message.into(), None)
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_of_a_run() {
    let s = quietly(long());
    s.asks().await;
    s.passes(20).await;
    s.system.trouble("/", "*", says(401, "Bad credentials"));
    // A single look without a result is not shown to anybody.
    s.passes(11).await;
    s.card_lacks(&["not seen"]);
    s.passes(60).await;
    s.card_says(&[
        "release · Running",
        "not seen since 00:00 UTC: GitHub says the token has ended",
        "GITHUB_TOKEN",
    ]);
    s.card_says(&["you do not have to run it again"]);
    let events = s.history().await.split(' ').count();
    s.passes(600).await;
    assert_eq!(s.history().await.split(' ').count(), events, "the same cause is told once");
    // Somebody sets a new token. The run is seen again, and the card no longer says that it was not seen.
    s.system.recovers();
    s.passes(90).await;
    s.card_says(&["release · Running"]);
    s.card_lacks(&["not seen"]);
    s.passes(3_600).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 1);
}

#[tokio::test]
async fn a_stop_that_is_refused_says_why() {
    let s = quietly(long());
    s.asks().await;
    s.passes(20).await;
    s.system.trouble("/cancel", "POST", says(403, "Resource not accessible by personal access token"));
    s.system.trouble("/force-cancel", "POST", says(403, "Resource not accessible by personal access token"));
    s.presses("UADA", "CRELEASES", 0, "cancel").await;
    s.passes(5).await;
    s.card_says(&[
        "release · Running",
        "@Ada asked to stop it",
        "It could not be stopped yet",
        "Actions: write",
    ]);
    s.passes(300).await;
    assert_eq!(s.history().await.matches("StopAnswered").count(), 1);
    s.system.recovers();
    s.passes(120).await;
    s.card_says(&["release · Cancelled"]);
    s.card_lacks(&["could not be stopped"]);
    s.ends_with(1).await;
}

#[tokio::test]
async fn github_answers_503_and_later_the_run_is_seen_to_its_end() {
    let s = quietly(quick());
    s.asks().await;
    s.system.down(true);
    s.passes(120).await;
    s.card_says(&["release · Running", "not seen since", "503"]);
    s.system.down(false);
    s.passes(90).await;
    s.card_says(&["release · Succeeded"]);
    s.card_lacks(&["not seen"]);
    s.ends_with(1).await;
}

/// The client follows GitHub to the new place of a repository, because a look changes nothing there.
#[tokio::test]
async fn a_repository_that_is_renamed_in_the_middle_of_a_run() {
    let s = quietly(quick());
    s.asks().await;
    s.passes(3).await;
    s.system.renames();
    s.passes(60).await;
    s.card_says(&["release · Succeeded"]);
    assert!(s.thread("CRELEASES", 0).contains("deploy › Roll out"));
    s.ends_with(1).await;
    // The new place cannot be followed, and the card says so.
    let s = quietly(quick());
    s.asks().await;
    s.system.trouble(
        "/repos/",
        "GET",
        GitHubFault::Redirect("https://elsewhere.example/repositories/7".into()),
    );
    s.passes(90).await;
    s.card_says(&["release · Running", "not seen since", "renamed or moved"]);
}

/// The request may have been sent, and nobody can search for it.
#[tokio::test]
async fn a_search_that_fails_says_so() {
    let s = quietly(quick());
    s.system.fault("/dispatches", "POST", GitHubFault::LostAnswer);
    s.system.trouble("/", "GET", says(401, "Bad credentials"));
    s.asks().await;
    s.passes(120).await;
    s.card_says(&["release · Starting", "may have started it", "not seen since", "the token has ended"]);
    s.system.recovers();
    s.passes(90).await;
    s.card_says(&["release · Succeeded"]);
    s.card_lacks(&["not seen"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 1);
}

/// Jobs and logs are extra information. Whatever happens to them, the end of the run is seen.
#[tokio::test]
async fn jobs_that_cannot_be_read_hide_no_end() {
    for fault in [
        says(500, "Server Error"),
        says(403, "Resource not accessible by integration"),
        GitHubFault::Html(502),
        GitHubFault::LostAnswer,
    ] {
        let s = quietly(quick());
        s.system.trouble("/jobs", "GET", fault.clone());
        s.asks().await;
        s.passes(12).await;
        s.card_says(&["release · Running"]);
        s.card_lacks(&["not seen"]);
        s.passes(30).await;
        s.card_says(&["release · Succeeded"]);
        s.ends_with(1).await;
    }
}

/// A server or proxy that sends no ETags, and shows jobs as they were long ago.
#[tokio::test]
async fn jobs_that_stay_as_they_were_hide_no_end() {
    let s = story_with(quick(), |settings| settings.no_etags = true);
    s.system.hold_webhooks(Webhooks::Lose);
    let job = serde_json::json!({"id": 1, "name": "deploy", "status": "in_progress", "steps": []});
    let stale = serde_json::json!({"total_count": 1, "jobs": [job]});
    s.system.trouble("/jobs", "GET", GitHubFault::Shows(stale));
    s.asks().await;
    s.passes(60).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
}

/// The same when jobs and logs are slow: the client does not wait for them for long.
#[tokio::test]
async fn jobs_and_logs_that_are_slow_hide_no_end() {
    let s = quietly(workflow().with_job(Job::new("deploy", vec![Step::failing("Push", 6.0, "denied")])));
    s.wire.slow("/jobs");
    s.wire.slow("/logs");
    s.asks().await;
    s.passes(40).await;
    s.card_says(&["release · Failed", "Open its page for its output"]);
    s.ends_with(1).await;
}

#[tokio::test]
async fn more_than_a_hundred_jobs_are_all_read() {
    let many = (1..=130).fold(workflow().parallel(), |w, n| w.job(format!("test-{n:03}"), &[("Test", 4.0)]));
    let last = Job::new("zz-last", vec![Step::failing("Push", 3.0, "denied: canary")]);
    let s = quietly(many.with_job(last));
    s.asks().await;
    s.passes(40).await;
    s.card_says(&["release · Failed", "failed in zz-last › Push", "denied: canary"]);
    s.ends_with(1).await;
}

/// A 404 may come from a replica that is behind, or because a permission was taken away by mistake.
#[tokio::test]
async fn a_short_404_is_no_deletion() {
    let s = quietly(long());
    s.asks().await;
    s.passes(20).await;
    s.system.trouble("/actions/runs/", "GET", says(404, "Not Found"));
    s.passes(200).await;
    s.card_says(&["release · Running", "not seen since"]);
    s.card_lacks(&["Unknown", "Try again anyway"]);
    s.system.recovers();
    s.passes(60).await;
    s.card_says(&["release · Running"]);
    s.card_lacks(&["not seen"]);
    // Nothing shows that the workflow is still visible. So the run does not count as deleted, however long this lasts.
    s.system.trouble("/repos/", "GET", says(404, "Not Found"));
    s.passes(1_800).await;
    s.card_says(&["release · Running", "not seen since", "does not show"]);
    s.system.recovers();
    s.passes(2_400).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
}

#[tokio::test]
async fn what_was_deleted_is_unknown_after_minutes() {
    let s = quietly(long());
    s.asks().await;
    s.passes(20).await;
    s.system.deletes_run(s.system.runs()[0].id);
    s.passes(240).await;
    s.card_says(&["release · Running", "not seen since", "deleted"]);
    s.passes(120).await;
    s.card_says(&["release · Unknown", "deleted", "[Try again anyway]"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 1);
}

/// GitHub's clock decides what `created` means. It may be minutes behind ours or ahead of it.
#[tokio::test]
async fn a_run_is_found_whatever_time_it_is_there() {
    for minutes in [-12i64, -5, 5, 12] {
        let s = story_with(quick(), |settings| {
            let ours = settings.now_ms.clone();
            settings.now_ms = std::sync::Arc::new(move || ours() + minutes * 60_000);
        });
        s.system.hold_webhooks(Webhooks::Lose);
        s.system.fault("/dispatches", "POST", GitHubFault::LostAnswer);
        s.asks().await;
        s.passes(90).await;
        s.card_says(&["release · Succeeded"]);
        s.ends_with(1).await;
        assert_eq!(s.system.dispatches(), 1, "{minutes} minutes");
    }
}

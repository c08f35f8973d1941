//! A build on Jenkins that cannot be seen for a while or seems to be gone; also what a build waits for, and where its
//! page is.

use crate::stories::jenkins::{Story, built_before, job, story, story_with};
use signalbox_simulator::jenkins::{JenkinsFault, Job, Notifications, Notify, Stage, StageEnd};

fn quick() -> Job {
    job().stage(Stage::new("Build", 4_000)).stage(Stage::new("Roll out", 6_000))
}

fn long() -> Job {
    job().stage(Stage::new("Roll out", 3_600_000))
}

fn quietly(job: Job) -> Story {
    let s = story(job);
    s.system.hold_notifications(Notifications::Lose);
    s
}

#[tokio::test]
async fn an_api_token_that_ends_in_the_middle_of_a_build() {
    let s = quietly(long());
    s.asks().await;
    s.passes(10).await;
    s.system.trouble("/", "GET", JenkinsFault::Status(401));
    s.passes(60).await;
    s.card_says(&[
        "release · Running",
        "not seen since 00:00 UTC: Jenkins does not take the API token",
        "JENKINS_TOKEN",
    ]);
    s.system.recovers();
    s.passes(60).await;
    s.card_says(&["release · Running"]);
    s.card_lacks(&["not seen"]);
    // A login page is never an answer of Jenkins about the build, whoever sends that page.
    for fault in
        [JenkinsFault::LoginPage, JenkinsFault::OwnLoginPage, JenkinsFault::OwnLogin, JenkinsFault::Login]
    {
        s.system.trouble("/", "GET", fault);
        s.passes(240).await;
        s.card_says(&["release · Running", "not seen since", "log"]);
        s.system.recovers();
        s.passes(70).await;
        s.card_lacks(&["not seen"]);
    }
}

/// Jenkins was stopped during the build. The build does not go on, and never says how it ended.
#[tokio::test]
async fn a_build_that_neither_goes_on_nor_has_a_result() {
    let s = quietly(Job { no_result: true, ..quick() });
    s.asks().await;
    s.passes(90).await;
    s.card_says(&["release · Running", "not seen since", "no result"]);
    s.passes(360).await;
    s.card_says(&["release · Unknown", "no result", "[It succeeded]"]);
    s.ends_with(1).await;
}

/// Stages and the log are extra information. Whatever happens to them, the end of the build is seen.
#[tokio::test]
async fn stages_and_logs_that_cannot_be_read_hide_no_end() {
    for fault in [
        JenkinsFault::Status(500),
        JenkinsFault::Status(403),
        JenkinsFault::Html(502),
        JenkinsFault::LoginPage,
        JenkinsFault::LostAnswer,
    ] {
        let s = quietly(job().stage(Stage::new("Push", 6_000).ends(StageEnd::Failure)));
        s.system.trouble("wfapi", "GET", fault.clone());
        s.system.trouble("logText", "GET", fault.clone());
        s.system.trouble("logText", "HEAD", fault);
        s.asks().await;
        s.passes(8).await;
        s.card_says(&["release · Running"]);
        s.passes(40).await;
        s.card_says(&["release · Failed"]);
        s.card_lacks(&["Read the output in the thread"]);
        s.ends_with(1).await;
    }
}

#[tokio::test]
async fn stages_and_logs_that_are_slow_hide_no_end() {
    let s = quietly(job().stage(Stage::new("Push", 6_000).ends(StageEnd::Failure)));
    s.wire.slow("wfapi");
    s.wire.slow("logText");
    s.asks().await;
    s.passes(40).await;
    s.card_says(&["release · Failed", "Open its page for its output"]);
    s.ends_with(1).await;
}

#[tokio::test]
async fn a_short_404_is_no_deletion() {
    let s = quietly(long());
    s.asks().await;
    s.passes(20).await;
    s.system.trouble("/1/api/json", "GET", JenkinsFault::Status(404));
    s.passes(200).await;
    s.card_says(&["release · Running", "not seen since"]);
    s.card_lacks(&["Unknown"]);
    s.system.recovers();
    s.passes(60).await;
    s.card_lacks(&["not seen"]);
    // If a permission was taken away, the job is hidden too. So the build does not count as deleted, however long this
    // lasts.
    s.system.trouble("/job/", "GET", JenkinsFault::Status(404));
    s.passes(1_800).await;
    s.card_says(&["release · Running", "not seen since", "does not show the job"]);
    s.system.recovers();
    s.passes(2_400).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
}

#[tokio::test]
async fn a_build_that_was_deleted_is_unknown_after_minutes() {
    let s = quietly(long());
    s.asks().await;
    s.passes(20).await;
    assert!(s.system.deletes_build("web/deploy", 1));
    s.passes(200).await;
    s.card_says(&["release · Running", "not seen since", "deleted"]);
    s.passes(180).await;
    s.card_says(&["release · Unknown", "deleted"]);
    s.ends_with(1).await;
}

#[tokio::test]
async fn the_card_says_what_the_queue_waits_for() {
    let s = quietly(Job { queued_ms: 90_000, ..quick() });
    s.asks().await;
    s.passes(20).await;
    s.card_says(&["release · Running", "Waiting in Jenkins's queue: Waiting for next available executor"]);
    let events = s.history().await.split(' ').count();
    s.passes(40).await;
    assert_eq!(s.history().await.split(' ').count(), events, "the same is told once");
    s.passes(40).await;
    s.card_says(&["release · Running"]);
    s.card_lacks(&["Waiting"]);
    s.passes(60).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
}

/// Jenkins gives the address that somebody once configured there, and people cannot always reach it.
#[tokio::test]
async fn links_begin_with_the_address_that_we_are_configured_with() {
    let s = story_with(quick(), |settings| settings.root_url = "http://jenkins.internal:8080/".into());
    s.asks().await;
    s.passes(40).await;
    s.card_says(&["release · Succeeded", "View run"]);
    assert!(s.everything_sent().contains("https://ci.example/job/web/job/deploy/1/"));
    assert!(!s.everything_sent().contains("jenkins.internal"));
    s.ends_with(1).await;
}

/// Real logs may have gigabytes. A request for a place after the end of a log gets the whole log.
#[tokio::test]
async fn a_log_is_read_from_its_end() {
    let log =
        format!("{}ERROR: denied at the end\n", "a line of the log that nobody reads\n".repeat(100_000));
    let push = Stage::new("Push", 4_000).ends(StageEnd::Failure).log(&log);
    let s = quietly(job().stage(push));
    s.asks().await;
    s.passes(40).await;
    s.card_says(&["release · Failed", "ERROR: denied at the end"]);
    let longest = s.system.calls().iter().filter(|c| c.path.contains("logText")).map(|c| c.answered).max();
    assert!(longest.is_some_and(|bytes| bytes < 64 * 1024), "{longest:?} bytes");
    s.ends_with(1).await;
}

/// The names of jobs, as branch-api makes them from the names of branches.
#[tokio::test]
async fn branches_are_found_whatever_they_are_called() {
    for (branch, job) in [
        ("main", "main"),
        ("feature/x", "feature%2Fx"),
        ("fix+a@b=(c),d", "fix+a@b=(c),d"),
        ("größe/ä ö", "größe%2Fä ö"),
        ("50%#[1]?", "50%25%23%5B1%5D%3F"),
    ] {
        let path = format!("shop/{job}");
        let there = Job { path: path.clone(), ..quick() };
        let s = crate::stories::jenkins::story_of(there, "shop", Some(branch));
        s.asks().await;
        s.passes(40).await;
        let card = s.card("CRELEASES", 0);
        assert!(card.contains("release · Succeeded"), "{branch}: {card}");
        assert_eq!(s.system.builds()[0].job, path);
        s.ends_with(1).await;
    }
}

#[tokio::test]
async fn without_notifications_nothing_of_this_is_different() {
    let s = story_with(quick(), |settings| settings.notify = Notify::Off);
    built_before(&s).await;
    s.asks().await;
    s.passes(60).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
}

//! Stories with the real backend and the real door for Jenkins, and with the simulated Jenkins at the other end of the
//! wire.

pub(super) use super::jenkins_world::{Story, built_before, job, story, story_of, story_with, target};
use signalbox_simulator::jenkins::{
    JenkinsFault, Job, Notifications, Notify, ParameterDefinition, Stage, StageEnd, StopNeeded,
};

fn quick() -> Job {
    job()
        .stage(Stage::new("Build", 4_000))
        .stage(Stage::new("Test", 4_000))
        .stage(Stage::new("Roll out", 6_000))
}

#[tokio::test]
async fn a_job_builds_and_its_stages_are_told() {
    for notify in [Notify::secret("an older webhook secret"), Notify::signed("a webhook secret"), Notify::Off]
    {
        let s = story_with(quick(), |settings| settings.notify = notify);
        s.asks().await;
        s.card_says(&["release · Running"]);
        s.passes(40).await;
        s.card_says(&["release · Succeeded", "View run"]);
        let thread = s.thread("CRELEASES", 0);
        for stage in ["Build", "Test", "Roll out"] {
            assert_eq!(thread.matches(stage).count(), 1, "{stage}: {thread}");
        }
        assert!(!thread.contains("Warning"), "{thread}");
        assert_eq!(s.system.builds()[0].parameter("VERSION"), Some("1.4.2"));
        s.ends_with(1).await;
        assert_eq!(s.system.started(), 1);
    }
}

#[tokio::test]
async fn a_failure_names_the_stage_and_shows_the_end_of_the_log_and_can_be_run_again() {
    let push = Stage::new("Push", 2_000)
        .ends(StageEnd::Failure)
        .log("pushing\nERROR: denied, password=canary-in-log");
    let s = story(job().stage(Stage::new("Build", 2_000)).stage(push));
    s.asks().await;
    s.passes(30).await;
    s.card_says(&["release · Failed", "failed in stage Push", "ERROR: denied", "[Try again]"]);
    s.never_stored_or_said("canary-in-log");
    s.presses("UADA", "CRELEASES", 0, "retry").await;
    s.passes(30).await;
    s.card_says(&["release · Failed", "attempt 2"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 2);
}

#[tokio::test]
async fn an_unstable_build_has_failed() {
    let s = story(job().stage(Stage::new("Test", 2_000).ends(StageEnd::Unstable)));
    s.asks().await;
    s.passes(30).await;
    s.card_says(&["release · Failed", "unstable in stage Test"]);
    s.ends_with(1).await;
}

#[tokio::test]
async fn it_is_stopped_asked_again_and_killed() {
    for (needed, seconds, calls) in
        [(StopNeeded::Stop, 15, "stop"), (StopNeeded::Term, 50, "term"), (StopNeeded::Kill, 90, "kill")]
    {
        let hanging = Job { takes_stop: needed, ..job().stage(Stage::new("Soak", 0).ends(StageEnd::Hang)) };
        let s = story(hanging);
        s.asks().await;
        s.passes(10).await;
        s.presses("UADA", "CRELEASES", 0, "cancel").await;
        s.passes(seconds).await;
        s.card_says(&["release · Cancelled"]);
        let ended = |path: &str| path.ends_with(&format!("/{calls}"));
        assert!(s.system.calls().iter().any(|c| ended(&c.path)), "{calls}");
        s.ends_with(1).await;
    }
}

#[tokio::test]
async fn it_is_taken_out_of_the_queue() {
    let s = story(Job { queued_ms: 600_000, ..quick() });
    s.asks().await;
    s.passes(8).await;
    s.presses("UADA", "CRELEASES", 0, "cancel").await;
    s.passes(15).await;
    s.card_says(&["release · Cancelled", "queue"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 0);
}

#[tokio::test]
async fn notifications_that_are_lost_or_come_twice_change_nothing() {
    for hold in [Notifications::Lose, Notifications::Twice] {
        let s = story(quick());
        s.system.hold_notifications(hold);
        s.asks().await;
        s.passes(45).await;
        s.card_says(&["release · Succeeded"]);
        assert_eq!(s.thread("CRELEASES", 0).matches("Roll out").count(), 1);
        s.ends_with(1).await;
        assert_eq!(s.history().await.matches("Finished").count(), 1);
    }
}

#[tokio::test]
async fn a_notification_before_our_own_record_adopts_the_build() {
    let s = story(Job { quiet_ms: 0, ..quick() });
    s.system.fault("buildWithParameters", "POST", JenkinsFault::LostAnswer);
    s.asks().await;
    s.card_says(&["release · Starting"]);
    s.passes(8).await;
    s.card_says(&["release · Running"]);
    s.passes(30).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_found_by_the_parameter() {
    let s = story(quick());
    s.system.hold_notifications(Notifications::Lose);
    s.system.fault("buildWithParameters", "POST", JenkinsFault::LostAnswer);
    s.asks().await;
    s.passes(100).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 1);
}

#[tokio::test]
async fn what_certainly_never_arrived_is_sent_again() {
    let s = story(quick());
    built_before(&s).await;
    s.system.fault("buildWithParameters", "POST", JenkinsFault::Html(502));
    s.asks().await;
    s.passes(120).await;
    s.card_says(&["release · Succeeded", "attempt 2"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 2);
}

/// The job has no earlier build. That it lists no build proves nothing then, because somebody may have deleted the job
/// and created it again.
#[tokio::test]
async fn without_an_older_build_nothing_is_proven() {
    let s = story(quick());
    s.system.fault("buildWithParameters", "POST", JenkinsFault::Html(502));
    s.asks().await;
    s.passes(40 * 60).await;
    s.card_says(&["release · Unknown", "answered 502 (within a second); it cannot be found there"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 0);
}

/// The build ran, its answer was lost, and Jenkins no longer has it. It is not started a second time.
#[tokio::test]
async fn a_build_that_was_deleted_is_not_built_again() {
    let s = story(quick());
    built_before(&s).await;
    s.system.hold_notifications(Notifications::Lose);
    s.system.fault("buildWithParameters", "POST", JenkinsFault::LostAnswer);
    s.asks().await;
    s.passes(30).await;
    assert!(s.system.deletes_build("web/deploy", 2));
    s.passes(40 * 60).await;
    s.card_says(&["release · Unknown"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 2, "one by hand, one of ours");
}

#[tokio::test]
async fn a_job_that_drops_the_id_proves_nothing() {
    let without = Job::pipeline("web/deploy")
        .parameter(ParameterDefinition::string("SERVICE", ""))
        .parameter(ParameterDefinition::string("VERSION", "latest"))
        .stage(Stage::new("Build", 4_000));
    let s = story(without.clone());
    s.asks().await;
    s.passes(30).await;
    assert!(
        s.thread("CRELEASES", 0).contains("the job dropped the run's id"),
        "{}",
        s.thread("CRELEASES", 0)
    );
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    let s = story(without);
    s.system.fault("buildWithParameters", "POST", JenkinsFault::Html(502));
    s.asks().await;
    s.passes(40 * 60).await;
    s.card_says(&["release · Unknown"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 0);
}

#[tokio::test]
async fn an_identical_item_in_the_queue_takes_ours_in() {
    let without = Job::pipeline("web/deploy")
        .parameter(ParameterDefinition::string("SERVICE", ""))
        .parameter(ParameterDefinition::string("VERSION", "latest"))
        .stage(Stage::new("Build", 4_000));
    let s = story(Job { queued_ms: 10_000, ..without });
    s.asks().await;
    s.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    s.settles().await;
    s.passes(40).await;
    let second = s.card("CRELEASES", 1);
    assert!(second.contains("release · Succeeded"), "{second}");
    assert!(
        s.thread("CRELEASES", 1).contains("joined it with an identical request"),
        "{}",
        s.thread("CRELEASES", 1)
    );
    s.ends_with(2).await;
    assert_eq!(s.system.started(), 1);
}

#[tokio::test]
async fn an_item_that_jenkins_forgot_is_found_by_its_build() {
    let s = story(quick());
    s.asks().await;
    s.system.down(true);
    s.passes(7 * 60).await;
    s.system.down(false);
    s.passes(70).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 1);
}

#[tokio::test]
async fn an_item_that_vanished_is_unknown_until_a_person_decides() {
    let s = story(Job { lost_in_queue: true, ..quick() });
    s.asks().await;
    s.passes(12 * 60).await;
    s.card_says(&["release · Unknown", "queue item", "[Try again anyway]"]);
    s.card_says(&["Where to look: Jenkins, job web/deploy · view it"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 0);
}

/// A person who looked at Jenkins says what became of the run. The name and the note of this person are on record. A
/// person who may not do this changes nothing.
#[tokio::test]
async fn what_nobody_knows_is_looked_for_on_asking_and_settled_by_a_person() {
    let s = story(Job { lost_in_queue: true, ..quick() });
    s.asks().await;
    s.passes(12 * 60).await;
    s.presses("UADA", "CRELEASES", 0, "look_again").await;
    s.passes(1).await;
    s.card_says(&["Checked again", "for @Ada: it is not there; that does not prove that it never was"]);
    assert!(s.thread("CRELEASES", 0).contains("had it checked again: it is not there"));
    let short = s.card("CRELEASES", 0).split("run `").nth(1).unwrap()[..7].to_owned();
    let settle = format!("/signalbox settle {short} succeeded seen in the log of web-7");
    s.types("UMALLORY", "CRELEASES", &settle).await;
    s.settles().await;
    s.card_says(&["release · Unknown"]);
    s.types("UADA", "CRELEASES", &settle).await;
    s.passes(5).await;
    s.card_says(&[
        "release · Succeeded",
        "it ran and succeeded: seen in the log of web-7",
        "@Ada checked and settled it",
    ]);
    assert!(s.thread("CRELEASES", 0).contains("settled it: it ran and succeeded. seen in the log of web-7"));
    assert_eq!(s.system.started(), 0);
}

#[tokio::test]
async fn a_restart_of_jenkins_loses_nothing() {
    let s = story(Job { queued_ms: 3_000, ..quick() });
    s.asks().await;
    s.system.hold_notifications(Notifications::Lose);
    s.passes(1).await;
    s.system.restart();
    s.passes(60).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 1);
}

#[tokio::test]
async fn jenkins_out_of_reach_for_ten_minutes_delays_it_and_no_more() {
    let s = story(quick());
    s.wire.cut(true);
    s.asks().await;
    s.passes(600).await;
    s.wire.cut(false);
    s.passes(600).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 1);
}

#[tokio::test]
async fn what_jenkins_refuses_is_told_at_once() {
    for (job, fault, says) in [
        (Job { disabled: true, ..quick() }, None, "disabled"),
        (Job { vetoed: true, ..quick() }, None, "did not schedule"),
        (Job { forbidden: true, ..quick() }, None, "may not build"),
        (quick(), Some(JenkinsFault::Login), "perhaps to log in"),
        (quick(), Some(JenkinsFault::Crumb), "may not build"),
    ] {
        let s = story(job);
        if let Some(fault) = fault {
            s.system.fault("buildWithParameters", "POST", fault);
        }
        s.asks().await;
        s.card_says(&["release · Failed", says]);
        s.ends_with(1).await;
        assert_eq!(s.system.started(), 0);
    }
}

#[tokio::test]
async fn a_login_page_is_no_answer() {
    let s = story(quick());
    built_before(&s).await;
    s.system.fault("buildWithParameters", "POST", JenkinsFault::LoginPage);
    s.asks().await;
    s.card_says(&["release · Starting", "something that is not Jenkins"]);
    s.passes(120).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 2);
}

#[tokio::test]
async fn without_the_pipeline_plugin_build_and_log_are_enough() {
    let push = Stage::new("Push", 2_000).ends(StageEnd::Failure).log("pushing\nERROR: denied");
    let s = story_with(job().stage(push), |settings| settings.pipeline_rest = false);
    s.asks().await;
    s.passes(30).await;
    s.card_says(&["release · Failed", "ERROR: denied"]);
    let asked = s.system.calls().iter().filter(|c| c.path.contains("wfapi")).count();
    assert_eq!(asked, 1, "asked for stages again and again");
    s.ends_with(1).await;
}

//! What Jenkins, or something in front of it, refuses, and how the card says why.

use crate::stories::jenkins::{job, story};
use signalbox_simulator::jenkins::{JenkinsFault, Job, Notifications, ParameterDefinition, Stage, StageEnd};

fn quick() -> Job {
    job().stage(Stage::new("Build", 4_000))
}

/// A job whose parameter VERSION must be one of two choices.
fn choosy() -> Job {
    Job::pipeline("web/deploy")
        .parameter(ParameterDefinition::string("SERVICE", ""))
        .parameter(ParameterDefinition::choice("VERSION", &["1.4.0", "1.4.1"]))
        .parameter(ParameterDefinition::string("SIGNALBOX_RUN", ""))
        .stage(Stage::new("Build", 4_000))
}

#[tokio::test]
async fn a_redirect_to_a_login_is_called_one() {
    for fault in [JenkinsFault::OwnLogin, JenkinsFault::Login] {
        let s = story(quick());
        s.system.fault("buildWithParameters", "POST", fault);
        s.asks().await;
        s.card_says(&["release · Failed", "log in", "Nothing was started"]);
        s.card_lacks(&["did not schedule", "Read the output in the thread"]);
        s.ends_with(1).await;
        assert_eq!(s.system.started(), 0);
    }
}

#[tokio::test]
async fn an_illegal_choice_that_jenkins_names_is_refused_at_once() {
    let s = story(quick());
    let page = "java.lang.IllegalArgumentException: Illegal choice for parameter VERSION: 1.4.2";
    s.system.fault("buildWithParameters", "POST", JenkinsFault::Says(500, page.into()));
    s.asks().await;
    s.card_says(&["release · Failed", "VERSION", "none of the job's choices", "Nothing was started"]);
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 0);
}

/// For most illegal choices Jenkins only answers 500. So the backend reads the job's choices before anything is sent.
#[tokio::test]
async fn an_illegal_choice_that_jenkins_does_not_name_is_named_all_the_same() {
    let s = story(choosy());
    s.asks().await;
    s.card_says(&["release · Failed", "VERSION=1.4.2 is none of the job's choices (1.4.0, 1.4.1)"]);
    s.card_says(&["Nothing was started"]);
    assert!(s.system.calls().iter().all(|c| c.method == "GET"), "{:?}", s.system.calls());
    s.ends_with(1).await;
    assert_eq!(s.system.started(), 0);
    // If the job's choices cannot be read, the request is sent all the same.
    let s = story(quick());
    s.system.fault("parameterDefinitions", "GET", JenkinsFault::Status(403));
    s.asks().await;
    s.passes(30).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
}

#[tokio::test]
async fn a_login_page_with_200_is_called_one() {
    for fault in [JenkinsFault::LoginPage, JenkinsFault::OwnLoginPage] {
        let s = story(quick());
        s.system.trouble("buildWithParameters", "POST", fault);
        s.asks().await;
        s.card_says(&["release · Starting", "a login page"]);
        s.passes(40 * 60).await;
        s.card_says(&["release · Unknown", "a login page"]);
        s.ends_with(1).await;
        assert_eq!(s.system.started(), 0);
    }
}

#[tokio::test]
async fn a_stop_that_is_refused_says_why() {
    let s = story(job().stage(Stage::new("Soak", 0).ends(StageEnd::Hang)));
    s.system.hold_notifications(Notifications::Lose);
    s.asks().await;
    s.passes(10).await;
    for how in ["/stop", "/term", "/kill"] {
        s.system.trouble(how, "POST", JenkinsFault::Status(403));
    }
    s.presses("UADA", "CRELEASES", 0, "cancel").await;
    s.passes(10).await;
    s.card_says(&["release · Running", "It could not be stopped yet", "Job/Cancel"]);
    s.system.recovers();
    s.passes(60).await;
    s.card_says(&["release · Cancelled"]);
    s.ends_with(1).await;
}

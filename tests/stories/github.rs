//! Stories with the real backend and the real door for GitHub, and with the simulated GitHub at the other end of the
//! wire.

use super::system::world_with;
use super::wire::Wire;
use super::world::START;
use signalbox_backends::github::TIMING;
use signalbox_backends::{Credentials, GitHub, GitHubSettings};
use signalbox_domain::Frozen;
use signalbox_domain::catalogue::{GitHubTarget, Target};
use signalbox_engine::ports::{Backend, Clock};
use signalbox_simulator::github::{
    self as simulated, DispatchAnswers, GitHubFault, Job, Repository, Step, Webhooks, Workflow,
};
use signalbox_testkit::{VirtualClock, samples};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) type Story = super::system::Story<simulated::GitHub>;

/// The workflow `deploy.yml`. It takes the inputs, and shows the run's id in its name.
pub(super) fn workflow() -> Workflow {
    Workflow::new("deploy.yml")
        .run_name("Deploy ${{ inputs.service }} ${{ inputs.version }} [${{ inputs.signalbox-run }}]")
        .required_input("service")
        .required_input("version")
        .input("signalbox-run")
}

fn quick() -> Workflow {
    workflow().job("build", &[("Compile", 4.0), ("Test", 4.0)]).job("deploy", &[("Roll out", 6.0)])
}

pub(super) fn failing() -> Workflow {
    let log = "Pushing the image\ndenied: token=canary-in-log is not valid";
    workflow().with_job(Job::new("deploy", vec![Step::new("Build", 2.0), Step::failing("Push", 2.0, log)]))
}

pub(super) fn story(workflow: Workflow) -> Story {
    story_with(workflow, |_| ())
}

pub(super) fn story_with(workflow: Workflow, change: impl FnOnce(&mut simulated::GitHubSettings)) -> Story {
    let clock = Arc::new(VirtualClock::at(START));
    let now = clock.clone();
    let mut settings = simulated::GitHubSettings::new(Arc::new(move || now.now().0));
    settings.webhook_secret = "a webhook secret".into();
    settings.repositories = vec![Repository::new("acme", "shop").workflow(workflow)];
    change(&mut settings);
    let token = settings.token.clone();
    over(clock, simulated::GitHub::new(settings), Credentials::Token(token))
}

pub(super) fn over(clock: Arc<VirtualClock>, github: simulated::GitHub, credentials: Credentials) -> Story {
    with_catalogue(clock, github, credentials, samples::catalogue_for(Target::GitHub(target())))
}

/// The same, where people ask for the operations of this catalogue.
pub(super) fn with_catalogue(
    clock: Arc<VirtualClock>,
    github: simulated::GitHub,
    credentials: Credentials,
    catalogue: Frozen,
) -> Story {
    let wire = Arc::new(Wire::to(github.api()));
    let settings = GitHubSettings { api_url: "https://api.github.com".into(), credentials, timing: TIMING };
    let backend: Arc<dyn Backend> = Arc::new(GitHub::new(settings, wire.clone(), clock.clone()).unwrap());
    let world = world_with(&github, catalogue, backend, clock);
    Story { world, system: github, wire }
}

/// The target that is dispatched. Its inputs have places that are filled in later.
pub(super) fn target() -> GitHubTarget {
    let inputs = [("service", "{service}"), ("version", "{version}")];
    GitHubTarget {
        repository: "acme/shop".into(),
        workflow: "deploy.yml".into(),
        git_ref: "main".into(),
        inputs: inputs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>(),
        run_input: Some("signalbox-run".into()),
    }
}

#[tokio::test]
async fn a_workflow_runs_and_its_steps_are_told() {
    let s = story(quick());
    s.asks().await;
    s.card_says(&["release · Running", "View run"]);
    s.passes(30).await;
    s.card_says(&["release · Succeeded"]);
    let thread = s.thread("CRELEASES", 0);
    for step in ["build › Compile", "build › Test", "deploy › Roll out"] {
        assert_eq!(thread.matches(step).count(), 1, "{step}: {thread}");
    }
    assert!(!thread.contains("Set up job"), "{thread}");
    assert_eq!(s.system.runs()[0].inputs["service"], "web");
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 1);
}

#[tokio::test]
async fn a_failure_names_the_step_and_shows_the_end_of_its_log_and_can_be_run_again() {
    let s = story(failing());
    s.asks().await;
    s.passes(20).await;
    s.card_says(&["Got as far as step 2: deploy › Push · step 2 of 2 in this job"]);
    s.card_says(&["release · Failed", "failed in deploy › Push", "denied: token=[redacted]", "[Try again]"]);
    s.never_stored_or_said("canary-in-log");
    // Grace may not do this, but Ada may.
    s.presses("UGRACE", "CRELEASES", 0, "retry").await;
    s.settles().await;
    assert!(
        s.private("UGRACE", "CRELEASES").contains("stays as it is"),
        "{}",
        s.private("UGRACE", "CRELEASES")
    );
    s.presses("UADA", "CRELEASES", 0, "retry").await;
    s.presses("UADA", "CRELEASES", 0, "retry").await;
    s.settles().await;
    s.card_says(&["release · Running", "attempt 2"]);
    s.passes(20).await;
    s.card_says(&["release · Failed", "attempt 2"]);
    assert!(s.thread("CRELEASES", 0).contains("had it run again"), "{}", s.thread("CRELEASES", 0));
    s.card_says(&["attempt 2, by @Ada"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 2);
    let history = s.history().await;
    assert!(history.contains("RetryRefused") && history.matches("RetryRequested").count() == 1, "{history}");
    let titles: Vec<_> = s.system.runs().iter().map(|r| r.display_title.clone()).collect();
    assert!(titles[1].ends_with("-2]") && !titles[0].ends_with("-2]"), "{titles:?}");
}

#[tokio::test]
async fn it_is_cancelled() {
    let s = story(workflow().with_job(Job::new("soak", vec![Step::hanging("Wait")])));
    s.asks().await;
    s.passes(5).await;
    s.presses("UADA", "CRELEASES", 0, "cancel").await;
    s.passes(20).await;
    s.card_says(&["release · Cancelled"]);
    s.ends_with(1).await;
}

#[tokio::test]
async fn what_does_not_listen_is_ended_by_force() {
    let s = story(workflow().with_job(Job::new("soak", vec![Step::hanging("Wait")])).ignores_cancel());
    s.asks().await;
    s.passes(5).await;
    s.presses("UADA", "CRELEASES", 0, "cancel").await;
    s.passes(45).await;
    s.card_says(&["release · Running", "it has not stopped yet"]);
    s.passes(60).await;
    s.card_says(&["release · Cancelled"]);
    s.ends_with(1).await;
}

#[tokio::test]
async fn without_webhooks_its_end_is_found_by_looking() {
    let s = story(quick());
    s.system.hold_webhooks(Webhooks::Lose);
    s.asks().await;
    s.passes(40).await;
    s.card_says(&["release · Succeeded"]);
    assert!(s.thread("CRELEASES", 0).contains("deploy › Roll out"));
    s.ends_with(1).await;
}

#[tokio::test]
async fn webhooks_that_come_twice_are_told_once() {
    let s = story(quick());
    s.system.hold_webhooks(Webhooks::Twice);
    s.asks().await;
    s.passes(30).await;
    s.card_says(&["release · Succeeded"]);
    assert_eq!(s.thread("CRELEASES", 0).matches("Roll out").count(), 1);
    // The same webhooks come once more, hours later.
    let guids: Vec<String> = s.system.deliveries().iter().map(|d| d.guid.clone()).collect();
    s.passes(400).await;
    guids.iter().for_each(|g| s.system.redeliver(g));
    s.passes(5).await;
    s.ends_with(1).await;
    assert_eq!(s.history().await.matches("Finished").count(), 1);
}

#[tokio::test]
async fn a_webhook_before_our_own_record_adopts_the_run() {
    let s = story(quick());
    s.system.fault("/dispatches", "POST", GitHubFault::LostAnswer);
    s.asks().await;
    s.card_says(&["release · Starting", "may have started it"]);
    // This is long before the end of the lease, when a search would come.
    s.passes(5).await;
    s.card_says(&["release · Running"]);
    s.passes(30).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 1);
}

#[tokio::test]
async fn a_lost_answer_without_webhooks_is_found_by_its_name() {
    let s = story(quick());
    s.system.hold_webhooks(Webhooks::Lose);
    s.system.fault("/dispatches", "POST", GitHubFault::LostAnswer);
    s.asks().await;
    s.passes(60).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 1);
}

#[tokio::test]
async fn github_out_of_reach_for_ten_minutes_delays_it_and_no_more() {
    let s = story(quick());
    s.wire.cut(true);
    s.asks().await;
    s.card_says(&["release · Starting", "cannot be reached"]);
    s.passes(600).await;
    assert_eq!(s.system.dispatches(), 0);
    s.wire.cut(false);
    s.passes(600).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 1);
}

#[tokio::test]
async fn github_down_while_it_runs_changes_nothing() {
    let s = story(quick());
    s.asks().await;
    s.system.down(true);
    s.passes(600).await;
    s.card_says(&["release · Running"]);
    s.system.down(false);
    s.passes(70).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
}

#[tokio::test]
async fn a_server_that_answers_204_is_searched_for_the_name() {
    let s = story_with(quick().appears_after_ms(4_000), |settings| {
        settings.answers = DispatchAnswers::NoContent;
        settings.api_versions = vec!["2022-11-28".into()];
    });
    s.system.hold_webhooks(Webhooks::Lose);
    s.asks().await;
    s.card_says(&["release · Running"]);
    s.passes(60).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 1);
    let history = s.history().await;
    assert!(history.starts_with("Requested DispatchStarted Dispatched Located"), "{history}");
}

#[tokio::test]
async fn what_cannot_be_found_is_unknown_until_a_person_decides() {
    let s = story(quick());
    // Something between us and GitHub took the request, and it never arrived.
    s.system.fault("/dispatches", "POST", GitHubFault::Html(502));
    s.asks().await;
    s.passes(60 * 29).await;
    s.card_says(&["release · Starting"]);
    s.passes(60 * 5).await;
    s.card_says(&["release · Unknown", "[Look again]", "[Try again anyway]"]);
    assert_eq!(s.system.dispatches(), 0);
    s.presses("UADA", "CRELEASES", 0, "look_again").await;
    s.settles().await;
    s.card_says(&["release · Unknown"]);
    s.presses("UADA", "CRELEASES", 0, "retry").await;
    s.passes(40).await;
    s.card_says(&["release · Succeeded", "attempt 2"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 1);
}

#[tokio::test]
async fn a_run_that_shows_late_is_adopted_though_it_was_given_up() {
    let s = story(quick().appears_after_ms(40 * 60_000));
    s.system.hold_webhooks(Webhooks::Lose);
    s.system.fault("/dispatches", "POST", GitHubFault::LostAnswer);
    s.asks().await;
    s.passes(35 * 60).await;
    s.card_says(&["release · Unknown"]);
    s.passes(10 * 60).await;
    s.presses("UADA", "CRELEASES", 0, "look_again").await;
    s.settles().await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 1);
}

#[tokio::test]
async fn both_attempts_of_an_unknown_run_are_told_of_loudly() {
    let s = story(quick().appears_after_ms(40 * 60_000));
    s.system.fault("/dispatches", "POST", GitHubFault::LostAnswer);
    s.asks().await;
    s.passes(35 * 60).await;
    s.presses("UADA", "CRELEASES", 0, "retry").await;
    s.passes(60 * 60).await;
    s.card_says(&["release · Succeeded", "It may have run twice", "attempt 1 appeared late"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 2);
}

#[tokio::test]
async fn a_workflow_that_hides_the_id_is_never_attempted_twice() {
    let s = story(quick().run_name("Deploy ${{ inputs.service }}"));
    s.system.fault("/dispatches", "POST", GitHubFault::Html(502));
    s.asks().await;
    s.passes(60 * 40).await;
    s.card_says(&["release · Unknown", "run-name does not show the input"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 0);
}

#[tokio::test]
async fn somebody_elses_run_of_the_same_name_is_not_ours() {
    let s = story(quick());
    s.system.fault("/dispatches", "POST", GitHubFault::Html(502));
    s.asks().await;
    let run = s.only_run().await.to_string();
    let inputs = [("service", "web"), ("version", "1.4.2"), ("signalbox-run", run.as_str())];
    s.system.run_by_hand("acme/shop", "deploy.yml", "mallory", &inputs).unwrap();
    s.passes(120).await;
    // Neither a webhook nor a search takes it for our run.
    s.card_says(&["release · Starting"]);
    assert!(!s.history().await.contains("Dispatched "), "{}", s.history().await);
}

#[tokio::test]
async fn a_limit_is_waited_out() {
    for fault in [
        GitHubFault::PrimaryLimit { reset_in_s: 900 },
        GitHubFault::SecondaryLimit { retry_after_s: Some(120) },
        GitHubFault::SecondaryLimit { retry_after_s: None },
    ] {
        let s = story(quick());
        s.system.fault("/dispatches", "POST", fault.clone());
        s.asks().await;
        s.card_says(&["release · Starting", "rate limit"]);
        s.passes(50).await;
        assert_eq!(s.system.calls().len(), 1, "{fault:?}: quiet was asked for");
        s.passes(1000).await;
        s.card_says(&["release · Succeeded"]);
        s.ends_with(1).await;
        assert_eq!(s.system.dispatches(), 1);
    }
}

#[tokio::test]
async fn a_refusal_says_why_at_once() {
    let s = story(Workflow::new("deploy.yml").input("service"));
    s.asks().await;
    s.card_says(&["release · Failed", "Unexpected inputs provided"]);
    s.ends_with(1).await;
    let s = story(workflow().not_dispatchable());
    s.asks().await;
    s.card_says(&["release · Failed", "workflow_dispatch"]);
    s.ends_with(1).await;
}

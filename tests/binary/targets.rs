//! The real binary with `GITHUB_…` and `JENKINS_…` set. It drives over TCP the systems that these variables name, and
//! `check --targets` reads from them. Here they name the simulators, served on this machine.

use crate::binary::process::{PATIENCE, Server, signalbox, states, text};
use axum::Router;
use signalbox_simulator::github::{self, Repository, Workflow};
use signalbox_simulator::jenkins::{self, Job, ParameterDefinition, Stage};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[expect(clippy::disallowed_methods, reason = "the binary under test lives by the wall clock as well")]
fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Serves a router until the test ends. Returns its address.
fn serve(router: Router) -> (tokio::runtime::Runtime, String) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    runtime.spawn(async move { axum::serve(listener, router).await });
    (runtime, address)
}

fn played_github(workflow: Workflow) -> github::GitHub {
    github::GitHub::new(github::GitHubSettings {
        repositories: vec![Repository::new("acme", "shop").workflow(workflow)],
        ..github::GitHubSettings::new(Arc::new(now_ms))
    })
}

fn played_jenkins(job: Job) -> jenkins::Jenkins {
    jenkins::Jenkins::new(jenkins::JenkinsSettings::new(vec![job], Arc::new(now_ms)))
}

fn workflow() -> Workflow {
    Workflow::new("deploy.yml").input("version").input("signalbox-run").job("deploy", &[("Roll out", 1.0)])
}

fn job() -> Job {
    Job::pipeline("web/deploy").parameter(ParameterDefinition::string("VERSION", ""))
}

/// A catalogue with one operation for each of the two systems.
fn catalogue(folder: &Path) {
    let yaml = "operations:
  ship:
    description: Ship it on GitHub
    parameters: [{name: version, type: string, pattern: '[0-9.]+', required: true}]
    target: {github: acme/shop, workflow: deploy.yml, ref: main, inputs: {version: '{version}'}}
    allow: [{users: [TPRACTICE/UADA]}]
  build:
    description: Build it on Jenkins
    parameters: [{name: version, type: string, pattern: '[0-9.]+', required: true}]
    target: {jenkins: web/deploy, parameters: {VERSION: '{version}'}}
    allow: [{users: [TPRACTICE/UADA]}]
";
    std::fs::write(folder.join("catalogue.yaml"), yaml).unwrap();
}

fn with_targets<'c>(command: &'c mut Command, github: &str, jenkins: &str) -> &'c mut Command {
    command
        .env("GITHUB_API_URL", github)
        .env("GITHUB_TOKEN", "github_pat_practice")
        .env("JENKINS_URL", jenkins)
        .env("JENKINS_USER", "signalbox")
        .env("JENKINS_TOKEN", "practice")
}

/// Asks for both operations, and waits until both have succeeded.
fn both_succeed(server: &Server, data: &Path) {
    for line in ["/ship 1.0.0", "/build 1.0.0"] {
        let answer = server.types(line).unwrap();
        assert!(answer.contains("Asked for"), "{answer}");
    }
    let deadline = Instant::now() + PATIENCE;
    while states(data).values().flatten().filter(|s| *s == "succeeded").count() < 2 {
        assert!(Instant::now() < deadline, "{:?}", states(data));
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn it_drives_the_systems_that_the_environment_names() {
    let shown = "Deploy ${{ inputs.version }} [${{ inputs.signalbox-run }}]";
    let github = played_github(workflow().run_name(shown));
    let declared = ParameterDefinition::string("SIGNALBOX_RUN", "");
    let jenkins = played_jenkins(job().parameter(declared).stage(Stage::new("Roll out", 1_000)));
    let (_github, github_url) = serve(github.api());
    let (_jenkins, jenkins_url) = serve(jenkins.http());
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    catalogue(folder.path());

    let mut check = signalbox(&["check", "--targets"]);
    let checked = with_targets(&mut check, &github_url, &jenkins_url).arg(folder.path()).output().unwrap();
    assert!(checked.status.success(), "{}{}", text(&checked.stdout), text(&checked.stderr));
    assert!(
        text(&checked.stdout).contains("acme/shop deploy.yml on GitHub: fine"),
        "{}",
        text(&checked.stdout)
    );

    let server = Server::start_with(folder.path(), data.path(), |serve| {
        with_targets(serve, &github_url, &jenkins_url).arg("--real");
    });
    both_succeed(&server, data.path());
    assert_eq!((github.dispatches(), jenkins.started()), (1, 1));
    assert_eq!(github.runs()[0].inputs["version"], "1.0.0");
    assert_eq!(jenkins.builds()[0].parameter("VERSION"), Some("1.0.0"));
}

/// A token in the environment does not mean that somebody wants to use it. Practice stays practice, and says so.
#[test]
fn practice_reaches_nothing_real_whatever_the_environment_says() {
    let shown = "Deploy ${{ inputs.version }} [${{ inputs.signalbox-run }}]";
    let github = played_github(workflow().run_name(shown));
    let jenkins = played_jenkins(job());
    let (_github, github_url) = serve(github.api());
    let (_jenkins, jenkins_url) = serve(jenkins.http());
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    catalogue(folder.path());
    let server = Server::start_with(folder.path(), data.path(), |serve| {
        with_targets(serve, &github_url, &jenkins_url);
    });
    both_succeed(&server, data.path());
    assert_eq!((github.dispatches(), jenkins.started()), (0, 0));
}

#[test]
fn check_says_what_the_real_workflow_and_job_lack() {
    let (_github, github_url) = serve(played_github(workflow().run_name("Deploy")).api());
    let (_jenkins, jenkins_url) = serve(played_jenkins(job()).http());
    let folder = tempfile::tempdir().unwrap();
    catalogue(folder.path());
    let mut check = signalbox(&["check", "--targets"]);
    let checked = with_targets(&mut check, &github_url, &jenkins_url).arg(folder.path()).output().unwrap();
    let said = text(&checked.stderr);
    assert!(!checked.status.success());
    for part in [
        "does not show the input `signalbox-run` in its run-name",
        "does not declare the text parameter SIGNALBOX_RUN",
        "help:",
    ] {
        assert!(said.contains(part), "{part} is missing: {said}");
    }
    // The same command where no server answers.
    let mut check = signalbox(&["check", "--targets"]);
    let nobody =
        with_targets(&mut check, "http://127.0.0.1:9", "http://127.0.0.1:9").arg(folder.path()).output();
    let said = text(&nobody.unwrap().stderr);
    assert!(said.contains("cannot be reached") && !said.contains("github_pat_practice"), "{said}");
}

#[test]
fn settings_that_contradict_each_other_stop_the_start() {
    let data = tempfile::tempdir().unwrap();
    for (settings, says) in [
        (&[("GITHUB_TOKEN", "x"), ("GITHUB_APP_ID", "1")][..], "both set"),
        (&[("GITHUB_APP_ID", "1")][..], "GITHUB_APP_PRIVATE_KEY is not"),
        (&[("GITHUB_APP_ID", "1"), ("GITHUB_APP_PRIVATE_KEY", "canary")][..], "not an RSA key"),
        (&[("JENKINS_URL", "http://127.0.0.1:9")][..], "belong together"),
        (&[("GITHUB_WEBHOOK_SECRET", ",")][..], "GITHUB_WEBHOOK_SECRET"),
        (&[("SLACK_SIGNING_SECRET", "canary")][..], "SLACK_BOT_TOKEN is not"),
        (&[("SLACK_BOT_TOKEN", "canary")][..], "SLACK_SIGNING_SECRET is not"),
        (&[("GITHUB_TOKEN", "x"), ("GITHUB_API_URL", "nonsense")][..], "GITHUB_API_URL"),
        (&[("JENKINS_URL", "nonsense"), ("JENKINS_USER", "a"), ("JENKINS_TOKEN", "b")][..], "JENKINS_URL"),
        (&[("ALERTMANAGER_URL", "nonsense")][..], "ALERTMANAGER_URL"),
        (&[("LOKI_URL", "nonsense")][..], "LOKI_URL"),
        (&[("SLACK_API_URL", "nonsense")][..], "SLACK_API_URL"),
        (&[("SIGNALBOX_PUBLIC_URL", "nonsense")][..], "SIGNALBOX_PUBLIC_URL"),
    ] {
        let mut serve = signalbox(&["serve", "--listen", "127.0.0.1:0", "--data"]);
        let stopped = serve.arg(data.path()).envs(settings.iter().copied()).output().unwrap();
        let said = text(&stopped.stderr);
        assert!(
            !stopped.status.success() && said.contains(says) && !said.contains("canary"),
            "{settings:?}: {said}"
        );
    }
}

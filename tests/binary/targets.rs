//! The real binary with `GITHUB_…` and `JENKINS_…` set. It drives over TCP the systems that these variables name, and
//! `check --targets` reads from them. Here they name the simulators, served on this machine.

use crate::binary::process::{PATIENCE, Server, signalbox, states, text};
use axum::Router;
use signalbox_simulator::github::{self, InputKind, Repository, Workflow};
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

/// Types, options and defaults are compared both ways, at their lines, in every format. What may be meant is a note.
#[test]
fn check_compares_what_people_may_choose_with_what_is_taken() {
    let mut deploy = workflow().run_name("[${{ inputs.signalbox-run }}]");
    deploy.inputs[0].kind = InputKind::Choice(["1.0", "2.0", "3.0"].map(str::to_owned).to_vec());
    let run = ParameterDefinition::string("SIGNALBOX_RUN", "");
    let build = |options: &[&str]| {
        Job::pipeline("web/deploy")
            .parameter(ParameterDefinition::choice("VERSION", options))
            .parameter(run.clone())
    };
    let (_github, github_url) = serve(played_github(deploy).api());
    let (_jenkins, jenkins_url) = serve(played_jenkins(build(&["1.0", "2.0", "3.0"])).http());
    let (_less, less_url) = serve(played_jenkins(build(&["1.0"])).http());
    let folder = tempfile::tempdir().unwrap();
    catalogue(folder.path());
    let file = folder.path().join("catalogue.yaml");
    let yaml = std::fs::read_to_string(&file).unwrap();
    let yaml = yaml.replace(
        "type: string, pattern: '[0-9.]+', required: true",
        "type: choice, options: ['1.0', '2.0'], default: '2.0'",
    );
    std::fs::write(&file, yaml).unwrap();
    let check = |jenkins: &str, format: &str| {
        let mut check = signalbox(&["check", "--targets", "--format", format]);
        let out = with_targets(&mut check, &github_url, jenkins).arg(folder.path()).output().unwrap();
        (out.status.success(), text(&out.stdout), text(&out.stderr))
    };
    // Options that nobody is offered may be meant.
    let (fine, _, said) = check(&jenkins_url, "text");
    assert!(fine && said.contains("note: ") && said.contains("0 errors and 2 notes"), "{said}");
    let (fine, _, said) = check(&less_url, "text");
    assert!(!fine && said.contains("does not have `2.0` among the choices of `VERSION`"), "{said}");
    let (fine, json, _) = check(&less_url, "json");
    let found: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let told: Vec<String> = found
        .iter()
        .map(|one| {
            format!(
                "{}:{} {}",
                one["line"],
                one["column"],
                if one["note"] == true { "note" } else { "error" }
            )
        })
        .collect();
    assert_eq!(
        (fine, told),
        (false, ["4:18 note", "9:18 error", "9:73 error"].map(str::to_owned).to_vec()),
        "{json}"
    );
    let (_, lines, _) = check(&less_url, "github");
    let commands: Vec<&str> = lines.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(commands, ["::notice", "::error", "::error"], "{lines}");
    let (_, sarif, _) = check(&less_url, "sarif");
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["level"], "note");
    assert_eq!(sarif["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["region"]["startLine"], 9);
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

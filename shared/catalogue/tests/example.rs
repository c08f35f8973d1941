//! The example catalogue: it loads, it does what its comments say, and its programs do what its operations expect.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

use signalbox_catalogue::{Catalogue, digest, from_artefact, load, to_artefact};
use signalbox_domain::catalogue::Target;
use signalbox_domain::phrase::{Phrase, understand};
use signalbox_domain::watch::Source;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/catalogue")
}

fn catalogue() -> Catalogue {
    load(&folder()).unwrap_or_else(|wrong| panic!("{wrong}"))
}

#[test]
fn it_loads_and_comes_back_from_its_artefact() {
    let catalogue = catalogue();
    assert_eq!(from_artefact(&to_artefact(&catalogue)), Ok(catalogue));
}

/// The digest changes with every change of the example that has a meaning, and with no other.
#[test]
fn its_digest_is_known() {
    insta::assert_snapshot!(digest(&catalogue()), @r"94a9ccfd04bcbf13fcf5ef457e5192106d2551f4b33f9f9bcacbcdd24fad087e");
}

#[test]
fn what_it_offers() {
    let catalogue = catalogue();
    let offers: Vec<String> = catalogue
        .operations
        .values()
        .map(|o| {
            let target = match &o.target {
                Target::Command(command) => {
                    format!("{:?} {:?} in {:?}", command.program, command.arguments, command.directory)
                }
                Target::GitHub(github) => format!("{github:?}"),
                Target::Jenkins(jenkins) => format!("{jenkins:?}"),
                Target::Batch(batch) => {
                    let steps: Vec<String> =
                        batch.steps.iter().map(signalbox_domain::catalogue::BatchStep::line).collect();
                    format!("{steps:?} parallel={} go_on={} {:?}", batch.parallel, batch.go_on, batch.given)
                }
            };
            let parameters: Vec<_> = o
                .parameters
                .iter()
                .map(|p| match (&p.default, p.required) {
                    (Some(default), _) => format!("[{}={default}]", p.name),
                    (None, true) => p.name.to_string(),
                    (None, false) => format!("[{}]", p.name),
                })
                .collect();
            format!("{} {}: {target}", o.name, parameters.join(" "))
        })
        .collect();
    insta::assert_snapshot!(offers.join("\n"), @r#"
    backup env [at] [key=backup-key] [note]: "operate" ["backup", "{env}", "--at={at}", "--key={key}", "--note={note}"] in ""
    batch steps [parallel=false] [on-failure=stop]: [] parallel=false go_on=false Some(GivenSteps { steps: "{steps}", parallel: Some("{parallel}"), on_failure: Some("{on-failure}") })
    deploy service version: GitHubTarget { repository: "practice/shop", workflow: "deploy.yml", git_ref: "main", inputs: {"service": "{service}", "version": "{version}"}, run_input: Some("signalbox-run") }
    integration service: JenkinsTarget { job: "shop/integration", branch: None, parameters: {"SERVICE": "{service}"}, run_parameter: Some("SIGNALBOX_RUN") }
    load-test : JenkinsTarget { job: "shop/load-test", branch: None, parameters: {}, run_parameter: Some("SIGNALBOX_RUN") }
    migrate : GitHubTarget { repository: "practice/shop", workflow: "migrate.yml", git_ref: "main", inputs: {}, run_input: Some("signalbox-run") }
    nightly : GitHubTarget { repository: "practice/shop", workflow: "nightly.yml", git_ref: "main", inputs: {}, run_input: Some("signalbox-run") }
    promote service [environment=staging]: JenkinsTarget { job: "shop/promote", branch: None, parameters: {"ENVIRONMENT": "{environment}", "SERVICE": "{service}"}, run_parameter: Some("SIGNALBOX_RUN") }
    provision name [size=small] [keep=2d] [parts]: "operate" ["provision", "{name}", "--memory={size.memory}", "--keep={keep}", "--parts={parts}"] in ""
    release service version: "git" ["tag", "--annotate", "--message", "Release {service} {version}, asked by {requester}, run {run}", "{service}-{version}"] in "practice"
    restart service env: "operate" ["restart", "{service}", "--env={env}", "--region={env.region}"] in ""
    rollback service env version: "operate" ["rollback", "{service}", "--env={env}", "--version={version}"] in ""
    rollout service [steps=5] [fast=false]: "rollout" ["{service}", "--steps={steps}", "--fast={fast}", "--run={run}"] in ""
    rollout-all : ["rollout-stack stack=media", "rollout-stack stack=ai", "rollout-stack stack=content"] parallel=false go_on=false None
    rollout-stack stack [tag]: "stack" ["rollout", "{stack}", "--tag={tag}"] in ""
    scale service env size [copies] reason: "operate" ["scale", "{service}", "--env={env}", "--cluster={env.cluster}", "--memory={size.memory}", "--size-copies={size.copies}", "--copies={copies}", "--reason={reason}"] in ""
    scale-stack stack copies: "stack" ["scale", "{stack}", "{copies}"] in ""
    scale-workers copies: ["scale-stack copies={copies} stack=ai", "scale-stack copies={copies} stack=content"] parallel=true go_on=true None
    smoke-test service [path]: "smoke-test" ["{service}", "--path={path}"] in ""
    soak : GitHubTarget { repository: "practice/shop", workflow: "soak.yml", git_ref: "main", inputs: {}, run_input: Some("signalbox-run") }
    "#);
}

#[test]
fn who_may() {
    let catalogue = catalogue();
    let grants: Vec<String> =
        catalogue.operations.values().map(|o| format!("{}: {:?}", o.name, o.allow)).collect();
    insta::assert_snapshot!(grants.join("\n"), @r"
    backup: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    batch: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    deploy: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE)], channels: [(TPRACTICE, CRELEASES)] }]
    integration: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    load-test: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    migrate: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE)], channels: [(TPRACTICE, CRELEASES)] }]
    nightly: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE)], channels: [(TPRACTICE, CRELEASES)] }]
    promote: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    provision: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    release: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE)], channels: [(TPRACTICE, CRELEASES)] }]
    restart: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    rollback: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    rollout: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    rollout-all: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    rollout-stack: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    scale: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    scale-stack: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    scale-workers: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    smoke-test: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE), (TPRACTICE, ULINUS)], channels: [(TPRACTICE, CRELEASES), (TPRACTICE, COPS)] }]
    soak: [Grant { users: [(TPRACTICE, UADA), (TPRACTICE, UGRACE)], channels: [(TPRACTICE, CRELEASES)] }]
    ");
    assert!(!grants.concat().contains("UMALLORY"));
}

#[test]
fn what_it_watches() {
    let catalogue = catalogue();
    let [watch] = catalogue.watches.values().collect::<Vec<_>>()[..] else { panic!("{catalogue:?}") };
    assert_eq!((watch.name.as_str(), watch.place.channel.as_str()), ("practice", "COPS"));
    let files = Source::Files { paths: vec!["logs/*.log".to_owned()] };
    assert_eq!(watch.sources.values().collect::<Vec<_>>(), [&files]);
    assert_eq!((watch.every_seconds, watch.delay_seconds), (60, 0));
    let who: Vec<&str> = watch.allow.iter().flat_map(|g| &g.users).map(|(_, user)| user.as_str()).collect();
    assert_eq!(who, ["UADA", "UGRACE", "ULINUS"]);
}

/// The phrases that the comments of the example teach.
#[test]
fn what_its_comments_say_one_can_type() {
    let catalogue = catalogue();
    let text = std::fs::read_to_string(folder().join("catalogue.yaml")).unwrap();
    let phrases: Vec<&str> =
        text.lines().filter_map(|l| l.split_once("In chat:")).flat_map(|(_, l)| l.split("  ")).collect();
    let commands: Vec<&str> = phrases.iter().map(|p| p.trim()).filter(|p| p.starts_with('/')).collect();
    assert_eq!(commands.len(), 4, "{commands:?}");
    for command in commands {
        let (slash, rest) = command.split_once(' ').unwrap();
        let phrase = understand(&catalogue, slash, rest, (None, signalbox_domain::Timestamp::default()));
        assert!(matches!(phrase, Ok(Phrase::Ask(..))), "{command}: {phrase:?}");
    }
}

/// Runs a program of the example in a folder of its own, as the server does in the data folder.
fn run(data: &Path, program: &str, arguments: &[&str]) -> Output {
    Command::new(folder().join("scripts").join(program))
        .args(arguments)
        .current_dir(data)
        .env("SMOKE_TEST_ATTEMPTS", "1")
        .output()
        .unwrap()
}

#[test]
fn the_rollout_tells_its_steps() {
    let data = tempfile::tempdir().unwrap();
    let output = run(data.path(), "rollout", &["web", "--steps=2", "--fast=true", "--run=r1"]);
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap(), @r#"
    ::step::50 % on the new version
    moving web to 50 %
    web is well at 50 %
    ::step::100 % on the new version
    moving web to 100 %
    web is well at 100 %
    web is rolled out
    "#);
    assert_eq!(run(data.path(), "rollout", &["web", "--what"]).status.code(), Some(2));
}

#[test]
fn the_smoke_test_fails_and_what_it_tells_too_much_is_hidden() {
    let data = tempfile::tempdir().unwrap();
    let output = run(data.path(), "smoke-test", &["web", "--path=/healthz"]);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    let token = concat!("ghp", "_0123456789abcdefghij0123456789abcdef");
    assert!(said.contains(token));
    let shown = signalbox_domain::redact::redact(&said);
    assert!(!shown.contains(token));
    insta::assert_snapshot!(shown, @r#"
    error: web does not answer on /healthz
      request: curl --header 'Authorization: Bearer [redacted]' https://web.example.com/healthz
      upstream: connect() failed (111: Connection refused)
    "#);
    // The watch `practice` reads this file.
    let log = std::fs::read_to_string(data.path().join("logs/web.log")).unwrap();
    assert!(log.contains(" ERROR shop.Health web does not answer on /healthz"), "{log}");
}

/// If the process group is stopped, no process of it is left: the pipe closes at once, and not when the last `sleep`
/// ends.
#[cfg(unix)]
#[test]
fn the_rollout_stops_when_it_is_told_to() {
    use std::io::{BufRead, BufReader, Read};
    let mut rollout = Command::new(folder().join("scripts/rollout"))
        .args(["web", "--steps=20"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(rollout.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("moving") {
        line.clear();
        said.read_line(&mut line).unwrap();
    }
    let stopped = Command::new("kill").args(["-TERM", &rollout.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(rollout.wait().unwrap().code(), Some(143));
    assert_eq!(rest, "rollout of web stopped in step 1 of 20; what was rolled out stays\n");
}

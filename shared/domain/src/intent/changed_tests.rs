//! What a change of the catalogue is told as.

use super::*;
use crate::catalogue::{CommandTarget, GitHubTarget, Target};
use crate::ids::{ChannelId, UserId, WorkspaceId};
use crate::landscape::{Environment, Landscape};
use crate::parameter::{Kind, Parameter, Value};
use crate::people::{Actor, Chat, Place};
use crate::{Frozen, landscape, sample};

/// `deploy env` at GitHub, with a setting of the environment in an input.
fn catalogue() -> Catalogue {
    let kind = Kind::Thing { of: landscape::Kind::Environment, only: vec![] };
    let env = Parameter { required: true, ..Parameter::plain("env".parse().unwrap(), kind) };
    let target = GitHubTarget {
        repository: "acme/shop".into(),
        workflow: "deploy.yml".into(),
        git_ref: "main".into(),
        inputs: [("env".into(), "{env}".into()), ("region".into(), "{env.region}".into())].into(),
        run_input: None,
    };
    let operation = Operation { target: Target::GitHub(target), ..sample::deploy(vec![env], &[]) };
    let settings = [("region".to_owned(), "eu".to_owned())].into();
    let environment = Environment { settings, ..sample::environment("qa") };
    Catalogue {
        operations: [(operation.name.clone(), operation)].into(),
        landscape: Landscape { environments: vec![environment], ..Landscape::default() },
        ..Catalogue::default()
    }
}

fn of(catalogue: Catalogue) -> (Frozen, Operation) {
    let operation = catalogue.operations.values().next().unwrap().clone();
    (catalogue.freeze(), operation)
}

fn asked(catalogue: Catalogue) -> Intent {
    let (catalogue, operation) = of(catalogue);
    let workspace = WorkspaceId::new("T1");
    let ada = Actor::person(Chat::SLACK, workspace.clone(), UserId::new("UADA"));
    let place = Place { chat: Chat::SLACK, workspace, channel: ChannelId::new("C1") };
    let parameters = [("env".parse().unwrap(), Value::Text("qa".into()))].into();
    Intent::new(&catalogue, &operation, parameters, ada, place)
}

fn run() -> RunId {
    RunId::derive("slack", "T1", "key")
}

/// As people read it, in short.
fn told(changed: Option<&Changed>) -> Vec<String> {
    let nothing = || "-".to_owned();
    let told = |d: &Difference| {
        let (was, is) = (d.was.clone().unwrap_or_else(nothing), d.is.clone().unwrap_or_else(nothing));
        format!("{}: {was} → {is}", d.what)
    };
    changed.map(|changed| changed.differences.iter().map(told).collect()).unwrap_or_default()
}

fn github(catalogue: &mut Catalogue) -> &mut GitHubTarget {
    let operation = catalogue.operations.values_mut().next().unwrap();
    let Target::GitHub(target) = &mut operation.target else { unreachable!("it is one") };
    target
}

type Change = (fn(&mut Catalogue), &'static [&'static str]);

const CHANGES: &[Change] = &[
    (|_| {}, &[]),
    (|c| github(c).git_ref = "release".into(), &["target ref: main → release"]),
    (
        |c| {
            github(c).inputs.insert("env".into(), "prod".into());
            github(c).inputs.remove("region");
            github(c).inputs.insert("zone".into(), "a".into());
        },
        &["target inputs.env: qa → prod", "target inputs.region: eu → -", "target inputs.zone: - → a"],
    ),
    // Filled, these say the same: the templates are what differs.
    (|c| drop(github(c).inputs.insert("env".into(), "qa".into())), &["target inputs.env: {env} → qa"]),
    (
        |c| drop(c.landscape.environments[0].settings.insert("region".into(), "us".into())),
        &["target inputs.region: eu → us"],
    ),
    (|c| c.operations.values_mut().next().unwrap().idempotent = true, &["idempotent: false → true"]),
    // What is no part of what decides is not told.
    (|c| c.operations.values_mut().next().unwrap().description = "other".into(), &[]),
    (
        |c| drop(github(c).inputs.insert("password".into(), "Tr0ub4dor&3xkcdQ9".into())),
        &["target inputs.password: - → [hidden]"],
    ),
];

#[test]
fn each_difference_is_named_with_what_it_was() {
    let intent = asked(catalogue());
    for (nth, (change, expect)) in CHANGES.iter().enumerate() {
        let mut changed = catalogue();
        change(&mut changed);
        let (changed, operation) = of(changed);
        let is = Changed::of(&changed, &operation, &intent, &run());
        let is: Vec<String> =
            told(is.as_ref()).into_iter().map(|t| t.replace(crate::redact::MASK, "[hidden]")).collect();
        assert_eq!(is, *expect, "{nth}");
        // A dispatcher reads what a door wrote.
        let read: Intent = serde_json::from_value(serde_json::to_value(&intent).unwrap()).unwrap();
        let again = Changed::of(&changed, &operation, &read, &run());
        assert_eq!(told(again.as_ref()).len(), expect.len(), "{nth}");
    }
}

#[test]
fn what_a_program_means_is_named() {
    let command = CommandTarget {
        program: "deploy".into(),
        arguments: vec!["{env}".into()],
        directory: String::new(),
        environment: BTreeMap::new(),
        timeout_seconds: 60,
    };
    let with = |program: &str, timeout_seconds| {
        let mut catalogue = catalogue();
        catalogue.programs = [("deploy".to_owned(), program.to_owned())].into();
        catalogue.operations.values_mut().next().unwrap().target =
            Target::Command(CommandTarget { timeout_seconds, ..command.clone() });
        catalogue
    };
    let intent = asked(with("./deploy", 60));
    let (now, operation) = of(with("/opt/deploy", 120));
    let changed = Changed::of(&now, &operation, &intent, &run());
    assert_eq!(
        told(changed.as_ref()),
        ["target timeout: 1m → 2m", "programs deploy: ./deploy → /opt/deploy"]
    );
}

#[test]
fn so_many_are_named_and_each_is_cut() {
    let inputs = |text: &str| (0..13).map(|n| (format!("i{n:02}"), text.repeat(200))).collect();
    let (mut before, mut after) = (catalogue(), catalogue());
    github(&mut before).inputs = inputs("a");
    github(&mut after).inputs = inputs("b");
    let intent = asked(before);
    let (after, operation) = of(after);
    let changed = Changed::of(&after, &operation, &intent, &run()).unwrap();
    assert_eq!((changed.differences.len(), changed.more), (10, 3));
    let longest =
        changed.differences.iter().filter_map(|d| d.is.as_ref()).map(|text| text.chars().count()).max();
    assert_eq!(longest, Some(LONGEST_TEXT));
}

#[test]
fn a_request_that_does_not_say_what_its_operation_did_is_told_nothing_more() {
    let (mut changed, intent) = (catalogue(), asked(catalogue()));
    github(&mut changed).git_ref = "release".into();
    let (changed, operation) = of(changed);
    let of = |intent: &Intent| Changed::of(&changed, &operation, intent, &run());
    assert!(of(&intent).is_some());
    assert_eq!(of(&intent.to_keep()), None);
    // Of a newer version: it is read, and not understood.
    let mut newer = serde_json::to_value(&intent).unwrap();
    newer["as_asked"]["does"] = serde_json::json!({"target": {"nomad": {}}, "and": 5});
    let newer: Intent = serde_json::from_value(newer).unwrap();
    assert_eq!(of(&newer), None);
    // Nothing of it is in the hash.
    assert_eq!((newer.hash, intent.to_keep().hash), (intent.hash, intent.hash));
    // An operation that says very much does not go with its requests.
    let mut long = catalogue();
    github(&mut long).git_ref = "x".repeat(crate::does::LONGEST_SENT);
    assert_eq!(asked(long).as_asked, None);
}

#[test]
fn another_attempt_is_compared_with_what_was_carried_out() {
    let work = |branch: &str| {
        let mut catalogue = catalogue();
        github(&mut catalogue).git_ref = branch.into();
        Work(catalogue.operations.values().next().unwrap().target.clone())
    };
    assert_eq!(
        told(Changed::of_work(&work("main"), &work("release")).as_ref()),
        ["target ref: main → release"]
    );
    assert_eq!(Changed::of_work(&work("main"), &work("main")), None);
}

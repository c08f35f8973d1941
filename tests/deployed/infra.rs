//! The template and the Terraform module are valid, pass a scan, and say the same. The tables are those of the store.
//!
//! The tools are not part of this project (`tests/infra/requirements.txt`, Terraform). These tests use no network:
//! `bash tests/run` puts a provider for Terraform into `target/terraform` beforehand.

use crate::binary::process::skipped;
use serde_json::{Value, json};
use signalbox_aws::tables::{EVENTS, EXPIRES, Keys, Kind, STATE, Table};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/infra/.venv/bin");
const MODULE: &str = "infra/terraform";

/// One of the Python tools, started in the project's folder with a temporary home folder. `None`, and SKIPPED, if the
/// tool is not installed.
fn tool(name: &str, home: &Path) -> Option<Command> {
    let program = Path::new(TOOLS).join(name);
    if !program.exists() {
        skipped(&format!("the template: needs {name} in tests/infra/.venv; `bash tests/run` installs it"));
        return None;
    }
    let mut command = Command::new(program);
    command.current_dir(ROOT).stdin(Stdio::null());
    command.env("HOME", home).env("AWS_DEFAULT_REGION", "us-east-1").env("SAM_CLI_TELEMETRY", "0");
    Some(command)
}

/// A command that finds Terraform and its provider. `None`, and SKIPPED, if they are missing.
fn with_terraform(program: &str) -> Option<Command> {
    let environment = Path::new(ROOT).join("target/terraform/env");
    if Command::new("terraform").arg("version").output().is_err() {
        skipped("the Terraform module: terraform is not installed");
        return None;
    }
    if !environment.exists() {
        skipped("the Terraform module: needs a provider in target/terraform; `bash tests/run` puts it there");
        return None;
    }
    let mut command = Command::new("bash");
    command.args(["-c", ". \"$0\" && exec \"$@\""]).arg(environment).arg(program);
    command.current_dir(ROOT).stdin(Stdio::null());
    Some(command)
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}\n{}", text(&output));
    text(&output)
}

/// Copies a folder without the files that Terraform leaves in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name());
        if name.to_string_lossy().starts_with(".terraform") {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// Copies the module into a folder of its own, because `init` leaves a lock file and a provider there.
fn module_in(folder: &Path) -> PathBuf {
    let module = folder.join("terraform");
    copy(&Path::new(ROOT).join(MODULE), &module);
    module
}

#[test]
fn the_template_is_valid() {
    let home = tempfile::tempdir().unwrap();
    let Some(mut lint) = tool("cfn-lint", home.path()) else { return };
    succeeds(lint.args(["--region", "us-east-1", "--template", "template.yaml"]));
    let Some(mut sam) = tool("sam", home.path()) else { return };
    succeeds(sam.args(["validate", "--lint", "--template", "template.yaml"]));
}

/// The names of the template's resources whose text contains `what`.
fn resources_with(what: &str) -> Vec<String> {
    let template = std::fs::read_to_string(Path::new(ROOT).join("template.yaml")).unwrap();
    let (_, resources) = template.split_once("\nResources:\n").unwrap();
    let (resources, _) = resources.split_once("\nOutputs:\n").unwrap();
    let mut name = String::new();
    let mut with = vec![];
    for line in resources.lines() {
        if line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':') {
            name = line.trim().trim_end_matches(':').to_owned();
        }
        if line.contains(what) && with.last() != Some(&name) {
            with.push(name.clone());
        }
    }
    with
}

/// Whoever has this key can ask for anything in the name of anybody.
#[test]
fn the_key_that_vouches_for_people_reaches_their_door_and_the_dispatcher_alone() {
    let holders = ["SlackIngress", "SlackIngressRole", "Dispatcher", "DispatcherRole"];
    assert_eq!(resources_with("CommandKeyParameter"), holders);
    assert_eq!(resources_with("SIGNALBOX_COMMAND_KEY"), ["SlackIngress", "Dispatcher"]);
    assert_eq!(resources_with("SIGNALBOX_PEOPLES_SENDERS"), ["Dispatcher"]);
    // A role that reads secrets names each secret, so no role reaches the key by a pattern.
    for line in ["parameter/*", "parameter*", "ssm:*"] {
        assert_eq!(resources_with(line), [""; 0], "{line}");
    }
}

#[test]
fn the_module_is_valid_and_its_own_tests_hold() {
    let Some(mut format) = with_terraform("terraform") else { return };
    succeeds(format.args(["fmt", "-check", "-diff", "-recursive", MODULE]));

    let folder = tempfile::tempdir().unwrap();
    let module = module_in(folder.path());
    let terraform = |at: &Path, arguments: &[&str]| {
        let mut command = with_terraform("terraform").unwrap();
        succeeds(command.arg(format!("-chdir={}", at.display())).args(arguments))
    };
    for at in [module.clone(), module.join("examples/complete")] {
        terraform(&at, &["init", "-backend=false", "-input=false", "-no-color"]);
        terraform(&at, &["validate", "-no-color"]);
    }
    let tested = terraform(&module, &["test", "-no-color"]);
    assert!(tested.contains("Success!") && tested.contains("0 failed"), "{tested}");
}

#[test]
fn a_scanner_finds_nothing_but_what_is_explained() {
    let home = tempfile::tempdir().unwrap();
    for (framework, what) in [("cloudformation", ["-f", "template.yaml"]), ("terraform", ["-d", MODULE])] {
        let Some(mut checkov) = tool("checkov", home.path()) else { return };
        checkov.args(["--config-file", "tests/infra/checkov.yaml", "--skip-download", "--compact"]);
        let found = succeeds(checkov.args(["--framework", framework]).args(what));
        // The scan also succeeds if it understood nothing and checked nothing, so the checks are counted.
        let passed = found.split("Passed checks: ").nth(1).and_then(|rest| rest.split(',').next());
        assert!(passed.is_some_and(|n| n.parse::<u32>().unwrap() > 40), "{found}");
    }
}

/// The output of `compare.py --dump` for one side, which is a file or a folder.
fn dump(command: &mut Command, what: &Path) -> String {
    let output = command.arg("infra/compare.py").arg("--dump").arg(what).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// What `compare.py` says about two sides: whether they are the same, and the differences.
fn compared(python: &mut Command, template: &Path, module: &Path) -> (bool, String) {
    let output = python.arg("infra/compare.py").args([template, module]).output().unwrap();
    (output.status.success(), text(&output))
}

#[test]
fn template_and_module_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let python = || tool("python", folder.path());
    if python().is_none() {
        return;
    }
    let program = Path::new(TOOLS).join("python");
    let Some(mut planned) = with_terraform(program.to_str().unwrap()) else { return };
    let template = std::fs::read_to_string(Path::new(ROOT).join("template.yaml")).unwrap();
    let of_module = folder.path().join("module.json");
    std::fs::write(&of_module, dump(&mut planned, Path::new(MODULE))).unwrap();
    let (same, said) = compared(&mut python().unwrap(), Path::new("template.yaml"), &of_module);
    assert!(same, "{said}");

    // The comparison finds each change of the template, and says where it is and on which side.
    for (what, instead, named) in [
        (
            "      Timeout: 60",
            "      Timeout: 61",
            "functions.signalbox-caretaker.timeout: 61 in the template, 60 in",
        ),
        (
            "maxReceiveCount: 20",
            "maxReceiveCount: 3",
            "queues.signalbox-intents.fifo.redrive.maxReceiveCount: 3",
        ),
        (
            "Action: [dynamodb:GetItem, dynamodb:BatchGetItem]",
            "Action: [dynamodb:GetItem, dynamodb:PutItem]",
            "permissions.signalbox-slack-ingress: only in the template: Allow dynamodb:PutItem arn:",
        ),
        (
            "      Effect: Deny",
            "      Effect: Allow",
            "permissions.signalbox-dispatcher: only in Terraform: Deny",
        ),
        (
            "ProjectionType: KEYS_ONLY",
            "ProjectionType: ALL",
            "tables.signalbox-events.indexes.by_day.projection: \"ALL\"",
        ),
        ("expires_at, Enabled: true", "expires_at, Enabled: false", "tables.signalbox-state.ttl: null"),
        (
            "RouteKey: POST /slack/events",
            "RouteKey: POST /slack/event",
            "api.routes.POST /slack/event: only in the template",
        ),
        ("Default: 3653", "Default: 365", "logs./aws/lambda/signalbox-caretaker: 365"),
        (
            "rate(1 minute)",
            "rate(5 minutes)",
            "schedules.signalbox-caretaker.expression: \"rate(5 minutes)\"",
        ),
        (
            "TreatMissingData: breaching",
            "TreatMissingData: ignore",
            "alarms.signalbox-caretaker-silent.missing",
        ),
        (
            "'dynamodb:LeadingKeys': ['memo:watch/*', ",
            "'dynamodb:LeadingKeys': ['memo:*', ",
            "permissions.signalbox-log-watch: only in the template: Allow dynamodb:GetItem",
        ),
        (
            "'dynamodb:LeadingKeys': ['card:*', 'memo:budget']",
            "'dynamodb:LeadingKeys': ['run:*', 'card:*', 'memo:budget']",
            "permissions.signalbox-notifier: only in the template: Allow dynamodb:PutItem",
        ),
        (
            "CardsOfBeforeAllowed: !Not [!Equals [!Ref CardsOfBefore, none]]",
            "CardsOfBeforeAllowed: !Equals [!Ref CardsOfBefore, written]",
            "all_set: permissions.signalbox-notifier: only in Terraform: Allow dynamodb:PutItem",
        ),
        (
            "ForAllValues:StringNotLike: { 'dynamodb:LeadingKeys': [seal, 'seal:*'] }",
            "ForAllValues:StringNotLike: { 'dynamodb:LeadingKeys': [seal] }",
            "permissions.signalbox-dispatcher: only in the template: Allow dynamodb:PutItem",
        ),
        (
            "                  ForAllValues:StringLike: { 'dynamodb:LeadingKeys': [seal, 'seal:*'] }\n                  'Null': { 'dynamodb:LeadingKeys': 'false' }\n",
            "                  ForAllValues:StringLike: { 'dynamodb:LeadingKeys': [seal, 'seal:*'] }\n",
            "permissions.signalbox-caretaker: only in the template: Allow dynamodb:PutItem",
        ),
        (
            "Mode: !Ref SealRetentionMode",
            "Mode: GOVERNANCE",
            "all_set: buckets.signalbox-seals-123456789012.retention",
        ),
        (
            "Condition: { 'Null': { 's3:if-none-match': 'true' } }",
            "Condition: { 'Null': { 's3:if-none-match': 'false' } }",
            "buckets.signalbox-seals-123456789012.policy: only in the template: Deny",
        ),
        (
            "Resource: !Split [',', !Ref WatchedLogGroups]",
            "Resource: '*'",
            "all_set: permissions.signalbox-log-watch: only in Terraform: Allow logs:FilterLogEvents arn:",
        ),
        // Both are empty by default, so this is only seen in the reading where everything is set.
        (
            "JENKINS_URL: !Ref JenkinsUrl",
            "JENKINS_URL: !Ref JenkinsUser",
            "all_set: functions.signalbox-dispatcher",
        ),
    ] {
        assert!(template.contains(what), "the template has no {what:?} to change");
        let changed = folder.path().join("changed.yaml");
        std::fs::write(&changed, template.replacen(what, instead, 1)).unwrap();
        let (same, said) = compared(&mut python().unwrap(), &changed, &of_module);
        assert!(!same && said.contains(named), "{what:?} became {instead:?}, and what was said is:\n{said}");
    }
}

#[test]
fn a_change_of_the_module_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(TOOLS).join("python");
    if tool("python", folder.path()).is_none() {
        return;
    }
    let Some(mut python) = with_terraform(program.to_str().unwrap()) else { return };
    let module = module_in(folder.path());
    let changes = [
        ("queues.tf", "visibility_timeout_seconds = 180", "visibility_timeout_seconds = 90"),
        ("roles.tf", "\"by_day\", \"by_run\"", "\"by_day\", \"by_time\""),
        (
            "tables.tf",
            "deletion_protection_enabled = var.deletion_protection",
            "deletion_protection_enabled = false",
        ),
        ("functions.tf", "timeout     = 30", "timeout     = 20"),
        ("variables.tf", "default     = 3653", "default     = 365"),
    ];
    for (file, what, instead) in changes {
        let path = module.join(file);
        let before = std::fs::read_to_string(&path).unwrap();
        assert!(before.contains(what), "{file} has no {what:?} to change");
        std::fs::write(path, before.replacen(what, instead, 1)).unwrap();
    }
    let (same, said) = compared(&mut python, Path::new("template.yaml"), &module);
    assert!(!same);
    for named in [
        "queues.signalbox-intents.fifo.visibility: 180 in the template, 90 in Terraform",
        "permissions.signalbox-caretaker: only in Terraform: Allow dynamodb:Query",
        "tables.signalbox-events.protected: \"true\" in the template, \"false\" in Terraform",
        "functions.signalbox-dispatcher.timeout: 30 in the template, 20 in Terraform",
        "parameters.audit_log_retention_days.default: \"3653\" in the template, \"365\" in Terraform",
    ] {
        assert!(said.contains(named), "{named:?} is missing in:\n{said}");
    }
}

/// A table in the form in which `compare.py` writes it: keys with their types, and indexes by name.
fn described(table: &Table) -> Value {
    let keys = |keys: &Keys| {
        let one = |(name, kind): (&str, Kind)| match kind {
            Kind::Text => json!([name, "S"]),
            Kind::Number => json!([name, "N"]),
        };
        json!([one(keys.partition), one(keys.sort)])
    };
    let indexes: serde_json::Map<_, _> = table
        .indexes
        .iter()
        .map(|i| (i.name.to_owned(), json!({ "keys": keys(&i.keys), "projection": "KEYS_ONLY" })))
        .collect();
    json!({ "keys": keys(&table.keys), "indexes": indexes })
}

#[test]
fn the_tables_are_those_of_the_store() {
    let home = tempfile::tempdir().unwrap();
    let Some(mut python) = tool("python", home.path()) else { return };
    let all: Value = serde_json::from_str(&dump(&mut python, Path::new("template.yaml"))).unwrap();
    let tables = &all["defaults"]["tables"];
    assert_eq!(tables.as_object().unwrap().len(), 2);
    for (name, table) in [("signalbox-events", &EVENTS), ("signalbox-state", &STATE)] {
        let made = &tables[name];
        assert_eq!(json!({ "keys": made["keys"], "indexes": made["indexes"] }), described(table), "{name}");
    }
    assert_eq!(tables["signalbox-events"]["ttl"], Value::Null, "nothing in the audit expires");
    assert!(tables["signalbox-state"]["ttl"].to_string().contains(EXPIRES), "memos are forgotten");
}

/// A substitute for the AWS command line. It writes down what it was asked, and answers as AWS would.
const AWS: &str = r#"#!/bin/sh
printf '%s\n' "$*" >>"$ASKED"
case "$*" in
*get-alias*notifier*) echo 3 ;;
*get-alias*) echo 2 ;;
*create-deployment*) echo d-1 ;;
*get-deployment*) echo "$STATUS" ;;
esac
"#;

#[test]
fn an_alias_is_moved_by_codedeploy_and_only_where_there_is_a_newer_version() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let Some(python) = tool("python", home.path()) else { return };
    let aws = home.path().join("aws");
    std::fs::write(&aws, AWS).unwrap();
    std::fs::set_permissions(&aws, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = home.path().join("deployments.json");
    let group = |name: &str| json!({ "function": format!("signalbox-{name}"), "group": format!("signalbox-{name}"), "version": "3" });
    let groups = json!({ "dispatcher": group("dispatcher"), "notifier": group("notifier") });
    std::fs::write(&output, json!({ "application": "signalbox", "groups": groups }).to_string()).unwrap();
    let asked = home.path().join("asked");
    for (status, well) in [("Succeeded", true), ("Stopped", false)] {
        std::fs::write(&asked, "").unwrap();
        let mut shift = Command::new(python.get_program());
        shift.arg("infra/terraform/shift").current_dir(ROOT).stdin(std::fs::File::open(&output).unwrap());
        shift.env("PATH", home.path()).env("ASKED", &asked).env("STATUS", status);
        let done = shift.output().unwrap();
        assert_eq!(done.status.success(), well, "{}", text(&done));
        assert!(text(&done).contains("signalbox-notifier: stays at version 3"), "{}", text(&done));
        let asked = std::fs::read_to_string(&asked).unwrap();
        assert_eq!(asked.matches("create-deployment").count(), 1, "{asked}");
        assert!(asked.contains(r#"\"CurrentVersion\": \"2\", \"TargetVersion\": \"3\""#), "{asked}");
    }
}

/// The caretaker empties these queues every minute, so the number of messages in them says nothing.
#[test]
fn the_alarms_on_dead_letters_watch_what_was_taken_out() {
    let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
    for queue in ["IntentsDead", "OutboxDead"] {
        let alarm = template.split(&format!("  {queue}Alarm:\n")).nth(1).unwrap();
        let alarm = alarm.split("\n\n").next().unwrap();
        assert!(alarm.contains(&format!("!GetAtt {queue}.QueueName")), "{alarm}");
        assert!(alarm.contains("MetricName: NumberOfMessagesReceived\n"), "{alarm}");
        assert!(alarm.contains("Statistic: Sum\n"), "{alarm}");
    }
}

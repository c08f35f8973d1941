//! Correct files, each in a different form.

use crate::{RIGHT, changed, target};
use signalbox_catalogue::workflow::inspect;
use signalbox_domain::catalogue::GitHubTarget;

#[track_caller]
fn right(text: &str, target: &GitHubTarget) {
    assert_eq!(inspect(text, target), [], "{text}");
}

/// A target that sends no inputs and no run's id.
fn bare() -> GitHubTarget {
    GitHubTarget { inputs: [].into(), run_input: None, ..target() }
}

#[test]
fn every_form_of_on() {
    for on in [
        "on: workflow_dispatch",
        "on: 'workflow_dispatch'",
        "\"on\": workflow_dispatch",
        "on: [push, workflow_dispatch]",
        "on:\n  - push\n  - workflow_dispatch",
        "on:\n  workflow_dispatch:",
        "on: { workflow_dispatch: }",
        "on: { workflow_dispatch: {} }",
        "on: { workflow_dispatch: ~, push: { branches: [main] } }",
        "on:\n  workflow_dispatch:\n    inputs:",
        "on:\n  workflow_dispatch:\n    inputs: {}",
        "on:\n  schedule:\n    - cron: '0 4 * * *'\n  workflow_dispatch:\n",
        "x: &events [workflow_dispatch]\non: *events",
        "on: !!str workflow_dispatch",
    ] {
        right(&format!("name: Nightly\n{on}\njobs: {{}}\n"), &bare());
    }
}

#[test]
fn every_form_of_run_name() {
    let run_name = RIGHT.lines().find(|line| line.starts_with("run-name:")).unwrap_or_default();
    for other in [
        "run-name: Deploy [${{ inputs.signalbox-run }}]",
        "run-name: '${{ inputs[''signalbox-run''] }}'",
        "run-name: ${{ github.event.inputs.signalbox-run }}",
        "run-name: >-\n  Deploy ${{ inputs.service }}\n  ${{ inputs.signalbox-run }}",
        "run-name: |\n  ${{\n    inputs.signalbox-run\n  }}",
        "run-name: ${{ format('{0} by {1}', inputs.signalbox-run || 'hand', github.actor) }}",
    ] {
        right(&changed(run_name, other), &target());
    }
}

#[test]
fn every_form_of_an_input() {
    for (part, otherwise) in [
        (
            "      signalbox-run:\n        description: The run's id; leave it empty\n        type: string\n",
            "      signalbox-run:\n",
        ),
        ("        description: The run's id; leave it empty\n        type: string\n", "        {}\n"),
        ("        type: string\n", "        type: string\n        required: true\n"),
        ("        options: [web, api, worker]\n", "        options:\n        - web\n"),
        ("        default: 3\n", "        default: 3\n      region: { required: true, default: eu }\n"),
        ("        default: 3\n", "        default: 3\n      region: { required: false }\n"),
        ("        default: 3\n", "        default: 3\n      stage: { type: environment }\n"),
    ] {
        right(&changed(part, otherwise), &target());
    }
}

#[test]
fn what_is_sent_fits() {
    for (name, value) in [
        ("service", "worker"),
        ("service", "{{{service}}}"),
        ("dry-run", "false"),
        ("dry-run", "{dry}"),
        ("replicas", "-1.5e3"),
        ("replicas", "{replicas}"),
        ("version", "{{}}"),
    ] {
        let mut target = target();
        target.inputs.insert(name.to_owned(), value.to_owned());
        right(RIGHT, &target);
    }
}

/// Without a run input, no run is searched for by its id, so the file need not show it.
#[test]
fn no_run_input() {
    let run_name = RIGHT.lines().find(|line| line.starts_with("run-name:")).unwrap_or_default();
    right(&changed(run_name, ""), &GitHubTarget { run_input: None, ..target() });
}

#[test]
fn twenty_five_inputs_and_not_one_more() {
    let file = |count: usize| {
        let more: String = (0..count).map(|n| format!("      more-{n}:\n")).collect();
        changed("      service:\n", &format!("{more}      service:\n"))
    };
    right(&file(20), &target());
    let found = inspect(&file(21), &target());
    assert_eq!(found.len(), 1);
    insta::assert_snapshot!(found[0].problem, @r#"deploy.yml declares 26 inputs, and GitHub takes at most 25"#);
    insta::assert_snapshot!(found[0].hint, @r#"let one input carry all parameters as JSON: `request: "{*}"` in the catalogue, and `fromJSON(inputs.request)` in the workflow"#);
}

//! The findings of a workflow file: one correct file, with one thing changed in it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed assumption of a test shall stop it")]

mod forms;
mod hostile;
mod operation;

use insta::assert_snapshot;
use signalbox_catalogue::workflow::inspect;
use signalbox_domain::catalogue::GitHubTarget;

/// A workflow as a team would have it, without mistakes.
const RIGHT: &str = r#"# Rolls a version out. Started from chat, and by hand.
name: Deploy
run-name: "Deploy ${{ inputs.service }} ${{ inputs.version }} [${{ inputs.signalbox-run }}]"

on:
  push:
    branches: [main]
  workflow_dispatch:
    inputs:
      service:
        description: What to roll out
        type: choice
        options: [web, api, worker]
        required: true
      version:
        description: Which version, such as 1.4.2
        required: true
      dry-run:
        type: boolean
        default: false
      replicas:
        type: number
        required: true
        default: 3
      signalbox-run:
        description: The run's id; leave it empty
        type: string

permissions:
  contents: read

concurrency:
  group: deploy-${{ inputs.service }}

jobs:
  deploy:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    environment: production
    strategy:
      matrix:
        region: [eu-central-1, us-east-1]
    steps:
      - uses: actions/checkout@v4
        with:
          ref: ${{ inputs.version }}
      - name: Roll out
        env:
          SERVICE: ${{ inputs.service }}
        run: |
          ./scripts/rollout "$SERVICE" \
            --region '${{ matrix.region }}'
"#;

fn target() -> GitHubTarget {
    let inputs = [("service", "{service}"), ("version", "{version}"), ("dry-run", "true"), ("replicas", "5")];
    GitHubTarget {
        repository: "acme/shop".to_owned(),
        workflow: "deploy.yml".to_owned(),
        git_ref: "main".to_owned(),
        inputs: inputs.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        run_input: Some("signalbox-run".to_owned()),
    }
}

fn said(text: &str, target: &GitHubTarget) -> String {
    let lines = inspect(text, target).into_iter().map(|f| format!("{}\n  {}", f.problem, f.hint));
    lines.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn changed(part: &str, otherwise: &str) -> String {
    assert_eq!(RIGHT.matches(part).count(), 1, "{part:?} is there once");
    RIGHT.replacen(part, otherwise, 1)
}

/// The findings if one part of the file is replaced.
#[track_caller]
fn broken(part: &str, otherwise: &str) -> String {
    said(&changed(part, otherwise), &target())
}

/// The findings if the target sends other inputs.
fn sending(inputs: &[(&str, &str)]) -> String {
    let mut target = target();
    for (name, value) in inputs {
        target.inputs.insert((*name).to_owned(), (*value).to_owned());
    }
    said(RIGHT, &target)
}

/// The target with a fixed value for one input.
fn fixed(name: &str, value: &str) -> GitHubTarget {
    let mut target = target();
    target.inputs.insert(name.to_owned(), value.to_owned());
    target
}

const TOKEN: &str = concat!("ghp", "_0123456789abcdefghijABCDEFGHIJ012345");

#[test]
fn nothing_is_wrong_with_the_right_one() {
    assert_eq!(inspect(RIGHT, &target()), []);
    assert_eq!(inspect(&RIGHT.replace('\n', "\r\n"), &target()), []);
    assert_eq!(inspect(&format!("\u{feff}{RIGHT}"), &target()), []);
}

#[test]
fn no_yaml() {
    assert_snapshot!(broken("    branches: [main]", "    branches: [main"), @r#"
    deploy.yml cannot be read, in line 8, column 20: this is not YAML: illegal placement of ':' indicator
      close the lists and braces above it, and quote a text that has `: ` in it
    "#);
}

#[test]
fn a_tab() {
    assert_snapshot!(broken("    branches: [main]", "\tbranches: [main]"), @r#"
    deploy.yml cannot be read, in line 7, column 2: this is not YAML: tabs disallowed within this context (block indentation)
      indent with spaces; YAML takes no tabs
    "#);
}

#[test]
fn an_unknown_alias() {
    assert_snapshot!(broken("branches: [main]", "branches: *main"), @r#"
    deploy.yml cannot be read, in line 7, column 15: nothing above is called `&main`
      write `&main` before the value that is meant
    "#);
}

#[test]
fn a_key_twice() {
    assert_snapshot!(broken("permissions:", "on:"), @r#"
    deploy.yml has the key `on` twice, the second time in line 29, so GitHub refuses it
      keep one of them
    "#);
}

#[test]
fn a_key_twice_far_below() {
    assert_snapshot!(broken("          SERVICE: ${{ inputs.service }}\n", "          SERVICE: a\n          SERVICE: b\n"), @r#"
    deploy.yml has the key `SERVICE` twice, the second time in line 50, so GitHub refuses it
      keep one of them
    "#);
}

#[test]
fn nothing() {
    assert_snapshot!(said("", &target()), @r#"
    deploy.yml is empty
      write the workflow into it: `on:`, `run-name:` and `jobs:`
    "#);
}

#[test]
fn only_a_comment() {
    assert_snapshot!(said("# to be written\n", &target()), @r#"
    deploy.yml is empty
      write the workflow into it: `on:`, `run-name:` and `jobs:`
    "#);
}

#[test]
fn no_mapping() {
    assert_snapshot!(said("- on: push\n", &target()), @r#"
    deploy.yml is not a workflow: its top level is no mapping
      write `on:`, `run-name:` and `jobs:` at the beginning of lines
    "#);
}

#[test]
fn two_documents() {
    assert_snapshot!(broken("permissions:", "---\npermissions:"), @r#"
    deploy.yml cannot be read, in line 29, column 1: a second document begins here
      write one document per file: take this `---` out, or move what follows to another file
    "#);
}

#[test]
fn no_dispatch() {
    assert_snapshot!(broken("  workflow_dispatch:\n    inputs:\n", "  workflow_call:\n    inputs:\n"), @r#"
    deploy.yml has no `workflow_dispatch` under `on`, so GitHub refuses to start it for anybody
      write `workflow_dispatch:` below `on:`, with `inputs:` below it that declares `signalbox-run`, `dry-run`, `replicas`, `service` and `version`
    "#);
}

#[test]
fn no_on() {
    assert_snapshot!(broken("on:\n  push", "ons:\n  push"), @r#"
    deploy.yml has no `workflow_dispatch` under `on`, so GitHub refuses to start it for anybody
      write `workflow_dispatch:` below `on:`, with `inputs:` below it that declares `signalbox-run`, `dry-run`, `replicas`, `service` and `version`
    "#);
}

#[test]
fn an_on_that_a_tool_rewrote() {
    assert_snapshot!(broken("on:\n  push", "true:\n  push"), @r#"
    deploy.yml has `true:` where GitHub looks for `on:`, so nothing starts it
      write `on:`; a tool that reads YAML 1.1 took the word for a truth value
    "#);
}

#[test]
fn inputs_as_a_list() {
    let text = "on: { workflow_dispatch: { inputs: [service] } }\nrun-name: ${{ inputs.signalbox-run }}\n";
    assert_snapshot!(said(text, &target()), @r#"
    deploy.yml declares inputs of `workflow_dispatch` in a form that cannot be read
      write each below `inputs:` as a mapping, such as `signalbox-run: { type: string }`
    "#);
}

#[test]
fn an_input_that_is_a_text() {
    let text = RIGHT.replace(
        "      signalbox-run:\n        description: The run's id; leave it empty\n        type: string\n",
        "      signalbox-run: string\n",
    );
    assert_snapshot!(said(&text, &target()), @r#"
    deploy.yml declares inputs of `workflow_dispatch` in a form that cannot be read
      write each below `inputs:` as a mapping, such as `signalbox-run: { type: string }`
    "#);
}

#[test]
fn no_run_input() {
    assert_snapshot!(broken("      signalbox-run:\n        description: The run's id; leave it empty\n        type: string\n", ""), @r#"
    deploy.yml does not declare the input `signalbox-run` for the run's id, so GitHub refuses every dispatch
      write `signalbox-run: { type: string }` below `inputs:` of `workflow_dispatch`; or `run-input: none` in the catalogue, and a run whose start was lost is not found again
    "#);
}

#[test]
fn a_run_input_by_another_name() {
    assert_snapshot!(broken("      signalbox-run:\n", "      signalbox_run:\n"), @r#"
    deploy.yml does not declare the input `signalbox-run` for the run's id, so GitHub refuses every dispatch
      write `run-input: signalbox_run` in the catalogue if that is meant, or declare `signalbox-run` in the workflow
    "#);
}

#[test]
fn a_run_input_of_another_type() {
    assert_snapshot!(broken("        type: string\n", "        type: boolean\n"), @r#"
    deploy.yml declares the input `signalbox-run` as a boolean, and the run's id is none, so GitHub refuses every dispatch
      write `type: string` below `signalbox-run`
    "#);
}

#[test]
fn no_run_name() {
    assert_snapshot!(broken(r#"run-name: "Deploy ${{ inputs.service }} ${{ inputs.version }} [${{ inputs.signalbox-run }}]"
"#, ""), @r#"
    deploy.yml does not show the input `signalbox-run` in its run-name, so a dispatch whose answer was lost could not be found again
      write `run-name: "… [${{ inputs.signalbox-run }}]"`
    "#);
}

#[test]
fn a_run_name_without_the_run() {
    assert_snapshot!(broken(" [${{ inputs.signalbox-run }}]", ""), @r#"
    deploy.yml does not show the input `signalbox-run` in its run-name, so a dispatch whose answer was lost could not be found again
      write `run-name: "… [${{ inputs.signalbox-run }}]"`
    "#);
}

#[test]
fn a_run_name_that_ends_in_a_comment() {
    assert_snapshot!(broken(r#"run-name: "Deploy ${{ inputs.service }} ${{ inputs.version }} [${{ inputs.signalbox-run }}]""#, "run-name: Deploy #${{ inputs.signalbox-run }}"), @r#"
    deploy.yml does not show the input `signalbox-run` in its run-name, so a dispatch whose answer was lost could not be found again
      write `run-name: "… [${{ inputs.signalbox-run }}]"`
    "#);
}

#[test]
fn an_input_that_is_not_declared() {
    assert_snapshot!(broken("      dry-run:\n", "      dryrun:\n"), @r#"
    deploy.yml does not declare the input `dry-run`, so GitHub refuses a dispatch with it
      write `dryrun` in the catalogue if that is meant, or declare `dry-run` in the workflow
    "#);
}

#[test]
fn an_input_like_none_that_is_declared() {
    assert_snapshot!(sending(&[("reason", "{reason}")]), @r#"
    deploy.yml does not declare the input `reason`, so GitHub refuses a dispatch with it
      declare `reason` below `inputs:` of `workflow_dispatch`, or leave it out in the catalogue
    "#);
}

#[test]
fn an_input_that_is_not_sent() {
    assert_snapshot!(broken("        default: 3\n", "        default: 3\n      region:\n        required: true\n"), @r#"
    deploy.yml requires the input `region`, which the catalogue does not send, so GitHub refuses every dispatch
      write `region` below `inputs` in the catalogue, or give it a `default` in the workflow
    "#);
}

#[test]
fn a_default_of_nothing_is_none() {
    assert_snapshot!(broken("        default: 3\n", "        default: 3\n      region:\n        required: true\n        default:\n"), @r#"
    deploy.yml requires the input `region`, which the catalogue does not send, so GitHub refuses every dispatch
      write `region` below `inputs` in the catalogue, or give it a `default` in the workflow
    "#);
}

#[test]
fn a_choice_that_there_is_not() {
    assert_snapshot!(sending(&[("service", "wep")]), @r#"
    deploy.yml does not have `wep`, which the catalogue sends, among the options of the input `service`, so GitHub refuses the dispatch
      did you mean `web`?
    "#);
}

#[test]
fn a_choice_like_none() {
    assert_snapshot!(sending(&[("service", "{{web}}")]), @r#"
    deploy.yml does not have `{web}`, which the catalogue sends, among the options of the input `service`, so GitHub refuses the dispatch
      it is one of `web`, `api` and `worker`
    "#);
}

#[test]
fn a_choice_without_options() {
    assert_snapshot!(said(&changed("        options: [web, api, worker]\n", ""), &fixed("service", "web")), @r#"
    deploy.yml lets nobody choose anything for the input `service`, for it has no `options`, so GitHub refuses the dispatch
      write `options:` below `service`, with `web` among them
    "#);
}

#[test]
fn a_choice_of_many() {
    assert_snapshot!(said(&changed("[web, api, worker]", "[a1, a2, a3, a4, a5, a6, a7, a8, a9, b1, b2]"), &fixed("service", "web")), @r#"
    deploy.yml does not have `web`, which the catalogue sends, among the options of the input `service`, so GitHub refuses the dispatch
      it is one of `a1`, `a2`, `a3`, `a4`, `a5`, `a6`, `a7`, `a8`, `a9`, `b1` and 1 more
    "#);
}

#[test]
fn a_truth_value_that_is_none() {
    assert_snapshot!(sending(&[("dry-run", "yes")]), @r#"
    deploy.yml takes `true` or `false` for the input `dry-run`, and the catalogue sends `yes`, so GitHub refuses the dispatch
      write `true` or `false` in the catalogue, or `type: string` in the workflow
    "#);
}

#[test]
fn a_number_that_is_none() {
    assert_snapshot!(sending(&[("replicas", "five")]), @r#"
    deploy.yml takes a number for the input `replicas`, and the catalogue sends `five`, so GitHub refuses the dispatch
      write a number in the catalogue, or `type: string` in the workflow
    "#);
}

#[test]
fn an_empty_text_for_a_required_input() {
    assert_snapshot!(sending(&[("version", "")]), @r#"
    deploy.yml requires the input `version`, and the catalogue sends an empty text, so GitHub refuses the dispatch
      write a value for `version` in the catalogue, or leave `required` out in the workflow
    "#);
}

#[test]
fn everything_at_once() {
    assert_snapshot!(said("on: [push, workflow_dispatch]\njobs: {}\n", &target()), @r#"
    deploy.yml does not declare the input `signalbox-run` for the run's id, so GitHub refuses every dispatch
      write `signalbox-run: { type: string }` below `inputs:` of `workflow_dispatch`; or `run-input: none` in the catalogue, and a run whose start was lost is not found again
    deploy.yml does not declare the input `dry-run`, so GitHub refuses a dispatch with it
      declare `dry-run` below `inputs:` of `workflow_dispatch`, or leave it out in the catalogue
    deploy.yml does not declare the input `replicas`, so GitHub refuses a dispatch with it
      declare `replicas` below `inputs:` of `workflow_dispatch`, or leave it out in the catalogue
    deploy.yml does not declare the input `service`, so GitHub refuses a dispatch with it
      declare `service` below `inputs:` of `workflow_dispatch`, or leave it out in the catalogue
    deploy.yml does not declare the input `version`, so GitHub refuses a dispatch with it
      declare `version` below `inputs:` of `workflow_dispatch`, or leave it out in the catalogue
    deploy.yml does not show the input `signalbox-run` in its run-name, so a dispatch whose answer was lost could not be found again
      write `run-name: "… [${{ inputs.signalbox-run }}]"`
    "#);
}

#[test]
fn a_secret_in_the_file_is_not_shown() {
    assert_snapshot!(said(&changed("        default: 3\n", &format!("        default: 3\n      ? {TOKEN}\n      : {{ required: true }}\n")), &target()), @r#"
    deploy.yml requires the input `[redacted]`, which the catalogue does not send, so GitHub refuses every dispatch
      write `[redacted]` below `inputs` in the catalogue, or give it a `default` in the workflow
    "#);
}

//! Which keys the target of a workflow has, and that all of them are checked.

use super::github;
use insta::assert_snapshot;

#[test]
fn no_workflow() {
    assert_snapshot!(github(&[("      workflow: deploy.yml\n", "")]), @r#"
    error: `target` has no `workflow`
      --> ops.yaml:24:5
       |
    24 |     target:
       |     ^^^^^^
       |
       = help: write its file in .github/workflows, such as `workflow: deploy.yml`

    1 error in 1 file
    "#);
}

#[test]
fn no_ref() {
    assert_snapshot!(github(&[("      ref: main\n", "")]), @r#"
    error: `target` has no `ref`
      --> ops.yaml:24:5
       |
    24 |     target:
       |     ^^^^^^
       |
       = help: write the branch or tag whose workflow file is run, such as `ref: main`

    1 error in 1 file
    "#);
}

#[test]
fn an_unknown_key() {
    assert_snapshot!(github(&[("run-input: signalbox-run", "run_input: signalbox-run")]), @r#"
    error: unknown key `run_input` in `target`
      --> ops.yaml:31:7
       |
    31 |       run_input: signalbox-run
       |       ^^^^^^^^^
       |
       = help: did you mean `run-input`?

    1 error in 1 file
    "#);
}

#[test]
fn a_timeout() {
    assert_snapshot!(github(&[("run-input: signalbox-run", "timeout: 5m")]), @r#"
    error: `timeout` is not a key here: this is a `github` target
      --> ops.yaml:31:7
       |
    31 |       timeout: 5m
       |       ^^^^^^^
       |
       = help: GitHub's own `timeout-minutes` belongs into the workflow

    1 error in 1 file
    "#);
}

#[test]
fn keys_of_the_other_kinds() {
    assert_snapshot!(github(&[("      run-input: signalbox-run\n", "      directory: practice\n      environment: {}\n      branch: main\n      parameters: {}\n      run-parameter: RUN\n")]), @r#"
    error: `directory` is not a key here: this is a `github` target
      --> ops.yaml:31:7
       |
    31 |       directory: practice
       |       ^^^^^^^^^
       |
       = help: GitHub's own `working-directory` belongs into the workflow

    error: `environment` is not a key here: this is a `github` target
      --> ops.yaml:32:7
       |
    32 |       environment: {}
       |       ^^^^^^^^^^^
       |
       = help: what the workflow should know is one of its `inputs`; its `env` belongs into the workflow

    error: `branch` is not a key here: this is a `github` target
      --> ops.yaml:33:7
       |
    33 |       branch: main
       |       ^^^^^^
       |
       = help: write `ref`, which is a branch or a tag

    error: `parameters` is not a key here: this is a `github` target
      --> ops.yaml:34:7
       |
    34 |       parameters: {}
       |       ^^^^^^^^^^
       |
       = help: what is handed to a workflow are its `inputs`; the operation's `parameters` stand beside `target`

    error: `run-parameter` is not a key here: this is a `github` target
      --> ops.yaml:35:7
       |
    35 |       run-parameter: RUN
       |       ^^^^^^^^^^^^^
       |
       = help: write `run-input`

    5 errors in 1 file
    "#);
}

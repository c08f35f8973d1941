//! Which kind of target it is: exactly one.

use crate::{GITHUB, JENKINS, broken, complaints, with};
use insta::assert_snapshot;

#[test]
fn none() {
    assert_snapshot!(complaints(&with("    target: {}\n", &[])), @r#"
    error: `target` does not say what carries it out
      --> ops.yaml:24:5
       |
    24 |     target: {}
       |     ^^^^^^
       |
       = help: write one of `command: [git, fetch]`, `github: owner/name`, `jenkins: folder/job` and `steps: […]`

    1 error in 1 file
    "#);
}

#[test]
fn none_that_its_keys_give_away() {
    assert_snapshot!(complaints(&with("    target: { workflow: deploy.yml, ref: main }\n", &[])), @r#"
    error: `target` has no `github`
      --> ops.yaml:24:5
       |
    24 |     target: { workflow: deploy.yml, ref: main }
       |     ^^^^^^
       |
       = help: write the repository: `github: owner/name`

    1 error in 1 file
    "#);
}

#[test]
fn keys_of_two_kinds_and_neither() {
    assert_snapshot!(complaints(&with("    target: { timeout: 5m, ref: main }\n", &[])), @r#"
    error: `target` does not say what carries it out
      --> ops.yaml:24:5
       |
    24 |     target: { timeout: 5m, ref: main }
       |     ^^^^^^
       |
       = help: write one of `command: [git, fetch]`, `github: owner/name`, `jenkins: folder/job` and `steps: […]`

    1 error in 1 file
    "#);
}

#[test]
fn a_kind_that_is_misspelt() {
    assert_snapshot!(complaints(&with(GITHUB, &[("github:", "Github:")])), @r#"
    error: unknown key `Github` in `target`
      --> ops.yaml:25:7
       |
    25 |       Github: acme/shop
       |       ^^^^^^
       |
       = help: did you mean `github`?

    1 error in 1 file
    "#);
}

#[test]
fn a_kind_that_there_is_not() {
    assert_snapshot!(complaints(&with("    target: { gitlab-ci: acme/shop }\n", &[])), @r#"
    error: `target` does not say what carries it out
      --> ops.yaml:24:5
       |
    24 |     target: { gitlab-ci: acme/shop }
       |     ^^^^^^
       |
       = help: write one of `command: [git, fetch]`, `github: owner/name`, `jenkins: folder/job` and `steps: […]`

    error: unknown key `gitlab-ci` in `target`
      --> ops.yaml:24:15
       |
    24 |     target: { gitlab-ci: acme/shop }
       |               ^^^^^^^^^
       |
       = help: it takes `command`, `directory`, `timeout`, `environment`, `github`, `workflow`, `ref`, `inputs`, `run-input`, `jenkins`, `branch`, `parameters`, `run-parameter`, `steps`, `parallel` and `on-failure`

    2 errors in 1 file
    "#);
}

#[test]
fn two() {
    assert_snapshot!(complaints(&with(GITHUB, &[("      ref: main\n", "      ref: main\n      jenkins: web/deploy\n")])), @r#"
    error: `target` has `github` and `jenkins`, and is of one kind only
      --> ops.yaml:28:7
       |
    28 |       jenkins: web/deploy
       |       ^^^^^^^
       |
       = help: keep one of them with its keys; make one operation for each

    1 error in 1 file
    "#);
}

#[test]
fn three() {
    assert_snapshot!(complaints(&with("    target: { jenkins: deploy, command: [git], github: acme/shop, tiemout: 5m }\n", &[])), @r#"
    error: `target` has `command`, `github` and `jenkins`, and is of one kind only
      --> ops.yaml:24:48
       |
    24 |     target: { jenkins: deploy, command: [git], github: acme/shop, tiemout: 5m }
       |                                                ^^^^^^
       |
       = help: keep one of them with its keys; make one operation for each

    error: unknown key `tiemout` in `target`
      --> ops.yaml:24:67
       |
    24 |     target: { jenkins: deploy, command: [git], github: acme/shop, tiemout: 5m }
       |                                                                   ^^^^^^^
       |
       = help: did you mean `timeout`?

    2 errors in 1 file
    "#);
}

#[test]
fn not_a_mapping() {
    assert_snapshot!(complaints(&with("    target: acme/shop\n", &[])), @r#"
    error: `target` takes a mapping, not `acme/shop`
      --> ops.yaml:24:13
       |
    24 |     target: acme/shop
       |             ^^^^^^^^^
       |
       = help: write `key: value` lines, indented below it

    1 error in 1 file
    "#);
}

#[test]
fn a_kind_twice() {
    assert_snapshot!(complaints(&with(JENKINS, &[("      branch: release\n", "      jenkins: web\n")])), @r#"
    error: the key `jenkins` is here twice
      --> ops.yaml:26:7
       |
    26 |       jenkins: web
       |       ^^^^^^^
       |
       = help: the first is at ops.yaml:25:7; keep one of them

    1 error in 1 file
    "#);
}

#[test]
fn keys_of_the_others_beside_a_command() {
    assert_snapshot!(broken("      directory: practice\n", "      workflow: a.yml\n      ref: main\n      inputs: {}\n      run-input: none\n      branch: main\n      parameters: {}\n      run-parameter: none\n      timeout-minutes: 5\n"), @r#"
    error: `workflow` is not a key here: this is a `command` target
      --> ops.yaml:26:7
       |
    26 |       workflow: a.yml
       |       ^^^^^^^^
       |
       = help: leave it out, or hand it over as an argument of the `command`

    error: `ref` is not a key here: this is a `command` target
      --> ops.yaml:27:7
       |
    27 |       ref: main
       |       ^^^
       |
       = help: leave it out, or hand it over as an argument of the `command`

    error: `inputs` is not a key here: this is a `command` target
      --> ops.yaml:28:7
       |
    28 |       inputs: {}
       |       ^^^^^^
       |
       = help: leave it out, or hand it over as an argument of the `command`

    error: `run-input` is not a key here: this is a `command` target
      --> ops.yaml:29:7
       |
    29 |       run-input: none
       |       ^^^^^^^^^
       |
       = help: leave it out: every command gets the run's id as SIGNALBOX_RUN, and `{run}` is that in arguments

    error: `branch` is not a key here: this is a `command` target
      --> ops.yaml:30:7
       |
    30 |       branch: main
       |       ^^^^^^
       |
       = help: leave it out, or hand it over as an argument of the `command`

    error: `parameters` is not a key here: this is a `command` target
      --> ops.yaml:31:7
       |
    31 |       parameters: {}
       |       ^^^^^^^^^^
       |
       = help: the operation's `parameters` stand beside `target`; an argument names one: `"{service}"`

    error: `run-parameter` is not a key here: this is a `command` target
      --> ops.yaml:32:7
       |
    32 |       run-parameter: none
       |       ^^^^^^^^^^^^^
       |
       = help: leave it out: every command gets the run's id as SIGNALBOX_RUN, and `{run}` is that in arguments

    error: `timeout-minutes` is not a key here: this is a `command` target
      --> ops.yaml:33:7
       |
    33 |       timeout-minutes: 5
       |       ^^^^^^^^^^^^^^^
       |
       = help: write `timeout: 5m`

    8 errors in 1 file
    "#);
}

/// A misspelt key does not hide mistakes that are below it.
#[test]
fn what_stands_below_a_misspelt_key_is_read_on() {
    let text = "\
operatoins:
  release:
    description: Release
    target: { command: [git, tag], timeout: 25h }
    alow: [{ users: [ada] }]
";
    let said = complaints(text);
    for part in ["unknown key `operatoins`", "unknown key `alow`", "`25h`", "`ada`"] {
        assert!(said.contains(part), "{part} is missing:\n{said}");
    }
}

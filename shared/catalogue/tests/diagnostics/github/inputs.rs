//! The inputs of a workflow, and the input that takes the run's id.

use super::{TOKEN, github, inputs};
use crate::{GITHUB, target, with};
use insta::assert_snapshot;
use signalbox_domain::catalogue::Target;

/// A value is taken as it is written, and not as the number or truth value that YAML would read.
#[test]
fn numbers_and_truth_values_are_texts() {
    let text = with(GITHUB, &[("\"{service}\"", "1.10"), ("\"{version}\"", "true")]);
    let Target::GitHub(target) = target(&text) else { unreachable!() };
    assert_eq!((target.inputs["service"].as_str(), target.inputs["version"].as_str()), ("1.10", "true"));
}

#[test]
fn an_input_by_a_wrong_name() {
    assert_snapshot!(github(&[(r#"service: "{service}""#, r#"2nd: "{service}""#)]), @r#"
    error: `2nd` cannot be the name of an input
      --> ops.yaml:29:9
       |
    29 |         2nd: "{service}"
       |         ^^^
       |
       = help: write 1 to 100 letters, digits, `_` and `-`, beginning with a letter or `_`

    1 error in 1 file
    "#);
}

#[test]
fn an_input_by_a_long_name() {
    assert_snapshot!(github(&[("        version:", &format!("        {}:", "x".repeat(101)))]), @r#"
    error: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` cannot be the name of an input
      --> ops.yaml:30:9
       |
    30 |         xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: "{version}"
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write 1 to 100 letters, digits, `_` and `-`, beginning with a letter or `_`

    1 error in 1 file
    "#);
}

#[test]
fn an_input_that_is_a_list() {
    assert_snapshot!(github(&[(r#"service: "{service}""#, "service: [web]")]), @r#"
    error: `service` takes a text, not a list
      --> ops.yaml:29:18
       |
    29 |         service: [web]
       |                  ^^^^^
       |
       = help: write it on the same line; in quotes, if it has `: `, ` #` or braces in it

    1 error in 1 file
    "#);
}

#[test]
fn an_input_of_nothing() {
    assert_snapshot!(github(&[(r#"service: "{service}""#, "service:")]), @r#"
    error: `service` has no value
      --> ops.yaml:29:9
       |
    29 |         service:
       |         ^^^^^^^
       |
       = help: it takes a text; write one, or leave it out

    1 error in 1 file
    "#);
}

#[test]
fn an_unknown_placeholder_in_an_input() {
    assert_snapshot!(github(&[(r#"service: "{service}""#, r#"service: "{servce}""#)]), @r#"
    error: there is no parameter `servce`
      --> ops.yaml:29:19
       |
    29 |         service: "{servce}"
       |                   ^^^^^^^^
       |
       = help: did you mean `service`?

    1 error in 1 file
    "#);
}

#[test]
fn an_input_with_a_zero_byte() {
    assert_snapshot!(github(&[(r#"service: "{service}""#, r#"service: "\0""#)]), @r#"
    error: a zero byte cannot be handed over
      --> ops.yaml:29:18
       |
    29 |         service: "\0"
       |                  ^^^^
       |
       = help: leave it out

    1 error in 1 file
    "#);
}

#[test]
fn a_secret_as_an_input() {
    assert_snapshot!(github(&[(r#"service: "{service}""#, &format!("service: {TOKEN}"))]), @r#"
    error: the value of `service` looks like a secret
      --> ops.yaml:29:18
       |
    29 |                  [redacted]
       |                  ^^^^^^^^^^
       |
       = help: a catalogue is read by many; let the workflow take it from GitHub's own secrets, and replace it if it was real

    1 error in 1 file
    "#);
}

#[test]
fn an_input_that_is_named_like_a_secret() {
    assert_snapshot!(github(&[(r#"service: "{service}""#, "npm-token: hunter2")]), @r#"
    error: the value of `npm-token` looks like a secret
      --> ops.yaml:29:20
       |
    29 |                    [redacted]
       |                    ^^^^^^^^^^
       |
       = help: a catalogue is read by many; let the workflow take it from GitHub's own secrets, and replace it if it was real

    1 error in 1 file
    "#);
}

#[test]
fn the_run_input_among_the_inputs() {
    assert_snapshot!(github(&[(r#"service: "{service}""#, r#"Signalbox-Run: "{run}""#)]), @r#"
    error: `Signalbox-Run` takes the run's id, which Signalbox fills in itself
      --> ops.yaml:29:9
       |
    29 |         Signalbox-Run: "{run}"
       |         ^^^^^^^^^^^^^
       |
       = help: leave it out here, or let `run-input` name another

    1 error in 1 file
    "#);
}

#[test]
fn too_many_inputs() {
    assert_snapshot!(github(&[("      inputs:\n", &inputs(23))]), @r#"
    error: these are 26 inputs with `signalbox-run`, and GitHub takes 25
      --> ops.yaml:28:7
       |
    28 |       inputs:
       |       ^^^^^^
       |
       = help: let one input carry all parameters as JSON, such as `request: "{*}"`

    1 error in 1 file
    "#);
}

#[test]
fn a_run_input_by_a_wrong_name() {
    assert_snapshot!(github(&[("run-input: signalbox-run", "run-input: signalbox run")]), @r#"
    error: `signalbox run` cannot be the name of an input
      --> ops.yaml:31:18
       |
    31 |       run-input: signalbox run
       |                  ^^^^^^^^^^^^^
       |
       = help: write 1 to 100 letters, digits, `_` and `-`, beginning with a letter or `_`

    1 error in 1 file
    "#);
}

#[test]
fn a_run_input_that_is_false() {
    assert_snapshot!(github(&[("run-input: signalbox-run", "run-input: false")]), @r#"
    error: `run-input` does not name an input
      --> ops.yaml:31:18
       |
    31 |       run-input: false
       |                  ^^^^^
       |
       = help: write `none` if there is none; then a run whose start was lost cannot be found again

    1 error in 1 file
    "#);
}

#[test]
fn a_run_input_of_nothing() {
    assert_snapshot!(github(&[("run-input: signalbox-run", "run-input:")]), @r#"
    error: `run-input` has no value
      --> ops.yaml:31:7
       |
    31 |       run-input:
       |       ^^^^^^^^^
       |
       = help: it takes a text; write one, or leave it out

    1 error in 1 file
    "#);
}

/// All parameters are one value, so an operation may have more of them than GitHub takes inputs.
#[test]
fn all_parameters_in_one_input() {
    for value in ["{*}", "v1 {*} {run}", "{{{*}}}"] {
        let Target::GitHub(target) = target(&with(GITHUB, &[("\"{service}\"", &format!("{value:?}"))]))
        else {
            unreachable!()
        };
        assert_eq!(target.inputs["service"], value);
    }
}

#[test]
fn all_parameters_where_they_mean_nothing() {
    assert_snapshot!(github(&[("ref: main", "ref: \"{*}\"")]), @r#"
    error: `{*}` cannot stand here
      --> ops.yaml:27:13
       |
    27 |       ref: "{*}"
       |             ^^^
       |
       = help: write the parameter that is a branch or a tag

    1 error in 1 file
    "#);
    assert_snapshot!(github(&[("\"{service}\"", "\"{ * }\"")]), @r#"
    error: there is no parameter ` * `
      --> ops.yaml:29:19
       |
    29 |         service: "{ * }"
       |                   ^^^^^
       |
       = help: write `{*}` for all parameters

    1 error in 1 file
    "#);
    assert_snapshot!(github(&[("\"{service}\"", "\"{*.region}\"")]), @r#"
    error: there is no parameter `*`
      --> ops.yaml:29:19
       |
    29 |         service: "{*.region}"
       |                   ^^^^^^^^^^
       |
       = help: write `{*}` for all parameters

    1 error in 1 file
    "#);
}

//! A Jenkins job as the target.

use crate::{JENKINS, complaints, target, with};
use insta::assert_snapshot;
use signalbox_domain::catalogue::{JenkinsTarget, Target};

#[track_caller]
fn jenkins(changes: &[(&str, &str)]) -> String {
    complaints(&with(JENKINS, changes))
}

#[test]
fn what_is_right() {
    let Target::Jenkins(target) = target(&with(JENKINS, &[])) else { unreachable!() };
    let expect = JenkinsTarget {
        job: "web/deploy".to_owned(),
        branch: Some("release".to_owned()),
        parameters: [("SERVICE".to_owned(), "{service}".to_owned())].into(),
        run_parameter: Some("SIGNALBOX_RUN".to_owned()),
    };
    assert_eq!(target, expect);
    let least = "    target: { jenkins: deploy }\n";
    let expect = JenkinsTarget { job: "deploy".to_owned(), branch: None, parameters: [].into(), ..expect };
    assert_eq!(super::target(&with(least, &[])), Target::Jenkins(expect.clone()));
    let none = "    target: { jenkins: deploy, run-parameter: none }\n";
    assert_eq!(
        super::target(&with(none, &[])),
        Target::Jenkins(JenkinsTarget { run_parameter: None, ..expect })
    );
}

#[test]
fn what_is_right_too() {
    for (part, otherwise) in [
        ("web/deploy", "Team A/web.shop/deploy it"),
        ("web/deploy", "jobs/job"),
        ("branch: release", "branch: \"feature/{version}\""),
        ("SERVICE: \"{service}\"", "_x.y-z: 3"),
    ] {
        target(&with(JENKINS, &[(part, otherwise)]));
    }
}

#[test]
fn an_address() {
    assert_snapshot!(jenkins(&[("web/deploy", "https://ci.example.com/view/all/job/web/job/deploy/12/console")]), @r#"
    error: `https://ci.example.com/view/all/job/web/job/deploy/12/consol…` is where a job is, and not what it is called
      --> ops.yaml:25:16
       |
    25 |       jenkins: https://ci.example.com/view/all/job/web/job/deploy/12/console
       |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write `web/deploy`

    1 error in 1 file
    "#);
}

#[test]
fn the_path_of_an_address() {
    assert_snapshot!(jenkins(&[("web/deploy", "/job/web/job/deploy")]), @r#"
    error: `/job/web/job/deploy` is where a job is, and not what it is called
      --> ops.yaml:25:16
       |
    25 |       jenkins: /job/web/job/deploy
       |                ^^^^^^^^^^^^^^^^^^^
       |
       = help: write `web/deploy`

    1 error in 1 file
    "#);
}

#[test]
fn half_an_address() {
    assert_snapshot!(jenkins(&[("web/deploy", "job/web/job/deploy")]), @r#"
    error: `job/web/job/deploy` is where a job is, and not what it is called
      --> ops.yaml:25:16
       |
    25 |       jenkins: job/web/job/deploy
       |                ^^^^^^^^^^^^^^^^^^
       |
       = help: write `web/deploy`

    1 error in 1 file
    "#);
}

#[test]
fn an_address_of_no_job() {
    assert_snapshot!(jenkins(&[("web/deploy", "https://ci.example.com/")]), @r#"
    error: `https://ci.example.com/` is not a job
      --> ops.yaml:25:16
       |
    25 |       jenkins: https://ci.example.com/
       |                ^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write its name after those of its folders, such as `web/deploy`, without the address of Jenkins

    1 error in 1 file
    "#);
}

#[test]
fn an_empty_part() {
    assert_snapshot!(jenkins(&[("web/deploy", "web//deploy")]), @r#"
    error: `web//deploy` is not a job
      --> ops.yaml:25:16
       |
    25 |       jenkins: web//deploy
       |                ^^^^^^^^^^^
       |
       = help: write its name after those of its folders, such as `web/deploy`, without the address of Jenkins

    1 error in 1 file
    "#);
}

#[test]
fn a_slash_at_the_end() {
    assert_snapshot!(jenkins(&[("web/deploy", "web/deploy/")]), @r#"
    error: `web/deploy/` is not a job
      --> ops.yaml:25:16
       |
    25 |       jenkins: web/deploy/
       |                ^^^^^^^^^^^
       |
       = help: write its name after those of its folders, such as `web/deploy`, without the address of Jenkins

    1 error in 1 file
    "#);
}

#[test]
fn a_job_above() {
    assert_snapshot!(jenkins(&[("web/deploy", "web/../deploy")]), @r#"
    error: `web/../deploy` is not a job
      --> ops.yaml:25:16
       |
    25 |       jenkins: web/../deploy
       |                ^^^^^^^^^^^^^
       |
       = help: write its name after those of its folders, such as `web/deploy`, without the address of Jenkins

    1 error in 1 file
    "#);
}

#[test]
fn a_job_with_an_encoded_branch() {
    assert_snapshot!(jenkins(&[("web/deploy", "web/feature%2Flogin")]), @r#"
    error: `web/feature%2Flogin` has a `%` in it, which no job has
      --> ops.yaml:25:16
       |
    25 |       jenkins: web/feature%2Flogin
       |                ^^^^^^^^^^^^^^^^^^^
       |
       = help: write the letters themselves; the branch of a multibranch job is the `branch`

    1 error in 1 file
    "#);
}

#[test]
fn a_parameter_as_the_job() {
    assert_snapshot!(jenkins(&[("web/deploy", r#""web/{service}""#)]), @r#"
    error: a parameter cannot choose the job
      --> ops.yaml:25:16
       |
    25 |       jenkins: "web/{service}"
       |                ^^^^^^^^^^^^^^^
       |
       = help: write the job itself; make one operation for each

    1 error in 1 file
    "#);
}

#[test]
fn an_empty_branch() {
    assert_snapshot!(jenkins(&[("branch: release", r#"branch: """#)]), @r#"
    error: `branch` is empty
      --> ops.yaml:26:15
       |
    26 |       branch: ""
       |               ^^
       |
       = help: write it, or leave it out

    1 error in 1 file
    "#);
}

#[test]
fn a_requester_as_the_branch() {
    assert_snapshot!(jenkins(&[("branch: release", r#"branch: "{requester}""#)]), @r#"
    error: who asked is no branch and no tag
      --> ops.yaml:26:16
       |
    26 |       branch: "{requester}"
       |                ^^^^^^^^^^^
       |
       = help: write a branch or a tag, or name a parameter that is one

    1 error in 1 file
    "#);
}

#[test]
fn a_branch_that_may_be_left_out() {
    assert_snapshot!(jenkins(&[("branch: release", r#"branch: "{dry}""#), ("        default: true\n", "")]), @r#"
    error: `dry` may be left out, and `branch` may not
      --> ops.yaml:25:16
       |
    25 |       branch: "{dry}"
       |                ^^^^^
       |
       = help: give the parameter a default, or make it required

    1 error in 1 file
    "#);
}

#[test]
fn a_parameter_by_a_wrong_name() {
    assert_snapshot!(jenkins(&[(r#"SERVICE: "{service}""#, r#"THE SERVICE: "{service}""#)]), @r#"
    error: `THE SERVICE` cannot be the name of a parameter of a job
      --> ops.yaml:28:9
       |
    28 |         THE SERVICE: "{service}"
       |         ^^^^^^^^^^^
       |
       = help: write letters, digits, `_`, `.` and `-`, beginning with a letter or `_`

    1 error in 1 file
    "#);
}

#[test]
fn an_unknown_placeholder() {
    assert_snapshot!(jenkins(&[(r#""{service}""#, r#""{servce}""#)]), @r#"
    error: there is no parameter `servce`
      --> ops.yaml:28:19
       |
    28 |         SERVICE: "{servce}"
       |                   ^^^^^^^^
       |
       = help: did you mean `service`?

    1 error in 1 file
    "#);
}

#[test]
fn a_secret() {
    assert_snapshot!(jenkins(&[(r#"SERVICE: "{service}""#, "DEPLOY_PASSWORD: hunter2")]), @r#"
    error: the value of `DEPLOY_PASSWORD` looks like a secret
      --> ops.yaml:28:26
       |
    28 |                          [redacted]
       |                          ^^^^^^^^^^
       |
       = help: a catalogue is read by many; let the job take it from Jenkins's own credentials, and replace it if it was real

    1 error in 1 file
    "#);
}

#[test]
fn the_run_parameter_among_the_parameters() {
    assert_snapshot!(jenkins(&[(r#"SERVICE: "{service}""#, r#"SIGNALBOX_RUN: "{run}""#)]), @r#"
    error: `SIGNALBOX_RUN` takes the run's id, which Signalbox fills in itself
      --> ops.yaml:28:9
       |
    28 |         SIGNALBOX_RUN: "{run}"
       |         ^^^^^^^^^^^^^
       |
       = help: leave it out here, or let `run-parameter` name another

    1 error in 1 file
    "#);
}

#[test]
fn a_run_parameter_that_is_off() {
    assert_snapshot!(jenkins(&[("run-parameter: SIGNALBOX_RUN", "run-parameter: Off")]), @r#"
    error: `run-parameter` does not name a parameter of a job
      --> ops.yaml:29:22
       |
    29 |       run-parameter: Off
       |                      ^^^
       |
       = help: write `none` if there is none; then a run whose start was lost cannot be found again

    1 error in 1 file
    "#);
}

#[test]
fn a_run_parameter_by_a_wrong_name() {
    assert_snapshot!(jenkins(&[("run-parameter: SIGNALBOX_RUN", "run-parameter: 1st")]), @r#"
    error: `1st` cannot be the name of a parameter of a job
      --> ops.yaml:29:22
       |
    29 |       run-parameter: 1st
       |                      ^^^
       |
       = help: write letters, digits, `_`, `.` and `-`, beginning with a letter or `_`

    1 error in 1 file
    "#);
}

#[test]
fn parameters_as_a_list() {
    assert_snapshot!(jenkins(&[(r#"      parameters:
        SERVICE: "{service}"
"#, "      parameters: [web]\n")]), @r#"
    error: `parameters` takes a mapping, not a list
      --> ops.yaml:27:19
       |
    27 |       parameters: [web]
       |                   ^^^^^
       |
       = help: write `key: value` lines, indented below it

    1 error in 1 file
    "#);
}

#[test]
fn keys_of_the_other_kinds() {
    assert_snapshot!(jenkins(&[("      run-parameter: SIGNALBOX_RUN\n", "      timeout: 5m\n      directory: practice\n      environment: {}\n      workflow: deploy.yml\n      ref: main\n      inputs: {}\n      run-input: run\n")]), @r#"
    error: `timeout` is not a key here: this is a `jenkins` target
      --> ops.yaml:29:7
       |
    29 |       timeout: 5m
       |       ^^^^^^^
       |
       = help: Jenkins's own `timeout` step belongs into the Jenkinsfile

    error: `directory` is not a key here: this is a `jenkins` target
      --> ops.yaml:30:7
       |
    30 |       directory: practice
       |       ^^^^^^^^^
       |
       = help: leave it out: a job has its own workspace

    error: `environment` is not a key here: this is a `jenkins` target
      --> ops.yaml:31:7
       |
    31 |       environment: {}
       |       ^^^^^^^^^^^
       |
       = help: what the job should know is one of its `parameters`; its `environment` belongs into the Jenkinsfile

    error: `workflow` is not a key here: this is a `jenkins` target
      --> ops.yaml:32:7
       |
    32 |       workflow: deploy.yml
       |       ^^^^^^^^
       |
       = help: leave it out: `jenkins` names the job with its folders

    error: `ref` is not a key here: this is a `jenkins` target
      --> ops.yaml:33:7
       |
    33 |       ref: main
       |       ^^^
       |
       = help: write `branch`, if this is a multibranch job; another job knows its own branch

    error: `inputs` is not a key here: this is a `jenkins` target
      --> ops.yaml:34:7
       |
    34 |       inputs: {}
       |       ^^^^^^
       |
       = help: write `parameters`

    error: `run-input` is not a key here: this is a `jenkins` target
      --> ops.yaml:35:7
       |
    35 |       run-input: run
       |       ^^^^^^^^^
       |
       = help: write `run-parameter`

    7 errors in 1 file
    "#);
}

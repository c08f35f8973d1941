//! A GitHub Actions workflow as the target.

mod inputs;
mod keys;

use crate::{GITHUB, complaints, target, with};
use insta::assert_snapshot;
use signalbox_domain::catalogue::{GitHubTarget, Target};

const TOKEN: &str = concat!("ghp", "_0123456789abcdefghijABCDEFGHIJ012345");

#[track_caller]
fn github(changes: &[(&str, &str)]) -> String {
    complaints(&with(GITHUB, changes))
}

/// This many additional inputs.
fn inputs(count: usize) -> String {
    let more: String = (0..count).map(|n| format!("        more-{n}: x\n")).collect();
    format!("      inputs:\n{more}")
}

#[test]
fn what_is_right() {
    let Target::GitHub(target) = target(&with(GITHUB, &[])) else { unreachable!() };
    let expect = GitHubTarget {
        repository: "acme/shop".to_owned(),
        workflow: "deploy.yml".to_owned(),
        git_ref: "main".to_owned(),
        inputs: [("service", "{service}"), ("version", "{version}")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into(),
        run_input: Some("signalbox-run".to_owned()),
    };
    assert_eq!(target, expect);
    // Without `programs`, and without everything that may be left out.
    let least = with(
        GITHUB,
        &[("programs:\n  git: git\n  sh: /bin/sh\n", ""), ("      run-input: signalbox-run\n", "")],
    );
    assert_eq!(super::target(&least), Target::GitHub(expect.clone()));
    let none = with(GITHUB, &[("run-input: signalbox-run", "run-input: none")]);
    assert_eq!(super::target(&none), Target::GitHub(GitHubTarget { run_input: None, ..expect }));
}

#[test]
fn what_is_right_too() {
    for (part, otherwise) in [
        ("acme/shop", "A-c_m.e/.github"),
        ("deploy.yml", "Deploy to web.yaml"),
        ("ref: main", "ref: refs/tags/v1.2"),
        ("ref: main", "ref: 1.10"),
        ("ref: main", "ref: \"release/{version}-{count}-{dry}\""),
        ("ref: main", "ref: \"{run}\""),
        ("service: \"{service}\"", "_s-1: \"\""),
        ("service: \"{service}\"", "service: '{{\"a\": \"{service}\"}}'"),
        ("service: \"{service}\"", "service: \"{requester} in {run}\""),
        ("      inputs:\n", &inputs(22)),
    ] {
        target(&with(GITHUB, &[(part, otherwise)]));
    }
    // An input is left out if its parameter was not given.
    target(&with(GITHUB, &[("        default: true\n", ""), ("\"{service}\"", "\"{dry}\"")]));
    target(&with(
        GITHUB,
        &[("      inputs:\n", &inputs(23)), ("run-input: signalbox-run", "run-input: none")],
    ));
}

#[test]
fn an_address_of_a_browser() {
    assert_snapshot!(github(&[("acme/shop", "https://github.com/acme/shop/actions")]), @r#"
    error: `https://github.com/acme/shop/actions` is not a repository
      --> ops.yaml:25:15
       |
    25 |       github: https://github.com/acme/shop/actions
       |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write `acme/shop`

    1 error in 1 file
    "#);
}

#[test]
fn an_address_to_clone() {
    assert_snapshot!(github(&[("acme/shop", "git@github.com:acme/shop.git")]), @r#"
    error: `git@github.com:acme/shop.git` is not a repository
      --> ops.yaml:25:15
       |
    25 |       github: git@github.com:acme/shop.git
       |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write `acme/shop`

    1 error in 1 file
    "#);
}

#[test]
fn a_repository_without_its_owner() {
    assert_snapshot!(github(&[("acme/shop", "shop")]), @r#"
    error: `shop` is not a repository
      --> ops.yaml:25:15
       |
    25 |       github: shop
       |               ^^^^
       |
       = help: write its owner and its name, such as `acme/shop`, without the address of GitHub

    1 error in 1 file
    "#);
}

#[test]
fn a_repository_with_a_space() {
    assert_snapshot!(github(&[("acme/shop", "acme/my shop")]), @r#"
    error: `acme/my shop` is not a repository
      --> ops.yaml:25:15
       |
    25 |       github: acme/my shop
       |               ^^^^^^^^^^^^
       |
       = help: write its owner and its name, such as `acme/shop`, without the address of GitHub

    1 error in 1 file
    "#);
}

#[test]
fn a_repository_above() {
    assert_snapshot!(github(&[("acme/shop", "acme/..")]), @r#"
    error: `acme/..` is not a repository
      --> ops.yaml:25:15
       |
    25 |       github: acme/..
       |               ^^^^^^^
       |
       = help: write its owner and its name, such as `acme/shop`, without the address of GitHub

    1 error in 1 file
    "#);
}

#[test]
fn a_repository_that_ends_like_a_clone() {
    assert_snapshot!(github(&[("acme/shop", "acme/shop.git")]), @r#"
    error: `acme/shop.git` is not a repository
      --> ops.yaml:25:15
       |
    25 |       github: acme/shop.git
       |               ^^^^^^^^^^^^^
       |
       = help: write `acme/shop`

    1 error in 1 file
    "#);
}

#[test]
fn a_parameter_as_the_repository() {
    assert_snapshot!(github(&[("acme/shop", r#""acme/{service}""#)]), @r#"
    error: a parameter cannot choose the repository
      --> ops.yaml:25:15
       |
    25 |       github: "acme/{service}"
       |               ^^^^^^^^^^^^^^^^
       |
       = help: write the repository itself; make one operation for each

    1 error in 1 file
    "#);
}

#[test]
fn a_workflow_with_its_path() {
    assert_snapshot!(github(&[("deploy.yml", ".github/workflows/deploy.yml")]), @r#"
    error: `.github/workflows/deploy.yml` is a path
      --> ops.yaml:26:17
       |
    26 |       workflow: .github/workflows/deploy.yml
       |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write only the file name: `deploy.yml`

    1 error in 1 file
    "#);
}

#[test]
fn a_workflow_by_its_title() {
    assert_snapshot!(github(&[("deploy.yml", "Deploy")]), @r#"
    error: `Deploy` is not the name of a workflow file
      --> ops.yaml:26:17
       |
    26 |       workflow: Deploy
       |                 ^^^^^^
       |
       = help: write its file in .github/workflows, which ends in .yml or .yaml; not the name that GitHub shows

    1 error in 1 file
    "#);
}

#[test]
fn a_workflow_with_its_branch() {
    assert_snapshot!(github(&[("deploy.yml", "deploy.yml@main")]), @r#"
    error: `deploy.yml@main` is not the name of a file
      --> ops.yaml:26:17
       |
    26 |       workflow: deploy.yml@main
       |                 ^^^^^^^^^^^^^^^
       |
       = help: the branch or tag after the `@` is the `ref`

    1 error in 1 file
    "#);
}

#[test]
fn a_parameter_as_the_workflow() {
    assert_snapshot!(github(&[("deploy.yml", r#""{service}.yml""#)]), @r#"
    error: a parameter cannot choose the workflow
      --> ops.yaml:26:17
       |
    26 |       workflow: "{service}.yml"
       |                 ^^^^^^^^^^^^^^^
       |
       = help: write the workflow itself; make one operation for each

    1 error in 1 file
    "#);
}

#[test]
fn an_empty_ref() {
    assert_snapshot!(github(&[("ref: main", r#"ref: """#)]), @r#"
    error: `ref` is empty
      --> ops.yaml:27:12
       |
    27 |       ref: ""
       |            ^^
       |
       = help: write it, or leave it out

    1 error in 1 file
    "#);
}

#[test]
fn a_ref_of_nothing() {
    assert_snapshot!(github(&[("ref: main", "ref:")]), @r#"
    error: `ref` has no value
      --> ops.yaml:27:7
       |
    27 |       ref:
       |       ^^^
       |
       = help: it takes a text; write one, or leave it out

    1 error in 1 file
    "#);
}

#[test]
fn a_requester_as_the_ref() {
    assert_snapshot!(github(&[("ref: main", r#"ref: "by/{requester}""#)]), @r#"
    error: who asked is no branch and no tag
      --> ops.yaml:27:16
       |
    27 |       ref: "by/{requester}"
       |                ^^^^^^^^^^^
       |
       = help: write a branch or a tag, or name a parameter that is one

    1 error in 1 file
    "#);
}

#[test]
fn a_ref_that_may_be_left_out() {
    assert_snapshot!(github(&[("ref: main", r#"ref: "release-{dry}""#), ("        default: true\n", "")]), @r#"
    error: `dry` may be left out, and `ref` may not
      --> ops.yaml:26:21
       |
    26 |       ref: "release-{dry}"
       |                     ^^^^^
       |
       = help: give the parameter a default, or make it required

    1 error in 1 file
    "#);
}

#[test]
fn an_unknown_placeholder_in_the_ref() {
    assert_snapshot!(github(&[("ref: main", r#"ref: "release-{verison}""#)]), @r#"
    error: there is no parameter `verison`
      --> ops.yaml:27:21
       |
    27 |       ref: "release-{verison}"
       |                     ^^^^^^^^^
       |
       = help: did you mean `version`?

    1 error in 1 file
    "#);
}

#[test]
fn a_secret_as_the_ref() {
    assert_snapshot!(github(&[("ref: main", &format!("ref: {TOKEN}"))]), @r#"
    error: the value of `ref` looks like a secret
      --> ops.yaml:27:12
       |
    27 |            [redacted]
       |            ^^^^^^^^^^
       |
       = help: a catalogue is read by many; let the workflow take it from GitHub's own secrets, and replace it if it was real

    1 error in 1 file
    "#);
}

#[test]
fn everything_at_once() {
    assert_snapshot!(github(&[("acme/shop", "shop"), ("deploy.yml", "Deploy"), ("ref: main", r#"ref: "{requester}""#), (r#"service: "{service}""#, r#"service: "{servce}""#), ("run-input: signalbox-run", "run-input: false")]), @r#"
    error: `shop` is not a repository
      --> ops.yaml:25:15
       |
    25 |       github: shop
       |               ^^^^
       |
       = help: write its owner and its name, such as `acme/shop`, without the address of GitHub

    error: `Deploy` is not the name of a workflow file
      --> ops.yaml:26:17
       |
    26 |       workflow: Deploy
       |                 ^^^^^^
       |
       = help: write its file in .github/workflows, which ends in .yml or .yaml; not the name that GitHub shows

    error: who asked is no branch and no tag
      --> ops.yaml:27:13
       |
    27 |       ref: "{requester}"
       |             ^^^^^^^^^^^
       |
       = help: write a branch or a tag, or name a parameter that is one

    error: there is no parameter `servce`
      --> ops.yaml:29:19
       |
    29 |         service: "{servce}"
       |                   ^^^^^^^^
       |
       = help: did you mean `service`?

    error: `run-input` does not name an input
      --> ops.yaml:31:18
       |
    31 |       run-input: false
       |                  ^^^^^
       |
       = help: write `none` if there is none; then a run whose start was lost cannot be found again

    5 errors in 1 file
    "#);
}

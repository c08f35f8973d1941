//! Every error of a catalogue, as its author reads it.
//!
//! Each test takes one correct catalogue, changes one thing in it, and compares the whole text of the errors.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail as the test does"
)]

mod files;
mod github;
mod grants;
mod jenkins;
mod kinds;
mod lookups;
mod operations;
mod parameters;
mod programs;
mod secrets;
mod targets;
mod types;
mod values;
mod watches;
mod yaml;

use signalbox_catalogue::parse;
use signalbox_domain::catalogue::Target;

/// A catalogue without mistakes.
const RIGHT: &str = r#"programs:
  git: git
  sh: /bin/sh
operations:
  release:
    description: Tag a version
    parameters:
      - name: service
        type: choice
        options: [web, api]
        required: true
      - name: version
        type: string
        pattern: '[0-9.]+'
        required: true
      - name: count
        type: integer
        min: 1
        max: 9
        default: 5
      - name: dry
        type: boolean
        default: true
    target:
      command: [git, tag, "{service}-{version}"]
      directory: practice
      timeout: 30s
      environment: { LEVEL: info }
    idempotent: false
    allow:
      - users: [TROOM/UADA]
        channels: [TROOM/COPS]
"#;

/// A target without mistakes, to be put in place of the target in `RIGHT`.
const GITHUB: &str = r#"    target:
      github: acme/shop
      workflow: deploy.yml
      ref: main
      inputs:
        service: "{service}"
        version: "{version}"
      run-input: signalbox-run
"#;

/// Another target without mistakes.
const JENKINS: &str = r#"    target:
      jenkins: web/deploy
      branch: release
      parameters:
        SERVICE: "{service}"
      run-parameter: SIGNALBOX_RUN
"#;

/// The correct catalogue with another target, and with some parts replaced.
#[track_caller]
fn with(target: &str, changes: &[(&str, &str)]) -> String {
    let start = RIGHT.find("    target:").expect("it has a target");
    let end = RIGHT.find("    idempotent:").expect("and something after it");
    let text = format!("{}{target}{}", &RIGHT[..start], &RIGHT[end..]);
    changes.iter().fold(text, |text, (part, otherwise)| {
        assert_eq!(text.matches(part).count(), 1, "{part:?} is there once");
        text.replacen(part, otherwise, 1)
    })
}

/// The target of a correct catalogue.
#[track_caller]
fn target(text: &str) -> Target {
    let catalogue =
        parse(&[("ops.yaml".to_owned(), text.to_owned())]).unwrap_or_else(|wrong| panic!("{wrong}"));
    catalogue.operations.into_values().next().expect("one").target
}

/// The errors if one part is replaced.
#[track_caller]
fn broken(part: &str, otherwise: &str) -> String {
    assert_eq!(RIGHT.matches(part).count(), 1, "{part:?} is there once");
    complaints(&RIGHT.replacen(part, otherwise, 1))
}

/// The errors if everything from one line up to another line (or up to the end: `""`) is replaced.
#[track_caller]
fn recast(from: &str, to: &str, otherwise: &str) -> String {
    let start = RIGHT.find(from).expect("the first line is there");
    let end = if to.is_empty() { RIGHT.len() } else { RIGHT.find(to).expect("the other line is there") };
    complaints(&format!("{}{otherwise}{}", &RIGHT[..start], &RIGHT[end..]))
}

/// The errors of one file.
#[track_caller]
fn complaints(text: &str) -> String {
    complaints_of(&[("ops.yaml", text)])
}

/// The errors of several files.
#[track_caller]
fn complaints_of(files: &[(&str, &str)]) -> String {
    let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let complaints = parse(&files).expect_err("something is wrong").to_string();
    // Spaces at the end of a line would be invisible in a test.
    complaints.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn nothing_is_wrong_with_the_right_one() {
    assert_eq!(parse(&[("ops.yaml".to_owned(), RIGHT.to_owned())]).expect("right").operations.len(), 1);
}

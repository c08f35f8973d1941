//! The commands that are about a catalogue: mistakes in the formats of other tools, its tests, what became of an
//! operation, and the pages.

use crate::binary::process::{signalbox, text};
use serde_json::Value;
use std::path::Path;
use std::process::Output;

fn run(arguments: &[&str]) -> Output {
    signalbox(arguments).output().unwrap()
}

/// A folder with a mistake in it.
fn broken() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ops.yaml"), "operations: { a: { nope: 1 } }\n").unwrap();
    folder
}

#[test]
fn mistakes_are_told_in_the_formats_of_other_tools() {
    let folder = broken();
    let path = folder.path().to_str().unwrap();
    let told = |format: &str| {
        let output = run(&["check", path, "--format", format]);
        assert_eq!(output.status.code(), Some(1), "{format}");
        text(&output.stdout)
    };
    let json: Value = serde_json::from_str(&told("json")).unwrap();
    assert_eq!(told("json"), text(&run(&["check", path, "--json"]).stdout));
    let first = &json[0];
    assert_eq!((first["line"].as_u64(), first["column"].as_u64()), (Some(1), Some(15)), "{first}");
    assert!(json.as_array().unwrap().iter().all(|one| one["help"].is_string() && one["end_column"].is_u64()));
    let github = told("github");
    assert!(github.starts_with("::error file=") && github.contains("ops.yaml,line=1,col=15::"), "{github}");
    assert_eq!(github.lines().count(), json.as_array().unwrap().len());
    let sarif: Value = serde_json::from_str(&told("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), json.as_array().unwrap().len());

    for (format, says) in [("json", "[]\n"), ("github", "")] {
        let sound = run(&["check", "--format", format]);
        assert!(sound.status.success() && text(&sound.stdout) == says, "{format}: {}", text(&sound.stdout));
    }
}

#[test]
fn tests_of_a_catalogue_are_part_of_its_check() {
    let sound = run(&["check"]);
    assert!(text(&sound.stdout).contains("8 tests hold"), "{}", text(&sound.stdout));
    let folder = tempfile::tempdir().unwrap();
    let operation =
        "operations: { a: { description: b, target: { jenkins: c }, allow: [{ users: [TROOM/UADA] }] } }\n";
    std::fs::write(folder.path().join("ops.yaml"), operation).unwrap();
    let tests = folder.path().join("tests.yaml");
    std::fs::write(
        &tests,
        "- { as: TROOM/UADA, in: TROOM/COPS, say: /a, expect: { verdict: not_allowed } }\n",
    )
    .unwrap();
    let path = folder.path().to_str().unwrap();
    let differs = run(&["check", path]);
    assert_eq!(differs.status.code(), Some(1));
    assert!(
        text(&differs.stderr).contains("`verdict` is `allow`, and `not_allowed` is expected"),
        "{}",
        text(&differs.stderr)
    );
    assert!(text(&run(&["check", path, "--format", "github"]).stdout).contains("tests.yaml,line=1,"));
    assert!(run(&["check", path, "--accept"]).status.success());
    assert!(run(&["check", path]).status.success());
    assert!(std::fs::read_to_string(tests).unwrap().contains("verdict: allow"));
}

#[test]
fn an_operation_is_explained_with_its_lines() {
    let explained = text(&run(&["explain", "deploy"]).stdout);
    let line = |what: &str| {
        let line = explained.lines().find(|line| line.trim_start().starts_with(what)).unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    };
    let page = std::fs::read_to_string(
        Path::new(crate::binary::process::ROOT).join("examples/catalogue/github.yaml"),
    )
    .unwrap();
    let at = |text: &str| page.lines().position(|line| line.trim_start().starts_with(text)).unwrap() + 1;
    for (what, written) in [
        ("operation: deploy", "deploy:"),
        ("workflow: deploy.yml", "workflow: deploy.yml"),
        ("inputs.version: {version}", "version: \"{version}\""),
    ] {
        assert_eq!(line(what), format!("examples/catalogue/github.yaml:{}", at(written)), "{explained}");
    }
    let json: Value = serde_json::from_slice(&run(&["explain", "deploy", "--json"]).stdout).unwrap();
    assert_eq!(json["says"], "deploy");
    let parts = json["parts"].as_array().unwrap();
    assert!(parts.iter().any(|part| part["what"] == "may ask" && part["line"].is_u64()), "{json}");
    let unknown = run(&["explain", "deplyo"]);
    assert!(
        !unknown.status.success() && text(&unknown.stderr).contains("did you mean deploy?"),
        "{}",
        text(&unknown.stderr)
    );
}

#[test]
fn pages_are_written_the_same_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let write = || {
        assert!(run(&["docs", "--out", folder.path().to_str().unwrap()]).status.success());
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        (read("index.md"), read("operations/rollout.md"))
    };
    let (index, rollout) = write();
    assert!(index.contains("[rollout](operations/rollout.md)"), "{index}");
    assert!(
        rollout.contains("/rollout <service> [steps] [fast]") && rollout.contains("| `steps` |"),
        "{rollout}"
    );
    assert_eq!(write(), (index, rollout.clone()));
    assert!(text(&run(&["docs"]).stdout).contains(rollout.trim_end()));
}

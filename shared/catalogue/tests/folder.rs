//! Mistakes in a folder and in its files.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "the helpers of a test fail as the test does")]

use signalbox_catalogue::{LARGEST_FILE, load};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const OPERATION: &str = "\
programs: { deploy: ./deploy }
operations:
  deploy:
    description: Deploy
    target: { command: [deploy], timeout: 1h }
    allow: [{ channels: [TROOM/COPS] }]
";

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn executable(path: &Path, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

/// The errors of the folder, which is called `catalogue` in them.
fn complaints(folder: &Path) -> String {
    let said = load(folder).expect_err("something is wrong").to_string();
    let said = said.replace(&folder.display().to_string(), "catalogue");
    said.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn yaml_is_read_and_the_rest_left_alone() {
    let folder = folder(&[
        ("deploy", b"#!/bin/sh\n"),
        ("a.yml", OPERATION.as_bytes()),
        ("b.yaml", b"# nothing yet\n"),
        (".b.yaml", b"\xff"),
        ("c.yaml.orig", b"{"),
        ("README.md", b"\t"),
    ]);
    executable(&folder.path().join("deploy"), 0o755);
    let catalogue = load(folder.path()).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!(catalogue.operations.len(), 1);
}

#[test]
fn no_folder() {
    let folder = folder(&[]);
    insta::assert_snapshot!(complaints(&folder.path().join("none")), @r#"
    error: the catalogue's folder cannot be read: No such file or directory (os error 2)
    --> catalogue
     = help: name a folder that holds the catalogue's YAML files

    1 error
    "#);
}

#[test]
fn an_empty_folder() {
    insta::assert_snapshot!(complaints(folder(&[("catalogue.json", b"{}")]).path()), @r#"
    error: the catalogue's folder has no YAML in it
    --> catalogue
     = help: put a file there whose name ends in .yaml or .yml; folders in it are not looked into

    1 error
    "#);
}

#[test]
fn a_file_that_is_not_utf_8() {
    let folder = folder(&[("a.yaml", b"programs:\n  git: g\xffit\n"), ("b.yaml", b"operations: {}\n")]);
    insta::assert_snapshot!(complaints(folder.path()), @r#"
    error: this is not UTF-8
     --> catalogue/a.yaml:2:9
      |
    2 |   git: g�it
      |         ^
      |
      = help: save the file as UTF-8

    1 error in 1 file
    "#);
}

#[test]
fn a_file_that_is_too_large() {
    let size = usize::try_from(LARGEST_FILE).unwrap();
    let text = |size: usize| format!("{OPERATION}{}", "#".repeat(size - OPERATION.len()));
    let folder = folder(&[("a.yaml", text(size + 1).as_bytes()), ("deploy", b"")]);
    insta::assert_snapshot!(complaints(folder.path()), @r#"
    error: this file is larger than 1 MiB
    --> catalogue/a.yaml
     = help: a catalogue is written by people; split it, or move what is none out of the folder

    1 error
    "#);
    executable(&folder.path().join("deploy"), 0o755);
    fs::write(folder.path().join("a.yaml"), text(size)).unwrap();
    assert!(load(folder.path()).is_ok());
}

/// A folder whose name looks like a file's cannot be read as a file, not even by root.
#[test]
fn a_file_that_cannot_be_read_is_no_reason_to_complain_of_what_it_may_have_said() {
    let operation = OPERATION.replace("programs: { deploy: ./deploy }\n", "");
    let folder = folder(&[("b.yaml", operation.as_bytes())]);
    fs::create_dir(folder.path().join("a.yaml")).unwrap();
    insta::assert_snapshot!(complaints(folder.path()), @r#"
    error: this file cannot be read: Is a directory (os error 21)
    --> catalogue/a.yaml
     = help: check what it is and who may read it

    1 error
    "#);
}

#[test]
fn a_program_that_is_not_there() {
    insta::assert_snapshot!(complaints(folder(&[("a.yaml", OPERATION.as_bytes())]).path()), @r#"
    error: program `./deploy` is not there: No such file or directory (os error 2)
     --> catalogue/a.yaml:1:21
      |
    1 | programs: { deploy: ./deploy }
      |                     ^^^^^^^^
      |
      = help: put it at `catalogue/./deploy`; a path begins in the catalogue's folder

    1 error in 1 file
    "#);
}

#[test]
fn a_program_that_is_a_folder() {
    let folder = folder(&[("a.yaml", OPERATION.as_bytes())]);
    fs::create_dir(folder.path().join("deploy")).unwrap();
    insta::assert_snapshot!(complaints(folder.path()), @r#"
    error: program `./deploy` is not a file
     --> catalogue/a.yaml:1:21
      |
    1 | programs: { deploy: ./deploy }
      |                     ^^^^^^^^
      |
      = help: name the program itself, not its folder

    1 error in 1 file
    "#);
}

#[cfg(unix)]
#[test]
fn a_program_that_may_not_be_run() {
    let folder = folder(&[("a.yaml", OPERATION.as_bytes()), ("deploy", b"")]);
    executable(&folder.path().join("deploy"), 0o644);
    insta::assert_snapshot!(complaints(folder.path()), @r#"
    error: program `./deploy` may not be run
     --> catalogue/a.yaml:1:21
      |
    1 | programs: { deploy: ./deploy }
      |                     ^^^^^^^^
      |
      = help: `chmod +x catalogue/./deploy`, and let git keep it: `git update-index --chmod=+x`

    1 error in 1 file
    "#);
}

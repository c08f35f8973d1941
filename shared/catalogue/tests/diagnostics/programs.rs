//! The allowlist.

use crate::broken;
use insta::assert_snapshot;

#[test]
fn a_bad_word() {
    assert_snapshot!(broken("  git: git", "  Git: git"), @r#"
    error: `Git` cannot be the word for a program
     --> ops.yaml:2:3
      |
    2 |   Git: git
      |   ^^^
      |
      = help: write 1 to 32 of a-z, 0-9 and -, beginning with a letter; the program itself stands after the colon

    1 error in 1 file
    "#);
}

#[test]
fn arguments_beside_the_program() {
    assert_snapshot!(broken("  git: git", "  git: git tag"), @r#"
    error: `git tag` is not a program
     --> ops.yaml:2:8
      |
    2 |   git: git tag
      |        ^^^^^^^
      |
      = help: write the program alone here, and its arguments in each operation's `command`

    1 error in 1 file
    "#);
}

#[test]
fn a_path_that_needs_a_shell() {
    assert_snapshot!(broken("  git: git", "  git: ~/bin/git"), @r#"
    error: `~/bin/git` is not a program
     --> ops.yaml:2:8
      |
    2 |   git: ~/bin/git
      |        ^^^^^^^^^
      |
      = help: write a name on the server's PATH, a path from this folder, or a path from `/`; no shell expands it

    1 error in 1 file
    "#);
}

#[test]
fn a_placeholder() {
    assert_snapshot!(broken("  git: git", r#"  git: "{service}""#), @r#"
    error: `{service}` is not a program
     --> ops.yaml:2:8
      |
    2 |   git: "{service}"
      |        ^^^^^^^^^^^
      |
      = help: write the program itself; parameters are for the arguments of a `command`

    1 error in 1 file
    "#);
}

#[test]
fn no_program() {
    assert_snapshot!(broken("  git: git", r#"  git: """#), @r#"
    error: `git` is empty
     --> ops.yaml:2:8
      |
    2 |   git: ""
      |        ^^
      |
      = help: write it, or leave it out

    1 error in 1 file
    "#);
}

#[test]
fn a_list_for_a_program() {
    assert_snapshot!(broken("  git: git", "  git: [git]"), @r#"
    error: `git` takes a text, not a list
     --> ops.yaml:2:8
      |
    2 |   git: [git]
      |        ^^^^^
      |
      = help: write it on the same line; in quotes, if it has `: `, ` #` or braces in it

    1 error in 1 file
    "#);
}

#[test]
fn a_program_that_is_not_listed() {
    assert_snapshot!(broken("command: [git,", "command: [gti,"), @r#"
    error: program `gti` is not on the allowlist
      --> ops.yaml:25:17
       |
    25 |       command: [gti, tag, "{service}-{version}"]
       |                 ^^^
       |
       = help: did you mean `git`?

    1 error in 1 file
    "#);
}

#[test]
fn a_program_that_is_like_none() {
    assert_snapshot!(broken("command: [git,", "command: [kubectl,"), @r#"
    error: program `kubectl` is not on the allowlist
      --> ops.yaml:25:17
       |
    25 |       command: [kubectl, tag, "{service}-{version}"]
       |                 ^^^^^^^
       |
       = help: list it under `programs`, which has `git` and `sh`

    1 error in 1 file
    "#);
}

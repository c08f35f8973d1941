//! An operation as a whole.

use crate::{broken, recast};
use insta::assert_snapshot;

#[test]
fn a_bad_name() {
    assert_snapshot!(broken("  release:", "  Re_lease:"), @r#"
    error: `Re_lease` cannot be the name of an operation
     --> ops.yaml:5:3
      |
    5 |   Re_lease:
      |   ^^^^^^^^
      |
      = help: write 1 to 32 of a-z, 0-9 and -, beginning with a letter

    1 error in 1 file
    "#);
}

#[test]
fn a_name_of_our_own() {
    assert_snapshot!(broken("  release:", "  status:"), @r#"
    error: an operation cannot be called `status`
     --> ops.yaml:5:3
      |
    5 |   status:
      |   ^^^^^^
      |
      = help: `status` is a word of Signalbox's own; choose another name

    1 error in 1 file
    "#);
}

#[test]
fn no_description() {
    assert_snapshot!(broken("    description: Tag a version\n", ""), @r#"
    error: operation `release` has no `description`
     --> ops.yaml:5:3
      |
    5 |   release:
      |   ^^^^^^^
      |
      = help: write what it does, in one line: people read it before they ask

    1 error in 1 file
    "#);
}

#[test]
fn a_description_of_two_lines() {
    assert_snapshot!(broken("Tag a version", "|\n      Tag\n      a version"), @r#"
    error: `description` has a line break or another control character in it
     --> ops.yaml:7:7
      |
    7 |       Tag
      |       ^^^
      |
      = help: write one line of plain text; `>` folds several into one

    1 error in 1 file
    "#);
}

#[test]
fn no_target() {
    assert_snapshot!(recast("    target:", "    idempotent: false", ""), @r#"
    error: operation `release` has no `target`
     --> ops.yaml:5:3
      |
    5 |   release:
      |   ^^^^^^^
      |
      = help: write what carries it out: `target: { command: [git, fetch], timeout: 1m }`

    1 error in 1 file
    "#);
}

#[test]
fn idempotent_in_other_words() {
    assert_snapshot!(broken("idempotent: false", "idempotent: no"), @r#"
    error: `idempotent` takes `true` or `false`, not `no`
      --> ops.yaml:29:17
       |
    29 |     idempotent: no
       |                 ^^
       |
       = help: write `true` or `false`, without quotes

    1 error in 1 file
    "#);
}

#[test]
fn an_operation_that_is_a_text() {
    assert_snapshot!(recast("release:", "", "release: git tag\n"), @r#"
    error: operation `release` takes a mapping, not `git tag`
     --> ops.yaml:5:12
      |
    5 |   release: git tag
      |            ^^^^^^^
      |
      = help: write `key: value` lines, indented below it

    1 error in 1 file
    "#);
}

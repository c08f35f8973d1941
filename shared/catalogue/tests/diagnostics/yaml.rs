//! Files that are not YAML, and parts of YAML that a catalogue does not accept.

use crate::broken;
use insta::assert_snapshot;

#[test]
fn a_tab() {
    assert_snapshot!(broken("    idempotent", "\tidempotent"), @r#"
    error: this is not YAML: tabs disallowed within this context (block indentation)
      --> ops.yaml:29:2
       |
    29 |     idempotent: false
       |     ^
       |
       = help: indent with spaces; YAML takes no tabs

    1 error in 1 file
    "#);
}

#[test]
fn an_open_quote() {
    assert_snapshot!(broken(r#"[git, tag, "{service}"#, "[git, tag, '{service}"), @r#"
    error: this is not YAML: unclosed quote
      --> ops.yaml:25:27
       |
    25 |       command: [git, tag, '{service}-{version}"]
       |                           ^
       |
       = help: close the quote that was opened before this place

    1 error in 1 file
    "#);
}

#[test]
fn a_list_that_is_not_closed() {
    assert_snapshot!(broken("[web, api]", "[web, api"), @r#"
    error: this is not YAML: illegal placement of ':' indicator
      --> ops.yaml:11:17
       |
    11 |         required: true
       |                 ^
       |
       = help: close the lists and braces above it, and quote a text that has `: ` in it

    1 error in 1 file
    "#);
}

#[test]
fn a_colon_in_a_plain_text() {
    assert_snapshot!(broken("Tag a version", "Tag: a version"), @r#"
    error: this is not YAML: mapping values are not allowed in this context
     --> ops.yaml:6:21
      |
    6 |     description: Tag: a version
      |                     ^
      |
      = help: put a text that has `: ` in it in quotes, or check the indentation

    1 error in 1 file
    "#);
}

#[test]
fn an_unknown_escape() {
    assert_snapshot!(broken(r#""{service}-"#, r#""\w{service}-"#), @r#"
    error: this is not YAML: while parsing a quoted scalar, found unknown escape character
      --> ops.yaml:25:27
       |
    25 |       command: [git, tag, "\w{service}-{version}"]
       |                           ^
       |
       = help: in double quotes a backslash is `\\`; in single quotes it is itself

    1 error in 1 file
    "#);
}

#[test]
fn the_same_key_twice() {
    assert_snapshot!(broken("    idempotent: false\n", "    idempotent: false\n    description: Again\n"), @r#"
    error: the key `description` is here twice
      --> ops.yaml:30:5
       |
    30 |     description: Again
       |     ^^^^^^^^^^^
       |
       = help: the first is at ops.yaml:6:5; keep one of them

    1 error in 1 file
    "#);
}

#[test]
fn an_unknown_key_that_is_near() {
    assert_snapshot!(broken("    idempotent:", "    idempotant:"), @r#"
    error: unknown key `idempotant` in operation `release`
      --> ops.yaml:29:5
       |
    29 |     idempotant: false
       |     ^^^^^^^^^^
       |
       = help: did you mean `idempotent`?

    1 error in 1 file
    "#);
}

#[test]
fn an_unknown_key_that_is_not() {
    assert_snapshot!(broken("    idempotent:", "    when:"), @r#"
    error: unknown key `when` in operation `release`
      --> ops.yaml:29:5
       |
    29 |     when: false
       |     ^^^^
       |
       = help: it takes `description`, `aliases`, `parameters`, `target`, `requires`, `verify`, `ships`, `idempotent`, `confirm`, `shortcut`, `message-shortcut` and `allow`

    1 error in 1 file
    "#);
}

#[test]
fn an_unknown_key_at_the_top() {
    assert_snapshot!(broken("programs:", "programmes:"), @r#"
    error: unknown key `programmes` in a catalogue file
     --> ops.yaml:1:1
      |
    1 | programmes:
      | ^^^^^^^^^^
      |
      = help: did you mean `programs`?

    1 error in 1 file
    "#);
}

#[test]
fn a_key_that_is_no_word() {
    assert_snapshot!(broken("    idempotent: false", "    [a]: false"), @r#"
    error: a key must be a word
      --> ops.yaml:29:5
       |
    29 |     [a]: false
       |     ^^^
       |
       = help: write `key: value`; quote a text that has `{` or `[` in it

    1 error in 1 file
    "#);
}

#[test]
fn a_key_without_a_value() {
    assert_snapshot!(broken("    idempotent: false", "    idempotent:"), @r#"
    error: `idempotent` has no value
      --> ops.yaml:29:5
       |
    29 |     idempotent:
       |     ^^^^^^^^^^
       |
       = help: it takes `true` or `false`; write one, or leave it out

    1 error in 1 file
    "#);
}

#[test]
fn a_merge_key() {
    assert_snapshot!(broken("    idempotent: false", "    <<: { idempotent: false }"), @r#"
    error: unknown key `<<` in operation `release`
      --> ops.yaml:29:5
       |
    29 |     <<: { idempotent: false }
       |     ^^
       |
       = help: merge keys are not part of YAML 1.2: repeat a whole value with `*name`

    1 error in 1 file
    "#);
}

#[test]
fn an_alias_of_nothing() {
    assert_snapshot!(broken("[web, api]", "*services"), @r#"
    error: nothing above is called `&services`
      --> ops.yaml:10:18
       |
    10 |         options: *services
       |                  ^^^^^^^^^
       |
       = help: write `&services` before the value that is meant

    1 error in 1 file
    "#);
}

#[test]
fn an_alias_of_itself() {
    assert_snapshot!(broken("[web, api]", "&options [web, *options]"), @r#"
    error: this alias stands within the value that it repeats
      --> ops.yaml:10:33
       |
    10 |         options: &options [web, *options]
       |                                 ^^^^^^^^
       |
       = help: write out what is meant: a value cannot contain itself

    1 error in 1 file
    "#);
}

#[test]
fn a_tag() {
    assert_snapshot!(broken("Tag a version", "!!str Tag a version"), @r#"
    error: tags (`!…`) mean nothing in a catalogue
     --> ops.yaml:6:18
      |
    6 |     description: !!str Tag a version
      |                  ^^^^^
      |
      = help: leave the tag out; put a text in quotes if it looks like something else

    1 error in 1 file
    "#);
}

#[test]
fn a_second_document() {
    assert_snapshot!(broken("  release:", "---\n  release:"), @r#"
    error: a second document begins here
     --> ops.yaml:5:1
      |
    5 | ---
      | ^^^
      |
      = help: write one document per file: take this `---` out, or move what follows to another file

    1 error in 1 file
    "#);
}

//! What a target carries out, and what a person may choose of it.

use crate::broken;
use insta::assert_snapshot;

#[test]
fn no_command() {
    assert_snapshot!(broken("      command: [git, tag, \"{service}-{version}\"]\n", ""), @r#"
    error: `target` has no `command`
      --> ops.yaml:24:5
       |
    24 |     target:
       |     ^^^^^^
       |
       = help: write the program and its arguments: `command: [git, tag, "{version}"]`

    1 error in 1 file
    "#);
}

#[test]
fn an_empty_command() {
    assert_snapshot!(broken(r#"[git, tag, "{service}-{version}"]"#, "[]"), @r#"
    error: `command` is empty
      --> ops.yaml:25:16
       |
    25 |       command: []
       |                ^^
       |
       = help: write the program and its arguments: `[git, tag]`

    1 error in 1 file
    "#);
}

#[test]
fn a_command_line() {
    assert_snapshot!(broken(r#"[git, tag, "{service}-{version}"]"#, "git tag {service}-{version}"), @r#"
    error: `command` takes a list, not `git tag {service}-{version}`
      --> ops.yaml:25:16
       |
    25 |       command: git tag {service}-{version}
       |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write `[one, another]`, or one `- item` per line

    1 error in 1 file
    "#);
}

#[test]
fn a_parameter_as_the_program() {
    assert_snapshot!(broken("command: [git,", r#"command: ["{service}","#), @r#"
    error: a parameter cannot choose the program
      --> ops.yaml:25:17
       |
    25 |       command: ["{service}", tag, "{service}-{version}"]
       |                 ^^^^^^^^^^^
       |
       = help: the first item is a word from `programs`; make one operation for each program

    1 error in 1 file
    "#);
}

#[test]
fn an_unknown_placeholder() {
    assert_snapshot!(broken("{service}-{version}", "{service}-{verison}"), @r#"
    error: there is no parameter `verison`
      --> ops.yaml:25:38
       |
    25 |       command: [git, tag, "{service}-{verison}"]
       |                                      ^^^^^^^^^
       |
       = help: did you mean `version`?

    1 error in 1 file
    "#);
}

#[test]
fn an_unknown_placeholder_like_none() {
    assert_snapshot!(broken("{service}-{version}", "{service}-{x}"), @r#"
    error: there is no parameter `x`
      --> ops.yaml:25:38
       |
    25 |       command: [git, tag, "{service}-{x}"]
       |                                      ^^^
       |
       = help: there are `service`, `version`, `count`, `dry`, `run` and `requester`

    1 error in 1 file
    "#);
}

#[test]
fn an_open_brace() {
    assert_snapshot!(broken("{service}-{version}", "{service}-{version"), @r#"
    error: this `{` has no partner
      --> ops.yaml:25:38
       |
    25 |       command: [git, tag, "{service}-{version"]
       |                                      ^
       |
       = help: write `{name}` for a parameter, and `{{` for the brace itself

    1 error in 1 file
    "#);
}

#[test]
fn a_brace_that_nothing_opened() {
    assert_snapshot!(broken("{service}-{version}", "{service}-version}"), @r#"
    error: this `}` has no partner
      --> ops.yaml:25:45
       |
    25 |       command: [git, tag, "{service}-version}"]
       |                                             ^
       |
       = help: write `{name}` for a parameter, and `}}` for the brace itself

    1 error in 1 file
    "#);
}

#[test]
fn a_place_after_escapes() {
    assert_snapshot!(broken(r#""{service}-{version}""#, r#""\u007Bservice}-{x}""#), @r#"
    error: there is no parameter `x`
      --> ops.yaml:25:27
       |
    25 |       command: [git, tag, "\u007Bservice}-{x}"]
       |                           ^^^^^^^^^^^^^^^^^^^^
       |
       = help: there are `service`, `version`, `count`, `dry`, `run` and `requester`

    1 error in 1 file
    "#);
}

#[test]
fn a_parameter_in_a_script() {
    assert_snapshot!(broken(r#"[git, tag, "{service}-{version}"]"#, r#"[sh, -ec, "deploy {service}"]"#), @r#"
    error: a parameter would become part of what `sh` runs
      --> ops.yaml:25:26
       |
    25 |       command: [sh, -ec, "deploy {service}"]
       |                          ^^^^^^^^^^^^^^^^^^
       |
       = help: hand it over as an argument of its own: `[sh, -c, 'deploy "$1"', deploy, "{service}"]`

    1 error in 1 file
    "#);
}

#[test]
fn a_list_within_the_command() {
    assert_snapshot!(broken("[git, tag,", "[git, [tag],"), @r#"
    error: an item of `command` takes a text, not a list
      --> ops.yaml:25:22
       |
    25 |       command: [git, [tag], "{service}-{version}"]
       |                      ^^^^^
       |
       = help: write it on the same line; in quotes, if it has `: `, ` #` or braces in it

    1 error in 1 file
    "#);
}

#[test]
fn no_timeout() {
    assert_snapshot!(broken("      timeout: 30s\n", ""), @r#"
    error: `target` has no `timeout`
      --> ops.yaml:24:5
       |
    24 |     target:
       |     ^^^^^^
       |
       = help: write how long it may take before it is stopped, such as `timeout: 5m`

    1 error in 1 file
    "#);
}

#[test]
fn a_timeout_without_a_unit() {
    assert_snapshot!(broken("timeout: 30s", "timeout: 30"), @r#"
    error: `30` is not a time
      --> ops.yaml:27:16
       |
    27 |       timeout: 30
       |                ^^
       |
       = help: write digits and one of `s`, `m` and `h`: `30s`, `5m`, `2h`

    1 error in 1 file
    "#);
}

#[test]
fn a_timeout_of_nothing() {
    assert_snapshot!(broken("timeout: 30s", "timeout: 0s"), @r#"
    error: `0s` is not between 1s and 24h
      --> ops.yaml:27:16
       |
    27 |       timeout: 0s
       |                ^^
       |
       = help: choose a time in between

    1 error in 1 file
    "#);
}

#[test]
fn a_timeout_of_more_than_a_day() {
    assert_snapshot!(broken("timeout: 30s", "timeout: 25h"), @r#"
    error: `25h` is not between 1s and 24h
      --> ops.yaml:27:16
       |
    27 |       timeout: 25h
       |                ^^^
       |
       = help: choose a time in between

    1 error in 1 file
    "#);
}

#[test]
fn a_timeout_beyond_counting() {
    assert_snapshot!(broken("timeout: 30s", "timeout: 99999999999999999999h"), @r#"
    error: `99999999999999999999h` is not between 1s and 24h
      --> ops.yaml:27:16
       |
    27 |       timeout: 99999999999999999999h
       |                ^^^^^^^^^^^^^^^^^^^^^
       |
       = help: choose a time in between

    1 error in 1 file
    "#);
}

#[test]
fn a_directory_elsewhere() {
    assert_snapshot!(broken("directory: practice", "directory: /etc"), @r#"
    error: `/etc` does not begin in the data folder
      --> ops.yaml:26:18
       |
    26 |       directory: /etc
       |                  ^^^^
       |
       = help: write folders below the data folder, such as `practice/web`; leave `directory` out for the data folder itself

    1 error in 1 file
    "#);
}

#[test]
fn a_directory_above() {
    assert_snapshot!(broken("directory: practice", "directory: ../practice"), @r#"
    error: `../practice` is not a plain path
      --> ops.yaml:26:18
       |
    26 |       directory: ../practice
       |                  ^^^^^^^^^^^
       |
       = help: write folders below the data folder, such as `practice/web`; leave `directory` out for the data folder itself

    1 error in 1 file
    "#);
}

#[test]
fn a_directory_that_a_person_chooses() {
    assert_snapshot!(broken("directory: practice", r#"directory: "{service}""#), @r#"
    error: `{service}` has braces in it, and parameters are for arguments alone
      --> ops.yaml:26:18
       |
    26 |       directory: "{service}"
       |                  ^^^^^^^^^^^
       |
       = help: write folders below the data folder, such as `practice/web`; leave `directory` out for the data folder itself

    1 error in 1 file
    "#);
}

#[test]
fn a_bad_variable() {
    assert_snapshot!(broken("{ LEVEL: info }", "{ my-level: info }"), @r#"
    error: `my-level` cannot be the name of an environment variable
      --> ops.yaml:28:22
       |
    28 |       environment: { my-level: info }
       |                      ^^^^^^^^
       |
       = help: write letters, digits and `_`, not beginning with a digit

    1 error in 1 file
    "#);
}

#[test]
fn a_variable_of_our_own() {
    assert_snapshot!(broken("{ LEVEL: info }", "{ SIGNALBOX_RUN: x }"), @r#"
    error: `SIGNALBOX_RUN` is set by Signalbox itself
      --> ops.yaml:28:22
       |
    28 |       environment: { SIGNALBOX_RUN: x }
       |                      ^^^^^^^^^^^^^
       |
       = help: every command gets PATH, HOME, LANG, SIGNALBOX_RUN and SIGNALBOX_ATTEMPT; choose another name

    1 error in 1 file
    "#);
}

#[test]
fn an_unknown_placeholder_in_a_variable() {
    assert_snapshot!(broken("{ LEVEL: info }", r#"{ LEVEL: "{servce}" }"#), @r#"
    error: there is no parameter `servce`
      --> ops.yaml:28:30
       |
    28 |       environment: { LEVEL: "{servce}" }
       |                              ^^^^^^^^
       |
       = help: did you mean `service`?

    1 error in 1 file
    "#);
}

#[test]
fn braces_in_a_variable() {
    assert_snapshot!(broken("{ LEVEL: info }", r#"{ LEVEL: '{"a": 1}' }"#), @r#"
    error: there is no parameter `"a": 1`
      --> ops.yaml:28:30
       |
    28 |       environment: { LEVEL: '{"a": 1}' }
       |                              ^^^^^^^^
       |
       = help: write `{{` and `}}` for braces that are no placeholder

    1 error in 1 file
    "#);
}

#[test]
fn a_zero_byte() {
    assert_snapshot!(broken("{service}-{version}", r"\0"), @r#"
    error: a zero byte cannot be handed over
      --> ops.yaml:25:27
       |
    25 |       command: [git, tag, "\0"]
       |                           ^^^^
       |
       = help: leave it out

    1 error in 1 file
    "#);
}

#[test]
fn braces_that_are_right() {
    for right in
        [r#"{ LEVEL: "{service}" }"#, r#"{ LEVEL: '{{"a": 1}}' }"#, "{ A: '{run}', B: '{requester}' }"]
    {
        let text = crate::RIGHT.replace("{ LEVEL: info }", right);
        assert!(signalbox_catalogue::parse(&[("ops.yaml".to_owned(), text)]).is_ok(), "{right}");
    }
}

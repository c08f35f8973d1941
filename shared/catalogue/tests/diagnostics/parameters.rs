//! Parameters, their types and defaults.

use crate::broken;
use insta::assert_snapshot;

#[test]
fn no_name() {
    assert_snapshot!(broken("      - name: version\n        type", "      - type"), @r#"
    error: a parameter has no `name`
      --> ops.yaml:12:9
       |
    12 |       - type: string
       |         ^^^^
       |
       = help: write what people type before `=`, such as `name: service`

    1 error in 1 file
    "#);
}

#[test]
fn a_bad_name() {
    assert_snapshot!(broken("name: version", "name: the version"), @r#"
    error: `the version` cannot be the name of a parameter
      --> ops.yaml:12:15
       |
    12 |       - name: the version
       |               ^^^^^^^^^^^
       |
       = help: write 1 to 32 of a-z, 0-9 and -, beginning with a letter

    error: there is no parameter `version`
      --> ops.yaml:25:38
       |
    25 |       command: [git, tag, "{service}-{version}"]
       |                                      ^^^^^^^^^
       |
       = help: there are `service`, `the version`, `count`, `dry`, `run` and `requester`

    2 errors in 1 file
    "#);
}

#[test]
fn names_of_our_own() {
    assert_snapshot!(broken("name: count", "name: requester"), @r#"
    error: a parameter cannot be called `requester`
      --> ops.yaml:16:15
       |
    16 |       - name: requester
       |               ^^^^^^^^^
       |
       = help: in arguments `{run}` is the run's id and `{requester}` is who asked; choose another name

    1 error in 1 file
    "#);
}

#[test]
fn the_same_name_twice() {
    assert_snapshot!(broken("name: count", "name: service"), @r#"
    error: there are two parameters called `service`
      --> ops.yaml:16:15
       |
    16 |       - name: service
       |               ^^^^^^^
       |
       = help: give one of them another name

    1 error in 1 file
    "#);
}

#[test]
fn required_after_optional() {
    assert_snapshot!(broken("        default: 5", "        required: true\n      - name: late\n        type: boolean\n      - name: later\n        type: boolean\n        required: true"), @r#"
    error: `later` is required and comes after `late`, which is not
      --> ops.yaml:23:15
       |
    23 |       - name: later
       |               ^^^^^
       |
       = help: bare words fill the parameters in this order: put the required ones first

    1 error in 1 file
    "#);
}

#[test]
fn required_with_a_default() {
    assert_snapshot!(broken("        default: 5", "        required: true\n        default: 5"), @r#"
    error: parameter `count` is required and has a default
      --> ops.yaml:21:9
       |
    21 |         default: 5
       |         ^^^^^^^
       |
       = help: a default is for when nobody gives the parameter: leave one of the two out

    1 error in 1 file
    "#);
}

#[test]
fn required_in_other_words() {
    assert_snapshot!(broken("pattern: '[0-9.]+'\n        required: true", "required: yes"), @r#"
    error: `required` takes `true` or `false`, not `yes`
      --> ops.yaml:14:19
       |
    14 |         required: yes
       |                   ^^^
       |
       = help: write `true` or `false`, without quotes

    1 error in 1 file
    "#);
}

#[test]
fn no_type() {
    assert_snapshot!(broken("        type: choice\n", ""), @r"
    error: parameter `service` has no `type`
     --> ops.yaml:8:9
      |
    8 |       - name: service
      |         ^^^^
      |
      = help: write `type:` and one of `string`, `text`, `choice`, `choices`, `integer`, `number`, `boolean`, `environment`, `service`, `size`, `version`, `duration`, `date`, `time`, `date-time`, `user`, `channel`, `json`, `steps` and `secret`

    1 error in 1 file
    ");
}

#[test]
fn an_unknown_type() {
    assert_snapshot!(broken("type: boolean", "type: bool"), @r#"
    error: there is no type `bool`
      --> ops.yaml:22:15
       |
    22 |         type: bool
       |               ^^^^
       |
       = help: did you mean `boolean`?

    1 error in 1 file
    "#);
}

#[test]
fn a_type_that_is_like_none() {
    assert_snapshot!(broken("type: boolean", "type: colour"), @r"
    error: there is no type `colour`
      --> ops.yaml:22:15
       |
    22 |         type: colour
       |               ^^^^^^
       |
       = help: it is one of `string`, `text`, `choice`, `choices`, `integer`, `number`, `boolean`, `environment`, `service`, `size`, `version`, `duration`, `date`, `time`, `date-time`, `user`, `channel`, `json`, `steps` and `secret`

    1 error in 1 file
    ");
}

#[test]
fn a_key_of_another_type() {
    assert_snapshot!(broken("type: boolean", "type: boolean\n        pattern: a"), @r#"
    error: `pattern` belongs to the type `string`, and this is a parameter of the type `boolean`
      --> ops.yaml:23:9
       |
    23 |         pattern: a
       |         ^^^^^^^
       |
       = help: leave it out, or change the type

    1 error in 1 file
    "#);
}

#[test]
fn a_pattern_that_is_none() {
    assert_snapshot!(broken("'[0-9.]+'", "'[0-9'"), @r#"
    error: this pattern is not a regular expression: found unclosed character class
      --> ops.yaml:14:18
       |
    14 |         pattern: '[0-9'
       |                  ^^^^^^
       |
       = help: it must match a whole value; single quotes keep backslashes as they are: '[0-9]+\.[0-9]+'

    1 error in 1 file
    "#);
}

#[test]
fn a_pattern_that_closes_our_group() {
    assert_snapshot!(broken("'[0-9.]+'", "'a)|(b'"), @r#"
    error: this pattern is not a regular expression: found closing ')' without matching '('
      --> ops.yaml:14:18
       |
    14 |         pattern: 'a)|(b'
       |                  ^^^^^^^
       |
       = help: it must match a whole value; single quotes keep backslashes as they are: '[0-9]+\.[0-9]+'

    1 error in 1 file
    "#);
}

#[test]
fn a_choice_without_options() {
    assert_snapshot!(broken("        options: [web, api]\n", ""), @r#"
    error: parameter `service` has no `options`
     --> ops.yaml:8:9
      |
    8 |       - name: service
      |         ^^^^
      |
      = help: write what people may choose from, such as `options: [web, api]`

    1 error in 1 file
    "#);
}

#[test]
fn a_choice_of_nothing() {
    assert_snapshot!(broken("[web, api]", "[]"), @r#"
    error: a choice needs options
      --> ops.yaml:10:18
       |
    10 |         options: []
       |                  ^^
       |
       = help: write at least one: `options: [web, api]`

    1 error in 1 file
    "#);
}

#[test]
fn the_same_option_twice() {
    assert_snapshot!(broken("[web, api]", "[web, api, web]"), @r#"
    error: the option `web` is here twice
      --> ops.yaml:10:29
       |
    10 |         options: [web, api, web]
       |                             ^^^
       |
       = help: keep one of them

    1 error in 1 file
    "#);
}

#[test]
fn an_empty_option() {
    assert_snapshot!(broken("[web, api]", r#"[web, ""]"#), @r#"
    error: an option is empty
      --> ops.yaml:10:24
       |
    10 |         options: [web, ""]
       |                        ^^
       |
       = help: write it, or leave it out

    1 error in 1 file
    "#);
}

#[test]
fn min_above_max() {
    assert_snapshot!(broken("min: 1", "min: 10"), @r#"
    error: the most (9) is less than the least (10)
      --> ops.yaml:19:14
       |
    19 |         max: 9
       |              ^
       |
       = help: nothing fits; `min` is the least it may be and `max` the most, both included

    1 error in 1 file
    "#);
}

#[test]
fn a_bound_that_is_a_text() {
    assert_snapshot!(broken("min: 1", r#"min: "1""#), @r#"
    error: `min` takes a whole number, not a text
      --> ops.yaml:18:14
       |
    18 |         min: "1"
       |              ^^^
       |
       = help: write digits, without quotes; the least is -2^63 and the most 2^63 - 1

    1 error in 1 file
    "#);
}

#[test]
fn a_default_out_of_bounds() {
    assert_snapshot!(broken("default: 5", "default: 50"), @r#"
    error: the default `50` is out of bounds
      --> ops.yaml:20:18
       |
    20 |         default: 50
       |                  ^^
       |
       = help: it is from 1 to 9

    1 error in 1 file
    "#);
}

#[test]
fn a_default_of_another_type() {
    assert_snapshot!(broken("default: 5", "default: five"), @r#"
    error: `default` takes a whole number, not `five`
      --> ops.yaml:20:18
       |
    20 |         default: five
       |                  ^^^^
       |
       = help: write digits, without quotes; the least is -2^63 and the most 2^63 - 1

    1 error in 1 file
    "#);
}

#[test]
fn a_default_in_other_words() {
    assert_snapshot!(broken("default: true", "default: yes"), @r#"
    error: `default` takes `true` or `false`, not `yes`
      --> ops.yaml:23:18
       |
    23 |         default: yes
       |                  ^^^
       |
       = help: write `true` or `false`, without quotes

    1 error in 1 file
    "#);
}

#[test]
fn a_default_that_is_no_option() {
    assert_snapshot!(broken("options: [web, api]\n        required: true", "options: [web, api]\n        default: wbe"), @r#"
    error: the default `wbe` is none of the options
      --> ops.yaml:11:18
       |
    11 |         default: wbe
       |                  ^^^
       |
       = help: did you mean `web`?

    1 error in 1 file
    "#);
}

#[test]
fn a_default_that_the_pattern_refuses() {
    assert_snapshot!(broken("pattern: '[0-9.]+'\n        required: true", "pattern: '[0-9.]+'\n        default: v1"), @r#"
    error: the default `v1` is not a value of its own parameter
      --> ops.yaml:15:18
       |
    15 |         default: v1
       |                  ^^
       |
       = help: the whole of it must match `[0-9.]+`

    1 error in 1 file
    "#);
}

#[test]
fn a_default_that_looks_like_an_option() {
    assert_snapshot!(broken("pattern: '[0-9.]+'\n        required: true", "default: --force"), @r#"
    error: the default `--force` begins with `-`, which no value of a string without a pattern may
      --> ops.yaml:14:18
       |
    14 |         default: --force
       |                  ^^^^^^^
       |
       = help: so that it cannot pose as an option of the program; give the parameter a `pattern` that allows it

    1 error in 1 file
    "#);
}

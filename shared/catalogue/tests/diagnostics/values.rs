//! Defaults, examples and bounds that do not fit the type of their parameter.

use super::types::broken;
use insta::assert_snapshot;

#[test]
fn values_have_to_fit_their_types() {
    assert_snapshot!(broken("default: [b, a]", "default: [b, d]"), @r#"
    error: the default `b,d` is none of the options
      --> ops.yaml:34:88
       |
    34 |       - { name: parts, type: choices, options: [a, b, c], fewest: 1, most: 2, default: [b, d] }
       |                                                                                        ^^^^^^
       |
       = help: did you mean `a`?

    1 error in 1 file
    "#);
    assert_snapshot!(broken("options: [a, b, c], fewest", "options: ['a,b', b, c], fewest"), @r#"
    error: the option `a,b` has a comma in it
      --> ops.yaml:34:49
       |
    34 |       - { name: parts, type: choices, options: ['a,b', b, c], fewest: 1, most: 2, default: [b, a] }
       |                                                 ^^^^^
       |
       = help: people write several options with commas between them; leave it out

    1 error in 1 file
    "#);
    assert_snapshot!(broken("default: 0.25", "default: 0.12"), @"
    error: the default `0.12` is between two steps
      --> ops.yaml:36:75
       |
    36 |       - { name: share, type: number, min: 0, max: 1, step: 0.05, default: 0.12 }
       |                                                                           ^^^^
       |
       = help: it goes from 0 in steps of 0.05

    1 error in 1 file
    ");
    assert_snapshot!(broken("step: 0.05", "step: 0"), @"
    error: a step is more than 0
      --> ops.yaml:36:60
       |
    36 |       - { name: share, type: number, min: 0, max: 1, step: 0, default: 0.25 }
       |                                                            ^
       |
       = help: write for example `step: 5`

    1 error in 1 file
    ");
    assert_snapshot!(broken("default: 90m", "default: 3h"), @"
    error: the default `3h` is out of bounds
      --> ops.yaml:37:66
       |
    37 |       - { name: wait, type: duration, min: 1m, max: 2h, default: 3h }
       |                                                                  ^^
       |
       = help: it is from 1m to 2h

    1 error in 1 file
    ");
    assert_snapshot!(broken("zone: Europe/Berlin, default", "zone: Europe/Bonn, default"), @"
    error: there is no time zone `Europe/Bonn`
      --> ops.yaml:38:40
       |
    38 |       - { name: day, type: date, zone: Europe/Bonn, default: 2026-12-01 }
       |                                        ^^^^^^^^^^^
       |
       = help: write one of https://www.iana.org/time-zones, such as Europe/Berlin or UTC

    1 error in 1 file
    ");
    assert_snapshot!(broken("default: 2026-12-01", "default: tomorrow"), @"
    error: the default `tomorrow` means another time each day
      --> ops.yaml:38:64
       |
    38 |       - { name: day, type: date, zone: Europe/Berlin, default: tomorrow }
       |                                                                ^^^^^^^^
       |
       = help: write a date itself, or leave it to the people who ask

    1 error in 1 file
    ");
    assert_snapshot!(broken("default: '8:00'", "default: 8am"), @"
    error: the default `8am` is not a time of day
      --> ops.yaml:39:42
       |
    39 |       - { name: at, type: time, default: 8am }
       |                                          ^^^
       |
       = help: write one such as 08:00, in quotes

    1 error in 1 file
    ");
    assert_snapshot!(broken("range: '>=1, <3'", "range: newest"), @"
    error: `newest` is not a range of versions: unexpected character 'n' while parsing major version number
      --> ops.yaml:31:84
       |
    31 |       - { name: version, title: Version, placeholder: 1.4.2, type: version, range: newest, channels: [stable, rc], examples: [1.4.2,...
       |                                                                                    ^^^^^^
       |
       = help: write for example `range: '>=1.2, <3'`

    1 error in 1 file
    ");
    assert_snapshot!(broken("examples: [1.4.2, ", "examples: [4.0.0, "), @"
    error: the example `4.0.0` is outside the parameter's own range
      --> ops.yaml:31:130
       |
    31 | ...version, range: '>=1, <3', channels: [stable, rc], examples: [4.0.0, 2.0.0-rc.1] }
       |                                                                  ^^^^^
       |
       = help: it has to be in `>=1, <3`

    1 error in 1 file
    ");
    assert_snapshot!(broken("default: TROOM/UADA", "default: ada"), @"
    error: the default `ada` is not a person
      --> ops.yaml:41:42
       |
    41 |       - { name: by, type: user, default: ada }
       |                                          ^^^
       |
       = help: write workspace and id, such as T024BE7LD/U0G9QF9C6

    1 error in 1 file
    ");
    assert_snapshot!(broken("default: '{ \"a\": 1 }'", "default: '{ a: 1 }'"), @"
    error: the default `{ a: 1 }` is not JSON: key must be a string at line 1 column 3
      --> ops.yaml:43:45
       |
    43 |       - { name: extra, type: json, default: '{ a: 1 }' }
       |                                             ^^^^^^^^^^
       |
       = help: write it in single quotes

    1 error in 1 file
    ");
    assert_snapshot!(broken("min-length: 3, max-length: 40", "min-length: 50, max-length: 40"), @"
    error: the most (40) is less than the least (50)
      --> ops.yaml:32:65
       |
    32 |       - { name: note, type: string, min-length: 50, max-length: 40 }
       |                                                                 ^^
       |
       = help: nothing fits; `min-length` is the least it may be and `max-length` the most, both included

    1 error in 1 file
    ");
    assert_snapshot!(broken("max-length: 200", "max-length: 20000"), @"
    error: `max-length` is 20000
      --> ops.yaml:33:47
       |
    33 |       - { name: text, type: text, max-length: 20000 }
       |                                               ^^^^^
       |
       = help: write a number from 0 to 3000

    1 error in 1 file
    ");
    assert_snapshot!(broken("type: string, fixed: rolling", "type: string, fixed: rolling, default: x"), @"
    error: parameter `kind` has a default and a fixed value
      --> ops.yaml:46:37
       |
    46 |       - { name: kind, type: string, fixed: rolling, default: x }
       |                                     ^^^^^
       |
       = help: nobody can give another value than the fixed one: leave one of the two out

    1 error in 1 file
    ");
    assert_snapshot!(broken("type: user, default", "type: user, zone: UTC, default"), @"
    error: `zone` belongs to the types `date`, `time` and `date-time`, and this is a parameter of the type `user`
      --> ops.yaml:41:33
       |
    41 |       - { name: by, type: user, zone: UTC, default: TROOM/UADA }
       |                                 ^^^^
       |
       = help: leave it out, or change the type

    1 error in 1 file
    ");
    assert_snapshot!(broken("shortcut: Deploy\n", "shortcut: Deploy a service, wherever it is\n"), @"
    error: `shortcut` is longer than 24 characters
      --> ops.yaml:24:15
       |
    24 |     shortcut: Deploy a service, wherever it is
       |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: Slack takes no longer name of a shortcut: write a few words, such as `Deploy this`

    1 error in 1 file
    ");
    assert_snapshot!(broken("    type-name: true\n    settings: { region: us", "    type-name: true\n    protected: false\n    settings: { region: us"), @"
    error: the key `protected` is here twice
      --> ops.yaml:10:5
       |
    10 |     protected: false
       |     ^^^^^^^^^
       |
       = help: the first is at ops.yaml:8:5; keep one of them

    1 error in 1 file
    ");
}

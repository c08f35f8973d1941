//! Who may ask. A list that is left out never allows anything.

use crate::{broken, recast};
use insta::assert_snapshot;

#[test]
fn no_allow() {
    assert_snapshot!(recast("    allow:", "", ""), @r#"
    error: operation `release` has no `allow`, so nobody may ask for it
     --> ops.yaml:5:3
      |
    5 |   release:
      |   ^^^^^^^
      |
      = help: access is denied by default; write for example `allow: [{ users: [T024BE7LD/U0G9QF9C6], channels: [T024BE7LD/C061EG9SL] }]`

    1 error in 1 file
    "#);
}

#[test]
fn an_empty_allow() {
    assert_snapshot!(recast("    allow:", "", "    allow: []\n"), @r#"
    error: operation `release` has an empty `allow`, so nobody may ask for it
      --> ops.yaml:30:12
       |
    30 |     allow: []
       |            ^^
       |
       = help: access is denied by default; write for example `allow: [{ users: [T024BE7LD/U0G9QF9C6], channels: [T024BE7LD/C061EG9SL] }]`

    1 error in 1 file
    "#);
}

#[test]
fn a_grant_for_everyone_everywhere() {
    assert_snapshot!(broken("users: [TROOM/UADA]\n        channels: [TROOM/COPS]", "{}"), @r#"
    error: this grant names neither `users` nor `channels`
      --> ops.yaml:31:9
       |
    31 |       - {}
       |         ^^
       |
       = help: it would allow everyone everywhere; name at least one of the two

    1 error in 1 file
    "#);
}

#[test]
fn an_empty_list_of_people() {
    assert_snapshot!(broken("[TROOM/UADA]", "[]"), @r#"
    error: `users` is empty
      --> ops.yaml:31:16
       |
    31 |       - users: []
       |                ^^
       |
       = help: name at least one user, or leave the key out: then it does not matter which

    1 error in 1 file
    "#);
}

#[test]
fn an_empty_list_of_channels() {
    assert_snapshot!(broken("[TROOM/COPS]", "[]"), @r#"
    error: `channels` is empty
      --> ops.yaml:32:19
       |
    32 |         channels: []
       |                   ^^
       |
       = help: name at least one channel, or leave the key out: then it does not matter which

    1 error in 1 file
    "#);
}

#[test]
fn a_name_for_a_person() {
    assert_snapshot!(broken("TROOM/UADA", r#""@ada""#), @r#"
    error: `@ada` is not a user id
      --> ops.yaml:31:17
       |
    31 |       - users: ["@ada"]
       |                 ^^^^^^
       |
       = help: write workspace and user as Slack numbers them, such as T024BE7LD/U0G9QF9C6; in Slack: the person's profile, ⋮, Copy member ID

    1 error in 1 file
    "#);
}

#[test]
fn a_person_without_a_workspace() {
    assert_snapshot!(broken("TROOM/UADA", "UADA"), @r#"
    error: `UADA` is not a user id
      --> ops.yaml:31:17
       |
    31 |       - users: [UADA]
       |                 ^^^^
       |
       = help: write workspace and user as Slack numbers them, such as T024BE7LD/U0G9QF9C6; in Slack: the person's profile, ⋮, Copy member ID

    1 error in 1 file
    "#);
}

#[test]
fn a_channel_for_a_person() {
    assert_snapshot!(broken("TROOM/UADA", "TROOM/COPS"), @r#"
    error: `TROOM/COPS` is not a user id
      --> ops.yaml:31:17
       |
    31 |       - users: [TROOM/COPS]
       |                 ^^^^^^^^^^
       |
       = help: write workspace and user as Slack numbers them, such as T024BE7LD/U0G9QF9C6; in Slack: the person's profile, ⋮, Copy member ID

    1 error in 1 file
    "#);
}

#[test]
fn a_name_for_a_channel() {
    assert_snapshot!(broken("TROOM/COPS", r##""#ops""##), @r##"
    error: `#ops` is not a channel id
      --> ops.yaml:32:20
       |
    32 |         channels: ["#ops"]
       |                    ^^^^^^
       |
       = help: write workspace and channel as Slack numbers them, such as T024BE7LD/C061EG9SL; in Slack: the channel's details, at the very end

    1 error in 1 file
    "##);
}

#[test]
fn the_same_person_twice() {
    assert_snapshot!(broken("[TROOM/UADA]", "[TROOM/UADA, TROOM/UADA]"), @r#"
    error: `TROOM/UADA` is here twice
      --> ops.yaml:31:29
       |
    31 |       - users: [TROOM/UADA, TROOM/UADA]
       |                             ^^^^^^^^^^
       |
       = help: keep one of them

    1 error in 1 file
    "#);
}

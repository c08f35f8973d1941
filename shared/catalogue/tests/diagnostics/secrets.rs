//! What is shaped like a secret is refused, and never shown: error texts end up in build logs.

use crate::{RIGHT, broken};
use insta::assert_snapshot;
use signalbox_catalogue::parse;

const TOKEN: &str = concat!("ghp", "_0123456789abcdefghijABCDEFGHIJ012345");

#[test]
fn in_an_argument() {
    assert_snapshot!(broken("[git, tag,", &format!("[git, {TOKEN},")), @r#"
    error: this argument looks like a secret
      --> ops.yaml:25:22
       |
    25 |                      [redacted]
       |                      ^^^^^^^^^^
       |
       = help: a catalogue is read by many; let the program take it from the server's own secret store, and replace it if it was real

    1 error in 1 file
    "#);
}

#[test]
fn in_two_arguments() {
    assert_snapshot!(broken("[git, tag,", "[git, --password, hunter2hunter2,"), @r#"
    error: this argument looks like a secret
      --> ops.yaml:25:34
       |
    25 | ...                   [redacted]
       |                       ^^^^^^^^^^
       |
       = help: a catalogue is read by many; let the program take it from the server's own secret store, and replace it if it was real

    1 error in 1 file
    "#);
}

#[test]
fn in_a_variable() {
    assert_snapshot!(broken("{ LEVEL: info }", "{ DB_PASSWORD: hunter2 }"), @r#"
    error: the value of `DB_PASSWORD` looks like a secret
      --> ops.yaml:28:35
       |
    28 | ...                   [redacted]
       |                       ^^^^^^^^^^
       |
       = help: a catalogue is read by many; let the program take it from the server's own secret store, and replace it if it was real

    1 error in 1 file
    "#);
}

#[test]
fn in_a_variable_in_disguise() {
    let escaped = TOKEN.replacen('g', "\\x67", 1);
    assert_snapshot!(broken("{ LEVEL: info }", &format!("{{ LEVEL: \"{escaped}\" }}")), @r#"
    error: the value of `LEVEL` looks like a secret
      --> ops.yaml:28:29
       |
    28 | ...                   [redacted]
       |                       ^^^^^^^^^^
       |
       = help: a catalogue is read by many; let the program take it from the server's own secret store, and replace it if it was real

    1 error in 1 file
    "#);
}

#[test]
fn in_an_option() {
    assert_snapshot!(broken("[web, api]", &format!("[web, {TOKEN}]")), @r#"
    error: this option looks like a secret
      --> ops.yaml:10:24
       |
    10 |                        [redacted]
       |                        ^^^^^^^^^^
       |
       = help: a catalogue is read by many; let the program take it from the server's own secret store, and replace it if it was real

    1 error in 1 file
    "#);
}

#[test]
fn in_a_default() {
    assert_snapshot!(broken("'[0-9.]+'\n        required: true", &format!("'.*'\n        default: {TOKEN}")), @r#"
    error: the default looks like a secret
      --> ops.yaml:15:18
       |
    15 |                  [redacted]
       |                  ^^^^^^^^^^
       |
       = help: a catalogue is read by many; let the program take it from the server's own secret store, and replace it if it was real

    1 error in 1 file
    "#);
}

#[test]
fn wherever_it_stands_it_is_not_shown() {
    let texts = RIGHT.split_inclusive([' ', '\n', '[', ']']).map(str::trim).filter(|t| t.len() > 1);
    for part in texts.filter(|t| !t.ends_with(['[', ':'])) {
        let written = RIGHT.replacen(part, TOKEN, 1);
        if let Err(wrong) = parse(&[("ops.yaml".to_owned(), written)]) {
            assert!(!wrong.render(true).contains(TOKEN), "{part}: {wrong}");
            let data: Vec<_> = wrong.iter().map(|d| format!("{}{}{d:?}", d.message, d.hint)).collect();
            assert!(!data.concat().contains(TOKEN), "{part}: {data:?}");
        }
    }
}

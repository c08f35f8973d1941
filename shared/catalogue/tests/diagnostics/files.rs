//! Several files make one catalogue, and everything that is wrong with it is reported at once.

use crate::{RIGHT, complaints, complaints_of};
use insta::assert_snapshot;
use signalbox_catalogue::{parse, to_artefact};

const PROGRAMS: &str = "programs:\n  deploy: ./deploy\n";

const OPERATION: &str = "operations:
  deploy:
    description: Deploy
    target: { command: [deploy], timeout: 1h }
    allow: [{ channels: [TROOM/COPS] }]
";

fn artefact(files: &[(&str, &str)]) -> String {
    let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    String::from_utf8(to_artefact(&parse(&files).expect("nothing is wrong"))).unwrap()
}

#[test]
fn they_merge_and_neither_order_nor_comments_nor_style_matter() {
    let whole = artefact(&[("a.yaml", PROGRAMS), ("b.yaml", OPERATION), ("c.yaml", RIGHT)]);
    assert_eq!(whole, artefact(&[("c.yaml", OPERATION), ("a.yaml", RIGHT), ("b.yaml", PROGRAMS)]));
    let commented = OPERATION.replace('\n', "   # why\n").replace("[deploy]", "[ 'deploy' ]");
    assert_eq!(
        whole,
        artefact(&[
            ("x.yaml", RIGHT),
            ("y.yaml", &format!("---\n{commented}\n{PROGRAMS}")),
            ("z.yaml", "# empty\n")
        ])
    );
}

#[test]
fn two_files_may_list_the_same_program() {
    artefact(&[("a.yaml", PROGRAMS), ("b.yaml", &format!("{PROGRAMS}{OPERATION}"))]);
}

#[test]
fn a_word_for_two_programs() {
    let other = "programs:\n  deploy: /opt/deploy\n";
    assert_snapshot!(complaints_of(&[("b.yaml", other), ("a.yaml", &format!("{PROGRAMS}{OPERATION}"))]), @r#"
    error: program `deploy` means something else in another file
     --> b.yaml:2:3
      |
    2 |   deploy: /opt/deploy
      |   ^^^^^^
      |
      = help: the first is at a.yaml:2:3; give one of them another word

    1 error in 1 file
    "#);
}

#[test]
fn an_operation_in_two_files() {
    assert_snapshot!(complaints_of(&[("b.yaml", OPERATION), ("a.yaml", &format!("{PROGRAMS}{OPERATION}"))]), @r#"
    error: operation `deploy` is in two files
     --> b.yaml:2:3
      |
    2 |   deploy:
      |   ^^^^^^
      |
      = help: the first is at a.yaml:4:3; keep one of them, or give one another name

    1 error in 1 file
    "#);
}

#[test]
fn a_file_that_is_not_yaml_is_no_reason_to_complain_of_what_it_may_have_said() {
    assert_snapshot!(complaints_of(&[("a.yaml", "programs: {\n"), ("b.yaml", OPERATION)]), @r#"
    error: this is not YAML: unclosed bracket '{'
     --> a.yaml:1:11
      |
    1 | programs: {
      |           ^
      |
      = help: check quotes, colons and indentation here and on the line before

    1 error in 1 file
    "#);
}

#[test]
fn no_files() {
    assert_snapshot!(complaints_of(&[]), @r#"
    error: the catalogue has no operations
    --> .
     = help: write `operations:`, and below it the name of what people may ask for; examples/catalogue shows one

    1 error
    "#);
}

#[test]
fn nothing_to_ask_for() {
    assert_snapshot!(complaints("# soon\n"), @r#"
    error: the catalogue has no operations
    --> ops.yaml
     = help: write `operations:`, and below it the name of what people may ask for; examples/catalogue shows one

    1 error
    "#);
    assert_snapshot!(complaints("operations: {}\n"), @r#"
    error: the catalogue has no operations
    --> ops.yaml
     = help: write `operations:`, and below it the name of what people may ask for; examples/catalogue shows one

    1 error
    "#);
}

#[test]
fn a_list_at_the_top() {
    assert_snapshot!(complaints("- programs\n- operations\n"), @r#"
    error: a catalogue file takes a mapping, not a list
     --> ops.yaml:1:1
      |
    1 | - programs
      | ^
      |
      = help: write `key: value` lines, indented below it

    1 error in 1 file
    "#);
}

#[test]
fn aliases_that_stand_for_too_much() {
    let lines = (1..9).map(|i| format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 9].join(", ")));
    let bomb = format!("a0: &a0 [x, x, x, x, x, x, x, x, x]\n{}", lines.collect::<String>());
    assert_snapshot!(complaints(&bomb), @r#"
    error: the aliases of this file stand for too much
     --> ops.yaml:6:10
      |
    6 | a5: &a5 [*a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4]
      |          ^^^
      |
      = help: aliases may repeat 100000 values in all, and 32 levels each

    1 error in 1 file
    "#);
}

#[test]
fn everything_at_once() {
    let text = "\
programs: { git: git tag }
operations:
  Release:
    paramters: []
    description:
    target: { command: [gti, tag, '{x}'], timeout: 30 }
  help:
    description: [a]
    parameters:
      - { name: a, type: strng }
      - { name: run, type: string }
    target: { command: ['{a}', 'a}b'], timeout: 25h, directory: ../x }
    allow: [{}, { users: [ada] }]
";
    assert_snapshot!(complaints_of(&[("a.yaml", text), ("b.yaml", "operations:\n\tx: 1\n")]), @r#"
    error: `git tag` is not a program
     --> a.yaml:1:18
      |
    1 | programs: { git: git tag }
      |                  ^^^^^^^
      |
      = help: write the program alone here, and its arguments in each operation's `command`

    error: `Release` cannot be the name of an operation
     --> a.yaml:3:3
      |
    3 |   Release:
      |   ^^^^^^^
      |
      = help: write 1 to 32 of a-z, 0-9 and -, beginning with a letter

    error: operation `Release` has no `allow`, so nobody may ask for it
     --> a.yaml:3:3
      |
    3 |   Release:
      |   ^^^^^^^
      |
      = help: access is denied by default; write for example `allow: [{ users: [T024BE7LD/U0G9QF9C6], channels: [T024BE7LD/C061EG9SL] }]`

    error: unknown key `paramters` in operation `Release`
     --> a.yaml:4:5
      |
    4 |     paramters: []
      |     ^^^^^^^^^
      |
      = help: did you mean `parameters`?

    error: `description` has no value
     --> a.yaml:5:5
      |
    5 |     description:
      |     ^^^^^^^^^^^
      |
      = help: it takes a text; write one, or leave it out

    error: there is no parameter `x`
     --> a.yaml:6:36
      |
    6 |     target: { command: [gti, tag, '{x}'], timeout: 30 }
      |                                    ^^^
      |
      = help: there are `run` and `requester`

    error: `30` is not a time
     --> a.yaml:6:52
      |
    6 |     target: { command: [gti, tag, '{x}'], timeout: 30 }
      |                                                    ^^
      |
      = help: write digits and one of `s`, `m` and `h`: `30s`, `5m`, `2h`

    error: an operation cannot be called `help`
     --> a.yaml:7:3
      |
    7 |   help:
      |   ^^^^
      |
      = help: `help` is a word of Signalbox's own; choose another name

    error: `description` takes a text, not a list
     --> a.yaml:8:18
      |
    8 |     description: [a]
      |                  ^^^
      |
      = help: write it on the same line; in quotes, if it has `: `, ` #` or braces in it

    error: there is no type `strng`
      --> a.yaml:10:26
       |
    10 |       - { name: a, type: strng }
       |                          ^^^^^
       |
       = help: did you mean `string`?

    error: a parameter cannot be called `run`
      --> a.yaml:11:17
       |
    11 |       - { name: run, type: string }
       |                 ^^^
       |
       = help: in arguments `{run}` is the run's id and `{requester}` is who asked; choose another name

    error: a parameter cannot choose the program
      --> a.yaml:12:25
       |
    12 |     target: { command: ['{a}', 'a}b'], timeout: 25h, directory: ../x }
       |                         ^^^^^
       |
       = help: the first item is a word from `programs`; make one operation for each program

    error: this `}` has no partner
      --> a.yaml:12:34
       |
    12 |     target: { command: ['{a}', 'a}b'], timeout: 25h, directory: ../x }
       |                                  ^
       |
       = help: write `{name}` for a parameter, and `}}` for the brace itself

    error: `25h` is not between 1s and 24h
      --> a.yaml:12:49
       |
    12 |     target: { command: ['{a}', 'a}b'], timeout: 25h, directory: ../x }
       |                                                 ^^^
       |
       = help: choose a time in between

    error: `../x` is not a plain path
      --> a.yaml:12:65
       |
    12 |     target: { command: ['{a}', 'a}b'], timeout: 25h, directory: ../x }
       |                                                                 ^^^^
       |
       = help: write folders below the data folder, such as `practice/web`; leave `directory` out for the data folder itself

    error: this grant names neither `users` nor `channels`
      --> a.yaml:13:13
       |
    13 |     allow: [{}, { users: [ada] }]
       |             ^^
       |
       = help: it would allow everyone everywhere; name at least one of the two

    error: `ada` is not a user id
      --> a.yaml:13:27
       |
    13 |     allow: [{}, { users: [ada] }]
       |                           ^^^
       |
       = help: write workspace and user as Slack numbers them, such as T024BE7LD/U0G9QF9C6; in Slack: the person's profile, ⋮, Copy member ID

    error: this is not YAML: tabs disallowed within this context (block indentation)
     --> b.yaml:2:2
      |
    2 |     x: 1
      |     ^
      |
      = help: indent with spaces; YAML takes no tabs

    18 errors in 2 files
    "#);
}

#[test]
fn as_data() {
    let wrong = parse(&[("a.yaml".to_owned(), "programs: 1\n".to_owned())]).unwrap_err();
    assert_snapshot!(serde_json::to_string_pretty(&wrong).unwrap(), @r#"
    [
      {
        "path": "a.yaml",
        "line": 1,
        "column": 11,
        "end_line": 1,
        "end_column": 12,
        "message": "`programs` takes a mapping, not `1`",
        "help": "write `key: value` lines, indented below it"
      }
    ]
    "#);
}

//! Tests of a catalogue: what holds, what does not, and what is written.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

use insta::assert_snapshot;
use signalbox_catalogue::{golden, load};
use std::path::Path;

const CATALOGUE: &str = r#"programs: { git: git }
environments: { qa: { settings: { region: eu } }, prod: { settings: { region: us } } }
people: { TROOM/UADA: { github: ada-l } }
operations:
  release:
    description: Tag a version
    aliases: [ship]
    parameters:
      - { name: env, type: environment, required: true }
      - { name: day, type: date, default: 2026-12-01 }
      - { name: note, type: text }
    target:
      command: [git, tag, "{env.region}", "{day}", "{requester.github}", "{note}", "{run}"]
      timeout: 30s
    allow: [{ users: [TROOM/UADA], channels: [TROOM/COPS] }]
"#;

/// A folder with the catalogue and one file of tests.
fn folder(tests: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ops.yaml"), CATALOGUE).unwrap();
    std::fs::write(folder.path().join("release.tests.yaml"), tests).unwrap();
    folder
}

fn check(folder: &Path) -> Result<usize, String> {
    let catalogue = load(folder).unwrap_or_else(|wrong| panic!("{wrong}"));
    golden::check(folder, &catalogue).map_err(|wrong| said(&wrong.to_string(), folder))
}

/// Without the folder, which is another one each time.
fn said(text: &str, folder: &Path) -> String {
    let text = text.replace(&format!("{}/", folder.display()), "");
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn accepted(folder: &Path) -> Result<String, String> {
    let catalogue = load(folder).unwrap();
    golden::accept(folder, &catalogue).map_err(|wrong| said(&wrong.to_string(), folder))?;
    Ok(std::fs::read_to_string(folder.join("release.tests.yaml")).unwrap())
}

fn case(say: &str, expect: &str) -> String {
    format!("- as: TROOM/UADA\n  in: TROOM/COPS\n  say: {say}\n{expect}")
}

#[test]
fn what_is_accepted_holds() {
    let says = [
        "/ship prod",
        "/signalbox release qa 2026-12-02",
        "/release staging",
        "/release",
        "/release prod qa=1",
        "/nothing",
        "/signalbox history",
        "'/release prod note=\"a, b\"'",
    ];
    let tests: String = says.iter().map(|say| case(say, "")).collect();
    let later =
        "- { as: TROOM/UADA, in: TROOM/COPS, say: /release qa tomorrow, at: '2026-03-01T10:00:00Z' }\n";
    let stranger = "- { as: TROOM/UMAL, in: TROOM/COPS, say: /release qa }\n- { as: TROOM/UADA, in: TROOM/CX1, say: /release qa }\n";
    let folder = folder(&format!("{tests}{later}{stranger}"));
    assert_eq!(check(folder.path()).unwrap_err().matches("does not say what is expected").count(), 11);
    let written = accepted(folder.path()).unwrap();
    assert_eq!(check(folder.path()), Ok(11));
    // Nothing is written twice.
    assert_eq!(accepted(folder.path()).unwrap(), written);
    assert_snapshot!(written, @r#"
    - as: TROOM/UADA
      in: TROOM/COPS
      say: /ship prod
      expect:
        verdict: allow
        intent:
          day: 2026-12-01
          env: prod
        request:
          command: [git, tag, us, 2026-12-01, ada-l, RUN]
    - as: TROOM/UADA
      in: TROOM/COPS
      say: /signalbox release qa 2026-12-02
      expect:
        verdict: allow
        intent:
          day: 2026-12-02
          env: qa
        request:
          command: [git, tag, eu, 2026-12-02, ada-l, RUN]
    - as: TROOM/UADA
      in: TROOM/COPS
      say: /release staging
      expect:
        verdict: bad_value
    - as: TROOM/UADA
      in: TROOM/COPS
      say: /release
      expect:
        verdict: missing
    - as: TROOM/UADA
      in: TROOM/COPS
      say: /release prod qa=1
      expect:
        verdict: unknown_parameter
    - as: TROOM/UADA
      in: TROOM/COPS
      say: /nothing
      expect:
        verdict: unknown_operation
    - as: TROOM/UADA
      in: TROOM/COPS
      say: /signalbox history
      expect:
        verdict: no_request
    - as: TROOM/UADA
      in: TROOM/COPS
      say: "/release prod note=\"a, b\""
      expect:
        verdict: allow
        intent:
          day: 2026-12-01
          env: prod
          note: "a, b"
        request:
          command: [git, tag, us, 2026-12-01, ada-l, "a, b", RUN]
    - as: TROOM/UADA
      in: TROOM/COPS
      say: /release qa tomorrow
      at: "2026-03-01T10:00:00Z"
      expect:
        verdict: allow
        intent:
          day: 2026-03-02
          env: qa
        request:
          command: [git, tag, eu, 2026-03-02, ada-l, RUN]
    - as: TROOM/UMAL
      in: TROOM/COPS
      say: /release qa
      expect:
        verdict: not_allowed
        intent:
          day: 2026-12-01
          env: qa
    - as: TROOM/UADA
      in: TROOM/CX1
      say: /release qa
      expect:
        verdict: not_in_this_channel
        intent:
          day: 2026-12-01
          env: qa
    "#);
}

#[test]
fn each_difference_is_named_where_it_is_expected() {
    let expect = r#"  expect:
    verdict: not_allowed
    intent: { env: qa, day: 2026-12-01, note: x }
    request:
      command: [git, tag]
      directory: practice
      timeout: [1m]
"#;
    let refused = "- as: TROOM/UMAL\n  in: TROOM/COPS\n  say: /release qa\n  expect: { request: {} }\n";
    let folder = folder(&format!("{}{refused}", case("/release prod", expect)));
    assert_snapshot!(check(folder.path()).unwrap_err(), @"
    error: `verdict` is `allow`, and `not_allowed` is expected
     --> release.tests.yaml:5:14
      |
    5 |     verdict: not_allowed
      |              ^^^^^^^^^^^
      |
      = help: correct the catalogue or this case; `signalbox check --accept` writes what is now the case

    error: `env` is `prod`, and `qa` is expected
     --> release.tests.yaml:6:20
      |
    6 |     intent: { env: qa, day: 2026-12-01, note: x }
      |                    ^^
      |
      = help: correct the catalogue or this case; `signalbox check --accept` writes what is now the case

    error: there is no `note`
     --> release.tests.yaml:6:41
      |
    6 |     intent: { env: qa, day: 2026-12-01, note: x }
      |                                         ^^^^
      |
      = help: correct the catalogue or this case; `signalbox check --accept` writes what is now the case

    error: `command` is [`git`, `tag`, `us`, `2026-12-01`, `ada-l`, `RUN`], and [`git`, `tag`] is expected
     --> release.tests.yaml:8:16
      |
    8 |       command: [git, tag]
      |                ^^^^^^^^^^
      |
      = help: correct the catalogue or this case; `signalbox check --accept` writes what is now the case

    error: there is no `directory`
     --> release.tests.yaml:9:7
      |
    9 |       directory: practice
      |       ^^^^^^^^^
      |
      = help: correct the catalogue or this case; `signalbox check --accept` writes what is now the case

    error: there is no `timeout`
      --> release.tests.yaml:10:7
       |
    10 |       timeout: [1m]
       |       ^^^^^^^
       |
       = help: correct the catalogue or this case; `signalbox check --accept` writes what is now the case

    error: there is no `request`, because the verdict is `not_allowed`
      --> release.tests.yaml:14:13
       |
    14 |   expect: { request: {} }
       |             ^^^^^^^
       |
       = help: correct the catalogue or this case; `signalbox check --accept` writes what is now the case

    7 errors in 1 file
    ");
    // The same keys are written as before.
    assert_snapshot!(accepted(folder.path()).unwrap(), @"
    - as: TROOM/UADA
      in: TROOM/COPS
      say: /release prod
      expect:
        verdict: allow
        intent:
          day: 2026-12-01
          env: prod
        request:
          command: [git, tag, us, 2026-12-01, ada-l, RUN]
    - as: TROOM/UMAL
      in: TROOM/COPS
      say: /release qa
      expect:
        verdict: not_allowed
    ");
    assert_eq!(check(folder.path()), Ok(2));
}

#[test]
fn what_is_wrong_with_a_case() {
    let folder = folder(
        "- as: UADA\n  in: TROOM/UADA\n  say: deploy\n  at: soon\n  expect: { verdit: allow }\n- say: /release\n- x\n",
    );
    assert_snapshot!(check(folder.path()).unwrap_err(), @"
    error: `UADA` is not a user id
     --> release.tests.yaml:1:7
      |
    1 | - as: UADA
      |       ^^^^
      |
      = help: write workspace and user as Slack numbers them, such as T024BE7LD/U0G9QF9C6; in Slack: the person's profile, ⋮, Copy member ID

    error: `TROOM/UADA` is not a channel id
     --> release.tests.yaml:2:7
      |
    2 |   in: TROOM/UADA
      |       ^^^^^^^^^^
      |
      = help: write workspace and channel as Slack numbers them, such as T024BE7LD/C061EG9SL; in Slack: the channel's details, at the very end

    error: `deploy` is no slash command
     --> release.tests.yaml:3:8
      |
    3 |   say: deploy
      |        ^^^^^^
      |
      = help: begin it with a slash, as in Slack: `say: /deploy web`

    error: `soon` is not a moment
     --> release.tests.yaml:4:7
      |
    4 |   at: soon
      |       ^^^^
      |
      = help: write day, time and zone: `2026-12-05T22:00:00+01:00`, or with `Z` at the end in UTC

    error: unknown key `verdit` in `expect`
     --> release.tests.yaml:5:13
      |
    5 |   expect: { verdit: allow }
      |             ^^^^^^
      |
      = help: did you mean `verdict`?

    error: a case has no `as`
     --> release.tests.yaml:6:3
      |
    6 | - say: /release
      |   ^^^
      |
      = help: write who types it: `as: T024BE7LD/U0G9QF9C6`

    error: a case has no `in`
     --> release.tests.yaml:6:3
      |
    6 | - say: /release
      |   ^^^
      |
      = help: write where it is typed: `in: T024BE7LD/C061EG9SL`

    error: a case takes a mapping, not `x`
     --> release.tests.yaml:7:3
      |
    7 | - x
      |   ^
      |
      = help: write `key: value` lines, indented below it

    8 errors in 1 file
    ");
    std::fs::write(folder.path().join("release.tests.yaml"), "").unwrap();
    assert_eq!(check(folder.path()), Ok(0));
}

#[test]
fn what_would_be_lost_is_not_written() {
    for (tests, wrong) in [
        (format!("# why\n{}", case("/release prod", "")), 1),
        (format!("{}  # why\n", case("/release prod", "  expect: { verdict: not_allowed }")), 4),
        ("- &a { as: TROOM/UADA, in: TROOM/COPS, say: /release qa }\n- *a\n".to_owned(), 2),
    ] {
        let folder = folder(&tests);
        let said = accepted(folder.path()).unwrap_err();
        assert!(said.contains("this would be lost") && said.contains(&format!("yaml:{wrong}:")), "{said}");
        assert_eq!(std::fs::read_to_string(folder.path().join("release.tests.yaml")).unwrap(), tests);
    }
    // A `#` in a value is none, and a file that holds may have comments.
    let holds = case("'/release prod note=#1'", "  expect: { verdict: allow } # fine\n");
    let folder = folder(&holds);
    assert_eq!(accepted(folder.path()).as_ref(), Ok(&holds));
    assert_eq!(check(folder.path()), Ok(1));
}

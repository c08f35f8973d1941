//! Every type of parameter with all its keys, and what parameters refer to. `values.rs` has what does not fit.

use insta::assert_snapshot;
use signalbox_catalogue::{from_artefact, parse, to_artefact};
use signalbox_domain::Catalogue;

/// A catalogue in which every type and every key of a parameter is written.
const RICH: &str = include_str!("rich.yaml");

fn read(text: &str) -> Result<Catalogue, String> {
    parse(&[("ops.yaml".to_owned(), text.to_owned())]).map_err(|wrong| wrong.to_string())
}

/// What is said when one thing is changed.
#[track_caller]
pub(super) fn broken(from: &str, to: &str) -> String {
    assert!(RICH.contains(from), "{from}");
    read(&RICH.replacen(from, to, 1)).expect_err("it is wrong now")
}

#[test]
fn every_type_and_every_key_is_read() {
    let catalogue = read(RICH).unwrap_or_else(|wrong| panic!("{wrong}"));
    let operation = &catalogue.operations["deploy"];
    let defaults: Vec<String> = operation
        .parameters
        .iter()
        .map(|p| {
            let value = p.default.as_ref().or(p.fixed.as_ref()).map(ToString::to_string);
            format!("{}: {} {}", p.name, p.kind.word(), value.as_deref().unwrap_or("-"))
        })
        .collect();
    assert_snapshot!(defaults.join("\n"), @r#"
    service: service -
    env: environment -
    where: environment qa
    size: size small
    version: version -
    note: string -
    text: text -
    parts: choices a,b
    copies: integer 3
    share: number 0.25
    wait: duration 1h30m
    day: date 2026-12-01
    at: time 08:00
    from: date-time -
    by: user TROOM/UADA
    tell: channel -
    extra: json {"a":1}
    password: secret -
    why: string -
    kind: string rolling
    "#);
    assert_eq!(operation.parameters[8].special.len(), 2);
    assert_eq!(catalogue.operation("ship"), Some(operation));
    assert_eq!(
        catalogue.landscape.setting(signalbox_domain::landscape::Kind::Size, "large", "copies"),
        Some("6")
    );
    // What a Lambda loads is the same.
    assert_eq!(from_artefact(&to_artefact(&catalogue)), Ok(catalogue));
}

#[test]
fn what_is_referred_to_has_to_be_there() {
    assert_snapshot!(broken("environments: [qa] }", "environments: [qq] }"), @"
    error: there is no environment `qq`
      --> ops.yaml:13:65
       |
    13 |   api: { owner: Shop team, repository: acme/api, environments: [qq] }
       |                                                                 ^^
       |
       = help: did you mean `qa`?

    1 error in 1 file
    ");
    assert_snapshot!(broken("labels: [test], required", "labels: [tests], required"), @"
    error: no environment has the label `tests`
      --> ops.yaml:28:50
       |
    28 |       - { name: env, type: environment, labels: [tests], required: true }
       |                                                  ^^^^^
       |
       = help: did you mean `test`?

    1 error in 1 file
    ");
    assert_snapshot!(broken("only: [prod, qa]", "only: [prd, qa]"), @"
    error: there is no environment `prd`
      --> ops.yaml:29:50
       |
    29 |       - { name: where, type: environment, only: [prd, qa], default: qa }
       |                                                  ^^^
       |
       = help: did you mean `prod`?

    1 error in 1 file
    ");
    assert_snapshot!(broken("when: { where: [prod], share: 0.25 }", "when: { envv: prod }"), @"
    error: there is no parameter `envv` before this one
      --> ops.yaml:45:60
       |
    45 |       - { name: why, type: string, required: true, when: { envv: prod } }
       |                                                            ^^^^
       |
       = help: did you mean `env`?

    1 error in 1 file
    ");
    assert_snapshot!(broken("when: { where: [prod], share: 0.25 }", "when: { where: prd }"), @"
    error: the value `prd` is none of the options
      --> ops.yaml:45:67
       |
    45 |       - { name: why, type: string, required: true, when: { where: prd } }
       |                                                                   ^^^
       |
       = help: did you mean `prod`?

    1 error in 1 file
    ");
    assert_snapshot!(broken("when: { where: [prod], share: 0.25 }", "when: { kind: rolling }"), @"
    error: there is no parameter `kind` before this one
      --> ops.yaml:45:60
       |
    45 |       - { name: why, type: string, required: true, when: { kind: rolling } }
       |                                                            ^^^^
       |
       = help: a parameter can depend on those that stand before it: `service`, `env`, `where`, `size`, `version`, `note`, `text`, `parts`, `copies`, `share`, `wait`, `day`, `at`, `from`, `by`, `tell`, `extra` and `password`

    1 error in 1 file
    ");
    assert_snapshot!(broken("environment: [qa], fixed: 1", "environment: [qaa], fixed: 1"), @"
    error: there is no environment `qaa`
      --> ops.yaml:35:169
       |
    35 | ...ment: prod, channel: TROOM/COPS, default: 5 }, { environment: [qaa], fixed: 1 }] }
       |                                                                   ^^^
       |
       = help: did you mean `qa`?

    1 error in 1 file
    ");
    assert_snapshot!(broken("{ environment: [qa], fixed: 1 }", "{ fixed: 1 }"), @"
    error: this item names neither `environment` nor `channel`
      --> ops.yaml:35:153
       |
    35 | ... [{ environment: prod, channel: TROOM/COPS, default: 5 }, { fixed: 1 }] }
       |                                                              ^^^^^^^^^^^^
       |
       = help: it would hold everywhere: write the parameter's own `default` or `fixed` instead

    1 error in 1 file
    ");
    assert_snapshot!(broken("{ environment: [qa], fixed: 1 }", "{ environment: [qa] }"), @"
    error: this item has neither `default` nor `fixed`
      --> ops.yaml:35:153
       |
    35 | ...environment: prod, channel: TROOM/COPS, default: 5 }, { environment: [qa] }] }
       |                                                          ^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write the value that holds there, such as `default: 6`

    1 error in 1 file
    ");
    assert_snapshot!(broken("aliases: [ship]", "aliases: [deploy]"), @"
    error: `deploy` means an operation already
      --> ops.yaml:22:15
       |
    22 |     aliases: [deploy]
       |               ^^^^^^
       |
       = help: the first is at ops.yaml:20:3; choose another word

    1 error in 1 file
    ");
    assert_snapshot!(broken("aliases: [ship]", "aliases: [help]"), @"
    error: an operation cannot be called `help`
      --> ops.yaml:22:15
       |
    22 |     aliases: [help]
       |               ^^^^
       |
       = help: `help` is a word of Signalbox's own; choose another name

    1 error in 1 file
    ");
}

#[test]
fn settings_in_templates_are_checked() {
    assert_snapshot!(broken("{where.region}", "{where.regoin}"), @r#"
    error: no environment has the setting `regoin`
      --> ops.yaml:48:48
       |
    48 |       command: [deploy, "{service}", "--region={where.regoin}", "--copies={size.copies}", "--repository={service.repository}", "--by...
       |                                                ^^^^^^^^^^^^^^
       |
       = help: did you mean `region`?

    1 error in 1 file
    "#);
    assert_snapshot!(broken("settings: { region: us-east-1 }", "settings: { zone: a }"), @r#"
    error: `prod` has no setting `region`
      --> ops.yaml:48:48
       |
    48 |       command: [deploy, "{service}", "--region={where.region}", "--copies={size.copies}", "--repository={service.repository}", "--by...
       |                                                ^^^^^^^^^^^^^^
       |
       = help: write it under `settings` of `prod`, or let the parameter have fewer of them

    1 error in 1 file
    "#);
    assert_snapshot!(broken("{requester.github}", "{requester.gitlab}"), @r#"
    error: nobody under `people` has `gitlab`
      --> ops.yaml:48:134
       |
    48 | ...e.copies}", "--repository={service.repository}", "--by={requester.gitlab}", "--password={password}", "--owner={service.owner}"]
       |                                                           ^^^^^^^^^^^^^^^^^^
       |
       = help: did you mean `github`?

    1 error in 1 file
    "#);
    assert_snapshot!(broken("{service.owner}", "{version.owner}"), @r#"
    error: `version` is a value, and has no `owner`
      --> ops.yaml:48:189
       |
    48 | ...y={requester.github}", "--password={password}", "--owner={version.owner}"]
       |                                                             ^^^^^^^^^^^^^^^
       |
       = help: only environments, services, sizes and `requester` have settings; write `{name}` for the value

    1 error in 1 file
    "#);
    assert_snapshot!(broken("{size.copies}", "{sice.copies}"), @r#"
    error: there is no parameter `sice`
      --> ops.yaml:48:75
       |
    48 |       command: [deploy, "{service}", "--region={where.region}", "--copies={sice.copies}", "--repository={service.repository}", "--by...
       |                                                                           ^^^^^^^^^^^^^
       |
       = help: did you mean `size`?

    1 error in 1 file
    "#);
    assert_snapshot!(broken("settings: { region: eu-central-1 }", "settings: { token: ghp_0123456789abcdefghijABCDEFGHIJ012345 }"), @r#"
    error: the value of `token` looks like a secret
     --> ops.yaml:5:24
      |
    5 |                        [redacted]
      |                        ^^^^^^^^^^
      |
      = help: a catalogue is read by many; let the program take it from the server's own secret store, and replace it if it was real

    error: `qa` has no setting `region`
      --> ops.yaml:48:48
       |
    48 |       command: [deploy, "{service}", "--region={where.region}", "--copies={size.copies}", "--repository={service.repository}", "--by...
       |                                                ^^^^^^^^^^^^^^
       |
       = help: write it under `settings` of `qa`, or let the parameter have fewer of them

    2 errors in 1 file
    "#);
}

#[test]
fn without_anything_to_refer_to() {
    let without = |from: &str, to: &str| {
        let text = RICH.replacen(&RICH[RICH.find(from).unwrap()..RICH.find(to).unwrap()], "", 1);
        read(&text).expect_err("it is wrong now").lines().take(6).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(without("sizes:", "people:"), @"
    error: the catalogue has no sizes
      --> ops.yaml:27:29
       |
    27 |       - { name: size, type: size, default: small }
       |                             ^^^^
       |
    ");
}

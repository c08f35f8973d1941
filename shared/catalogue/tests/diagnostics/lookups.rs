//! What is asked of systems outside, and operations that are several others.

use crate::{RIGHT, broken};
use signalbox_catalogue::parse;

/// The messages and hints of the catalogue with something put before the grants of its operation.
fn wrong(part: &str) -> Vec<String> {
    said(&RIGHT.replace("    idempotent: false\n", &format!("{part}\n    idempotent: false\n")))
}

fn said(yaml: &str) -> Vec<String> {
    let wrong = parse(&[("ops.yaml".to_owned(), yaml.to_owned())]).unwrap_err();
    wrong
        .into_iter()
        .map(|one| format!("{}: {} ({})", one.line.unwrap_or(0), one.message, one.hint))
        .collect()
}

/// The messages where the version comes from this list.
fn listed(from: &str) -> Vec<String> {
    said(&RIGHT.replace("        pattern: '[0-9.]+'\n", &format!("        from: {from}\n")))
}

#[test]
fn lists() {
    for (from, expect) in [
        (
            "{ fresh: 5m }",
            r#"14: `from` does not say where the values come from (write one such as `{ github: tags, repository: acme/shop }` or `{ oci: registry.example.com/acme/shop }`)"#,
        ),
        (
            "{ github: tags, oci: registry.example.com/acme/shop }",
            r#"14: `from` has `github` and `oci` (values come from one place: keep one of them with its keys)"#,
        ),
        (
            "{ github: tags }",
            r#"14: `from` has no `repository` (write its owner and its name: `repository: acme/shop`)"#,
        ),
        (
            "{ github: tag, repository: acme/shop }",
            r#"14: `github` has no list `tag` (did you mean `tags`?)"#,
        ),
        (
            "{ github: tags, repository: shop }",
            r#"14: `shop` is not a repository (write its owner and its name, such as `acme/{service}`, or a setting that has both, such as `{service.repository}`)"#,
        ),
        (
            "{ oci: acme/shop }",
            r#"14: `acme/shop` is no repository of a registry (write the registry's host and the name there: `oci: registry.example.com/acme/{service}`)"#,
        ),
        (
            "{ oci: registry.example.com/acme, repository: acme/shop }",
            r#"14: `repository` is no key beside `oci` (leave it out)"#,
        ),
        (
            "{ git: tags, remote: 'git@example.com:shop' }",
            r#"14: `git@example.com:shop` is not an address (write one that begins with https://, or with a setting that does, such as `{env.url}/health`)"#,
        ),
        (
            "{ json: 'https://example.com/{servce}', path: a }",
            r#"14: there is no parameter `servce` (did you mean `service`?)"#,
        ),
        (
            "{ json: 'https://example.com/{requester}', path: a }",
            r#"14: `requester` cannot stand here (what is asked is the same for everybody: write a parameter or one of its settings)"#,
        ),
        (
            "{ github: tags, repository: acme/shop, fresh: 1s }",
            r#"14: `1s` is not a length of time from 10s to 1d (write one such as 30s, 5m or 1h30m)"#,
        ),
        (
            "{ github: tags, repository: acme/shop, matching: '[' }",
            r#"14: this pattern is not a regular expression: found unclosed character class (it must match a whole value; single quotes keep backslashes as they are: 'v[0-9]+')"#,
        ),
    ] {
        assert_eq!(listed(from).join("; "), expect, "{from}");
    }
}

#[test]
fn requirements_and_what_is_verified() {
    for (part, expect) in [
        (
            "    requires: [{ status: 200 }]",
            r#"29: a requirement does not say what has to hold (write one of `listed`, `green`, `ready`, `not-older` and `answers`)"#,
        ),
        ("    requires: [{ ready: false }]", r#"29: `ready` is false (leave the item out)"#),
        (
            "    requires: [{ ready: true, contains: ok }]",
            r#"29: `contains` is no key beside `ready` (leave it out)"#,
        ),
        (
            "    requires: [{ not-older: true }]",
            r#"29: nothing says which version the operation brings where (write it under `ships`, such as `ships: { version: "{version}" }`)"#,
        ),
        (
            "    requires: [{ listed: '{version}' }]",
            r#"29: a requirement has no `in` (write the list that has to have it: `in: { github: tags, repository: acme/shop }`)"#,
        ),
        (
            "    requires: [{ answers: 'https://example.com', status: 302 }]",
            r#"29: no address can answer with 302 here (write one from 200 to 299 or from 400 to 599, and not 429: where an address leads elsewhere it is followed, and where it asks to be left alone it is asked again)"#,
        ),
        (
            "    requires: [{ answers: 'https://example.com', status: 429 }]",
            r#"29: no address can answer with 429 here (write one from 200 to 299 or from 400 to 599, and not 429: where an address leads elsewhere it is followed, and where it asks to be left alone it is asked again)"#,
        ),
        (
            "    requires: [{ answers: example.com }]",
            r#"29: `example.com` is not an address (write one that begins with https://, or with a setting that does, such as `{env.url}/health`)"#,
        ),
        (
            "    verify: [{ answers: 'https://example.com', within: 1s }]",
            r#"29: `1s` is not a length of time from 10s to 2h (write one such as 30s, 5m or 1h30m)"#,
        ),
        ("    verify: [{ lines: web }]", r#"29: there is no watch `web` (write one under `watches`)"#),
        (
            "    verify: [{ lines: web, at-most: -1 }]",
            r#"29: `at-most` is -1 (write how many lines may come, from 0 to 1000000000)"#,
        ),
        (
            "    verify: [{ green: '{version}' }]",
            r#"29: unknown key `green` in something to verify (it takes `answers`, `status`, `contains`, `within`, `quiet`, `lines` and `at-most`)"#,
        ),
        (
            "    ships: { version: '{version}' }",
            r#"29: `ships` does not say where to (write `place:` and words that name it, such as `place: "the shop in {env}"`)"#,
        ),
        (
            "    verify: [{ answers: 'https://example.com/{*}' }]",
            r#"29: `{*}` cannot stand here (write each parameter that decides what is asked)"#,
        ),
        (
            "    ships: { version: '{versoin}', place: shop }",
            r#"29: there is no parameter `versoin` (did you mean `version`?)"#,
        ),
    ] {
        assert_eq!(wrong(part).join("; "), expect, "{part}");
    }
}

#[test]
fn batches() {
    let batch = |target: &str| {
        let more = format!(
            "  all:\n    description: All\n    target: {target}\n    allow: [{{ users: [TROOM/UADA] }}]\n"
        );
        said(&format!("{RIGHT}{more}")).join("; ")
    };
    for (target, expect) in [
        (
            "{ steps: [] }",
            r#"35: a batch has from 1 to 50 steps, and this has 0 (write what it runs: `[{ run: deploy }]`)"#,
        ),
        (
            "{ steps: [{ run: relase }] }",
            r#"35: step 1 of `all`: there is no operation `relase` (did you mean `release`?)"#,
        ),
        (
            "{ steps: [{ run: all }] }",
            r#"35: step 1 of `all`: `all` has steps itself (write its steps here instead)"#,
        ),
        (
            "{ steps: [{ run: release, with: { service: web } }] }",
            r#"35: step 1 of `all`: `release` needs `version` (write it under `with`: `with: { version: … }`)"#,
        ),
        (
            "{ steps: [{ run: release, with: { service: shop, version: '1' } }] }",
            r#"35: step 1 of `all`: `service` does not take `shop` (write a value that the operation's parameter takes)"#,
        ),
        (
            "{ steps: [{ run: release, with: { service: web, version: '1', colour: red } }] }",
            r#"35: step 1 of `all`: `release` has no parameter `colour` (it has `service`, `version`, `count` and `dry`)"#,
        ),
        (
            "{ steps: [{ run: release, with: { service: web, version: '{v}' } }] }",
            r#"35: there is no parameter `v` (there are `run` and `requester`)"#,
        ),
        (
            "{ steps: [{ run: release, with: { service: web, version: '{*}' } }] }\n    parameters: [{ name: note, type: string }]",
            r#"35: `{*}` cannot stand here (write each parameter of the step under its own name)"#,
        ),
        (
            "{ steps: [{ run: release, with: { service: web, version: '1' } }], on-failure: continue }",
            r#"35: `on-failure` cannot be `continue` (write `stop`, or `go-on` to have the other steps go on)"#,
        ),
        (
            "{ steps: [{ run: release, with: { service: web, version: '1' } }], timeout: 5m }",
            r#"35: `timeout` is not a key here: this is a `steps` target (it belongs to the operation that a step runs)"#,
        ),
    ] {
        assert_eq!(batch(target), expect, "{target}");
    }
}

#[test]
fn batches_that_people_put_together() {
    let batch = |target: &str, steps: &str| {
        let more = format!(
            "  all:\n    description: All\n    parameters:\n      - {steps}\n      - {{ name: how, type: string }}\n    \
             target: {target}\n    allow: [{{ users: [TROOM/UADA] }}]\n"
        );
        said(&format!("{RIGHT}{more}")).join("; ")
    };
    let right = "{ name: what, type: steps, required: true }";
    let all = [
        ("{ steps: '{waht}' }", right),
        ("{ steps: 'release {what}' }", right),
        ("{ steps: '{how}' }", right),
        ("{ steps: '{what}', parallel: true }", right),
        ("{ steps: '{what}', parallel: '{how}' }", right),
        ("{ steps: '{what}', on-failure: '{how}' }", right),
        ("{ steps: '{what}' }", "{ name: what, type: steps }"),
        ("{ steps: '{what}' }", "{ name: what, type: steps, default: release web }"),
        ("{ steps: '{what}' }", "{ name: what, type: steps, required: true, examples: ['# none'] }"),
    ];
    let said: Vec<String> = all
        .into_iter()
        .map(|(target, steps)| format!("{target} {steps}\n  {}", batch(target, steps)))
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    { steps: '{waht}' } { name: what, type: steps, required: true }
      38: there is no parameter `waht` (did you mean `what`?)
    { steps: 'release {what}' } { name: what, type: steps, required: true }
      38: `steps` of a batch cannot be `release {what}` (where the steps are given by whoever asks, this is the placeholder of one parameter, such as `{steps}`)
    { steps: '{how}' } { name: what, type: steps, required: true }
      38: `steps` of a batch cannot be `{how}` (let a parameter with `type: steps` and `required: true` have the steps, or write them here as a list)
    { steps: '{what}', parallel: true } { name: what, type: steps, required: true }
      38: `parallel` of a batch cannot be `true` (where the steps are given by whoever asks, this is the placeholder of one parameter, such as `{steps}`)
    { steps: '{what}', parallel: '{how}' } { name: what, type: steps, required: true }
      38: `parallel` of a batch cannot be `{how}` (let it be a parameter with `type: boolean`)
    { steps: '{what}', on-failure: '{how}' } { name: what, type: steps, required: true }
      38: `on-failure` of a batch cannot be `{how}` (let it be a parameter with `type: choice` and the options `stop` and `go-on`)
    { steps: '{what}' } { name: what, type: steps }
      38: `steps` of a batch cannot be `{what}` (let a parameter with `type: steps` and `required: true` have the steps, or write them here as a list)
    { steps: '{what}' } { name: what, type: steps, default: release web }
      36: `default`: people say which steps they want (leave it out; a batch whose steps are always the same has them under `target`, as a list)
    { steps: '{what}' } { name: what, type: steps, required: true, examples: ['# none'] }
      36: the example `# none` has 0 steps (write from 1 to 50, a line for each)
    ");
}

#[test]
fn where_a_mistake_in_a_list_is_shown() {
    insta::assert_snapshot!(broken("        pattern: '[0-9.]+'\n", "        from: { github: tags, repositry: acme/shop }\n"), @r"
    error: unknown key `repositry` in `from`
      --> ops.yaml:14:31
       |
    14 |         from: { github: tags, repositry: acme/shop }
       |                               ^^^^^^^^^
       |
       = help: did you mean `repository`?

    1 error in 1 file
    ");
}

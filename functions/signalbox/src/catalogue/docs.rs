//! `signalbox docs`: a Markdown page for each operation, and an index. The same catalogue gives the same pages.

use super::explain::who;
use super::markdown::{code, fenced, row, said, text};
use crate::cli::Docs;
use crate::paint;
use anyhow::Context;
use signalbox_domain::landscape::Landscape;
use signalbox_domain::parameter::{Kind, Parameter};
use signalbox_domain::{Catalogue, Operation};
use signalbox_voice::{example, takes, usage};
use std::process::ExitCode;

/// Writes or prints all pages.
pub fn run(options: &Docs) -> anyhow::Result<ExitCode> {
    let catalogue = match signalbox_catalogue::load(&options.catalogue) {
        Ok(catalogue) => catalogue,
        Err(problems) => {
            paint::problems(&problems);
            return Ok(ExitCode::FAILURE);
        }
    };
    let pages = pages(&catalogue);
    let Some(folder) = &options.out else {
        let all: Vec<&str> = pages.iter().map(|(_, page)| page.trim_end()).collect();
        outln!("{}", all.join("\n\n"));
        return Ok(ExitCode::SUCCESS);
    };
    for (name, page) in &pages {
        let file = folder.join(name);
        let above = file.parent().unwrap_or(folder);
        std::fs::create_dir_all(above).with_context(|| format!("cannot make {}", above.display()))?;
        std::fs::write(&file, page).with_context(|| format!("cannot write {}", file.display()))?;
    }
    outln!("{}: {} pages", folder.display(), pages.len());
    Ok(ExitCode::SUCCESS)
}

/// All pages, each with the path of its file.
fn pages(catalogue: &Catalogue) -> Vec<(String, String)> {
    let mut index = vec![
        "# Operations".to_owned(),
        String::new(),
        row(&["operation".into(), "what it does".into()]),
        "|---|---|".to_owned(),
    ];
    let mut pages = vec![];
    for operation in catalogue.operations.values() {
        let file = format!("operations/{}.md", operation.name);
        index.push(row(&[format!("[{}]({file})", operation.name), text(&operation.description)]));
        pages.push((file, page(catalogue, operation)));
    }
    pages.insert(0, ("index.md".to_owned(), format!("{}\n", index.join("\n"))));
    pages
}

fn page(catalogue: &Catalogue, operation: &Operation) -> String {
    let mut parts = vec![format!("# {}", operation.name), text(&operation.description)];
    if !operation.aliases.is_empty() {
        let words: Vec<String> = operation.aliases.iter().map(|word| code(word.as_str())).collect();
        parts.push(format!("Other words for it: {}.", words.join(", ")));
    }
    if operation.confirm {
        parts.push("Before it starts, people look at a summary.".to_owned());
    }
    for (where_, word) in [
        ("Slack's search", &operation.shortcuts.global),
        ("the menu of a message", &operation.shortcuts.message),
    ] {
        parts.extend(word.iter().map(|word| format!("Shortcut in {where_}: {}.", text(word))));
    }
    parts.push("## How to ask".to_owned());
    let short = usage(operation).replacen("/signalbox ", "/", 1);
    let mut lines = vec![usage(operation), short];
    lines.extend(example(operation).map(|line| format!("\nFor example:\n{line}")));
    parts.push(fenced(&lines));
    parts.push("## Who may ask".to_owned());
    let grants: Vec<String> =
        operation.allow.iter().map(|grant| format!("- {}", text(&who(grant)))).collect();
    parts.push(grants.join("\n"));
    if !operation.parameters.is_empty() {
        parts.push("## Parameters".to_owned());
        parts.push(table(&operation.parameters));
        parts.push("The form:".to_owned());
        parts.push(fenced(&form(operation, &catalogue.landscape)));
    }
    parts.push("## What is carried out".to_owned());
    parts.push(carried_out(operation));
    format!("{}\n", parts.join("\n\n"))
}

/// What the target says, a line for each key; the words of a command are on one line.
fn carried_out(operation: &Operation) -> String {
    let mut lines: Vec<(String, Vec<String>)> = vec![];
    for (keys, says) in operation.target.written() {
        let is_word = keys.first().is_some_and(|key| key == "command");
        let key = if is_word { "command".to_owned() } else { keys.join(" ") };
        match lines.last_mut().filter(|(last, _)| *last == key) {
            Some((_, words)) => words.push(code(&says)),
            None => lines.push((key, vec![code(&says)])),
        }
    }
    let lines: Vec<String> =
        lines.iter().map(|(key, words)| format!("- {}: {}", text(key), words.join(" "))).collect();
    lines.join("\n")
}

fn table(parameters: &[Parameter]) -> String {
    let headings = ["parameter", "what it means", "what it takes", "if it is left out"];
    let mut rows = vec![row(&headings.map(str::to_owned)), "|---|---|---|---|".to_owned()];
    rows.extend(parameters.iter().map(|parameter| {
        row(&[
            code(parameter.name.as_str()),
            text(&parameter.description),
            said(&takes(&parameter.kind)),
            left_out(parameter),
        ])
    }));
    rows.join("\n")
}

fn left_out(parameter: &Parameter) -> String {
    let mut all = vec![];
    match (&parameter.fixed, &parameter.default) {
        (Some(fixed), _) => all.push(format!("always {}", code(&fixed.to_string()))),
        (None, Some(default)) => all.push(code(&default.to_string())),
        (None, None) if parameter.required => all.push("it must be given".to_owned()),
        (None, None) => all.push("it has no value".to_owned()),
    }
    for special in &parameter.special {
        let environments: Vec<String> = special.environments.iter().map(|name| code(name.as_str())).collect();
        let channels: Vec<String> = special.channels.iter().map(|(w, c)| code(&format!("{w}/{c}"))).collect();
        let places: Vec<String> = [environments.join(" or "), channels.join(" or ")]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        let always = if special.fixed { "always " } else { "" };
        let value = code(&special.value.to_string());
        all.push(format!("in {}: {always}{value}", places.join(" and in ")));
    }
    for when in &parameter.when {
        let values: Vec<String> = when.is.iter().map(|value| code(&value.to_string())).collect();
        all.push(format!("only asked for if {} is {}", code(when.parameter.as_str()), values.join(" or ")));
    }
    all.join("; ")
}

/// The form as text: what is asked, in the order in which it is asked. A star marks what must be given.
fn form(operation: &Operation, landscape: &Landscape) -> Vec<String> {
    let mut lines = vec![];
    for parameter in operation.parameters.iter().filter(|p| p.fixed.is_none()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let star = if parameter.required { " *" } else { "" };
        let when = if parameter.when.is_empty() { "" } else { "   (only in some cases)" };
        lines.push(format!("{}{star}{when}", plain(parameter.label())));
        lines.push(format!("  {}", field(parameter, landscape)));
        if !parameter.description.is_empty() {
            lines.push(format!("  {}", plain(&parameter.description)));
        }
    }
    lines
}

/// At most this many options are drawn.
const MOST_OPTIONS: usize = 8;

fn field(parameter: &Parameter, landscape: &Landscape) -> String {
    let filled = parameter.default.as_ref().map(|value| plain(&value.to_string()));
    match (&parameter.kind, parameter.kind.options(landscape)) {
        (kind, Some(options)) => {
            let several = matches!(kind, Kind::Choices { .. });
            let chosen: Vec<&str> = filled
                .as_deref()
                .map(|all| if several { all.split(',').collect() } else { vec![all] })
                .unwrap_or_default();
            let drawn = options.iter().take(MOST_OPTIONS).map(|(name, title)| {
                let mark = if chosen.contains(name) { "x" } else { " " };
                let title = plain(title);
                if several { format!("[{mark}] {title}") } else { format!("({mark}) {title}") }
            });
            let drawn: Vec<String> = drawn.collect();
            let more = options.len().saturating_sub(MOST_OPTIONS);
            let rest = if more == 0 { String::new() } else { format!("   and {more} more") };
            format!("{}{rest}", drawn.join("   "))
        }
        (Kind::Boolean, None) => {
            format!("[{}] yes", if filled.as_deref() == Some("true") { "x" } else { " " })
        }
        (_, None) => {
            let hint = Some(plain(&parameter.placeholder)).filter(|hint| !hint.is_empty());
            let shown = filled.or(hint).unwrap_or_default();
            format!("[ {shown:<28} ]")
        }
    }
}

/// Text of the catalogue on one line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let catalogue = signalbox_catalogue::parse(&[("ops.yaml".to_owned(), text.to_owned())]);
        pages(&catalogue.unwrap_or_else(|wrong| panic!("{wrong}")))
    }

    #[test]
    fn a_page_with_everything() {
        let rich = include_str!("../../../../shared/catalogue/tests/diagnostics/rich.yaml");
        let pages = read(rich);
        insta::assert_snapshot!(pages[0].1, @"
        # Operations

        | operation | what it does |
        |---|---|
        | [deploy](operations/deploy.md) | Deploy a service |
        ");
        assert_eq!(pages[1].0, "operations/deploy.md");
        insta::assert_snapshot!(pages[1].1, @r#"
        # deploy

        Deploy a service

        Other words for it: `ship`.

        Before it starts, people look at a summary.

        Shortcut in Slack's search: Deploy.

        Shortcut in the menu of a message: Deploy this.

        ## How to ask

        ```text
        /signalbox deploy <service> <env> [where] [size] [version] [note] [text] [parts] [copies] [share] [wait] [day] [at] [from] [by] [tell] [extra] [password] [why]
        /deploy <service> <env> [where] [size] [version] [note] [text] [parts] [copies] [share] [wait] [day] [at] [from] [by] [tell] [extra] [password] [why]

        For example:
        /signalbox deploy service=web env=qa
        ```

        ## Who may ask

        - TROOM/UADA, anywhere

        ## Parameters

        | parameter | what it means | what it takes | if it is left out |
        |---|---|---|---|
        | `service` |  | one of `web`, `api` | it must be given |
        | `env` |  | one of `qa` | it must be given |
        | `where` |  | one of `qa`, `prod` | `qa` |
        | `size` |  | one of `small`, `large` | `small` |
        | `version` |  | a version such as `1.4.2`, in the range `>=1, <3`, of `stable`, `rc` | it has no value |
        | `note` |  | text, 3 to 40 characters | it has no value |
        | `text` |  | lines of text, at most 200 characters | it has no value |
        | `parts` |  | 1 to 2 of `a`, `b`, `c`, with commas between them | `a,b` |
        | `copies` |  | a whole number from 1 to 9 copies, in steps of 2 | `3`; in `prod` and in `TROOM/COPS`: `5`; in `qa`: always `1` |
        | `share` |  | a number from 0 to 1, in steps of 0.05 | `0.25` |
        | `wait` |  | a length of time such as 90m from 1m to 2h | `1h30m` |
        | `day` |  | a day such as `2026-12-01` or `tomorrow`, in the time zone `Europe/Berlin` | `2026-12-01` |
        | `at` |  | a time such as `18:30`, in the time zone `UTC` | `08:00` |
        | `from` |  | a day and a time such as `2026-12-01 18:30`, in the time zone `Europe/Berlin` | it has no value |
        | `by` |  | a person: mention them, as in `@ada` | `TROOM/UADA` |
        | `tell` |  | a channel: name it, as in `#ops` | it has no value |
        | `extra` |  | JSON | `{"a":1}` |
        | `password` |  | the name of a secret: one of `db-prod`, `db-qa` | it has no value |
        | `why` |  | text | it must be given; only asked for if `where` is `prod`; only asked for if `share` is `0.25` |
        | `kind` |  | text | always `rolling` |

        The form:

        ```text
        service *
          ( ) web   ( ) api

        env *
          ( ) qa

        where
          (x) qa   ( ) Production

        size
          (x) small   ( ) large

        Version
          [ 1.4.2                        ]

        note
          [                              ]

        text
          [                              ]

        parts
          [x] a   [x] b   [ ] c

        copies
          [ 3                            ]

        share
          [ 0.25                         ]

        wait
          [ 1h30m                        ]

        day
          [ 2026-12-01                   ]

        at
          [ 08:00                        ]

        from
          [                              ]

        by
          [ TROOM/UADA                   ]

        tell
          [                              ]

        extra
          [ {"a":1}                      ]

        password
          ( ) db-prod   ( ) db-qa

        why *   (only in some cases)
          [                              ]
        ```

        ## What is carried out

        - command: `deploy` `{service}` `--region={where.region}` `--copies={size.copies}` `--repository={service.repository}` `--by={requester.github}` `--password={password}` `--owner={service.owner}`
        - timeout: `1m`
        "#);
        assert_eq!(read(rich), pages);
    }

    #[test]
    fn text_of_the_catalogue_is_no_markup() {
        let pages = read(
            "programs: { git: git }
operations:
  a:
    description: '<script> | [x](javascript:y) # *b*'
    parameters: [{ name: it, type: choice, options: ['a|b', '`c`'], description: '| --- |' }]
    target: { command: [git, '`x` | {it}'], timeout: 1m }
    allow: [{ channels: [TROOM/COPS] }]
",
        );
        insta::assert_snapshot!(pages[1].1, @r#"
        # a

        \<script\> \| \[x\](javascript:y) \# \*b\*

        ## How to ask

        ```text
        /signalbox a [it]
        /a [it]

        For example:
        /signalbox a
        ```

        ## Who may ask

        - anyone of the workspace, in TROOM/COPS

        ## Parameters

        | parameter | what it means | what it takes | if it is left out |
        |---|---|---|---|
        | `it` | \| --- \| | one of `a\|b`, `` `c` `` | it has no value |

        The form:

        ```text
        it
          ( ) a|b   ( ) `c`
          | --- |
        ```

        ## What is carried out

        - command: `git` `` `x` | {it} ``
        - timeout: `1m`
        "#);
        assert!(pages[0].1.contains("\\<script\\> \\| \\[x\\](javascript:y) \\# \\*b\\*"), "{}", pages[0].1);
    }
}

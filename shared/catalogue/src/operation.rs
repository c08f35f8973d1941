//! `operations`: one entry, from its name to its grants.
//!
//! Every part is read before the entry is given up, so that one wrong key does not hide other mistakes.

use crate::lookup::{requires, ships};
use crate::program::Programs;
use crate::report::{Report, quoted};
use crate::source::Span;
use crate::walk::{Field, Keyed, Text};
use crate::{grant, parameter, target};
use signalbox_domain::catalogue::Shortcuts;
use signalbox_domain::landscape::Landscape;
use signalbox_domain::{Name, Operation, OperationName};
use std::collections::BTreeMap;

/// Words that people type for something other than an operation.
pub(crate) const RESERVED: &[&str] =
    &["help", "signalbox", "status", "cancel", "retry", "settle", "history", "alerts"];

/// The keys of an operation.
pub(crate) const KEYS: &[&str] = &[
    "description",
    "aliases",
    "parameters",
    "target",
    "requires",
    "verify",
    "ships",
    "idempotent",
    "confirm",
    "shortcut",
    "message-shortcut",
    "allow",
];

/// Reads an operation under its name.
pub(crate) fn read(
    report: &mut Report,
    field: &Field<'_>,
    programs: &Programs,
    landscape: &Landscape,
) -> Option<Operation> {
    let name = name(report, field);
    let field = field.called(format!("operation {}", field.label));
    let keyed = field.keyed(report, KEYS)?;
    let description = keyed
        .need(report, "description", "write what it does, in one line: people read it before they ask")
        .and_then(|field| field.line(report));
    let parameters = parameter::read(report, &keyed, programs, landscape);
    let target = keyed
        .need(report, "target", "write what carries it out: `target: { command: [git, fetch], timeout: 1m }`")
        .and_then(|field| target::read(report, field, &parameters, programs));
    let idempotent = match keyed.get("idempotent") {
        Some(field) => field.boolean(report),
        None => Some(false),
    };
    let confirm = match keyed.get("confirm") {
        Some(field) => field.boolean(report),
        None => Some(false),
    };
    let ships = ships::read(report, &keyed, &parameters);
    let requires = requires::read(report, &keyed, &parameters, programs, keyed.get("ships").is_some());
    let verify = requires::verify(report, &keyed, &parameters);
    let aliases = aliases(report, &keyed);
    let global = shortcut(report, &keyed, "shortcut");
    let message = shortcut(report, &keyed, "message-shortcut");
    let allow = grant::read(report, &keyed, "ask for it");
    Some(Operation {
        name: name?,
        description: description?.text.to_owned(),
        parameters: parameters.checked?,
        target: target?,
        allow: allow?,
        idempotent: idempotent?,
        aliases: aliases?,
        confirm: confirm?,
        shortcuts: Shortcuts { global: global?, message: message? },
        requires: requires?,
        verify: verify?,
        ships: ships?,
    })
}

/// Other words for it.
fn aliases(report: &mut Report, keyed: &Keyed<'_>) -> Option<Vec<OperationName>> {
    let Some(field) = keyed.get("aliases") else { return Some(vec![]) };
    let items = field.list(report, "an alias")?;
    let read: Vec<Option<OperationName>> = items
        .iter()
        .map(|item| {
            let text = item.line(report)?;
            named(report, text)
        })
        .collect();
    read.into_iter().collect()
}

/// The longest name of a shortcut, in characters: <https://docs.slack.dev/reference/app-manifest>.
pub(crate) const LONGEST_SHORTCUT: usize = 24;

/// What a shortcut says in the chat's menus.
fn shortcut(report: &mut Report, keyed: &Keyed<'_>, key: &str) -> Option<Option<String>> {
    let Some(field) = keyed.get(key) else { return Some(None) };
    let text = field.line(report)?;
    if text.text.chars().count() > LONGEST_SHORTCUT {
        report.error(
            text.span,
            format!("{} is longer than {LONGEST_SHORTCUT} characters", field.label),
            "Slack takes no longer name of a shortcut: write a few words, such as `Deploy this`",
        );
        return None;
    }
    Some(Some(text.text.to_owned()))
}

/// Whether each word that people type means one operation only.
pub(crate) fn words(report: &mut Report, operations: &BTreeMap<&str, Vec<Field<'_>>>) {
    let mut taken: BTreeMap<&str, Span> =
        operations.iter().filter_map(|(name, all)| Some((*name, all.first()?.at))).collect();
    for operation in operations.values().flatten() {
        for item in operation.items_of("aliases") {
            let Some(text) = item.plain() else { continue };
            if let Some(first) = taken.get(text.text) {
                let first = report.place(*first);
                report.error(
                    text.span,
                    format!("{} means an operation already", quoted(text.text)),
                    format!("the first is at {first}; choose another word"),
                );
                continue;
            }
            taken.insert(text.text, text.span);
        }
    }
}

fn name(report: &mut Report, field: &Field<'_>) -> Option<OperationName> {
    named(report, field.name())
}

fn named(report: &mut Report, text: Text<'_>) -> Option<OperationName> {
    if RESERVED.contains(&text.text) {
        report.error(
            text.span,
            format!("an operation cannot be called {}", quoted(text.text)),
            format!("{} is a word of Signalbox's own; choose another name", quoted(text.text)),
        );
        return None;
    }
    match text.text.parse::<Name>() {
        Ok(name) => Some(name),
        Err(_) => {
            report.error(
                text.span,
                format!("{} cannot be the name of an operation", quoted(text.text)),
                "write 1 to 32 of a-z, 0-9 and -, beginning with a letter",
            );
            None
        }
    }
}

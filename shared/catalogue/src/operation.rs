//! `operations`: one entry, from its name to its grants.
//!
//! Every part is read before the entry is given up, so that one wrong key does not hide other mistakes.

use crate::program::Programs;
use crate::report::{Report, quoted};
use crate::walk::Field;
use crate::{grant, parameter, target};
use signalbox_domain::{Name, Operation, OperationName};

/// Words that people type for something other than an operation.
const RESERVED: &[&str] = &["help", "signalbox", "status", "cancel", "retry", "settle", "history", "alerts"];

/// Reads an operation under its name.
pub(crate) fn read(report: &mut Report, field: &Field<'_>, programs: &Programs) -> Option<Operation> {
    let name = name(report, field);
    let field = field.called(format!("operation {}", field.label));
    let keys = &["description", "parameters", "target", "idempotent", "allow"];
    let keyed = field.keyed(report, keys)?;
    let description = keyed
        .need(report, "description", "write what it does, in one line: people read it before they ask")
        .and_then(|field| field.line(report));
    let parameters = parameter::read(report, &keyed);
    let target = keyed
        .need(report, "target", "write what carries it out: `target: { command: [git, fetch], timeout: 1m }`")
        .and_then(|field| target::read(report, field, &parameters, programs));
    let idempotent = match keyed.get("idempotent") {
        Some(field) => field.boolean(report),
        None => Some(false),
    };
    let allow = grant::read(report, &keyed, "ask for it");
    Some(Operation {
        name: name?,
        description: description?.text.to_owned(),
        parameters: parameters.checked?,
        target: target?,
        allow: allow?,
        idempotent: idempotent?,
    })
}

fn name(report: &mut Report, field: &Field<'_>) -> Option<OperationName> {
    if RESERVED.contains(&field.key) {
        report.error(
            field.at,
            format!("an operation cannot be called {}", field.label),
            format!("{} is a word of Signalbox's own; choose another name", quoted(field.key)),
        );
        return None;
    }
    match field.key.parse::<Name>() {
        Ok(name) => Some(name),
        Err(_) => {
            report.error(
                field.at,
                format!("{} cannot be the name of an operation", field.label),
                "write 1 to 32 of a-z, 0-9 and -, beginning with a letter",
            );
            None
        }
    }
}

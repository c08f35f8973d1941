//! Parameters that are names of secrets.

use crate::report::Report;
use crate::walk::Keyed;
use signalbox_domain::parameter::Kind;
use signalbox_domain::redact::looks_secret;

/// `names: [db-prod]`, or `names: { db-prod: DB_PASSWORD }` where the target knows it by another name.
pub(super) fn secret(report: &mut Report, keyed: &Keyed<'_>) -> Option<Kind> {
    let hint = "write the secrets that people may choose from by name: `names: [db-prod, db-qa]`";
    let field = keyed.need(report, "names", hint)?;
    let entries = if field.is_list() { field.list(report, "a name")? } else { field.entries(report)? };
    if entries.is_empty() {
        report.error(field.value_at(), "`names` is empty", hint);
        return None;
    }
    let mut names: Vec<(String, String)> = vec![];
    for entry in &entries {
        let Some(to) = entry.line(report) else { continue };
        let name = if field.is_list() { to } else { entry.name() };
        for text in [name, to] {
            if looks_secret(text.text) {
                report.secret(
                    text.span,
                    "this looks like a secret itself",
                    "write its name; its value never enters Signalbox",
                );
                return None;
            }
        }
        names.push((name.text.to_owned(), to.text.to_owned()));
    }
    (names.len() == entries.len()).then_some(Kind::Secret { names })
}

//! `ships`: which version an operation brings where.

use super::{repository, text};
use crate::report::Report;
use crate::scope::Parameters;
use crate::walk::Keyed;
use signalbox_domain::landscape;
use signalbox_domain::lookup::Ships;

/// The keys of `ships`.
pub(crate) const KEYS: &[&str] = &["version", "place", "repository"];

/// Reads `ships` of an operation.
pub(crate) fn read(
    report: &mut Report,
    operation: &Keyed<'_>,
    parameters: &Parameters<'_>,
) -> Option<Option<Ships>> {
    let Some(field) = operation.get("ships") else { return Some(None) };
    let keyed = field.keyed(report, KEYS)?;
    let version = keyed
        .need(report, "version", "write the version that runs afterwards: `version: \"{version}\"`")
        .and_then(|field| text(report, field, parameters));
    let place = match keyed.get("place") {
        Some(field) => text(report, field, parameters),
        None => place(report, &keyed, parameters),
    };
    let repository = match keyed.get("repository") {
        Some(field) => repository(report, field, parameters).map(Some),
        None => Some(None),
    };
    Some(Some(Ships { version: version?, place: place?, repository: repository? }))
}

/// The service in the environment, where the operation has such parameters.
fn place(report: &mut Report, keyed: &Keyed<'_>, parameters: &Parameters<'_>) -> Option<String> {
    let of = |kind: landscape::Kind| {
        parameters.things.iter().find(|(_, of, _)| *of == kind).map(|(name, ..)| *name)
    };
    match (of(landscape::Kind::Service), of(landscape::Kind::Environment)) {
        (Some(service), Some(environment)) => Some(format!("{{{service}}} in {{{environment}}}")),
        (Some(one), None) | (None, Some(one)) => Some(format!("{{{one}}}")),
        (None, None) if parameters.incomplete => None,
        (None, None) => {
            report.error(
                keyed.at(),
                "`ships` does not say where to",
                "write `place:` and words that name it, such as `place: \"the shop in {env}\"`",
            );
            None
        }
    }
}

//! `requires`: what has to hold before an operation is carried out; `verify`: what has to hold after it succeeded.

use super::{address, repository, seconds, source, text};
use crate::program::Programs;
use crate::report::{Report, did_you_mean, listed, quoted};
use crate::scope::Parameters;
use crate::walk::{Field, Keyed};
use signalbox_domain::lookup::{Requirement, Verification, Verify};
use signalbox_domain::watch::Watch;
use signalbox_domain::{Name, Operation};
use std::collections::BTreeMap;

/// The keys of an item of `requires`: the first of each line names its kind.
pub(crate) const KEYS: &[&str] =
    &["listed", "in", "green", "repository", "ready", "not-older", "answers", "status", "contains"];
/// The kinds, by the key that names each, and the other keys that each has.
pub(crate) const KINDS: &[(&str, &[&str])] = &[
    ("listed", &["in"]),
    ("green", &["repository"]),
    ("ready", &[]),
    ("not-older", &[]),
    ("answers", &["status", "contains"]),
];

/// The keys of an item of `verify`.
pub(crate) const VERIFY_KEYS: &[&str] =
    &["answers", "status", "contains", "within", "quiet", "lines", "at-most"];
/// Its kinds.
pub(crate) const VERIFY_KINDS: &[(&str, &[&str])] =
    &[("answers", &["status", "contains", "within"]), ("quiet", &[]), ("lines", &["at-most", "within"])];

/// How long an address is waited for, unless the catalogue says otherwise; and the least and the most, in seconds.
const WITHIN: u64 = 300;
const WITHIN_BOUNDS: (u64, u64) = (10, 7_200);

/// Reads `requires` of an operation; `ships` says whether the operation has that key.
pub(crate) fn read(
    report: &mut Report,
    operation: &Keyed<'_>,
    parameters: &Parameters<'_>,
    programs: &Programs,
    ships: bool,
) -> Option<Vec<Requirement>> {
    let Some(field) = operation.get("requires") else { return Some(vec![]) };
    let items = field.list(report, "a requirement")?;
    let read: Vec<Option<Requirement>> =
        items.iter().map(|item| one(report, item, parameters, programs, ships)).collect();
    read.into_iter().collect()
}

/// Reads `verify` of an operation.
pub(crate) fn verify(
    report: &mut Report,
    operation: &Keyed<'_>,
    parameters: &Parameters<'_>,
) -> Option<Vec<Verify>> {
    let Some(field) = operation.get("verify") else { return Some(vec![]) };
    let items = field.list(report, "something to verify")?;
    let read: Vec<Option<Verify>> = items.iter().map(|item| verified(report, item, parameters)).collect();
    read.into_iter().collect()
}

/// Which kind an item is.
fn kind<'k>(report: &mut Report, keyed: &Keyed<'_>, kinds: &[(&'k str, &[&str])]) -> Option<&'k str> {
    let named: Vec<&(&str, &[&str])> = kinds.iter().filter(|(kind, _)| keyed.get(kind).is_some()).collect();
    let names = || kinds.iter().map(|(kind, _)| *kind);
    let (kind, own) = match named.as_slice() {
        [one] => (one.0, one.1),
        [] => {
            if !keyed.has_strays {
                let hint = format!("write one of {}", listed(names()));
                report.error(keyed.at(), format!("{} does not say what has to hold", keyed.label()), hint);
            }
            return None;
        }
        [first, second, ..] => {
            report.error(
                keyed.get(second.0).map_or_else(|| keyed.at(), |field| field.at),
                format!("{} has {} and {}", keyed.label(), quoted(first.0), quoted(second.0)),
                "each has an item of its own",
            );
            return None;
        }
    };
    for key in kinds.iter().flat_map(|(_, keys)| keys.iter()).filter(|key| !own.contains(key)) {
        if let Some(field) = keyed.get(key) {
            report.error(
                field.at,
                format!("{} is no key beside {}", field.label, quoted(kind)),
                "leave it out",
            );
        }
    }
    Some(kind)
}

fn one(
    report: &mut Report,
    item: &Field<'_>,
    parameters: &Parameters<'_>,
    programs: &Programs,
    ships: bool,
) -> Option<Requirement> {
    let keyed = item.keyed(report, KEYS)?;
    let kind = kind(report, &keyed, KINDS)?;
    let at = keyed.get(kind)?;
    match kind {
        "listed" => {
            let value = text(report, at, parameters);
            let hint = "write the list that has to have it: `in: { github: tags, repository: acme/shop }`";
            let list = keyed.need(report, "in", hint).and_then(|field| {
                let keyed = field.keyed(report, source::SOURCE_KEYS)?;
                source::source(report, &keyed, parameters, programs)
            });
            Some(Requirement::Listed { value: value?, source: list? })
        }
        "green" => {
            let commit = text(report, at, parameters);
            let hint = "write the repository: `repository: acme/{service}`";
            let named =
                keyed.need(report, "repository", hint).and_then(|f| repository(report, f, parameters));
            Some(Requirement::Green { repository: named?, commit: commit? })
        }
        "ready" => is_true(report, at).then_some(Requirement::Ready),
        "not-older" => {
            let mut fine = is_true(report, at);
            if !ships {
                report.error(
                    at.at,
                    "nothing says which version the operation brings where",
                    "write it under `ships`, such as `ships: { version: \"{version}\" }`",
                );
                fine = false;
            }
            fine.then_some(Requirement::NotOlder)
        }
        _ => {
            let (url, status, contains) = answers(report, &keyed, at, parameters)?;
            Some(Requirement::Answers { url, status, contains })
        }
    }
}

fn is_true(report: &mut Report, field: &Field<'_>) -> bool {
    match field.boolean(report) {
        Some(true) => true,
        Some(false) => {
            report.error(field.value_at(), format!("{} is false", field.label), "leave the item out");
            false
        }
        None => false,
    }
}

/// Whether a question can end with this status. Redirects are followed, and 429 is asked again.
fn is_answer(status: u16) -> bool {
    (matches!(status, 200..=299) || matches!(status, 400..=599)) && status != 429
}

fn answers(
    report: &mut Report,
    keyed: &Keyed<'_>,
    at: &Field<'_>,
    parameters: &Parameters<'_>,
) -> Option<(String, u16, Option<String>)> {
    let url = address(report, at, parameters);
    let status = match keyed.get("status") {
        None => Some(200),
        Some(field) => {
            let number = field.integer(report)?;
            let status = u16::try_from(number).ok().filter(|status| is_answer(*status));
            if status.is_none() {
                report.error(
                    field.value_at(),
                    format!("no address can answer with {number} here"),
                    "write one from 200 to 299 or from 400 to 599, and not 429: where an address leads elsewhere it is followed, and where it asks to be left alone it is asked again",
                );
            }
            status
        }
    };
    let contains = match keyed.get("contains") {
        Some(field) => text(report, field, parameters).map(Some),
        None => Some(None),
    };
    Some((url?, status?, contains?))
}

/// The most lines that may be expected: more are no sign that all is well.
const MOST_LINES: i64 = 1_000_000_000;

fn at_most(report: &mut Report, field: &Field<'_>) -> Option<u64> {
    let number = field.integer(report)?;
    let fine = u64::try_from(number).ok().filter(|_| number <= MOST_LINES);
    if fine.is_none() {
        report.error(
            field.value_at(),
            format!("{} is {number}", field.label),
            format!("write how many lines may come, from 0 to {MOST_LINES}"),
        );
    }
    fine
}

fn name_of_watch(report: &mut Report, field: &Field<'_>) -> Option<Name> {
    let text = field.line(report)?;
    let name = text.text.parse::<Name>().ok();
    if name.is_none() {
        report.error(
            text.span,
            format!("{} cannot be the name of a watch", quoted(text.text)),
            "write one of those under `watches`",
        );
    }
    name
}

/// Whether the watches are there whose lines are counted. They are read after the operations.
pub(crate) fn check_watches(
    report: &mut Report,
    fields: &BTreeMap<&str, Vec<Field<'_>>>,
    operations: &[Operation],
    watches: &[Watch],
    named: &[&str],
) {
    for operation in operations {
        let Some(at) = fields.get(operation.name.as_str()).and_then(|all| all.first()) else { continue };
        let items = at.items_of("verify");
        for (number, verify) in operation.verify.iter().enumerate() {
            let Verification::Lines { watch: name, .. } = &verify.that else { continue };
            // Where an anchor hides the item, the operation stands for it.
            let at =
                items.get(number).and_then(|item| item.value_of("lines")).map_or(at.at, |lines| lines.at);
            match watches.iter().find(|watch| watch.name == *name) {
                Some(watch) if watch.sources.is_empty() => report.error(
                    at,
                    format!("the watch {} reads no logs", quoted(name.as_str())),
                    "name one that has `sources`, for only these count lines",
                ),
                Some(_) => {}
                // A watch that is wrong was reported where it stands.
                None if named.contains(&name.as_str()) => {}
                None => {
                    let hint = did_you_mean(name.as_str(), named.iter().copied(), || match named {
                        [] => "write one under `watches`".to_owned(),
                        [_, ..] => format!("there are {}", listed(named.iter().copied())),
                    });
                    report.error(at, format!("there is no watch {}", quoted(name.as_str())), hint);
                }
            }
        }
    }
}

fn verified(report: &mut Report, item: &Field<'_>, parameters: &Parameters<'_>) -> Option<Verify> {
    let keyed = item.keyed(report, VERIFY_KEYS)?;
    let kind = kind(report, &keyed, VERIFY_KINDS)?;
    let at = keyed.get(kind)?;
    if kind == "quiet" {
        let within = seconds(report, at, WITHIN_BOUNDS)?;
        return Some(Verify { that: Verification::Quiet, within });
    }
    if kind == "lines" {
        let watch = name_of_watch(report, at);
        let at_most = match keyed.get("at-most") {
            Some(field) => at_most(report, field),
            None => Some(0),
        };
        let within = match keyed.get("within") {
            Some(field) => seconds(report, field, WITHIN_BOUNDS),
            None => Some(WITHIN),
        };
        return Some(Verify {
            that: Verification::Lines { watch: watch?, at_most: at_most? },
            within: within?,
        });
    }
    let asked = answers(report, &keyed, at, parameters);
    let within = match keyed.get("within") {
        Some(field) => seconds(report, field, WITHIN_BOUNDS),
        None => Some(WITHIN),
    };
    let (url, status, contains) = asked?;
    Some(Verify { that: Verification::Answers { url, status, contains }, within: within? })
}

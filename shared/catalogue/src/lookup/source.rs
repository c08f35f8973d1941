//! `from`: the list of a system outside from which a parameter's values come.

use super::{address, repository, seconds, text};
use crate::parameter::kind::pattern;
use crate::program::Programs;
use crate::report::{Report, listed, quoted};
use crate::scope::Parameters;
use crate::target::command;
use crate::walk::{Field, Keyed};
use signalbox_domain::lookup::{Choices, GitHubList, Refs, Source};

/// The keys of `from`: those of a list, and three of its own.
pub(crate) const KEYS: &[&str] = &[
    "git",
    "remote",
    "github",
    "repository",
    "oci",
    "jenkins",
    "branch",
    "parameter",
    "json",
    "path",
    "program",
    "matching",
    "fresh",
    "stale",
];

/// The keys of a list.
pub(crate) const SOURCE_KEYS: &[&str] = KEYS.split_at(KEYS.len() - 3).0;

/// The kinds, by the key that names each, and the other keys that each has.
pub(crate) const KINDS: &[(&str, &[&str])] = &[
    ("git", &["remote"]),
    ("github", &["repository"]),
    ("oci", &[]),
    ("jenkins", &["parameter", "branch"]),
    ("json", &["path"]),
    ("program", &[]),
];

/// Lists of GitHub, by the words of the catalogue.
pub(crate) const GITHUB: &[(&str, GitHubList)] = &[
    ("branches", GitHubList::Branches),
    ("tags", GitHubList::Tags),
    ("releases", GitHubList::Releases),
    ("environments", GitHubList::Environments),
];

/// Lists of git.
pub(crate) const GIT: &[(&str, Refs)] = &[("branches", Refs::Branches), ("tags", Refs::Tags)];

/// A list counts as fresh for so many seconds, unless the catalogue says otherwise; and the least and the most.
const FRESH: u64 = 300;
const FRESHEST: (u64, u64) = (10, 86_400);

/// Reads `from`.
pub(crate) fn choices(
    report: &mut Report,
    field: &Field<'_>,
    parameters: &Parameters<'_>,
    programs: &Programs,
) -> Option<Choices> {
    let keyed = field.keyed(report, KEYS)?;
    let source = source(report, &keyed, parameters, programs);
    let matching = pattern(report, &keyed, "matching", "v[0-9]+");
    let fresh = match keyed.get("fresh") {
        Some(field) => seconds(report, field, FRESHEST),
        None => Some(FRESH),
    };
    let stale = match keyed.get("stale") {
        Some(field) => field.boolean(report),
        None => Some(false),
    };
    Some(Choices { source: source?, matching: matching?, fresh: fresh?, stale: stale? })
}

/// Reads the keys that say which list it is.
pub(super) fn source(
    report: &mut Report,
    keyed: &Keyed<'_>,
    parameters: &Parameters<'_>,
    programs: &Programs,
) -> Option<Source> {
    let named: Vec<&(&str, &[&str])> = KINDS.iter().filter(|(kind, _)| keyed.get(kind).is_some()).collect();
    let (kind, own) = match named.as_slice() {
        [one] => (one.0, one.1),
        [] => {
            report.error(
                keyed.at(),
                format!("{} does not say where the values come from", keyed.label()),
                "write one such as `{ github: tags, repository: acme/shop }` or `{ oci: registry.example.com/acme/shop }`",
            );
            return None;
        }
        [first, second, ..] => {
            report.error(
                keyed.get(second.0).map_or_else(|| keyed.at(), |field| field.at),
                format!("{} has {} and {}", keyed.label(), quoted(first.0), quoted(second.0)),
                "values come from one place: keep one of them with its keys",
            );
            return None;
        }
    };
    for key in SOURCE_KEYS.iter().filter(|key| **key != kind && !own.contains(key)) {
        if let Some(field) = keyed.get(key) {
            report.error(
                field.at,
                format!("{} is no key beside {}", field.label, quoted(kind)),
                match own {
                    [] => "leave it out".to_owned(),
                    own => format!("beside it stand {}", listed(own.iter().copied())),
                },
            );
        }
    }
    let at = keyed.get(kind)?;
    match kind {
        "git" => {
            let refs = word(report, at, GIT);
            let hint = "write the address of the repository: `remote: https://git.example.com/shop.git`";
            let remote = keyed.need(report, "remote", hint).and_then(|f| address(report, f, parameters));
            Some(Source::Git { remote: remote?, refs: refs? })
        }
        "github" => {
            let list = word(report, at, GITHUB);
            let hint = "write its owner and its name: `repository: acme/shop`";
            let named =
                keyed.need(report, "repository", hint).and_then(|f| repository(report, f, parameters));
            Some(Source::GitHub { repository: named?, list: list? })
        }
        "oci" => {
            let repository = text(report, at, parameters)?;
            let host = repository.split('/').next().unwrap_or_default();
            let is_host = host.contains(['.', ':', '{']) || host == "localhost";
            if !is_host || !repository.contains('/') || repository.contains("://") {
                report.error(
                    at.value_at(),
                    format!("{} is no repository of a registry", quoted(&repository)),
                    "write the registry's host and the name there: `oci: registry.example.com/acme/{service}`",
                );
                return None;
            }
            Some(Source::Oci { repository })
        }
        "jenkins" => {
            let job = text(report, at, parameters);
            let hint = "write the job's choice parameter: `parameter: TARGET`";
            let parameter = keyed.need(report, "parameter", hint).and_then(|f| f.line(report));
            let branch = match keyed.get("branch") {
                Some(field) => text(report, field, parameters).map(Some),
                None => Some(None),
            };
            Some(Source::Jenkins { job: job?, branch: branch?, parameter: parameter?.text.to_owned() })
        }
        "json" => {
            let url = address(report, at, parameters);
            let hint = "write where the values stand in the answer: `path: versions[].name`";
            let path = keyed.need(report, "path", hint).and_then(|f| f.line(report));
            Some(Source::Json { url: url?, path: path?.text.to_owned() })
        }
        _ => {
            let (program, arguments) = command(report, at, parameters, programs)?;
            Some(Source::Command { program, arguments })
        }
    }
}

fn word<T: Copy>(report: &mut Report, field: &Field<'_>, words: &[(&str, T)]) -> Option<T> {
    let text = field.line(report)?;
    let found = words.iter().find(|(word, _)| *word == text.text).map(|(_, means)| *means);
    if found.is_none() {
        let names = || words.iter().map(|(word, _)| *word);
        let hint =
            crate::report::did_you_mean(text.text, names(), || format!("it is one of {}", listed(names())));
        report.error(text.span, format!("{} has no list {}", field.label, quoted(text.text)), hint);
    }
    found
}

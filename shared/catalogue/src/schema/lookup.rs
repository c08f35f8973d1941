//! What is asked of systems outside: lists, requirements, what has to hold after a run.

use super::shape::{Key, key, key_as, list, object, only, refer, said_as, truth, without};
use crate::lookup::requires::{self, VERIFY_KEYS, VERIFY_KINDS};
use crate::lookup::ships;
use crate::lookup::source::{self, GIT, GITHUB, SOURCE_KEYS};
use serde_json::{Value, json};

/// Definitions of what is asked outside.
pub(super) fn definitions() -> Vec<Key> {
    vec![
        ("from", from()),
        ("list", one_source()),
        ("requirement", requirement()),
        ("verification", verification()),
        ("ships", shipping()),
        ("address", only(r"^(https?://|\{[^{}]+\.[^{}]+\})\S*\s*$")),
        ("repository", only(r"^([^\s/]+/[^\s/]+|\{[^{}]+\.[^{}]+\})\s*$")),
        ("length", only(r"^([0-9]{1,6}[wdhms])+\s*$")),
    ]
}

/// The keys of a list.
fn source_keys() -> Vec<Key> {
    let words = |all: Vec<&str>| json!({ "enum": all });
    vec![
        key(
            "git",
            "Branches or tags of a git repository that is read over HTTP.",
            words(GIT.iter().map(|(w, _)| *w).collect()),
        ),
        key("remote", "The address of that repository.", refer("address")),
        key("github", "A list of a repository on GitHub.", words(GITHUB.iter().map(|(w, _)| *w).collect())),
        key("repository", "That repository: its owner and its name.", refer("repository")),
        key_as(
            "oci",
            "Tags of a repository in a registry: its host and its name.",
            only(r"^(localhost|[^/\s]*[.:{][^/\s]*)/\S+\s*$"),
            json!(["registry.example.com/acme/shop"]),
        ),
        key("jenkins", "A Jenkins job, with its folders.", refer("line")),
        key("branch", "The branch, if the job has several.", refer("line")),
        key("parameter", "The job's choice parameter.", refer("line")),
        key("json", "An address that answers with JSON.", refer("address")),
        key_as("path", "Where the values stand in that JSON.", refer("line"), json!(["versions[].name"])),
        key_as(
            "program",
            "A program from `programs` that writes a value on each line; on one machine only.",
            list(1, &refer("text")),
            json!([["list-versions", "{service}"]]),
        ),
    ]
}

/// That a mapping is of one of these kinds, and has only the keys of that kind besides.
fn kinds(all: &[(&str, &[&str])], needed: &[(&str, &[&str])]) -> Value {
    let every: Vec<&str> =
        all.iter().flat_map(|(kind, own)| std::iter::once(*kind).chain(own.iter().copied())).collect();
    let branches: Vec<Value> = all
        .iter()
        .map(|(kind, own)| {
            let others: Vec<&str> =
                every.iter().filter(|key| *key != kind && !own.contains(key)).copied().collect();
            let mut branch = without(&others);
            let mut required = vec![*kind];
            required.extend(
                needed.iter().filter(|(of, _)| of == kind).flat_map(|(_, keys)| keys.iter().copied()),
            );
            branch["required"] = json!(required);
            branch
        })
        .collect();
    json!(branches)
}

/// Keys that stand beside a kind and may not be left out.
const NEEDED: &[(&str, &[&str])] =
    &[("git", &["remote"]), ("github", &["repository"]), ("jenkins", &["parameter"]), ("json", &["path"])];

fn from() -> Value {
    let mut keys = source_keys();
    keys.extend([
        key("matching", "Only values that this regular expression matches as a whole.", refer("text")),
        key("fresh", "For how long the list counts as fresh; 5m if left out.", refer("length")),
        key("stale", "Whether a value of the list that was read last may be asked for although the system cannot be asked now.", truth()),
    ]);
    let mut from = object(source::KEYS, &[], keys);
    from["oneOf"] = kinds(source::KINDS, NEEDED);
    said_as(from, "A list of a system outside from which the values come.")
}

fn one_source() -> Value {
    let mut source = object(SOURCE_KEYS, &[], source_keys());
    source["oneOf"] = kinds(source::KINDS, NEEDED);
    said_as(source, "A list of a system outside.")
}

/// An address that answers as expected.
fn answers() -> Vec<Key> {
    vec![
        key("answers", "This address answers.", refer("address")),
        key(
            "status",
            "With this status; 200 if left out.",
            json!({ "type": "integer", "minimum": 200, "maximum": 599, "not": { "anyOf": [{ "minimum": 300, "maximum": 399 }, { "const": 429 }] } }),
        ),
        key("contains", "With these words in what it says.", refer("line")),
    ]
}

fn requirement() -> Value {
    let yes = || json!({ "const": true });
    let mut keys = vec![
        key_as(
            "listed",
            "This value is in a list: the tag, the image, the release is there.",
            refer("line"),
            json!(["{version}"]),
        ),
        key("in", "That list.", refer("list")),
        key_as(
            "green",
            "All checks of this tag, branch or commit have succeeded on GitHub.",
            refer("line"),
            json!(["{version}"]),
        ),
        key("repository", "In this repository.", refer("repository")),
        key("ready", "The workflow or job is there, is enabled, and takes these inputs.", yes()),
        key("not-older", "The version is not older than the one that runs there; see `ships`.", yes()),
    ];
    keys.extend(answers());
    let mut requirement = object(requires::KEYS, &[], keys);
    requirement["oneOf"] = kinds(requires::KINDS, &[("listed", &["in"]), ("green", &["repository"])]);
    said_as(requirement, "Something that has to hold before it is carried out.")
}

fn verification() -> Value {
    let mut keys = answers();
    keys.extend([
        key("within", "For how long that is waited for; 5m if left out.", refer("length")),
        key("lines", "This watch counts few lines in the windows that begin after it.", refer("name")),
        key(
            "at-most",
            "At most so many; 0 if left out.",
            json!({ "type": "integer", "minimum": 0, "maximum": 1_000_000_000 }),
        ),
        key("quiet", "No alert comes for so long, of any watch that follows the operation.", refer("length")),
    ]);
    let mut verification = object(VERIFY_KEYS, &[], keys);
    verification["oneOf"] = kinds(VERIFY_KINDS, &[]);
    said_as(verification, "Something that has to hold after it succeeded, for the run to count as good.")
}

fn shipping() -> Value {
    let ships = object(
        ships::KEYS,
        &["version"],
        vec![
            key_as("version", "The version that runs afterwards.", refer("line"), json!(["{version}"])),
            key("place", "Where. Left out: the service in the environment.", refer("line")),
            key(
                "repository",
                "The repository on GitHub in which versions are compared.",
                refer("repository"),
            ),
        ],
    );
    said_as(ships, "Which version it brings where: it is compared with what runs there.")
}

//! Checks that the workspace follows its dependency rules; see `ARCHITECTURE.md`.

mod circles;
mod core;
mod documented;
mod recipes;
mod sizes;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(format!("{ROOT}/Cargo.toml")).no_deps().exec().unwrap()
}

/// The dependencies of each workspace package, without those that only its tests need.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let normal = |kind: DependencyKind| kind != DependencyKind::Development;
    let packages = metadata().packages.into_iter();
    packages
        .map(|p| {
            let all = p.dependencies.into_iter().filter(|d| normal(d.kind)).map(|d| d.name);
            (p.name.to_string(), all.collect())
        })
        .collect()
}

fn ours(all: &BTreeSet<String>) -> BTreeSet<&str> {
    all.iter().filter_map(|d| d.strip_prefix("signalbox-")).collect()
}

#[test]
fn each_crate_depends_only_on_what_the_plan_allows() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("signalbox-domain", &[][..]),
        ("signalbox-simulator", &[]),
        ("signalbox-fingerprint", &[]),
        ("signalbox-signing", &[]),
        ("signalbox-engine", &["domain", "signing"]),
        ("signalbox-voice", &["domain"]),
        ("signalbox-watch", &["domain", "engine", "fingerprint"]),
        // Uses only the feature `yaml` of the fingerprints, to check whether the rules of a watch are valid.
        ("signalbox-catalogue", &["domain", "fingerprint"]),
        ("signalbox-backends", &["domain", "engine"]),
        ("signalbox-logs", &["domain", "engine"]),
        ("signalbox-slack", &["domain", "engine", "signing", "voice"]),
        ("signalbox-sqlite", &["domain", "engine"]),
        ("signalbox-aws", &["domain", "engine"]),
        ("signalbox-local-command", &["domain", "engine"]),
        ("signalbox-transport", &["domain", "engine"]),
        // The only adapter that may name another one, because a door speaks the protocol of its chat.
        ("signalbox-doors", &["domain", "engine", "slack", "voice"]),
        ("signalbox-testkit", &["domain", "engine"]),
        // The part that all functions share. It puts adapters together, as a `main.rs` would do.
        (
            "signalbox-lambda",
            &["aws", "backends", "catalogue", "domain", "engine", "logs", "slack", "transport", "watch"],
        ),
    ]);
    let dependencies = dependencies();
    for (package, may) in &allowed {
        let Some(has) = dependencies.get(*package).map(ours) else { continue };
        let may: BTreeSet<&str> = may.iter().copied().collect();
        assert!(has.is_subset(&may), "{package} depends on {has:?}, and may on {may:?}");
    }
    let known = ["signalbox", "signalbox-tests", "signalbox-benches"];
    for package in dependencies.keys() {
        assert!(
            allowed.contains_key(package.as_str())
                || known.contains(&package.as_str())
                || LAMBDAS.contains(&package.as_str()),
            "{package} is new: say here what it may depend on"
        );
    }
}

/// The packages that are deployed as functions.
const LAMBDAS: [&str; 6] =
    ["slack-ingress", "webhook-ingress", "dispatcher", "notifier", "caretaker", "log-watch"];

#[test]
fn what_belongs_to_one_machine_never_reaches_a_lambda() {
    let dependencies = dependencies();
    for lambda in LAMBDAS {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut next = vec![lambda];
        while let Some(package) = next.pop() {
            if reached.insert(package) {
                let inside = dependencies.get(package).into_iter().flatten();
                next.extend(inside.map(String::as_str));
            }
        }
        for never in ["signalbox", "signalbox-sqlite", "signalbox-local-command", "signalbox-simulator"] {
            assert!(!reached.contains(never), "{lambda} reaches {never}");
        }
        let others: Vec<_> = LAMBDAS.iter().filter(|o| **o != lambda && reached.contains(**o)).collect();
        assert!(others.is_empty(), "{lambda} reaches {others:?}");
    }
    // Only the command line, the tests and the benchmarks turn on the catalogue's feature `yaml`. AWS is an optional
    // dependency of the command line.
    for package in metadata().packages {
        for dependency in &package.dependencies {
            let name = package.name.as_str();
            if dependency.name == "signalbox-catalogue" && dependency.features.contains(&"yaml".to_owned()) {
                assert!(
                    ["signalbox", "signalbox-tests", "signalbox-benches"].contains(&name),
                    "{name} links YAML"
                );
            }
            // The dispatcher alone of the functions reads workflow files of GitHub.
            if dependency.name == "signalbox-catalogue"
                && dependency.features.contains(&"workflow".to_owned())
            {
                assert_eq!(name, "dispatcher", "{name} links YAML");
            }
            if dependency.name == "signalbox-aws" && name == "signalbox" {
                assert!(dependency.optional, "signalbox links AWS without being asked to");
            }
        }
        if package.name.as_str() == "signalbox" {
            assert!(!package.features.contains_key("default"), "signalbox has no features by itself");
        }
    }
}

#[test]
fn what_belongs_to_one_crate_stays_there() {
    let owners: [(&str, &[&str]); 10] = [
        ("lambda_runtime", &["signalbox-lambda", "dispatcher", "notifier", "caretaker", "log-watch"]),
        ("aws-config", &["signalbox-aws"]),
        ("rusqlite", &["signalbox-sqlite", "signalbox-benches"]),
        ("granit-parser", &["signalbox-catalogue"]),
        ("reqwest", &["signalbox-transport"]),
        ("rustix", &["signalbox", "signalbox-local-command"]),
        ("clap", &["signalbox"]),
        ("jsonwebtoken", &["signalbox-backends"]),
        ("hmac", &["signalbox-signing", "signalbox-simulator", "signalbox-benches"]),
        (
            "serde_json",
            &[
                "signalbox",
                "signalbox-aws",
                "signalbox-backends",
                "signalbox-catalogue",
                // Whether a parameter's value is JSON, and nothing else.
                "signalbox-domain",
                "signalbox-doors",
                "signalbox-engine",
                "signalbox-local-command",
                "signalbox-logs",
                "signalbox-simulator",
                "signalbox-slack",
                "signalbox-watch",
                "signalbox-benches",
                "signalbox-tests",
                "caretaker",
                "log-watch",
            ],
        ),
    ];
    let dependencies = dependencies();
    for (package, has) in &dependencies {
        let sdk = has.iter().find(|d| d.starts_with("aws-sdk-"));
        assert!(sdk.is_none() || package == "signalbox-aws", "{package} uses {sdk:?}");
        // The benchmarks cover both homes, so they measure the adapters themselves.
        let may = ["signalbox", "signalbox-lambda", "signalbox-benches"].contains(&package.as_str());
        assert!(may || !has.contains("signalbox-aws"), "{package} depends on signalbox-aws");
    }
    for (library, may) in owners {
        for (package, has) in &dependencies {
            assert!(
                !has.contains(library) || may.contains(&package.as_str()),
                "{package} uses {library}, which belongs to {may:?}"
            );
        }
    }
}

#[test]
fn the_command_line_prints_in_one_place() {
    for (file, text) in sources("functions/signalbox/src") {
        if file.ends_with("/paint.rs") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for raw in [
            "comfy_table",
            "println!",
            "print!(",
            "with_writer(std",
            "eprint!(",
            "stderr().lock",
            "io::stderr(), ",
        ] {
            assert!(
                !code.contains(raw),
                "{file} prints by itself ({raw}): text from outside must pass `paint`"
            );
        }
        // These files write bytes for programs: the artefact, the export, and patterns as CSV and JSON. Each cleans the
        // bytes where it makes them.
        let bytes = ["/catalogue/compile.rs", "/audit/export.rs", "/fingerprint.rs"];
        let may = bytes.iter().any(|f| file.ends_with(f));
        assert!(may || !code.contains("stdout()"), "{file} writes to standard output by itself");
    }
}

/// Every Rust file below a folder of the project, with its text.
pub(crate) fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    let mut folders = vec![Path::new(ROOT).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with(".venv") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }
    found
}

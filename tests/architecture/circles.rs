//! No file imports another one in a circle, except a parent and its parts. Files that import each other in a circle
//! hold one idea together.

use super::sources;
use std::collections::{BTreeMap, BTreeSet};

/// The folders that are checked. The simulator is not among them, because it still has circles.
const FOLDERS: [&str; 14] = [
    "shared/aws/src",
    "shared/backends/src",
    "shared/catalogue/src",
    "shared/domain/src",
    "shared/doors/src",
    "shared/engine/src",
    "shared/fingerprint/src",
    "shared/local-command/src",
    "shared/logs/src",
    "shared/slack/src",
    "shared/sqlite/src",
    "shared/voice/src",
    "shared/watch/src",
    "functions/signalbox/src",
];

/// The modules of a folder by their paths. The text of each is given without tests and comments.
fn modules(folder: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (file, text) in sources(folder) {
        let Some((_, inside)) = file.split_once(&format!("{folder}/")) else { continue };
        if inside.contains("tests") {
            continue;
        }
        let path: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
        let path: Vec<&str> = path.into_iter().filter(|p| !["mod", "lib", "main"].contains(p)).collect();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        found.insert(path.join("::"), code.join(" "));
    }
    found
}

/// All paths of one `use`, with the braces expanded.
fn spelled(paths: &str) -> Vec<String> {
    let Some((before, inside)) = paths.split_once('{') else { return vec![paths.trim().to_owned()] };
    let inside = inside.rsplit_once('}').map_or(inside, |(inside, _)| inside);
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for c in inside.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(c);
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| spelled(&format!("{}{}", before.trim(), part.trim()))).collect()
}

/// The modules that a module imports, except its own parents and parts.
fn imports(module: &str, code: &str, all: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for used in code.split("use ").skip(1).filter_map(|rest| rest.split_once(';')) {
        for path in spelled(used.0) {
            let mut steps: Vec<&str> = path.split("::").map(str::trim).collect();
            let mut at: Vec<&str> = module.split("::").filter(|step| !step.is_empty()).collect();
            match steps[0] {
                "crate" => at.clear(),
                "self" => {}
                "super" => {
                    while steps.first() == Some(&"super") {
                        at.pop();
                        steps.remove(0);
                    }
                    steps.insert(0, "super");
                }
                _ => continue,
            }
            at.extend(&steps[1..]);
            let known = (1..=at.len()).rev().map(|n| at[..n].join("::")).find(|name| all.contains_key(name));
            found.extend(known);
        }
    }
    let kin = |other: &str| {
        module.is_empty()
            || other == module
            || other.starts_with(&format!("{module}::"))
            || module.starts_with(&format!("{other}::"))
    };
    found.retain(|other| !kin(other));
    found
}

/// All modules that can be reached from a module.
fn reached<'m>(from: &'m str, edges: &'m BTreeMap<String, BTreeSet<String>>) -> BTreeSet<&'m str> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(module) = next.pop() {
        for other in edges.get(module).into_iter().flatten() {
            if seen.insert(other.as_str()) {
                next.push(other);
            }
        }
    }
    seen
}

#[test]
fn no_file_imports_another_in_a_circle() {
    for folder in FOLDERS {
        let all = modules(folder);
        assert!(all.len() > 1, "{folder} has no files");
        let edges = all.iter().map(|(module, code)| (module.clone(), imports(module, code, &all))).collect();
        let circle: Vec<&String> = all.keys().filter(|m| reached(m, &edges).contains(m.as_str())).collect();
        assert!(circle.is_empty(), "{folder}: these import each other in a circle: {circle:?}");
    }
}

#[test]
fn a_circle_is_seen() {
    let file = |code: &str| code.to_owned();
    let all = BTreeMap::from([
        ("a".to_owned(), file("use crate::b::{self, Thing}; ")),
        ("b".to_owned(), file("use super::c::{d::Deep, Other}; ")),
        ("c".to_owned(), file("use self::d::Deep; ")),
        ("c::d".to_owned(), file("use crate::{a::Name, e}; ")),
        ("e".to_owned(), file("use std::fmt; ")),
    ]);
    let edges: BTreeMap<_, _> =
        all.iter().map(|(module, code)| (module.clone(), imports(module, code, &all))).collect();
    assert_eq!(edges["b"], BTreeSet::from(["c".to_owned(), "c::d".to_owned()]));
    assert_eq!(edges["c"], BTreeSet::new(), "a parent and its part");
    for within in ["a", "b", "c::d"] {
        assert!(reached(within, &edges).contains(within), "{within}");
    }
    assert!(!reached("e", &edges).contains("e"));
}

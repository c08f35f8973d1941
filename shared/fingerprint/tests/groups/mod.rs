//! The labelled cases and how they are written.
//!
//! `=== name` opens a group with one record on each line. `+++ name` opens a group whose records have several lines
//! and are separated by `---`.
//! `=> template` is what the group's template must be; `\e` is an escape character.

use signalbox_fingerprint::{Fingerprint, Fingerprinter, Rules};
use std::collections::HashMap;

/// Records that are one event.
pub struct Group {
    pub name: String,
    pub several: bool,
    pub template: Option<String>,
    pub records: Vec<String>,
}

/// Reads a file of cases.
pub fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = vec![];
    for line in text.lines() {
        let line = line.replace("\\e", "\u{1b}");
        if let Some(name) = line.strip_prefix("=== ").or_else(|| line.strip_prefix("+++ ")) {
            let several = line.starts_with('+');
            groups.push(Group { name: name.into(), several, template: None, records: vec![] });
            continue;
        }
        let Some(group) = groups.last_mut() else { continue };
        if let Some(template) = line.strip_prefix("=> ") {
            group.template = Some(template.into());
        } else if !group.several {
            group.records.push(line);
        } else if line == "---" {
            group.records.push(String::new());
        } else {
            if group.records.is_empty() {
                group.records.push(String::new());
            }
            let Some(record) = group.records.last_mut() else { continue };
            if !record.is_empty() {
                record.push('\n');
            }
            record.push_str(&line);
        }
    }
    groups
}

/// The files, by name.
pub const FILES: [(&str, &str); 4] = [
    ("text", include_str!("../cases/text.txt")),
    ("cloud", include_str!("../cases/cloud.txt")),
    ("json", include_str!("../cases/json.txt")),
    ("traces", include_str!("../cases/traces.txt")),
];

/// The groups that are wrong, and the number of all groups. A group is right if it has one fingerprint that no other
/// group of the file has.
pub fn wrong(rules: &Rules) -> (Vec<String>, usize) {
    let mut prints = Fingerprinter::new(rules);
    let (mut wrong, mut all) = (vec![], 0);
    for (_, text) in FILES {
        let groups = groups(text);
        let mut owners: HashMap<Option<Fingerprint>, Vec<usize>> = HashMap::new();
        for (n, group) in groups.iter().enumerate() {
            for record in &group.records {
                owners.entry(prints.line(record.as_bytes()).map(|p| p.fingerprint)).or_default().push(n);
            }
        }
        let mut groups_of = vec![0; groups.len()];
        let mut mixed = vec![false; groups.len()];
        for owners in owners.values_mut() {
            owners.dedup();
            for &n in owners.iter() {
                groups_of[n] += 1;
                mixed[n] |= owners.len() > 1;
            }
        }
        all += groups.len();
        for ((group, count), mixed) in groups.iter().zip(groups_of).zip(mixed) {
            if count != 1 || mixed {
                wrong.push(group.name.clone());
            }
        }
    }
    (wrong, all)
}

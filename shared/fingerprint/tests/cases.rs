//! Labelled cases: lines of one group have one fingerprint, lines of different groups of a file have different ones.

mod groups;

use groups::{FILES, groups};
use signalbox_fingerprint::{Fingerprinter, Joiner, Rules};
use std::collections::BTreeMap;

#[test]
fn one_fingerprint_a_group() {
    let mut prints = Fingerprinter::new(&Rules::default());
    let mut wrong = vec![];
    let (mut records, mut all) = (0, 0);
    for (file, text) in FILES {
        let mut owners: BTreeMap<_, (String, String)> = BTreeMap::new();
        for group in groups(text) {
            all += 1;
            let mut templates = vec![];
            for record in &group.records {
                records += 1;
                let print = prints.line(record.as_bytes()).unwrap();
                let template = print.template.to_owned();
                let owner =
                    owners.entry(print.fingerprint).or_insert_with(|| (group.name.clone(), template.clone()));
                if owner.0 != group.name {
                    wrong.push(format!("{file}: `{}` and `{}` are one: {template}", owner.0, group.name));
                }
                if group.template.as_ref().is_some_and(|t| *t != template) {
                    wrong.push(format!("{file}: `{}` has the template {template}", group.name));
                }
                if !templates.contains(&template) {
                    templates.push(template);
                }
            }
            if templates.len() > 1 {
                wrong.push(format!("{file}: `{}` is split:\n   {}", group.name, templates.join("\n   ")));
            }
            if std::env::args().any(|a| a == "--nocapture") {
                println!("{file}: {}\n   {}", group.name, templates.join("\n   "));
            }
        }
    }
    println!("{all} groups, {records} records");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(all >= 100, "{all} groups");
    assert_eq!(groups::wrong(&Rules::default()), (vec![], all));
}

#[test]
fn the_joiner_finds_the_records_again() {
    let mut wrong = vec![];
    for group in groups(include_str!("cases/traces.txt")) {
        for record in &group.records {
            let mut joiner = Joiner::new();
            let mut found = vec![];
            let before = "2026-02-03 04:05:05,000 INFO [main] com.example.Web: quiet";
            let after = "2026-02-03 04:05:07,000 INFO [main] com.example.Web: quiet again";
            // An exception without a log line of its own belongs to the line before it: this test does not check
            // that.
            let lines = record.lines().chain([after, before]);
            for line in lines {
                joiner.push(line.as_bytes(), 0, &mut |r| {
                    found.push(String::from_utf8_lossy(r.text).into_owned());
                });
            }
            joiner.finish(&mut |r| found.push(String::from_utf8_lossy(r.text).into_owned()));
            if found != [record.as_str(), after, before] {
                wrong.push(format!("`{}`: {:#?}", group.name, found));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! What services really write, in order: which lines are one record, and how bad each record is.
//!
//! `--- level` begins a record of `kinds/records.txt`; `-` means no level.

use signalbox_fingerprint::{Fingerprinter, Joiner, Level, Rules};

/// A record's level and its lines.
fn records(text: &str) -> Vec<(String, Vec<&str>)> {
    let mut records: Vec<(String, Vec<&str>)> = vec![];
    for line in text.lines() {
        if let Some(level) = line.strip_prefix("--- ") {
            records.push((level.to_owned(), vec![]));
        } else if let Some((_, lines)) = records.last_mut() {
            lines.push(line);
        }
    }
    records
}

#[test]
fn records_and_levels_of_every_kind() {
    let expected = records(include_str!("kinds/records.txt"));
    let mut joiner = Joiner::new();
    let mut prints = Fingerprinter::new(&Rules::default());
    let mut found: Vec<(String, usize)> = vec![];
    let mut give = |record: signalbox_fingerprint::Record<'_>| {
        let level = prints.line(record.text).and_then(|p| p.level);
        found.push((level.map_or("-", Level::name).to_owned(), record.lines));
    };
    for line in expected.iter().flat_map(|(_, lines)| lines) {
        joiner.push(line.as_bytes(), 0, &mut give);
    }
    joiner.finish(&mut give);
    let mut wrong = vec![];
    for ((level, lines), (found_level, found_lines)) in expected.iter().zip(&found) {
        if level != found_level || lines.len() != *found_lines {
            wrong.push(format!(
                "{found_lines} lines, {found_level}; not {} lines, {level}: {}",
                lines.len(),
                lines.join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.first().cloned().unwrap_or_default());
    assert_eq!(found.len(), expected.len());
    assert!(expected.len() >= 60);
}

/// Each record has the same level alone as among the others.
#[test]
fn a_record_alone_is_as_bad() {
    for (level, lines) in records(include_str!("kinds/records.txt")) {
        let mut found = vec![];
        let mut joiner = Joiner::new();
        let mut prints = Fingerprinter::new(&Rules::default());
        let mut give = |record: signalbox_fingerprint::Record<'_>| {
            found.push(prints.line(record.text).and_then(|p| p.level).map_or("-", Level::name).to_owned());
        };
        for line in &lines {
            joiner.push(line.as_bytes(), 0, &mut give);
        }
        joiner.finish(&mut give);
        assert_eq!(found, [level], "{}", lines.join("\n"));
    }
}

//! `signalbox fingerprint --compare`: what a team's rules change, compared with the built-in rules alone.
//!
//! Each record is named twice, once by each set of rules. Only the number of records for each pair of names is kept:
//! that is bounded, however long the stream is.

use super::read::records;
use super::{MOST_PATTERNS, own, quoted};
use crate::cli::{Fingerprint as Options, Format};
use crate::paint::Lines;
use anyhow::bail;
use serde_json::json;
use signalbox_domain::redact::redact;
use signalbox_domain::visible;
use signalbox_fingerprint::{Fingerprint, Fingerprinter, Rules};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::io::Write;

/// Compares, and prints every change.
///
/// # Errors
/// When there are no rules to compare, when they are wrong, or a file cannot be read.
pub(super) fn run(options: &Options, out: &mut impl Write) -> anyhow::Result<()> {
    let own = own(options)?;
    if own.is_empty() {
        bail!(
            "there are no rules to compare\nhelp: name a catalogue with --rules, or write rules with --mask, --split, --merge and --ignore"
        );
    }
    let rules = signalbox_watch::rules(&own).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
    let (mut plain, mut ruled) = (Fingerprinter::new(&Rules::default()), Fingerprinter::new(&rules));
    let mut seen = Seen::default();
    records(options, |record| {
        if let Some(before) = plain.line(record.text) {
            seen.take(&before, ruled.line(record.text).as_ref());
        }
        Ok(())
    })?;
    print(options, &seen, out)
}

/// A pattern by one of the two sets of rules.
struct Named {
    fingerprint: Fingerprint,
    template: String,
    /// How many patterns of the other set share records with it, and how many records it has.
    partners: u64,
    records: u64,
}

/// How many records have each pair of names.
#[derive(Default)]
struct Seen {
    before: HashMap<u64, Named>,
    after: HashMap<u64, Named>,
    pairs: HashMap<(u64, Option<u64>), u64>,
    beyond: u64,
}

impl Seen {
    fn take(
        &mut self,
        before: &signalbox_fingerprint::Print<'_>,
        after: Option<&signalbox_fingerprint::Print<'_>>,
    ) {
        let key = (before.fingerprint.to_u64(), after.map(|print| print.fingerprint.to_u64()));
        let known = self.pairs.contains_key(&key);
        if !known && self.pairs.len() == MOST_PATTERNS {
            self.beyond += 1;
            return;
        }
        *self.pairs.entry(key).or_default() += 1;
        note(&mut self.before, before, u64::from(!known && after.is_some()));
        if let Some(after) = after {
            note(&mut self.after, after, u64::from(!known));
        }
    }
}

fn note(into: &mut HashMap<u64, Named>, print: &signalbox_fingerprint::Print<'_>, partners: u64) {
    let named = into.entry(print.fingerprint.to_u64()).or_insert_with(|| Named {
        fingerprint: print.fingerprint,
        template: print.template.to_owned(),
        partners: 0,
        records: 0,
    });
    named.partners += partners;
    named.records += 1;
}

/// What became of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// Its records are ignored now.
    Ignored,
    /// It and other patterns became one.
    Merged,
    /// It became several patterns.
    Split,
    /// The same records under another name: a watch sees a new pattern, and the old one falls quiet.
    Renamed,
}

impl Change {
    const ALL: [Self; 4] = [Self::Ignored, Self::Merged, Self::Split, Self::Renamed];

    fn word(self) -> &'static str {
        match self {
            Self::Ignored => "ignored",
            Self::Merged => "merged",
            Self::Split => "split",
            Self::Renamed => "renamed",
        }
    }
}

/// Records of one pattern, and the pattern that they became.
struct Row<'a> {
    change: Change,
    count: u64,
    from: &'a Named,
    to: Option<&'a Named>,
}

impl Row<'_> {
    /// Patterns that were merged stand together, and so do those that were split; the largest come first.
    fn order(&self) -> impl Ord + use<> {
        let group = match (self.change, self.to) {
            (Change::Merged, Some(to)) => to,
            _ => self.from,
        };
        let to = self.to.map(|to| to.fingerprint.to_u64());
        let from = self.from.fingerprint.to_u64();
        (self.change, Reverse(group.records), group.fingerprint.to_u64(), Reverse(self.count), from, to)
    }
}

fn rows(seen: &Seen) -> Vec<Row<'_>> {
    let row = |(&(from, to), &count): (&(u64, Option<u64>), &u64)| {
        let from = seen.before.get(&from)?;
        let to = to.and_then(|to| seen.after.get(&to));
        let change = match to {
            None => Change::Ignored,
            Some(to) if to.partners > 1 => Change::Merged,
            Some(_) if from.partners > 1 => Change::Split,
            Some(to) if to.fingerprint != from.fingerprint => Change::Renamed,
            Some(_) => return None,
        };
        Some(Row { change, count, from, to })
    };
    let mut rows: Vec<Row<'_>> = seen.pairs.iter().filter_map(row).collect();
    rows.sort_by_cached_key(Row::order);
    rows
}

fn print(options: &Options, seen: &Seen, out: &mut impl Write) -> anyhow::Result<()> {
    let mut rows = rows(seen);
    let told: Vec<String> = Change::ALL
        .into_iter()
        .map(|change| {
            let records: u64 = rows.iter().filter(|row| row.change == change).map(|row| row.count).sum();
            format!("{} {records} records", change.word())
        })
        .collect();
    let all = rows.len();
    if options.top > 0 {
        rows.truncate(options.top);
    }
    match options.format {
        Format::Table => table(&rows, out)?,
        Format::Json => {
            for row in &rows {
                let named = |named: &Named| json!({"fingerprint": named.fingerprint.to_string(), "template": visible::line(&redact(&named.template))});
                let object = json!({"change": row.change.word(), "count": row.count, "from": named(row.from), "to": row.to.map(named)});
                writeln!(out, "{object}")?;
            }
        }
        Format::Csv => {
            writeln!(out, "change,count,from,from_template,to,to_template")?;
            for row in &rows {
                let cells = |named: &Named| {
                    format!("{},{}", named.fingerprint, quoted(&visible::line(&redact(&named.template))))
                };
                let to = row.to.map_or_else(|| ",".to_owned(), cells);
                writeln!(out, "{},{},{},{to}", row.change.word(), row.count, cells(row.from))?;
            }
        }
    }
    if options.format == Format::Table {
        let (before, after) = (seen.before.len(), seen.after.len());
        writeln!(out, "{before} patterns become {after}: {}", told.join(", "))?;
        if all > rows.len() {
            writeln!(out, "not shown: {} changes; --top 0 shows all", all - rows.len())?;
        }
        if seen.beyond > 0 {
            let beyond = seen.beyond;
            writeln!(
                out,
                "not compared: {beyond} records of further patterns, beyond the first {MOST_PATTERNS}"
            )?;
        }
    }
    Ok(())
}

fn table(rows: &[Row<'_>], out: &mut impl Write) -> anyhow::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut lines = Lines::new(&["change", "count", "pattern", "becomes"]);
    for row in rows {
        let becomes = match row.to {
            Some(to) => redact(&to.template),
            None => "-".to_owned(),
        };
        let cells =
            [row.change.word().to_owned(), row.count.to_string(), redact(&row.from.template), becomes];
        lines.row(&cells, None);
    }
    writeln!(out, "{lines}")?;
    Ok(())
}

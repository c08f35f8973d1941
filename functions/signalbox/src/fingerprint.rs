//! `signalbox fingerprint`: log lines grouped by what they say. Reads streams of any length in bounded memory.

mod compare;
mod cores;
mod kinds;
mod part;
mod read;

use crate::cli::{Fingerprint as Options, Format};
use crate::paint::Lines;
use anyhow::bail;
use part::{Part, Pattern, Wanted, worst};
use serde_json::json;
use signalbox_domain::Name;
use signalbox_domain::redact::redact;
use signalbox_domain::visible;
use signalbox_domain::watch::Rule;
use signalbox_fingerprint::{LevelBy, Rules};
use std::collections::HashMap;
use std::io::{BufWriter, IsTerminal, Write, stderr, stdout};
use std::path::Path;
use std::process::ExitCode;

/// At most this many patterns are told apart. Records of further patterns are counted together, and the output says
/// so.
const MOST_PATTERNS: usize = 100_000;

pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(stdout().lock());
    let done = if options.each && options.families {
        kinds::each(options, &mut out)
    } else if options.each {
        each(options, &mut out)
    } else if options.compare {
        compare::run(options, &mut out)
    } else if options.suggest {
        kinds::suggest(options, &mut out)
    } else {
        patterns(options, &mut out)
    };
    // The reader of the output (`… | head`) may have stopped reading: that is no failure.
    match done.and_then(|()| Ok(out.flush()?)) {
        Err(error)
            if error
                .downcast_ref::<std::io::Error>()
                .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe) =>
        {
            Ok(ExitCode::SUCCESS)
        }
        done => done.map(|()| ExitCode::SUCCESS),
    }
}

/// The rules of the watch first, then those of the command line.
fn rules(options: &Options) -> anyhow::Result<Rules> {
    let own = own(options)?;
    signalbox_watch::rules(&own).map_err(|wrong| anyhow::anyhow!("{wrong}"))
}

fn own(options: &Options) -> anyhow::Result<Vec<Rule>> {
    let mut own = match &options.rules {
        Some(folder) => watched(folder, options.watch.as_deref())?,
        None => vec![],
    };
    own.extend(options.mask.iter().cloned().map(Rule::Mask));
    own.extend(options.split.iter().cloned().map(Rule::Split));
    own.extend(options.merge.iter().cloned().map(Rule::Merge));
    own.extend(options.ignore.iter().cloned().map(Rule::Ignore));
    Ok(own)
}

/// The rules of the named watch, or of the only one.
fn watched(folder: &Path, name: Option<&str>) -> anyhow::Result<Vec<Rule>> {
    let catalogue = signalbox_catalogue::load(folder)
        .map_err(|problems| anyhow::anyhow!("{}", problems.render(stderr().is_terminal())))?;
    let names: Vec<&str> = catalogue.watches.keys().map(Name::as_str).collect();
    let all = names.join(", ");
    let folder = folder.display();
    let meant = match (name, names.as_slice()) {
        (_, []) => bail!("{folder} has no watches\nhelp: write `watches:`; docs/catalogue.md says how"),
        (Some(name), _) => name,
        (None, [only]) => *only,
        (None, _) => bail!("{folder} has several watches\nhelp: choose one with --watch: {all}"),
    };
    match catalogue.watches.values().find(|watch| watch.name.as_str() == meant) {
        Some(watch) => Ok(watch.rules.clone()),
        None => bail!("{folder} has no watch {}\nhelp: there is {all}", redact(meant)),
    }
}

fn each(options: &Options, out: &mut impl Write) -> anyhow::Result<()> {
    let mut line = 0u64;
    writeln!(out, "line_id,fingerprint")?;
    cores::parts(options, Wanted::Lines, |part| {
        // Every line of a record has the record's fingerprint.
        for (print, lines) in part.lines {
            for _ in 0..lines {
                line += 1;
                if let Some(fingerprint) = print {
                    writeln!(out, "{line},{fingerprint}")?;
                }
            }
        }
        Ok(())
    })
}

/// The patterns of all records.
#[derive(Default)]
struct Found {
    by_name: HashMap<u64, Pattern>,
    patterns: Vec<Pattern>,
    records: u64,
    left_out: u64,
    beyond: u64,
}

impl Found {
    /// Takes the next part; parts come in order.
    fn take(&mut self, part: Part) {
        self.records += part.records;
        self.left_out += part.left_out;
        for pattern in part.patterns {
            let key = pattern.fingerprint.to_u64();
            if let Some(known) = self.by_name.get_mut(&key) {
                known.count += pattern.count;
                known.level = worst(known.level, pattern.level);
            } else if self.by_name.len() == MOST_PATTERNS {
                self.beyond += pattern.count;
            } else {
                self.by_name.insert(key, pattern);
            }
        }
    }
}

/// Reads all records; the most frequent patterns come first.
fn find(options: &Options) -> anyhow::Result<Found> {
    let mut found = Found::default();
    cores::parts(options, Wanted::Patterns, |part| {
        found.take(part);
        Ok(())
    })?;
    found.patterns = std::mem::take(&mut found.by_name).into_values().collect();
    sort(&mut found.patterns);
    Ok(found)
}

fn sort(patterns: &mut [Pattern]) {
    patterns.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.template.cmp(&b.template)));
}

fn patterns(options: &Options, out: &mut impl Write) -> anyhow::Result<()> {
    let Found { mut patterns, records, left_out, beyond, .. } = find(options)?;
    if options.families {
        patterns = kinds::together(patterns);
    }
    let all = patterns.len();
    let shown = if options.top == 0 { all } else { options.top.min(all) };
    let hidden: u64 = patterns[shown..].iter().map(|p| p.count).sum();
    patterns.truncate(shown);
    print(options, &patterns, records, out)?;
    if options.format == Format::Table {
        let what = if options.families { "families and patterns" } else { "patterns" };
        writeln!(out, "{all} {what} in {records} records")?;
        if hidden > 0 {
            writeln!(out, "not shown: {} {what} with {hidden} records; --top 0 shows all", all - shown)?;
        }
        if beyond > 0 {
            writeln!(
                out,
                "not told apart: {beyond} records of further patterns, beyond the first {MOST_PATTERNS}"
            )?;
        }
        if left_out > 0 {
            writeln!(out, "left out: {left_out} records, empty or ignored by a rule")?;
        }
    }
    Ok(())
}

fn print(options: &Options, patterns: &[Pattern], records: u64, out: &mut impl Write) -> anyhow::Result<()> {
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    let share = |count: u64| count as f64 / records.max(1) as f64;
    let level = |p: &Pattern| p.level.map(|(level, _)| level.name()).unwrap_or_default();
    let why = |p: &Pattern| p.level.and_then(|(_, by)| by).map_or("nothing says it", LevelBy::text);
    match options.format {
        Format::Table => {
            let mut heads = vec!["count", "share", "level", "fingerprint", "pattern"];
            heads.extend(options.explain.then_some("level from"));
            let mut lines = Lines::new(&heads);
            for p in patterns {
                let percent = format!("{:.1} %", share(p.count) * 100.0);
                let several =
                    if p.patterns > 1 { format!("   ({} patterns)", p.patterns) } else { String::new() };
                let mut cells = vec![
                    p.count.to_string(),
                    percent,
                    level(p).to_owned(),
                    p.fingerprint.to_string(),
                    redact(&p.template) + &several,
                ];
                cells.extend(options.explain.then(|| why(p).to_owned()));
                lines.row(&cells, None);
            }
            writeln!(out, "{lines}")?;
        }
        Format::Json => {
            for p in patterns {
                let mut object = json!({"fingerprint": p.fingerprint.to_string(), "count": p.count, "share": share(p.count), "level": level(p), "template": visible::line(&redact(&p.template)), "sample": p.sample});
                if options.explain {
                    object["level_from"] = json!(why(p));
                }
                if options.families {
                    object["patterns"] = json!(p.patterns);
                }
                writeln!(out, "{object}")?;
            }
        }
        Format::Csv => {
            let more = [("level_from", options.explain), ("patterns", options.families)];
            let heads: String = more.iter().filter(|m| m.1).map(|m| format!(",{}", m.0)).collect();
            writeln!(out, "fingerprint,count,share,level,template,sample{heads}")?;
            for p in patterns {
                let (share, template) = (share(p.count), quoted(&visible::line(&redact(&p.template))));
                write!(
                    out,
                    "{},{},{share:.6},{},{template},{}",
                    p.fingerprint,
                    p.count,
                    level(p),
                    quoted(&p.sample)
                )?;
                if options.explain {
                    write!(out, ",{}", quoted(why(p)))?;
                }
                if options.families {
                    write!(out, ",{}", p.patterns)?;
                }
                writeln!(out)?;
            }
        }
    }
    Ok(())
}

/// Quoted as RFC 4180 says, and so that a spreadsheet never reads it as a formula.
fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}

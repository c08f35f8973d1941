//! `signalbox fingerprint`: log lines grouped by what they say. Reads streams of any length in bounded memory.

mod compare;
mod kinds;

use crate::cli::{Fingerprint as Options, Format};
use crate::paint::Lines;
use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use signalbox_domain::Name;
use signalbox_domain::redact::redact;
use signalbox_domain::visible;
use signalbox_domain::watch::Rule;
use signalbox_fingerprint::{Fingerprint, Fingerprinter, Joiner, Level, LevelBy, Record, Rules};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, IsTerminal, Write, stderr, stdin, stdout};
use std::path::Path;
use std::process::ExitCode;

/// Bytes that are kept of a line; the fingerprint looks no further.
const LONGEST_LINE: usize = 64 * 1024;
/// As many patterns are told apart. What comes after them is counted together, and said.
const MOST_PATTERNS: usize = 100_000;
/// Characters of a sample.
const LONGEST_SAMPLE: usize = 300;
/// How often the progress is drawn, in lines.
const DRAWN_EVERY: u64 = 1 << 14;

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
    // Whoever reads may have seen enough.
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

/// What the watch says, then what the command line does.
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

/// Gives every record of every file, stack traces joined. Lines of two files do not belong together.
fn records(options: &Options, mut take: impl FnMut(Record<'_>) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let bar = progress(options);
    let mut stream = |reader: &mut dyn BufRead| -> anyhow::Result<()> {
        let (mut joiner, mut line, mut read, mut lines) = (Joiner::new(), vec![], 0, 0u64);
        let mut done = Ok(());
        let mut give = |record: Record<'_>| {
            if done.is_ok() {
                done = take(record);
            }
        };
        while next_line(reader, &mut line, &mut read)? {
            joiner.push(&line, 0, &mut give);
            lines += 1;
            if lines % DRAWN_EVERY == 0 {
                bar.inc(std::mem::take(&mut read));
            }
        }
        joiner.finish(&mut give);
        done
    };
    if options.files.is_empty() {
        stream(&mut stdin().lock())?;
    }
    for path in &options.files {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        stream(&mut BufReader::with_capacity(1 << 18, file))
            .with_context(|| format!("{}", path.display()))?;
    }
    bar.finish_and_clear();
    Ok(())
}

/// The next line without its line feed, as much of it as is kept; whether there was one.
fn next_line(reader: &mut dyn BufRead, line: &mut Vec<u8>, read: &mut u64) -> std::io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = buffer.iter().position(|b| *b == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        line.extend_from_slice(&part[..part.len().min(LONGEST_LINE.saturating_sub(line.len()))]);
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        *read += used as u64;
        if end.is_some() {
            return Ok(true);
        }
    }
}

/// On a terminal only; with an end where the sizes are known.
fn progress(options: &Options) -> ProgressBar {
    if !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let sizes: Option<u64> = options.files.iter().map(|f| Some(f.metadata().ok()?.len())).sum();
    match sizes.filter(|_| !options.files.is_empty()) {
        Some(size) => {
            let style = "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} to go";
            ProgressBar::new(size).with_style(
                ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
            )
        }
        None => ProgressBar::new_spinner(),
    }
}

fn each(options: &Options, out: &mut impl Write) -> anyhow::Result<()> {
    let mut prints = Fingerprinter::new(&rules(options)?);
    let mut line = 0u64;
    writeln!(out, "line_id,fingerprint")?;
    records(options, |record| {
        // Every line of a record has the record's fingerprint.
        let print = prints.line(record.text).map(|p| p.fingerprint);
        for _ in 0..record.lines {
            line += 1;
            if let Some(fingerprint) = print {
                writeln!(out, "{line},{fingerprint}")?;
            }
        }
        Ok(())
    })
}

struct Pattern {
    fingerprint: Fingerprint,
    count: u64,
    /// The worst of its records, and what said so.
    level: Option<(Level, Option<LevelBy>)>,
    template: String,
    sample: String,
    /// How many patterns a family has; 1 for a pattern.
    patterns: usize,
}

/// What all records are, by pattern.
struct Found {
    patterns: Vec<Pattern>,
    records: u64,
    left_out: u64,
    beyond: u64,
}

/// Reads all records; the most frequent patterns are first.
fn find(options: &Options) -> anyhow::Result<Found> {
    let mut prints = Fingerprinter::new(&rules(options)?);
    let mut found: HashMap<u64, Pattern> = HashMap::new();
    let (mut records_read, mut left_out, mut beyond) = (0u64, 0u64, 0u64);
    records(options, |record| {
        records_read += 1;
        let Some(print) = prints.line(record.text) else {
            left_out += 1;
            return Ok(());
        };
        let key = print.fingerprint.to_u64();
        let level = print.level.map(|level| (level, print.level_by));
        if let Some(pattern) = found.get_mut(&key) {
            pattern.count += 1;
            pattern.level = worst(pattern.level, level);
        } else if found.len() == MOST_PATTERNS {
            beyond += 1;
        } else {
            let (fingerprint, template) = (print.fingerprint, print.template.to_owned());
            let sample = sample(record.text);
            found.insert(key, Pattern { fingerprint, count: 1, level, template, sample, patterns: 1 });
        }
        Ok(())
    })?;
    let mut patterns: Vec<Pattern> = found.into_values().collect();
    sort(&mut patterns);
    Ok(Found { patterns, records: records_read, left_out, beyond })
}

fn sort(patterns: &mut [Pattern]) {
    patterns.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.template.cmp(&b.template)));
}

/// The worse of two levels.
fn worst(
    one: Option<(Level, Option<LevelBy>)>,
    other: Option<(Level, Option<LevelBy>)>,
) -> Option<(Level, Option<LevelBy>)> {
    if other.map(|(level, _)| level) > one.map(|(level, _)| level) { other } else { one }
}

fn patterns(options: &Options, out: &mut impl Write) -> anyhow::Result<()> {
    let Found { mut patterns, records, left_out, beyond } = find(options)?;
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

/// The first record of a pattern, for people: secrets taken out, on one line.
fn sample(record: &[u8]) -> String {
    let text = redact(&String::from_utf8_lossy(record));
    let line = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    visible::line(line).chars().take(LONGEST_SAMPLE).collect()
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

/// As RFC 4180 has it; and never a formula, where a spreadsheet opens it.
fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_any_length_are_read_in_bounded_memory() {
        let long = vec![b'x'; 3 * LONGEST_LINE];
        let text = [b"one\n\n".as_slice(), &long, b"\nlast"].concat();
        let mut reader = BufReader::with_capacity(1000, text.as_slice());
        let (mut line, mut read, mut lengths) = (vec![], 0, vec![]);
        while next_line(&mut reader, &mut line, &mut read).unwrap() {
            lengths.push(line.len());
        }
        assert_eq!(lengths, [3, 0, LONGEST_LINE, 4]);
        assert_eq!(read, text.len() as u64);
    }

    #[test]
    fn a_cell_is_no_formula() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}

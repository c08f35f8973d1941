//! Reads files on all cores, with the same result that one core would give.
//!
//! A file is cut into chunks. A chunk begins at the first line from which on nothing depends on earlier lines: a line
//! that begins a record while no line waits for a proof. Each core looks for that line in its own chunk, starting a
//! little before the chunk, and reads on to the first line of the next chunk. If the two cores agree on that line,
//! the records are those that one core would find. If they do not, as in the middle of a trace without end, the rest
//! is read on one core.

use super::part::{Namer, Part, Wanted};
use super::read::{self, AT_A_TIME, next_line};
use super::rules;
use crate::cli::Fingerprint as Options;
use anyhow::Context;
use indicatif::ProgressBar;
use signalbox_fingerprint::{Joiner, Record, Rules};
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom, stdin};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

/// Bytes of a chunk.
const CHUNK: u64 = 4 << 20;
/// Bytes before a chunk that a core reads to find where records begin.
const BEFORE: u64 = 64 << 10;
/// Records of a part, on one core. There are few where each line is printed, because somebody may be waiting for the
/// lines.
const RECORDS: u64 = 1 << 15;
const LINES: u64 = 1 << 9;

/// A piece of a file.
#[derive(Clone, Copy)]
struct Chunk<'a> {
    /// Which of the files.
    file: usize,
    path: &'a Path,
    from: u64,
    /// Where the next one begins; `u64::MAX` for the last.
    to: u64,
}

/// What a core found in a chunk.
struct Done {
    part: Part,
    /// Where its first record begins, and where the first record of the next chunk begins; `u64::MAX` at the end of
    /// the file.
    begin: u64,
    end: u64,
    /// Bytes that were read.
    read: u64,
}

/// Gives what is wanted of all records, in parts that follow one another.
pub(super) fn parts(
    options: &Options,
    wanted: Wanted,
    take: impl FnMut(Part) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let rules = rules(options)?;
    All { options, rules: &rules, wanted, take }.read(cores, CHUNK)
}

/// All the files that are to be read.
struct All<'a, T> {
    options: &'a Options,
    rules: &'a Rules,
    wanted: Wanted,
    take: T,
}

impl<T: FnMut(Part) -> anyhow::Result<()>> All<'_, T> {
    fn read(mut self, cores: usize, size: u64) -> anyhow::Result<()> {
        let bar = read::progress(self.options);
        let done = match chunks(self.options, size) {
            Some(chunks) if cores > 1 && chunks.len() > 1 => self.on_all(&chunks, cores, &bar),
            _ => self.on_one(0, 0, &bar),
        };
        bar.finish_and_clear();
        done
    }

    fn on_all(&mut self, chunks: &[Chunk<'_>], cores: usize, bar: &ProgressBar) -> anyhow::Result<()> {
        let cores = cores.min(chunks.len());
        let (rules, wanted) = (self.rules, self.wanted);
        let disagree = std::thread::scope(|scope| {
            // The cores take the chunks in turn, and each core is at most one chunk ahead.
            let found: Vec<_> = (0..cores)
                .map(|core| {
                    let (to, found) = sync_channel(1);
                    scope.spawn(move || work(chunks.iter().skip(core).step_by(cores), rules, wanted, &to));
                    found
                })
                .collect();
            let mut begin = 0;
            for (n, chunk) in chunks.iter().enumerate() {
                if chunk.from == 0 {
                    begin = 0;
                }
                let done = found.get(n % cores).and_then(|found| found.recv().ok());
                let done = done.context("a core stopped before its work was done")??;
                if done.begin != begin {
                    return Ok(Some((chunk.file, begin)));
                }
                begin = done.end;
                bar.inc(done.read);
                (self.take)(done.part)?;
            }
            anyhow::Ok(None)
        })?;
        match disagree {
            Some((file, from)) => self.on_one(file, from, bar),
            None => Ok(()),
        }
    }

    /// Reads the files from this one on; this first file is read from the given place on.
    fn on_one(&mut self, first: usize, from: u64, bar: &ProgressBar) -> anyhow::Result<()> {
        let most = if self.wanted == Wanted::Patterns { RECORDS } else { LINES };
        let (mut namer, mut part) = (Namer::new(self.rules, self.wanted), Part::default());
        let mut take = |record: Record<'_>| {
            namer.take(record, &mut part);
            if part.records < most { Ok(()) } else { (self.take)(std::mem::take(&mut part)) }
        };
        let done = if self.options.files.is_empty() {
            read::stream(&mut stdin().lock(), bar, &mut take)
        } else {
            self.options
                .files
                .iter()
                .skip(first)
                .enumerate()
                .try_for_each(|(n, path)| read::file(path, if n == 0 { from } else { 0 }, bar, &mut take))
        };
        // The records that were read before the failure.
        (self.take)(part)?;
        done
    }
}

/// The chunks of all files; `None` if a file cannot be cut, as with a pipe.
fn chunks(options: &Options, size: u64) -> Option<Vec<Chunk<'_>>> {
    let mut chunks = vec![];
    for (file, path) in options.files.iter().enumerate() {
        let about = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
        let last = (about.len() / size).max(1) - 1;
        chunks.extend((0..=last).map(|n| Chunk {
            file,
            path,
            from: n * size,
            to: if n == last { u64::MAX } else { (n + 1) * size },
        }));
    }
    Some(chunks)
}

/// One core's work.
fn work<'a>(
    chunks: impl Iterator<Item = &'a Chunk<'a>>,
    rules: &Rules,
    wanted: Wanted,
    to: &SyncSender<anyhow::Result<Done>>,
) {
    let mut namer = Namer::new(rules, wanted);
    for chunk in chunks {
        // The receiver is gone if an earlier chunk failed.
        if to.send(chunk.read(&mut namer)).is_err() {
            return;
        }
    }
}

impl Chunk<'_> {
    fn read(&self, namer: &mut Namer) -> anyhow::Result<Done> {
        let mut file =
            File::open(self.path).with_context(|| format!("cannot read {}", self.path.display()))?;
        let start = self.from.saturating_sub(BEFORE);
        // Starts one byte earlier: that byte ends the line before, if a line begins here.
        let mut here = start.saturating_sub(1);
        file.seek(SeekFrom::Start(here))?;
        let mut reader = BufReader::with_capacity(AT_A_TIME, file);
        if start > 0 {
            here += reader.skip_until(b'\n')? as u64;
        }
        self.records(&mut reader, here, namer).with_context(|| format!("{}", self.path.display()))
    }

    /// Reads lines from a place where a line begins.
    fn records(&self, reader: &mut impl BufRead, mut here: u64, namer: &mut Namer) -> anyhow::Result<Done> {
        let (mut joiner, mut line, mut part) = (Joiner::new(), vec![], Part::default());
        let mut begin = (self.from == 0).then_some(0);
        let mut end = None;
        let mut read = 0;
        let first = here;
        while end.is_none() && next_line(reader, &mut line, &mut read)? {
            let mark = i64::try_from(here)?;
            joiner.push(&line, mark, &mut |record| {
                if begin.is_some() {
                    namer.take(record, &mut part);
                }
            });
            if joiner.begins() == Some(mark) {
                if here >= self.from && begin.is_none() {
                    begin = Some(here);
                }
                end = (here >= self.to).then_some(here);
            }
            here = first + read;
        }
        if end.is_none() {
            joiner.finish(&mut |record| {
                if begin.is_some() {
                    namer.take(record, &mut part);
                }
            });
        }
        let end = end.unwrap_or(u64::MAX);
        Ok(Done { part, begin: begin.unwrap_or(end), end, read })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser;
    use std::io::Write;

    /// What is found with this number of cores and chunks of this size; the parts are put together in order.
    fn found(options: &Options, cores: usize, size: u64) -> String {
        let rules = rules(options).unwrap();
        let (mut text, mut records) = (String::new(), 0);
        let mut counts = std::collections::BTreeMap::<String, u64>::new();
        let take = |part: Part| {
            for (print, lines) in part.lines {
                text += &format!("{print:?} {lines}\n");
            }
            for pattern in part.patterns {
                *counts.entry(format!("{} {:?}", pattern.template, pattern.level)).or_default() +=
                    pattern.count;
            }
            records += part.records;
            Ok(())
        };
        All { options, rules: &rules, wanted: Wanted::Both, take }.read(cores, size).unwrap();
        format!("{text}{counts:?}{records}")
    }

    fn options(files: &[&Path]) -> Options {
        let mut args = vec!["signalbox", "fingerprint"];
        args.extend(files.iter().map(|f| f.to_str().unwrap()));
        match Cli::parse_from(args).command {
            Some(Command::Fingerprint(options)) => options,
            _ => unreachable!(),
        }
    }

    #[test]
    fn all_cores_find_what_one_finds_wherever_the_chunks_begin() {
        let mut text = String::new();
        for n in 0..300 {
            text += &format!("2026-02-03 04:05:06 INFO shop.Cart: order {n} paid\n");
            if n % 3 == 0 {
                text += &format!(
                    "2026-02-03 04:05:06 ERROR shop.Cart: order {n} failed\njava.lang.IllegalStateException: no tea\n"
                );
                for m in 0..n % 40 {
                    text += &format!("\tat shop.Cart.pay{m}(Cart.java:{m})\n");
                }
            }
            if n % 7 == 0 {
                text += "Traceback (most recent call last):\n  File \"a.py\", line 3, in pay\n    pay()\nKeyError: 'tea'\n\n";
            }
        }
        // A record without end: no chunk can begin inside it, and cores that start inside it may disagree.
        text += "java.lang.IllegalStateException: no end\n";
        for m in 0..3000 {
            text += &format!("\tat shop.Cart.pay(Cart.java:{m})\n");
        }
        text += "the last line, without an end";
        let mut one = tempfile::NamedTempFile::new().unwrap();
        one.write_all(text.as_bytes()).unwrap();
        let mut other = tempfile::NamedTempFile::new().unwrap();
        other.write_all(b"\n\nanother file 17\n").unwrap();
        let empty = tempfile::NamedTempFile::new().unwrap();
        let options = options(&[one.path(), empty.path(), other.path(), one.path()]);
        let expected = found(&options, 1, CHUNK);
        assert!(expected.contains("the last line, without an end"));
        for size in [100, 333, 1000, 4096, 20_000, 1 << 17] {
            for cores in [2, 3] {
                assert_eq!(found(&options, cores, size), expected, "{cores} cores, chunks of {size} bytes");
            }
        }
    }
}

//! Reads logs line by line, in bounded memory, and gives their records in order.

use crate::cli::Fingerprint as Options;
use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use signalbox_fingerprint::{Joiner, Record};
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Seek, SeekFrom, stderr, stdin};
use std::path::Path;

/// Bytes of a line that are kept; the fingerprint uses no more.
const LONGEST_LINE: usize = 64 * 1024;
/// How often the progress is drawn, in lines.
const DRAWN_EVERY: u64 = 1 << 14;
/// Bytes that are read of a file at a time.
pub(super) const AT_A_TIME: usize = 1 << 18;

/// Gives every record of every file, stack traces joined. Lines of two files do not belong together.
pub(super) fn records(
    options: &Options,
    mut take: impl FnMut(Record<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let bar = progress(options);
    if options.files.is_empty() {
        stream(&mut stdin().lock(), &bar, &mut take)?;
    }
    for path in &options.files {
        file(path, 0, &bar, &mut take)?;
    }
    bar.finish_and_clear();
    Ok(())
}

/// Gives every record of a file, from a place on.
pub(super) fn file(
    path: &Path,
    from: u64,
    bar: &ProgressBar,
    take: &mut impl FnMut(Record<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    // In a pipe nothing can seek.
    if from > 0 {
        file.seek(SeekFrom::Start(from))?;
    }
    stream(&mut BufReader::with_capacity(AT_A_TIME, file), bar, take)
        .with_context(|| format!("{}", path.display()))
}

/// Gives every record of a stream.
pub(super) fn stream(
    reader: &mut impl BufRead,
    bar: &ProgressBar,
    take: &mut impl FnMut(Record<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
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
}

/// The next line without its line feed, cut at the longest length that is kept; says whether there was a line.
pub(super) fn next_line(
    reader: &mut impl BufRead,
    line: &mut Vec<u8>,
    read: &mut u64,
) -> std::io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = memchr::memchr(b'\n', buffer);
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

/// On a terminal only; with an end if the sizes of the files are known.
pub(super) fn progress(options: &Options) -> ProgressBar {
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
}

//! Reads whole lines of a file from a byte on, and finds where a span begins in a file that was not read before.

use super::last_of;
use super::place::Place;
use crate::time::{self, Around};
use signalbox_domain::Timestamp;
use signalbox_engine::ports::{LogLine, Span};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::time::Duration;

/// How many bytes of a line are kept; the rest is skipped.
const LONGEST: usize = 64 * 1024;
/// If a line is so much later than the span and an earlier line follows, its time is not believed.
const BELIEVED: Duration = Duration::from_secs(86_400);
/// How far a line with a time is looked for, in bytes.
const LOOK: u64 = 256 * 1024;
/// A stretch of a file so short that it is read through, in bytes.
const STRETCH: u64 = 1 << 20;

/// How much a page may still take.
pub(super) struct Budget {
    pub(super) lines: usize,
    pub(super) bytes: usize,
}

impl Budget {
    pub(super) const fn is_spent(&self) -> bool {
        self.lines == 0 || self.bytes == 0
    }
}

/// A line, cut to what is kept, and how many bytes it has in the file, with its end. `None`: no more whole lines.
fn next_line(reader: &mut impl BufRead, part: bool) -> io::Result<Option<(Vec<u8>, u64)>> {
    let (mut kept, mut length) = (vec![], 0u64);
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok((part && length > 0).then_some((kept, length)));
        }
        let end = bytes.iter().position(|b| *b == b'\n');
        let line = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        kept.extend(line.iter().take(LONGEST - kept.len().min(LONGEST)));
        let consumed = line.len() + usize::from(end.is_some());
        length += consumed as u64;
        reader.consume(consumed);
        if end.is_some() {
            if kept.last() == Some(&b'\r') {
                kept.pop();
            }
            return Ok(Some((kept, length)));
        }
    }
}

fn from(file: &File, offset: u64) -> io::Result<BufReader<&File>> {
    let mut file = file;
    file.seek(SeekFrom::Start(offset))?;
    Ok(BufReader::with_capacity(64 * 1024, file))
}

/// The first line with a time at this byte or a little after it: its byte and its time.
fn next_time(
    file: &File,
    offset: u64,
    whole: bool,
    around: Around<'_>,
) -> io::Result<Option<(u64, Timestamp)>> {
    let mut reader = from(file, offset)?;
    let mut at = offset;
    if !whole {
        at += next_line(&mut reader, false)?.map_or(0, |(_, length)| length);
    }
    while at.saturating_sub(offset) < LOOK {
        let Some((line, length)) = next_line(&mut reader, false)? else { return Ok(None) };
        if let Some(time) = time::of(&line, around) {
            return Ok(Some((at, time)));
        }
        at += length;
    }
    Ok(None)
}

/// Where the lines of a span begin in a file that was not read before. Older lines are left out. If a file's lines
/// have no times, it counts as old as its last change.
pub(super) fn first_read(file: &File, span: Span, around: Around<'_>) -> io::Result<u64> {
    let (size, changed) = {
        let about = file.metadata()?;
        (about.len(), std::os::unix::fs::MetadataExt::mtime(&about).saturating_mul(1000))
    };
    let Some((first, time)) = next_time(file, 0, true, around)? else {
        return Ok(if changed < span.from.0 { size_of_whole_lines(file, size)? } else { 0 });
    };
    if time >= span.from {
        // Lines before the first time, such as a banner, belong to it.
        return Ok(0);
    }
    // Lines are in order, or nearly: halve the range until it is short enough to be read through.
    let (mut low, mut high) = (first, size);
    while high - low > STRETCH {
        let middle = low + (high - low) / 2;
        match next_time(file, middle, false, around)? {
            Some((at, time)) if time < span.from && at > low => low = at,
            Some((_, time)) if time >= span.from => high = middle,
            _ => break,
        }
    }
    let mut reader = from(file, low)?;
    let mut at = low;
    while let Some((line, length)) = next_line(&mut reader, false)? {
        if time::of(&line, around).is_some_and(|t| t >= span.from) {
            break;
        }
        at += length;
    }
    Ok(at)
}

/// The place just after the last whole line.
fn size_of_whole_lines(file: &File, size: u64) -> io::Result<u64> {
    let start = size.saturating_sub(LONGEST as u64);
    let mut reader = from(file, start)?;
    let mut at = start;
    while let Some((_, length)) = next_line(&mut reader, false)? {
        at += length;
    }
    Ok(at)
}

/// Whether a line's time that is far beyond the span is believed: not if an earlier line follows.
fn believed(file: &File, behind: u64, time: Timestamp, span: Span, around: Around<'_>) -> io::Result<bool> {
    if time < span.to.plus(BELIEVED) {
        return Ok(true);
    }
    Ok(next_time(file, behind, true, around)?.is_none_or(|(_, next)| next >= span.to))
}

/// Reads on in a file, up to the first line of the next span, and moves the place.
pub(super) fn read(
    place: &mut Place,
    span: Span,
    around: Around<'_>,
    budget: &mut Budget,
    into: &mut Vec<LogLine>,
) -> io::Result<()> {
    let file = place.open()?;
    // Looking ahead moves the position of a handle, so it has a handle of its own.
    let ahead = place.open()?;
    let mut reader = from(&file, place.offset)?;
    while !budget.is_spent() {
        let Some((line, length)) = next_line(&mut reader, place.finished)? else { break };
        // A moment near the line before: in the hour that an autumn night has twice, this decides which one is meant.
        let near = place.time.map_or(span.from, |time| time.max(span.from));
        if let Some(time) = time::of(&line, Around { near, ..around }) {
            if time >= span.to && believed(&ahead, place.offset + length, time, span, around)? {
                break;
            }
            if time < span.to {
                place.time = Some(time);
            }
        }
        place.offset += length;
        budget.lines -= 1;
        budget.bytes = budget.bytes.saturating_sub(usize::try_from(length).unwrap_or(usize::MAX));
        into.push(LogLine {
            at: place.time.unwrap_or(last_of(span)),
            stream: place.path.clone(),
            text: String::from_utf8_lossy(&line).into_owned(),
        });
    }
    Ok(())
}

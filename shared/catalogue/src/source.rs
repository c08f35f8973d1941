//! The files as they were read, places in them, and the lines of them that are shown.
//!
//! A line is shown only after everything that is shaped like a secret was taken out of it, because error texts end up
//! in build logs.

use signalbox_domain::redact;
use std::ops::Range;

/// How many bytes a file may have. Larger files are not read.
pub const LARGEST_FILE: u64 = 1024 * 1024;

/// A range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    /// The number of the file among the sources.
    pub(crate) file: usize,
    /// The first byte.
    pub(crate) start: usize,
    /// The byte after the last.
    pub(crate) end: usize,
}

impl Span {
    /// A range of bytes in a file. The caller has checked that it lies in the file.
    pub(crate) fn new(file: usize, range: Range<usize>) -> Self {
        Self { file, start: range.start, end: range.end }
    }
}

/// One file.
#[derive(Debug)]
pub(crate) struct Source {
    /// The path as it is shown.
    pub(crate) path: String,
    /// The content of the file.
    pub(crate) text: String,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    start: usize,
    hidden: bool,
}

/// One line of a file, made safe to be shown, and the part of it that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The line, counted from 1.
    pub(crate) line: usize,
    /// The column, counted from 1 in characters.
    pub(crate) column: usize,
    /// The line of its end, and the column after its last character, counted in the same way.
    pub(crate) end: (usize, usize),
    /// The line without its line break and without secrets. If the line is very long, it is only a part of it.
    pub(crate) text: String,
    /// The part of `text` that is meant, in bytes.
    pub(crate) marked: Range<usize>,
}

impl Excerpt {
    /// Whether the column can be counted in the shown text.
    pub(crate) fn is_as_written(&self) -> bool {
        let before = self.text.get(..self.marked.start).unwrap_or_default();
        before.chars().count() + 1 == self.column
    }
}

/// How many bytes of a line are shown. Of a longer line, only a part is shown.
const LONGEST_LINE: usize = 400;
/// How many bytes of a long line are shown before the part that is meant.
const LEAD: usize = 60;

impl Source {
    /// Stores a file, and finds where its lines begin.
    pub(crate) fn new(path: String, text: String) -> Self {
        let mut lines = Vec::new();
        let (mut start, mut in_private_key) = (0, false);
        for line in text.split_inclusive('\n') {
            let is_key = line.contains("PRIVATE KEY-----");
            let opens = is_key && line.contains("-----BEGIN");
            lines.push(Line { start, hidden: in_private_key || opens });
            in_private_key = (in_private_key || opens) && !(is_key && line.contains("-----END"));
            start += line.len();
        }
        // The place after the last line break counts as a line too, because errors at the end of a file are there.
        if lines.is_empty() || text.ends_with('\n') {
            lines.push(Line { start, hidden: in_private_key });
        }
        Self { path, text, lines }
    }

    /// The text at a place. It is empty if the file has no such place.
    pub(crate) fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// The nearest range that does not cut a character in two.
    pub(crate) fn clamp(&self, range: Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(range.start);
        start..self.text.ceil_char_boundary(range.end).max(start)
    }

    /// Makes sure that the lines of a span are never shown. There is a secret in them that cannot be recognised from
    /// one line alone.
    pub(crate) fn hide(&mut self, span: Span) {
        let lines = self.line_index(span.start)..=self.line_index(span.end);
        for line in self.lines.get_mut(lines).unwrap_or_default() {
            line.hidden = true;
        }
    }

    fn line_index(&self, at: usize) -> usize {
        self.lines.partition_point(|l| l.start <= at).saturating_sub(1)
    }

    /// The line on which a span begins, made safe to be shown.
    pub(crate) fn excerpt(&self, span: Span) -> Excerpt {
        let range = self.clamp(span.start..span.end);
        let index = self.line_index(range.start);
        let (begin, hidden) = self.lines.get(index).map_or((0, false), |l| (l.start, l.hidden));
        let end = self.lines.get(index + 1).map_or(self.text.len(), |l| l.start);
        let line = self.text[begin..end].trim_end_matches(['\n', '\r']);
        let start = (range.start - begin).min(line.len());
        // A span of several lines is marked on its first line.
        let stop = (range.end.min(end) - begin).min(line.trim_end().len()).max(start);
        let column = line[..start].chars().count() + 1;
        let (text, marked) = if hidden {
            // The mask is put at the column of the span, so that the place can be seen although the line is hidden.
            let indent = (column - 1).min(LEAD);
            (format!("{}{}", " ".repeat(indent), redact::MASK), indent..indent + redact::MASK.len())
        } else {
            shorten(mask(line, start..stop))
        };
        Excerpt { line: index + 1, column, end: self.position(range.end), text, marked }
    }

    /// The line and the column of a place, counted from 1, the column in characters.
    pub(crate) fn position(&self, at: usize) -> (usize, usize) {
        let index = self.line_index(at);
        let begin = self.lines.get(index).map_or(0, |l| l.start);
        (index + 1, self.text.get(begin..at).unwrap_or_default().chars().count() + 1)
    }
}

/// The line without secrets, and the place of the mark in the new line.
fn mask(line: &str, mark: Range<usize>) -> (String, Range<usize>) {
    let shown = redact::redact(line);
    if shown == line {
        return (shown, mark);
    }
    let same = |(a, b): &(char, char)| a == b;
    let head: usize = line.chars().zip(shown.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let rest = line.len().min(shown.len()) - head;
    let tail: usize = line
        .chars()
        .rev()
        .zip(shown.chars().rev())
        .take_while(same)
        .map(|(c, _)| c.len_utf8())
        .scan(0, |sum, len| {
            *sum += len;
            (*sum <= rest).then_some(len)
        })
        .sum();
    // Nothing moved before the first difference. After the last difference, everything moved by the same amount.
    let moved = |at: usize, within: usize| match at {
        _ if at <= head => at,
        _ if at >= line.len() - tail => at + shown.len() - line.len(),
        _ => within,
    };
    let mark = moved(mark.start, head)..moved(mark.end, shown.len() - tail);
    (shown, mark)
}

fn shorten((line, mark): (String, Range<usize>)) -> (String, Range<usize>) {
    if line.len() <= LONGEST_LINE {
        return (line, mark);
    }
    let from = line.floor_char_boundary(mark.start.saturating_sub(LEAD));
    let to = line.floor_char_boundary(from + LONGEST_LINE);
    (line[from..to].to_owned(), mark.start - from..mark.end.min(to) - from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, range: Range<usize>) -> (usize, usize, String, String) {
        let e = Source::new("a".into(), text.into()).excerpt(Span::new(0, range));
        let marked = e.text[e.marked.clone()].to_owned();
        (e.line, e.column, e.text, marked)
    }

    fn check(text: &str, range: Range<usize>, expect: (usize, usize, &str, &str)) {
        let (line, column, shown, marked) = excerpt(text, range.clone());
        assert_eq!((line, column, shown.as_str(), marked.as_str()), expect, "{text:?} {range:?}");
    }

    #[test]
    fn places() {
        check("ab\ncd\n", 3..5, (2, 1, "cd", "cd"));
        check("ab\ncd\n", 6..6, (3, 1, "", ""));
        check("ab\r\ncd", 1..9, (1, 2, "ab", "b"));
        check("ü: é", 4..6, (1, 4, "ü: é", "é"));
        check("ü", 1..1, (1, 1, "ü", "ü"));
        check("", 0..0, (1, 1, "", ""));
    }

    #[test]
    fn secrets_are_not_shown() {
        let secret = concat!("ghp", "_0123456789abcdefghijABCDEFGHIJ012345");
        let line = format!("a: [x, {secret}, y]");
        let at = |part: &str| line.find(part).map(|i| i..i + part.len()).unwrap();
        check(&line, at("x"), (1, 5, "a: [x, [redacted], y]", "x"));
        check(&line, at(secret), (1, 8, "a: [x, [redacted], y]", "[redacted]"));
        check(&line, at("y"), (1, 8 + secret.len() + 2, "a: [x, [redacted], y]", "y"));
        let key = "k: |\n  -----BEGIN PRIVATE KEY-----\n  MIIE\n  -----END PRIVATE KEY-----\nl: 1\n";
        check(key, 38..40, (3, 4, "   [redacted]", "[redacted]"));
        check(key, key.len() - 5..key.len() - 4, (5, 1, "l: 1", "l"));
    }

    #[test]
    fn long_lines_are_cut() {
        let (_, column, text, marked) =
            excerpt(&format!("{}X{}", "é".repeat(900), "z".repeat(900)), 1800..1801);
        assert_eq!((column, text.len() <= LONGEST_LINE, marked.as_str()), (901, true, "X"));
    }
}

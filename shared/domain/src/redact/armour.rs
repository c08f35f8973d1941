//! Finds out how far a private key in armour goes, line by line.

/// A longer text is not a key, or no longer one.
const MOST_LINES: u32 = 400;
const MOST_BYTES: u32 = 32 * 1024;
/// Lines of a key have at least this many characters; only the last one may have fewer.
pub(super) const SHORT: usize = 16;
/// So many short lines in a row cannot be a key.
const MOST_SHORT: u32 = 3;

/// How far a key was followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Body {
    lines: u32,
    bytes: u32,
    short: u32,
    /// How many characters stand before each line of the key.
    column: usize,
}

/// What a line is to the key before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A part of it.
    Within,
    /// Its last line.
    Last,
    /// No part of it.
    Other,
}

impl Body {
    /// For lines that have this many characters before them.
    pub(super) fn behind(column: usize) -> Self {
        Self { column, ..Self::default() }
    }

    /// Looks at the next line.
    pub(super) fn take(&mut self, line: &str) -> Line {
        self.lines += 1;
        self.bytes = self.bytes.saturating_add(u32::try_from(line.len()).unwrap_or(u32::MAX));
        if self.lines > MOST_LINES || self.bytes > MOST_BYTES {
            return Line::Other;
        }
        if ending(line).is_some() {
            return Line::Last;
        }
        // The line is tried whole, and without as many characters as stood before the first line.
        let cut = line.get(self.column..).unwrap_or_default();
        for text in [line.trim(), cut.trim()] {
            let text = text.trim_matches(['"', '\'', ',', '\\', '+', ' ', '|', '>', '#']);
            if text.is_empty() || is_header(text) {
                return Line::Within;
            }
            if text.bytes().all(is_base64) {
                self.short = if text.len() < SHORT { self.short + 1 } else { 0 };
                return if self.short > MOST_SHORT { Line::Other } else { Line::Within };
            }
        }
        Line::Other
    }
}

pub(super) fn is_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')
}

pub(super) fn is_header(text: &str) -> bool {
    ["Proc-Type:", "DEK-Info:", "Version:", "Comment:", "Hash:", "Charset:", "MessageID:", "Subject:", "x-"]
        .iter()
        .any(|h| text.starts_with(h))
}

/// The end of a mark such as `PRIVATE KEY-----` that begins behind `BEGIN` or `END`.
pub(super) fn mark(line: &str) -> Option<usize> {
    let at = line.find("PRIVATE").filter(|at| *at < 60)?;
    let rest = &line[at + 7..];
    let rest = rest.strip_prefix([' ', '+'])?.strip_prefix("KEY")?;
    let rest = rest.strip_prefix(" BLOCK").or_else(|| rest.strip_prefix("+BLOCK")).unwrap_or(rest);
    let dashes = rest.strip_prefix(' ').unwrap_or(rest).trim_start_matches('-');
    (rest.len() - dashes.len() >= 4).then(|| line.len() - dashes.len())
}

/// Where a key's last mark ends in this line, if it has one.
pub(super) fn ending(line: &str) -> Option<usize> {
    let at = line.find("-END").or_else(|| line.find("- END"))?;
    mark(&line[at..]).map(|end| at + end)
}

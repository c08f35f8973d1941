//! Names of values in a text.

use super::form::Quote;
use super::keys::Key;

/// A name as it stands in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) key: Key,
    /// The quotation mark just before the name, if none closes just after it: then name and value stand in one
    /// quotation.
    pub(super) around: Option<Quote>,
    /// Whether the name has its own quotation marks.
    pub(super) quoted: bool,
}

/// The end without blanks and without a carriage return.
pub(super) fn trim(b: &[u8], from: usize, to: usize) -> usize {
    let blank =
        b.get(from..to).unwrap_or_default().iter().rev().take_while(|c| c.is_ascii_whitespace()).count();
    to - blank
}

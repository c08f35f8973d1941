//! Names that values belong to.

use super::form::Quote;
use super::keys::Key;

/// A name as it stands in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) key: Key,
    /// The quotation mark just before it, where none closes behind it: it and its value stand in one quotation.
    pub(super) around: Option<Quote>,
    /// Whether it is quoted by itself.
    pub(super) quoted: bool,
}

/// Without blanks and a carriage return at its end.
pub(super) fn trim(b: &[u8], from: usize, to: usize) -> usize {
    let blank =
        b.get(from..to).unwrap_or_default().iter().rev().take_while(|c| c.is_ascii_whitespace()).count();
    to - blank
}

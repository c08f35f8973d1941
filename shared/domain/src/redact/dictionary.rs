//! Lists of words that are looked up often. Must never grow at run time.

use std::collections::HashSet;

/// A set of words.
pub(super) struct Words(HashSet<&'static str>);

impl Words {
    /// The words of a text that blanks divide.
    pub(super) fn of(text: &'static str) -> Self {
        Self(text.split_whitespace().collect())
    }

    /// Whether the word is one of them, as it is written.
    pub(super) fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

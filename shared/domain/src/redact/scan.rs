//! A text, and what was found so far that must be hidden in it.

use super::armour::Body;

/// What is still open at the end of a text, in case more text follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Open {
    /// Nothing.
    #[default]
    Nothing,
    /// A private key.
    Armour(Body),
    /// A block of YAML; its lines are indented by more than so many blanks.
    Block(usize),
}

/// A text and what was found in it so far.
pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    pub(super) b: &'a [u8],
    /// Beginnings and ends, in the order in which they were found.
    spans: Vec<(usize, usize)>,
    /// Up to where text is hidden so far.
    hidden_to: usize,
    /// Up to where names were looked at.
    pub(super) named_to: usize,
    /// Up to where addresses were looked for without finding one.
    pub(super) addressed_to: usize,
    /// What is still open at the end.
    pub(super) open: Open,
}

impl<'a> Scan<'a> {
    /// A text in which nothing was found yet.
    pub(super) fn new(text: &'a str) -> Self {
        let b = text.as_bytes();
        Self { text, b, spans: vec![], hidden_to: 0, named_to: 0, addressed_to: 0, open: Open::Nothing }
    }

    /// Whether this place is hidden already.
    pub(super) fn hides(&self, at: usize) -> bool {
        at < self.hidden_to
    }

    /// Marks a part as secret. Empty parts are ignored.
    pub(super) fn hide(&mut self, from: usize, to: usize) {
        if from < to {
            self.spans.push((from, to));
            self.hidden_to = self.hidden_to.max(to);
        }
    }

    /// The hidden parts, in order, merged where they touch.
    pub(super) fn spans(mut self) -> Vec<(usize, usize)> {
        self.spans.sort_unstable();
        let mut merged: Vec<(usize, usize)> = vec![];
        for (from, to) in self.spans {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                Some(_) | None => merged.push((from, to)),
            }
        }
        merged
    }
}

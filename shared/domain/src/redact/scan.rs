//! One pass over a text: what is to be hidden in it.

use super::filter::{Lead, leads};
use super::{address, bare, headers, pair, pem, switches, token};

/// What goes on behind the end of a text, for whoever has more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Open {
    /// Nothing.
    #[default]
    Nothing,
    /// A private key.
    Armour(pem::Body),
    /// A block of YAML; its lines are indented by more than so many blanks.
    Block(usize),
}

/// A text and what was found in it so far.
pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    pub(super) b: &'a [u8],
    /// From where to where, in the order in which they were found.
    spans: Vec<(usize, usize)>,
    /// How far anything is hidden.
    hidden_to: usize,
    /// Up to where names were looked at.
    pub(super) named_to: usize,
    /// Up to where addresses were looked at in vain.
    pub(super) addressed_to: usize,
    /// What is still open at the end.
    pub(super) open: Open,
}

impl<'a> Scan<'a> {
    /// Looks through a whole text.
    pub(super) fn of(text: &'a str) -> Self {
        let b = text.as_bytes();
        let mut scan =
            Self { text, b, spans: vec![], hidden_to: 0, named_to: 0, addressed_to: 0, open: Open::Nothing };
        leads(b, |at, lead| scan.look(at, lead));
        scan
    }

    fn look(&mut self, at: usize, lead: Lead) {
        // What is hidden already needs no second look, but for what ends it.
        if at < self.hidden_to {
            return;
        }
        match lead {
            Lead::Token(row) => token::prefixed(self, at, row),
            Lead::Inner(row) => token::inner(self, at, row),
            Lead::Key => pair::at(self, at),
            Lead::Address(width) => address::userinfo(self, at, width),
            Lead::Dsn => address::dsn(self, at),
            Lead::PgPass => address::pgpass(self, at),
            Lead::Armour => pem::armour(self, at),
            Lead::Putty => pem::putty(self, at),
            Lead::Scheme => headers::scheme(self, at),
            Lead::Switch => switches::at(self, at),
            Lead::Sql => bare::identified_by(self, at),
        }
    }

    /// Marks a part as secret. Empty ones are none.
    pub(super) fn hide(&mut self, from: usize, to: usize) {
        if from < to {
            self.spans.push((from, to));
            self.hidden_to = self.hidden_to.max(to);
        }
    }

    /// What is hidden, in order, with no two that touch.
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

//! The one code of a line, and its stand-in.

use crate::bytes::{at, cut, find, from};
use crate::known::Shown;
use crate::mask::MAX_TEMPLATE;

/// The only code of a line. The template of the line shows it unchanged, or not at all. Only its first digit decides
/// anything (the first digit of a status says how bad a line is). So the form holds a stand-in for the code, and
/// lines that differ only in their code have one form.
#[derive(Clone, Copy)]
pub(crate) struct Code {
    /// Where it begins in the form.
    pub(super) at: usize,
    pub(super) len: usize,
    digits: [u8; LONGEST_CODE],
}

/// The shortest and the longest code that has a stand-in, in digits.
const SHORTEST_CODE: usize = 3;
const LONGEST_CODE: usize = 5;
/// Replaces all digits of a code but the first. No form has two of these digits elsewhere: see `Form::stand_in`.
pub(super) const STAND_IN: u8 = b'7';

impl Code {
    /// The code that a line has at `i`, unless the number may be something else: a port, a year, a part of a name.
    pub(super) fn read(line: &[u8], i: usize, word: &[u8], at_form: usize) -> Option<Self> {
        let (before, after) = (at(line, i.wrapping_sub(1)), at(line, i + word.len()));
        let lowest = if word.len() == SHORTEST_CODE { b'2' } else { b'3' };
        let alone = matches!(before, b' ' | b'=') && matches!(after, 0 | b' ' | b',' | b')' | b']');
        if !alone || !(SHORTEST_CODE..=LONGEST_CODE).contains(&word.len()) || at(word, 0) < lowest {
            return None;
        }
        let mut digits = [0; LONGEST_CODE];
        digits.get_mut(..word.len())?.copy_from_slice(word);
        Some(Self { at: at_form, len: word.len(), digits })
    }

    pub(super) fn digits(&self) -> &[u8] {
        cut(&self.digits, 0, self.len)
    }

    pub(super) fn stand_in(&self) -> [u8; LONGEST_CODE] {
        let mut stand_in = [STAND_IN; LONGEST_CODE];
        stand_in[0] = self.digits[0];
        stand_in
    }

    /// How a template shows the stand-in of the code.
    pub(crate) fn shown(&self, template: &[u8]) -> Shown {
        // The stand-in may have been cut in two.
        if template.len() >= MAX_TEMPLATE {
            return Shown::Often;
        }
        let stand_in = self.stand_in();
        let stand_in = cut(&stand_in, 0, self.len);
        match find(template, stand_in) {
            None => Shown::Not,
            Some(i) if find(from(template, i + 1), stand_in).is_none() => Shown::At(i),
            Some(_) => Shown::Often,
        }
    }

    /// Adds a template whose stand-in is at `place`, with the code instead of the stand-in.
    pub(crate) fn put(&self, template: &str, place: usize, into: &mut String) {
        let digits = std::str::from_utf8(self.digits()).unwrap_or_default();
        for part in [template.get(..place), Some(digits), template.get(place + self.len..)] {
            into.push_str(part.unwrap_or_default());
        }
    }
}

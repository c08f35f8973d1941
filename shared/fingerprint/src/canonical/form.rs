//! The canonical form of a line, and how it is written.

use super::code::{Code, STAND_IN};
use crate::bytes::{cut, find, from};
use crate::marks::Marks;

/// Replaces a digit of a name.
pub(super) const FORM: u8 = b'5';
/// Bytes that are copied in one step.
pub(super) const STEP: usize = 16;
pub(super) const FIVES: &[u8; STEP] = &[FORM; STEP];

/// A form, and how many of its bytes are written.
pub(super) type Written<'a> = (&'a [u8; STEP], usize);

/// The canonical form of a line, in a buffer that only grows.
#[derive(Default)]
pub(crate) struct Form {
    bytes: Vec<u8>,
    pub(super) len: usize,
    pub(super) marks: Marks,
    code: Option<Code>,
}

impl Form {
    pub(crate) fn bytes(&self) -> &[u8] {
        cut(&self.bytes, 0, self.len)
    }

    /// Looks at a line. Says whether the record may have several lines: whether it has a line end or a backslash.
    pub(crate) fn look(&mut self, line: &[u8]) -> bool {
        self.marks.read(line)
    }

    /// The code that has a stand-in.
    pub(crate) fn code(&self) -> Option<Code> {
        self.code
    }

    /// Puts the code back where its stand-in is.
    pub(crate) fn put_back(&mut self) {
        if let Some(code) = self.code.take()
            && let Some(place) = self.bytes.get_mut(code.at..code.at + code.len)
        {
            place.copy_from_slice(code.digits());
        }
    }

    /// Writes a stand-in for the code, if nothing else in the form could be taken for the stand-in.
    pub(super) fn stand_in(&mut self, code: Option<Code>) {
        self.code = code;
        let Some(code) = code else { return };
        if let Some(place) = self.bytes.get_mut(code.at..code.at + code.len) {
            place.copy_from_slice(cut(&code.stand_in(), 0, code.len));
        }
        if find(cut(self.bytes(), 0, code.at + 1), &[STAND_IN; 2]).is_some()
            || find(from(self.bytes(), code.at + code.len - 1), &[STAND_IN; 2]).is_some()
        {
            self.put_back();
        }
    }

    /// Takes a line unchanged.
    pub(crate) fn verbatim(&mut self, line: &[u8]) {
        self.code = None;
        self.bytes.clear();
        self.bytes.extend_from_slice(line);
        self.len = line.len();
    }

    /// Room for any form of a line of this length: `0x1` becomes twice as long, and nothing grows by more.
    pub(super) fn begin(&mut self, len: usize) {
        let room = 2 * len + 2 * STEP;
        if self.bytes.len() < room {
            self.bytes.resize(room, 0);
        }
        self.len = 0;
        self.code = None;
    }

    /// Adds a part of the line. Short parts are copied in whole steps: bytes that are written too much are
    /// overwritten later.
    #[inline(always)]
    pub(super) fn copy(&mut self, line: &[u8], a: usize, b: usize) {
        let n = b.saturating_sub(a);
        if n <= STEP
            && let Some(step) = from(line, a).first_chunk::<STEP>()
            && let Some(place) = self.bytes.get_mut(self.len..).and_then(|to| to.first_chunk_mut::<STEP>())
        {
            *place = *step;
        } else {
            self.put(cut(line, a, b));
            return;
        }
        self.len += n;
    }

    /// Adds a form in one step.
    #[inline(always)]
    pub(super) fn form(&mut self, (form, n): Written<'_>) {
        if let Some(place) = self.bytes.get_mut(self.len..).and_then(|to| to.first_chunk_mut::<STEP>()) {
            *place = *form;
            self.len += n;
        }
    }

    #[inline(always)]
    pub(super) fn put(&mut self, bytes: &[u8]) {
        if let Some(place) = self.bytes.get_mut(self.len..self.len + bytes.len()) {
            place.copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }

    /// A word with all its digits replaced by the same digit.
    pub(super) fn name(&mut self, word: &[u8]) {
        if let Some(place) = self.bytes.get_mut(self.len..self.len + word.len()) {
            for (to, b) in place.iter_mut().zip(word) {
                *to = if b.is_ascii_digit() { FORM } else { *b };
            }
            self.len += word.len();
        }
    }
}

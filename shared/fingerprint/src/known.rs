//! What lines were named, by their canonical form: a line that is known costs a look. Exact: the whole form is compared.

use crate::hash::{Fingerprint, hash};
use crate::level::{Level, LevelBy};

/// Sets of forms, of which each holds [`WAYS`]: as many at first, and at most; powers of two.
const FIRST: usize = 1 << 5;
const MOST: usize = 1 << 13;
const WAYS: usize = 4;
/// Longer lines are named every time.
const LONGEST: usize = 700;

/// What a line was named.
#[derive(Default)]
pub(crate) struct Known {
    hash: u64,
    line: Vec<u8>,
    pub fingerprint: Option<Fingerprint>,
    pub template: String,
    pub level: Option<(Level, LevelBy)>,
}

/// The forms that were seen last.
#[derive(Default)]
pub(crate) struct Kept {
    sets: Vec<[Known; WAYS]>,
    /// Forms that were new since the table grew.
    new: usize,
}

/// Where a form's answer stands.
#[derive(Clone, Copy)]
pub(crate) struct Place(usize, usize);

impl Kept {
    /// The place of a form, and whether it is known. `None` for lines that are not kept.
    pub(crate) fn find(&mut self, line: &[u8]) -> Option<(Place, bool)> {
        if line.len() > LONGEST {
            return None;
        }
        // What was kept is forgotten when the table grows: it comes again.
        if self.sets.is_empty() || self.new > self.sets.len() * WAYS && self.sets.len() < MOST {
            let sets = (self.sets.len() * 8).clamp(FIRST, MOST);
            self.sets.clear();
            self.sets.resize_with(sets, Default::default);
            self.new = 0;
        }
        let hash = hash(line, 0);
        let set = hash as usize & (self.sets.len() - 1);
        let ways = self.sets.get_mut(set)?;
        if let Some(way) = ways.iter().position(|known| known.hash == hash && known.line == line) {
            return Some((Place(set, way), true));
        }
        self.new += 1;
        // The newest is first; the oldest makes room.
        ways.rotate_right(1);
        let known = ways.first_mut()?;
        known.hash = hash;
        known.line.clear();
        known.line.extend_from_slice(line);
        Some((Place(set, 0), false))
    }

    /// The answer at a place.
    pub(crate) fn at(&mut self, place: Place) -> Option<&mut Known> {
        self.sets.get_mut(place.0)?.get_mut(place.1)
    }
}

//! The names of earlier lines, by their canonical form, so that a known line costs one look. This is exact: the whole
//! form is compared.

use crate::hash::{Fingerprint, hash};
use crate::level::{Level, LevelBy};

/// Sets of forms, each with room for [`WAYS`] forms: how many sets at first, and how many at most; powers of two.
const FIRST: usize = 1 << 5;
const MOST: usize = 1 << 13;
const WAYS: usize = 4;
/// Longer lines are not kept, and are named every time.
const LONGEST: usize = 700;

/// The name that a line was given.
#[derive(Default)]
pub(crate) struct Known {
    line: Vec<u8>,
    pub fingerprint: Option<Fingerprint>,
    pub template: String,
    pub level: Option<(Level, LevelBy)>,
    /// Where the template shows the code that has a stand-in in the form.
    pub code: Shown,
}

/// How a template shows the code of its form.
#[derive(Default, Clone, Copy)]
pub(crate) enum Shown {
    /// Not at all, or there is no code.
    #[default]
    Not,
    /// At this place.
    At(usize),
    /// More than once: such a line is named without a stand-in.
    Often,
}

impl Known {
    /// Takes over the name of another line.
    pub(crate) fn take(&mut self, other: &Self) {
        self.template.clear();
        self.template.push_str(&other.template);
        (self.fingerprint, self.level, self.code) = (other.fingerprint, other.level, Shown::Not);
    }
}

/// Forms whose hashes have the same end. The hashes stand together, because they are compared first.
#[derive(Default)]
struct Set {
    hashes: [u64; WAYS],
    known: [Known; WAYS],
    /// The form that is tried first when room is needed.
    next: usize,
    /// The forms that were asked for again, one bit each: they stay when a form that comes only once needs room.
    again: u8,
}

/// The forms that were seen most recently.
#[derive(Default)]
pub(crate) struct Kept {
    sets: Vec<Set>,
    /// How many forms were new since the table grew last.
    new: usize,
}

/// Where the name of a form is kept.
#[derive(Clone, Copy)]
pub(crate) struct Place(usize, usize);

impl Set {
    /// Room for a form: the room of the oldest form that was not asked for again.
    fn room(&mut self, hash: u64) -> Option<(usize, &mut Known)> {
        let mut way = self.next % WAYS;
        for _ in 0..WAYS {
            if self.again & 1 << way == 0 {
                break;
            }
            self.again &= !(1 << way);
            way = (way + 1) % WAYS;
        }
        self.next = way + 1;
        *self.hashes.get_mut(way)? = hash;
        Some((way, self.known.get_mut(way)?))
    }
}

impl Kept {
    /// The place of a form, and whether it is known. `None` for lines that are not kept.
    pub(crate) fn find(&mut self, line: &[u8]) -> Option<(Place, bool)> {
        if line.len() > LONGEST {
            return None;
        }
        if self.sets.is_empty() || self.new > self.sets.len() * WAYS && self.sets.len() < MOST {
            self.grow();
        }
        let hash = hash(line, 0);
        let place = hash as usize & (self.sets.len() - 1);
        let set = self.sets.get_mut(place)?;
        for (way, known) in set.known.iter().enumerate() {
            if set.hashes.get(way) == Some(&hash) && known.line == line {
                set.again |= 1 << way;
                return Some((Place(place, way), true));
            }
        }
        self.new += 1;
        let (way, known) = set.room(hash)?;
        known.line.clear();
        known.line.extend_from_slice(line);
        Some((Place(place, way), false))
    }

    /// Makes more room; every form that is kept gets a new place.
    fn grow(&mut self) {
        let sets = (self.sets.len() * 8).clamp(FIRST, MOST);
        let before = std::mem::take(&mut self.sets);
        self.sets.resize_with(sets, Default::default);
        self.new = 0;
        for set in before {
            for (hash, known) in set.hashes.into_iter().zip(set.known) {
                if let Some((_, room)) =
                    self.sets.get_mut(hash as usize & (sets - 1)).and_then(|set| set.room(hash))
                {
                    *room = known;
                }
            }
        }
    }

    /// The name at a place.
    pub(crate) fn at(&mut self, place: Place) -> Option<&mut Known> {
        self.sets.get_mut(place.0)?.known.get_mut(place.1)
    }
}

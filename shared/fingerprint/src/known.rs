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
    line: Vec<u8>,
    pub fingerprint: Option<Fingerprint>,
    pub template: String,
    pub level: Option<(Level, LevelBy)>,
    /// What becomes of the code that the form has a stand-in for.
    pub code: Shown,
}

/// How a template shows the code of its form.
#[derive(Default, Clone, Copy)]
pub(crate) enum Shown {
    /// Not at all, or there is none.
    #[default]
    Not,
    /// There.
    At(usize),
    /// More than once: such a line is named as it stands.
    Often,
}

impl Known {
    /// Takes what another was named.
    pub(crate) fn take(&mut self, other: &Self) {
        self.template.clear();
        self.template.push_str(&other.template);
        (self.fingerprint, self.level, self.code) = (other.fingerprint, other.level, Shown::Not);
    }
}

/// Forms whose hashes end alike. The hashes stand together, for they are looked at first.
#[derive(Default)]
struct Set {
    hashes: [u64; WAYS],
    known: [Known; WAYS],
    /// Which is looked at first when room is wanted.
    next: usize,
    /// Those that were asked for again, a bit each: they stay when a form that comes once passes by.
    again: u8,
}

/// The forms that were seen last.
#[derive(Default)]
pub(crate) struct Kept {
    sets: Vec<Set>,
    /// Forms that were new since the table grew.
    new: usize,
}

/// Where a form's answer stands.
#[derive(Clone, Copy)]
pub(crate) struct Place(usize, usize);

impl Set {
    /// Room for a form: that of the oldest of which nobody asked again.
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

    /// More room; what is kept finds its new place.
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

    /// The answer at a place.
    pub(crate) fn at(&mut self, place: Place) -> Option<&mut Known> {
        self.sets.get_mut(place.0)?.known.get_mut(place.1)
    }
}

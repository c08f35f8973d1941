//! What the seals say, checked against each other and ready to be held against a record.

use super::broken::Break;
use crate::ports::{EventRow, PortError, SealRow, Views};
use crate::wire;
use crate::wire::seal::{Closing, Part, Seal};
use signalbox_domain::ids::{Digest, RecordId};
use signalbox_domain::time::Day;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a day's seal covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cover {
    /// The runs that began on that day, as they were when it was sealed.
    Beginnings,
    /// Every record there was, as it was when it was sealed.
    Everything,
    /// What moved on it.
    Moves,
}

/// That a record passed through this hash.
#[derive(Debug, Clone, Copy)]
struct Entry {
    day: Day,
    cover: Cover,
    seq: u64,
    hash: Digest,
}

/// All seals together.
#[derive(Default)]
pub(super) struct Sealed {
    covers: BTreeMap<Day, Cover>,
    entries: HashMap<RecordId, Vec<Entry>>,
}

impl Sealed {
    pub(super) async fn read<V: Views + ?Sized>(
        views: &V,
        copies: &BTreeMap<Day, Digest>,
    ) -> Result<Result<Self, Break>, PortError> {
        let mut sealed = Self::default();
        let mut previous: Option<(Day, Digest)> = None;
        for row in views.seals().await? {
            let day = row.day;
            let seal = match readable(&row, previous) {
                Ok(seal) => seal,
                Err(broken) => return Ok(Err(broken)),
            };
            if copies.get(&day).is_some_and(|copy| *copy != row.hash) {
                return Ok(Err(Break::SealCopyDiffers(day)));
            }
            match seal {
                Seal::First(seal) => {
                    sealed.covers.insert(day, Cover::Beginnings);
                    seal.runs.into_iter().for_each(|end| sealed.add(day, Cover::Beginnings, end));
                }
                Seal::Closing(closing) => {
                    if let Err(broken) = sealed.take_parts(views, &closing).await? {
                        return Ok(Err(broken));
                    }
                }
            }
            previous = Some((day, row.hash));
        }
        Ok(match copies.keys().find(|day| !sealed.covers.contains_key(day)) {
            Some(day) => Err(Break::SealCopyDiffers(*day)),
            None => Ok(sealed),
        })
    }

    async fn take_parts<V: Views + ?Sized>(
        &mut self,
        views: &V,
        closing: &Closing,
    ) -> Result<Result<(), Break>, PortError> {
        let day = closing.day;
        let changed = || Ok(Err(Break::SealChanged(day)));
        let cover = if closing.everything { Cover::Everything } else { Cover::Moves };
        let (mut previous, mut before) = (closing.day_before, 0);
        for number in 0..closing.parts {
            let Some(row) = views.seal_part(day, number).await? else { return changed() };
            let Ok(part) = Part::from_bytes(&row.bytes) else { return changed() };
            let itself = (part.day, part.part, part.before) == (day, number, before);
            if wire::hash(&row.bytes) != row.hash || !itself || part.previous != previous {
                return changed();
            }
            (previous, before) = (row.hash, before + part.moved.len() as u64);
            part.moved.into_iter().for_each(|end| self.add(day, cover, end));
        }
        if (closing.previous, closing.moved) != (previous, before) {
            return changed();
        }
        self.covers.insert(day, cover);
        Ok(Ok(()))
    }

    fn add(&mut self, day: Day, cover: Cover, (record, seq, hash): (RecordId, u64, Digest)) {
        self.entries.entry(record).or_default().push(Entry { day, cover, seq, hash });
    }

    pub(super) fn days(&self) -> usize {
        self.covers.len()
    }

    /// A record that was sealed and no longer exists.
    pub(super) fn missing(&self, seen: &BTreeSet<RecordId>) -> Option<(Day, RecordId)> {
        let missing = self.entries.iter().filter(|(record, _)| !seen.contains(*record));
        missing.filter_map(|(record, entries)| Some((entries.first()?.day, record.clone()))).min()
    }

    /// Holds a record against what the seals say of it. Gives how many of its events no seal covers yet.
    pub(super) fn check(&self, record: &RecordId, rows: &[EventRow], days: &[Day]) -> Result<u64, Break> {
        let entries = self.entries.get(record).map_or(&[][..], Vec::as_slice);
        let hash_of =
            |seq: u64| usize::try_from(seq).ok().and_then(|s| rows.get(s.checked_sub(1)?)).map(|r| r.hash);
        if let Some(entry) = entries.iter().find(|entry| hash_of(entry.seq) != Some(entry.hash)) {
            return Err(Break::NotAsSealed(entry.day, record.clone()));
        }
        let (Some(first), Some((first_seal, _)), Some((last_seal, _))) =
            (days.first(), self.covers.first_key_value(), self.covers.last_key_value())
        else {
            return Ok(days.len() as u64);
        };
        if first < first_seal {
            return Err(Break::BeforeSeals(*first, record.clone()));
        }
        let covered_by = |fits: &dyn Fn(&Entry) -> bool| {
            entries.iter().filter(|e| fits(e)).map(|e| e.seq).max().unwrap_or(0)
        };
        let by_everything = covered_by(&|entry| entry.cover == Cover::Everything);
        let last_everything =
            self.covers.iter().rfind(|(_, cover)| **cover == Cover::Everything).map(|(day, _)| *day);
        let covered = covered_by(&|_| true);
        let mut unsealed = 0;
        for (seq, day) in (1u64..).zip(days) {
            let inserted = || match entries {
                [] => Break::RecordInserted(*day, record.clone()),
                [..] => Break::EventInserted(*day, record.clone(), seq),
            };
            match self.covers.get(day) {
                // One seal over everything covers all earlier events, whether they were noted or not.
                _ if seq <= by_everything => {}
                Some(_) if last_everything.is_some_and(|everything| *day <= everything) => {
                    return Err(inserted());
                }
                // Version 1 sealed only the beginnings of runs; later events are not covered, and are counted as
                // unsealed.
                Some(Cover::Beginnings) if seq == 1 && entries.is_empty() => return Err(inserted()),
                Some(Cover::Beginnings) => unsealed += u64::from(seq > covered),
                Some(Cover::Moves | Cover::Everything) => {
                    if !entries.iter().any(|e| e.day == *day && e.seq >= seq) {
                        return Err(inserted());
                    }
                }
                None if day < last_seal => return Err(inserted()),
                None => unsealed += 1,
            }
        }
        Ok(unsealed)
    }
}

/// A seal that is what its row says and follows from the one before.
fn readable(row: &SealRow, previous: Option<(Day, Digest)>) -> Result<Seal, Break> {
    let day = row.day;
    let seal = Seal::from_bytes(&row.bytes).map_err(|_| Break::SealChanged(day))?;
    if wire::hash(&row.bytes) != row.hash || seal.day() != day {
        return Err(Break::SealChanged(day));
    }
    let follows = match previous {
        Some((before, hash)) => before.next() == day && seal.day_before() == hash,
        None => seal.day_before() == Digest::ZERO,
    };
    if follows { Ok(seal) } else { Err(Break::SealNotChained(day)) }
}

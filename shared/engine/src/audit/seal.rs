//! Seals a day once: over every record that moved on it, in parts of a bounded size, each chained to the one before.
//!
//! If a caretaker is interrupted, the next one reads the last part that is there and goes on after it. Two at once do
//! no harm: a part is added only if it is not there yet.

use crate::ports::{Clock, EventRow, Moved, PartRow, PortError, SealRow, Seals};
use crate::wire::seal::{Closing, End, Part, Seal};
use signalbox_domain::ids::{Digest, RecordId};
use signalbox_domain::time::{Day, Timestamp};
use std::time::Duration;

/// How long after its end a day is sealed; longer than any lease, so that no writer still holds one of its beginnings.
pub const GRACE: Duration = Duration::from_secs(3600);
/// Records in a part: some 310 kB of JSON. An item of DynamoDB holds 400 KB.
const PART: usize = 2900;
/// How many records are asked for at a time where each is read by itself.
const PAGE: usize = 500;

/// Seals every day since the first event that is over, past its grace and not yet sealed; days on which nothing moved
/// too, so that the chain has no gap. Begins no further part after `patience`: the next call goes on. Gives the new
/// seals.
///
/// # Errors
/// When the store fails.
pub async fn seal_days<S: Seals + ?Sized>(
    store: &S,
    clock: &dyn Clock,
    patience: Duration,
) -> Result<Vec<SealRow>, PortError> {
    let until = clock.now().plus(patience);
    let mut sealed = vec![];
    let mut seals = store.seals().await?;
    let next = match seals.last() {
        Some(last) => Some(last.day.next()),
        None => store.first_day().await?,
    };
    let Some(mut day) = next else { return Ok(sealed) };
    while day.end().plus(GRACE) <= clock.now() {
        // Moves are noted since version 2. So the first seal of version 2 covers every record, and so does one after
        // a version 1 that was put back for a while.
        let everything =
            !seals.last().is_some_and(|row| matches!(Seal::from_bytes(&row.bytes), Ok(Seal::Closing(_))));
        let day_before = seals.last().map_or(Digest::ZERO, |row| row.hash);
        let sealing = Sealing { store, clock, until, day, day_before, everything };
        match sealing.seal().await {
            Ok(Some(row)) => {
                seals.push(row.clone());
                sealed.push(row);
            }
            // Out of patience, or another caretaker is at it: the next pass goes on from there.
            Ok(None) | Err(PortError::Conflict) => break,
            Err(error) => return Err(error),
        }
        day = day.next();
    }
    Ok(sealed)
}

struct Sealing<'s, S: ?Sized> {
    store: &'s S,
    clock: &'s dyn Clock,
    until: Timestamp,
    day: Day,
    day_before: Digest,
    /// Every record is gone over, not only the records that were noted as moved.
    everything: bool,
}

impl<S: Seals + ?Sized> Sealing<'_, S> {
    /// `None`: not done yet.
    async fn seal(&self) -> Result<Option<SealRow>, PortError> {
        let (mut part, mut after) = match self.store.last_seal_part(self.day).await? {
            Some(row) => {
                let done = Part::from_bytes(&row.bytes)?;
                (self.after(&done, &row), done.moved.last().map(|(record, ..)| record.clone()))
            }
            None => (self.part(0, self.day_before, 0), None),
        };
        loop {
            let out_of_patience = self.clock.now() >= self.until;
            let page = if out_of_patience { None } else { Some(self.page(after.as_ref()).await?) };
            let over = page.as_ref().is_some_and(|page| page.last.is_none());
            if let Some(page) = page {
                after = page.last.or(after);
                part.moved.extend(page.ends);
            }
            if part.moved.len() >= PART || (!part.moved.is_empty() && (over || out_of_patience)) {
                let rest = part.moved.split_off(part.moved.len().min(PART));
                let row = part.to_row()?;
                self.store.add_seal_part(row.clone()).await?;
                part = self.after(&part, &row);
                part.moved = rest;
            }
            if over && part.moved.is_empty() {
                return self.close(&part).await.map(Some);
            }
            if out_of_patience && part.moved.is_empty() {
                return Ok(None);
            }
        }
    }

    async fn close(&self, next: &Part) -> Result<SealRow, PortError> {
        let closing = Closing {
            v: 2,
            day: self.day,
            date: self.day.to_string(),
            at: self.clock.now(),
            previous: next.previous,
            day_before: self.day_before,
            parts: next.part,
            moved: next.before,
            everything: self.everything,
        };
        let row = closing.to_row()?;
        self.store.add_seal(row.clone()).await?;
        Ok(row)
    }

    fn part(&self, part: u32, previous: Digest, before: u64) -> Part {
        Part { v: 2, day: self.day, part, previous, before, moved: vec![] }
    }

    fn after(&self, part: &Part, row: &PartRow) -> Part {
        self.part(part.part + 1, row.hash, part.before + part.moved.len() as u64)
    }

    async fn page(&self, after: Option<&RecordId>) -> Result<Page, PortError> {
        if !self.everything {
            let moved = self.store.moved(self.day, after, PART).await?;
            let last = moved.last().map(|m| m.record.clone());
            return Ok(Page {
                last,
                ends: moved.into_iter().map(|Moved { record, seq, hash }| (record, seq, hash)).collect(),
            });
        }
        let (mut last, mut ends) = (None, vec![]);
        for record in self.store.event_records(after, PAGE).await? {
            last = Some(record.clone());
            ends.extend(
                self.store.events(&record).await?.pop().map(|EventRow { seq, hash, .. }| (record, seq, hash)),
            );
            if self.clock.now() >= self.until {
                break;
            }
        }
        Ok(Page { last, ends })
    }
}

struct Page {
    /// The last record that was looked at; `None` if there is none any more.
    last: Option<RecordId>,
    ends: Vec<End>,
}

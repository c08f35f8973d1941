//! Seals a day once, over its sorted (run, sequence, hash) and the seal before.

use crate::ports::{PortError, SealRow, Store};
use crate::wire::seal::Seal;
use signalbox_domain::ids::{Digest, RunId};
use signalbox_domain::time::{Day, Timestamp};
use std::time::Duration;

/// How long after its end a day is sealed; longer than any lease, so that no writer still holds one of its beginnings.
pub const GRACE: Duration = Duration::from_secs(3600);

/// Seals every day since the first event that is over, past its grace and not yet sealed; days without runs too, so
/// that the chain has no gap. Gives the new seals.
///
/// # Errors
/// When the store fails.
pub async fn seal_days<S: Store + ?Sized>(store: &S, now: Timestamp) -> Result<Vec<SealRow>, PortError> {
    let mut sealed = vec![];
    let seals = store.seals().await?;
    let mut previous = seals.last().map_or(Digest::ZERO, |s| s.hash);
    let next = match seals.last() {
        Some(last) => Some(last.day.next()),
        None => store.first_day().await?,
    };
    let Some(mut day) = next else { return Ok(sealed) };
    while day.end().plus(GRACE) <= now {
        let seal =
            Seal { v: 1, day, date: day.to_string(), at: now, previous, runs: ends(store, day).await? };
        let row = seal.to_row()?;
        match store.add_seal(row.clone()).await {
            Ok(()) => {}
            // Another caretaker sealed it; the next pass goes on from there.
            Err(PortError::Conflict) => break,
            Err(error) => return Err(error),
        }
        previous = row.hash;
        sealed.push(row);
        day = day.next();
    }
    Ok(sealed)
}

async fn ends<S: Store + ?Sized>(store: &S, day: Day) -> Result<Vec<(RunId, u64, Digest)>, PortError> {
    let mut ends = vec![];
    for run in store.runs_of_day(day).await? {
        if let Some(last) = store.events(&run).await?.pop() {
            ends.push((run, last.seq, last.hash));
        }
    }
    ends.sort();
    Ok(ends)
}

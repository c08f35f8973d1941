//! Checks chain, seals and heads against each other and names the first break. Never serialises anything again: the
//! stored bytes are what is hashed. What it could not check, it counts.

use super::broken::Break;
use super::sealed::Sealed;
use crate::ports::{EventRow, PortError, Views};
use crate::records::refolds;
use crate::wire;
use signalbox_domain::ids::{Digest, RecordId};
use signalbox_domain::time::Day;
use std::collections::{BTreeMap, BTreeSet};

/// How many records are read at a time.
const PAGE: usize = 500;

/// Everything that was checked was as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Records checked: runs, alerts, bulletins.
    pub runs: u64,
    /// Events checked.
    pub events: u64,
    /// Sealed days checked.
    pub seals: u64,
    /// How many of the events no seal covers yet. If one of these were removed from the end, or a whole record of
    /// such a day, the check would not show it.
    pub unsealed: u64,
    /// How many of the seals have a copy outside the table.
    pub copies: u64,
    /// Records with events or heads that a newer version wrote: their chain was checked, and their heads were not
    /// folded again.
    pub newer: Vec<RecordId>,
}

/// Checks everything. `copies` are the seals' hashes as they were kept outside the table; `progress` is told how many
/// records were checked so far.
///
/// # Errors
/// When the store fails. A break is not an error: it is the answer.
pub async fn verify<V: Views + ?Sized>(
    views: &V,
    copies: &BTreeMap<Day, Digest>,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Result<Verified, Break>, PortError> {
    let mut verified = Verified::default();
    let sealed = match Sealed::read(views, copies).await? {
        Ok(sealed) => sealed,
        Err(broken) => return Ok(Err(broken)),
    };
    verified.seals = sealed.days() as u64;
    verified.copies = copies.len() as u64;
    let mut seen: BTreeSet<RecordId> = BTreeSet::new();
    let mut after: Option<RecordId> = None;
    loop {
        let page = views.event_records(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        for record in page {
            match check_record(views, &record, &sealed, &mut verified).await? {
                Ok(()) => verified.runs += 1,
                Err(broken) => return Ok(Err(broken)),
            }
            seen.insert(record);
        }
        progress(verified.runs);
    }
    if let Some((day, record)) = sealed.missing(&seen) {
        return Ok(Err(Break::RecordMissing(day, record)));
    }
    after = None;
    loop {
        let page = views.head_records(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(Ok(verified)) };
        after = Some(last.clone());
        // Read once more: a record may have begun since its page was read.
        for record in page.into_iter().filter(|r| !seen.contains(r)) {
            if views.events(&record).await?.is_empty() {
                return Ok(Err(Break::Truncated(record, 0)));
            }
        }
    }
}

async fn check_record<V: Views + ?Sized>(
    views: &V,
    record: &RecordId,
    sealed: &Sealed,
    verified: &mut Verified,
) -> Result<Result<(), Break>, PortError> {
    // The head first: events that come meanwhile only lengthen the chain.
    let head = views.head(record).await?;
    let rows = views.events(record).await?;
    let days = match check_chain(record, &rows) {
        Ok(days) => days,
        Err(broken) => return Ok(Err(broken)),
    };
    let count = rows.len() as u64;
    let Some(head) = head else { return Ok(Err(Break::Headless(record.clone()))) };
    if head.version > count {
        return Ok(Err(Break::Truncated(record.clone(), count)));
    }
    let folded = usize::try_from(head.version).unwrap_or(usize::MAX);
    if folded.checked_sub(1).and_then(|at| rows.get(at)).map(|row| row.hash) != Some(head.chain) {
        return Ok(Err(Break::HeadDiffers(record.clone())));
    }
    match sealed.check(record, &rows, &days) {
        Ok(unsealed) => verified.unsealed += unsealed,
        Err(broken) => return Ok(Err(broken)),
    }
    match refolds(&head, rows.get(..folded).unwrap_or_default()) {
        Some(true) => {}
        Some(false) => return Ok(Err(Break::HeadForged(record.clone()))),
        None => verified.newer.push(record.clone()),
    }
    verified.events += count;
    Ok(Ok(()))
}

/// The day of each event, if they are chained.
pub(super) fn check_chain(record: &RecordId, rows: &[EventRow]) -> Result<Vec<Day>, Break> {
    let mut previous = Digest::ZERO;
    let mut days = Vec::with_capacity(rows.len());
    for (row, seq) in rows.iter().zip(1u64..) {
        if row.seq != seq {
            return Err(Break::Missing(record.clone(), seq));
        }
        if wire::hash(&row.bytes) != row.hash {
            return Err(Break::Changed(record.clone(), seq));
        }
        let misfiled = |why: String| Break::Misfiled(record.clone(), seq, why);
        let frame = wire::event::frame(&row.bytes).map_err(|e| misfiled(e.why))?;
        if frame.record != *record || frame.seq != seq {
            return Err(misfiled(format!("it says event {} of {}", frame.seq, frame.record)));
        }
        if frame.previous != previous {
            return Err(Break::NotChained(record.clone(), seq));
        }
        if frame.v <= wire::event::LATEST {
            wire::event::decode(&row.bytes).map_err(|e| misfiled(e.why))?;
        }
        previous = row.hash;
        days.push(frame.at.day());
    }
    Ok(days)
}

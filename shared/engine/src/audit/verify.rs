//! Checks chain, seals and heads against each other and names the first break. Never serialises anything again: what
//! was stored is what is hashed. What it did not check it counts.

use super::broken::Break;
use super::sealed::Sealed;
use crate::append::refolds;
use crate::ports::{EventRow, PortError, Views};
use crate::wire;
use signalbox_domain::ids::{Digest, RunId};
use signalbox_domain::time::Day;
use std::collections::{BTreeMap, BTreeSet};

/// How many records are read at a time.
const PAGE: usize = 500;

/// Everything that was checked was as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verified {
    /// Records checked: runs, alerts, digests.
    pub runs: u64,
    /// Events checked.
    pub events: u64,
    /// Sealed days checked.
    pub seals: u64,
    /// Of the events those that no seal covers yet: what was removed from their end, or a whole record of such days,
    /// would not show.
    pub unsealed: u64,
    /// Of the seals those that have a copy outside the table.
    pub copies: u64,
    /// Records with events or heads that a newer version wrote: their chain was checked, and their heads were not
    /// folded again.
    pub newer: u64,
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
    let mut seen: BTreeSet<RunId> = BTreeSet::new();
    let mut after: Option<RunId> = None;
    loop {
        let page = views.event_runs(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        for run in page {
            match check_record(views, &run, &sealed, &mut verified).await? {
                Ok(()) => verified.runs += 1,
                Err(broken) => return Ok(Err(broken)),
            }
            seen.insert(run);
        }
        progress(verified.runs);
    }
    if let Some((day, run)) = sealed.missing(&seen) {
        return Ok(Err(Break::RunMissing(day, run)));
    }
    after = None;
    loop {
        let page = views.head_runs(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(Ok(verified)) };
        after = Some(last.clone());
        // Read once more: a run may have begun since its page was read.
        for run in page.into_iter().filter(|r| !seen.contains(r)) {
            if views.events(&run).await?.is_empty() {
                return Ok(Err(Break::Truncated(run, 0)));
            }
        }
    }
}

async fn check_record<V: Views + ?Sized>(
    views: &V,
    run: &RunId,
    sealed: &Sealed,
    verified: &mut Verified,
) -> Result<Result<(), Break>, PortError> {
    // The head first: events that come meanwhile only lengthen the chain.
    let head = views.head(run).await?;
    let rows = views.events(run).await?;
    let days = match check_chain(run, &rows) {
        Ok(days) => days,
        Err(broken) => return Ok(Err(broken)),
    };
    let count = rows.len() as u64;
    let Some(head) = head else { return Ok(Err(Break::Headless(run.clone()))) };
    if head.version > count {
        return Ok(Err(Break::Truncated(run.clone(), count)));
    }
    let folded = usize::try_from(head.version).unwrap_or(usize::MAX);
    if folded.checked_sub(1).and_then(|at| rows.get(at)).map(|row| row.hash) != Some(head.chain) {
        return Ok(Err(Break::HeadDiffers(run.clone())));
    }
    match sealed.check(run, &rows, &days) {
        Ok(unsealed) => verified.unsealed += unsealed,
        Err(broken) => return Ok(Err(broken)),
    }
    match refolds(&head, rows.get(..folded).unwrap_or_default()) {
        Some(true) => {}
        Some(false) => return Ok(Err(Break::HeadForged(run.clone()))),
        None => verified.newer += 1,
    }
    verified.events += count;
    Ok(Ok(()))
}

/// The day of each event, if they are chained.
fn check_chain(run: &RunId, rows: &[EventRow]) -> Result<Vec<Day>, Break> {
    let mut previous = Digest::ZERO;
    let mut days = Vec::with_capacity(rows.len());
    for (row, seq) in rows.iter().zip(1u64..) {
        if row.seq != seq {
            return Err(Break::Missing(run.clone(), seq));
        }
        if wire::hash(&row.bytes) != row.hash {
            return Err(Break::Changed(run.clone(), seq));
        }
        let misfiled = |why: String| Break::Misfiled(run.clone(), seq, why);
        let frame = wire::event::frame(&row.bytes).map_err(|e| misfiled(e.why))?;
        if frame.run != *run || frame.seq != seq {
            return Err(misfiled(format!("it says event {} of {}", frame.seq, frame.run)));
        }
        if frame.previous != previous {
            return Err(Break::NotChained(run.clone(), seq));
        }
        if frame.v <= wire::event::LATEST {
            wire::event::decode(&row.bytes).map_err(|e| misfiled(e.why))?;
        }
        previous = row.hash;
        days.push(frame.at.day());
    }
    Ok(days)
}

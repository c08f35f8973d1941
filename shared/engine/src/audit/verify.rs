//! Checks chain, seals and heads against each other and names the first break. Never serialises anything again: what
//! was stored is what is hashed.

use crate::ports::{EventRow, PortError, SealRow, Views};
use crate::wire;
use crate::wire::seal::Seal;
use signalbox_domain::ids::{Digest, RunId};
use signalbox_domain::time::Day;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

/// How many runs are read at a time.
const PAGE: usize = 500;

/// Everything was as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verified {
    /// Runs checked.
    pub runs: u64,
    /// Events checked.
    pub events: u64,
    /// Sealed days checked.
    pub seals: u64,
}

/// The first thing that was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// An event's bytes are not those that were hashed.
    Changed(RunId, u64),
    /// An event does not follow from the one before: something was changed, put between or put in another order.
    NotChained(RunId, u64),
    /// A run's events are not numbered 1, 2, 3, …: this one is missing.
    Missing(RunId, u64),
    /// An event cannot be read, or is filed under another run or number than its own.
    Misfiled(RunId, u64, String),
    /// A run has fewer events than its head counted: cut off after this one.
    Truncated(RunId, u64),
    /// A run's head does not end where its events do.
    HeadDiffers(RunId),
    /// A run has events and no head: it was put there, or its head was taken away.
    Headless(RunId),
    /// A sealed run is gone.
    RunMissing(Day, RunId),
    /// A run does not pass through the hash it was sealed with.
    NotAsSealed(Day, RunId),
    /// A run lies in a sealed day, and its seal does not know it.
    RunInserted(Day, RunId),
    /// A seal's bytes are not those that were hashed, or cannot be read.
    SealChanged(Day),
    /// A seal does not follow from the one before.
    SealNotChained(Day),
    /// The copy of a seal outside the table differs, or the table has none for it.
    SealCopyDiffers(Day),
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(run, seq) => write!(f, "event {seq} of run {run} was changed"),
            Self::NotChained(run, seq) => {
                write!(f, "event {seq} of run {run} does not follow from the one before")
            }
            Self::Missing(run, seq) => write!(f, "event {seq} of run {run} is missing"),
            Self::Misfiled(run, seq, why) => {
                write!(f, "event {seq} of run {run} is not one of its own: {why}")
            }
            Self::Truncated(run, seq) => write!(f, "the events of run {run} were cut off after {seq}"),
            Self::HeadDiffers(run) => write!(f, "the head of run {run} does not match its events"),
            Self::Headless(run) => write!(f, "run {run} has events and no head"),
            Self::RunMissing(day, run) => write!(f, "run {run}, sealed on {day}, is gone"),
            Self::NotAsSealed(day, run) => write!(f, "run {run} is not as it was sealed on {day}"),
            Self::RunInserted(day, run) => {
                write!(f, "run {run} was put into {day} after that day was sealed")
            }
            Self::SealChanged(day) => write!(f, "the seal of {day} was changed"),
            Self::SealNotChained(day) => write!(f, "the seal of {day} does not follow from the one before"),
            Self::SealCopyDiffers(day) => {
                write!(f, "the seal of {day} differs from its copy outside the table")
            }
        }
    }
}

/// Checks everything. `copies` are the seals' hashes as they were kept outside the table; `progress` is told how many
/// runs were checked so far.
///
/// # Errors
/// When the store fails. A break is not an error: it is the answer.
pub async fn verify<V: Views + ?Sized>(
    views: &V,
    copies: &BTreeMap<Day, Digest>,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Result<Verified, Break>, PortError> {
    let mut verified = Verified::default();
    let sealed = match check_seals(&views.seals().await?, copies) {
        Ok(sealed) => sealed,
        Err(broken) => return Ok(Err(broken)),
    };
    verified.seals = sealed.days.len() as u64;
    let mut seen: BTreeSet<RunId> = BTreeSet::new();
    let mut after: Option<RunId> = None;
    loop {
        let page = views.event_runs(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        for run in page {
            match check_run(views, &run, &sealed).await? {
                Ok(events) => verified.events += events,
                Err(broken) => return Ok(Err(broken)),
            }
            verified.runs += 1;
            seen.insert(run);
        }
        progress(verified.runs);
    }
    if let Some((run, (day, ..))) = sealed.runs.iter().find(|(run, _)| !seen.contains(*run)) {
        return Ok(Err(Break::RunMissing(*day, run.clone())));
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

struct Sealed {
    days: BTreeSet<Day>,
    runs: HashMap<RunId, (Day, u64, Digest)>,
}

fn check_seals(rows: &[SealRow], copies: &BTreeMap<Day, Digest>) -> Result<Sealed, Break> {
    let mut sealed = Sealed { days: BTreeSet::new(), runs: HashMap::new() };
    let mut previous: Option<(Day, Digest)> = None;
    for row in rows {
        let day = row.day;
        let seal = Seal::from_bytes(&row.bytes).map_err(|_| Break::SealChanged(day))?;
        if wire::hash(&row.bytes) != row.hash || seal.day != day {
            return Err(Break::SealChanged(day));
        }
        let follows = match previous {
            Some((before, hash)) => before.next() == day && seal.previous == hash,
            None => seal.previous == Digest::ZERO,
        };
        if !follows {
            return Err(Break::SealNotChained(day));
        }
        if copies.get(&day).is_some_and(|copy| *copy != row.hash) {
            return Err(Break::SealCopyDiffers(day));
        }
        sealed.days.insert(day);
        sealed.runs.extend(seal.runs.into_iter().map(|(run, seq, hash)| (run, (day, seq, hash))));
        previous = Some((day, row.hash));
    }
    match copies.keys().find(|day| !sealed.days.contains(day)) {
        Some(day) => Err(Break::SealCopyDiffers(*day)),
        None => Ok(sealed),
    }
}

async fn check_run<V: Views + ?Sized>(
    views: &V,
    run: &RunId,
    sealed: &Sealed,
) -> Result<Result<u64, Break>, PortError> {
    // The head first: events that come meanwhile only lengthen the chain.
    let head = views.head(run).await?;
    let rows = views.events(run).await?;
    if let Err(broken) = check_chain(run, &rows) {
        return Ok(Err(broken));
    }
    let count = rows.len() as u64;
    let Some(head) = head else { return Ok(Err(Break::Headless(run.clone()))) };
    if head.version > count {
        return Ok(Err(Break::Truncated(run.clone(), count)));
    }
    let at = |seq: u64| usize::try_from(seq).ok().and_then(|s| rows.get(s.checked_sub(1)?));
    if at(head.version).map(|r| r.hash) != Some(head.chain) {
        return Ok(Err(Break::HeadDiffers(run.clone())));
    }
    if let Some((day, seq, hash)) = sealed.runs.get(run) {
        if at(*seq).map(|r| r.hash) != Some(*hash) {
            return Ok(Err(Break::NotAsSealed(*day, run.clone())));
        }
    } else if let Some(day) =
        rows.first().and_then(|r| wire::event::decode(&r.bytes).ok()).map(|r| r.at.day())
        && sealed.days.contains(&day)
    {
        return Ok(Err(Break::RunInserted(day, run.clone())));
    }
    Ok(Ok(count))
}

fn check_chain(run: &RunId, rows: &[EventRow]) -> Result<(), Break> {
    let mut previous = Digest::ZERO;
    for (row, seq) in rows.iter().zip(1u64..) {
        if row.seq != seq {
            return Err(Break::Missing(run.clone(), seq));
        }
        if wire::hash(&row.bytes) != row.hash {
            return Err(Break::Changed(run.clone(), seq));
        }
        let record = wire::event::decode(&row.bytes).map_err(|e| Break::Misfiled(run.clone(), seq, e.why))?;
        if record.run != *run || record.seq != seq {
            return Err(Break::Misfiled(
                run.clone(),
                seq,
                format!("it says event {} of {}", record.seq, record.run),
            ));
        }
        if record.previous != previous {
            return Err(Break::NotChained(run.clone(), seq));
        }
        previous = row.hash;
    }
    Ok(())
}

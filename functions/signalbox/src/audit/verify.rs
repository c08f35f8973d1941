//! `audit verify`: the chain, the seals, and the seals' copies outside the records.

use signalbox_engine::audit::{Verified, verify as check};
use signalbox_engine::ports::{SealCopies, Views};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::process::ExitCode;

/// This many records of a newer version are named; JSON names all of them.
const NAMED: usize = 20;

pub async fn verify(
    records: &dyn Views,
    seals: Option<&dyn SealCopies>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let copies = match seals {
        Some(seals) => seals.hashes().await?,
        None => BTreeMap::new(),
    };
    let watched = std::io::stderr().is_terminal();
    let progress = |runs| {
        if watched {
            crate::paint::progress(&format!("{runs} records …"));
        }
    };
    let answer = check(records, &copies, progress).await?;
    if watched {
        crate::paint::progress("");
    }
    match answer {
        Ok(verified) => {
            let Verified { runs, events, seals, unsealed, copies, newer } = &verified;
            if json {
                outln!(
                    "{}",
                    serde_json::json!({"ok": true, "runs": runs, "events": events, "seals": seals, "unsealed_events": unsealed,
                        "seals_with_copies": copies, "records_of_a_newer_version": newer.len(), "newer": newer})
                );
            } else {
                outln!(
                    "ok: {runs} records, {events} events, {seals} sealed days: nothing of what was checked was touched"
                );
                for gap in not_checked(&verified) {
                    outln!("not checked: {gap}");
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            if json {
                outln!("{}", serde_json::json!({"ok": false, "break": broken.to_string()}));
            } else {
                outln!("BROKEN: {broken}");
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What the check did not cover.
fn not_checked(verified: &Verified) -> Vec<String> {
    let Verified { seals, unsealed, copies, newer, .. } = verified;
    let mut gaps = vec![];
    if *unsealed > 0 {
        gaps.push(format!(
            "{unsealed} events of days that are not sealed yet: what was removed from their end would not show"
        ));
    }
    if copies < seals {
        gaps.push(format!(
            "{} of {seals} seals have no copy here: whether the whole chain of seals was made anew would not show",
            seals - copies
        ));
    }
    if !newer.is_empty() {
        let named: Vec<String> = newer.iter().take(NAMED).map(|record| record.short().to_string()).collect();
        let others = if newer.len() > NAMED { ", …" } else { "" };
        gaps.push(format!(
            "{} records of a newer version ({}{others}): their chain was, whether their heads follow from it was not",
            newer.len(),
            named.join(", ")
        ));
    }
    gaps
}

//! `audit rebuild`: heads, folded again from their events.

use super::list::find;
use crate::clock::SystemClock;
use crate::paint::Lines;
use crate::records::Records;
use signalbox_domain::ids::RecordId;
use signalbox_engine::audit::{Rebuilt, rebuild as fold_again};
use signalbox_engine::ports::{Clock as _, Views};
use std::io::IsTerminal;
use std::process::ExitCode;

/// How many ids are asked for at a time.
const PAGE: usize = 500;

/// Fails if a head is wrong and was not made anew, so that a script can check it.
pub async fn rebuild(
    records: &Records,
    one: Option<&str>,
    write: bool,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let all = match one {
        Some(name) => vec![find(&*records.views, name).await?],
        None => everything(&*records.views).await?,
    };
    let watched = std::io::stderr().is_terminal();
    let (mut sound, mut anew, mut left) = (0u64, vec![], vec![]);
    for (record, at) in all.iter().zip(1u64..) {
        if watched && at % 100 == 0 {
            crate::paint::progress(&format!("{at} of {} records …", all.len()));
        }
        match fold_again(&*records.journal, record, SystemClock.now(), write).await? {
            Rebuilt::Sound => sound += 1,
            Rebuilt::Anew(wrong) => anew.push((record, wrong.words())),
            Rebuilt::Left(why) => left.push((record, why)),
        }
    }
    if watched {
        crate::paint::progress("");
    }
    let done = if write { "made anew" } else { "would be made anew" };
    if json {
        let anew: Vec<_> =
            anew.iter().map(|(record, wrong)| serde_json::json!({"record": record, "head": wrong})).collect();
        let left: Vec<_> =
            left.iter().map(|(record, why)| serde_json::json!({"record": record, "why": why})).collect();
        outln!(
            "{}",
            serde_json::json!({"written": write, "sound": sound, "anew": anew, "left_as_they_are": left})
        );
    } else {
        let mut lines = Lines::new(&["record", "head", ""]);
        for (record, wrong) in &anew {
            lines.row(&[record.to_string(), (*wrong).to_owned(), done.to_owned()], None);
        }
        for (record, why) in &left {
            lines.row(&[record.to_string(), "is left as it is".to_owned(), why.clone()], None);
        }
        if !(anew.is_empty() && left.is_empty()) {
            lines.print();
        }
        outln!(
            "{sound} heads are what their events fold to; {} {done}; {} left as they are",
            anew.len(),
            left.len()
        );
        if !write && !anew.is_empty() {
            outln!("help: signalbox audit rebuild --write");
        }
    }
    let sound = left.is_empty() && (write || anew.is_empty());
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn everything(views: &dyn Views) -> anyhow::Result<Vec<RecordId>> {
    let mut all: Vec<RecordId> = vec![];
    loop {
        let page = views.event_records(all.last(), PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

//! `audit export`: the stored bytes, so that anyone can check the chain with their own tools.

use serde::Serialize;
use serde_json::value::RawValue;
use signalbox_domain::ids::RecordId;
use signalbox_domain::visible;
use signalbox_engine::ports::{EventRow, Views};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

const PAGE: usize = 500;

#[derive(Serialize)]
struct Exported<'a> {
    hash: String,
    /// Byte for byte what was hashed.
    event: &'a RawValue,
}

/// One event as a line. `event` holds the stored bytes; `hash` is their SHA-256.
pub fn line(row: &EventRow) -> anyhow::Result<String> {
    let event: &RawValue = serde_json::from_slice(&row.bytes)?;
    Ok(serde_json::to_string(&Exported { hash: row.hash.to_string(), event })?)
}

pub async fn export(records: &dyn Views, json: bool) -> anyhow::Result<ExitCode> {
    if !json {
        anyhow::bail!("there is one format so far\n  help: signalbox audit export --json");
    }
    let terminal = std::io::stdout().is_terminal();
    let mut out = std::io::stdout().lock();
    let mut after: Option<RecordId> = None;
    loop {
        let page = records.event_records(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(ExitCode::SUCCESS) };
        after = Some(last.clone());
        for run in &page {
            for row in records.events(run).await? {
                let line = line(&row)?;
                writeln!(out, "{}", if terminal { visible::lines(&line) } else { line })?;
            }
        }
    }
}

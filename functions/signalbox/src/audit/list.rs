//! `audit list` and `audit show`.

use crate::paint::{self, Lines};
use anyhow::bail;
use signalbox_domain::ids::{RecordId, RecordName};
use signalbox_engine::ports::Views;
use signalbox_engine::wire;
use signalbox_engine::wire::head::Head;
use std::process::ExitCode;

const PAGE: usize = 500;

pub async fn list(records: &dyn Views, json: bool) -> anyhow::Result<ExitCode> {
    let mut heads: Vec<Head> = vec![];
    let mut after: Option<RecordId> = None;
    loop {
        let page = records.head_records(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        for run in &page {
            if let Some(row) = records.head(run).await? {
                match wire::head::decode_any(&row.body) {
                    Ok(head) => heads.push(head),
                    Err(error) => errln!("warning: {run} is left out: {error}"),
                }
            }
        }
    }
    heads.sort_by_key(|head| head.entry().since);
    if json {
        for head in &heads {
            outln!("{}", serde_json::to_string(head)?);
        }
        return Ok(ExitCode::SUCCESS);
    }
    if heads.is_empty() {
        outln!("No runs yet.");
        return Ok(ExitCode::SUCCESS);
    }
    let mut lines = Lines::new(&["asked", "run", "state", "what", "who", "events"]).with_headings();
    for head in &heads {
        lines.row(&cells(head), Some(2));
    }
    lines.print();
    Ok(ExitCode::SUCCESS)
}

/// The cells of one row. An alert and a bulletin count as asked for by their watch.
fn cells(head: &Head) -> [String; 6] {
    let entry = head.entry();
    let state = match entry.standing {
        Some(standing) => format!("{}, {}", paint::standing(standing), entry.state),
        None => entry.state.to_owned(),
    };
    let (at, id) = (paint::moment(entry.since), entry.id.to_string());
    [at, id, state, entry.what, entry.by, entry.version.to_string()]
}

pub async fn show(records: &dyn Views, run: &str, json: bool) -> anyhow::Result<ExitCode> {
    let run = find(records, run).await?;
    let rows = records.events(&run).await?;
    if json {
        for row in &rows {
            paint::machine(&super::export::line(row)?);
        }
        return Ok(ExitCode::SUCCESS);
    }
    outln!("run {run}");
    let mut lines = Lines::new(&["#", "when", "what happened", "cause", "hash"]);
    for row in &rows {
        let hash = row.hash.to_string();
        // A record that a newer version wrote is shown as such, and the other records are shown all the same.
        let (at, what, cause) = match wire::event::decode(&row.bytes) {
            Ok(record) => {
                let cause = record.cause.to_string().replace(run.as_str(), run.short().as_str());
                (
                    paint::moment(record.at),
                    signalbox_voice::plain(&signalbox_voice::recorded(&record.event)),
                    cause,
                )
            }
            Err(error) => {
                let at = wire::event::frame(&row.bytes).map(|frame| paint::moment(frame.at));
                (at.unwrap_or_default(), error.to_string(), String::new())
            }
        };
        let cells = [row.seq.to_string(), at, what, cause, hash[..12].to_owned()];
        lines.row(&cells, None);
    }
    lines.print();
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn find(records: &dyn Views, text: &str) -> anyhow::Result<RecordId> {
    let name: RecordName = text.parse()?;
    if let Some(run) = name.whole {
        return Ok(run);
    }
    let short = name.short;
    let mut found = records.find(short).await?;
    match (found.pop(), found.is_empty()) {
        (Some(row), true) => Ok(row.record),
        (None, _) => bail!("no run {short}\n  help: `signalbox audit list` shows all"),
        (Some(row), false) => {
            let all: Vec<String> =
                found.iter().map(|r| r.record.to_string()).chain([row.record.to_string()]).collect();
            bail!("several runs begin with {short}: give the whole id\n  {}", all.join("\n  "))
        }
    }
}

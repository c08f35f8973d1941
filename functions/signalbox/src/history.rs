//! `signalbox history`: the latest runs of a workspace, as many and of such a kind as is asked for.

use crate::cli::History;
use crate::clock;
use crate::paint::{self, Lines};
use crate::records::{Access, open};
use anyhow::bail;
use signalbox_domain::ids::{RunId, WorkspaceId};
use signalbox_domain::time::length;
use signalbox_domain::{RunHead, Timestamp};
use signalbox_engine::wire;
use std::process::ExitCode;

/// How many are read at a time, to find what is asked for.
const PAGE: usize = 200;
const HEADINGS: [&str; 5] = ["asked", "run", "state", "what", "who"];

pub async fn run(options: &History) -> anyhow::Result<ExitCode> {
    let records = open(&options.records, Access::Read).await?;
    let since = options.since.as_deref().map(|text| moment(text, clock::now())).transpose()?;
    let team = WorkspaceId::new(&options.team);
    let (mut found, mut seen): (Vec<RunHead>, Vec<RunId>) = (vec![], vec![]);
    let mut before = clock::now();
    'pages: loop {
        // One moment more: runs of the same millisecond may lie on both sides of a page's end.
        before = Timestamp(before.0.saturating_add(1));
        let rows = records.views.latest(&team, before, PAGE).await?;
        let known = seen.len();
        for row in rows {
            before = row.requested_at;
            if found.len() == options.limit || since.is_some_and(|since| row.requested_at < since) {
                break 'pages;
            }
            if seen.contains(&row.run) {
                continue;
            }
            seen.push(row.run.clone());
            match wire::head::decode(&row.body) {
                Ok(head) if is_wanted(options, &head) => found.push(head),
                Ok(_) => {}
                Err(error) => errln!("warning: {} is left out: {error}", row.run),
            }
        }
        if seen.len() == known {
            break;
        }
    }
    if options.json {
        for head in &found {
            outln!("{}", serde_json::to_string(head)?);
        }
    } else if options.csv {
        outln!("{}", HEADINGS.join(","));
        for head in &found {
            outln!("{}", cells(head).map(|cell| csv(&cell)).join(","));
        }
    } else if found.is_empty() {
        outln!("{}", nothing(options));
    } else {
        let mut lines = Lines::new(&HEADINGS).with_headings();
        for head in &found {
            lines.row(&cells(head), Some(2));
        }
        lines.print();
    }
    Ok(ExitCode::SUCCESS)
}

fn nothing(options: &History) -> String {
    let filtered = [&options.operation, &options.person, &options.state, &options.since];
    if filtered.iter().any(|filter| filter.is_some()) {
        format!("No such runs in workspace {}; --team names another.", options.team)
    } else {
        format!("No runs in workspace {} yet; --team names another.", options.team)
    }
}

fn is_wanted(options: &History, head: &RunHead) -> bool {
    let who = &head.intent.requester;
    let by = |person: &String| *person == who.to_string() || person == who.user.as_str();
    options.operation.as_ref().is_none_or(|name| head.intent.operation.as_str() == name)
        && options.state.as_ref().is_none_or(|state| head.word().eq_ignore_ascii_case(state.trim()))
        && options.person.as_ref().is_none_or(by)
}

fn cells(head: &RunHead) -> [String; 5] {
    [
        paint::moment(head.requested_at),
        head.run.short().to_string(),
        head.word().to_owned(),
        head.intent.phrase(),
        head.intent.requester.to_string(),
    ]
}

/// A cell of CSV (<https://www.rfc-editor.org/rfc/rfc4180>). What a spreadsheet would take for a formula is none.
fn csv(cell: &str) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

/// `90m`, `12h`, `7d`, `2w` ago; a date, or a moment, in UTC unless it says otherwise.
fn moment(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let text = text.trim();
    if let Some(ago) = length(text) {
        return Ok(Timestamp(now.0.saturating_sub(i64::try_from(ago.as_millis()).unwrap_or(i64::MAX))));
    }
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp(moment.as_millisecond()));
    }
    if let Ok(date) = text.parse::<jiff::civil::Date>()
        && let Ok(moment) = date.to_zoned(jiff::tz::TimeZone::UTC)
    {
        return Ok(Timestamp(moment.timestamp().as_millisecond()));
    }
    bail!("--since {text:?} is no time\n  help: 90m, 12h, 7d or 2w ago, 2026-11-01, or 2026-11-01T08:00:00Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_219_200_000);

    #[test]
    fn times() {
        for (text, is) in [
            ("90m", Some(NOW.0 - 5_400_000)),
            ("7d", Some(NOW.0 - 604_800_000)),
            ("2026-11-20", Some(1_795_132_800_000)),
            ("2026-11-21T00:00:00Z", Some(1_795_219_200_000)),
            ("2026-11-21T01:00:00+01:00", Some(1_795_219_200_000)),
            ("yesterday", None),
            ("", None),
            ("d", None),
            ("7€", None),
        ] {
            assert_eq!(moment(text, NOW).ok().map(|t| t.0), is, "{text}");
        }
    }

    #[test]
    fn cells_of_csv() {
        for (cell, is) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ] {
            assert_eq!(csv(cell), is);
        }
    }
}

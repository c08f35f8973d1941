//! `signalbox history` and `signalbox alerts`: a workspace's runs or alerts, limited as the options say.

use crate::cli::{Alerts, History, List};
use crate::clock;
use crate::paint::{self, Lines};
use crate::records::{Access, Records, open};
use anyhow::{Context, bail};
use signalbox_domain::alert::{AlertHead, Figures};
use signalbox_domain::ids::{Name, RecordId, RecordKind, WorkspaceId};
use signalbox_domain::phrase::{List as Kind, Wanted};
use signalbox_domain::silence::SilenceRule;
use signalbox_domain::time::length;
use signalbox_domain::watch::Watch;
use signalbox_domain::{RunHead, Timestamp};
use signalbox_engine::ports::Listing;
use signalbox_engine::wire::figures;
use signalbox_engine::wire::head::{Head, decode_any};
use std::process::ExitCode;

/// How many rows are read at a time while looking for those that are wanted.
const PAGE: usize = 200;

/// A line of a list.
struct Entry {
    cells: Vec<String>,
    /// As a person at a terminal sees it: without the cells that are the same in every line.
    shown: Vec<String>,
    json: String,
}

/// The latest runs.
pub async fn history(options: &History) -> anyhow::Result<ExitCode> {
    let list = &options.list;
    let (wanted, now) = (wanted(Kind::Runs, list, options.operation.as_deref())?, clock::now());
    let under = Listing::of(&WorkspaceId::new(&list.team), RecordKind::Run);
    let records = open(&list.records, Access::Read).await?;
    let found = find(list, &records, &under, |head| {
        head.into_run().filter(|head| wanted.has(head, now)).map(|head| Entry::of_run(&head))
    });
    print(list, &["asked", "run", "state", "what", "who"], &found.await?, ("runs", wanted.filters()))
}

/// The alerts that are open, or in the state that is asked for.
pub async fn alerts(options: &Alerts) -> anyhow::Result<ExitCode> {
    let list = &options.list;
    if options.silences {
        return silences(options, clock::now());
    }
    let (wanted, now) = (wanted(Kind::Alerts, list, options.watch.as_deref())?, clock::now());
    let under = Listing::of(&WorkspaceId::new(&list.team), RecordKind::Alert);
    let records = open(&list.records, Access::Read).await?;
    let found =
        find(list, &records, &under, |head| head.into_alert().filter(|head| wanted.has_alert(head, now)));
    let mut entries = vec![];
    for head in found.await? {
        let figures = records.views.figures(&head.id).await?;
        let figures = figures.map(|bytes| figures::decode(&bytes)).transpose()?;
        entries.push(Entry::of_alert(&head, figures.as_ref()));
    }
    let headings = ["found", "alert", "state", "now", "what", "watch"];
    print(list, &headings, &entries, ("alerts", wanted.filters()))
}

/// The silences of the catalogue: those in force now, and those that will be.
fn silences(options: &Alerts, now: Timestamp) -> anyhow::Result<ExitCode> {
    let catalogue = match signalbox_catalogue::load(&options.catalogue) {
        Ok(catalogue) => catalogue,
        Err(problems) => {
            paint::problems(&problems);
            return Ok(ExitCode::from(2));
        }
    };
    let meant = |watch: &&Watch| options.watch.as_ref().is_none_or(|name| watch.name.as_str() == name);
    let rules = catalogue.watches.values().filter(meant);
    let rules = rules.flat_map(|watch| watch.silences.iter().map(move |rule| (&watch.name, rule)));
    let mut rules: Vec<_> = rules.filter(|(_, rule)| rule.until > now).collect();
    rules.sort_by_key(|(_, rule)| (rule.from, rule.until));
    let entries: Vec<Entry> =
        rules.into_iter().map(|(watch, rule)| Entry::of_silence(watch, rule, now)).collect();
    let headings = ["watch", "what", "state", "from", "until", "owner", "reason"];
    if entries.is_empty() && !options.list.json && !options.list.csv {
        outln!("No silence holds now or is to come in {}.", options.catalogue.display());
        return Ok(ExitCode::SUCCESS);
    }
    print(&options.list, &headings, &entries, ("silences", false))
}

/// The same filter as in Slack. An unknown state is an error: an empty list would be read as good news.
fn wanted(kind: Kind, list: &List, of: Option<&str>) -> anyhow::Result<Wanted> {
    let state = list.state.as_deref().map(|text| match kind.state(text) {
        Some(state) => Ok(state),
        None => bail!("--state {text:?} is no state\n  help: one of {}", kind.states().join(", ")),
    });
    let of = of.map(|name| name.parse().with_context(|| format!("--{} {name:?}", kind.of())));
    Ok(Wanted {
        count: list.limit,
        of: of.transpose()?,
        person: list.person.clone(),
        state: state.transpose()?,
        // The limit is a moment, not a length of time: see `find`.
        within: None,
    })
}

async fn find<T>(
    list: &List,
    records: &Records,
    under: &Listing,
    entry: impl Fn(Head) -> Option<T>,
) -> anyhow::Result<Vec<T>> {
    let since = list.since.as_deref().map(|text| moment(text, clock::now())).transpose()?;
    let (mut found, mut seen): (Vec<T>, Vec<RecordId>) = (vec![], vec![]);
    let mut before = clock::now();
    loop {
        // One millisecond more, because records of the same millisecond may lie on both sides of a page's end.
        before = Timestamp(before.0.saturating_add(1));
        let rows = records.views.latest(under, before, PAGE).await?;
        let known = seen.len();
        for row in rows {
            before = row.requested_at;
            if found.len() == list.limit || since.is_some_and(|since| row.requested_at < since) {
                return Ok(found);
            }
            if seen.contains(&row.record) {
                continue;
            }
            seen.push(row.record.clone());
            match decode_any(&row.body) {
                Ok(head) => found.extend(entry(head)),
                Err(error) => errln!("warning: {} is left out: {error}", row.record),
            }
        }
        if seen.len() == known {
            return Ok(found);
        }
    }
}

fn print(
    list: &List,
    headings: &[&str],
    found: &[Entry],
    (what, narrowed): (&str, bool),
) -> anyhow::Result<ExitCode> {
    if list.json {
        for entry in found {
            outln!("{}", entry.json);
        }
    } else if list.csv {
        outln!("{}", headings.join(","));
        for entry in found {
            outln!("{}", entry.cells.iter().map(|cell| csv(cell)).collect::<Vec<_>>().join(","));
        }
    } else if found.is_empty() {
        // Without a filter only open alerts are looked for; there may be others.
        let none = match (narrowed || list.since.is_some(), what) {
            (true, what) => format!("No such {what}"),
            (false, "alerts") => "No open alerts".to_owned(),
            (false, what) => format!("No {what} yet"),
        };
        outln!("{none} in workspace {}; --team names another.", list.team);
    } else {
        let mut lines = Lines::new(headings).with_headings();
        for entry in found {
            lines.short_row(&entry.cells, &entry.shown, 2);
        }
        lines.print();
    }
    Ok(ExitCode::SUCCESS)
}

impl Entry {
    fn of_run(head: &RunHead) -> Self {
        let cells = [
            paint::moment(head.requested_at),
            head.run.short().to_string(),
            head.word().to_owned(),
            head.intent.phrase(),
            head.intent.requester.to_string(),
        ];
        let [_, run, state, what, _] = cells.clone();
        let who = &head.intent.requester;
        let (here, of) = (&head.intent.place, who.as_person());
        let own = of.filter(|p| (&p.chat, &p.workspace) == (&here.chat, &here.workspace));
        let who = own.map_or_else(|| who.to_string(), |p| p.user.to_string());
        let shown = vec![paint::short_moment(head.requested_at), run, state, what, who];
        Self { cells: cells.into(), shown, json: json(head) }
    }

    fn of_silence(watch: &Name, rule: &SilenceRule, now: Timestamp) -> Self {
        let cells = vec![
            watch.to_string(),
            rule.scope.to_string(),
            if rule.holds(now) { "holds" } else { "to come" }.to_owned(),
            paint::moment(rule.from),
            paint::moment(rule.until),
            rule.owner.to_string(),
            rule.reason.clone(),
        ];
        let mut shown = cells.clone();
        for (nth, at) in [(3, rule.from), (4, rule.until)] {
            if let Some(cell) = shown.get_mut(nth) {
                *cell = paint::short_moment(at);
            }
        }
        Self { cells, shown, json: json(&serde_json::json!({"watch": watch, "silence": rule})) }
    }

    /// The present state is said as the card says it, from the latest counts.
    fn of_alert(head: &AlertHead, figures: Option<&Figures>) -> Self {
        let cells = vec![
            paint::moment(head.found_at),
            head.id.short().to_string(),
            head.word().to_owned(),
            paint::standing(head.standing(figures)),
            head.finding.title.clone(),
            head.finding.watch.to_string(),
        ];
        let mut shown = cells.clone();
        if let Some(found) = shown.first_mut() {
            *found = paint::short_moment(head.found_at);
        }
        Self { cells, shown, json: json(head) }
    }
}

fn json(head: &impl serde::Serialize) -> String {
    serde_json::to_string(head).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"))
}

/// A cell of CSV (<https://www.rfc-editor.org/rfc/rfc4180>), written so that a spreadsheet does not take it for a
/// formula.
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

//! `audit list` and `audit show`.

use crate::paint::{self, Lines};
use anyhow::bail;
use signalbox_domain::alert::{Act, AlertEvent, BulletinEvent, Until};
use signalbox_domain::ids::{RecordId, RecordName};
use signalbox_domain::watch::Mention;
use signalbox_domain::{Event, RunEvent, SetAside, Timestamp};
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
    heads.sort_by_key(since);
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

fn since(head: &Head) -> Timestamp {
    match head {
        Head::Run(head) => head.requested_at,
        Head::Alert(head) => head.found_at,
        Head::Bulletin(head) => head.began_at,
    }
}

/// Alerts and bulletins were asked for by a watch.
fn cells(head: &Head) -> [String; 6] {
    let at = paint::moment(since(head));
    match head {
        Head::Run(head) => [
            at,
            head.run.short().to_string(),
            head.word().to_owned(),
            head.intent.phrase(),
            head.intent.requester.to_string(),
            head.version.to_string(),
        ],
        Head::Alert(head) => [
            at,
            head.id.short().to_string(),
            format!("{}, {}", paint::standing(head.finding.standing()), head.word()),
            head.finding.title.clone(),
            format!("watch {}", head.finding.watch),
            head.version.to_string(),
        ],
        Head::Bulletin(head) => [
            at,
            head.id.short().to_string(),
            "told".to_owned(),
            format!("bulletin of {}", head.report.watch),
            format!("watch {}", head.report.watch),
            head.version.to_string(),
        ],
    }
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
        // What a newer version wrote is said, and hides nothing else.
        let (at, what, cause) = match wire::event::decode(&row.bytes) {
            Ok(record) => {
                let cause = record.cause.to_string().replace(run.as_str(), run.short().as_str());
                (paint::moment(record.at), sentence(&record.event), cause)
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

fn sentence(event: &Event) -> String {
    match event {
        Event::Run(event) => run(event),
        Event::Alert(event) => alert(event),
        Event::Bulletin(BulletinEvent::Reported { report, .. }) => format!(
            "told of {} to {}: {} patterns that matter",
            paint::moment(report.from),
            paint::moment(report.to),
            report.patterns.len() as u64 + report.others.urgent
        ),
        Event::SetAside(SetAside { letter, what, by, .. }) => {
            let whose = by.as_ref().map(|by| format!(" of {by}")).unwrap_or_default();
            format!("{what}{whose} could not be handled; kept as dead letter {letter}")
        }
    }
}

fn run(event: &RunEvent) -> String {
    match event {
        RunEvent::Requested { intent, .. } => {
            format!("requested by {} in {}: {}", intent.requester, intent.place.channel, intent.phrase())
        }
        RunEvent::Refused { intent, reason, .. } => {
            format!("refused ({}) to {}: {}", reason.as_str(), intent.requester, intent.phrase())
        }
        RunEvent::DispatchStarted { attempt, lease_until } => {
            format!("attempt {attempt} begun, lease until {}", paint::moment(*lease_until))
        }
        RunEvent::Dispatched { attempt, reference, found, .. } => {
            let how = if *found { "found" } else { "sent" };
            let name = reference.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
            format!("attempt {attempt} {how}{name}")
        }
        RunEvent::Located { attempt, reference, .. } => format!("attempt {attempt} is {reference}"),
        RunEvent::RetryRequested { by, attempt } => {
            format!("{by} authorised another attempt after attempt {attempt}")
        }
        RunEvent::RetryRefused { by, reason } => {
            format!("{by} is not allowed to run it again ({})", reason.as_str())
        }
        RunEvent::LookedAgain { by, what, .. } => format!("{by} had it checked again: {what}"),
        RunEvent::Settled { by, how, note, .. } => {
            format!(
                "{by} settled it: {}{}",
                how.says(),
                if note.is_empty() { String::new() } else { format!(": {note}") }
            )
        }
        RunEvent::SettleRefused { by, reason } => {
            format!("{by} is not allowed to settle it ({})", reason.as_str())
        }
        RunEvent::MaybeSent { attempt, why } => format!("attempt {attempt} may have been sent: {why}"),
        RunEvent::NotSent { attempt, why } => format!("attempt {attempt} was not sent: {why}"),
        RunEvent::Progressed { begun, steps, .. } => format!("step {begun}: {}", steps.join(", ")),
        RunEvent::NotSeen { looks, why, .. } => format!("not seen, {looks} in a row: {why}"),
        RunEvent::SeenAgain { .. } => "seen again".to_owned(),
        RunEvent::StopAnswered { refused: Some(why), .. } => format!("it could not be stopped: {why}"),
        RunEvent::StopAnswered { refused: None, .. } => "it was told to stop".to_owned(),
        RunEvent::CancelRequested { by } => format!("{by} asked to stop it"),
        RunEvent::CancelRefused { by, reason } => {
            format!("{by} is not allowed to stop it ({})", reason.as_str())
        }
        RunEvent::Finished { outcome, .. } => {
            format!("{:?} {}", outcome.conclusion, outcome.summary).trim_end().to_owned()
        }
        RunEvent::BecameUnknown { why, .. } => format!("unknown: {why}"),
        RunEvent::Contradicted { what, .. } => format!("it may have run twice: {what}"),
        RunEvent::Followed { alert, watch, class, after_seconds } => format!(
            "followed after {after_seconds} s by alert {} of the watch {watch} ({})",
            alert.short(),
            class.word()
        ),
    }
}

fn alert(event: &AlertEvent) -> String {
    match event {
        AlertEvent::Found { finding, .. } => {
            let count = finding.tally.count;
            let standing = paint::standing(finding.standing());
            let silenced = finding.silenced.as_ref().map_or_else(String::new, |rule| {
                format!(" (silenced by {} until {}: {})", rule.owner, paint::moment(rule.until), rule.reason)
            });
            format!("{standing} in {}, {count} times: {}{silenced}", finding.watch, finding.title)
        }
        AlertEvent::Attended { by, act } => format!("{by}: {}", in_full(act)),
        AlertEvent::Declined { by, act, reason } => {
            format!("{by} may not {} it ({})", act.word(), reason.as_str())
        }
        AlertEvent::Reopened { why } => format!("open again: {why:?}").to_lowercase(),
        AlertEvent::Reminded => "said again".to_owned(),
        AlertEvent::Sent { to, .. } => format!("run {}, which it followed, was told of it", to.short()),
        AlertEvent::Unsilenced { .. } => "the silence for it is over, and it is still there".to_owned(),
        AlertEvent::Escalated { to } => {
            let people = to.mention.iter().map(|mention| match mention {
                Mention::Person(user) => user.to_string(),
                Mention::Group(group) => group.clone(),
            });
            let all: Vec<String> = to.channel.iter().map(ToString::to_string).chain(people).collect();
            format!("nobody acknowledged it: escalated to {}", all.join(", "))
        }
    }
}

/// What was done about an alert, with its note, its end and its assignee.
fn in_full(act: &Act) -> String {
    let word = act.word();
    let until = |at: &Timestamp| format!(" until {}", paint::moment(*at));
    let (end, note) = match act {
        Act::Acknowledge { note, until: end } => (end.as_ref().map(until).unwrap_or_default(), note.as_str()),
        Act::Snooze(Until::Time(at)) => (until(at), ""),
        Act::Snooze(Until::Lines(count)) => (format!(" until {count} more lines"), ""),
        Act::Snooze(Until::Deploy) => (" until the next deploy".to_owned(), ""),
        Act::Resolve { note } => (String::new(), note.as_str()),
        Act::Mute { until: at, reason } => (until(at), reason.as_str()),
        Act::Assign { to } => (format!(" to {to}"), ""),
        Act::Reopen => (String::new(), ""),
    };
    if note.is_empty() { format!("{word}{end}") } else { format!("{word}{end}: {note}") }
}

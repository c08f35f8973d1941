//! `sources`: where lines come from. Finds which kind is meant, and checks each name against the rules of its
//! service.

use super::{name, plain, texts};
use crate::report::{Report, listed, quoted};
use crate::walk::{Field, Keyed};
use signalbox_domain::Name;
use signalbox_domain::watch::Source;
use std::collections::BTreeMap;

pub(crate) const KINDS: [&str; 3] = ["files", "loki", "cloudwatch"];
pub(crate) const KEYS: &[&str] = &["files", "loki", "cloudwatch", "filter", "insights"];

/// The most log groups of one source. An Insights query takes no more.
pub(crate) const MOST_GROUPS: usize = 50;
/// The longest filter pattern that the service takes.
const LONGEST_FILTER: usize = 1024;
/// The longest query that is sent.
const LONGEST_QUERY: usize = 5000;

/// Reads the sources of a watch.
pub(super) fn read_all(report: &mut Report, field: &Field<'_>) -> Option<BTreeMap<Name, Source>> {
    let entries = field.entries(report)?;
    if entries.is_empty() {
        report.error(
            field.value_at(),
            "`sources` is empty",
            "write a name, and where its lines come from: `app: { loki: '{app=\"web\"}' }`",
        );
        return None;
    }
    let sources: Vec<Option<(Name, Source)>> = entries
        .iter()
        .map(|entry| {
            let name = name(report, entry, "a source");
            let source = read(report, &entry.called(format!("source {}", entry.label)));
            Some((name?, source?))
        })
        .collect();
    sources.into_iter().collect()
}

fn read(report: &mut Report, field: &Field<'_>) -> Option<Source> {
    let keyed = field.keyed(report, KEYS)?;
    let kinds: Vec<&Field<'_>> = KINDS.iter().filter_map(|kind| keyed.get(kind)).collect();
    let &[kind] = kinds.as_slice() else {
        if let Some(second) = kinds.get(1) {
            report.error(
                second.at,
                format!(
                    "{} has {}, and is of one kind only",
                    field.label,
                    listed(kinds.iter().map(|k| k.key))
                ),
                "keep one of them; make one source for each",
            );
        } else if !keyed.has_strays {
            report.error(
                keyed.at(),
                format!("{} does not say where its lines come from", field.label),
                "write one of `files: [logs/web.log]`, `loki: '{app=\"web\"}'` and `cloudwatch: [/aws/lambda/web]`",
            );
        }
        return None;
    };
    let mut fine = true;
    for field in ["filter", "insights"].iter().filter_map(|key| keyed.get(key)) {
        if kind.key != "cloudwatch" {
            report.error(
                field.at,
                format!("{} belongs to `cloudwatch`, and this source has {}", field.label, kind.label),
                "leave it out",
            );
            fine = false;
        }
    }
    let source = match kind.key {
        "files" => files(report, kind).map(|paths| Source::Files { paths }),
        "loki" => loki(report, kind).map(|query| Source::Loki { query }),
        _ => cloudwatch(report, &keyed, kind),
    };
    source.filter(|_| fine)
}

fn files(report: &mut Report, field: &Field<'_>) -> Option<Vec<String>> {
    let hint = "name the files, such as `files: [logs/web.log, \"logs/worker-*.log\"]`";
    texts(report, field, "a path", hint, |report, text| {
        let (folder, file) = text.text.rsplit_once('/').unwrap_or(("", text.text));
        let below = text.text.strip_prefix('/').unwrap_or(text.text);
        let wrong = if text.text.starts_with(['~', '$']) {
            "begins with what only a shell expands"
        } else if below.split('/').any(|part| matches!(part, "." | "..")) || below.contains("//") {
            "is not a plain path"
        } else if file.is_empty() {
            "names a folder"
        } else if folder.contains('*') {
            "has a `*` before its last `/`"
        } else {
            return true;
        };
        report.error(
            text.span,
            format!("{} {wrong}", quoted(text.text)),
            "write a file below the data folder or from `/`; `*` stands for any letters of the file's name: `logs/web-*.log`",
        );
        false
    })
}

fn loki(report: &mut Report, field: &Field<'_>) -> Option<String> {
    let text = plain(report, field)?;
    let message = if text.text.len() > LONGEST_QUERY {
        format!("this query is longer than {LONGEST_QUERY} bytes")
    } else if !text.text.starts_with('{') {
        format!("{} is not a query of lines", quoted(text.text))
    } else if !text.text.contains('}') || text.text.starts_with("{}") {
        format!("{} does not choose a stream", quoted(text.text))
    } else {
        return Some(text.text.to_owned());
    };
    report.error(
        text.span,
        message,
        "begin with labels in braces, in single quotes: '{app=\"web\"} |~ \"(?i)error\"'; lines are counted here, not by Loki",
    );
    None
}

fn cloudwatch(report: &mut Report, keyed: &Keyed<'_>, field: &Field<'_>) -> Option<Source> {
    let hint = "name the log groups, such as `cloudwatch: [/aws/lambda/web]`";
    let groups = texts(report, field, "a log group", hint, |report, text| {
        let letter = |b: u8| b.is_ascii_alphanumeric() || b"_-/.#".contains(&b);
        let fits = text.text.len() <= 512 && text.text.bytes().all(letter);
        if !fits {
            report.error(
                text.span,
                format!("{} is not the name of a log group", quoted(text.text)),
                "write its name, not its ARN, as CloudWatch shows it: /aws/lambda/web; no `*`",
            );
        }
        fits
    });
    let groups = groups.filter(|groups| {
        if groups.len() > MOST_GROUPS {
            report.error(
                field.value_at(),
                format!("there are {} log groups, and a source has at most {MOST_GROUPS}", groups.len()),
                "make two sources of them",
            );
        }
        groups.len() <= MOST_GROUPS
    });
    let filter = match keyed.get("filter") {
        Some(field) => plain(report, field).map(|text| Some(text.text.to_owned())),
        None => Some(None),
    };
    let insights = match keyed.get("insights") {
        Some(field) => field.boolean(report),
        None => Some(false),
    };
    if let Some(field) = keyed.get("filter") {
        let (message, hint) = if insights == Some(true) {
            (
                "`filter` is for FilterLogEvents, and this source asks Insights".to_owned(),
                "leave one of `filter` and `insights` out",
            )
        } else if matches!(&filter, Some(Some(filter)) if filter.chars().count() > LONGEST_FILTER) {
            (format!("this filter is longer than {LONGEST_FILTER} characters"), "write a coarser one")
        } else {
            return Some(Source::CloudWatch { groups: groups?, filter: filter?, insights: insights? });
        };
        report.error(field.at, message, hint);
        return None;
    }
    Some(Source::CloudWatch { groups: groups?, filter: None, insights: insights? })
}

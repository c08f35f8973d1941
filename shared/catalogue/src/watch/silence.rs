//! `silences`: what nobody is told about for some time, for one watch or for all of them.

use super::{plain, rule};
use crate::grant;
use crate::report::{Report, listed, quoted};
use crate::walk::{Field, Keyed};
use signalbox_domain::silence::{Scope, SilenceRule};
use signalbox_domain::{Actor, Chat, Timestamp, UserId};
use std::collections::BTreeMap;

/// The longest silence, in days. What is not needed for longer than that should be ignored by a rule, or repaired.
const LONGEST_DAYS: i64 = 90;
/// How many silences a list may have, how many labels a silence may have, and how many bytes a label or a text may
/// have.
pub(crate) const MOST: usize = 50;
pub(crate) const MOST_LABELS: usize = 20;
const LONGEST: usize = 200;

/// The keys of a silence.
pub(crate) const KEYS: &[&str] = &["labels", "words", "all", "owner", "reason", "from", "until"];

pub(crate) const SCOPES: [&str; 3] = ["labels", "words", "all"];

/// Reads a list of silences. `labels` says whether alerts with labels can arrive there at all.
pub(crate) fn read_all(report: &mut Report, field: &Field<'_>, labels: bool) -> Option<Vec<SilenceRule>> {
    let items = field.list(report, "a silence")?;
    if items.len() > MOST {
        report.error(
            field.value_at(),
            format!("there are more than {MOST} silences"),
            "take out those that are over",
        );
        return None;
    }
    let rules: Vec<Option<SilenceRule>> = items.iter().map(|item| read(report, item, labels)).collect();
    rules.into_iter().collect()
}

fn read(report: &mut Report, item: &Field<'_>, labels: bool) -> Option<SilenceRule> {
    let keyed = item.keyed(report, KEYS)?;
    let scope = scope(report, &keyed, labels);
    let owner = keyed
        .need(report, "owner", "write whose decision it is, such as `owner: T024BE7LD/U0G9QF9C6`")
        .and_then(|field| grant::person(report, field));
    let reason = keyed
        .need(
            report,
            "reason",
            "write why, such as `reason: the database is moved`: everybody who is not called reads it",
        )
        .and_then(|field| short(report, field));
    let from = keyed
        .need(report, "from", "write when it begins, such as `from: 2026-12-05T22:00:00+01:00`")
        .and_then(|field| moment(report, field));
    let until = keyed
        .need(report, "until", "write when it ends, such as `until: 2026-12-06T04:00:00+01:00`")
        .and_then(|field| Some((field, moment(report, field)?)));
    let (field, until) = until?;
    let from = from?;
    let length = until.0 - from.0;
    if length <= 0 {
        report.error(
            field.value_at(),
            "this silence ends before it begins",
            "write an `until` that is after `from`",
        );
        return None;
    }
    if length > LONGEST_DAYS * 24 * 60 * 60 * 1000 {
        report.error(
            field.value_at(),
            format!("this silence is longer than {LONGEST_DAYS} days"),
            "write an end that somebody will remember; what never counts is for `rules`: `ignore`",
        );
        return None;
    }
    let owner = owner.map(|(workspace, id)| Actor::person(Chat::SLACK, workspace, UserId::new(id)));
    Some(SilenceRule { scope: scope?, owner: owner?, reason: reason?, from, until })
}

/// What the silence covers: one of the three scopes.
fn scope(report: &mut Report, keyed: &Keyed<'_>, with_labels: bool) -> Option<Scope> {
    let given: Vec<&str> = SCOPES.into_iter().filter(|key| keyed.get(key).is_some()).collect();
    match given.as_slice() {
        ["labels"] => {
            let field = keyed.get("labels")?;
            if !with_labels {
                report.error(
                    field.at,
                    "labels are those of an alert manager's alerts, and this watch has no `receivers`",
                    "silence lines of logs by `words: 'cannot reach node <*>'`",
                );
                return None;
            }
            labels(report, field).map(Scope::Labels)
        }
        ["words"] => {
            let field = keyed.get("words")?;
            let text = plain(report, field)?;
            rule::is_pattern(report, text).then(|| Scope::Words(text.text.to_owned()))
        }
        ["all"] => {
            let field = keyed.get("all")?;
            let all = field.boolean(report)?;
            if !all {
                report.error(field.value_at(), "`all: false` silences nothing", "leave the silence out");
            }
            all.then_some(Scope::All)
        }
        [] if keyed.has_strays => None,
        [] => {
            report.error(
                keyed.at(),
                "this silence does not say what it is about",
                "write one of `labels: { instance: web-1 }`, `words: 'cannot reach node <*>'` and `all: true`",
            );
            None
        }
        several => {
            report.error(
                keyed.at(),
                format!("this silence is about {}", listed(several.iter().copied())),
                "write one `- item` for each",
            );
            None
        }
    }
}

fn labels(report: &mut Report, field: &Field<'_>) -> Option<BTreeMap<String, String>> {
    let entries = field.entries(report)?;
    if entries.is_empty() || entries.len() > MOST_LABELS {
        let hint =
            format!("name 1 to {MOST_LABELS} labels with their values: an alert has to have all of them");
        report.error(field.value_at(), format!("`labels` names {} of them", entries.len()), hint);
        return None;
    }
    let mut labels = BTreeMap::new();
    for entry in &entries {
        let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let fits = !entry.key.is_empty()
            && entry.key.len() <= LONGEST
            && entry.key.bytes().all(letter)
            && !entry.key.starts_with(|c: char| c.is_ascii_digit());
        if !fits {
            report.error(
                entry.at,
                format!("{} is not the name of a label", quoted(entry.key)),
                "write letters, digits and `_`, as the alert manager shows it",
            );
            continue;
        }
        if let Some(value) = short(report, entry) {
            labels.insert(entry.key.to_owned(), value);
        }
    }
    (labels.len() == entries.len()).then_some(labels)
}

fn short(report: &mut Report, field: &Field<'_>) -> Option<String> {
    let text = plain(report, field)?;
    if text.text.len() > LONGEST {
        report.error(text.span, format!("{} is longer than {LONGEST} bytes", field.label), "say it shorter");
        return None;
    }
    Some(text.text.to_owned())
}

/// Reads a moment with its time zone. Without a zone, "ten in the evening" would be a different moment in every
/// place.
pub(crate) fn moment(report: &mut Report, field: &Field<'_>) -> Option<Timestamp> {
    let text = field.text(report)?;
    let at = text.text.trim().parse::<jiff::Timestamp>().ok().map(|at| Timestamp(at.as_millisecond()));
    if at.is_none() {
        report.error(
            text.span,
            format!("{} is not a moment", quoted(text.text)),
            "write day, time and zone: `2026-12-05T22:00:00+01:00`, or with `Z` at the end in UTC",
        );
    }
    at
}

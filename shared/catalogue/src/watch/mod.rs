//! `watches`: logs that are read together, from their channel to their grants.
//!
//! Every part is read before the watch is given up, so that one wrong key does not hide other mistakes.

pub(crate) mod escalate;
mod figure;
pub(crate) mod link;
pub(crate) mod rule;
pub(crate) mod silence;
pub(crate) mod source;

use crate::grant;
use crate::report::{Report, did_you_mean, listed, quoted};
use crate::scope::NO_SECRETS;
use crate::source::Span;
use crate::walk::{Field, Keyed, Text};
use figure::{number, time, word};
use signalbox_domain::redact::looks_secret;
use signalbox_domain::watch::{Heartbeat, Links, Severity, Source, Spike, Unlevelled, Watch};
use signalbox_domain::{Name, OperationName};
use std::collections::{BTreeMap, BTreeSet};

/// The keys of a watch.
pub(crate) const KEYS: &[&str] = &[
    "channel",
    "sources",
    "receivers",
    "every",
    "delay",
    "least",
    "without-level",
    "most-lines",
    "spike",
    "quiet",
    "cards",
    "heartbeat",
    "remind",
    "escalate",
    "redact",
    "rules",
    "deploys",
    "links",
    "silences",
    "allow",
];

/// The keys of `spike`.
pub(crate) const SPIKE: &[&str] = &["times", "at-least"];

/// The longest name of a receiver, in bytes.
const LONGEST_RECEIVER: usize = 200;

/// What a watch needs to know of the rest of the catalogue.
#[derive(Debug)]
pub(crate) struct Around<'t> {
    operations: BTreeSet<&'t str>,
    /// A file could not be read. An operation that seems to be missing may be in that file.
    incomplete: bool,
    receivers: BTreeMap<&'t str, Span>,
}

impl<'t> Around<'t> {
    /// A catalogue with these operations.
    pub(crate) fn new(operations: BTreeSet<&'t str>, incomplete: bool) -> Self {
        Self { operations, incomplete, receivers: BTreeMap::new() }
    }
}

/// Reads a watch under its name.
pub(crate) fn read<'t>(report: &mut Report, field: &Field<'t>, around: &mut Around<'t>) -> Option<Watch> {
    let name = name(report, field, "a watch");
    let field = field.called(format!("watch {}", field.label));
    let keyed = field.keyed(report, KEYS)?;
    let place = keyed
        .need(
            report,
            "channel",
            "write where its bulletins and cards go, such as `channel: T024BE7LD/C061EG9SL`",
        )
        .and_then(|field| grant::channel(report, field));
    let sources = or(keyed.get("sources"), BTreeMap::new, |field| source::read_all(report, field));
    let receivers = or(keyed.get("receivers"), Vec::new, |field| receivers(report, field, around));
    if keyed.get("sources").is_none() && keyed.get("receivers").is_none() && !keyed.has_strays {
        report.error(
            keyed.at(),
            format!("{} reads nothing: it has neither `sources` nor `receivers`", keyed.label()),
            "write where lines come from, such as `sources: { app: { loki: '{app=\"web\"}' } }`, or whose alerts join in",
        );
    }
    let every = every(report, &keyed);
    // In a log service it takes a while until a new line can be found. In a file, a line can be read at once.
    let afar = sources.iter().flatten().any(|(_, source)| !matches!(source, Source::Files { .. }));
    let delay = time(report, &keyed, "delay", if afar { "2m" } else { "0s" }, "0s", "1h");
    let least = word(report, &keyed, "least", Severity::Error, &SEVERITIES);
    let without_level = word(report, &keyed, "without-level", Unlevelled::default(), &UNLEVELLED);
    let most_lines = number(report, &keyed, "most-lines", 1_000_000, 1_000..=10_000_000);
    let spike = spike(report, keyed.get("spike"));
    let quiet = time(report, &keyed, "quiet", "7d", "1d", "90d");
    let cards = number(report, &keyed, "cards", 5, 0..=20);
    let heartbeat = word(report, &keyed, "heartbeat", Heartbeat::Never, &HEARTBEATS);
    let remind = time(report, &keyed, "remind", "24h", "1h", "30d");
    let escalate =
        or(keyed.get("escalate"), || None, |field| escalate::read(report, field, place.as_ref()).map(Some));
    let redact = or(keyed.get("redact"), Vec::new, |field| redact(report, field));
    let rules = or(keyed.get("rules"), Vec::new, |field| rule::read_all(report, field));
    let deploys = or(keyed.get("deploys"), Vec::new, |field| deploys(report, field, around));
    let links = or(keyed.get("links"), Links::default, |field| link::read(report, field));
    let with_labels = keyed.get("receivers").is_some();
    let silences = or(keyed.get("silences"), Vec::new, |field| silence::read_all(report, field, with_labels));
    let allow = grant::read(report, &keyed, "act on what it finds");
    Some(Watch {
        name: name?,
        place: place?,
        sources: sources?,
        receivers: receivers?,
        every_seconds: every?,
        delay_seconds: delay?,
        least: least?,
        without_level: without_level?,
        most_lines: most_lines?,
        spike: spike?,
        quiet_days: figure::whole(report, &keyed, "quiet", quiet?, 'd')?,
        most_cards: u32::try_from(cards?).ok()?,
        heartbeat: heartbeat?,
        remind_hours: figure::whole(report, &keyed, "remind", remind?, 'h')?,
        escalate: escalate?,
        redact: redact?,
        rules: rules?,
        deploys: deploys?,
        links: links?,
        silences: silences?,
        allow: allow?,
    })
}

pub(crate) const SEVERITIES: [(&str, Severity); 4] = [
    ("any", Severity::Any),
    ("warning", Severity::Warning),
    ("error", Severity::Error),
    ("fatal", Severity::Fatal),
];

pub(crate) const UNLEVELLED: [(&str, Unlevelled); 3] =
    [("failures", Unlevelled::Failures), ("all", Unlevelled::All), ("none", Unlevelled::None)];

pub(crate) const HEARTBEATS: [(&str, Heartbeat); 3] =
    [("never", Heartbeat::Never), ("daily", Heartbeat::Daily), ("always", Heartbeat::Always)];

/// What a key says if it is there, and its default if it is not.
fn or<'a, 't, T>(
    field: Option<&'a Field<'t>>,
    otherwise: impl FnOnce() -> T,
    read: impl FnOnce(&'a Field<'t>) -> Option<T>,
) -> Option<T> {
    match field {
        Some(field) => read(field),
        None => Some(otherwise()),
    }
}

fn name(report: &mut Report, field: &Field<'_>, of: &str) -> Option<Name> {
    let name = field.key.parse::<Name>().ok();
    if name.is_none() {
        report.error(
            field.at,
            format!("{} cannot be the name of {of}", field.label),
            "write 1 to 32 of a-z, 0-9 and -, beginning with a letter",
        );
    }
    name
}

/// A text of one line that is not shaped like a secret.
fn plain<'t>(report: &mut Report, field: &Field<'t>) -> Option<Text<'t>> {
    let text = field.line(report)?;
    if looks_secret(text.text) {
        report.secret(text.span, format!("{} looks like a secret", field.label), NO_SECRETS);
        return None;
    }
    Some(text)
}

/// A list of different texts, each of which must fit. `hint` says what to do if the list is empty.
fn texts<'t>(
    report: &mut Report,
    field: &Field<'t>,
    item: &str,
    hint: &str,
    mut fits: impl FnMut(&mut Report, Text<'t>) -> bool,
) -> Option<Vec<String>> {
    let items = field.list(report, item)?;
    if items.is_empty() {
        report.error(field.value_at(), format!("{} is empty", field.label), hint);
        return None;
    }
    let mut seen: Vec<&str> = Vec::new();
    let mut fine = true;
    for item in &items {
        let Some(text) = plain(report, item) else {
            fine = false;
            continue;
        };
        if seen.contains(&text.text) {
            report.error(text.span, format!("{} is here twice", quoted(text.text)), "keep one of them");
            fine = false;
        } else {
            fine &= fits(report, text);
            seen.push(text.text);
        }
    }
    fine.then(|| seen.into_iter().map(str::to_owned).collect())
}

fn receivers<'t>(report: &mut Report, field: &Field<'t>, around: &mut Around<'t>) -> Option<Vec<String>> {
    let hint = "name the receivers in Alertmanager or contact points in Grafana whose alerts join in, \
                or leave the key out";
    texts(report, field, "a receiver", hint, |report, text| {
        if text.text.len() > LONGEST_RECEIVER {
            let message = format!("the name of a receiver is longer than {LONGEST_RECEIVER} bytes");
            report.error(text.span, message, "give the receiver a shorter name there, and write that here");
            return false;
        }
        if let Some(first) = around.receivers.insert(text.text, text.span) {
            let first = report.place(first);
            report.error(
                text.span,
                format!("alerts of {} would belong to two watches", quoted(text.text)),
                format!("the first is at {first}; keep one of them, or make a receiver for each"),
            );
            return false;
        }
        true
    })
}

fn every(report: &mut Report, keyed: &Keyed<'_>) -> Option<u64> {
    let seconds = time(report, keyed, "every", "15m", "1m", "24h")?;
    if crate::duration::DAY.is_multiple_of(seconds) {
        return Some(seconds);
    }
    let at = keyed.get("every").map_or(keyed.at(), Field::value_at);
    report.error(
        at,
        "a day cannot be divided into windows of this length",
        "windows begin with the day: write one of 1m, 5m, 10m, 15m, 30m, 1h, 2h, 6h, 12h and 24h, or another divisor",
    );
    None
}

fn spike(report: &mut Report, field: Option<&Field<'_>>) -> Option<Spike> {
    let default = Spike { times: 3, at_least: 20 };
    let Some(field) = field else { return Some(default) };
    let keyed = field.keyed(report, SPIKE)?;
    let times = number(report, &keyed, "times", u64::from(default.times), 2..=1_000);
    let at_least = number(report, &keyed, "at-least", default.at_least, 1..=1_000_000);
    Some(Spike { times: u32::try_from(times?).ok()?, at_least: at_least? })
}

fn redact(report: &mut Report, field: &Field<'_>) -> Option<Vec<String>> {
    let hint =
        "name the fields whose values nobody may see, such as `[email, user_id]`, or leave the key out";
    texts(report, field, "a field's name", hint, |report, text| {
        let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let fits = text.text.len() <= 64 && text.text.bytes().all(letter);
        if !fits {
            report.error(
                text.span,
                format!("{} is not the name of a field", quoted(text.text)),
                "write the key as it stands in JSON or before `=`: at most 64 letters, digits, `_`, `-` and `.`",
            );
        }
        fits
    })
}

fn deploys<'t>(report: &mut Report, field: &Field<'t>, around: &Around<'t>) -> Option<Vec<OperationName>> {
    let hint = "name the operations that change what runs, or leave the key out: then all of them count";
    let names = texts(report, field, "an operation's name", hint, |report, text| {
        let known = around.incomplete || around.operations.contains(text.text);
        if !known {
            let all = || around.operations.iter().copied();
            let otherwise = || match around.operations.is_empty() {
                true => "this catalogue has no operations: leave the key out".to_owned(),
                false => format!("there are {}", listed(all())),
            };
            let hint = did_you_mean(text.text, all(), otherwise);
            report.error(text.span, format!("there is no operation {}", quoted(text.text)), hint);
        }
        known
    })?;
    // A name that is not valid was already reported where the operation is defined.
    names.into_iter().map(|name| name.parse().ok()).collect()
}

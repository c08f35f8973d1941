//! `when` and `for`: what a parameter depends on. Each names parameters that stand before it.

use super::{Parameters, value};
use crate::report::{Report, did_you_mean, listed, quoted};
use crate::walk::{Field, Keyed};
use signalbox_domain::Name;
use signalbox_domain::landscape;
use signalbox_domain::parameter::{Kind, Parameter, Special, Value, When};

/// The keys of an item of `for`.
pub(crate) const KEYS: &[&str] = &["environment", "channel", "default", "fixed"];

/// `when: { env: prod, dry-run: false }`: all must hold; a list means any of its values.
pub(super) fn when(
    report: &mut Report,
    keyed: &Keyed<'_>,
    before: &[Parameter],
    known: &Parameters<'_>,
) -> Option<Vec<When>> {
    let Some(field) = keyed.get("when") else { return Some(vec![]) };
    let entries = field.entries(report)?;
    if entries.is_empty() {
        report.error(
            field.value_at(),
            "`when` is empty",
            "write for example `when: { env: prod }`, or leave it out",
        );
        return None;
    }
    let read: Vec<Option<When>> = entries
        .iter()
        .map(|entry| {
            let Some(parameter) = before.iter().find(|p| p.name.as_str() == entry.key) else {
                unknown(report, entry, before, known);
                return None;
            };
            let items = if entry.is_list() { entry.list(report, "a value")? } else { vec![entry.clone()] };
            let is: Vec<Option<Value>> = items
                .iter()
                .map(|item| value::read(report, parameter, item, "the value", known.landscape))
                .collect();
            let is: Vec<Value> = is.into_iter().collect::<Option<_>>()?;
            if is.is_empty() {
                report.error(
                    entry.value_at(),
                    format!("{} has no values", entry.label),
                    "write at least one",
                );
                return None;
            }
            Some(When { parameter: parameter.name.clone(), is })
        })
        .collect();
    read.into_iter().collect()
}

fn unknown(report: &mut Report, entry: &Field<'_>, before: &[Parameter], known: &Parameters<'_>) {
    // A wrong parameter was reported where it stands.
    let last = known.names.last().copied();
    if known.incomplete || (known.names.contains(&entry.key) && last != Some(entry.key)) {
        return;
    }
    let names = || before.iter().map(|p| p.name.as_str());
    let hint = did_you_mean(entry.key, names(), || {
        if before.is_empty() {
            "a parameter can depend on those that stand before it, and none does".to_owned()
        } else {
            format!("a parameter can depend on those that stand before it: {}", listed(names()))
        }
    });
    report.error(entry.at, format!("there is no parameter {} before this one", entry.label), hint);
}

/// `for`: other defaults and fixed values, by environment and channel.
pub(super) fn special(
    report: &mut Report,
    keyed: &Keyed<'_>,
    parameter: &Parameter,
    before: &[Parameter],
    known: &Parameters<'_>,
) -> Option<Vec<Special>> {
    let Some(field) = keyed.get("for") else { return Some(vec![]) };
    if keyed.get("fixed").is_some() {
        report.error(
            field.at,
            format!("{} is `fixed` everywhere and has `for`", keyed.label()),
            "leave one of the two out",
        );
        return None;
    }
    let items = field.list(report, "an item of `for`")?;
    let read: Vec<Option<Special>> =
        items.iter().map(|item| one(report, item, parameter, before, known)).collect();
    read.into_iter().collect()
}

fn one(
    report: &mut Report,
    item: &Field<'_>,
    parameter: &Parameter,
    before: &[Parameter],
    known: &Parameters<'_>,
) -> Option<Special> {
    let keyed = item.keyed(report, KEYS)?;
    let (environment, channel) = (keyed.get("environment"), keyed.get("channel"));
    if environment.is_none() && channel.is_none() {
        report.error(
            keyed.at(),
            "this item names neither `environment` nor `channel`",
            "it would hold everywhere: write the parameter's own `default` or `fixed` instead",
        );
        return None;
    }
    let environments = match environment {
        Some(field) => environments(report, field, before, known),
        None => Some(vec![]),
    };
    let channels = match channel {
        Some(field) => {
            let items = if field.is_list() { field.list(report, "a channel")? } else { vec![field.clone()] };
            let read: Vec<_> = items.iter().map(|item| crate::grant::channel(report, item)).collect();
            read.into_iter()
                .map(|place| place.map(|place| (place.workspace, place.channel)))
                .collect::<Option<Vec<_>>>()
        }
        None => Some(vec![]),
    };
    let (field, fixed, what) = match (keyed.get("default"), keyed.get("fixed")) {
        (Some(field), None) => (field, false, "the default"),
        (None, Some(field)) => (field, true, "the fixed value"),
        (Some(_), Some(field)) => {
            report.error(field.at, "this item has a default and a fixed value", "leave one of the two out");
            return None;
        }
        (None, None) => {
            report.error(
                keyed.at(),
                "this item has neither `default` nor `fixed`",
                "write the value that holds there, such as `default: 6`",
            );
            return None;
        }
    };
    if parameter.required && !fixed {
        report.error(
            field.at,
            "a parameter that is required has no default anywhere",
            "leave `required` out, or make this value `fixed`",
        );
        return None;
    }
    let value = value::read(report, parameter, field, what, known.landscape);
    Some(Special { environments: environments?, channels: channels?, value: value?, fixed })
}

fn environments(
    report: &mut Report,
    field: &Field<'_>,
    before: &[Parameter],
    known: &Parameters<'_>,
) -> Option<Vec<Name>> {
    let is_environment =
        |p: &&Parameter| matches!(&p.kind, Kind::Thing { of: landscape::Kind::Environment, .. });
    if !before.iter().any(|p| is_environment(&p)) {
        // One that is wrong may have been meant.
        if !known.incomplete && known.all_right_before() {
            report.error(
                field.at,
                "no parameter before this one is an environment",
                "put a parameter with `type: environment` before it",
            );
        }
        return None;
    }
    let items = if field.is_list() { field.list(report, "an environment")? } else { vec![field.clone()] };
    let all = || known.landscape.environments.iter().map(|e| e.name.as_str());
    let mut names = Some(vec![]);
    for item in &items {
        let text = item.line(report)?;
        match known.landscape.environment(text.text) {
            Some(found) => names.iter_mut().for_each(|all| all.push(found.name.clone())),
            None => {
                let hint = did_you_mean(text.text, all(), || format!("there are {}", listed(all())));
                report.error(text.span, format!("there is no environment {}", quoted(text.text)), hint);
                names = None;
            }
        }
    }
    names
}

//! Parameters that are environments, services or sizes of the catalogue.

use crate::report::{Report, did_you_mean, listed, quoted};
use crate::walk::{Field, Keyed};
use signalbox_domain::Name;
use signalbox_domain::landscape::{self, Landscape};
use signalbox_domain::parameter::Kind;

/// Reads which of them a person may choose from.
pub(super) fn thing(
    report: &mut Report,
    keyed: &Keyed<'_>,
    of: landscape::Kind,
    landscape: &Landscape,
) -> Option<Kind> {
    let word = of.word();
    let all: Vec<Name> = landscape.things(of).iter().map(|thing| thing.name.clone()).collect();
    let Some(field) = keyed.get("type").filter(|_| all.is_empty()) else {
        let named = match keyed.get("only") {
            Some(field) => only(report, field, word, &all),
            None => Some(all.clone()),
        };
        let labelled = match keyed.get("labels") {
            Some(field) => labelled(report, field, landscape),
            None => Some(all.clone()),
        };
        let (named, labelled) = (named?, labelled?);
        // In the catalogue's order, whatever the order here.
        let only: Vec<Name> =
            all.into_iter().filter(|name| named.contains(name) && labelled.contains(name)).collect();
        if only.is_empty() {
            report.error(
                keyed.at(),
                format!("{} has no {word} to choose from", keyed.label()),
                "no environment is in `only` and has one of the `labels`",
            );
            return None;
        }
        return Some(Kind::Thing { of, only });
    };
    report.error(
        field.value_at(),
        format!("the catalogue has no {word}s"),
        format!("write them under `{word}s:`, such as `{word}s: {{ {}: }}`", example(of)),
    );
    None
}

fn example(of: landscape::Kind) -> &'static str {
    match of {
        landscape::Kind::Environment => "prod",
        landscape::Kind::Service => "web",
        landscape::Kind::Size => "small",
    }
}

fn only(report: &mut Report, field: &Field<'_>, word: &str, all: &[Name]) -> Option<Vec<Name>> {
    let items = field.list(report, word)?;
    let known = || all.iter().map(Name::as_str);
    let read: Vec<Option<Name>> = items
        .iter()
        .map(|item| {
            let text = item.line(report)?;
            let found = all.iter().find(|name| name.as_str() == text.text).cloned();
            if found.is_none() {
                let hint = did_you_mean(text.text, known(), || format!("there are {}", listed(known())));
                report.error(text.span, format!("there is no {word} {}", quoted(text.text)), hint);
            }
            found
        })
        .collect();
    read.into_iter().collect()
}

/// The environments that have one of these labels.
fn labelled(report: &mut Report, field: &Field<'_>, landscape: &Landscape) -> Option<Vec<Name>> {
    let items = field.list(report, "a label")?;
    let known = || landscape.environments.iter().flat_map(|e| e.labels.iter().map(Name::as_str));
    let mut names = Some(vec![]);
    for item in &items {
        let text = item.line(report)?;
        let having =
            landscape.environments.iter().filter(|e| e.labels.iter().any(|l| l.as_str() == text.text));
        let having: Vec<Name> = having.map(|e| e.name.clone()).collect();
        if having.is_empty() {
            let hint =
                did_you_mean(text.text, known(), || "write it under `labels` of an environment".to_owned());
            report.error(text.span, format!("no environment has the label {}", quoted(text.text)), hint);
            names = None;
        }
        names.iter_mut().for_each(|all: &mut Vec<Name>| all.extend(having.iter().cloned()));
    }
    names
}

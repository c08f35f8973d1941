//! `environments`, `services`, `sizes` and `people`: what operations refer to, each with settings.

use crate::report::{Report, did_you_mean, listed, quoted};
use crate::scope::NO_SECRETS;
use crate::walk::{Field, Keyed};
use signalbox_domain::Name;
use signalbox_domain::landscape::{Environment, Landscape, Service, Settings, Size};
use signalbox_domain::redact::looks_secret;

/// The keys of a catalogue file that this file reads.
pub(crate) const KEYS: [&str; 4] = ["environments", "services", "sizes", "people"];

/// The keys of an environment, and those of a service. A size and a person have settings alone.
pub(crate) const ENVIRONMENT: &[&str] = &["title", "labels", "protected", "type-name", "settings"];
pub(crate) const SERVICE: &[&str] = &["title", "owner", "repository", "environments", "settings"];

/// Reads all of it, from all files.
pub(crate) fn read(report: &mut Report, top: &[Keyed<'_>]) -> Landscape {
    let mut landscape = Landscape::default();
    for field in each(report, top, "environments", "environment") {
        landscape.environments.extend(environment(report, &field));
    }
    for field in each(report, top, "services", "service") {
        landscape.services.extend(service(report, &field, &landscape.environments));
    }
    for field in each(report, top, "sizes", "size") {
        landscape.sizes.extend(size(report, &field));
    }
    for field in each(report, top, "people", "person") {
        let is_id = crate::grant::person_of(report, field.name());
        let settings = settings(report, Some(&field));
        landscape.people.extend(is_id.zip(settings).map(|((w, u), settings)| (format!("{w}/{u}"), settings)));
    }
    landscape
}

/// The entries under a key in all files, in the order of the files and of their lines: environments have an order. A
/// name belongs to one file.
fn each<'t>(report: &mut Report, top: &[Keyed<'t>], key: &str, noun: &str) -> Vec<Field<'t>> {
    let mut all: Vec<Field<'t>> = Vec::new();
    for field in top.iter().filter_map(|keyed| keyed.get(key)) {
        for entry in field.entries(report).unwrap_or_default() {
            if let Some(first) = all.iter().find(|first| first.key == entry.key) {
                let first = report.place(first.at);
                report.error(
                    entry.at,
                    format!("{noun} {} is in two files", entry.label),
                    format!("the first is at {first}; keep one of them"),
                );
                continue;
            }
            all.push(entry.called(format!("{noun} {}", entry.label)));
        }
    }
    all
}

fn name(report: &mut Report, field: &Field<'_>) -> Option<Name> {
    let name = field.key.parse::<Name>().ok();
    if name.is_none() {
        report.error(
            field.at,
            format!("{} cannot be a name", quoted(field.key)),
            "write 1 to 32 of a-z, 0-9 and -, beginning with a letter",
        );
    }
    name
}

/// The entries of a mapping, or none where nothing is written: `qa:` alone is a whole environment.
fn keyed<'t>(report: &mut Report, field: &Field<'t>, known: &[&'static str]) -> Option<Option<Keyed<'t>>> {
    if field.is_nothing() { Some(None) } else { field.keyed(report, known).map(Some) }
}

fn environment(report: &mut Report, field: &Field<'_>) -> Option<Environment> {
    let name = name(report, field);
    let keyed = keyed(report, field, ENVIRONMENT)?;
    let keyed = keyed.as_ref();
    let get = |key| keyed.and_then(|keyed| keyed.get(key));
    let title = line(report, get("title"));
    let labels = names(report, get("labels"), "a label");
    let protected = truth(report, get("protected"));
    let type_name = truth(report, get("type-name"));
    if let (Some(true), Some(false), Some(at)) = (type_name, protected, get("type-name")) {
        report.error(
            at.at,
            "`type-name` is for environments that are protected",
            "add `protected: true`, or leave `type-name` out",
        );
    }
    let settings = settings(report, get("settings"));
    // What is wrong was reported. Its name counts all the same, so that what refers to it is no second error.
    Some(Environment {
        name: name?,
        title: title.unwrap_or_default(),
        labels: labels.unwrap_or_default(),
        protected: protected.unwrap_or_default(),
        type_name: type_name.unwrap_or_default(),
        settings: settings.unwrap_or_default(),
    })
}

fn service(report: &mut Report, field: &Field<'_>, environments: &[Environment]) -> Option<Service> {
    let name = name(report, field);
    let keyed = keyed(report, field, SERVICE)?;
    let keyed = keyed.as_ref();
    let get = |key| keyed.and_then(|keyed| keyed.get(key));
    let title = line(report, get("title"));
    let mut all = settings(report, get("settings"));
    for key in ["owner", "repository"] {
        let Some(field) = get(key) else { continue };
        let text = field.line(report).and_then(|text| plain(report, text.text, field));
        match (&mut all, text) {
            (Some(all), Some(text)) => {
                if all.insert(key.to_owned(), text).is_some() {
                    report.error(
                        field.at,
                        format!("`{key}` is here and in `settings`"),
                        "keep one of the two",
                    );
                }
            }
            (_, _) => all = None,
        }
    }
    let runs_in = get("environments").map_or(Some(vec![]), |field| {
        let items = field.list(report, "an environment")?;
        let known = || environments.iter().map(|e| e.name.as_str());
        let mut names = Some(vec![]);
        for item in &items {
            let Some(text) = item.line(report) else {
                names = None;
                continue;
            };
            match environments.iter().find(|e| e.name.as_str() == text.text) {
                Some(environment) => names.iter_mut().for_each(|all| all.push(environment.name.clone())),
                None => {
                    let hint = did_you_mean(text.text, known(), || match environments {
                        [] => "write them under `environments:`".to_owned(),
                        _ => format!("there are {}", listed(known())),
                    });
                    report.error(text.span, format!("there is no environment {}", quoted(text.text)), hint);
                    names = None;
                }
            }
        }
        names
    });
    Some(Service {
        name: name?,
        title: title.unwrap_or_default(),
        environments: runs_in.unwrap_or_default(),
        settings: all.unwrap_or_default(),
    })
}

/// A size is its settings: `large: { replicas: 6, memory: 2Gi }`.
fn size(report: &mut Report, field: &Field<'_>) -> Option<Size> {
    let name = name(report, field);
    let settings = if field.is_nothing() { Some(Settings::new()) } else { settings(report, Some(field)) };
    Some(Size { name: name?, settings: settings.unwrap_or_default() })
}

fn line(report: &mut Report, field: Option<&Field<'_>>) -> Option<String> {
    field.map_or(Some(String::new()), |field| field.line(report).map(|text| text.text.to_owned()))
}

fn truth(report: &mut Report, field: Option<&Field<'_>>) -> Option<bool> {
    field.map_or(Some(false), |field| field.boolean(report))
}

fn names(report: &mut Report, field: Option<&Field<'_>>, item: &str) -> Option<Vec<Name>> {
    let Some(field) = field else { return Some(vec![]) };
    let items = field.list(report, item)?;
    let count = items.len();
    let read: Vec<Name> = items
        .iter()
        .filter_map(|item| {
            let text = item.line(report)?;
            let name = text.text.parse::<Name>().ok();
            if name.is_none() {
                report.error(
                    text.span,
                    format!("{} cannot be a name", quoted(text.text)),
                    "write 1 to 32 of a-z, 0-9 and -, beginning with a letter",
                );
            }
            name
        })
        .collect();
    (read.len() == count).then_some(read)
}

/// Texts by name. A setting can be part of what is handed to a target, and of what people see.
fn settings(report: &mut Report, field: Option<&Field<'_>>) -> Option<Settings> {
    let Some(field) = field else { return Some(Settings::new()) };
    let entries = field.entries(report)?;
    let count = entries.len();
    let all: Settings = entries
        .iter()
        .filter_map(|entry| {
            let fits = (1..=64).contains(&entry.key.len())
                && entry.key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
            if !fits {
                report.error(
                    entry.at,
                    format!("{} cannot be the name of a setting", entry.label),
                    "write 1 to 64 letters, digits, - and _",
                );
                return None;
            }
            let text = entry.line(report)?;
            plain(report, text.text, entry).map(|text| (entry.key.to_owned(), text))
        })
        .collect();
    (all.len() == count).then_some(all)
}

fn plain(report: &mut Report, text: &str, field: &Field<'_>) -> Option<String> {
    if looks_secret(text) || looks_secret(&format!("{}={text}", field.key)) {
        report.secret(
            field.value_at(),
            format!("the value of {} looks like a secret", field.label),
            NO_SECRETS,
        );
        return None;
    }
    Some(text.to_owned())
}

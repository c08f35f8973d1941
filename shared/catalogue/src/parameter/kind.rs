//! `type`, and the keys that only some types have.

use super::secret::secret;
use super::steps::steps;
use super::thing::thing;
use super::value;
use crate::report::{Report, did_you_mean, listed, quoted};
use crate::scope::NO_SECRETS;
use crate::walk::Keyed;
use signalbox_domain::landscape::{self, Landscape};
use signalbox_domain::parameter::{
    Decimal, Kind, LONGEST_TEXT, LONGEST_VALUE, Parameter, Pattern, Range, Zone, length,
};
use signalbox_domain::redact::looks_secret;
use std::str::FromStr;

/// Every type, what it is called, and the keys that only it has.
pub(crate) const TYPES: &[(&str, &[&str])] = &[
    ("string", &["pattern", "min-length", "max-length"]),
    ("text", &["max-length"]),
    ("choice", &["options"]),
    ("choices", &["options", "fewest", "most"]),
    ("integer", &["min", "max", "step", "unit"]),
    ("number", &["min", "max", "step", "unit"]),
    ("boolean", &[]),
    ("environment", &["only", "labels"]),
    ("service", &["only"]),
    ("size", &["only"]),
    ("version", &["range", "channels"]),
    ("duration", &["min", "max"]),
    ("date", &["zone"]),
    ("time", &["zone"]),
    ("date-time", &["zone"]),
    ("user", &[]),
    ("channel", &[]),
    ("json", &[]),
    ("steps", &[]),
    ("secret", &["names"]),
];

/// The types whose values may come from a list of a system outside.
pub(crate) const LISTED: &[&str] = &["string", "choice", "choices", "version"];

/// Whether there are no options beside a list of a system outside.
fn no_options(report: &mut Report, keyed: &Keyed<'_>) -> bool {
    if let Some(field) = keyed.get("options") {
        report.error(
            field.at,
            "there are options and a list outside",
            "the values come from one of them: leave `options` or `from` out",
        );
        return false;
    }
    true
}

/// Reads a parameter's type.
pub(super) fn read(report: &mut Report, keyed: &Keyed<'_>, landscape: &Landscape) -> Option<Kind> {
    let names = || TYPES.iter().map(|(name, _)| *name);
    let hint = format!("write `type:` and one of {}", listed(names()));
    let word = keyed.need(report, "type", &hint)?.text(report)?;
    let Some((name, own)) = TYPES.iter().find(|(name, _)| *name == word.text) else {
        // `bool` and `int` are what other tools call theirs.
        let begun = names().find(|name| word.text.len() >= 3 && name.starts_with(word.text));
        let hint =
            did_you_mean(begun.unwrap_or(word.text), names(), || format!("it is one of {}", listed(names())));
        report.error(word.span, format!("there is no type {}", quoted(word.text)), hint);
        return None;
    };
    strays(report, keyed, name, own);
    if let Some(field) = keyed.get("from").filter(|_| !LISTED.contains(name)) {
        report.error(
            field.at,
            format!("a parameter of the type `{name}` has no list of a system outside"),
            format!("leave `from` out, or make it one of the types {}", listed(LISTED.iter().copied())),
        );
    }
    match *name {
        "string" => string(report, keyed),
        "text" => {
            let longest = count(report, keyed, "max-length", LONGEST_TEXT)?;
            Some(Kind::Text { longest: longest.unwrap_or(LONGEST_VALUE) })
        }
        // Any text that its list has.
        "choice" if keyed.get("from").is_some() => {
            no_options(report, keyed).then_some(Kind::String { pattern: None, shortest: None, longest: None })
        }
        "choice" => Some(Kind::Choice { options: options(report, keyed, false)?.into() }),
        "choices" => choices(report, keyed),
        "integer" => integer(report, keyed),
        "number" => number(report, keyed),
        "environment" => thing(report, keyed, landscape::Kind::Environment, landscape),
        "service" => thing(report, keyed, landscape::Kind::Service, landscape),
        "size" => thing(report, keyed, landscape::Kind::Size, landscape),
        "version" => version(report, keyed),
        "duration" => duration(report, keyed),
        "date" => Some(Kind::Date { zone: zone(report, keyed)? }),
        "time" => Some(Kind::Time { zone: zone(report, keyed)? }),
        "date-time" => Some(Kind::DateTime { zone: zone(report, keyed)? }),
        "user" => Some(Kind::User),
        "channel" => Some(Kind::Channel),
        "json" => Some(Kind::Json),
        "steps" => steps(report, keyed),
        "secret" => secret(report, keyed),
        _ => Some(Kind::Boolean),
    }
}

/// Keys that belong to other types.
fn strays(report: &mut Report, keyed: &Keyed<'_>, name: &str, own: &[&str]) {
    let mut seen: Vec<&str> = vec![];
    for (_, keys) in TYPES {
        for key in keys.iter().filter(|key| !own.contains(key)) {
            let Some(field) = keyed.get(key).filter(|_| !seen.contains(key)) else { continue };
            seen.push(key);
            let others: Vec<&str> =
                TYPES.iter().filter(|(_, keys)| keys.contains(key)).map(|(name, _)| *name).collect();
            let types = if others.len() == 1 { "the type" } else { "the types" };
            report.error(
                field.at,
                format!(
                    "{} belongs to {types} {}, and this is a parameter of the type `{name}`",
                    field.label,
                    listed(others)
                ),
                "leave it out, or change the type",
            );
        }
    }
}

/// A whole number that is not negative, up to `most`.
fn count(report: &mut Report, keyed: &Keyed<'_>, key: &str, most: usize) -> Option<Option<usize>> {
    let Some(field) = keyed.get(key) else { return Some(None) };
    let number = field.integer(report)?;
    match usize::try_from(number).ok().filter(|number| *number <= most) {
        Some(number) => Some(Some(number)),
        None => {
            report.error(
                field.value_at(),
                format!("{} is {number}", field.label),
                format!("write a number from 0 to {most}"),
            );
            None
        }
    }
}

/// Whether the least is not more than the most.
fn in_order<T: PartialOrd + ToString>(
    report: &mut Report,
    keyed: &Keyed<'_>,
    (least, most): (&Option<T>, &Option<T>),
    (least_key, most_key): (&str, &str),
) -> bool {
    if let (Some(least), Some(most), Some(field)) = (least, most, keyed.get(most_key))
        && least > most
    {
        report.error(
            field.value_at(),
            format!("the most ({}) is less than the least ({})", most.to_string(), least.to_string()),
            format!(
                "nothing fits; `{least_key}` is the least it may be and `{most_key}` the most, both included"
            ),
        );
        return false;
    }
    true
}

/// A regular expression that a whole value must match, if there is one. `example` shows how one is written.
pub(crate) fn pattern(
    report: &mut Report,
    keyed: &Keyed<'_>,
    key: &str,
    example: &str,
) -> Option<Option<Pattern>> {
    let Some(field) = keyed.get(key) else { return Some(None) };
    let text = field.text(report)?;
    match Pattern::try_from(text.text.to_owned()) {
        Ok(pattern) => Some(Some(pattern)),
        Err(why) => {
            report.error(
                text.span,
                format!("this pattern is not a regular expression: {why}"),
                format!(
                    "it must match a whole value; single quotes keep backslashes as they are: '{example}'"
                ),
            );
            None
        }
    }
}

fn string(report: &mut Report, keyed: &Keyed<'_>) -> Option<Kind> {
    let shortest = count(report, keyed, "min-length", LONGEST_VALUE);
    let longest = count(report, keyed, "max-length", LONGEST_VALUE);
    let pattern = pattern(report, keyed, "pattern", "[0-9]+\\.[0-9]+");
    let (shortest, longest) = (shortest?, longest?);
    let fine = in_order(report, keyed, (&shortest, &longest), ("min-length", "max-length"));
    fine.then_some(Kind::String { pattern: pattern?, shortest, longest })
}

fn choices(report: &mut Report, keyed: &Keyed<'_>) -> Option<Kind> {
    let outside = keyed.get("from").is_some();
    let options = match outside {
        true => no_options(report, keyed).then(Vec::new),
        false => options(report, keyed, true),
    };
    let most_there_are = options.as_ref().filter(|_| !outside).map_or(usize::MAX, Vec::len);
    let fewest = count(report, keyed, "fewest", most_there_are);
    let most = count(report, keyed, "most", most_there_are);
    let (fewest, most) = (fewest?, most?);
    let fine = in_order(report, keyed, (&fewest, &most), ("fewest", "most"));
    fine.then_some(Kind::Choices { options: options?.into(), fewest, most })
}

fn options(report: &mut Report, keyed: &Keyed<'_>, several: bool) -> Option<Vec<String>> {
    let field =
        keyed.need(report, "options", "write what people may choose from, such as `options: [web, api]`")?;
    let items = field.list(report, "an option")?;
    if items.is_empty() {
        report.error(field.value_at(), "a choice needs options", "write at least one: `options: [web, api]`");
        return None;
    }
    let mut options: Vec<String> = Vec::new();
    for item in &items {
        let Some(text) = item.line(report) else { continue };
        if options.iter().any(|o| o == text.text) {
            report.error(
                text.span,
                format!("the option {} is here twice", quoted(text.text)),
                "keep one of them",
            );
            continue;
        }
        if several && text.text.contains(',') {
            report.error(
                text.span,
                format!("the option {} has a comma in it", quoted(text.text)),
                "people write several options with commas between them; leave it out",
            );
            continue;
        }
        if looks_secret(text.text) {
            report.secret(text.span, "this option looks like a secret", NO_SECRETS);
            continue;
        }
        options.push(text.text.to_owned());
    }
    if options.len() != items.len() {
        return None;
    }
    let probe = Parameter::plain(NAMELESS.parse().ok()?, Kind::Choice { options: options.as_slice().into() });
    let landscape = Landscape::default();
    let fits = items.iter().zip(&options).filter(|(item, option)| {
        value::accept(report, &probe, option, item.value_at(), "the option", &landscape).is_some()
    });
    (fits.count() == items.len()).then_some(options)
}

/// Stands for a name where only a kind is asked.
const NAMELESS: &str = "value";

fn unit(report: &mut Report, keyed: &Keyed<'_>) -> Option<Option<String>> {
    match keyed.get("unit") {
        Some(field) => field.line(report).map(|text| Some(text.text.to_owned())),
        None => Some(None),
    }
}

fn integer(report: &mut Report, keyed: &Keyed<'_>) -> Option<Kind> {
    let mut bound = |key: &str| match keyed.get(key) {
        Some(field) => field.integer(report).map(Some),
        None => Some(None),
    };
    let (min, max, step) = (bound("min"), bound("max"), bound("step"));
    let unit = unit(report, keyed);
    let (min, max, step) = (min?, max?, step?);
    let fine = is_step(report, keyed, step.map(Decimal::from));
    (in_order(report, keyed, (&min, &max), ("min", "max")) & fine).then_some(Kind::Integer {
        min,
        max,
        step,
        unit: unit?,
    })
}

fn number(report: &mut Report, keyed: &Keyed<'_>) -> Option<Kind> {
    let min = parsed::<Decimal>(report, keyed, "min");
    let max = parsed::<Decimal>(report, keyed, "max");
    let step = parsed::<Decimal>(report, keyed, "step");
    let unit = unit(report, keyed);
    let (min, max, step) = (min?, max?, step?);
    let fine = is_step(report, keyed, step);
    (in_order(report, keyed, (&min, &max), ("min", "max")) & fine).then_some(Kind::Number {
        min,
        max,
        step,
        unit: unit?,
    })
}

fn is_step(report: &mut Report, keyed: &Keyed<'_>, step: Option<Decimal>) -> bool {
    let fine = step.is_none_or(|step| step > Decimal::ZERO);
    if let (false, Some(field)) = (fine, keyed.get("step")) {
        report.error(field.value_at(), "a step is more than 0", "write for example `step: 5`");
    }
    fine
}

fn parsed<T: FromStr<Err: ToString>>(report: &mut Report, keyed: &Keyed<'_>, key: &str) -> Option<Option<T>> {
    let Some(field) = keyed.get(key) else { return Some(None) };
    let text = field.line(report)?;
    match text.text.parse() {
        Ok(value) => Some(Some(value)),
        Err(why) => {
            report.error(
                text.span,
                format!("{} cannot be {}", field.label, quoted(text.text)),
                why.to_string(),
            );
            None
        }
    }
}

fn version(report: &mut Report, keyed: &Keyed<'_>) -> Option<Kind> {
    let range = match keyed.get("range") {
        None => Some(None),
        Some(field) => {
            let text = field.line(report)?;
            match Range::try_from(text.text.to_owned()) {
                Ok(range) => Some(Some(range)),
                Err(why) => {
                    report.error(
                        text.span,
                        format!("{} is not a range of versions: {why}", quoted(text.text)),
                        "write for example `range: '>=1.2, <3'`",
                    );
                    None
                }
            }
        }
    };
    let channels = match keyed.get("channels") {
        None => Some(vec![]),
        Some(field) => {
            let items = field.list(report, "a channel")?;
            let words: Vec<Option<String>> =
                items.iter().map(|item| item.line(report).map(|text| text.text.to_owned())).collect();
            words.into_iter().collect()
        }
    };
    Some(Kind::Version { range: range?, channels: channels? })
}

fn duration(report: &mut Report, keyed: &Keyed<'_>) -> Option<Kind> {
    let mut bound = |key: &str| {
        let Some(field) = keyed.get(key) else { return Some(None) };
        let text = field.line(report)?;
        let read = length(text.text);
        if read.is_none() {
            report.error(
                text.span,
                format!("{} is not a length of time", quoted(text.text)),
                "write one such as 90m, 1h30m or 2d",
            );
        }
        read.map(|length| Some(length.as_secs()))
    };
    let (min, max) = (bound("min"), bound("max"));
    let (min, max) = (min?, max?);
    in_order(report, keyed, (&min, &max), ("min", "max")).then_some(Kind::Duration { min, max })
}

fn zone(report: &mut Report, keyed: &Keyed<'_>) -> Option<Zone> {
    let Some(field) = keyed.get("zone") else { return Some(Zone::default()) };
    let text = field.line(report)?;
    match Zone::try_from(text.text.to_owned()) {
        Ok(zone) => Some(zone),
        Err(_) => {
            report.error(
                text.span,
                format!("there is no time zone {}", quoted(text.text)),
                "write one of https://www.iana.org/time-zones, such as Europe/Berlin or UTC",
            );
            None
        }
    }
}

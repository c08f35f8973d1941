//! What all kinds of targets send: texts with placeholders, each under a name, and the run's id under one of the
//! names.

use crate::report::{Report, did_you_mean, listed, quoted};
use crate::scope::{Parameters, RESERVED};
use crate::source::Span;
use crate::template::{Brace, braces};
use crate::walk::{Field, Keyed, Text};
use signalbox_domain::ALL_PARAMETERS;
use signalbox_domain::Name;
use signalbox_domain::redact::looks_secret;
use std::collections::BTreeMap;

/// Whether every brace of a text has a meaning. The domain leaves out a text that names a parameter nobody gave. So a
/// text with an unknown name would always be left out, and nobody would be told.
pub(crate) fn template(report: &mut Report, text: Text<'_>, parameters: &Parameters<'_>) -> bool {
    if text.text.contains('\0') {
        report.error(text.span, "a zero byte cannot be handed over", "leave it out");
        return false;
    }
    let mut fine = true;
    for brace in braces(text.text) {
        match brace {
            Brace::Placeholder(ALL_PARAMETERS, range) => fine &= all(report, text.part(range), parameters),
            Brace::Placeholder(name, range) => {
                fine &= placeholder(report, text.part(range), name, parameters);
            }
            Brace::Alone(brace, at) => {
                report.error(
                    text.part(at..at + 1),
                    format!("this `{brace}` has no partner"),
                    format!("write `{{name}}` for a parameter, and `{brace}{brace}` for the brace itself"),
                );
                fine = false;
            }
        }
    }
    fine
}

/// Whether there is anything that `{*}` can stand for.
fn all(report: &mut Report, at: Span, parameters: &Parameters<'_>) -> bool {
    let fine = parameters.incomplete || !parameters.names.is_empty();
    if !fine {
        report.error(at, "`{*}` is all parameters, and there are none", "leave it out, or write a parameter");
    }
    fine
}

/// Refuses `{*}` where all parameters at once would mean nothing.
pub(crate) fn never_all(report: &mut Report, text: Text<'_>, hint: &str) -> bool {
    let mut fine = true;
    for brace in braces(text.text) {
        if let Brace::Placeholder(ALL_PARAMETERS, range) = brace {
            report.error(text.part(range), "`{*}` cannot stand here", hint);
            fine = false;
        }
    }
    fine
}

/// Whether a placeholder means something: a parameter, what the catalogue says of its value, or who asks.
fn placeholder(report: &mut Report, at: Span, whole: &str, parameters: &Parameters<'_>) -> bool {
    let (name, key) = match whole.split_once('.') {
        Some((name, key)) => (name, Some(key)),
        None => (whole, None),
    };
    if !parameters.has(name) {
        if parameters.incomplete {
            return true;
        }
        let known = || parameters.names.iter().chain(RESERVED).copied();
        let hint = did_you_mean(name, known(), || match name.parse::<Name>() {
            Ok(_) => format!("there are {}", listed(known())),
            Err(_) if name.trim() == ALL_PARAMETERS => "write `{*}` for all parameters".to_owned(),
            Err(_) => "write `{{` and `}}` for braces that are no placeholder".to_owned(),
        });
        report.error(at, format!("there is no parameter {}", quoted(name)), hint);
        return false;
    }
    match key {
        None => true,
        Some(key) => setting(report, at, name, key, parameters),
    }
}

/// Whether everything that people may choose has this setting; of people, whether anybody has.
fn setting(report: &mut Report, at: Span, name: &str, key: &str, parameters: &Parameters<'_>) -> bool {
    let landscape = parameters.landscape;
    if name == "requester" {
        let known = || landscape.people.values().flat_map(|of| of.keys().map(String::as_str));
        let fine = known().any(|k| k == key);
        if !fine {
            let hint = did_you_mean(key, known(), || {
                format!(
                    "write it under `people:`, such as `people: {{ T024BE7LD/U0G9QF9C6: {{ {key}: … }} }}`"
                )
            });
            report.error(at, format!("nobody under `people` has {}", quoted(key)), hint);
        }
        return fine;
    }
    let Some((_, of, only)) = parameters.things.iter().find(|(thing, ..)| *thing == name) else {
        // A parameter that is wrong was reported where it stands.
        if parameters.checked.is_none() && !parameters.is_right(name) {
            return true;
        }
        report.error(
            at,
            format!("{} is a value, and has no {}", quoted(name), quoted(key)),
            "only environments, services, sizes and `requester` have settings; write `{name}` for the value",
        );
        return false;
    };
    let lacking: Vec<&str> =
        only.iter().map(Name::as_str).filter(|thing| landscape.setting(*of, thing, key).is_none()).collect();
    if lacking.is_empty() {
        return true;
    }
    let things = landscape.things(*of);
    let known = || things.iter().flat_map(|thing| thing.settings.keys().map(String::as_str));
    let hint = did_you_mean(key, known().filter(|k| *k != key), || {
        format!(
            "write it under `settings` of {}, or let the parameter have fewer of them",
            listed(lacking.iter().copied())
        )
    });
    let message = match lacking.len() == only.len() {
        true => format!("no {} has the setting {}", of.word(), quoted(key)),
        false => format!("{} has no setting {}", listed(lacking.iter().copied()), quoted(key)),
    };
    report.error(at, message, hint);
    false
}

/// Reads a branch or a tag. It is a text with placeholders that must always have a value, because without it
/// something else would run.
pub(super) fn git_ref(
    report: &mut Report,
    field: &Field<'_>,
    parameters: &Parameters<'_>,
    no_secrets: &str,
) -> Option<String> {
    let text = field.line(report)?;
    if looks_secret(text.text) {
        report.secret(text.span, format!("the value of {} looks like a secret", field.label), no_secrets);
        return None;
    }
    let mut fine = template(report, text, parameters);
    fine &= never_all(report, text, "write the parameter that is a branch or a tag");
    for brace in braces(text.text) {
        let Brace::Placeholder(name, range) = brace else { continue };
        let (why, hint) = if name == "requester" {
            (
                "who asked is no branch and no tag".to_owned(),
                "write a branch or a tag, or name a parameter that is one",
            )
        } else if parameters.optional.contains(&name) {
            (
                format!("{} may be left out, and {} may not", quoted(name), field.label),
                "give the parameter a default, or make it required",
            )
        } else {
            continue;
        };
        report.error(text.part(range), why, hint);
        fine = false;
    }
    fine.then(|| text.text.to_owned())
}

/// Describes one place for named values (inputs, parameters), and which names it takes.
pub(super) struct Names {
    /// The key under which the values are listed.
    pub(super) key: &'static str,
    /// What messages call one value: `an input`.
    pub(super) one: &'static str,
    /// The key that says which of the values takes the run's id.
    pub(super) run_key: &'static str,
    /// The value that takes the run's id if that key is missing.
    pub(super) run_default: &'static str,
    /// Whether a text can be the name of a value.
    pub(super) allows: fn(&str) -> bool,
    /// The rule for such names, in words.
    pub(super) rule: &'static str,
    /// What to do about a secret that was found.
    pub(super) no_secrets: &'static str,
}

impl Names {
    /// Reads the values under their names.
    pub(super) fn values(
        &self,
        report: &mut Report,
        target: &Keyed<'_>,
        parameters: &Parameters<'_>,
        run: Option<&str>,
    ) -> Option<BTreeMap<String, String>> {
        let Some(field) = target.get(self.key) else { return Some(BTreeMap::new()) };
        let entries = field.entries(report)?;
        let count = entries.len();
        let values: BTreeMap<String, String> =
            entries.iter().filter_map(|entry| self.value(report, entry, parameters, run)).collect();
        (values.len() == count).then_some(values)
    }

    fn value(
        &self,
        report: &mut Report,
        entry: &Field<'_>,
        parameters: &Parameters<'_>,
        run: Option<&str>,
    ) -> Option<(String, String)> {
        let mut fine = self.name(report, entry.at, entry.key);
        // GitHub's expressions and Jenkins's environment ignore the case of names.
        if run.is_some_and(|run| run.eq_ignore_ascii_case(entry.key)) {
            report.error(
                entry.at,
                format!("{} takes the run's id, which Signalbox fills in itself", entry.label),
                format!("leave it out here, or let `{}` name another", self.run_key),
            );
            fine = false;
        }
        let value = entry.text(report)?;
        if looks_secret(value.text) || looks_secret(&format!("{}={}", entry.key, value.text)) {
            report.secret(
                value.span,
                format!("the value of {} looks like a secret", entry.label),
                self.no_secrets,
            );
            return None;
        }
        fine &= template(report, value, parameters);
        fine.then(|| (entry.key.to_owned(), value.text.to_owned()))
    }

    /// Which value takes the run's id; `Some(None)` if none does.
    pub(super) fn run(&self, report: &mut Report, target: &Keyed<'_>) -> Option<Option<String>> {
        let Some(field) = target.get(self.run_key) else { return Some(Some(self.run_default.to_owned())) };
        let text = field.line(report)?;
        if text.text == "none" {
            return Some(None);
        }
        if ["none", "no", "off", "false"].iter().any(|no| no.eq_ignore_ascii_case(text.text)) {
            report.error(
                text.span,
                format!("{} does not name {}", field.label, self.one),
                "write `none` if there is none; then a run whose start was lost cannot be found again",
            );
            return None;
        }
        self.name(report, text.span, text.text).then(|| Some(text.text.to_owned()))
    }

    fn name(&self, report: &mut Report, at: Span, name: &str) -> bool {
        let fine = (self.allows)(name);
        if !fine {
            report.error(at, format!("{} cannot be the name of {}", quoted(name), self.one), self.rule);
        }
        fine
    }
}

/// Whether a fixed text has no braces. If it has some, this reports what is wrong, in the words of [`crate::target`].
pub(super) fn fixed(report: &mut Report, text: Text<'_>, what: &str) -> bool {
    let fine = !text.text.contains(['{', '}']);
    if !fine {
        report.error(
            text.span,
            format!("a parameter cannot choose the {what}"),
            format!("write the {what} itself; make one operation for each"),
        );
    }
    fine
}

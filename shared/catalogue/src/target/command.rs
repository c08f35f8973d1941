//! `command`: an argument vector on this machine.
//!
//! Makes sure that a parameter can only fill an argument and can never choose a program, and that no shell interprets
//! a parameter.

use super::value::template;
use crate::duration::{DAY, seconds};
use crate::program::Programs;
use crate::report::{Report, quoted};
use crate::scope::{NO_SECRETS, Parameters};
use crate::template::braces;
use crate::walk::{Field, Keyed, Text};
use signalbox_domain::catalogue::CommandTarget;
use signalbox_domain::redact::looks_secret;
use std::collections::BTreeMap;

/// The keys of this kind of target.
pub(super) const KEYS: &[&str] = &["command", "directory", "timeout", "environment"];

/// What to do about a key that another kind of target has.
pub(super) fn instead(key: &str) -> Option<&'static str> {
    Some(match key {
        "parameters" => {
            "the operation's `parameters` stand beside `target`; an argument names one: `\"{service}\"`"
        }
        "workflow" | "ref" | "branch" | "inputs" => {
            "leave it out, or hand it over as an argument of the `command`"
        }
        "run-input" | "run-parameter" => {
            "leave it out: every command gets the run's id as SIGNALBOX_RUN, and `{run}` is that in arguments"
        }
        "timeout-minutes" => "write `timeout: 5m`",
        _ => return None,
    })
}

/// Reads the target of an operation with these parameters.
pub(super) fn read(
    report: &mut Report,
    keyed: &Keyed<'_>,
    parameters: &Parameters<'_>,
    programs: &Programs,
) -> Option<CommandTarget> {
    let command = keyed
        .need(report, "command", "write the program and its arguments: `command: [git, tag, \"{version}\"]`")
        .and_then(|field| command(report, field, parameters, programs));
    let directory = match keyed.get("directory") {
        Some(field) => directory(report, field),
        None => Some(String::new()),
    };
    let timeout = keyed
        .need(report, "timeout", "write how long it may take before it is stopped, such as `timeout: 5m`")
        .and_then(|field| timeout(report, field));
    let environment = match keyed.get("environment") {
        Some(field) => environment(report, field, parameters),
        None => Some(BTreeMap::new()),
    };
    let (program, arguments) = command?;
    Some(CommandTarget {
        program,
        arguments,
        directory: directory?,
        environment: environment?,
        timeout_seconds: timeout?,
    })
}

/// Reads an argument vector: a word of `programs`, and arguments with placeholders.
pub(crate) fn command(
    report: &mut Report,
    field: &Field<'_>,
    parameters: &Parameters<'_>,
    programs: &Programs,
) -> Option<(String, Vec<String>)> {
    let items = field.list(report, &format!("an item of {}", field.label))?;
    let Some((first, rest)) = items.split_first() else {
        report.error(
            field.value_at(),
            format!("{} is empty", field.label),
            "write the program and its arguments: `[git, tag]`",
        );
        return None;
    };
    let program = first.text(report).and_then(|word| {
        if braces(word.text).is_empty() {
            return programs.find(report, word).map(|path| (word.text.to_owned(), path));
        }
        report.error(
            word.span,
            "a parameter cannot choose the program",
            "the first item is a word from `programs`; make one operation for each program",
        );
        None
    });
    let texts: Vec<Option<Text<'_>>> = rest.iter().map(|item| item.text(report)).collect();
    let mut fine = true;
    for text in texts.iter().flatten() {
        fine &= argument(report, *text, parameters);
    }
    for pair in texts.windows(2) {
        if let [Some(before), Some(text)] = pair {
            // `--token` and its value are two arguments that together make one secret.
            let joined = format!("{} {}", before.text, text.text);
            if !looks_secret(before.text) && !looks_secret(text.text) && looks_secret(&joined) {
                report.secret(text.span, "this argument looks like a secret", NO_SECRETS);
                fine = false;
            }
            if let Some((word, path)) = &program
                && is_code(path, before.text)
                && !braces(text.text).is_empty()
            {
                report.error(
                    text.span,
                    format!("a parameter would become part of what {} runs", quoted(word)),
                    "hand it over as an argument of its own: `[sh, -c, 'deploy \"$1\"', deploy, \"{service}\"]`",
                );
                fine = false;
            }
        }
    }
    let arguments: Option<Vec<String>> = texts.into_iter().map(|t| Some(t?.text.to_owned())).collect();
    let (program, _) = program?;
    fine.then_some((program, arguments?))
}

/// Whether the program would run the argument that follows this flag as code.
fn is_code(program: &str, flag: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    let letter = match name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') {
        "sh" | "ash" | "bash" | "dash" | "ksh" | "zsh" | "python" => 'c',
        "perl" | "ruby" | "node" => 'e',
        _ => return false,
    };
    flag.strip_prefix('-').is_some_and(|letters| !letters.starts_with('-') && letters.contains(letter))
}

fn argument(report: &mut Report, text: Text<'_>, parameters: &Parameters<'_>) -> bool {
    if looks_secret(text.text) {
        report.secret(text.span, "this argument looks like a secret", NO_SECRETS);
        return false;
    }
    template(report, text, parameters)
}

fn directory(report: &mut Report, field: &Field<'_>) -> Option<String> {
    let text = field.line(report)?;
    let wrong = if text.text.starts_with(['/', '~']) {
        "does not begin in the data folder"
    } else if text.text.split('/').any(|part| matches!(part, "" | "." | "..")) {
        "is not a plain path"
    } else if text.text.contains(['{', '}']) {
        "has braces in it, and parameters are for arguments alone"
    } else {
        return Some(text.text.to_owned());
    };
    report.error(
        text.span,
        format!("{} {wrong}", quoted(text.text)),
        "write folders below the data folder, such as `practice/web`; leave `directory` out for the data folder itself",
    );
    None
}

fn timeout(report: &mut Report, field: &Field<'_>) -> Option<u64> {
    let text = field.text(report)?;
    // Nothing that takes days is started from a chat, so the unit `d` is not accepted.
    match seconds(text.text).filter(|_| !text.text.ends_with('d')) {
        Some(seconds @ 1..=DAY) => Some(seconds),
        Some(_) => {
            report.error(
                text.span,
                format!("{} is not between 1s and 24h", quoted(text.text)),
                "choose a time in between",
            );
            None
        }
        None => {
            report.error(
                text.span,
                format!("{} is not a time", quoted(text.text)),
                "write digits and one of `s`, `m` and `h`: `30s`, `5m`, `2h`",
            );
            None
        }
    }
}

/// Variables that every command gets already; see [`CommandTarget::environment`].
const GIVEN: &[&str] = &["PATH", "HOME", "LANG"];

fn environment(
    report: &mut Report,
    field: &Field<'_>,
    parameters: &Parameters<'_>,
) -> Option<BTreeMap<String, String>> {
    let entries = field.entries(report)?;
    let count = entries.len();
    let variables: BTreeMap<String, String> =
        entries.iter().filter_map(|entry| variable(report, entry, parameters)).collect();
    (variables.len() == count).then_some(variables)
}

fn variable(report: &mut Report, entry: &Field<'_>, parameters: &Parameters<'_>) -> Option<(String, String)> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !entry.key.chars().all(plain) || !entry.key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
    {
        report.error(
            entry.at,
            format!("{} cannot be the name of an environment variable", entry.label),
            "write letters, digits and `_`, not beginning with a digit",
        );
        return None;
    }
    if GIVEN.contains(&entry.key) || entry.key.starts_with("SIGNALBOX_") {
        report.error(
            entry.at,
            format!("{} is set by Signalbox itself", entry.label),
            "every command gets PATH, HOME, LANG, SIGNALBOX_RUN and SIGNALBOX_ATTEMPT; choose another name",
        );
        return None;
    }
    let value = entry.text(report)?;
    if looks_secret(value.text) || looks_secret(&format!("{}={}", entry.key, value.text)) {
        report.secret(value.span, format!("the value of {} looks like a secret", entry.label), NO_SECRETS);
        return None;
    }
    if !template(report, value, parameters) {
        return None;
    }
    Some((entry.key.to_owned(), value.text.to_owned()))
}

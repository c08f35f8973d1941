//! Defaults, fixed values, examples and the values of conditions: each has to be a value of its parameter.

use crate::report::{Report, listed, quoted};
use crate::scope::NO_SECRETS;
use crate::source::Span;
use crate::walk::Field;
use signalbox_domain::landscape::Landscape;
use signalbox_domain::parameter::{Context, Kind, Parameter, Problem, Value};
use signalbox_domain::{Timestamp, nearest};

/// Reads one value of a parameter.
pub(super) fn read(
    report: &mut Report,
    parameter: &Parameter,
    field: &Field<'_>,
    what: &str,
    landscape: &Landscape,
) -> Option<Value> {
    // YAML has numbers, truth values and lists; everything else is a text in it.
    let text = if matches!(parameter.kind, Kind::Integer { .. }) {
        field.integer(report)?.to_string()
    } else if matches!(parameter.kind, Kind::Boolean) {
        field.boolean(report)?.to_string()
    } else if matches!(parameter.kind, Kind::Choices { .. }) && field.is_list() {
        let items = field.list(report, "an option")?;
        let words: Vec<Option<String>> =
            items.iter().map(|item| item.line(report).map(|t| t.text.to_owned())).collect();
        words.into_iter().collect::<Option<Vec<_>>>()?.join(",")
    } else {
        field.text(report)?.text.to_owned()
    };
    if is_relative(&parameter.kind, &text) {
        report.error(
            field.value_at(),
            format!("{what} {} means another time each day", quoted(&text)),
            "write a date itself, or leave it to the people who ask",
        );
        return None;
    }
    accept(report, parameter, &text, field.value_at(), what, landscape)
}

/// Words such as `tomorrow`: a catalogue is read once, and asked for years.
fn is_relative(kind: &Kind, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    matches!(kind, Kind::Date { .. } | Kind::DateTime { .. })
        && ["today", "tomorrow", "in "].iter().any(|word| text.starts_with(word))
}

/// Whether the parameter takes this text; reports it if not.
pub(super) fn accept(
    report: &mut Report,
    parameter: &Parameter,
    text: &str,
    at: Span,
    what: &str,
    landscape: &Landscape,
) -> Option<Value> {
    let context = Context { landscape, place: None, now: Timestamp::default(), lists: None, steps: None };
    let problem = match parameter.accept(text, &context) {
        Ok(value) => return Some(value),
        Err(problem) => problem,
    };
    if problem == Problem::LooksLikeASecret {
        report.secret(at, format!("{what} looks like a secret"), NO_SECRETS);
        return None;
    }
    let (message, hint) = said(problem, text);
    report.error(at, format!("{what} {} {message}", quoted(text)), hint);
    None
}

/// What is wrong with a value, after the value; and what to do.
fn said(problem: Problem, text: &str) -> (String, String) {
    let plain = |message: &str, hint: &str| (message.to_owned(), hint.to_owned());
    let names = |all: &[String]| listed(all.iter().map(String::as_str));
    match problem {
        Problem::LooksLikeASecret => plain("looks like a secret", NO_SECRETS),
        Problem::TooLong { most } => {
            (format!("is longer than {most} characters"), "write a shorter one".to_owned())
        }
        Problem::TooShort { least } => {
            (format!("is shorter than {least} characters"), "write a longer one".to_owned())
        }
        Problem::ControlCharacter => {
            plain("has a line break or another control character in it", "write one line of plain text")
        }
        Problem::HiddenCharacter { name } => {
            (format!("has a character that nobody can see ({name})"), "leave it out".to_owned())
        }
        Problem::LooksLikeAnOption => plain(
            "begins with `-`, which no value of a string without a pattern may",
            "so that it cannot pose as an option of the program; give the parameter a `pattern` that allows it",
        ),
        Problem::PatternMismatch { pattern } => (
            "is not a value of its own parameter".to_owned(),
            format!("the whole of it must match {}", quoted(&pattern)),
        ),
        Problem::NotAnOption { options, did_you_mean } => {
            let near = did_you_mean.or_else(|| nearest(text, options.iter().map(String::as_str)));
            let hint = near.map_or_else(
                || format!("it is one of {}", names(&options)),
                |near| format!("did you mean {}?", quoted(&near)),
            );
            ("is none of the options".to_owned(), hint)
        }
        Problem::NotSoMany { fewest, most } => (
            "has too few or too many options".to_owned(),
            match (fewest, most) {
                (Some(fewest), Some(most)) => format!("it has from {fewest} to {most}"),
                (Some(fewest), None) => format!("it has at least {fewest}"),
                (None, Some(most)) => format!("it has at most {most}"),
                (None, None) => "write them with commas between them".to_owned(),
            },
        ),
        Problem::OutOfBounds { min, max } => (
            "is out of bounds".to_owned(),
            match (min, max) {
                (Some(min), Some(max)) => format!("it is from {min} to {max}"),
                (Some(min), None) => format!("it is at least {min}"),
                (None, Some(max)) => format!("it is at most {max}"),
                (None, None) => "write another".to_owned(),
            },
        ),
        Problem::NotAStep { from, step } => {
            ("is between two steps".to_owned(), format!("it goes from {from} in steps of {step}"))
        }
        Problem::NotAnInteger => plain("is not a whole number", "write digits"),
        Problem::NotANumber => plain("is not a number", "write one such as 0.25"),
        Problem::NotABoolean => plain("is neither true nor false", "write `true` or `false`"),
        Problem::NotAVersion => plain("is not a version", "write one such as 1.4.2; https://semver.org"),
        Problem::NotInRange { range } => {
            ("is outside the parameter's own range".to_owned(), format!("it has to be in {}", quoted(&range)))
        }
        Problem::NotInChannel { channel, channels } => (
            format!("is a version of the channel {}", quoted(&channel)),
            format!("the parameter takes {}", names(&channels)),
        ),
        Problem::NotALength => plain("is not a length of time", "write one such as 90m, 1h30m or 2d"),
        Problem::NotADate => plain("is not a date", "write one such as 2026-12-01"),
        Problem::NotATime => plain("is not a time of day", "write one such as 08:00, in quotes"),
        Problem::NotAMoment { zone } => (
            "is not a date with a time".to_owned(),
            format!("write one such as 2026-12-01 08:00; its zone is {zone}"),
        ),
        Problem::NoSuchMoment { zone } => (
            format!("does not exist in {zone}, where clocks are set forward then"),
            "write another time".to_owned(),
        ),
        Problem::TwoMoments { zone } => (
            format!("comes twice in {zone}, where clocks are set back then"),
            "write it with its offset, such as 2026-10-25T02:30:00+01:00".to_owned(),
        ),
        Problem::NotAPerson => {
            plain("is not a person", "write workspace and id, such as T024BE7LD/U0G9QF9C6")
        }
        Problem::NotAChannel => {
            plain("is not a channel", "write workspace and id, such as T024BE7LD/C061EG9SL")
        }
        Problem::NotJson { why } => (format!("is not JSON: {why}"), "write it in single quotes".to_owned()),
        Problem::BadStep { line, .. } | Problem::StepsOfSteps { line, .. } => (
            format!("has a line {line} that a batch cannot carry out"),
            "write an operation and what it is given, as it is typed in the chat".to_owned(),
        ),
        Problem::NotSoManySteps { steps, most } => {
            (format!("has {steps} steps"), format!("write from 1 to {most}, a line for each"))
        }
        Problem::NotThere { service, environments } => (
            format!("is not where {} runs", quoted(&service)),
            format!("it runs in {}", names(&environments)),
        ),
    }
}

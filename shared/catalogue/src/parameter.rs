//! `parameters`: what an operation needs to be told, in the order in which words without a name fill them.
//!
//! The domain's own [`Parameter::accept`] decides whether a default or an option is a valid value, so that the catalogue and the chat never disagree.

use crate::report::{Report, did_you_mean, listed, quoted};
use crate::source::Span;
use crate::walk::{Field, Keyed, Text};
use signalbox_domain::parameter::{Kind, LONGEST_VALUE, Parameter, Pattern, Problem, Value};
use signalbox_domain::{Name, ParameterName};

const KEYS: &[&str] =
    &["name", "description", "type", "pattern", "options", "min", "max", "required", "default"];

/// Placeholders that every argument may use without a parameter of that name.
pub(crate) const RESERVED: &[&str] = &["run", "requester"];

/// The parameters of an operation.
#[derive(Debug, Default)]
pub(crate) struct Parameters<'t> {
    /// Every name that could be read, also the names of wrong parameters, so that a reference to one of them is not
    /// reported as a second error.
    pub(crate) names: Vec<&'t str>,
    /// Parameters that are not required and have no default. A text that names one of them may be left out.
    pub(crate) optional: Vec<&'t str>,
    /// A parameter's name could not be read. A name that seems unknown may be the name of that parameter.
    pub(crate) incomplete: bool,
    /// All parameters, if every one of them is right.
    pub(crate) checked: Option<Vec<Parameter>>,
}

impl Parameters<'_> {
    /// Whether an argument may name it.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains(&name) || RESERVED.contains(&name)
    }
}

/// Reads the parameters of an operation. If the key is missing, it has none.
pub(crate) fn read<'t>(report: &mut Report, operation: &Keyed<'t>) -> Parameters<'t> {
    let Some(field) = operation.get("parameters") else {
        return Parameters {
            incomplete: operation.has_strays,
            checked: Some(Vec::new()),
            ..Parameters::default()
        };
    };
    let Some(items) = field.list(report, "a parameter") else {
        return Parameters { incomplete: true, ..Parameters::default() };
    };
    let mut read = Parameters::default();
    let mut all: Vec<Option<Parameter>> = Vec::new();
    let mut optional: Option<&str> = None;
    for item in &items {
        let keyed = item.keyed(report, KEYS);
        read.incomplete |= keyed.is_none();
        let parameter = keyed.and_then(|keyed| {
            let Some(text) = name_text(report, &keyed) else {
                read.incomplete = true;
                kind(report, &keyed);
                return None;
            };
            if read.names.contains(&text.text) {
                report.error(
                    text.span,
                    format!("there are two parameters called {}", quoted(text.text)),
                    "give one of them another name",
                );
            }
            read.names.push(text.text);
            let keyed = keyed.called(format!("parameter {}", quoted(text.text)));
            let name = name(report, text);
            let parameter = parameter(report, &keyed, name);
            if matches!(&parameter, Some(Parameter { required: false, default: None, .. })) {
                read.optional.push(text.text);
            }
            match (&parameter, optional) {
                (Some(Parameter { required: false, .. }), None) => optional = Some(text.text),
                (Some(Parameter { required: true, .. }), Some(before)) => report.error(
                    text.span,
                    format!(
                        "{} is required and comes after {}, which is not",
                        quoted(text.text),
                        quoted(before)
                    ),
                    "bare words fill the parameters in this order: put the required ones first",
                ),
                (Some(_) | None, _) => {}
            }
            parameter
        });
        all.push(parameter);
    }
    read.checked = all.into_iter().collect();
    read
}

fn name_text<'t>(report: &mut Report, keyed: &Keyed<'t>) -> Option<Text<'t>> {
    keyed.need(report, "name", "write what people type before `=`, such as `name: service`")?.text(report)
}

fn name(report: &mut Report, text: Text<'_>) -> Option<ParameterName> {
    if RESERVED.contains(&text.text) {
        report.error(
            text.span,
            format!("a parameter cannot be called {}", quoted(text.text)),
            "in arguments `{run}` is the run's id and `{requester}` is who asked; choose another name",
        );
        return None;
    }
    let name = text.text.parse::<Name>().ok();
    if name.is_none() {
        report.error(
            text.span,
            format!("{} cannot be the name of a parameter", quoted(text.text)),
            "write 1 to 32 of a-z, 0-9 and -, beginning with a letter",
        );
    }
    name
}

fn parameter(report: &mut Report, keyed: &Keyed<'_>, name: Option<ParameterName>) -> Option<Parameter> {
    let description = match keyed.get("description") {
        Some(field) => field.line(report).map(|t| t.text.to_owned()),
        None => Some(String::new()),
    };
    let kind = kind(report, keyed);
    let required = match keyed.get("required") {
        Some(field) => field.boolean(report),
        None => Some(false),
    };
    if let (Some(true), Some(default)) = (required, keyed.get("default")) {
        report.error(
            default.at,
            format!("{} is required and has a default", keyed.label()),
            "a default is for when nobody gives the parameter: leave one of the two out",
        );
    }
    let mut parameter =
        Parameter { name: name?, description: description?, kind: kind?, default: None, required: required? };
    if let Some(field) = keyed.get("default") {
        parameter.default = Some(default(report, &parameter, field)?);
    }
    Some(parameter)
}

fn default(report: &mut Report, parameter: &Parameter, field: &Field<'_>) -> Option<Value> {
    let text = match parameter.kind {
        Kind::String { .. } | Kind::Choice { .. } => field.text(report)?.text.to_owned(),
        Kind::Integer { .. } => field.integer(report)?.to_string(),
        Kind::Boolean => field.boolean(report)?.to_string(),
    };
    accept(report, parameter, &text, field.value_at(), "the default")
}

/// The name of every type, and the keys that only this type has.
const TYPES: &[(&str, &[&str])] =
    &[("string", &["pattern"]), ("choice", &["options"]), ("integer", &["min", "max"]), ("boolean", &[])];

fn kind(report: &mut Report, keyed: &Keyed<'_>) -> Option<Kind> {
    let names = || TYPES.iter().map(|(name, _)| *name);
    let hint = format!("write `type:` and one of {}", listed(names()));
    let word = keyed.need(report, "type", &hint)?.text(report)?;
    let Some((name, own)) = TYPES.iter().find(|(name, _)| *name == word.text) else {
        // Other tools call these types `bool` and `int`.
        let begun = names().find(|name| word.text.len() >= 3 && name.starts_with(word.text));
        let hint =
            did_you_mean(begun.unwrap_or(word.text), names(), || format!("it is one of {}", listed(names())));
        report.error(word.span, format!("there is no type {}", quoted(word.text)), hint);
        return None;
    };
    for (other, keys) in TYPES {
        for field in keys.iter().filter(|k| !own.contains(k)).filter_map(|k| keyed.get(k)) {
            report.error(
                field.at,
                format!(
                    "{} belongs to the type `{other}`, and this is a parameter of the type `{name}`",
                    field.label
                ),
                "leave it out, or change the type",
            );
        }
    }
    match *name {
        "string" => string(report, keyed),
        "choice" => choice(report, keyed),
        "integer" => integer(report, keyed),
        _ => Some(Kind::Boolean),
    }
}

fn string(report: &mut Report, keyed: &Keyed<'_>) -> Option<Kind> {
    let Some(field) = keyed.get("pattern") else { return Some(Kind::String { pattern: None }) };
    let text = field.text(report)?;
    match Pattern::try_from(text.text.to_owned()) {
        Ok(pattern) => Some(Kind::String { pattern: Some(pattern) }),
        Err(why) => {
            report.error(
                text.span,
                format!("this pattern is not a regular expression: {why}"),
                "it must match a whole value; single quotes keep backslashes as they are: '[0-9]+\\.[0-9]+'",
            );
            None
        }
    }
}

fn choice(report: &mut Report, keyed: &Keyed<'_>) -> Option<Kind> {
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
        if signalbox_domain::redact::looks_secret(text.text) {
            report.secret(text.span, "this option looks like a secret", NO_SECRETS);
            continue;
        }
        options.push(text.text.to_owned());
    }
    let kind = Kind::Choice { options: options.clone() };
    let probe = Parameter {
        name: NAMELESS.parse().ok()?,
        description: String::new(),
        kind,
        default: None,
        required: false,
    };
    let accepted = items.iter().zip(&options).filter(|(item, option)| {
        options.len() == items.len()
            && accept(report, &probe, option, item.value_at(), "the option").is_some()
    });
    (accepted.count() == items.len()).then_some(probe.kind)
}

/// Stands in for a name where only the kind is checked.
const NAMELESS: &str = "value";

/// What to do about a secret in a catalogue.
pub(crate) const NO_SECRETS: &str = "a catalogue is read by many; let the program take it from the server's own secret store, and replace it if it was real";

fn integer(report: &mut Report, keyed: &Keyed<'_>) -> Option<Kind> {
    let mut bound = |key: &str| match keyed.get(key) {
        Some(field) => field.integer(report).map(Some),
        None => Some(None),
    };
    let (min, max) = (bound("min"), bound("max"));
    let (min, max) = (min?, max?);
    if let (Some(least), Some(most), Some(field)) = (min, max, keyed.get("max"))
        && least > most
    {
        report.error(
            field.value_at(),
            format!("the most ({most}) is less than the least ({least})"),
            "no number fits; `min` is the least it may be and `max` the most, both included",
        );
        return None;
    }
    Some(Kind::Integer { min, max })
}

fn accept(report: &mut Report, parameter: &Parameter, text: &str, at: Span, what: &str) -> Option<Value> {
    let problem = match parameter.accept(text) {
        Ok(value) => return Some(value),
        Err(problem) => problem,
    };
    let (message, hint) = match problem {
        Problem::LooksLikeASecret => {
            report.secret(at, format!("{what} looks like a secret"), NO_SECRETS);
            return None;
        }
        Problem::TooLong => (format!("is longer than {LONGEST_VALUE} characters"), "write a shorter one".to_owned()),
        Problem::ControlCharacter => {
            ("has a line break or another control character in it".to_owned(), "write one line of plain text".to_owned())
        }
        Problem::HiddenCharacter { name } => {
            (format!("has a character that nobody can see ({name})"), "leave it out".to_owned())
        }
        Problem::LooksLikeAnOption => (
            "begins with `-`, which no value of a string without a pattern may".to_owned(),
            "so that it cannot pose as an option of the program; give the parameter a `pattern` that allows it".to_owned(),
        ),
        Problem::PatternMismatch { pattern } => {
            ("is not a value of its own parameter".to_owned(), format!("the whole of it must match {}", quoted(&pattern)))
        }
        Problem::NotAnOption { options, did_you_mean } => (
            "is none of the options".to_owned(),
            did_you_mean.map_or_else(
                || format!("it is one of {}", listed(options.iter().map(String::as_str))),
                |near| format!("did you mean {}?", quoted(&near)),
            ),
        ),
        Problem::OutOfBounds { min, max } => ("is out of bounds".to_owned(), bounds(min, max)),
        Problem::NotAnInteger => ("is not a whole number".to_owned(), "write digits".to_owned()),
        Problem::NotABoolean => ("is neither true nor false".to_owned(), "write `true` or `false`".to_owned()),
    };
    report.error(at, format!("{what} {} {message}", quoted(text)), hint);
    None
}

fn bounds(min: Option<i64>, max: Option<i64>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("it is a number from {min} to {max}"),
        (Some(min), None) => format!("it is at least {min}"),
        (None, Some(max)) => format!("it is at most {max}"),
        (None, None) => "it is a whole number".to_owned(),
    }
}

//! `parameters`: what an operation wants to know, in the order in which bare words fill it.
//!
//! Whether a default or an option is a value is asked of the domain's own [`Parameter::accept`], so that the catalogue
//! and the chat can never disagree. `kind.rs` has the types, `depends.rs` what a parameter depends on.

pub(crate) mod depends;
pub(crate) mod kind;
mod secret;
mod steps;
mod thing;
mod value;

use crate::lookup::source;
use crate::program::Programs;
use crate::report::{Report, quoted};
use crate::scope::{Parameters, RESERVED};
use crate::walk::{Keyed, Text};
use signalbox_domain::landscape::Landscape;
use signalbox_domain::parameter::{Kind, Parameter, Value};
use signalbox_domain::{Name, ParameterName};

/// The keys that every parameter may have, and those that only some types have.
pub(crate) const KEYS: &[&str] = &[
    "name",
    "title",
    "description",
    "placeholder",
    "examples",
    "type",
    "from",
    "required",
    "default",
    "fixed",
    "when",
    "for",
    "pattern",
    "min-length",
    "max-length",
    "options",
    "fewest",
    "most",
    "min",
    "max",
    "step",
    "unit",
    "only",
    "labels",
    "range",
    "channels",
    "zone",
    "names",
];

/// Reads the parameters of an operation; without the key it has none.
pub(crate) fn read<'t>(
    report: &mut Report,
    operation: &Keyed<'t>,
    programs: &Programs,
    landscape: &'t Landscape,
) -> Parameters<'t> {
    let mut read = Parameters::none(landscape);
    let Some(field) = operation.get("parameters") else {
        return Parameters { incomplete: operation.has_strays, ..read };
    };
    read.checked = None;
    let Some(items) = field.list(report, "a parameter") else {
        return Parameters { incomplete: true, ..read };
    };
    let mut all: Vec<Option<Parameter>> = Vec::new();
    let mut optional: Option<&str> = None;
    for item in &items {
        let keyed = item.keyed(report, KEYS);
        read.incomplete |= keyed.is_none();
        let before: Vec<Parameter> = all.iter().flatten().cloned().collect();
        let parameter = keyed.and_then(|keyed| {
            let Some(text) = name_text(report, &keyed) else {
                read.incomplete = true;
                kind::read(report, &keyed, landscape);
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
            let parameter = parameter(report, &keyed, name, (&before, programs), &read)?;
            read.right.push(text.text.to_owned());
            if parameter.may_be_absent() {
                read.optional.push(text.text);
            }
            if let Kind::Thing { of, only } = &parameter.kind {
                read.things.push((text.text, *of, only.clone()));
            }
            match (parameter.is_typed_first(), optional) {
                (false, None) => optional = Some(text.text),
                (true, Some(before)) => report.error(
                    text.span,
                    format!(
                        "{} is required and comes after {}, which is not",
                        quoted(text.text),
                        quoted(before)
                    ),
                    "bare words fill the parameters in this order: put the required ones first",
                ),
                (_, _) => {}
            }
            Some(parameter)
        });
        all.push(parameter);
    }
    read.checked = all.into_iter().collect();
    read
}

/// What the order of bare words and templates ask of a parameter.
trait Place {
    /// Whether it may have no value.
    fn may_be_absent(&self) -> bool;
    /// Whether a person always has to type it.
    fn is_typed_first(&self) -> bool;
}

impl Place for Parameter {
    fn may_be_absent(&self) -> bool {
        !self.when.is_empty() || (!self.required && self.default.is_none() && self.fixed.is_none())
    }

    fn is_typed_first(&self) -> bool {
        self.required && self.when.is_empty()
    }
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

fn parameter(
    report: &mut Report,
    keyed: &Keyed<'_>,
    name: Option<ParameterName>,
    (before, programs): (&[Parameter], &Programs),
    known: &Parameters<'_>,
) -> Option<Parameter> {
    let line = |report: &mut Report, key: &str| match keyed.get(key) {
        Some(field) => field.line(report).map(|t| t.text.to_owned()),
        None => Some(String::new()),
    };
    let (description, title) = (line(report, "description"), line(report, "title"));
    let placeholder = line(report, "placeholder");
    let kind = kind::read(report, keyed, known.landscape);
    let required = match keyed.get("required") {
        Some(field) => field.boolean(report),
        None => Some(false),
    };
    for (key, why) in [
        ("default", "a default is for when nobody gives the parameter: leave one of the two out"),
        ("fixed", "a fixed value is one that nobody gives: leave one of the two out"),
    ] {
        if let (Some(true), Some(field)) = (required, keyed.get(key)) {
            let what = if key == "default" { "has a default" } else { "has a fixed value" };
            report.error(field.at, format!("{} is required and {what}", keyed.label()), why);
        }
    }
    if let (Some(field), Some(_)) = (keyed.get("fixed"), keyed.get("default")) {
        report.error(
            field.at,
            format!("{} has a default and a fixed value", keyed.label()),
            "nobody can give another value than the fixed one: leave one of the two out",
        );
    }
    let from = match keyed.get("from") {
        Some(field) => source::choices(report, field, known, programs).map(Some),
        None => Some(None),
    };
    let when = depends::when(report, keyed, before, known);
    let mut parameter = Parameter {
        description: description?,
        required: required?,
        title: title?,
        placeholder: placeholder?,
        when: when?,
        from: from?,
        ..Parameter::plain(name?, kind?)
    };
    let value = |report: &mut Report, parameter: &Parameter, key: &str, what: &str| match keyed.get(key) {
        Some(field) => value::read(report, parameter, field, what, known.landscape).map(Some),
        None => Some(None),
    };
    let default = value(report, &parameter, "default", "the default");
    let fixed = value(report, &parameter, "fixed", "the fixed value");
    let examples = examples(report, keyed, &parameter, known.landscape);
    let special = depends::special(report, keyed, &parameter, before, known);
    parameter.default = default?;
    parameter.fixed = fixed?;
    parameter.examples = examples?;
    parameter.special = special?;
    Some(parameter)
}

fn examples(
    report: &mut Report,
    keyed: &Keyed<'_>,
    parameter: &Parameter,
    landscape: &Landscape,
) -> Option<Vec<Value>> {
    let Some(field) = keyed.get("examples") else { return Some(vec![]) };
    let items = field.list(report, "an example")?;
    let read: Vec<Option<Value>> =
        items.iter().map(|item| value::read(report, parameter, item, "the example", landscape)).collect();
    read.into_iter().collect()
}

//! `steps`: several operations, asked for together. Each step is a run of its own.
//!
//! Whether the operations exist and take what they are given is known once all files are read: `check`.

use super::value::{never_all, template};
use crate::report::{Report, did_you_mean, listed, quoted};
use crate::scope::Parameters;
use crate::walk::{Field, Keyed};
use signalbox_domain::catalogue::{BatchStep, BatchTarget, GO_ON, GivenSteps, MOST_STEPS, Target};
use signalbox_domain::landscape::{self, Landscape};
use signalbox_domain::parameter::{Context, Kind, Parameter};
use signalbox_domain::{Name, Operation, OperationName, ParameterName, Timestamp};
use std::collections::BTreeMap;

/// The keys of this kind of target.
pub(super) const KEYS: &[&str] = &["steps", "parallel", "on-failure"];
/// The keys of a step.
pub(crate) const STEP_KEYS: &[&str] = &["run", "with"];
/// What follows a step that did not end well.
pub(crate) const ON_FAILURE: &[&str] = &["stop", GO_ON];

/// What to do about a key that another kind of target has.
pub(super) fn instead(key: &str) -> Option<&'static str> {
    Some(match key {
        "timeout" | "directory" | "environment" | "command" | "workflow" | "ref" | "inputs" | "branch" => {
            "it belongs to the operation that a step runs"
        }
        "parameters" => "what a step is given stands under its `with`",
        _ => return None,
    })
}

/// Reads the target of an operation with these parameters.
pub(super) fn read(
    report: &mut Report,
    keyed: &Keyed<'_>,
    parameters: &Parameters<'_>,
) -> Option<BatchTarget> {
    let hint = "write the operations in their order: `steps: [{ run: deploy, with: { service: web } }]`";
    let field = keyed.need(report, "steps", hint)?;
    if !field.is_list() {
        return given(report, keyed, field, parameters);
    }
    let steps = steps(report, field, parameters);
    let parallel = match keyed.get("parallel") {
        Some(field) => field.boolean(report),
        None => Some(false),
    };
    let go_on = match keyed.get("on-failure") {
        None => Some(false),
        Some(field) => {
            let text = field.line(report)?;
            let known = ON_FAILURE.contains(&text.text);
            if !known {
                let hint = did_you_mean(text.text, ON_FAILURE.iter().copied(), || {
                    "write `stop`, or `go-on` to have the other steps go on".to_owned()
                });
                report.error(text.span, format!("{} cannot be {}", field.label, quoted(text.text)), hint);
            }
            known.then_some(text.text == GO_ON)
        }
    };
    Some(BatchTarget { steps: steps?, parallel: parallel?, go_on: go_on?, given: None })
}

/// Steps that are given by whoever asks: each key names a parameter, or is left out.
fn given(
    report: &mut Report,
    keyed: &Keyed<'_>,
    field: &Field<'_>,
    parameters: &Parameters<'_>,
) -> Option<BatchTarget> {
    let steps = named(report, field, parameters, "steps", |parameter| {
        (parameter.kind == Kind::Steps && parameter.required).then_some(()).ok_or(
            "let a parameter with `type: steps` and `required: true` have the steps, or write them here as a list",
        )
    });
    let parallel = match keyed.get("parallel") {
        None => Some(None),
        Some(field) => named(report, field, parameters, "parallel", |parameter| {
            (parameter.kind == Kind::Boolean)
                .then_some(())
                .ok_or("let it be a parameter with `type: boolean`")
        })
        .map(Some),
    };
    let on_failure = match keyed.get("on-failure") {
        None => Some(None),
        Some(field) => named(report, field, parameters, "on-failure", |parameter| {
            let fits = matches!(
                &parameter.kind,
                Kind::Choice { options } if options.iter().all(|option| ON_FAILURE.contains(&option.as_str()))
            );
            fits.then_some(())
                .ok_or("let it be a parameter with `type: choice` and the options `stop` and `go-on`")
        })
        .map(Some),
    };
    let given = GivenSteps { steps: steps?, parallel: parallel?, on_failure: on_failure? };
    Some(BatchTarget { steps: vec![], parallel: false, go_on: false, given: Some(given) })
}

/// The one placeholder of a text, where `fits` has nothing against the parameter that it names.
fn named(
    report: &mut Report,
    field: &Field<'_>,
    parameters: &Parameters<'_>,
    key: &str,
    fits: impl Fn(&Parameter) -> Result<(), &'static str>,
) -> Option<String> {
    let text = field.line(report)?;
    if !template(report, text, parameters) {
        return None;
    }
    let name = text.text.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
    // A parameter that is wrong was reported where it stands.
    let Some(checked) = &parameters.checked else { return Some(text.text.to_owned()) };
    let parameter = name.and_then(|name| checked.iter().find(|p| p.name.as_str() == name));
    let why = match parameter.map(&fits) {
        Some(Ok(())) => return Some(text.text.to_owned()),
        Some(Err(why)) => why,
        None => {
            "where the steps are given by whoever asks, this is the placeholder of one parameter, such as `{steps}`"
        }
    };
    report.error(text.span, format!("{} of a batch cannot be {}", quoted(key), quoted(text.text)), why);
    None
}

fn steps(report: &mut Report, field: &Field<'_>, parameters: &Parameters<'_>) -> Option<Vec<BatchStep>> {
    let items = field.list(report, "a step")?;
    if items.is_empty() || items.len() > MOST_STEPS {
        report.error(
            field.value_at(),
            format!("a batch has from 1 to {MOST_STEPS} steps, and this has {}", items.len()),
            if items.is_empty() {
                "write what it runs: `[{ run: deploy }]`"
            } else {
                "make several operations of it"
            },
        );
        return None;
    }
    let read: Vec<Option<BatchStep>> = items.iter().map(|item| step(report, item, parameters)).collect();
    read.into_iter().collect()
}

fn step(report: &mut Report, item: &Field<'_>, parameters: &Parameters<'_>) -> Option<BatchStep> {
    let keyed = item.keyed(report, STEP_KEYS)?;
    let operation = keyed.need(report, "run", "write the operation: `run: deploy`").and_then(|field| {
        let text = field.line(report)?;
        let name = text.text.parse::<Name>().ok();
        if name.is_none() {
            report.error(
                text.span,
                format!("{} cannot be the name of an operation", quoted(text.text)),
                "an operation is named by a word; what it is given stands under `with`",
            );
        }
        name
    });
    let given = match keyed.get("with") {
        None => Some(BTreeMap::new()),
        Some(field) => {
            let entries = field.entries(report)?;
            let read: Vec<Option<(ParameterName, String)>> =
                entries.iter().map(|entry| value(report, entry, parameters)).collect();
            read.into_iter().collect()
        }
    };
    Some(BatchStep { operation: operation?, given: given? })
}

fn value(
    report: &mut Report,
    entry: &Field<'_>,
    parameters: &Parameters<'_>,
) -> Option<(ParameterName, String)> {
    let name = entry.key.parse::<Name>().ok();
    if name.is_none() {
        report.error(
            entry.at,
            format!("{} cannot be the name of a parameter", entry.label),
            "write 1 to 32 of a-z, 0-9 and -, beginning with a letter",
        );
    }
    let text = entry.text(report)?;
    if signalbox_domain::redact::looks_secret(text.text) {
        report.secret(
            text.span,
            format!("the value of {} looks like a secret", entry.label),
            crate::scope::NO_SECRETS,
        );
        return None;
    }
    let mut fine = template(report, text, parameters);
    fine &= never_all(report, text, "write each parameter of the step under its own name");
    Some((name?, text.text.to_owned())).filter(|_| fine)
}

/// Whether the steps of all batches are operations that take what they are given. Where one is in a protected
/// environment, the batch is looked at first, too.
pub(crate) fn check(
    report: &mut Report,
    fields: &BTreeMap<&str, Vec<Field<'_>>>,
    operations: &mut [Operation],
    landscape: &Landscape,
) {
    if !operations.iter().any(|operation| matches!(operation.target, Target::Batch(_))) {
        return;
    }
    let known: BTreeMap<OperationName, Operation> =
        operations.iter().map(|operation| (operation.name.clone(), operation.clone())).collect();
    for operation in operations {
        let Target::Batch(batch) = &operation.target else { continue };
        let Some(at) = fields.get(operation.name.as_str()).and_then(|all| all.first()) else { continue };
        // What people put together themselves is looked at before it counts.
        let mut looked_at = operation.confirm || batch.given.is_some();
        let items = at.value_of("target").map_or_else(Vec::new, |target| target.items_of("steps"));
        for (number, step) in (1..).zip(&batch.steps) {
            // Where an anchor or a mistake hides the item, the operation stands for it.
            let at = items.get(number - 1).unwrap_or(at);
            let run = at.value_of("run").map_or(at.at, |run| run.at);
            let label = format!("step {number} of {}", quoted(operation.name.as_str()));
            let Some(meant) = known.get(&step.operation) else {
                if !fields.contains_key(step.operation.as_str()) {
                    let names = || known.keys().map(OperationName::as_str);
                    let hint = did_you_mean(step.operation.as_str(), names(), || {
                        format!("there are {}", listed(names()))
                    });
                    report.error(
                        run,
                        format!("{label}: there is no operation {}", quoted(step.operation.as_str())),
                        hint,
                    );
                }
                continue;
            };
            if matches!(meant.target, Target::Batch(_)) {
                report.error(
                    run,
                    format!("{label}: {} has steps itself", quoted(meant.name.as_str())),
                    "write its steps here instead",
                );
                continue;
            }
            one(report, at, &label, step, meant, landscape);
            looked_at |= meant.confirm || is_protected(step, meant, landscape);
        }
        operation.confirm = looked_at;
    }
}

/// Whether a step is given what its operation needs, and nothing else.
fn one(
    report: &mut Report,
    at: &Field<'_>,
    label: &str,
    step: &BatchStep,
    meant: &Operation,
    landscape: &Landscape,
) {
    let context = Context { landscape, place: None, now: Timestamp::default(), lists: None, steps: None };
    let with = at.value_of("with");
    for (name, value) in &step.given {
        let given = with.as_ref().and_then(|with| with.value_of(name.as_str())).map_or(at.at, |it| it.at);
        let Some(parameter) = meant.parameters.iter().find(|p| p.name == *name) else {
            let names = || meant.parameters.iter().map(|p| p.name.as_str());
            let hint = did_you_mean(name.as_str(), names(), || match meant.parameters.is_empty() {
                true => "it has none: leave it out".to_owned(),
                false => format!("it has {}", listed(names())),
            });
            report.error(
                given,
                format!(
                    "{label}: {} has no parameter {}",
                    quoted(meant.name.as_str()),
                    quoted(name.as_str())
                ),
                hint,
            );
            continue;
        };
        if !value.contains(['{', '}']) && parameter.accept(value, &context).is_err() {
            report.error(
                given,
                format!("{label}: {} does not take {}", quoted(name.as_str()), quoted(value)),
                "write a value that the operation's parameter takes",
            );
        }
    }
    for parameter in &meant.parameters {
        let needed = parameter.required && parameter.when.is_empty();
        if needed && !step.given.contains_key(&parameter.name) {
            report.error(
                at.at,
                format!("{label}: {} needs {}", quoted(meant.name.as_str()), quoted(parameter.name.as_str())),
                format!("write it under `with`: `with: {{ {}: … }}`", parameter.name),
            );
        }
    }
}

/// Whether it is certain, or possible, that the step is in a protected environment.
fn is_protected(step: &BatchStep, meant: &Operation, landscape: &Landscape) -> bool {
    let environments = meant
        .parameters
        .iter()
        .filter(|p| matches!(&p.kind, Kind::Thing { of: landscape::Kind::Environment, .. }));
    environments.into_iter().any(|parameter| match step.given.get(&parameter.name) {
        Some(value) if value.contains('{') => landscape.environments.iter().any(|e| e.protected),
        Some(value) => landscape.environment(value).is_some_and(|e| e.protected),
        // What it is then is known when it is asked for, and may depend on the channel.
        None => {
            let special = parameter.special.iter().map(|special| &special.value);
            let may_be = parameter.default.iter().chain(special).map(ToString::to_string);
            may_be.into_iter().any(|name| landscape.environment(&name).is_some_and(|e| e.protected))
        }
    })
}

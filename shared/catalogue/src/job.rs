//! Whether a job of Jenkins fits the operation that builds it: what it declares, against what the target hands over.

use crate::report::{listed, quoted};
use crate::template::{braces, has_all};
use crate::workflow::Finding;
use crate::workflow::parameters::{handed_over, values};
use signalbox_domain::catalogue::{JenkinsTarget, Operation};
use signalbox_domain::landscape::Landscape;
use signalbox_domain::nearest;
use signalbox_domain::parameter::Kind;

/// A parameter as a job declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// The choices, if it is a choice.
    pub choices: Option<Vec<String>>,
    /// Whether it is a boolean.
    pub boolean: bool,
}

/// What of a job does not fit. Empty if everything fits.
#[must_use]
pub fn compare(
    declared: &[Declared],
    target: &JenkinsTarget,
    operation: &Operation,
    landscape: &Landscape,
) -> Vec<Finding> {
    let job = &target.job;
    let mut found = vec![];
    let mut add = |at: &[&str], problem: String, hint: String, may_be_meant: bool| {
        let at = at.iter().map(|key| (*key).to_owned()).collect();
        found.push(Finding { problem, hint, at, may_be_meant });
    };
    let find = |name: &str| declared.iter().find(|one| one.name == name);
    if let Some(run) = target.run_parameter.as_ref().filter(|run| find(run).is_none()) {
        add(
            &["target", "run-parameter"],
            format!("{job} does not declare the text parameter {run}, so Jenkins drops the run's id"),
            format!("add it to the job: `string(name: '{run}')` under `parameters`"),
            false,
        );
    }
    for (name, value) in &target.parameters {
        let at = ["target", "parameters", name.as_str()];
        let Some(one) = find(name) else {
            let names = declared.iter().map(|one| one.name.as_str());
            let hint = match nearest(name, names) {
                Some(near) => format!(
                    "write {} in the catalogue if that is meant, or declare it in the job",
                    quoted(&near)
                ),
                None => "declare it in the job, or leave it out in the catalogue".to_owned(),
            };
            add(
                &at,
                format!("{job} does not declare the parameter {}, so Jenkins drops it", quoted(name)),
                hint,
                false,
            );
            continue;
        };
        let shown = quoted(name);
        let Some((nth, parameter)) = handed_over(operation, value) else {
            let fixed = value.replace("{{", "{").replace("}}", "}");
            let plain = braces(value).is_empty();
            if has_all(value) && (one.boolean || one.choices.is_some()) {
                add(
                    &at,
                    format!(
                        "{job} takes no JSON for {shown}, and the catalogue sends all parameters as that"
                    ),
                    format!("make {shown} a text parameter of the job"),
                    false,
                );
            }
            if plain && one.choices.as_ref().is_some_and(|choices| !choices.contains(&fixed)) {
                add(
                    &at,
                    format!("{job} does not have {} among the choices of {shown}", quoted(&fixed)),
                    "write one of its choices in the catalogue, or add it to the job".to_owned(),
                    false,
                );
            }
            continue;
        };
        let (nth, given) = (nth.to_string(), quoted(parameter.name.as_str()));
        let at = ["parameters", nth.as_str()];
        if one.boolean && !matches!(parameter.kind, Kind::Boolean) {
            add(
                &at,
                format!(
                    "{job} declares {shown} as a boolean, and {given} is of type {}",
                    parameter.kind.word()
                ),
                format!("make {given} a boolean, or change {shown} in the job"),
                false,
            );
        }
        let Some(choices) = &one.choices else { continue };
        if let Some(default) = &parameter.default {
            let text = default.to_string();
            let handed = parameter.handed(&text);
            if !choices.iter().any(|choice| choice == handed) {
                add(
                    &["parameters", nth.as_str(), "default"],
                    format!(
                        "{job} does not have {} among the choices of {shown}, the default of {given}",
                        quoted(handed)
                    ),
                    "write a default that it takes, or add it to the job".to_owned(),
                    false,
                );
            }
        }
        match values(parameter, landscape) {
            Some(values) => {
                let refused: Vec<&str> =
                    values.iter().copied().filter(|value| !choices.iter().any(|c| c == value)).collect();
                if !refused.is_empty() {
                    add(
                        &at,
                        format!(
                            "{job} does not have {} among the choices of {shown}, and {given} offers that",
                            listed(refused)
                        ),
                        "add it to the job, or offer it no more".to_owned(),
                        false,
                    );
                }
                let never = choices.iter().map(String::as_str).filter(|choice| !values.contains(choice));
                let never: Vec<&str> = never.collect();
                if !never.is_empty() {
                    add(
                        &at,
                        format!(
                            "{job} has {} among the choices of {shown}, and {given} does not offer that",
                            listed(never)
                        ),
                        "offer it, if people shall be able to ask for it".to_owned(),
                        true,
                    );
                }
            }
            None if parameter.from.is_none() => add(
                &at,
                format!(
                    "{job} takes only its choices for {shown}, and {given} is of type {}",
                    parameter.kind.word()
                ),
                format!("make {given} a choice of {}", listed(choices.iter().map(String::as_str))),
                false,
            ),
            None => {}
        }
    }
    found
}

//! Whether an input takes what the values of a parameter can be, where the target hands it over as it is: `{env}` alone.

use super::file::{Input, Takes};
use super::{Findings, keys, some};
use crate::report::{listed, quoted};
use crate::template::{Brace, braces};
use signalbox_domain::catalogue::Operation;
use signalbox_domain::landscape::Landscape;
use signalbox_domain::parameter::{Kind, Parameter};

/// The parameter that this value hands over, and nothing beside it.
pub(crate) fn handed_over<'o>(operation: &'o Operation, value: &str) -> Option<(usize, &'o Parameter)> {
    let [Brace::Placeholder(name, range)] = &braces(value)[..] else { return None };
    let whole = *range == (0..value.len());
    operation.parameters.iter().enumerate().find(|(_, p)| whole && p.name.as_str() == *name)
}

/// The values that a parameter can have, as the target gets them; `None` if they are no list, or a list of a system
/// outside.
pub(crate) fn values<'o>(parameter: &'o Parameter, landscape: &'o Landscape) -> Option<Vec<&'o str>> {
    let Parameter { kind, from, .. } = parameter;
    // The value of `choices` is several at once.
    if from.is_some() || matches!(kind, Kind::Choices { .. }) {
        return None;
    }
    Some(kind.options(landscape)?.iter().map(|(value, _)| parameter.handed(value)).collect())
}

/// Whether every value of this type is a number.
fn is_number(kind: &Kind) -> bool {
    matches!(kind, Kind::Integer { .. } | Kind::Number { .. })
}

impl Findings<'_> {
    pub(super) fn takes_parameter(&mut self, input: &Input<'_>, value: &str) {
        let Some((operation, landscape)) = self.of else { return };
        let Some((at, parameter)) = handed_over(operation, value) else { return };
        let (name, shown) = (quoted(input.name), quoted(parameter.name.as_str()));
        let at = ["parameters".to_owned(), at.to_string()];
        if !parameter.required && parameter.default.is_none() && input.required && !input.has_default {
            self.add(
                format!("requires the input {name}, which is left out when nobody gives {shown}, so GitHub refuses that"),
                format!("write `required: true` or a `default` for {shown} in the catalogue, or a `default` in the workflow"),
            );
        }
        if let Some(default) = &parameter.default {
            let text = default.to_string();
            let handed = parameter.handed(&text);
            if !input.takes.accepts(handed) {
                self.at = [&at[..], &keys(&["default"])].concat();
                self.add(
                    format!("does not take {} for the input {name}, the default of {shown}", quoted(handed)),
                    format!("write a default that it takes, or change {name} in the workflow"),
                );
            }
        }
        self.at = at.to_vec();
        match (&input.takes, values(parameter, landscape)) {
            (Takes::Text, _) => {}
            (Takes::Choice(options), Some(values)) => self.same_options(input, options, &values, parameter),
            (Takes::Choice(options), None) if parameter.from.is_none() => self.add(
                format!(
                    "takes only its options for the input {name}, and {shown} is of type {}",
                    parameter.kind.word()
                ),
                format!("make {shown} a choice of {}, or let the workflow take any text", some(options)),
            ),
            (Takes::Boolean, _) if !matches!(parameter.kind, Kind::Boolean) => self.add(
                format!(
                    "takes `true` or `false` for the input {name}, and {shown} is of type {}",
                    parameter.kind.word()
                ),
                format!("make {shown} a boolean, or write `type: string` in the workflow"),
            ),
            (Takes::Number, None) if !is_number(&parameter.kind) && parameter.from.is_none() => self.add(
                format!(
                    "takes a number for the input {name}, and {shown} is of type {}",
                    parameter.kind.word()
                ),
                format!("make {shown} an integer or a number, or write `type: string` in the workflow"),
            ),
            (Takes::Number, Some(values)) => {
                let no: Vec<&str> = values.into_iter().filter(|value| !input.takes.accepts(value)).collect();
                if !no.is_empty() {
                    self.add(
                        format!("takes a number for the input {name}, and {shown} offers {}", some(&no)),
                        "offer numbers, or write `type: string` in the workflow",
                    );
                }
            }
            (Takes::Choice(_) | Takes::Boolean | Takes::Number, _) => {}
        }
    }

    fn same_options(&mut self, input: &Input<'_>, options: &[&str], values: &[&str], parameter: &Parameter) {
        let (name, shown) = (quoted(input.name), quoted(parameter.name.as_str()));
        let refused: Vec<&str> = values.iter().copied().filter(|value| !options.contains(value)).collect();
        if !refused.is_empty() {
            self.add(
                format!("does not have {} among the options of the input {name}, and {shown} offers that, so GitHub refuses it", listed(refused)),
                format!("add it to the options of {name} in the workflow, or offer it no more"),
            );
        }
        let never: Vec<&str> = options.iter().copied().filter(|option| !values.contains(option)).collect();
        if !never.is_empty() {
            self.add(
                format!(
                    "has {} among the options of the input {name}, and {shown} does not offer that",
                    some(&never)
                ),
                "offer it, if people shall be able to ask for it",
            );
            if let Some(last) = self.found.last_mut() {
                last.may_be_meant = true;
            }
        }
    }
}

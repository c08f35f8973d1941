//! A line of a batch that a person puts together.

use super::words::split;
use super::{Misunderstood, assign, operation};
use crate::catalogue::{BatchStep, Catalogue};
use crate::ids::{OperationName, ParameterName};
use crate::parameter::{Context, Problem, ReadsSteps};
use std::collections::BTreeMap;

impl ReadsSteps for Catalogue {
    fn in_full(&self, text: &str, line: usize, context: &Context<'_>) -> Result<String, Problem> {
        let bad = |why: Misunderstood| Problem::BadStep { line, why: Box::new(why) };
        let words = split(text).map_err(bad)?;
        let Some((verb, rest)) = words.split_first() else { return Ok(String::new()) };
        let operation = operation(self, &verb.text()).map_err(bad)?;
        if operation.target.as_batch().is_some() {
            return Err(Problem::StepsOfSteps { line, operation: operation.name.clone() });
        }
        let values = assign(operation, rest, context).map_err(bad)?;
        let given = values.into_iter().map(|(name, value)| (name, value.to_string())).collect();
        Ok(BatchStep { operation: operation.name.clone(), given }.line())
    }
}

/// A line in full: the operation, and each value under its name.
pub(crate) fn named(line: &str) -> Option<(OperationName, BTreeMap<ParameterName, String>)> {
    let words = split(line).ok()?;
    let (verb, rest) = words.split_first()?;
    let given = rest.iter().map(|word| Some((word.name.as_deref()?.parse().ok()?, word.value.clone())));
    Some((verb.text().parse().ok()?, given.collect::<Option<_>>()?))
}

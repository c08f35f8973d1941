//! What an operation has to ask systems outside.

use super::{Check, Checking, Placeholders, Question, Shipping, Source, Verification};
use crate::catalogue::Operation;
use crate::ids::ParameterName;
use crate::intent::{Intent, Work};
use crate::landscape::Landscape;
use crate::parameter::{Parameter, Value};
use std::collections::BTreeMap;

impl Operation {
    /// What placeholders stand for with these values.
    #[must_use]
    pub fn placeholders<'p>(
        &'p self,
        landscape: &'p Landscape,
        values: &'p BTreeMap<ParameterName, Value>,
    ) -> Placeholders<'p> {
        Placeholders { landscape, parameters: &self.parameters, values }
    }

    /// Whether any of its parameters has a list outside.
    #[must_use]
    pub fn has_lists(&self) -> bool {
        self.parameters.iter().any(|parameter| parameter.from.is_some())
    }

    /// The lists of its parameters, as far as these values say which they are.
    #[must_use]
    pub fn lists<'o>(
        &'o self,
        landscape: &Landscape,
        values: &BTreeMap<ParameterName, Value>,
    ) -> Vec<(&'o Parameter, Source)> {
        let given = self.placeholders(landscape, values);
        self.parameters.iter().filter_map(|parameter| Some((parameter, parameter.list(&given)?))).collect()
    }

    /// What a request of it ships.
    #[must_use]
    pub fn shipping(
        &self,
        landscape: &Landscape,
        values: &BTreeMap<ParameterName, Value>,
    ) -> Option<Shipping> {
        self.ships.as_ref()?.filled(&self.placeholders(landscape, values))
    }

    /// All that has to hold before a request of it is carried out: the values of its lists are in them, and what it
    /// requires.
    #[must_use]
    pub fn checks(&self, landscape: &Landscape, intent: &Intent, work: &Work) -> Vec<Checking> {
        let values = &intent.parameters;
        let given = self.placeholders(landscape, values);
        let mut checks = vec![];
        for (parameter, source) in self.lists(landscape, values) {
            let Some(value) = values.get(&parameter.name).map(ToString::to_string) else { continue };
            let stale = parameter.from.as_ref().is_some_and(|from| from.stale);
            checks.extend(parameter.words(&value).into_iter().map(|word| Checking::Outside {
                check: Check::Listed { value: word.to_owned(), source: source.clone() },
                stale,
            }));
        }
        let shipping = self.shipping(landscape, values);
        for requirement in &self.requires {
            let check = requirement.filled(&given, work, shipping.as_ref());
            checks.extend(check.filter(|check| !checks.contains(check)));
        }
        checks
    }

    /// What it requires that can be asked before there is a request: with these values, of systems outside.
    #[must_use]
    pub fn asked_before(&self, landscape: &Landscape, values: &BTreeMap<ParameterName, Value>) -> Vec<Check> {
        let given = self.placeholders(landscape, values);
        self.requires.iter().filter_map(|requirement| requirement.asked_before(&given)).collect()
    }

    /// The questions that have to be answered with yes after it succeeded, and for how many seconds each is asked.
    #[must_use]
    pub fn verified_by(&self, landscape: &Landscape, intent: &Intent) -> Vec<(Question, u64)> {
        let given = self.placeholders(landscape, &intent.parameters);
        let asked = |that: &Verification| that.check(&given).map(Question::Check);
        self.verify.iter().filter_map(|verify| Some((asked(&verify.that)?, verify.within))).collect()
    }
}

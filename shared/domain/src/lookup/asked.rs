//! What an operation has to ask systems outside.

use super::{Check, Checking, Placeholders, Requirement, Shipping, Ships, Source, Verifying};
use crate::catalogue::Operation;
use crate::ids::{Name, ParameterName};
use crate::intent::{Intent, Work, work_before};
use crate::landscape::Landscape;
use crate::parameter::{Parameter, Value};
use crate::watch::Watch;
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

    /// What it requires, before there is a request: with these values, as if they were asked for.
    #[must_use]
    pub fn asked_before(
        &self,
        landscape: &Landscape,
        values: &BTreeMap<ParameterName, Value>,
    ) -> Vec<Checking> {
        let given = self.placeholders(landscape, values);
        let shipping = self.shipping(landscape, values);
        let work = work_before(landscape, self, values);
        let mut checks: Vec<Checking> = vec![];
        for requirement in &self.requires {
            let check = requirement.filled(&given, &work, shipping.as_ref());
            checks.extend(check.filter(|check| !checks.contains(check)));
        }
        checks
    }

    /// Which values say what [`Operation::asked_before`] gives and what is shipped; `None`: all of them.
    #[must_use]
    pub fn decides_before(&self) -> Option<Vec<String>> {
        if self.requires.contains(&Requirement::Ready) {
            return None;
        }
        let required = self.requires.iter().flat_map(Requirement::placeholders);
        Some(required.chain(self.ships.iter().flat_map(Ships::placeholders)).collect())
    }

    /// What is asked after it succeeded, and for how many seconds each.
    #[must_use]
    pub fn verified_by(
        &self,
        landscape: &Landscape,
        watches: &BTreeMap<Name, Watch>,
        intent: &Intent,
    ) -> Vec<(Verifying, u64)> {
        let given = self.placeholders(landscape, &intent.parameters);
        let asked = self.verify.iter().filter_map(|verify| {
            let asked = verify.that.asked(&given, watches, verify.within)?;
            let within = match &asked {
                Verifying::Outside(_) => verify.within,
                Verifying::Counted(counting) => counting.patience(),
            };
            Some((asked, within))
        });
        asked.collect()
    }
}

//! A form that asks for an operation: which fields it has with what was filled in so far, and what it says before it
//! counts. The crate `voice` makes its words, each surface draws them.

use crate::catalogue::{Confirmation, Operation};
use crate::ids::{Name, OperationName, ParameterName, ShortId};
use crate::intent::Intent;
use crate::landscape;
use crate::lookup::{Changes, Choices, Placeholders, Question, Shipping};
use crate::parameter::{Context, Filled, Given, Kind, Mistake, Parameter, State, Value, value_of};
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// The most fields of one form. A form of Slack's has at most 100 blocks, and some are used for words of ours.
pub const MOST_FIELDS: usize = 90;

/// A form that asks for an operation.
#[derive(Debug, Clone, PartialEq)]
pub struct AskForm {
    pub operation: Operation,
    /// The fields that are asked for with what is filled in so far, in the catalogue's order.
    pub fields: Vec<AskField>,
    /// Parameters that have no room in the form; all of them may be left out.
    pub left_out: Vec<ParameterName>,
    /// What a person has to look at before it counts.
    pub review: Option<Review>,
}

/// A field of such a form.
#[derive(Debug, Clone, PartialEq)]
pub struct AskField {
    pub parameter: Parameter,
    /// What a person may choose from, value and label; empty where the values are no list.
    pub options: Vec<(String, String)>,
    /// What is filled in: what was given, or the default.
    pub value: Option<String>,
    /// How the list outside stands from which its values come, if they do. They are searched, and not among the options.
    pub list: Option<FieldList>,
    /// Whether other fields depend on it: the form changes with it.
    pub live: bool,
    /// What it depends on itself, as a word: where that changes, what was filled in before no longer counts.
    pub depends: Option<String>,
}

/// How a list outside stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldList {
    /// What has to be filled in first, because the list depends on it.
    pub waits_for: Option<ParameterName>,
    /// How old it is; `None` where it was never read.
    pub age: Option<Duration>,
    /// Why it cannot be read now.
    pub trouble: Option<String>,
    /// Whether it is longer than what is kept of it.
    pub more: bool,
}

/// What a person looks at before it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// What will be asked for.
    pub intent: Intent,
    /// The protected environment that it is for, if it is for one.
    pub environment: Option<Name>,
    /// Whether its name has to be typed.
    pub type_name: bool,
    /// What it ships, if it ships something.
    pub shipped: Option<Shipped>,
}

/// What a request ships, and what changes by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shipped {
    pub shipping: Shipping,
    /// What runs there, by which run, since when; `None` where no run brought anything there.
    pub runs: Option<(String, ShortId, Timestamp)>,
    /// What changes; `None` where that is not known.
    pub changes: Option<Changes>,
    /// Why that cannot be asked.
    pub trouble: Option<String>,
}

/// What becomes of a form that was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// Something is wrong with these fields.
    Wrong(Vec<(ParameterName, Mistake)>),
    /// The environment's name was not typed as it is written here.
    NameDiffers(Name),
    /// A person has to look at it first.
    Review(Box<AskForm>),
    /// It is asked for.
    Ask(Box<Intent>),
}

/// What was filled in, and what the person has looked at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entered {
    pub given: Given,
    /// The fields that the form had, and what each depended on.
    pub fields: BTreeMap<ParameterName, Option<String>>,
    /// The hash of the request whose summary was in the form that was sent.
    pub seen: Option<String>,
    /// The name that was typed, where one was asked for.
    pub typed: Option<String>,
}

/// An operation that is asked for, and what its values may depend on.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub operation: &'a Operation,
    pub context: Context<'a>,
}

impl Asking<'_> {
    /// The values of what was given, and what is wrong. What is not asked for with the fields before it is dropped:
    /// it was filled in when it still was.
    fn filled(&self, given: &Given) -> Filled {
        let parameters = &self.operation.parameters;
        let mut given: Vec<Option<&str>> = parameters
            .iter()
            .map(|p| given.get(&p.name).map(|text| text.trim()).filter(|text| !text.is_empty()))
            .collect();
        loop {
            let filled = Filled::of(parameters, given.iter().copied(), &self.context);
            let superfluous = filled.mistakes.iter().find_map(|(name, mistake)| match mistake {
                Mistake::NotAsked { .. } | Mistake::Fixed { .. } => {
                    parameters.iter().position(|p| p.name == *name)
                }
                Mistake::Missing | Mistake::Bad { .. } => None,
            });
            match superfluous.and_then(|at| given.get_mut(at)) {
                // Each round takes one away, so there are no more rounds than parameters.
                Some(slot) if slot.is_some() => *slot = None,
                Some(_) | None => return filled,
            }
        }
    }

    /// The form with what was given.
    #[must_use]
    pub fn form(&self, given: &Given) -> AskForm {
        let filled = self.filled(given);
        let parameters = &self.operation.parameters;
        let mut fields: Vec<AskField> = parameters
            .iter()
            .filter_map(|parameter| match parameter.state(parameters, &filled.values, &self.context) {
                State::Hidden | State::Fixed(_) => None,
                State::Asked(default) => Some(self.field(parameter, default, given, &filled)),
            })
            .collect();
        let mut left_out = vec![];
        while fields.len() > MOST_FIELDS {
            // What has to be given stays, and what comes first.
            let Some(at) = fields.iter().rposition(|f| !f.parameter.required) else { break };
            left_out.insert(0, fields.remove(at).parameter.name);
        }
        fields.truncate(MOST_FIELDS);
        AskForm { operation: self.operation.clone(), fields, left_out, review: None }
    }

    /// What still counts of what was filled in, after something else changed: a field that depends on something else now
    /// is another field, and has nothing in it.
    #[must_use]
    pub fn still_given(&self, entered: &Entered) -> Given {
        let form = self.form(&entered.given);
        let mut given = entered.given.clone();
        for field in &form.fields {
            let name = &field.parameter.name;
            if entered.fields.get(name).is_some_and(|before| *before != field.depends) {
                given.remove(name);
            }
        }
        given
    }

    fn field(
        &self,
        parameter: &Parameter,
        default: Option<&Value>,
        given: &Given,
        filled: &Filled,
    ) -> AskField {
        let name = &parameter.name;
        let given = given.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let value = filled.values.get(name).or(default).map(ToString::to_string);
        let options = match &parameter.from {
            Some(_) => vec![],
            None => parameter.kind.options(self.context.landscape).unwrap_or_default(),
        };
        let (options, service) = self.narrowed(parameter, options, &filled.values);
        let (list, source) = match &parameter.from {
            Some(from) => {
                let (list, source) = self.list(parameter, from, &filled.values);
                (Some(list), source)
            }
            None => (None, None),
        };
        let environment = value_of(&self.operation.parameters, &filled.values, landscape::Kind::Environment)
            .filter(|_| !parameter.special.is_empty());
        AskField {
            parameter: parameter.clone(),
            options: options.into_iter().map(|(value, label)| (value.to_owned(), label.to_owned())).collect(),
            value: given.filter(|_| !filled.values.contains_key(name)).or(value),
            list,
            live: self.is_live(parameter),
            depends: source.or_else(|| environment.or(service).map(str::to_owned)),
        }
    }

    /// The environments in which the chosen service runs; and the service, where it leaves some out.
    fn narrowed<'o>(
        &self,
        parameter: &Parameter,
        options: Vec<(&'o str, &'o str)>,
        values: &'o BTreeMap<ParameterName, Value>,
    ) -> (Vec<(&'o str, &'o str)>, Option<&'o str>) {
        let Kind::Thing { of: landscape::Kind::Environment, .. } = &parameter.kind else {
            return (options, None);
        };
        let service = value_of(&self.operation.parameters, values, landscape::Kind::Service);
        let Some((name, service)) =
            service.and_then(|name| Some((name, self.context.landscape.service(name)?)))
        else {
            return (options, None);
        };
        if service.environments.is_empty() {
            return (options, None);
        }
        let runs = |name: &str| service.environments.iter().any(|e| e.as_str() == name);
        (options.into_iter().filter(|(value, _)| runs(value)).collect(), Some(name))
    }

    /// What placeholders stand for with these values.
    #[must_use]
    pub fn placeholders<'v>(&'v self, values: &'v BTreeMap<ParameterName, Value>) -> Placeholders<'v> {
        Placeholders { landscape: self.context.landscape, parameters: &self.operation.parameters, values }
    }

    /// How a parameter's list stands; and a word for which list it is, where that depends on other fields.
    fn list(
        &self,
        parameter: &Parameter,
        from: &Choices,
        values: &BTreeMap<ParameterName, Value>,
    ) -> (FieldList, Option<String>) {
        let names = from.source.placeholders();
        let given = self.placeholders(values);
        let missing = names.iter().find(|name| given.value(name).is_none());
        if let Some(missing) = missing {
            let first = missing.split('.').next().and_then(|name| name.parse().ok());
            return (FieldList { waits_for: first, ..FieldList::default() }, None);
        }
        let word = parameter.list(&given).filter(|_| !names.is_empty());
        let word = word.map(|source| Question::Values(source).key().to_string().chars().take(8).collect());
        let known = self.context.lists.and_then(|lists| lists.get(&parameter.name));
        let list = known.map_or_else(FieldList::default, |known| FieldList {
            waits_for: None,
            age: known.reply.as_ref().map(|_| self.context.now.since(known.at)),
            trouble: known.trouble.as_ref().map(|(_, why)| why.clone()),
            more: known.values().is_some_and(|values| values.more),
        });
        (list, word)
    }

    /// The values of what was given, as far as they are right.
    #[must_use]
    pub fn values(&self, given: &Given) -> BTreeMap<ParameterName, Value> {
        self.filled(given).values
    }

    /// The first thing that is wrong with what was given.
    #[must_use]
    pub fn mistake(&self, given: &Given) -> Option<(ParameterName, Mistake)> {
        self.filled(given).mistakes.into_iter().next()
    }

    /// Whether another field depends on this one.
    fn is_live(&self, parameter: &Parameter) -> bool {
        let others = &self.operation.parameters;
        let is_it = |name: &String| name.split('.').next() == Some(parameter.name.as_str());
        let named = others.iter().any(|p| {
            p.when.iter().any(|when| when.parameter == parameter.name)
                || p.from.as_ref().is_some_and(|from| from.source.placeholders().iter().any(is_it))
        });
        let Kind::Thing { of, .. } = &parameter.kind else { return named };
        named
            || match of {
                landscape::Kind::Environment => {
                    others.iter().any(|p| p.special.iter().any(|s| !s.environments.is_empty()))
                }
                landscape::Kind::Service => {
                    self.context.landscape.services.iter().any(|s| !s.environments.is_empty())
                        && others
                            .iter()
                            .any(|p| matches!(p.kind, Kind::Thing { of: landscape::Kind::Environment, .. }))
                }
                landscape::Kind::Size => false,
            }
    }

    /// What becomes of the form when it is sent. `freeze` makes the request of its values.
    #[must_use]
    pub fn sent(
        &self,
        entered: &Entered,
        freeze: impl FnOnce(BTreeMap<ParameterName, Value>) -> Intent,
    ) -> Sent {
        let filled = self.filled(&entered.given);
        if !filled.mistakes.is_empty() {
            return Sent::Wrong(filled.mistakes);
        }
        let intent = freeze(filled.values);
        self.reviewed(intent, entered)
    }

    /// Whether a request needs to be looked at first; it does not if its summary was there when it was sent.
    #[must_use]
    pub fn reviewed(&self, intent: Intent, entered: &Entered) -> Sent {
        let landscape = self.context.landscape;
        let (environment, type_name) = match self.operation.confirmation(&intent.parameters, landscape) {
            Confirmation::None => return Sent::Ask(Box::new(intent)),
            Confirmation::Look(environment) => (environment, false),
            Confirmation::TypeName(environment) => (Some(environment), true),
        };
        let hash = intent.hash.map(|hash| hash.to_string());
        if hash.is_some() && hash == entered.seen {
            match (&environment, type_name) {
                (Some(name), true) if entered.typed.as_deref().map(str::trim) != Some(name.as_str()) => {
                    return Sent::NameDiffers(name.clone());
                }
                (_, _) => return Sent::Ask(Box::new(intent)),
            }
        }
        let given = intent.parameters.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        let form = self.form(&given);
        Sent::Review(Box::new(AskForm {
            review: Some(Review { intent, environment, type_name, shipped: None }),
            ..form
        }))
    }
}

/// The operations that somebody may choose from, to ask for one.
#[derive(Debug, Clone, PartialEq)]
pub struct Picker {
    /// What they asked for lately, the latest first.
    pub recent: Vec<OperationName>,
    /// All that they may ask for here: names and descriptions.
    pub all: Vec<(OperationName, String)>,
}

impl Picker {
    /// Those whose name or description has these words, the best first.
    #[must_use]
    pub fn search(&self, typed: &str) -> Vec<&(OperationName, String)> {
        let typed = typed.trim().to_lowercase();
        let rank = |(name, description): &&(OperationName, String)| {
            if name.as_str().starts_with(&typed) {
                Some(0)
            } else if name.as_str().contains(&typed) {
                Some(1)
            } else {
                description.to_lowercase().contains(&typed).then_some(2)
            }
        };
        let mut found: Vec<_> = self.all.iter().filter_map(|entry| Some((rank(&entry)?, entry))).collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// Options that have these words in them, those that begin with them first, at most `most`.
#[must_use]
pub fn matching<'o>(options: &'o [(String, String)], typed: &str, most: usize) -> Vec<&'o (String, String)> {
    let typed = typed.trim().to_lowercase();
    let begins = |(value, label): &&(String, String)| {
        value.to_lowercase().starts_with(&typed) || label.to_lowercase().starts_with(&typed)
    };
    let has = |(value, label): &&(String, String)| {
        value.to_lowercase().contains(&typed) || label.to_lowercase().contains(&typed)
    };
    let first = options.iter().filter(begins);
    let then = options.iter().filter(|o| !begins(o) && has(o));
    first.chain(then).take(most).collect()
}

#[cfg(test)]
#[path = "asking_tests.rs"]
mod tests;

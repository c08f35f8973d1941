//! A form that asks for an operation: which fields it has with what was filled in so far, and what it says before it
//! counts. The crate `voice` makes its words, each surface draws them.

use crate::catalogue::{Confirmation, Operation};
use crate::ids::{Name, ParameterName};
use crate::intent::Intent;
use crate::landscape;
use crate::lookup::{Choices, Placeholders, Question};
use crate::parameter::{Context, Filled, Given, Kind, Mistake, Parameter, State, Value, value_of};
use std::collections::BTreeMap;

mod form;
mod picker;

pub use form::{AskField, AskForm, FieldList, KnownCheck, Placing, Review, Shipped};
pub use picker::{Picker, matching};

/// The most fields of one form. A form of Slack's has at most 100 blocks, and a summary of many values takes up to 25.
pub const MOST_FIELDS: usize = 75;
/// The most options that one field lists; of more a person types a part. Slack's menus have at most a hundred.
const MOST_OPTIONS: usize = 100;
/// What all fields of one form list together, in bytes, each option counted with [`AROUND`]. Slack takes forms of
/// 250 kB and no larger ones; even if every byte of these options is written as two, three quarters of that are left for
/// the fields themselves. A form with more options than that is also long to load: some four hundred short ones fit.
const MOST_LISTED: usize = 32 * 1024;
/// What a chat writes around an option, in bytes.
const AROUND: usize = 64;
/// The longest value that can be offered as somebody types, in characters. A list with a longer one stays a list.
const LONGEST_OFFERED: usize = 75;

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
    /// [`AskForm::placed`] of the form that was sent.
    pub placed: bool,
}

/// What a person may choose, and the service that leaves some of it out.
type Offered<'o, 'v> = (Vec<(&'o str, &'o str)>, Option<&'v str>);

/// Which fields list their options: the shortest lists first, as long as there is room. The others are searched.
fn listed(fields: &[Offered<'_, '_>]) -> Vec<bool> {
    let bytes = |(value, label): &(&str, &str)| value.len() + label.len() + AROUND;
    let sizes = fields.iter().map(|(options, _)| options.iter().map(bytes).sum::<usize>());
    let mut by_size: Vec<(usize, usize)> = sizes.enumerate().map(|(at, size)| (size, at)).collect();
    by_size.sort_unstable();
    let (mut listed, mut used) = (vec![true; fields.len()], 0);
    for (size, at) in by_size {
        let options = &fields[at].0;
        let can_be_searched = options.iter().all(|(value, _)| value.chars().count() <= LONGEST_OFFERED);
        if can_be_searched && (options.len() > MOST_OPTIONS || used + size > MOST_LISTED) {
            listed[at] = false;
        } else {
            used += size;
        }
    }
    listed
}

/// An operation that is asked for, and what its values may depend on.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub operation: &'a Operation,
    pub context: Context<'a>,
}

impl<'a> Asking<'a> {
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
        let mut asked: Vec<(&'a Parameter, Option<&'a Value>)> = parameters
            .iter()
            .filter_map(|parameter| match parameter.state(parameters, &filled.values, &self.context) {
                State::Hidden | State::Fixed(_) => None,
                State::Asked(default) => Some((parameter, default)),
            })
            .collect();
        let mut left_out = vec![];
        while asked.len() > MOST_FIELDS {
            // What has to be given stays, and what comes first.
            let Some(at) = asked.iter().rposition(|(parameter, _)| !parameter.required) else { break };
            left_out.insert(0, asked.remove(at).0.name.clone());
        }
        asked.truncate(MOST_FIELDS);
        let options: Vec<_> = asked.iter().map(|(parameter, _)| self.offered(parameter, &filled)).collect();
        let listed = listed(&options);
        let fields = asked.into_iter().zip(options).zip(listed);
        let fields = fields.map(|(((parameter, default), options), listed)| {
            self.field(parameter, (default, given), &filled, (options, listed))
        });
        AskForm {
            operation: self.operation.clone(),
            fields: fields.collect(),
            left_out,
            review: None,
            placed: false,
        }
    }

    /// What a person may choose for one parameter, with what was given for the others: value and label. And how its list
    /// stands, if that is one of a system outside.
    #[must_use]
    pub fn choices(
        &self,
        parameter: &ParameterName,
        given: &Given,
    ) -> (Vec<(&'a str, &'a str)>, Option<FieldList>) {
        let filled = self.filled(given);
        let Some(parameter) = self.operation.parameters.iter().find(|p| p.name == *parameter) else {
            return (vec![], None);
        };
        match &parameter.from {
            None => (self.offered(parameter, &filled).0, None),
            Some(from) => {
                let offered = parameter.offered(&self.context).into_iter().map(|value| (value, value));
                (offered.collect(), Some(self.list(parameter, from, &filled.values).0))
            }
        }
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
        (default, given): (Option<&Value>, &Given),
        filled: &Filled,
        ((options, service), listed): (Offered<'_, '_>, bool),
    ) -> AskField {
        let name = &parameter.name;
        let given = given.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let value = filled.values.get(name).or(default).map(ToString::to_string);
        let value = given.filter(|_| !filled.values.contains_key(name)).or(value);
        let (list, source) = match &parameter.from {
            Some(from) => {
                let (list, source) = self.list(parameter, from, &filled.values);
                (Some(list), source)
            }
            None => (None, None),
        };
        let environment = value_of(&self.operation.parameters, &filled.values, landscape::Kind::Environment)
            .filter(|_| !parameter.special.is_empty());
        let chosen = |option: &str| {
            // A value of several options has commas between them.
            value.iter().any(|value| value == option || value.split(',').any(|one| one.trim() == option))
        };
        let shown = options.into_iter().filter(|(option, _)| listed || chosen(option));
        AskField {
            parameter: parameter.clone(),
            options: shown.map(|(value, label)| (value.to_owned(), label.to_owned())).collect(),
            searched: !listed,
            list,
            live: self.is_live(parameter),
            depends: source.or_else(|| environment.or(service).map(str::to_owned)),
            value,
        }
    }

    /// What a person may choose, and the service that leaves some of it out.
    fn offered<'v>(&self, parameter: &'a Parameter, filled: &'v Filled) -> Offered<'a, 'v> {
        let options = match &parameter.from {
            // These are searched for.
            Some(_) => vec![],
            None => parameter.kind.options(self.context.landscape).unwrap_or_default(),
        };
        self.narrowed(parameter, options, &filled.values)
    }

    /// The environments in which the chosen service runs; and the service, where it leaves some out.
    fn narrowed<'o, 'v>(
        &self,
        parameter: &Parameter,
        options: Vec<(&'o str, &'o str)>,
        values: &'v BTreeMap<ParameterName, Value>,
    ) -> Offered<'o, 'v> {
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
            review: Some(Review { intent, environment, type_name, shipped: None, checks: vec![] }),
            ..form
        }))
    }
}

#[cfg(test)]
#[path = "asking_tests.rs"]
mod tests;

//! All parameters of an operation together: which are asked for, and what their values are.
//!
//! They are taken in the catalogue's order, and each may depend on those before it.

use super::{Context, Kind, Parameter, Problem, Special, Value};
use crate::ids::ParameterName;
use crate::landscape;
use std::collections::BTreeMap;

/// Whether a parameter is asked for, as far as the parameters before it say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum State<'p> {
    /// It is not asked for, and has no value.
    Hidden,
    /// Nobody is asked: it has this value.
    Fixed(&'p Value),
    /// It is asked for; the value if nobody gives one.
    Asked(Option<&'p Value>),
}

/// What a person gave for each parameter, as text. What is empty was not given.
pub type Given = BTreeMap<ParameterName, String>;

/// Why a parameter has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// It is required, and nobody gave it.
    Missing,
    /// It does not take what was given.
    Bad {
        /// What was given; empty where it looks like a secret.
        value: String,
        problem: Problem,
    },
    /// It was given, and is not asked for with the values before it: of this parameter, and not one of these.
    NotAsked { because: ParameterName, is_none_of: Vec<Value> },
    /// It was given, and can only have this value.
    Fixed { value: Value },
}

/// The values of an operation's parameters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filled {
    /// Of all parameters that have one, defaults filled in.
    pub values: BTreeMap<ParameterName, Value>,
    /// What is wrong, in the parameters' order.
    pub mistakes: Vec<(ParameterName, Mistake)>,
}

impl Parameter {
    /// Whether it is asked for, with these values of the `parameters` before it.
    #[must_use]
    pub fn state(
        &self,
        parameters: &[Self],
        values: &BTreeMap<ParameterName, Value>,
        context: &Context<'_>,
    ) -> State<'_> {
        if self.unmet(values).is_some() {
            return State::Hidden;
        }
        if let Some(fixed) = &self.fixed {
            return State::Fixed(fixed);
        }
        if self.special.is_empty() {
            return State::Asked(self.default.as_ref());
        }
        let environment = value_of(parameters, values, landscape::Kind::Environment);
        match self.special.iter().find(|special| special.applies(environment, context)) {
            Some(Special { value, fixed: true, .. }) => State::Fixed(value),
            Some(Special { value, fixed: false, .. }) => State::Asked(Some(value)),
            None => State::Asked(self.default.as_ref()),
        }
    }

    /// The first condition that does not hold.
    fn unmet(&self, values: &BTreeMap<ParameterName, Value>) -> Option<&super::When> {
        self.when.iter().find(|when| values.get(&when.parameter).is_none_or(|value| !when.is.contains(value)))
    }
}

impl Special {
    fn applies(&self, environment: Option<&str>, context: &Context<'_>) -> bool {
        let there = self.environments.is_empty()
            || environment.is_some_and(|is| self.environments.iter().any(|name| name.as_str() == is));
        let here = self.channels.is_empty()
            || context.place.is_some_and(|place| {
                self.channels.iter().any(|(w, c)| *w == place.workspace && *c == place.channel)
            });
        there && here
    }
}

/// The environment, service or size that was chosen, if one was.
#[must_use]
pub fn value_of<'v>(
    parameters: &[Parameter],
    values: &'v BTreeMap<ParameterName, Value>,
    kind: landscape::Kind,
) -> Option<&'v str> {
    let of_kind = |p: &&Parameter| matches!(&p.kind, Kind::Thing { of, .. } if *of == kind);
    parameters.iter().filter(of_kind).find_map(|p| match values.get(&p.name) {
        Some(Value::Text(name)) => Some(name.as_str()),
        Some(Value::Boolean(_) | Value::Integer(_)) | None => None,
    })
}

impl Filled {
    /// Takes what was given for each parameter, in the parameters' order; `None` where nothing was.
    #[must_use]
    pub fn of<'g>(
        parameters: &[Parameter],
        given: impl IntoIterator<Item = Option<&'g str>>,
        context: &Context<'_>,
    ) -> Self {
        let mut filled = Self::default();
        for (parameter, given) in parameters.iter().zip(given) {
            match filled.one(parameters, parameter, given, context) {
                Ok(None) => {}
                Ok(Some(value)) => {
                    filled.values.insert(parameter.name.clone(), value);
                }
                Err(mistake) => filled.mistakes.push((parameter.name.clone(), mistake)),
            }
        }
        filled
    }

    fn one(
        &self,
        parameters: &[Parameter],
        parameter: &Parameter,
        given: Option<&str>,
        context: &Context<'_>,
    ) -> Result<Option<Value>, Mistake> {
        let accepted = |text: &str| {
            let taken = parameter.accept(text, context);
            let taken = taken.and_then(|value| self.goes_with(parameters, parameter, value, context));
            taken.map_err(|problem| Mistake::Bad {
                value: if problem == Problem::LooksLikeASecret { String::new() } else { text.to_owned() },
                problem,
            })
        };
        match (parameter.state(parameters, &self.values, context), given) {
            (State::Hidden, None) => Ok(None),
            (State::Hidden, Some(_)) => Err(match parameter.unmet(&self.values) {
                Some(when) => {
                    Mistake::NotAsked { because: when.parameter.clone(), is_none_of: when.is.clone() }
                }
                None => Mistake::Missing,
            }),
            (State::Fixed(value), None) => Ok(Some(value.clone())),
            (State::Fixed(value), Some(text)) => match accepted(text)? {
                same if same == *value => Ok(Some(same)),
                _ => Err(Mistake::Fixed { value: value.clone() }),
            },
            (State::Asked(_), Some(text)) => accepted(text).map(Some),
            (State::Asked(Some(default)), None) => Ok(Some(default.clone())),
            (State::Asked(None), None) if parameter.required => Err(Mistake::Missing),
            (State::Asked(None), None) => Ok(None),
        }
    }

    /// A service has to run in the environment, whichever of the two is chosen first.
    fn goes_with(
        &self,
        parameters: &[Parameter],
        parameter: &Parameter,
        value: Value,
        context: &Context<'_>,
    ) -> Result<Value, Problem> {
        let Kind::Thing { of, .. } = &parameter.kind else { return Ok(value) };
        let chosen = value.to_string();
        let (service, environment) = match of {
            landscape::Kind::Environment => {
                (value_of(parameters, &self.values, landscape::Kind::Service), Some(chosen.as_str()))
            }
            landscape::Kind::Service => {
                (Some(chosen.as_str()), value_of(parameters, &self.values, landscape::Kind::Environment))
            }
            landscape::Kind::Size => return Ok(value),
        };
        let (Some(service), Some(environment)) = (service, environment) else { return Ok(value) };
        let found = context.landscape.service(service).zip(context.landscape.environment(environment));
        match found {
            Some((service, environment)) if !service.is_in(&environment.name) => Err(Problem::NotThere {
                service: service.name.to_string(),
                environments: service.environments.iter().map(ToString::to_string).collect(),
            }),
            Some(_) | None => Ok(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ChannelId, Name, WorkspaceId};
    use crate::landscape::{Landscape, Service};
    use crate::parameter::When;
    use crate::people::{Chat, Place};
    use crate::sample;
    use crate::time::Timestamp;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn landscape() -> Landscape {
        let api = Service {
            name: name("api"),
            title: String::new(),
            environments: vec![name("qa")],
            settings: BTreeMap::new(),
        };
        let web = Service { name: name("web"), environments: vec![], ..api.clone() };
        Landscape {
            environments: vec![sample::environment("qa"), sample::environment("prod")],
            services: vec![api, web],
            ..Landscape::default()
        }
    }

    /// `deploy service env [replicas] [reason]`: replicas differ by environment and channel, and a reason is wanted for
    /// prod alone.
    fn deploy() -> Vec<Parameter> {
        let thing = |of| Kind::Thing { of, only: vec![] };
        let plain = |word: &str, kind| Parameter { required: true, ..Parameter::plain(name(word), kind) };
        let special = |environment: &str, channels, value, fixed| Special {
            environments: vec![name(environment)],
            channels,
            value: Value::Integer(value),
            fixed,
        };
        let replicas = Kind::Integer { min: Some(1), max: Some(9), step: None, unit: None };
        let ops = vec![(WorkspaceId::new("T1"), ChannelId::new("COPS"))];
        vec![
            plain("service", thing(landscape::Kind::Service)),
            plain("env", thing(landscape::Kind::Environment)),
            Parameter {
                default: Some(Value::Integer(2)),
                special: vec![
                    special("prod", ops, 6, false),
                    special("prod", vec![], 4, false),
                    special("qa", vec![], 1, true),
                ],
                ..Parameter::plain(name("replicas"), replicas)
            },
            Parameter {
                required: true,
                when: vec![When { parameter: name("env"), is: vec![text("prod")] }],
                ..Parameter::plain(
                    name("reason"),
                    Kind::String { pattern: None, shortest: Some(3), longest: None },
                )
            },
        ]
    }

    fn fill(channel: &str, given: [Option<&str>; 4]) -> Filled {
        let landscape = landscape();
        let place =
            Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new(channel) };
        let context = Context {
            landscape: &landscape,
            place: Some(&place),
            now: Timestamp(0),
            lists: None,
            steps: None,
        };
        Filled::of(&deploy(), given, &context)
    }

    #[test]
    fn values_depend_on_environment_and_channel() {
        for (channel, given, replicas) in [
            ("C1", [Some("web"), Some("prod"), None, Some("release")], 4),
            ("COPS", [Some("web"), Some("prod"), None, Some("release")], 6),
            ("COPS", [Some("web"), Some("prod"), Some("9"), Some("release")], 9),
            ("C1", [Some("web"), Some("qa"), None, None], 1),
            ("C1", [Some("web"), Some("qa"), Some("1"), None], 1),
        ] {
            let filled = fill(channel, given);
            assert_eq!(filled.mistakes, [], "{given:?}");
            assert_eq!(filled.values["replicas"], Value::Integer(replicas), "{given:?}");
            assert_eq!(filled.values.contains_key("reason"), given[3].is_some());
        }
    }

    #[test]
    fn every_mistake_is_named() {
        let mistakes = |given| fill("C1", given).mistakes;
        let because = |word: &str, mistake| vec![(name(word), mistake)];
        assert_eq!(
            mistakes([Some("web"), Some("qa"), Some("3"), None]),
            because("replicas", Mistake::Fixed { value: Value::Integer(1) })
        );
        assert_eq!(
            mistakes([Some("web"), Some("qa"), None, Some("why")]),
            because("reason", Mistake::NotAsked { because: name("env"), is_none_of: vec![text("prod")] })
        );
        assert_eq!(mistakes([Some("web"), Some("prod"), None, None]), because("reason", Mistake::Missing));
        let there = Problem::NotThere { service: "api".into(), environments: vec!["qa".into()] };
        assert_eq!(
            mistakes([Some("api"), Some("prod"), None, None]),
            because("env", Mistake::Bad { value: "prod".into(), problem: there })
        );
        // All at once, for a form.
        let all = mistakes([None, Some("prod"), Some("77"), Some("no")]);
        let words: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(words, ["service", "replicas", "reason"]);
    }
}

//! What jobs, items and builds have as actions: the parameters that a job asks for, the values of a build, and who
//! asked for it.
//!
//! Names and visibilities are those of Jenkins' core. A password is shown with its name, and never with its value.

use serde_json::{Value, json};

use super::documents::World;
use super::settings::{Job, ParameterDefinition, ParameterKind};
use super::tree::{Bean, Pick};
use super::views;

/// An action of a build or an item.
pub(super) enum Action<'v> {
    Parameters(&'v [(String, Value)]),
    Causes(usize),
    /// Plugins leave empty objects in the list. A client must be able to deal with them.
    Other,
}

impl Action<'_> {
    pub(super) fn made(self, world: &World<'_>, job: &Job, pick: &Pick) -> Value {
        match self {
            Action::Parameters(values) => Bean::of("hudson.model.ParametersAction", pick)
                .list("parameters", 2, values, |(name, value), pick| parameter(job, name, value, pick))
                .made(),
            Action::Causes(count) => Bean::of("hudson.model.CauseAction", pick)
                .list("causes", 2, 0..count, |_, pick| {
                    let user = world.settings.user.as_str();
                    Bean::of("hudson.model.Cause$UserIdCause", pick)
                        .value("shortDescription", 3, format!("Started by user {user}"))
                        .value("userId", 3, user)
                        .value("userName", 3, user)
                        .made()
                })
                .made(),
            Action::Other => json!({}),
        }
    }
}

impl ParameterKind {
    /// The part of Jenkins' class name that stands before `ParameterDefinition`.
    fn class(&self) -> &'static str {
        match self {
            ParameterKind::String => "String",
            ParameterKind::Text => "Text",
            ParameterKind::Boolean => "Boolean",
            ParameterKind::Choice(_) => "Choice",
            ParameterKind::Password => "Password",
        }
    }
}

/// The definition of a parameter that a job asks for.
pub(super) fn definition(definition: &ParameterDefinition, pick: &Pick) -> Value {
    let class = definition.kind.class();
    let bean = Bean::of(&format!("hudson.model.{class}ParameterDefinition"), pick)
        .value("name", 3, definition.name.as_str())
        .value("type", 3, format!("{class}ParameterDefinition"))
        .value("description", 3, "");
    let bean = match &definition.kind {
        ParameterKind::Choice(options) => bean.value("choices", 3, options.clone()),
        ParameterKind::String | ParameterKind::Text | ParameterKind::Boolean | ParameterKind::Password => {
            bean
        }
    };
    bean.object("defaultParameterValue", 3, |pick| {
        value_of(&definition.kind, &definition.name, 4, &definition.default_value(), pick)
    })
    .made()
}

fn parameter(job: &Job, name: &str, value: &Value, pick: &Pick) -> Value {
    let kind =
        job.parameters.iter().find(|definition| definition.name == name).map(|definition| &definition.kind);
    value_of(kind.unwrap_or(&ParameterKind::String), name, 3, value, pick)
}

fn value_of(kind: &ParameterKind, name: &str, name_visibility: i64, value: &Value, pick: &Pick) -> Value {
    // After somebody has chosen, the value of a choice is a string.
    let class = if let ParameterKind::Choice(_) = kind { "String" } else { kind.class() };
    let bean =
        Bean::of(&format!("hudson.model.{class}ParameterValue"), pick).value("name", name_visibility, name);
    if *kind == ParameterKind::Password { bean } else { bean.value("value", 4, value.clone()) }.made()
}

/// Each parameter in the form that people see.
pub(super) fn shown(job: &Job, values: &[(String, Value)]) -> Vec<String> {
    let secret =
        |name: &str| job.parameters.iter().any(|p| p.name == name && p.kind == ParameterKind::Password);
    let texts = views::texts(values).into_iter();
    texts
        .map(|(name, value)| if secret(&name) { format!("{name}=****") } else { format!("{name}={value}") })
        .collect()
}

//! The catalogue after it was checked: what may be asked for, by whom, and where it is carried out.

use crate::digest::Feed;
use crate::grant::Grant;
use crate::ids::{Name, OperationName, ParameterName};
use crate::landscape::{self, Environment, Landscape};
use crate::lookup::{Requirement, Ships, Verification, Verify};
use crate::parameter::{Parameter, Value, value_of};
use crate::silence::{Scope, SilenceRule};
pub use crate::target::*;
use crate::watch::Watch;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything people may ask for. Made by the `catalogue` crate, which checked it; read by all.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    /// By name; a team may also make the name a slash command.
    pub operations: BTreeMap<OperationName, Operation>,
    /// The allowlist of the `command` target: the word that operations use, and the program it means. A bare name is
    /// looked up on the server's `PATH`, a path is taken from the catalogue's folder. Nothing else is ever run.
    pub programs: BTreeMap<String, String>,
    /// Logs to be watched.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub watches: BTreeMap<Name, Watch>,
    /// Environments, services, sizes, and what is known of people.
    #[serde(default, skip_serializing_if = "Landscape::is_empty")]
    pub landscape: Landscape,
}

impl Catalogue {
    /// The operation that this word means: its name, or another name that it has.
    #[must_use]
    pub fn operation(&self, word: &str) -> Option<&Operation> {
        self.operations.get(word).or_else(|| {
            self.operations.values().find(|o| o.aliases.iter().any(|alias| alias.as_str() == word))
        })
    }

    /// Whether an operation is verified by what this watch counts.
    #[must_use]
    pub fn verifies_by(&self, name: &Name) -> bool {
        let counted =
            |verify: &Verify| matches!(&verify.that, Verification::Lines { watch, .. } if watch == name);
        self.operations.values().any(|operation| operation.verify.iter().any(counted))
    }

    /// Silences of alerts with certain labels, each once: only these can be passed on to an alert manager.
    #[must_use]
    pub fn silences_by_labels(&self) -> Vec<&SilenceRule> {
        let mut all: Vec<&SilenceRule> = vec![];
        for rule in self.watches.values().flat_map(|watch| &watch.silences) {
            if matches!(rule.scope, Scope::Labels(_)) && !all.contains(&rule) {
                all.push(rule);
            }
        }
        all
    }
}

/// One thing people may ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// What people type.
    pub name: OperationName,
    /// What it does, one line.
    pub description: String,
    /// In the order in which bare words fill them.
    pub parameters: Vec<Parameter>,
    /// Where and how it is carried out.
    pub target: Target,
    /// Who may ask. Empty: nobody.
    pub allow: Vec<Grant>,
    /// Whether carrying it out twice is the same as once; then it may be tried again by itself after a lost answer.
    pub idempotent: bool,
    /// Other words for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<OperationName>,
    /// Whether a person has to look at a summary first, wherever it is carried out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confirm: bool,
    /// What a shortcut of the chat says that opens its form; at a message, its text fills the form.
    #[serde(default, skip_serializing_if = "Shortcuts::is_empty")]
    pub shortcuts: Shortcuts,
    /// What has to hold before it is carried out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<Requirement>,
    /// What has to hold after it succeeded, for the run to count as good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verify: Vec<Verify>,
    /// The version that it brings somewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ships: Option<Ships>,
}

/// The words of shortcuts, where an operation has some.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Shortcuts {
    /// In the chat's search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub global: Option<String>,
    /// At a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Shortcuts {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Operation {
    /// What a person has to do before this is carried out with these values.
    #[must_use]
    pub fn confirmation(
        &self,
        values: &BTreeMap<ParameterName, Value>,
        landscape: &Landscape,
    ) -> Confirmation {
        let own = value_of(&self.parameters, values, landscape::Kind::Environment);
        let value = |name: &str| values.get(name).map(ToString::to_string);
        let of_steps = self.target.as_batch().map_or_else(Vec::new, |batch| batch.given(value));
        let names = own.into_iter().chain(of_steps.iter().map(String::as_str));
        let environments: Vec<_> = names.filter_map(|name| landscape.environment(name)).collect();
        let first =
            |is: fn(&Environment) -> bool| environments.iter().find(|e| is(e)).map(|e| e.name.clone());
        match (first(|e| e.type_name), first(|e| e.protected)) {
            (Some(name), _) => Confirmation::TypeName(name),
            (None, Some(name)) => Confirmation::Look(Some(name)),
            (None, None) if self.confirm => Confirmation::Look(None),
            (None, None) => Confirmation::None,
        }
    }

    /// Feeds all that the catalogue says of it, for the digest that earlier versions made.
    pub(crate) fn feed(&self, feed: &mut Feed, programs: &BTreeMap<String, String>) {
        // Versions that compare this digest know no aliases and no summary.
        let Self { name, description, parameters, target, allow, idempotent, .. } = self;
        feed.text(name.as_str());
        feed.text(description);
        feed.count(parameters.len());
        parameters.iter().for_each(|p| feed.parameter(p));
        target.feed(feed, programs);
        feed.count(allow.len());
        allow.iter().for_each(|g| feed.grant(g));
        feed.tag(u8::from(*idempotent));
    }
}

/// What a person has to do before something is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// Nothing.
    None,
    /// Look at a summary of it; because of this environment, where it is because of one.
    Look(Option<Name>),
    /// Look at it, and type this environment's name.
    TypeName(Name),
}

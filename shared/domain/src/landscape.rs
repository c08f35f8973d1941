//! What operations are carried out for and in: environments, services, sizes, and what the catalogue knows of people.
//! Each has settings that templates can name.

use crate::ids::Name;
use crate::people::Person;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Texts by name, as the catalogue gives them.
pub type Settings = BTreeMap<String, String>;

/// All that operations may refer to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Landscape {
    /// In the order in which versions pass through them, the first first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<Environment>,
    /// In the order of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Service>,
    /// In the catalogue's order, usually the smallest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<Size>,
    /// What is known of people, by workspace and id (`T1/U1`): their names in other systems.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub people: BTreeMap<String, Settings>,
}

/// Where services run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    pub name: Name,
    /// What people read instead of the name; empty: the name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Words to group environments by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Name>,
    /// Whether a person has to look at a summary before anything is done here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protected: bool,
    /// Whether they also have to type its name there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub type_name: bool,
    /// What templates may name, as in `{env.region}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: Settings,
}

/// Something that is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub name: Name,
    /// What people read instead of the name; empty: the name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Where it runs; empty: in every environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<Name>,
    /// What templates may name: `owner` and `repository` among them, where the catalogue gives them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: Settings,
}

/// How large something is made: small, medium, large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    pub name: Name,
    /// What templates may name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: Settings,
}

/// The kinds of things that have settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Environment,
    Service,
    Size,
}

impl Kind {
    /// In one word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Service => "service",
            Self::Size => "size",
        }
    }
}

/// One thing of the landscape, whichever kind it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thing<'l> {
    pub name: &'l Name,
    /// What people read; never empty.
    pub title: &'l str,
    pub settings: &'l Settings,
}

impl Landscape {
    /// Whether the catalogue gives nothing of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// All things of a kind, in the catalogue's order.
    #[must_use]
    pub fn things(&self, kind: Kind) -> Vec<Thing<'_>> {
        fn shown<'l>(name: &'l Name, title: &'l str) -> &'l str {
            if title.is_empty() { name.as_str() } else { title }
        }
        match kind {
            Kind::Environment => self
                .environments
                .iter()
                .map(|e| Thing { name: &e.name, title: shown(&e.name, &e.title), settings: &e.settings })
                .collect(),
            Kind::Service => self
                .services
                .iter()
                .map(|s| Thing { name: &s.name, title: shown(&s.name, &s.title), settings: &s.settings })
                .collect(),
            Kind::Size => self
                .sizes
                .iter()
                .map(|s| Thing { name: &s.name, title: s.name.as_str(), settings: &s.settings })
                .collect(),
        }
    }

    /// The environment of this name.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|e| e.name.as_str() == name)
    }

    /// The service of this name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|s| s.name.as_str() == name)
    }

    /// A setting of a thing.
    #[must_use]
    pub fn setting(&self, kind: Kind, name: &str, key: &str) -> Option<&str> {
        let settings = match kind {
            Kind::Environment => self.environment(name).map(|e| &e.settings),
            Kind::Service => self.service(name).map(|s| &s.settings),
            Kind::Size => self.sizes.iter().find(|s| s.name.as_str() == name).map(|s| &s.settings),
        };
        settings?.get(key).map(String::as_str)
    }

    /// What the catalogue knows of a person under this name.
    #[must_use]
    pub fn of_person(&self, person: &Person, key: &str) -> Option<&str> {
        if self.people.is_empty() {
            return None;
        }
        self.people.get(&person.to_string())?.get(key).map(String::as_str)
    }
}

impl Service {
    /// Whether it runs in this environment.
    #[must_use]
    pub fn is_in(&self, environment: &Name) -> bool {
        self.environments.is_empty() || self.environments.contains(environment)
    }
}

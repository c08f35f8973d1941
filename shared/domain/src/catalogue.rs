//! The catalogue after it was checked: what may be asked for, by whom, and where it is carried out.

use crate::digest::Feed;
use crate::grant::Grant;
use crate::ids::{Name, OperationName};
use crate::parameter::Parameter;
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
}

impl Catalogue {
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
}

impl Operation {
    /// Feeds all that the catalogue says of it, for the digest that earlier versions made.
    pub(crate) fn feed(&self, feed: &mut Feed, programs: &BTreeMap<String, String>) {
        let Self { name, description, parameters, target, allow, idempotent } = self;
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

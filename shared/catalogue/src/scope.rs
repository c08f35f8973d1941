//! What a text of an operation may name: its parameters, as far as they could be read.

use signalbox_domain::Name;
use signalbox_domain::landscape::{self, Landscape};
use signalbox_domain::parameter::Parameter;

/// Placeholders of their own in every argument.
pub(crate) const RESERVED: &[&str] = &["run", "requester"];

/// What to do about a secret in a catalogue.
pub(crate) const NO_SECRETS: &str = "a catalogue is read by many; let the program take it from the server's own secret store, and replace it if it was real";

/// The parameters of an operation.
#[derive(Debug)]
pub(crate) struct Parameters<'t> {
    /// Every name that could be read, of wrong parameters too: what refers to it is no second error.
    pub(crate) names: Vec<&'t str>,
    /// Those that may have no value: what names one may be left out.
    pub(crate) optional: Vec<&'t str>,
    /// Those that are environments, services or sizes, and which.
    pub(crate) things: Vec<(&'t str, landscape::Kind, Vec<Name>)>,
    /// A parameter's name could not be read: a name that is missing here may be meant by it.
    pub(crate) incomplete: bool,
    /// Those that are right.
    pub(crate) right: Vec<String>,
    /// All of them, if all are right.
    pub(crate) checked: Option<Vec<Parameter>>,
    /// What they may refer to.
    pub(crate) landscape: &'t Landscape,
}

impl<'t> Parameters<'t> {
    pub(crate) fn none(landscape: &'t Landscape) -> Self {
        Self {
            names: vec![],
            optional: vec![],
            things: vec![],
            incomplete: false,
            right: vec![],
            checked: Some(vec![]),
            landscape,
        }
    }

    /// Whether nothing is wrong with it.
    pub(crate) fn is_right(&self, name: &str) -> bool {
        RESERVED.contains(&name) || self.right.iter().any(|right| right == name)
    }

    /// Whether nothing is wrong with those before the one that is being read.
    pub(crate) fn all_right_before(&self) -> bool {
        self.names.len() <= self.right.len() + 1
    }

    /// Whether an argument may name it.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains(&name) || RESERVED.contains(&name)
    }
}

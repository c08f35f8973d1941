//! What tests of this crate begin with.

use crate::catalogue::{CommandTarget, Operation, Target};
use crate::landscape::Environment;
use crate::parameter::Parameter;
use std::collections::BTreeMap;

/// `deploy`: a program with these arguments, which nobody may ask for yet.
pub(crate) fn deploy(parameters: Vec<Parameter>, arguments: &[&str]) -> Operation {
    Operation {
        name: "deploy".parse().unwrap(),
        description: "Bring it there".into(),
        parameters,
        target: Target::Command(CommandTarget {
            program: "deploy".into(),
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            directory: String::new(),
            environment: BTreeMap::new(),
            timeout_seconds: 60,
        }),
        allow: vec![],
        idempotent: false,
        aliases: vec![],
        confirm: false,
        shortcuts: Default::default(),
        requires: vec![],
        verify: vec![],
        ships: None,
    }
}

/// An environment with nothing but its name.
pub(crate) fn environment(name: &str) -> Environment {
    Environment {
        name: name.parse().unwrap(),
        title: String::new(),
        labels: vec![],
        protected: false,
        type_name: false,
        settings: BTreeMap::new(),
    }
}

//! The catalogue once it can no longer change.

use crate::catalogue::{Catalogue, Operation};
use crate::digest::Feed;
use crate::ids::{Digest, OperationName};
use std::collections::BTreeMap;

impl Catalogue {
    /// The catalogue as doors and dispatcher use it.
    #[must_use]
    pub fn freeze(self) -> Frozen {
        let rules = |operation: &Operation| {
            let mut feed = Feed::new();
            feed.operation(operation, &self.programs);
            feed.digest()
        };
        let rules =
            self.operations.iter().map(|(name, operation)| (name.clone(), rules(operation))).collect();
        Frozen { catalogue: self, rules }
    }
}

/// A catalogue that can no longer change, and what decides each of its operations, digested once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frozen {
    catalogue: Catalogue,
    rules: BTreeMap<OperationName, Digest>,
}

impl Frozen {
    /// What decides this operation, digested: the operation as the catalogue resolves it, and the rules. A change
    /// elsewhere in the catalogue does not move it. For a comparison between one door and one dispatcher of the same
    /// version; never stored as a promise over versions.
    #[must_use]
    pub fn rules(&self, operation: &OperationName) -> Option<&Digest> {
        self.rules.get(operation)
    }
}

/// To be read only: there is no way to change what was digested.
impl std::ops::Deref for Frozen {
    type Target = Catalogue;
    fn deref(&self) -> &Catalogue {
        &self.catalogue
    }
}

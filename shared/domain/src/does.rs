//! What an operation does, as it goes with its requests to the dispatcher.

use crate::catalogue::{Catalogue, Operation, Target};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use std::sync::Arc;

/// What a longer operation does is not sent with its requests, in bytes.
pub(crate) const LONGEST_SENT: usize = 4096;

/// What an operation does, as far as it decides a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Does {
    pub target: Target,
    /// What its program means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    pub idempotent: bool,
}

/// What an operation does, as it goes with its requests; `None` if it is too long for that.
pub(crate) fn as_sent(catalogue: &Catalogue, operation: &Operation) -> Option<Arc<RawValue>> {
    let does = to_raw_value(&does(catalogue, operation)).ok()?;
    (does.get().len() <= LONGEST_SENT).then(|| does.into())
}

/// What an operation does.
pub(crate) fn does(catalogue: &Catalogue, operation: &Operation) -> Does {
    let program = operation.target.program().and_then(|program| catalogue.programs.get(program));
    Does { target: operation.target.clone(), program: program.cloned(), idempotent: operation.idempotent }
}

//! The one place of the functions that reads environment variables. Their names are in `template.yaml`.

use anyhow::Context;
use std::env;

/// A variable; an empty one counts as unset.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn optional(name: &str) -> Option<String> {
    env::var(name).ok().filter(|v| !v.trim().is_empty())
}

/// A variable that must be set.
///
/// # Errors
/// When it is not set.
pub(crate) fn required(name: &str) -> anyhow::Result<String> {
    optional(name).with_context(|| format!("{name} is not set; template.yaml and infra/terraform set it"))
}

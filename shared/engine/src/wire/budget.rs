//! What was spent of a chat's allowance: a memo that notifiers replace.

use super::{Unreadable, read, write};
use serde::{Deserialize, Serialize};
use signalbox_domain::budget::Budget;

/// The shelf. The key is the workspace's id.
pub const SHELF: &str = "budget";

#[derive(Serialize, Deserialize)]
struct Stored {
    v: u8,
    budget: Budget,
}

/// To be kept.
///
/// # Errors
/// None in practice.
pub(crate) fn encode(budget: &Budget) -> Result<Vec<u8>, Unreadable> {
    write("budget", &Stored { v: 1, budget: budget.clone() })
}

/// As it was kept.
///
/// # Errors
/// When a newer version wrote it, or it is damaged.
pub(crate) fn decode(bytes: &[u8]) -> Result<Budget, Unreadable> {
    let stored: Stored = read("budget", bytes)?;
    if stored.v == 1 {
        Ok(stored.budget)
    } else {
        Err(Unreadable { what: "budget", why: format!("version {}", stored.v) })
    }
}

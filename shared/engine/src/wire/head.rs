//! A run's head in the state table. It can always be folded again from the run's events, so it has one version only.

use super::{Unreadable, read, write};
use serde::{Deserialize, Serialize};
use signalbox_domain::RunHead;

#[derive(Serialize)]
struct Out<'a> {
    v: u8,
    head: &'a RunHead,
}

#[derive(Deserialize)]
struct In {
    v: u8,
    head: RunHead,
}

/// To be stored.
///
/// # Errors
/// None in practice: a head always serialises.
pub fn encode(head: &RunHead) -> Result<Vec<u8>, Unreadable> {
    write("head", &Out { v: 1, head })
}

/// As it was stored.
///
/// # Errors
/// When a newer version wrote it, or it is damaged.
pub fn decode(bytes: &[u8]) -> Result<RunHead, Unreadable> {
    let stored: In = read("head", bytes)?;
    if stored.v == 1 {
        Ok(stored.head)
    } else {
        Err(Unreadable { what: "head", why: format!("version {}", stored.v) })
    }
}

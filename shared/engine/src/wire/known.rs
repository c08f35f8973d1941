//! What is known of the answers of systems outside: memos that the dispatcher replaces, and doors and cards read. And what
//! runs where, as the latest good runs say.

use super::command::Refresh;
use super::{Unreadable, read, write};
use serde::{Deserialize, Serialize};
use signalbox_domain::lookup::Shipping;
use signalbox_domain::{Digest, RunId, Timestamp};

/// The shelf of answers. The key is the question's, or the place's.
pub const SHELF: &str = "known";
/// The shelf of what was needed of late. The key is the question's.
pub const NEEDED: &str = "needed";

/// That somebody needed an answer: so that it is kept warm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needed {
    /// Asks for it again.
    pub refresh: Refresh,
    /// When that was done last.
    pub asked_at: Timestamp,
    /// For how many seconds the answer counts as fresh.
    pub fresh: u64,
    /// When somebody needed it last.
    pub needed_at: Timestamp,
}

/// What runs in a place: the version that the latest good run brought there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    pub shipping: Shipping,
    pub run: RunId,
    /// When that run ended.
    pub since: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Stored<T> {
    v: u8,
    known: T,
}

/// To be kept.
///
/// # Errors
/// None in practice.
pub fn encode<T: Serialize>(known: &T) -> Result<Vec<u8>, Unreadable> {
    write("answer", &Stored { v: 1, known })
}

/// As it was kept.
///
/// # Errors
/// When a newer version wrote it, or it is damaged.
pub fn decode<T: for<'b> Deserialize<'b>>(bytes: &[u8]) -> Result<T, Unreadable> {
    let stored: Stored<T> = read("answer", bytes)?;
    if stored.v == 1 {
        Ok(stored.known)
    } else {
        Err(Unreadable { what: "answer", why: format!("version {}", stored.v) })
    }
}

/// The key of what runs in a place.
#[must_use]
pub fn place_key(place: &str) -> Digest {
    super::hash(["runs in ", place].concat().as_bytes())
}

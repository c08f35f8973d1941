//! The keys that doors sign commands with, and the dispatcher verifies them by.

use signalbox_domain::Digest;
use signalbox_signing::Secrets;
use std::fmt;
use std::str::FromStr;

/// Signed bytes begin with this, so that a signature made for another purpose with the same key is never valid for a
/// command.
const PURPOSE: &[u8] = b"signalbox command 2\n";

/// The keys that doors vouch with: the first signs, all verify. Shows none of them.
#[derive(Clone)]
pub struct CommandKeys(Secrets);

impl fmt::Debug for CommandKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CommandKeys(hidden)")
    }
}

/// The key is missing or too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a command key is missing, or shorter than {SHORTEST_KEY} characters\n  help: `openssl rand -base64 32` makes one"
)]
pub struct BadKey;

/// A shorter key could be guessed.
const SHORTEST_KEY: usize = 32;

impl FromStr for CommandKeys {
    type Err = BadKey;
    /// Comma-separated: several are valid during a rotation.
    fn from_str(list: &str) -> Result<Self, BadKey> {
        let mut each = list.split(',').map(str::trim).filter(|key| !key.is_empty());
        if each.any(|key| key.len() < SHORTEST_KEY) {
            return Err(BadKey);
        }
        list.parse().map(Self).map_err(|_| BadKey)
    }
}

impl CommandKeys {
    /// The MAC over a command's bytes.
    pub(crate) fn mac(&self, signed: &[u8]) -> Digest {
        Digest(self.0.sign(&[PURPOSE, signed]))
    }

    /// In constant time.
    pub(crate) fn verify(&self, signed: &[u8], mac: &str) -> bool {
        let mac = Digest::from_hex(mac.as_bytes());
        mac.is_some_and(|mac| self.0.verify(&[PURPOSE, signed], &mac.0))
    }
}

//! HMAC-SHA256 with several secrets. The first secret signs and all of them verify, so that a secret can be replaced
//! without a moment at which no signature is valid.
//!
//! This crate knows nothing about what is signed. It always compares in constant time, and never shows a secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::str::FromStr;

/// An HMAC-SHA256, as bytes.
pub type Signature = [u8; 32];

/// The secrets that are valid now. There are several of them while a secret is replaced.
///
/// They are read from a comma-separated list. Empty entries and spaces around entries are ignored.
#[derive(Clone)]
pub struct Secrets {
    first: Hmac<Sha256>,
    others: Vec<Hmac<Sha256>>,
}

impl fmt::Debug for Secrets {
    /// Shows how many secrets there are, and none of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} hidden)", 1 + self.others.len())
    }
}

/// The list has no secret, so nothing could ever be signed or verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no secret in it")]
pub struct NoSecret;

impl FromStr for Secrets {
    type Err = NoSecret;
    fn from_str(list: &str) -> Result<Self, NoSecret> {
        Self::of(list.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::as_bytes))
    }
}

impl Secrets {
    /// Makes secrets from these keys, which may have any length.
    ///
    /// # Errors
    /// When there is no key.
    pub fn of<'k>(keys: impl IntoIterator<Item = &'k [u8]>) -> Result<Self, NoSecret> {
        // Each key is prepared once, here.
        let mut keyed = keys.into_iter().filter_map(|key| Hmac::new_from_slice(key).ok());
        Ok(Self { first: keyed.next().ok_or(NoSecret)?, others: keyed.collect() })
    }

    /// Signs these parts, one after the other as one message, with the first secret.
    #[must_use]
    pub fn sign(&self, parts: &[&[u8]]) -> Signature {
        let mut mac = self.first.clone();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }

    /// Whether one of the secrets signed these parts, one after the other as one message. Compares in constant time.
    #[must_use]
    pub fn verify(&self, parts: &[&[u8]], signature: &[u8]) -> bool {
        // Every secret is tried, so that the time does not tell which one it was.
        std::iter::once(&self.first).chain(&self.others).fold(false, |found, secret| {
            let mut mac = secret.clone();
            parts.iter().for_each(|part| mac.update(part));
            found | mac.verify_slice(signature).is_ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(list: &str) -> Secrets {
        list.parse().unwrap()
    }

    #[test]
    fn the_first_signs_and_all_verify() {
        let signed = secrets("new, old").sign(&[b"a", b"bc"]);
        assert!(secrets("new").verify(&[b"ab", b"c"], &signed), "parts are one message");
        assert!(secrets("newer,new").verify(&[b"abc"], &signed));
        assert!(!secrets("old").verify(&[b"abc"], &signed));
        assert!(!secrets("new").verify(&[b"abd"], &signed));
        assert!(!secrets("new").verify(&[b"abc"], &signed[..31]), "a shortened one is none");
        assert!(!secrets("new").verify(&[b"abc"], b""));
    }

    #[test]
    fn a_list_without_a_secret_is_none() {
        for none in ["", ",", " , "] {
            assert_eq!(none.parse::<Secrets>().unwrap_err(), NoSecret, "{none:?}");
        }
    }

    #[test]
    fn secrets_do_not_show() {
        let secrets = secrets("canary,canary");
        assert_eq!(format!("{secrets:?} {secrets:#?}"), "Secrets(2 hidden) Secrets(2 hidden)");
    }
}

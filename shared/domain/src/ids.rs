//! Identifiers: strings become types at the edge, so that they cannot be mixed.
//!
//! ```compile_fail
//! use signalbox_domain::{RunId, CommandId};
//! fn takes_a_run(_: &RunId) {}
//! takes_a_run(&CommandId::new("submit:1"));
//! ```

mod record;

// Each kind of record has an id of its own there.
pub use record::*;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// An identifier was not of the shape its kind demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadId {
    /// What kind of identifier it should have been, in words.
    pub kind: &'static str,
    /// What a right one looks like.
    pub expected: &'static str,
}

impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a {}: expected {}", self.kind, self.expected)
    }
}

impl std::error::Error for BadId {}

/// A SHA-256 digest, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// What a chain begins with.
    pub const ZERO: Self = Self([0; 32]);

    /// The digest of the parts, each led by its length, so that no two lists of parts collide.
    #[must_use]
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

impl FromStr for Digest {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        Self::from_hex(text.as_bytes()).ok_or(BadId { kind: "digest", expected: "64 hexadecimal digits" })
    }
}

impl Digest {
    /// Reads 64 hexadecimal digits, of either case, and nothing else.
    #[must_use]
    pub fn from_hex(digits: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).is_ok().then_some(Self(bytes))
    }

    /// Its 64 hexadecimal digits.
    #[must_use]
    pub fn digits(self) -> [u8; 64] {
        let mut digits = [0; 64];
        self.write(&mut digits);
        digits
    }

    /// Its digits, without an allocation and from a table: every command and every event carries some.
    pub(crate) fn write(self, digits: &mut [u8]) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
    }
}

impl TryFrom<String> for Digest {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the id as the platform writes it.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
            /// As the platform writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// A chat workspace (Slack: `T…`).
    WorkspaceId
);
text_id!(
    /// A person's immutable id within a workspace (Slack: `U…` or `W…`); never a name.
    UserId
);
text_id!(
    /// A channel's immutable id (Slack: `C…`, `G…`, `D…`).
    ChannelId
);
text_id!(
    /// Names one command on the intents queue; also its deduplication id and the `cause` of the events it leads to.
    CommandId
);

/// A name a team gives: 1 to 32 of `a-z`, `0-9`, `-`, beginning with a letter.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(String);

/// The name of an operation; also what people type.
pub type OperationName = Name;
/// The name of an operation's parameter.
pub type ParameterName = Name;

impl Name {
    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for Name {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        let fits = (1..=32).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits {
            Ok(Self(text))
        } else {
            Err(BadId { kind: "name", expected: "1 to 32 of a-z, 0-9 and -, beginning with a letter" })
        }
    }
}

impl Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_round_trip_and_reject_what_is_not_one() {
        let digest = Digest::of([b"a".as_slice(), b"b"]);
        assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
        assert_ne!(digest, Digest::of([b"ab".as_slice()]));
        assert!("zz".repeat(32).parse::<Digest>().is_err());
        assert!("é".repeat(32).parse::<Digest>().is_err());
    }

    #[test]
    fn names() {
        for good in ["release", "a", "roll-out-2"] {
            assert!(good.parse::<Name>().is_ok(), "{good}");
        }
        for bad in ["", "Release", "2fast", "a_b", &"x".repeat(33)] {
            assert!(bad.parse::<Name>().is_err(), "{bad}");
        }
    }
}

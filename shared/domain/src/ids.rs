//! Identifiers: strings become types at the edge, so that they cannot be mixed.
//!
//! ```compile_fail
//! use signalbox_domain::{RunId, CommandId};
//! fn takes_a_run(_: &RunId) {}
//! takes_a_run(&CommandId::new("submit:1"));
//! ```

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// Crockford's base 32 in lower case: no `i`, `l`, `o`, `u`, so that an id can be read aloud and typed.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

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

/// The life of one intent: 26 characters of base 32 (128 bits), derived and never random. It is the correlation id,
/// carried to every system the run touches.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct RunId([u8; 26]);

impl RunId {
    /// Derives the id from the door, the workspace and the idempotency key, so that the same request repeated is the
    /// same run.
    #[must_use]
    pub fn derive(door: &str, workspace: &str, idempotency_key: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [door, workspace, idempotency_key] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let bytes: [u8; 32] = hash.finalize().into();
        let mut text = [0u8; 26];
        for (i, slot) in text.iter_mut().enumerate() {
            // Five bits at a time; the last character has the remaining three.
            let bit = i * 5;
            let wide = (u16::from(bytes[bit / 8]) << 8) | u16::from(bytes[bit / 8 + 1]);
            *slot = ALPHABET[usize::from((wide >> (11 - bit % 8)) & 31)];
        }
        Self(text)
    }

    /// The whole id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The first seven characters: what people see and type.
    #[must_use]
    pub fn short(&self) -> ShortId {
        let mut short = [0u8; 7];
        short.copy_from_slice(&self.0[..7]);
        ShortId(short)
    }
}

impl FromStr for RunId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let bytes: [u8; 26] = text.as_bytes().try_into().map_err(|_| RunId::bad())?;
        if bytes.iter().all(|b| ALPHABET.contains(b)) { Ok(Self(bytes)) } else { Err(RunId::bad()) }
    }
}

impl RunId {
    fn bad() -> BadId {
        BadId { kind: "run id", expected: "26 letters and digits, as in the audit" }
    }
}

impl TryFrom<String> for RunId {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl Serialize for RunId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The first seven characters of a [`RunId`]. Two runs may share it (35 bits): whoever looks one up must be ready for
/// several answers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortId([u8; 7]);

impl ShortId {
    /// As people see it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A run as a person names it: by its short id, or by the whole one where several share that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunName {
    /// Enough to look it up.
    pub short: ShortId,
    /// Enough to tell it from all others.
    pub whole: Option<RunId>,
}

impl FromStr for RunName {
    type Err = BadId;
    /// Takes a short id or a whole run id, in any case and with or without backticks.
    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = || BadId { kind: "run", expected: "the seven letters and digits shown on its card" };
        let text = text.trim_matches('`').to_ascii_lowercase();
        if let Ok(run) = text.parse::<RunId>() {
            return Ok(Self { short: run.short(), whole: Some(run) });
        }
        let bytes: [u8; 7] = text.as_bytes().try_into().map_err(|_| bad())?;
        let fits = bytes.iter().all(|b| ALPHABET.contains(b));
        if fits { Ok(Self { short: ShortId(bytes), whole: None }) } else { Err(bad()) }
    }
}

impl fmt::Display for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

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
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        if hex.len() != 64 {
            return None;
        }
        let nibble = |b: u8| char::from(b).to_digit(16).and_then(|n| u8::try_from(n).ok());
        let mut bytes = [0; 32];
        for (slot, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *slot = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Some(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl Digest {
    /// Digit by digit from a table: every command and every event carries digests.
    fn digits(self) -> [u8; 64] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        text
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
        let fits = (1..=32).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadId { kind: "name", expected: "1 to 32 of a-z, 0-9 and -, beginning with a letter" })
        }
    }
}

impl TryFrom<String> for Name {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
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
    fn the_same_request_is_the_same_run_and_parts_do_not_run_together() {
        let run = RunId::derive("slack", "T1", "key");
        assert_eq!(run, RunId::derive("slack", "T1", "key"));
        assert_ne!(run, RunId::derive("slack", "T1k", "ey"));
        assert_eq!(run.as_str().len(), 26);
        assert_eq!(run.as_str().parse::<RunId>().unwrap(), run);
    }

    #[test]
    fn a_derived_id_is_pinned_for_ever() {
        assert_eq!(RunId::derive("slack", "T1", "key").as_str(), "12fzaxkgttqdy93s4nvcj65zf9");
    }

    #[test]
    fn runs_are_named_as_people_type_them() {
        let run = RunId::derive("slack", "T1", "key");
        for typed in
            [run.short().to_string(), format!("`{}`", run.short()), run.short().to_string().to_uppercase()]
        {
            assert_eq!(typed.parse(), Ok(RunName { short: run.short(), whole: None }));
        }
        let whole = run.as_str().to_uppercase().parse();
        assert_eq!(whole, Ok(RunName { short: run.short(), whole: Some(run) }));
        for bad in ["", "abc", "uuuuuuu", "12345678", "ääää"] {
            assert!(bad.parse::<RunName>().is_err(), "{bad}");
        }
    }

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

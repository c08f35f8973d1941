//! Names of records: the same form for every kind, and a type for each, so that an alert is not taken for a run.
//!
//! Where the kind does not matter (stores, queues, cards) a [`RecordId`] is asked for, and every kind's id is one:
//!
//! ```
//! use signalbox_domain::ids::{RecordId, RunId};
//! fn takes_any(_: &RecordId) {}
//! takes_any(&RunId::derive("slack", "T1", "key"));
//! ```
//!
//! Where it matters, nothing else will do:
//!
//! ```compile_fail
//! use signalbox_domain::ids::{AlertId, RunId};
//! fn takes_a_run(_: &RunId) {}
//! takes_a_run(&AlertId::derive("watch", "T1", "web/0m8wq3s7x1c4a"));
//! ```
//!
//! ```compile_fail
//! use signalbox_domain::ids::{AlertId, BulletinId};
//! fn takes_a_bulletin(_: &BulletinId) {}
//! takes_a_bulletin(&AlertId::derive("watch", "T1", "web/0m8wq3s7x1c4a"));
//! ```
//!
//! ```compile_fail
//! use signalbox_domain::ids::{RecordId, RunId};
//! fn takes_a_run(_: &RunId) {}
//! takes_a_run(&RecordId::derive("slack", "T1", "key"));
//! ```

use super::BadId;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

/// Crockford's base 32 in lower case: no `i`, `l`, `o`, `u`, so that an id can be read aloud and typed.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The id of a record, whatever it is: 26 characters of base 32 (128 bits), derived and never random.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct RecordId([u8; 26]);

impl RecordId {
    /// Derives the id from who made the record (a door, the watch), the workspace, and a key that is the same
    /// whenever the same thing is meant: so a repeated request, or a pattern found again, is the same record.
    #[must_use]
    pub fn derive(maker: &str, workspace: &str, key: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [maker, workspace, key] {
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

impl FromStr for RecordId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = || BadId { kind: "record's id", expected: "26 letters and digits, as in the audit" };
        let bytes: [u8; 26] = text.as_bytes().try_into().map_err(|_| bad())?;
        if bytes.iter().all(|b| ALPHABET.contains(b)) { Ok(Self(bytes)) } else { Err(bad()) }
    }
}

impl TryFrom<String> for RecordId {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl Serialize for RecordId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// The life of one intent.
    Run,
    /// A pattern that people were told of.
    Alert,
    /// The message of a watch's window, or of an outage's windows.
    Bulletin,
}

impl RecordKind {
    /// What follows the workspace in the stored name of a list of them. Runs came first, and have no suffix.
    pub const LISTED_AS: [(Self, &str); 2] = [(Self::Alert, "/alerts"), (Self::Bulletin, "/digests")];
}

macro_rules! kind {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(RecordId);

        impl $name {
            /// As [`RecordId::derive`].
            #[must_use]
            pub fn derive(maker: &str, workspace: &str, key: &str) -> Self {
                Self(RecordId::derive(maker, workspace, key))
            }

            /// For a record that the caller knows to be of this kind, say because a command for this kind names it.
            #[must_use]
            pub fn of(record: &RecordId) -> Self {
                Self(record.clone())
            }
        }

        /// The id can be used wherever a record's id is asked for, but never as another kind's.
        impl Deref for $name {
            type Target = RecordId;
            fn deref(&self) -> &RecordId {
                &self.0
            }
        }

        impl From<$name> for RecordId {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                text.parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0.as_str())
            }
        }
    };
}

kind!(
    /// Names a run, the life of one intent; carried to every system that the run touches.
    RunId
);
kind!(
    /// Names an alert: a pattern that people were told of.
    AlertId
);
kind!(
    /// Names a bulletin: the message of a watch's window, or of an outage's windows.
    BulletinId
);

/// The first seven characters of a [`RecordId`]. Two records may share them (35 bits), so a lookup may find several.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortId([u8; 7]);

impl ShortId {
    /// As people see it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
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

/// A run or an alert as a person names it: by its short id, or by the whole id if several share the short one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordName {
    /// Enough to look it up.
    pub short: ShortId,
    /// Enough to tell it from all others.
    pub whole: Option<RecordId>,
}

impl FromStr for RecordName {
    type Err = BadId;
    /// Takes a short id or a whole one, in any case and with or without backticks.
    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = || BadId { kind: "run", expected: "the seven letters and digits shown on its card" };
        let text = text.trim_matches('`').to_ascii_lowercase();
        if let Ok(whole) = text.parse::<RecordId>() {
            return Ok(Self { short: whole.short(), whole: Some(whole) });
        }
        let bytes: [u8; 7] = text.as_bytes().try_into().map_err(|_| bad())?;
        let fits = bytes.iter().all(|b| ALPHABET.contains(b));
        if fits { Ok(Self { short: ShortId(bytes), whole: None }) } else { Err(bad()) }
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
        let run = RecordId::derive("slack", "T1", "key");
        for typed in
            [run.short().to_string(), format!("`{}`", run.short()), run.short().to_string().to_uppercase()]
        {
            assert_eq!(typed.parse(), Ok(RecordName { short: run.short(), whole: None }));
        }
        let whole = run.as_str().to_uppercase().parse();
        assert_eq!(whole, Ok(RecordName { short: run.short(), whole: Some(run) }));
        for bad in ["", "abc", "uuuuuuu", "12345678", "ääää"] {
            assert!(bad.parse::<RecordName>().is_err(), "{bad}");
        }
    }
}

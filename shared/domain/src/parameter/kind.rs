//! The types of parameters.

use super::version::Range;
use super::{Decimal, Pattern, Zone};
use crate::ids::Name;
use crate::landscape::{self, Landscape};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Which values a parameter takes. How to add one: `docs/extend.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Any text of one line that the whole pattern matches. A string without a pattern may not begin with `-`, so
    /// that it cannot pose as an option of the program it is handed to.
    String {
        /// Must match from the first to the last character.
        pattern: Option<Pattern>,
        /// The fewest characters, and the most; never more than [`LONGEST_VALUE`](super::LONGEST_VALUE).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shortest: Option<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        longest: Option<usize>,
    },
    /// Lines of text.
    Text {
        /// In characters; at most [`LONGEST_TEXT`](super::LONGEST_TEXT).
        longest: usize,
    },
    /// One of these.
    Choice {
        /// In the order they are shown; at least one. Forms have copies of the operation, and share these.
        options: Arc<[String]>,
    },
    /// Some of these, in their order; the value has commas between them.
    Choices {
        /// In the order they are shown; at least one, and none has a comma in it.
        options: Arc<[String]>,
        /// The fewest, and the most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fewest: Option<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<usize>,
    },
    /// A whole number in decimal.
    Integer {
        /// The least it may be.
        min: Option<i64>,
        /// The most it may be.
        max: Option<i64>,
        /// Only every so many, counted from the least, or from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<i64>,
        /// What it counts, for people: `replicas`, `GB`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
    /// A decimal number.
    Number {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Decimal>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Decimal>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<Decimal>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
    /// `true` or `false`; `yes`, `no`, `on` and `off` are understood.
    Boolean,
    /// One of the catalogue's environments, services or sizes.
    Thing {
        of: landscape::Kind,
        /// Only these; empty: all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        only: Vec<Name>,
    },
    /// A version: <https://semver.org>, with or without `v` before it.
    Version {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        range: Option<Range>,
        /// Which pre-releases are taken, by the letters they begin with (`rc`), and `stable` for those that are none;
        /// empty: only those that are none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        channels: Vec<String>,
    },
    /// A length of time.
    Duration {
        /// The shortest, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<u64>,
        /// The longest, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u64>,
    },
    /// A day: `2026-12-01`.
    Date { zone: Zone },
    /// A time of day: `08:00`.
    Time { zone: Zone },
    /// A moment, with the zone's offset: `2026-12-01T08:00:00+01:00`.
    DateTime { zone: Zone },
    /// A person of the chat, by workspace and id.
    User,
    /// A channel of the chat, by workspace and id.
    Channel,
    /// JSON, written on one line.
    Json,
    /// Operations, a line for each: what a batch carries out that a person puts together. A line is written in full, with
    /// all values that its operation takes.
    Steps,
    /// A secret's name. Its value never enters Signalbox: the target gets the name, or what the catalogue says of it.
    Secret {
        /// The names that people choose from, and what the target gets.
        names: Vec<(String, String)>,
    },
}

/// The values a person may choose from: what is handed over, and what they read.
pub type Options<'k> = Vec<(&'k str, &'k str)>;

impl Kind {
    /// Its name in the catalogue.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::String { .. } => "string",
            Self::Text { .. } => "text",
            Self::Choice { .. } => "choice",
            Self::Choices { .. } => "choices",
            Self::Integer { .. } => "integer",
            Self::Number { .. } => "number",
            Self::Boolean => "boolean",
            Self::Thing { of, .. } => of.word(),
            Self::Version { .. } => "version",
            Self::Duration { .. } => "duration",
            Self::Date { .. } => "date",
            Self::Time { .. } => "time",
            Self::DateTime { .. } => "date-time",
            Self::User => "user",
            Self::Channel => "channel",
            Self::Json => "json",
            Self::Steps => "steps",
            Self::Secret { .. } => "secret",
        }
    }

    /// What a person may choose from; `None` if the values are not a list.
    #[must_use]
    pub fn options<'k>(&'k self, landscape: &'k Landscape) -> Option<Options<'k>> {
        let same = |options: &'k [String]| options.iter().map(|o| (o.as_str(), o.as_str())).collect();
        match self {
            Self::Choice { options } | Self::Choices { options, .. } => Some(same(options)),
            Self::Thing { of, only } => {
                let things = landscape.things(*of).into_iter();
                let things = things.filter(|thing| only.is_empty() || only.contains(thing.name));
                Some(things.map(|thing| (thing.name.as_str(), thing.title)).collect())
            }
            Self::Secret { names } => Some(names.iter().map(|(n, _)| (n.as_str(), n.as_str())).collect()),
            Self::String { .. }
            | Self::Text { .. }
            | Self::Integer { .. }
            | Self::Number { .. }
            | Self::Boolean
            | Self::Version { .. }
            | Self::Duration { .. }
            | Self::Date { .. }
            | Self::Time { .. }
            | Self::DateTime { .. }
            | Self::User
            | Self::Channel
            | Self::Json
            | Self::Steps => None,
        }
    }
}

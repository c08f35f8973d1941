//! An operation's typed parameters, and the values people give them.
//!
//! A value is kept in the one form that its type writes, whatever a person typed; a type takes its own form again. So a
//! request can be checked once more at any time, and what is stored needs no type beside it.

mod accept;
#[cfg(test)]
mod accept_tests;
mod fill;
mod kind;
mod listed;
mod moment;
mod number;
mod pattern;
mod problem;
mod steps;
pub mod version;

pub use fill::{Filled, Given, Mistake, State, value_of};
pub use kind::{Kind, Options};
pub use moment::{Zone, length, seconds, spelt};
pub use number::{Decimal, NoDecimal};
pub use pattern::Pattern;
pub use problem::{Bound, Problem};
pub use steps::ReadsSteps;
pub use version::Range;

use crate::ids::{ChannelId, Name, ParameterName, WorkspaceId};
use crate::landscape::Landscape;
use crate::lookup::{Choices, Lists};
use crate::people::Place;
use crate::time::Timestamp;
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// No value of one line may be longer, whatever its pattern says; in characters.
pub const LONGEST_VALUE: usize = 1000;
/// No text of several lines may be longer; in characters. Slack's forms take no more.
pub const LONGEST_TEXT: usize = 3000;

/// One thing an operation wants to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// What people type before `=`.
    pub name: ParameterName,
    /// What it means, one line; may be empty.
    pub description: String,
    /// Which values it takes.
    pub kind: Kind,
    /// Where its values come from, if from a list that a system outside has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Choices>,
    /// The value if nobody gives one; `kind` takes it.
    pub default: Option<Value>,
    /// Whether a person must give it. A parameter that is not required and has no default is left out.
    pub required: bool,
    /// What a form calls it; empty: its name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Shown in the empty field of a form.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub placeholder: String,
    /// Values that people may give, for help and forms; `kind` takes each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Value>,
    /// It is asked for only where all of these hold. Where they do not, it has no value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<When>,
    /// The one value it has: nobody is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<Value>,
    /// Other defaults and fixed values, by environment and channel; the first that applies counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub special: Vec<Special>,
}

/// Another parameter, which stands before this one, has one of these values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct When {
    pub parameter: ParameterName,
    /// As its type writes them.
    pub is: Vec<Value>,
}

/// What holds in some environments or channels instead of the usual default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Special {
    /// In these environments; empty: in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<Name>,
    /// In these channels; empty: in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<(WorkspaceId, ChannelId)>,
    pub value: Value,
    /// Whether it is the only value there; else it is the default.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fixed: bool,
}

/// A value that a parameter took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Everything else, as its type writes it.
    Text(String),
}

/// Read by what it is. Derived code would keep it first, try one variant after the other, and make an error message for
/// each that it is not; a catalogue and every command has many of them.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl Visitor<'_> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, a whole number or a text")
    }
    fn visit_bool<E: de::Error>(self, boolean: bool) -> Result<Value, E> {
        Ok(Value::Boolean(boolean))
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        let too_large = |_| E::invalid_value(Unexpected::Unsigned(number), &self);
        i64::try_from(number).map(Value::Integer).map_err(too_large)
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }
    fn visit_string<E: de::Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(b) => write!(f, "{b}"),
            Self::Integer(i) => write!(f, "{i}"),
            Self::Text(t) => f.write_str(t),
        }
    }
}

/// What a value may depend on besides its type.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    pub landscape: &'c Landscape,
    /// Where it is asked, for ids of people and channels and for what holds in a channel. Without a place, ids have
    /// to name their workspace.
    pub place: Option<&'c Place>,
    /// For words such as `today`. What is in the form of its type does not need it.
    pub now: Timestamp,
    /// What is known of lists outside. Without it, and where nothing is known, a value is taken by its type alone: the
    /// dispatcher asks before it is carried out.
    pub lists: Option<&'c Lists>,
    /// For steps that a person asks for. Without it only their form counts.
    pub steps: Option<&'c dyn ReadsSteps>,
}

impl Parameter {
    /// A parameter of this type, without anything beside it.
    #[must_use]
    pub fn plain(name: ParameterName, kind: Kind) -> Self {
        Self {
            name,
            description: String::new(),
            kind,
            from: None,
            default: None,
            required: false,
            title: String::new(),
            placeholder: String::new(),
            examples: vec![],
            when: vec![],
            fixed: None,
            special: vec![],
        }
    }

    /// What people read above its field.
    #[must_use]
    pub fn label(&self) -> &str {
        if self.title.is_empty() { self.name.as_str() } else { &self.title }
    }
}

//! A form that asks for an operation, as a surface draws it.

use crate::catalogue::Operation;
use crate::ids::{Name, OperationName, ParameterName, ShortId};
use crate::intent::Intent;
use crate::lookup::{Changes, Shipping};
use crate::parameter::Parameter;
use crate::people::Place;
use crate::time::Timestamp;
use std::time::Duration;

/// A form that asks for an operation.
#[derive(Debug, Clone, PartialEq)]
pub struct AskForm {
    pub operation: Operation,
    /// The fields that are asked for with what is filled in so far, in the catalogue's order.
    pub fields: Vec<AskField>,
    /// Parameters that have no room in the form; all of them may be left out.
    pub left_out: Vec<ParameterName>,
    /// What a person has to look at before it counts.
    pub review: Option<Review>,
    /// Whether it was opened in no channel, and the channel that it is for was chosen: [`Rules::may_choose`] decides.
    ///
    /// [`Rules::may_choose`]: crate::Rules::may_choose
    pub placed: bool,
}

/// An operation that was asked for in no channel, and may be asked for in several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placing {
    pub operation: OperationName,
    /// The channels to choose from: at least two.
    pub places: Vec<Place>,
}

/// A field of such a form.
#[derive(Debug, Clone, PartialEq)]
pub struct AskField {
    pub parameter: Parameter,
    /// What a person may choose from, value and label; empty where the values are no list. Where they are searched,
    /// only what is chosen.
    pub options: Vec<(String, String)>,
    /// Whether the form has no room for all that may be chosen: a person types a part of it, and
    /// [`crate::asking::Asking::choices`] are searched.
    pub searched: bool,
    /// What is filled in: what was given, or the default.
    pub value: Option<String>,
    /// How the list outside stands from which its values come, if they do. They are searched, and not among the options.
    pub list: Option<FieldList>,
    /// Whether other fields depend on it: the form changes with it.
    pub live: bool,
    /// What it depends on itself, as a word: where that changes, what was filled in before no longer counts.
    pub depends: Option<String>,
}

/// How a list outside stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldList {
    /// What has to be filled in first, because the list depends on it.
    pub waits_for: Option<ParameterName>,
    /// How old it is; `None` where it was never read.
    pub age: Option<Duration>,
    /// Why it cannot be read now.
    pub trouble: Option<String>,
    /// Whether it is longer than what is kept of it.
    pub more: bool,
}

/// What a person looks at before it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// What will be asked for.
    pub intent: Intent,
    /// The protected environment that it is for, if it is for one.
    pub environment: Option<Name>,
    /// Whether its name has to be typed.
    pub type_name: bool,
    /// What it ships, if it ships something.
    pub shipped: Option<Shipped>,
    /// What it requires, as far as that is known. It is asked again when it has its turn.
    pub checks: Vec<KnownCheck>,
}

/// What is known of something that is required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCheck {
    /// What is required, in words.
    pub what: String,
    /// Whether it holds, or why it does not; `None` where nobody knows yet.
    pub holds: Option<Result<(), String>>,
}

/// What a request ships, and what changes by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shipped {
    pub shipping: Shipping,
    /// What runs there, by which run, since when; `None` where no run brought anything there.
    pub runs: Option<(String, ShortId, Timestamp)>,
    /// What changes; `None` where that is not known.
    pub changes: Option<Changes>,
    /// Why that cannot be asked.
    pub trouble: Option<String>,
}

//! Why a value is not taken, as data. Prose is made where it is shown.

use crate::ids::OperationName;
use crate::phrase::Misunderstood;
use std::fmt;

/// The least or the most that a value may be, as people write it, with its unit.
#[derive(Clone, PartialEq, Eq)]
pub struct Bound(String);

impl From<String> for Bound {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As it is shown: it is a number, whatever it counts.
impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a parameter did not take a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Longer than this, in characters.
    TooLong { most: usize },
    /// Shorter than this, in characters.
    TooShort { least: usize },
    /// Has a control character (a line break, say).
    ControlCharacter,
    /// Has a character that cannot be seen, or that changes the order in which others are read.
    HiddenCharacter {
        /// Its number and, where it is well known, its name.
        name: String,
    },
    /// Begins with `-` where no pattern allows it.
    LooksLikeAnOption,
    /// Looks like a password, token or key; those never belong in a chat.
    LooksLikeASecret,
    /// The pattern does not match.
    PatternMismatch { pattern: String },
    /// None of the options.
    NotAnOption {
        /// All of them.
        options: Vec<String>,
        /// The nearest, if one is near.
        did_you_mean: Option<String>,
    },
    /// Fewer options than this, or more than that.
    NotSoMany { fewest: Option<usize>, most: Option<usize> },
    /// Not a whole number (or beyond 64 bits).
    NotAnInteger,
    /// Not a decimal number.
    NotANumber,
    /// Outside the bounds.
    OutOfBounds { min: Option<Bound>, max: Option<Bound> },
    /// Between two steps.
    NotAStep {
        /// Where steps are counted from.
        from: String,
        step: String,
    },
    /// Neither true nor false.
    NotABoolean,
    /// Not a version.
    NotAVersion,
    /// A version outside the range.
    NotInRange { range: String },
    /// A version of a channel that is not taken.
    NotInChannel {
        channel: String,
        /// Those that are.
        channels: Vec<String>,
    },
    /// Not a length of time.
    NotALength,
    /// Not a date.
    NotADate,
    /// Not a time of day.
    NotATime,
    /// Not a moment.
    NotAMoment { zone: String },
    /// That time of the day does not exist: clocks are set forward.
    NoSuchMoment { zone: String },
    /// That time of the day comes twice: clocks are set back.
    TwoMoments { zone: String },
    /// Not a person.
    NotAPerson,
    /// Not a channel.
    NotAChannel,
    /// Not JSON.
    NotJson {
        /// What the reader stumbled over.
        why: String,
    },
    /// A line of several steps does not say what may be asked for.
    BadStep {
        /// Which line, from 1.
        line: usize,
        why: Box<Misunderstood>,
    },
    /// A step is a batch itself.
    StepsOfSteps { line: usize, operation: OperationName },
    /// Fewer or more steps than a batch may have.
    NotSoManySteps {
        steps: usize,
        /// At least one, and at most so many.
        most: usize,
    },
    /// The service that was chosen does not run in this environment.
    NotThere { service: String, environments: Vec<String> },
}

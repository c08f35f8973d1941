//! An operation's typed parameters, and the values people give them.

use crate::ids::ParameterName;
use crate::visible::{is_hidden, name_of};
use serde::{Deserialize, Serialize};
use std::fmt;

/// No value may be longer, whatever its pattern says; in characters.
pub const LONGEST_VALUE: usize = 1000;

/// One thing an operation wants to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// What people type before `=`.
    pub name: ParameterName,
    /// What it means, one line; may be empty.
    pub description: String,
    /// Which values it takes.
    pub kind: Kind,
    /// The value if nobody gives one; `kind` takes it.
    pub default: Option<Value>,
    /// Whether a person must give it. A parameter that is not required and has no default is left out.
    pub required: bool,
}

/// Which values a parameter takes. How to add one: `docs/extend.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Any text of at most [`LONGEST_VALUE`] characters that the whole pattern matches. A string without a pattern
    /// may not begin with `-`, so that it cannot pose as an option of the program it is handed to.
    String {
        /// Must match from the first to the last character.
        pattern: Option<Pattern>,
    },
    /// One of these.
    Choice {
        /// In the order they are shown; at least one.
        options: Vec<String>,
    },
    /// A whole number in decimal.
    Integer {
        /// The least it may be.
        min: Option<i64>,
        /// The most it may be.
        max: Option<i64>,
    },
    /// `true` or `false`; `yes`, `no`, `on` and `off` are understood.
    Boolean,
}

/// A regular expression that a whole value must match.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    text: String,
    regex: regex_lite::Regex,
}

impl Pattern {
    /// The expression as the team wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// Whether the whole of `value` matches.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        self.regex.is_match(value)
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;
    /// # Errors
    /// Says what is wrong with the expression.
    fn try_from(text: String) -> Result<Self, String> {
        // Compiled alone first, so that an expression like `a)(b` cannot close our group.
        regex_lite::Regex::new(&text).map_err(|e| e.to_string())?;
        let regex = regex_lite::Regex::new(&format!(r"\A(?:{text})\z")).map_err(|e| e.to_string())?;
        Ok(Self { text, regex })
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.text
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.text)
    }
}

/// A value that a parameter took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A string or a choice.
    Text(String),
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

/// Why a parameter did not take a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Longer than [`LONGEST_VALUE`].
    TooLong,
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
    /// Not a whole number (or beyond 64 bits).
    NotAnInteger,
    /// Outside the bounds.
    OutOfBounds {
        /// The least.
        min: Option<i64>,
        /// The most.
        max: Option<i64>,
    },
    /// Neither true nor false.
    NotABoolean,
}

impl Parameter {
    /// Takes the text a person typed.
    ///
    /// # Errors
    /// [`Problem`] says why not.
    pub fn accept(&self, text: &str) -> Result<Value, Problem> {
        if text.chars().count() > LONGEST_VALUE {
            return Err(Problem::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(Problem::ControlCharacter);
        }
        if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
            return Err(Problem::HiddenCharacter { name: name_of(hidden) });
        }
        match &self.kind {
            Kind::String { pattern } => {
                // Checked as it will be shown: the name may say that the value is a secret.
                let shown = format!("{}={text}", self.name);
                if crate::redact::looks_secret(text) || crate::redact::looks_secret(&shown) {
                    return Err(Problem::LooksLikeASecret);
                }
                match pattern {
                    Some(p) if !p.matches(text) => {
                        Err(Problem::PatternMismatch { pattern: p.as_str().to_owned() })
                    }
                    None if text.starts_with('-') => Err(Problem::LooksLikeAnOption),
                    Some(_) | None => Ok(Value::Text(text.to_owned())),
                }
            }
            Kind::Choice { options } if options.iter().any(|o| o == text) => Ok(Value::Text(text.to_owned())),
            Kind::Choice { options } => Err(Problem::NotAnOption {
                options: options.clone(),
                did_you_mean: crate::nearest::nearest(text, options.iter().map(String::as_str)),
            }),
            Kind::Integer { min, max } => {
                let number: i64 = text.parse().map_err(|_| Problem::NotAnInteger)?;
                let fits = min.is_none_or(|m| number >= m) && max.is_none_or(|m| number <= m);
                fits.then_some(Value::Integer(number)).ok_or(Problem::OutOfBounds { min: *min, max: *max })
            }
            Kind::Boolean => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Ok(Value::Boolean(true)),
                "false" | "no" | "off" => Ok(Value::Boolean(false)),
                _ => Err(Problem::NotABoolean),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "reads better in the tables below")]
    fn check(kind: Kind, text: &str, expect: Result<Value, Problem>) {
        let parameter = Parameter {
            name: "p".parse().unwrap(),
            description: String::new(),
            kind,
            default: None,
            required: true,
        };
        assert_eq!(parameter.accept(text), expect, "{text:?}");
    }

    fn pattern(text: &str) -> Kind {
        Kind::String { pattern: Some(Pattern::try_from(text.to_owned()).unwrap()) }
    }

    #[test]
    fn strings() {
        let plain = || Kind::String { pattern: None };
        check(plain(), "1.4.2", Ok(Value::Text("1.4.2".into())));
        check(plain(), "", Ok(Value::Text(String::new())));
        check(plain(), "--force", Err(Problem::LooksLikeAnOption));
        check(plain(), "a\nb", Err(Problem::ControlCharacter));
        check(plain(), &"x".repeat(1000), Ok(Value::Text("x".repeat(1000))));
        check(plain(), &"x".repeat(1001), Err(Problem::TooLong));
        check(pattern("a|ab"), "ab", Ok(Value::Text("ab".into())));
        check(pattern("[0-9]+"), "1a", Err(Problem::PatternMismatch { pattern: "[0-9]+".into() }));
        check(pattern("(?m)^a$"), "a", Ok(Value::Text("a".into())));
        check(
            plain(),
            concat!("ghp", "_0123456789abcdefghijABCDEFGHIJ012345"),
            Err(Problem::LooksLikeASecret),
        );
        assert!(Pattern::try_from("a)(b".to_owned()).is_err());
    }

    #[test]
    fn choices_integers_booleans() {
        let choice = || Kind::Choice { options: vec!["web".into(), "api".into()] };
        check(choice(), "api", Ok(Value::Text("api".into())));
        check(
            choice(),
            "wbe",
            Err(Problem::NotAnOption {
                options: vec!["web".into(), "api".into()],
                did_you_mean: Some("web".into()),
            }),
        );
        let between = || Kind::Integer { min: Some(1), max: Some(9) };
        check(between(), "9", Ok(Value::Integer(9)));
        check(between(), "10", Err(Problem::OutOfBounds { min: Some(1), max: Some(9) }));
        check(between(), "0", Err(Problem::OutOfBounds { min: Some(1), max: Some(9) }));
        check(between(), "9223372036854775808", Err(Problem::NotAnInteger));
        check(between(), "two", Err(Problem::NotAnInteger));
        check(Kind::Boolean, "Yes", Ok(Value::Boolean(true)));
        check(Kind::Boolean, "off", Ok(Value::Boolean(false)));
        check(Kind::Boolean, "1", Err(Problem::NotABoolean));
    }
}

//! Regular expressions that whole values must match.

use serde::{Deserialize, Serialize};
use std::fmt;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_whole_values_only() {
        let pattern = |text: &str| Pattern::try_from(text.to_owned());
        assert!(pattern("a|ab").unwrap().matches("ab"));
        assert!(!pattern("[0-9]+").unwrap().matches("1a"));
        assert!(pattern("(?m)^a$").unwrap().matches("a"));
        assert!(!pattern("(?m)^a$").unwrap().matches("a\nb"));
        assert!(pattern("a)(b").is_err());
    }
}

//! Decimal numbers, exactly as written: `0.1` is a tenth.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A decimal number of at most fifteen digits before the point and nine after it. Stored as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal {
    /// In billionths.
    billionths: i128,
}

/// How many billionths one is.
const ONE: i128 = 1_000_000_000;

/// The text is no decimal number, or has too many digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoDecimal;

impl fmt::Display for NoDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number; one is written as 0.25, with at most 15 digits before the point and 9 after it")
    }
}

impl std::error::Error for NoDecimal {}

impl Decimal {
    /// Whether it is a whole number of steps, counted from `start`. A step of 0 or less is no step.
    #[must_use]
    pub fn is_stepped(self, start: Self, step: Self) -> bool {
        step.billionths <= 0 || (self.billionths - start.billionths) % step.billionths == 0
    }

    /// Nought.
    pub const ZERO: Self = Self { billionths: 0 };
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self { billionths: i128::from(number) * ONE }
    }
}

impl FromStr for Decimal {
    type Err = NoDecimal;

    fn from_str(text: &str) -> Result<Self, NoDecimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |digits: &str, most: usize| {
            (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
        };
        if !plain(whole, 15) || !plain(part, 9) {
            return Err(NoDecimal);
        }
        let whole: i128 = whole.parse().map_err(|_| NoDecimal)?;
        let part: i128 = format!("{part:0<9}").parse().map_err(|_| NoDecimal)?;
        let billionths = whole * ONE + part;
        Ok(Self { billionths: if negative { -billionths } else { billionths } })
    }
}

impl TryFrom<String> for Decimal {
    type Error = NoDecimal;
    fn try_from(text: String) -> Result<Self, NoDecimal> {
        text.parse()
    }
}

impl From<Decimal> for String {
    fn from(number: Decimal) -> Self {
        number.to_string()
    }
}

impl fmt::Display for Decimal {
    /// The shortest form: `0.5`, `12`, `-3.25`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.billionths < 0 { "-" } else { "" };
        let (whole, part) = (self.billionths.abs() / ONE, self.billionths.abs() % ONE);
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let part = format!("{part:09}");
        write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_their_shortest_form() {
        for (text, is) in [
            ("0.25", Some("0.25")),
            ("1.50", Some("1.5")),
            ("-3.250", Some("-3.25")),
            ("7", Some("7")),
            ("-0.0", Some("0")),
            ("007", Some("7")),
            ("999999999999999.999999999", Some("999999999999999.999999999")),
            ("1000000000000000", None),
            ("0.1234567891", None),
            ("1.", None),
            (".5", None),
            ("1e3", None),
            ("+1", None),
            ("--1", None),
            ("", None),
            ("1,5", None),
        ] {
            assert_eq!(text.parse::<Decimal>().ok().map(|n| n.to_string()).as_deref(), is, "{text}");
        }
    }

    #[test]
    fn steps_are_exact() {
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        assert!(number("0.3").is_stepped(Decimal::ZERO, number("0.1")));
        assert!(!number("0.35").is_stepped(Decimal::ZERO, number("0.1")));
        assert!(number("5.5").is_stepped(number("0.5"), Decimal::from(5)));
        assert!(number("0.35").is_stepped(Decimal::ZERO, Decimal::ZERO));
    }
}

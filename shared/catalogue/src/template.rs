//! Finds `{name}` in an argument, and what is wrong with the braces.
//!
//! This reads only the form; the caller decides which names are allowed. `{{` and `}}` stand for the braces
//! themselves.

use signalbox_domain::ALL_PARAMETERS;
use std::ops::Range;

/// A brace that has a meaning.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Brace<'a> {
    /// `{name}`: the name, and the range of the whole placeholder.
    Placeholder(&'a str, Range<usize>),
    /// `{` without `}`, or `}` without `{`.
    Alone(char, usize),
}

/// Every placeholder of a text, and every brace that has no partner.
pub(crate) fn braces(text: &str) -> Vec<Brace<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find(['{', '}']) {
        let start = at + next;
        let after = &text[start + 1..];
        if text[start..].starts_with("{{") || text[start..].starts_with("}}") {
            at = start + 2;
        } else if text[start..].starts_with('{')
            && let Some(len) = after.find(['{', '}'])
            && after[len..].starts_with('}')
        {
            at = start + len + 2;
            found.push(Brace::Placeholder(&after[..len], start..at));
        } else {
            at = start + 1;
            found.push(Brace::Alone(if text[start..].starts_with('{') { '{' } else { '}' }, start));
        }
    }
    found
}

/// Whether all parameters at once are in a text.
pub(crate) fn has_all(text: &str) -> bool {
    braces(text).iter().any(|brace| matches!(brace, Brace::Placeholder(ALL_PARAMETERS, _)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_of_a_text() {
        use Brace::{Alone, Placeholder};
        let cases: &[(&str, Vec<Brace<'_>>)] = &[
            ("plain", vec![]),
            ("{a}-{b}", vec![Placeholder("a", 0..3), Placeholder("b", 4..7)]),
            ("{{a}}", vec![]),
            ("{{{a}}}", vec![Placeholder("a", 2..5)]),
            ("é{}", vec![Placeholder("", 2..4)]),
            ("{a", vec![Alone('{', 0)]),
            ("a}", vec![Alone('}', 1)]),
            ("{a{b}", vec![Alone('{', 0), Placeholder("b", 2..5)]),
            ("{a}}", vec![Placeholder("a", 0..3), Alone('}', 3)]),
        ];
        for (text, expect) in cases {
            assert_eq!(&braces(text), expect, "{text}");
        }
    }
}

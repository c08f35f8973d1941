//! The rules that a team may add to the built-in ones: data with a version, checked when it is built, applied in the
//! same pass.

use crate::builtin::{BuiltIn, Switches};
use crate::bytes::{DELIM, SPACE, class, cut, find, from, run};
use crate::mask::{Span, VARIABLE};
use std::fmt;

/// Longest pattern in bytes, and most rules: every rule is tried on every line.
const LONGEST: usize = 512;
const MOST: usize = 500;

/// Rules for a [`crate::Fingerprinter`]. The default has only the built-in rules.
///
/// A team's rules change only the fingerprints of lines that they match: the rules are not part of the hash.
#[derive(Clone, Debug)]
pub struct Rules {
    pub(crate) switches: Switches,
    version: String,
    values: Vec<Value>,
    merge: Vec<Pattern>,
    ignore: Vec<Pattern>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            switches: Switches::ALL,
            version: String::new(),
            values: vec![],
            merge: vec![],
            ignore: vec![],
        }
    }
}

impl Rules {
    /// Starts with the built-in rules.
    pub fn builder() -> RulesBuilder {
        RulesBuilder { rules: Self::default(), wrong: None }
    }

    /// The team's name for this version of its rules; empty without rules.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether no rule looks at a line's own values.
    pub(crate) fn only_patterns(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether no rule looks at a template.
    pub(crate) fn no_patterns(&self) -> bool {
        self.merge.is_empty() && self.ignore.is_empty()
    }

    /// Finds the spans that mask and split rules decide, in order and without overlap.
    pub(crate) fn spans(&self, text: &[u8], into: &mut Vec<Span>) {
        into.clear();
        for value in &self.values {
            value.find(text, into);
        }
        into.sort_by_key(|s| (s.start, s.end));
        into.dedup_by(|b, a| b.start < a.end);
    }

    /// The pattern that replaces the template.
    pub(crate) fn merged(&self, template: &[u8]) -> Option<&[u8]> {
        self.merge.iter().find(|p| p.matches(template)).map(|p| p.text.as_slice())
    }

    /// Whether a merge rule would replace this template by another pattern.
    pub fn merges(&self, template: &str) -> bool {
        self.merged(template.as_bytes()).is_some()
    }

    pub(crate) fn ignored(&self, template: &[u8]) -> bool {
        self.ignore.iter().any(|p| p.matches(template))
    }
}

/// Builds [`Rules`]. [`RulesBuilder::build`] reports the first mistake.
#[derive(Clone, Debug)]
pub struct RulesBuilder {
    rules: Rules,
    wrong: Option<RuleError>,
}

impl RulesBuilder {
    /// Names this state of the rules.
    #[must_use]
    pub fn version(mut self, version: &str) -> Self {
        self.rules.version = version.to_owned();
        self
    }

    /// The text at `<*>` is a variable wherever the text around it occurs: `tenant <*>`, `[shard <*>]`.
    #[must_use]
    pub fn mask(self, pattern: &str) -> Self {
        self.value(pattern, false)
    }

    /// The text at `<*>` is kept, so that each value has its own fingerprint: `status: <*>`.
    #[must_use]
    pub fn split(self, pattern: &str) -> Self {
        self.value(pattern, true)
    }

    /// All templates of this form become one; `<*>` stands for any text: `cache <*> evicted`.
    #[must_use]
    pub fn merge(mut self, pattern: &str) -> Self {
        match Pattern::new(pattern) {
            Ok(pattern) => self.rules.merge.push(pattern),
            Err(wrong) => self.wrong = self.wrong.or(Some(wrong)),
        }
        self
    }

    /// Lines whose template has this form are left out; `<*>` stands for any text.
    #[must_use]
    pub fn ignore(mut self, pattern: &str) -> Self {
        match Pattern::new(pattern) {
            Ok(pattern) => self.rules.ignore.push(pattern),
            Err(wrong) => self.wrong = self.wrong.or(Some(wrong)),
        }
        self
    }

    /// Turns a built-in rule off.
    #[must_use]
    pub fn without(mut self, rule: BuiltIn) -> Self {
        self.rules.switches = self.rules.switches.without(rule);
        self
    }

    /// The rules, or the first mistake in them.
    pub fn build(self) -> Result<Rules, RuleError> {
        let all = self.rules.values.len() + self.rules.merge.len() + self.rules.ignore.len();
        match self.wrong {
            Some(wrong) => Err(wrong),
            None if all > MOST => Err(RuleError::TooMany),
            None => Ok(self.rules),
        }
    }

    fn value(mut self, pattern: &str, keep: bool) -> Self {
        match Value::new(pattern, keep) {
            Ok(value) => self.rules.values.push(value),
            Err(wrong) => self.wrong = self.wrong.or(Some(wrong)),
        }
        self
    }
}

/// What is wrong with a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum RuleError {
    /// The pattern has no text, or only `<*>`.
    Empty(String),
    /// Longer than a pattern may be.
    TooLong(String),
    /// A mask or split rule needs exactly one `<*>`.
    OneVariable(String),
    /// More rules than can be tried on every line.
    TooMany,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(p) => write!(f, "`{p}` matches everything: write some of the text around `<*>`"),
            Self::TooLong(p) => {
                let start: String = p.chars().take(40).collect();
                write!(f, "`{start}…` is longer than {LONGEST} bytes: write only the part that matters")
            }
            Self::OneVariable(p) => write!(f, "`{p}` needs one `<*>`: it marks the value to mask or to keep"),
            Self::TooMany => write!(f, "more than {MOST} rules: merge patterns with `<*>`"),
        }
    }
}

impl std::error::Error for RuleError {}

/// The pieces between the variables of a pattern.
fn pieces(pattern: &str) -> Result<Vec<Vec<u8>>, RuleError> {
    if pattern.len() > LONGEST {
        return Err(RuleError::TooLong(pattern.to_owned()));
    }
    let pieces: Vec<Vec<u8>> = pattern.split("<*>").map(|p| p.as_bytes().to_vec()).collect();
    if pieces.iter().all(|p| p.iter().all(|&b| b == b' ')) {
        return Err(RuleError::Empty(pattern.to_owned()));
    }
    Ok(pieces)
}

/// Text before and after one value.
#[derive(Clone, Debug)]
struct Value {
    before: Vec<u8>,
    after: Vec<u8>,
    keep: bool,
}

impl Value {
    fn new(pattern: &str, keep: bool) -> Result<Self, RuleError> {
        match <[Vec<u8>; 2]>::try_from(pieces(pattern)?) {
            Ok([before, _]) if before.is_empty() => Err(RuleError::Empty(pattern.to_owned())),
            Ok([before, after]) => Ok(Self { before, after, keep }),
            Err(_) => Err(RuleError::OneVariable(pattern.to_owned())),
        }
    }

    fn find(&self, text: &[u8], into: &mut Vec<Span>) {
        let mut i = 0;
        while let Some(n) = find(from(text, i), &self.before) {
            let start = i + n + self.before.len();
            i = start;
            let rest = from(text, start);
            let len = match find(rest, &self.after) {
                Some(len) if !self.after.is_empty() => len,
                Some(_) => continue,
                None if self.after.is_empty() => run(rest, |b| class(b) & (SPACE | DELIM) == 0),
                None => continue,
            };
            if len > 0 && !cut(rest, 0, len).contains(&b'\n') {
                into.push(Span { start, end: start + len, keep: self.keep });
                i = start + len;
            }
        }
    }
}

/// A form of whole templates.
#[derive(Clone, Debug)]
struct Pattern {
    text: Vec<u8>,
    pieces: Vec<Vec<u8>>,
}

impl Pattern {
    fn new(pattern: &str) -> Result<Self, RuleError> {
        Ok(Self { text: pattern.as_bytes().to_vec(), pieces: pieces(pattern)? })
    }

    /// The first piece must be at the start, the last at the end, and the others between them in order: one walk,
    /// without backtracking.
    fn matches(&self, template: &[u8]) -> bool {
        debug_assert!(!VARIABLE.is_empty());
        let Some((first, rest)) = self.pieces.split_first() else { return false };
        let Some(mut left) = template.strip_prefix(first.as_slice()) else { return false };
        let Some((last, between)) = rest.split_last() else { return left.is_empty() };
        for piece in between {
            let Some(n) = find(left, piece).or(if piece.is_empty() { Some(0) } else { None }) else {
                return false;
            };
            left = from(left, n + piece.len());
        }
        left.ends_with(last)
    }
}

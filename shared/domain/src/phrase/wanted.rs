//! Which runs a list shall have: `history 20 release failed 7d by=U012ABC`, in any order, or `operation=release state=failed`.

use super::Misunderstood;
use super::words::Word;
use crate::RunHead;
use crate::catalogue::Catalogue;
use crate::ids::OperationName;
use crate::time::{self, Timestamp};
use std::time::Duration;

/// How many are shown where nobody says, and at most.
const USUAL: usize = 10;
const MOST: usize = 50;

/// What a run may be, as lists and tables call it.
pub const STATES: [&str; 9] = [
    "dispatching",
    "running",
    "succeeded",
    "failed",
    "cancelled",
    "timed out",
    "unknown",
    "refused",
    "set aside",
];

/// Which runs, latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// How many.
    pub count: usize,
    /// Only of this operation.
    pub operation: Option<OperationName>,
    /// Only what this person asked for: their id.
    pub person: Option<String>,
    /// Only in this state: one of [`STATES`].
    pub state: Option<&'static str>,
    /// Only what was asked for within this time.
    pub within: Option<Duration>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { count: USUAL, operation: None, person: None, state: None, within: None }
    }
}

impl Wanted {
    /// Whether a run is one of them.
    #[must_use]
    pub fn has(&self, head: &RunHead, now: Timestamp) -> bool {
        let who = head.intent.requester.user.as_str();
        self.operation.as_ref().is_none_or(|name| head.intent.operation == *name)
            && self.person.as_ref().is_none_or(|person| person == who)
            && self.state.is_none_or(|state| head.word() == state)
            && self.within.is_none_or(|within| now.since(head.requested_at) <= within)
    }

    /// Whether only some of all runs are meant.
    #[must_use]
    pub fn filters(&self) -> bool {
        *self != Self { count: self.count, ..Self::default() }
    }

    /// Reads what stands behind `history`.
    pub(super) fn read(catalogue: &Catalogue, words: &[Word]) -> Result<Self, Misunderstood> {
        let mut wanted = Self::default();
        for word in words {
            let known = match (word.name.as_deref(), word.value.as_str()) {
                (None, value) => {
                    wanted.number(value)
                        || wanted.time(value)
                        || wanted.by(value, false)
                        || wanted.state(value)
                        || wanted.operation(catalogue, value)
                }
                (Some("operation" | "op"), value) => wanted.operation(catalogue, value),
                (Some("person" | "by" | "user"), value) => wanted.by(value, true),
                (Some("state"), value) => wanted.state(value),
                (Some("since" | "within"), value) => wanted.time(value),
                (Some("limit" | "count"), value) => wanted.number(value),
                (Some(_), _) => false,
            };
            if !known {
                return Err(Misunderstood::BadFilter { word: word.text().into_owned() });
            }
        }
        Ok(wanted)
    }

    fn number(&mut self, text: &str) -> bool {
        let count = text.parse::<usize>().ok().filter(|n| *n > 0);
        self.count = count.map_or(self.count, |n| n.min(MOST));
        count.is_some()
    }

    fn time(&mut self, text: &str) -> bool {
        let within = time::length(text);
        self.within = within.or(self.within);
        within.is_some()
    }

    /// A mention, `<@U012ABC>`; said to be a person, an id alone as well.
    fn by(&mut self, text: &str, surely: bool) -> bool {
        let mention = text.strip_prefix("<@").and_then(|t| t.strip_suffix('>'));
        let id = mention.map(|id| id.split('|').next().unwrap_or(id)).or(surely.then_some(text));
        let id = id.filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric()));
        self.person = id.map(str::to_owned).or(self.person.take());
        id.is_some()
    }

    fn state(&mut self, text: &str) -> bool {
        let text = text.to_lowercase().replace(['-', '_'], " ");
        let state = STATES.into_iter().find(|state| *state == text);
        self.state = state.or(self.state);
        state.is_some()
    }

    fn operation(&mut self, catalogue: &Catalogue, text: &str) -> bool {
        let operation = catalogue.operations.get(text).map(|o| o.name.clone());
        let known = operation.is_some();
        self.operation = operation.or(self.operation.take());
        known
    }
}

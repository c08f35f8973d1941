//! Which runs or alerts a list shall have: `history 20 release failed 7d by=U012ABC`, in any order, or
//! `operation=release state=failed`; `alerts shop acknowledged`, or `watch=shop state=acknowledged`.

use super::Misunderstood;
use super::words::Word;
use crate::RunHead;
use crate::alert::AlertHead;
use crate::catalogue::Catalogue;
use crate::ids::Name;
use crate::people::{Actor, mentioned};
use crate::time::{self, Timestamp};
use std::time::Duration;

/// How many are shown if nobody says how many, and at most.
const USUAL: usize = 10;
const USUAL_ALERTS: usize = 20;
const MOST: usize = 50;

/// The states of a run, as lists and tables call them.
const STATES: [&str; 9] = [
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

/// The states of an alert, as lists and tables call them: [`AlertHead::word`].
const ALERT_STATES: [&str; 5] = ["open", "acknowledged", "snoozed", "muted", "resolved"];

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Runs, by operation.
    Runs,
    /// Alerts, by watch.
    Alerts,
}

impl List {
    /// The states that a list can be narrowed by.
    #[must_use]
    pub fn states(self) -> &'static [&'static str] {
        match self {
            Self::Runs => &STATES,
            Self::Alerts => &ALERT_STATES,
        }
    }

    /// A state, read as people write it: `timed-out`, `Timed out`.
    #[must_use]
    pub fn state(self, text: &str) -> Option<&'static str> {
        let text = text.trim().to_lowercase().replace(['-', '_'], " ");
        self.states().iter().copied().find(|state| *state == text)
    }

    /// What this list calls [`field@Wanted::of`].
    #[must_use]
    pub fn of(self) -> &'static str {
        match self {
            Self::Runs => "operation",
            Self::Alerts => "watch",
        }
    }

    /// The name as the catalogue has it.
    fn known(self, catalogue: &Catalogue, text: &str) -> Option<Name> {
        match self {
            Self::Runs => catalogue.operations.get(text).map(|o| o.name.clone()),
            Self::Alerts => catalogue.watches.get(text).map(|w| w.name.clone()),
        }
    }
}

/// Which entries of a list, latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// How many.
    pub count: usize,
    /// Only of this operation, or this watch.
    pub of: Option<Name>,
    /// Only of this person: their id, or `WORKSPACE/ID`. A run belongs to the person who asked for it, an alert to
    /// the person who looks after it or last did something about it.
    pub person: Option<String>,
    /// Only in this state: one of [`List::states`].
    pub state: Option<&'static str>,
    /// Only what was asked for, or first seen, within this time.
    pub within: Option<Duration>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { count: USUAL, of: None, person: None, state: None, within: None }
    }
}

impl Wanted {
    /// Whether a run is one of them.
    #[must_use]
    pub fn has(&self, head: &RunHead, now: Timestamp) -> bool {
        let who = &head.intent.requester;
        self.fits(&head.intent.operation, head.word(), head.requested_at, now) && self.is_of([Some(who)])
    }

    /// Whether an alert is one of them. Without a state, only those count that somebody should look after.
    #[must_use]
    pub fn has_alert(&self, head: &AlertHead, now: Timestamp) -> bool {
        (self.state == Some("resolved") || head.is_open())
            && self.fits(&head.finding.watch, head.word(), head.found_at, now)
            && self.is_of([head.assignee.as_ref(), head.attention.by()])
    }

    fn fits(&self, of: &Name, word: &str, since: Timestamp, now: Timestamp) -> bool {
        self.of.as_ref().is_none_or(|name| name == of)
            && self.state.is_none_or(|state| state == word)
            && self.within.is_none_or(|within| now.since(since) <= within)
    }

    fn is_of<'a>(&self, people: impl IntoIterator<Item = Option<&'a Actor>>) -> bool {
        let Some(person) = &self.person else { return true };
        people.into_iter().flatten().any(|actor| {
            let short = actor.as_person().map(|p| p.user.as_str());
            short == Some(person) || actor.to_string() == *person
        })
    }

    /// Whether the list is narrowed.
    #[must_use]
    pub fn filters(&self) -> bool {
        *self != Self { count: self.count, ..Self::default() }
    }

    /// Reads the words after `history` or `alerts`.
    pub(super) fn read(catalogue: &Catalogue, list: List, words: &[Word]) -> Result<Self, Misunderstood> {
        let count = if list == List::Alerts { USUAL_ALERTS } else { USUAL };
        let mut wanted = Self { count, ..Self::default() };
        for word in words {
            let value = word.value.as_str();
            let known = match word.name.as_deref() {
                None => {
                    wanted.number(value)
                        || wanted.time(value)
                        || wanted.by(value, false)
                        || wanted.state(list, value)
                        || wanted.of(list.known(catalogue, value))
                }
                Some("person" | "by" | "user") => wanted.by(value, true),
                Some("state") => wanted.state(list, value),
                Some("since" | "within") => wanted.time(value),
                Some("limit" | "count") => wanted.number(value),
                Some(name) if name == list.of() || name == "op" && list == List::Runs => {
                    wanted.of(list.known(catalogue, value))
                }
                Some(_) => false,
            };
            if !known {
                return Err(Misunderstood::BadFilter { list, word: word.text().into_owned() });
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

    /// Reads a person: a mention, or an id alone where the word is surely a person.
    fn by(&mut self, text: &str, surely: bool) -> bool {
        let alone = Some(text).filter(|_| surely && !text.is_empty());
        let alone = alone.filter(|id| id.bytes().all(|b| b.is_ascii_alphanumeric())).map(str::to_owned);
        let id = mentioned(text).map(|id| id.to_string()).or(alone);
        let said = id.is_some();
        self.person = id.or(self.person.take());
        said
    }

    fn state(&mut self, list: List, text: &str) -> bool {
        let state = list.state(text);
        self.state = state.or(self.state);
        state.is_some()
    }

    fn of(&mut self, name: Option<Name>) -> bool {
        let known = name.is_some();
        self.of = name.or(self.of.take());
        known
    }
}

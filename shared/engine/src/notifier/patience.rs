//! Counts how often a chat failed over one card: what is tried next, and when the card must make way for others. A
//! chat's limits (quiet, budgets) are no failures and must never be counted here.

use signalbox_domain::Timestamp;
use signalbox_domain::ids::RecordId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A card is tried so often as it is; then once in another manner, and then it is set aside.
const AS_IT_IS: u32 = 3;
/// A chat that has failed for less time than this may be down altogether: then no card leaves its channel.
const AWAY: Duration = Duration::from_secs(120);
/// How many cards are remembered. A card that is forgotten is tried as it is again, which costs some seconds.
const MOST: usize = 1000;

/// What to try of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// As it is drawn.
    AsItIs,
    /// As text alone.
    Plain,
    /// As text alone; if that fails too and nothing was posted yet, at once to the requester.
    Direct,
}

/// Failures in a row, by card. Kept in memory only: a new process begins from zero.
#[derive(Debug, Default)]
pub(super) struct Patience(Mutex<HashMap<RecordId, Tried>>);

#[derive(Debug)]
struct Tried {
    since: Timestamp,
    failures: u32,
    /// Whether the chat said that it does not take the card: then the chat is not down.
    refused: bool,
    /// Whether the chat already took it once as text alone.
    plain: bool,
}

impl Patience {
    /// How the card is tried now.
    pub(super) fn manner(&self, card: &RecordId, now: Timestamp) -> Manner {
        self.with(|all| match all.get(card) {
            Some(tried) if tried.failures >= AS_IT_IS => {
                if tried.refused || now.since(tried.since) >= AWAY {
                    Manner::Direct
                } else {
                    Manner::Plain
                }
            }
            Some(_) | None => Manner::AsItIs,
        })
    }

    /// The chat failed once more, or said that it will never take the card in this form. Gives whether everything was
    /// tried for now.
    pub(super) fn failed(&self, card: &RecordId, never_so: bool, now: Timestamp) -> bool {
        self.with(|all| {
            if all.len() >= MOST && !all.contains_key(card) {
                all.clear();
            }
            let first = Tried { since: now, failures: 0, refused: false, plain: false };
            let tried = all.entry(card.clone()).or_insert(first);
            let over = tried.failures >= AS_IT_IS;
            tried.refused |= never_so;
            tried.failures = if never_so { AS_IT_IS } else { (tried.failures + 1).min(AS_IT_IS) };
            over
        })
    }

    /// The chat took the card in this manner. Gives whether that is good enough: a card that was taken as text alone
    /// for the first time is tried once more as it is, because the chat may only have been broken for a while, and
    /// the text has no buttons.
    pub(super) fn took(&self, card: &RecordId, manner: Manner) -> bool {
        self.with(|all| match all.get_mut(card) {
            Some(tried) if manner != Manner::AsItIs && !tried.plain => {
                (tried.failures, tried.plain) = (AS_IT_IS - 1, true);
                false
            }
            _ => {
                all.remove(card);
                true
            }
        })
    }

    fn with<T>(&self, look: impl FnOnce(&mut HashMap<RecordId, Tried>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_it_is_then_as_text_and_to_the_requester_where_the_chat_is_there() {
        let (patience, card) = (Patience::default(), RecordId::derive("test", "T", "1"));
        let fails = |at: i64, manner, over| {
            assert_eq!(patience.manner(&card, Timestamp(at * 1000)), manner, "at {at}");
            assert_eq!(patience.failed(&card, false, Timestamp(at * 1000)), over, "at {at}");
        };
        fails(0, Manner::AsItIs, false);
        fails(2, Manner::AsItIs, false);
        fails(4, Manner::AsItIs, false);
        fails(6, Manner::Plain, true);
        // Ordered again, because something happened in between.
        fails(8, Manner::Plain, true);
        fails(300, Manner::Direct, true);
        assert!(patience.took(&card, Manner::AsItIs));
        fails(301, Manner::AsItIs, false);
    }

    #[test]
    fn what_the_chat_refuses_is_not_tried_again_as_it_is() {
        let (patience, card, now) = (Patience::default(), RecordId::derive("test", "T", "1"), Timestamp(0));
        assert!(!patience.failed(&card, true, now));
        assert_eq!(patience.manner(&card, now), Manner::Direct, "it is there, and says so");
        assert!(!patience.took(&card, Manner::Direct), "worth another look");
        assert_eq!(patience.manner(&card, now), Manner::AsItIs);
        assert!(!patience.failed(&card, true, now));
        assert!(patience.took(&card, Manner::Direct), "once");
        assert_eq!(patience.manner(&card, now), Manner::AsItIs);
    }
}

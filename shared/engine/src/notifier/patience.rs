//! How often a chat failed over one card: what is tried next, and when the card stops standing in the way of others. Must
//! never be asked about what the chat says of itself (quiet, budgets): that is nobody's failure.

use signalbox_domain::Timestamp;
use signalbox_domain::ids::RecordId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So often the card is tried as it is; then once in another manner, and then it is set aside.
const AS_IT_IS: u32 = 3;
/// A chat that fails for less may be away altogether: that moves no card from where everybody sees it.
const AWAY: Duration = Duration::from_secs(120);
/// Cards that are remembered. Without them each is tried as it is again, which costs seconds.
const MOST: usize = 1000;

/// What to try of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// As it is drawn.
    AsItIs,
    /// As text alone.
    Plain,
    /// As text alone; where that fails too and nothing was posted yet, at once to whoever asked.
    Direct,
}

/// Failures in a row, by card. Of this process alone: a new one begins with patience.
#[derive(Debug, Default)]
pub(super) struct Patience(Mutex<HashMap<RecordId, Tried>>);

#[derive(Debug)]
struct Tried {
    since: Timestamp,
    failures: u32,
    /// Whether the chat said that it does not take it: then it is not away.
    refused: bool,
    /// Whether it was taken as text alone already.
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

    /// The chat failed once more; or said that it will never take it so. Whether everything was tried for now.
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

    /// The chat took it in this manner. Whether that is good enough: what was taken as text alone for the first time is
    /// worth another look as it is, once, for the chat itself may have been broken, and buttons are missed.
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
        // Ordered again, by whatever came in between.
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

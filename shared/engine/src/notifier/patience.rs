//! How often a chat failed over one card: what is tried next, and when the card stops standing in the way of others. Must
//! never be asked about what the chat says of itself (quiet, budgets): that is nobody's failure.

use signalbox_domain::ids::RunId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// So often the card is tried as it is.
const AS_IT_IS: u32 = 3;
/// Then as text alone, then to the requester alone; after that it is set aside.
const DIRECT: u32 = AS_IT_IS + 1;
const ALL: u32 = DIRECT + 1;
/// Cards that are remembered. Without them each is tried as it is again, which costs seconds.
const MOST: usize = 1000;

/// What to try of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Manner {
    /// As it is drawn.
    AsItIs,
    /// As text alone.
    Plain,
    /// As text alone, to whoever asked, where nothing was posted yet.
    Direct,
}

/// Failures in a row, by card. Of this process alone: a new one begins with patience.
#[derive(Debug, Default)]
pub(super) struct Patience(Mutex<HashMap<RunId, Tried>>);

#[derive(Debug, Default)]
struct Tried {
    failures: u32,
    /// Whether it was taken as text alone already.
    plain: bool,
}

impl Patience {
    /// How the card is tried now.
    pub(super) fn manner(&self, card: &RunId) -> Manner {
        match self.with(|all| all.get(card).map_or(0, |tried| tried.failures)) {
            n if n < AS_IT_IS => Manner::AsItIs,
            n if n < DIRECT => Manner::Plain,
            _ => Manner::Direct,
        }
    }

    /// The chat failed once more; or said that it will never take it so. Whether everything was tried.
    pub(super) fn failed(&self, card: &RunId, never_so: bool) -> bool {
        self.with(|all| {
            if all.len() >= MOST && !all.contains_key(card) {
                all.clear();
            }
            let failures = &mut all.entry(card.clone()).or_default().failures;
            *failures = (*failures + 1).min(ALL);
            if never_so {
                *failures = (*failures).max(AS_IT_IS);
            }
            *failures >= ALL
        })
    }

    /// The chat took it in this manner. Whether that is good enough: what was taken as text alone for the first time is
    /// worth another look as it is, once, for the chat itself may have been broken, and buttons are missed.
    pub(super) fn took(&self, card: &RunId, manner: Manner) -> bool {
        self.with(|all| match all.get_mut(card) {
            Some(tried) if manner != Manner::AsItIs && !tried.plain => {
                *tried = Tried { failures: AS_IT_IS - 1, plain: true };
                false
            }
            _ => {
                all.remove(card);
                true
            }
        })
    }

    fn with<T>(&self, look: impl FnOnce(&mut HashMap<RunId, Tried>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_it_is_then_plain_then_direct_then_no_more() {
        let patience = Patience::default();
        let card = RunId::derive("test", "T", "1");
        for (manner, all_tried) in [
            (Manner::AsItIs, false),
            (Manner::AsItIs, false),
            (Manner::AsItIs, false),
            (Manner::Plain, false),
            (Manner::Direct, true),
            // Ordered again: once, and set aside again.
            (Manner::Direct, true),
        ] {
            assert_eq!(patience.manner(&card), manner);
            assert_eq!(patience.failed(&card, false), all_tried);
        }
        assert!(patience.took(&card, Manner::AsItIs));
        assert_eq!(patience.manner(&card), Manner::AsItIs);
        patience.failed(&card, true);
        assert_eq!(patience.manner(&card), Manner::Plain, "what it never takes is not tried again");
        assert!(!patience.took(&card, Manner::Plain), "worth another look");
        assert_eq!(patience.manner(&card), Manner::AsItIs);
        patience.failed(&card, false);
        assert_eq!(patience.manner(&card), Manner::Plain);
        assert!(patience.took(&card, Manner::Plain), "once");
    }
}

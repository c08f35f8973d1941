//! Triggers: what a person did, and that the app may open one modal in answer to it.

use super::super::methods::Refusal;
use super::super::{Slack, State};

/// For how long a trigger lets the app open a modal.
const TRIGGER_MS: i64 = 3_000;
/// For how long triggers are remembered, so that a late one can be told from an unknown one.
const REMEMBERED_MS: i64 = 60_000;

/// Something that a person did. The app may open one modal in answer to it.
#[derive(Debug)]
pub(in super::super) struct Trigger {
    user: String,
    /// The modal in which the person did it.
    view: Option<String>,
    at_ms: i64,
    used: bool,
}

impl Slack {
    /// Makes a trigger for what this person has just done.
    pub(in super::super) fn trigger(&self, n: u64, user: &str) -> String {
        self.trigger_in(n, user, None)
    }

    /// Makes a trigger for what this person has just done in a modal.
    pub(super) fn trigger_in(&self, n: u64, user: &str, view: Option<String>) -> String {
        let now = self.now_ms();
        let id = format!("{now}.{n}.{:032x}", u128::from(n) * 0x9e37_79b9_7f4a_7c15);
        let mut state = self.state();
        state.triggers.retain(|_, trigger| now - trigger.at_ms < REMEMBERED_MS);
        let trigger = Trigger { user: user.to_owned(), view, at_ms: now, used: false };
        state.triggers.insert(id.clone(), trigger);
        id
    }
}

/// Uses a trigger up, and gives the person and the modal that it is for.
pub(super) fn exchange(
    state: &mut State,
    given: &str,
    now_ms: i64,
) -> Result<(String, Option<String>), Refusal> {
    let trigger = state.triggers.get_mut(given).ok_or("invalid_trigger_id")?;
    if now_ms - trigger.at_ms > TRIGGER_MS {
        return Err("expired_trigger_id".into());
    }
    if std::mem::replace(&mut trigger.used, true) {
        return Err("exchanged_trigger_id".into());
    }
    Ok((trigger.user.clone(), trigger.view.clone()))
}

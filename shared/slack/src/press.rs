//! The ids and values of buttons and menus in Slack, written and read.

use crate::blocks::Menu;
use signalbox_domain::alert::Form;
use signalbox_domain::ids::AlertId;
use signalbox_domain::observation::Settlement;
use signalbox_domain::pressed::{AlertButton, Pressed};

/// The `action_id` of the button that stops a run; its value is the whole run id.
pub const CANCEL: &str = "cancel";
/// The `action_id` of the button that authorises another attempt; its value is the run id, a space, and the attempt
/// that the card shows.
const RETRY: &str = "retry";
/// The `action_id` of the button that has an unknown run looked for once more; its value is the whole run id.
const LOOK_AGAIN: &str = "look_again";

/// The `action_id` of the button that opens the form of a request; its value is the line that asks for it.
const ASK: &str = "ask";
/// The `action_id` of the button that shows the line that asks for a request; its value is that line.
const COPY: &str = "copy";

/// The `action_id`s of the buttons that settle what became of an unknown run; their values have the form of
/// [`RETRY`]'s.
fn settle(how: Settlement) -> &'static str {
    match how {
        Settlement::Succeeded => "settle_succeeded",
        Settlement::Failed => "settle_failed",
        Settlement::DidNotRun => "settle_did_not_run",
    }
}

/// The `action_id`s of the buttons on an alert's card; their value is the whole alert id.
fn attend(button: AlertButton) -> &'static str {
    match button {
        AlertButton::Acknowledge => "alert_acknowledge",
        AlertButton::Snooze => "alert_snooze",
        AlertButton::Resolve => "alert_resolve",
        AlertButton::AssignMe => "alert_assign",
        AlertButton::Reopen => "alert_reopen",
    }
}

/// The `action_id`, if it belongs to a button of ours.
pub(crate) fn known(action_id: &str) -> Option<&'static str> {
    let mut all = [CANCEL, RETRY, LOOK_AGAIN, ASK, COPY]
        .into_iter()
        .chain(Settlement::ALL.map(settle))
        .chain(AlertButton::ALL.map(attend));
    all.find(|known| *known == action_id)
}

/// The `action_id` and the value of a button.
pub(crate) fn write(pressed: &Pressed) -> (&'static str, String) {
    match pressed {
        Pressed::Cancel(run) => (CANCEL, run.to_string()),
        Pressed::Retry(run, attempt) => (RETRY, format!("{run} {attempt}")),
        Pressed::LookAgain(run) => (LOOK_AGAIN, run.to_string()),
        Pressed::Settle(run, attempt, how) => (settle(*how), format!("{run} {attempt}")),
        Pressed::Attend(alert, button) => (attend(*button), alert.to_string()),
        Pressed::Ask(line) => (ASK, line.clone()),
        Pressed::Copy(line) => (COPY, line.clone()),
    }
}

/// What was pressed; `None` if it is not a button of ours.
pub(crate) fn read(action_id: &str, value: &str) -> Option<Pressed> {
    match action_id {
        CANCEL => return Some(Pressed::Cancel(value.parse().ok()?)),
        LOOK_AGAIN => return Some(Pressed::LookAgain(value.parse().ok()?)),
        ASK => return Some(Pressed::Ask(value.to_owned())),
        COPY => return Some(Pressed::Copy(value.to_owned())),
        _ => {}
    }
    let attempt = || {
        let (run, attempt) = value.split_once(' ')?;
        Some((run.parse().ok()?, attempt.parse().ok()?))
    };
    if action_id == RETRY {
        return attempt().map(|(run, attempt)| Pressed::Retry(run, attempt));
    }
    if let Some(how) = Settlement::ALL.into_iter().find(|how| settle(*how) == action_id) {
        return attempt().map(|(run, attempt)| Pressed::Settle(run, attempt, how));
    }
    let button = AlertButton::ALL.into_iter().find(|button| attend(*button) == action_id)?;
    Some(Pressed::Attend(value.parse().ok()?, button))
}

/// The `action_id` of the menu on an alert's card.
pub(crate) const MENU: &str = "alert_more";
/// The `action_id` of the button to mute, from before this was a form: old cards still have it.
pub(crate) const MUTE: &str = "alert_mute";

/// The menu that opens the forms.
pub(crate) fn menu(menu: &signalbox_voice::Menu) -> Menu {
    let option = |(label, form): &(&'static str, Form)| (*label, format!("{} {}", form.word(), menu.alert));
    Menu { action_id: MENU, options: menu.forms.iter().map(option).collect() }
}

/// What was chosen in the menu.
pub(crate) fn wanted(value: &str) -> Option<(Form, AlertId)> {
    let (word, alert) = value.split_once(' ')?;
    Some((Form::of(word)?, alert.parse().ok()?))
}

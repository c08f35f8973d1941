//! Forms about alerts: the menu that leads to them, the modal, and what is said where one is not taken:
//! <https://docs.slack.dev/surfaces/modals>.

use crate::blocks::{LABEL, MODAL, Menu, OPTION, plain};
use serde_json::{Value, json};
use signalbox_domain::alert::{Form, LONGEST_NOTE};
use signalbox_domain::ids::AlertId;
use signalbox_domain::people::Place;
use signalbox_domain::policy::ReasonCode;
use signalbox_engine::Answer;

/// What Slack calls the menu of an alert's card.
pub(crate) const MENU: &str = "alert_more";
/// What a button to mute was called, before it was a form: cards of that time have it still.
pub(crate) const MUTE: &str = "alert_mute";
/// The fields, by their blocks and actions alike.
pub(crate) const UNTIL: &str = "until";
pub(crate) const SAID: &str = "said";
pub(crate) const PERSON: &str = "person";
/// The end that is none: Slack takes no empty value.
pub(crate) const NO_END: &str = "none";

type Ends = &'static [(&'static str, &'static str)];

/// What is asked in each form.
struct Asked {
    /// What the modal and its button say.
    title: &'static str,
    /// Labels and values, and which is chosen at first.
    ends: Option<(Ends, usize)>,
    /// The label, and whether it may be left empty.
    note: Option<(&'static str, bool)>,
    person: bool,
}

fn asked(form: Form) -> Asked {
    match form {
        Form::Acknowledge => Asked {
            title: "Acknowledge",
            ends: Some((
                &[
                    ("Until it is resolved, or spikes", NO_END),
                    ("For an hour", "1h"),
                    ("For 4 hours", "4h"),
                    ("For a day", "1d"),
                    ("For a week", "7d"),
                ],
                0,
            )),
            note: Some(("Note", true)),
            person: false,
        },
        Form::Snooze => Asked {
            title: "Snooze",
            ends: Some((
                &[
                    ("For an hour", "1h"),
                    ("For 4 hours", "4h"),
                    ("For a day", "1d"),
                    ("For a week", "7d"),
                    ("Until the next deploy", "next"),
                    ("For 100 more lines", "100 lines"),
                    ("For 1,000 more lines", "1000 lines"),
                    ("For 10,000 more lines", "10000 lines"),
                ],
                0,
            )),
            note: None,
            person: false,
        },
        Form::Resolve => {
            Asked { title: "Resolve", ends: None, note: Some(("What fixed it", true)), person: false }
        }
        Form::Mute => Asked {
            title: "Mute",
            ends: Some((
                &[("For a day", "1d"), ("For a week", "7d"), ("For 30 days", "30d"), ("For 90 days", "90d")],
                1,
            )),
            note: Some(("Why nobody shall be told until then", false)),
            person: false,
        },
        Form::Assign => Asked { title: "Assign", ends: None, note: None, person: true },
    }
}

/// The menu that leads to the forms.
pub(crate) fn menu(alert: &AlertId) -> Menu {
    let label = |form| match form {
        Form::Acknowledge => "Acknowledge with a note…",
        Form::Snooze => "Snooze…",
        Form::Resolve => "Resolve with a note…",
        Form::Mute => "Mute…",
        Form::Assign => "Assign…",
    };
    let option = |form: Form| (label(form), format!("{} {alert}", form.word()));
    Menu { action_id: MENU, options: Form::ALL.into_iter().map(option).collect() }
}

/// What was chosen in the menu.
pub(crate) fn wanted(value: &str) -> Option<(Form, AlertId)> {
    let (word, alert) = value.split_once(' ')?;
    Some((Form::of(word)?, alert.parse().ok()?))
}

/// The modal. It carries what it is about, and the place in which it was asked for: that decides who may.
pub(crate) fn view(form: Form, alert: &AlertId, place: &Place) -> Value {
    let asked = asked(form);
    let option = |(label, value): &(&str, &str)| json!({"text": plain(label, OPTION), "value": value});
    let input = |id: &str, label: &str, optional: bool, mut element: Value| {
        element["action_id"] = json!(id);
        json!({"type": "input", "block_id": id, "label": plain(label, LABEL), "optional": optional, "element": element})
    };
    let mut blocks = vec![];
    if let Some((ends, first)) = asked.ends {
        let options: Vec<Value> = ends.iter().map(option).collect();
        let element =
            json!({"type": "static_select", "initial_option": options.get(first), "options": options});
        blocks.push(input(UNTIL, "How long", false, element));
    }
    if let Some((label, optional)) = asked.note {
        let element = json!({"type": "plain_text_input", "multiline": true, "max_length": LONGEST_NOTE});
        blocks.push(input(SAID, label, optional, element));
    }
    if asked.person {
        blocks.push(input(PERSON, "Assignee", false, json!({"type": "users_select"})));
    }
    json!({
        "type": "modal", "callback_id": form.word(), "private_metadata": format!("{alert} {} {}", place.channel, place.workspace),
        "title": plain(asked.title, MODAL), "submit": plain(asked.title, MODAL), "close": plain("Leave it", MODAL),
        "blocks": blocks,
    })
}

/// What a modal is about.
pub(crate) struct About<'a> {
    pub(crate) alert: AlertId,
    pub(crate) channel: &'a str,
    /// Of which workspace the channel is; forms of before did not say.
    pub(crate) workspace: Option<&'a str>,
}

/// What we wrote into a modal when it was asked for.
pub(crate) fn about(private_metadata: &str) -> Option<About<'_>> {
    let (alert, place) = private_metadata.split_once(' ')?;
    let (channel, workspace) = match place.split_once(' ') {
        Some((channel, workspace)) => (channel, Some(workspace)),
        None => (place, None),
    };
    Some(About { alert: alert.parse().ok()?, channel, workspace })
}

/// What Slack takes in answer to a form: nothing closes it, anything else is shown beside its first field, and what
/// was filled in stays: <https://docs.slack.dev/surfaces/modals#displaying_errors>.
#[must_use]
pub fn form_answer(answer: &Answer, form: Form) -> Option<Value> {
    let why = match answer {
        Answer::Attending(_) | Answer::AssignedInVain(..) => return None,
        Answer::AttendRefused(_, _, ReasonCode::NotInThisChannel) => {
            "You are allowed to do this, but in another channel.".to_owned()
        }
        Answer::AttendRefused(_, watch, reason) => format!(
            "You are not allowed to do this. Ask to be added to the allow list of the watch {watch} in the catalogue. Reason: {}",
            reason.as_str()
        ),
        Answer::NotFollowed(advice) => advice.replace('`', ""),
        Answer::NoSuchRun(alert) => format!("There is no alert {alert}."),
        Answer::NotConfirmed { .. } => {
            "Not confirmed: the alert's card shows it within a minute, or nothing was changed.".to_owned()
        }
        Answer::Accepted { .. }
        | Answer::Refused { .. }
        | Answer::Misunderstood(..)
        | Answer::Help(..)
        | Answer::HelpOn(..)
        | Answer::Status(..)
        | Answer::AlertStatus(..)
        | Answer::History(..)
        | Answer::Alerts(_)
        | Answer::NoWatch { .. }
        | Answer::Cancelling(_)
        | Answer::CancelRefused(..)
        | Answer::AlreadyOver(_)
        | Answer::Retrying(_)
        | Answer::RetryRefused(..)
        | Answer::NothingToRetry(_)
        | Answer::Settling(..)
        | Answer::SettleRefused(..)
        | Answer::NothingToSettle(_)
        | Answer::LookingAgain(_)
        | Answer::WhichRun(_)
        | Answer::NothingStarted
        | Answer::CannotLook
        | Answer::NoForm => {
            "Nothing was changed: the queue or the store cannot be reached. Send it again in a minute."
                .to_owned()
        }
    };
    let asked = asked(form);
    let field = match (asked.ends, asked.note) {
        (Some(_), _) => UNTIL,
        (None, Some(_)) => SAID,
        (None, None) => PERSON,
    };
    Some(json!({"response_action": "errors", "errors": {field: why}}))
}

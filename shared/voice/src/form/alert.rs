//! Forms about alerts.

use super::{Choice, Field, FieldKind, FormPage, FormPart, Words, words_of};
use crate::advice::ALERT_ELSEWHERE;
use signalbox_domain::alert::{Form, LONGEST_NOTE};
use signalbox_domain::answer::Answer;
use signalbox_domain::policy::ReasonCode;

/// The name of the field for when it ends.
pub const UNTIL: &str = "until";
/// The name of the field for a note or a reason.
pub const SAID: &str = "said";
/// The name of the field for somebody.
pub const PERSON: &str = "person";

/// The choice of no end.
pub const NO_END: &str = "none";

type Asked = Field<'static>;

fn field(name: &'static str, label: &'static str, optional: bool, kind: FieldKind<'static>) -> Asked {
    Field { name: name.into(), label: label.into(), hint: "".into(), optional, live: false, kind }
}

fn until(choices: &[(&'static str, &'static str)], first: usize) -> Asked {
    let all: Vec<Choice<'_>> = choices.iter().map(|(label, value)| Choice::new(*label, *value)).collect();
    let chosen = all.get(first).map(|choice| choice.value.to_string());
    field(UNTIL, "How long", false, FieldKind::Choice(all, chosen))
}

fn words(label: &'static str, optional: bool) -> Asked {
    let words = Words { lines: true, longest: LONGEST_NOTE, ..Words::default() };
    field(SAID, label, optional, FieldKind::Words(words))
}

/// The questions of a form.
#[must_use]
pub fn form(form: Form) -> FormPage<'static> {
    let (title, fields) = match form {
        Form::Acknowledge => (
            "Acknowledge",
            vec![
                until(
                    &[
                        ("Until it is resolved, or spikes", NO_END),
                        ("For an hour", "1h"),
                        ("For 4 hours", "4h"),
                        ("For a day", "1d"),
                        ("For a week", "7d"),
                    ],
                    0,
                ),
                words("Note", true),
            ],
        ),
        Form::Snooze => (
            "Snooze",
            vec![until(
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
            )],
        ),
        Form::Resolve => ("Resolve", vec![words("What fixed it", true)]),
        Form::Mute => (
            "Mute",
            vec![
                until(
                    &[
                        ("For a day", "1d"),
                        ("For a week", "7d"),
                        ("For 30 days", "30d"),
                        ("For 90 days", "90d"),
                    ],
                    1,
                ),
                words("Why nobody shall be told until then", false),
            ],
        ),
        Form::Assign => ("Assign", vec![field(PERSON, "Assignee", false, FieldKind::Person(None))]),
    };
    FormPage {
        title: title.to_owned(),
        submit: Some(title.to_owned()),
        leave: "Leave it",
        parts: fields.into_iter().map(FormPart::Field).collect(),
    }
}

/// The menu's words for a form.
pub(crate) fn label(form: Form) -> &'static str {
    match form {
        Form::Acknowledge => "Acknowledge with a note…",
        Form::Snooze => "Snooze…",
        Form::Resolve => "Resolve with a note…",
        Form::Mute => "Mute…",
        Form::Assign => "Assign…",
    }
}

/// Why a form that was sent is not accepted, in plain words that are shown beside its first field; `None` if it is
/// accepted.
#[must_use]
pub fn not_taken(answer: &Answer) -> Option<String> {
    Some(match answer {
        Answer::Attending(_) | Answer::AssignedInVain(..) => return None,
        Answer::AttendRefused(_, _, ReasonCode::NotInThisChannel) => ALERT_ELSEWHERE.to_owned(),
        Answer::AttendRefused(_, watch, reason) => format!(
            "You are not allowed to do this. Ask to be added to the allow list of the watch {watch} in the catalogue. Reason: {}",
            reason.as_str()
        ),
        Answer::NotFollowed(why) => words_of(&crate::answer::not_followed(*why)),
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
        | Answer::NoForm
        | Answer::Form(_)
        | Answer::Pick(_)
        | Answer::Place(_)
        | Answer::Line(_) => {
            "Nothing was changed: the queue or the store cannot be reached. Send it again in a minute."
                .to_owned()
        }
    })
}

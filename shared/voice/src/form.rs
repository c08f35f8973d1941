//! Forms as data: fields, their kinds and choices, and errors by field. Each surface shows them in its own way.

use crate::advice::ALERT_ELSEWHERE;
use signalbox_domain::alert::{Form, LONGEST_NOTE};
use signalbox_domain::answer::Answer;
use signalbox_domain::policy::ReasonCode;

/// A form to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPage {
    /// Its title, and the label of its button.
    pub title: &'static str,
    /// The label of the button that leaves it without doing anything.
    pub leave: &'static str,
    /// The questions, in order.
    pub fields: Vec<Field>,
}

/// One thing that a form asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name of the answer.
    pub name: FieldName,
    /// The question.
    pub label: &'static str,
    /// Whether it may be left empty.
    pub optional: bool,
    /// How it is answered.
    pub kind: FieldKind,
}

/// The fields that forms have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldName {
    /// When it ends.
    Until,
    /// A note or a reason.
    Said,
    /// Somebody.
    Person,
}

/// How a field is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// One of these, by label and value; and which one is chosen at first.
    Choice(&'static [(&'static str, &'static str)], usize),
    /// Lines of text of at most this many characters.
    Words(usize),
    /// A person of the workspace.
    Person,
}

/// The choice of no end.
pub const NO_END: &str = "none";

fn until(choices: &'static [(&'static str, &'static str)], first: usize) -> Field {
    let kind = FieldKind::Choice(choices, first);
    Field { name: FieldName::Until, label: "How long", optional: false, kind }
}

fn words(label: &'static str, optional: bool) -> Field {
    Field { name: FieldName::Said, label, optional, kind: FieldKind::Words(LONGEST_NOTE) }
}

/// The questions of a form.
#[must_use]
pub fn form(form: Form) -> FormPage {
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
        Form::Assign => (
            "Assign",
            vec![Field {
                name: FieldName::Person,
                label: "Assignee",
                optional: false,
                kind: FieldKind::Person,
            }],
        ),
    };
    FormPage { title, leave: "Leave it", fields }
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
        Answer::NotFollowed(why) => crate::plain::text(&crate::answer::not_followed(*why)),
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
    })
}

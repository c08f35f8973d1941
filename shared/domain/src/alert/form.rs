//! What people do about an alert by filling in a form: the same as by typing in its thread, field by field.

use super::event::Act;
use super::phrase::{self, NotUnderstood};
use crate::people::Actor;
use crate::time::Timestamp;

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Acknowledge, with a note and an end.
    Acknowledge,
    /// Snooze until a time, for so many lines, or until the next deploy.
    Snooze,
    /// Resolve, with a note.
    Resolve,
    /// Mute until a time, with a reason.
    Mute,
    /// Give it to somebody.
    Assign,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Acknowledge, Self::Snooze, Self::Resolve, Self::Mute, Self::Assign];

    /// In one word, as [`Act::word`].
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Snooze => "snooze",
            Self::Resolve => "resolve",
            Self::Mute => "mute",
            Self::Assign => "assign",
        }
    }

    /// The form of this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.word() == word)
    }

    /// What the filled form asks for. `until` is written as people type it in the thread (`2h`, `500 lines`, `next`;
    /// empty if the form has no end). `said` is the note, or the mention of the person it is given to.
    ///
    /// # Errors
    /// Where the fields cannot be followed.
    pub fn fill(self, until: &str, said: &str, by: &Actor, now: Timestamp) -> Result<Act, NotUnderstood> {
        let until = until.trim();
        match self {
            Self::Acknowledge if until.is_empty() => {
                Ok(Act::Acknowledge { note: phrase::note(said), until: None })
            }
            Self::Acknowledge => phrase::acknowledge_until(until, said, now),
            Self::Snooze => phrase::snooze(until, now),
            Self::Resolve => Ok(Act::Resolve { note: phrase::note(said) }),
            Self::Mute => phrase::mute_until(until, said, now),
            Self::Assign => phrase::assign(said.trim(), by),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Until, heard};
    use crate::ids::{UserId, WorkspaceId};
    use crate::people::Chat;
    use std::time::Duration;

    const NOW: Timestamp = Timestamp(1_795_219_200_000);

    fn ada() -> Actor {
        Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA"))
    }

    /// Typing a command and filling in the form mean the same.
    #[test]
    fn a_form_is_what_people_type() {
        for (form, until, said, typed) in [
            (Form::Acknowledge, "", "", "ack"),
            (Form::Acknowledge, "", " rolling back ", "ack rolling back"),
            (Form::Acknowledge, "2h", "rolling back", "ack rolling back until 2h"),
            (Form::Acknowledge, "2h", "", "ack for 2h"),
            (Form::Snooze, "4h", "", "snooze 4h"),
            (Form::Snooze, "100 lines", "", "snooze 100 lines"),
            (Form::Snooze, "next", "", "snooze next"),
            (Form::Resolve, "", "rolled back", "resolve: rolled back"),
            (Form::Mute, "7d", "known bug", "mute 7d known bug"),
            (Form::Assign, "", "<@UGRACE>", "assign <@UGRACE>"),
        ] {
            let expect = heard(typed, &ada(), NOW);
            assert_eq!(Some(form.fill(until, said, &ada(), NOW)), expect, "{typed}");
            assert_eq!(Form::of(form.word()), Some(form));
            assert!(matches!(expect, Some(Ok(act)) if act.word() == form.word()), "{typed}");
        }
        // In the form a note is only a note, even if it ends like a time.
        let noted = Form::Acknowledge.fill("", "wait for 2h", &ada(), NOW);
        assert_eq!(noted, Ok(Act::Acknowledge { note: "wait for 2h".into(), until: None }));
        let lines = Form::Snooze.fill("1000 lines", "", &ada(), NOW);
        assert_eq!(lines, Ok(Act::Snooze(Until::Lines(1000))));
        let day = Form::Snooze.fill("1d", "", &ada(), NOW);
        assert_eq!(day, Ok(Act::Snooze(Until::Time(NOW.plus(Duration::from_secs(86_400))))));
    }

    /// An end that cannot be read is refused in the same words in both.
    #[test]
    fn an_end_that_cannot_be_read_is_refused_alike() {
        for (form, until, said, typed) in [
            (Form::Acknowledge, "tomorrow", "on it", "ack on it until tomorrow"),
            (Form::Acknowledge, "18:00", "", "ack until 18:00"),
            (Form::Acknowledge, "91d", "", "ack for 91d"),
            (Form::Snooze, "next week", "", "snooze next week"),
            (Form::Snooze, "soon", "", "snooze soon"),
            (Form::Mute, "monday", "known bug", "mute monday known bug"),
            (Form::Mute, "", "", "mute"),
        ] {
            let filled = form.fill(until, said, &ada(), NOW);
            assert!(filled.is_err(), "{filled:?}");
            assert_eq!(Some(filled), heard(typed, &ada(), NOW), "{typed}");
        }
        // The end has its own field, so a reason that begins like an end is not one.
        assert!(Form::Mute.fill("", "2h of noise", &ada(), NOW).is_err());
        assert!(Form::Mute.fill("7d or so", "noise", &ada(), NOW).is_err());
        assert_eq!(
            Form::Mute.fill("until 7d", "noise", &ada(), NOW),
            Form::Mute.fill("7d", "noise", &ada(), NOW)
        );
        assert_eq!(
            Form::Acknowledge.fill("until 2h", "x", &ada(), NOW),
            Form::Acknowledge.fill("2h", "x", &ada(), NOW)
        );
    }

    #[test]
    fn what_cannot_be_followed_says_so() {
        for (form, until, said) in [
            (Form::Acknowledge, "soon", ""),
            (Form::Acknowledge, "91d", ""),
            (Form::Snooze, "", ""),
            (Form::Mute, "", "because"),
            (Form::Assign, "", "UGRACE"),
            (Form::Assign, "", "<!channel>"),
        ] {
            assert!(form.fill(until, said, &ada(), NOW).is_err(), "{form:?} {until} {said}");
        }
        assert_eq!(Form::of("reopen"), None);
    }
}

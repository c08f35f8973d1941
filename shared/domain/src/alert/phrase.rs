//! What people type in an alert's thread: `ack looking at it`, `snooze 2h`, `resolve`, `mute 7d known bug`,
//! `assign me`.
//!
//! A thread is a conversation: text that does not begin with one of these words is not for us. `resolve` counts only
//! if nothing follows it but a note after a colon, because people also write what they intend to resolve.

use super::event::{Act, Until};
use crate::people::{Actor, mentioned};
use crate::time::{self, Timestamp};
use crate::visible::is_hidden;
use std::time::Duration;

/// Longest note that is kept, in characters; more is cut.
pub const LONGEST_NOTE: usize = 200;
/// Nothing can be put off for longer.
const LONGEST: Duration = Duration::from_secs(90 * 86_400);

/// The text begins like a command but cannot be understood. The variant says in which part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotUnderstood {
    /// Until when it is acknowledged.
    Acknowledge,
    /// How long it is put off.
    Snooze,
    /// Until when nobody is told, and why.
    Mute,
    /// To whom it is given.
    Assign,
}

/// What the text asks for; `None` if it is conversation.
///
/// # Errors
/// If it begins like a command but cannot be understood.
pub fn heard(text: &str, by: &Actor, now: Timestamp) -> Option<Result<Act, NotUnderstood>> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_hidden(c));
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let (word, rest) = (word.to_lowercase(), rest.trim());
    let after_colon = || rest.is_empty() || word.ends_with(':');
    // People write `ack.`, `ack!`, `ack, looking`. A question is not for us.
    Some(match word.trim_end_matches([':', '.', '!', ',', ';', '…', '–', '—', '-']) {
        "ack" | "acknowledge" => acknowledge(rest, now),
        "snooze" => snooze(rest, now),
        "mute" => mute(rest, now),
        "assign" => assign(rest, by),
        "resolve" | "resolved" if after_colon() => Ok(Act::Resolve { note: note(rest) }),
        "reopen" | "unack" if after_colon() => Ok(Act::Reopen),
        _ => return None,
    })
}

fn acknowledge(rest: &str, now: Timestamp) -> Result<Act, NotUnderstood> {
    // The end of the time stands last; the words before it are the note.
    match said_end(rest) {
        Some((said, until)) => acknowledge_until(until, said, now),
        None => Ok(Act::Acknowledge { note: note(rest), until: None }),
    }
}

/// The note and the end, if the words name an end. `until` always begins one; `for` does so only before a number,
/// because it is also a common word (`waiting for ada`).
fn said_end(rest: &str) -> Option<(&str, &str)> {
    let is_word = |at: usize, word: &str| {
        let before = rest[..at].chars().next_back().is_none_or(char::is_whitespace);
        let behind = rest[at + word.len()..].chars().next().is_none_or(char::is_whitespace);
        before && behind
    };
    let last = |word: &str| {
        // Only ASCII letters change, so positions stay the same.
        let lower = rest.to_ascii_lowercase();
        let at = lower.rmatch_indices(word).map(|(at, _)| at).find(|at| is_word(*at, word))?;
        Some((rest[..at].trim_end(), rest[at + word.len()..].trim()))
    };
    let number = |(_, end): &(&str, &str)| {
        end.starts_with(|c: char| c.is_ascii_digit()) && !end.contains(char::is_whitespace)
    };
    last("until").or_else(|| last("for").filter(number))
}

/// Acknowledges until an end, or without one if none is named.
pub(super) fn acknowledge_until(until: &str, said: &str, now: Timestamp) -> Result<Act, NotUnderstood> {
    let length = length(bare_end(until).trim_end_matches(['.', '!'])).ok_or(NotUnderstood::Acknowledge)?;
    Ok(Act::Acknowledge { note: note(said), until: Some(now.plus(length)) })
}

pub(super) fn snooze(rest: &str, now: Timestamp) -> Result<Act, NotUnderstood> {
    let rest = bare_end(rest);
    let words: Vec<String> = rest.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match &words[..] {
        // `next week` does not mean the next deploy.
        ["deploy" | "next"] | ["next", "deploy" | "version" | "release"] => {
            return Ok(Act::Snooze(Until::Deploy));
        }
        [count] | [count, "line" | "lines"] => {
            if let Some(lines) = count.parse::<u64>().ok().filter(|n| *n > 0) {
                return Ok(Act::Snooze(Until::Lines(lines)));
            }
        }
        _ => {}
    }
    length(rest).map(|length| Act::Snooze(Until::Time(now.plus(length)))).ok_or(NotUnderstood::Snooze)
}

fn mute(rest: &str, now: Timestamp) -> Result<Act, NotUnderstood> {
    let rest = bare_end(rest);
    let (first, reason) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    mute_until(first, reason, now)
}

/// Mutes until an end, with a reason.
pub(super) fn mute_until(until: &str, reason: &str, now: Timestamp) -> Result<Act, NotUnderstood> {
    let length = length(bare_end(until)).ok_or(NotUnderstood::Mute)?;
    Ok(Act::Mute { until: now.plus(length), reason: note(reason) })
}

/// `until 2h` and `for 2h` mean `2h`.
fn bare_end(text: &str) -> &str {
    let text = text.trim();
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let says = first.eq_ignore_ascii_case("until") || first.eq_ignore_ascii_case("for");
    if says { rest.trim() } else { text }
}

pub(super) fn assign(rest: &str, by: &Actor) -> Result<Act, NotUnderstood> {
    if rest.eq_ignore_ascii_case("me") {
        return Ok(Act::Assign { to: by.clone() });
    }
    // The mentioned person is in the chat of the person who types.
    match mentioned(rest).zip(by.as_person()) {
        Some((id, by)) => Ok(Act::Assign { to: Actor::person(by.chat.clone(), by.workspace.clone(), id) }),
        None => Err(NotUnderstood::Assign),
    }
}

pub(super) fn note(text: &str) -> String {
    let text = crate::redact::redact(text.trim().trim_start_matches(':').trim());
    crate::observation::cut_middle(&text, LONGEST_NOTE)
}

/// `30m`, `2h`, `7d`, `1w`; nothing longer than things may be put off.
fn length(text: &str) -> Option<Duration> {
    time::length(text).filter(|length| *length <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{UserId, WorkspaceId};
    use crate::people::Chat;

    const NOW: Timestamp = Timestamp(1_795_219_200_000);
    const HOUR: Duration = Duration::from_secs(3600);

    fn ada() -> Actor {
        Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA"))
    }

    #[track_caller]
    fn check(text: &str, expect: Act) {
        assert_eq!(heard(text, &ada(), NOW), Some(Ok(expect)), "{text}");
    }

    fn acknowledged(note: &str, until: Option<Timestamp>) -> Act {
        Act::Acknowledge { note: note.into(), until }
    }

    #[test]
    fn what_people_type() {
        check("ack", acknowledged("", None));
        check("Ack looking at it", acknowledged("looking at it", None));
        check("ack: looking at it until 2h", acknowledged("looking at it", Some(NOW.plus(2 * HOUR))));
        for bare in ["ack.", "ACK!", "Ack!!", "ack:", "ack,", "Ack…", "\u{feff}ack", "ack\u{200b}"] {
            check(bare, acknowledged("", None));
        }
        check("ack, looking", acknowledged("looking", None));
        check("ack - on it", acknowledged("- on it", None));
        check("resolved!", Act::Resolve { note: String::new() });
        check("acknowledge for 1d", acknowledged("", Some(NOW.plus(24 * HOUR))));
        check("ack waiting for ada", acknowledged("waiting for ada", None));
        check("ack waiting for 3 nodes", acknowledged("waiting for 3 nodes", None));
        check("ack untilted", acknowledged("untilted", None));
        check("ack rolling back Until 2h.", acknowledged("rolling back", Some(NOW.plus(2 * HOUR))));
        check("snooze for 2h", Act::Snooze(Until::Time(NOW.plus(2 * HOUR))));
        check("snooze until 2h", Act::Snooze(Until::Time(NOW.plus(2 * HOUR))));
        check("snooze 1 line", Act::Snooze(Until::Lines(1)));
        check("snooze until next deploy", Act::Snooze(Until::Deploy));
        check("snooze 2h", Act::Snooze(Until::Time(NOW.plus(2 * HOUR))));
        check("snooze 500 lines", Act::Snooze(Until::Lines(500)));
        check("snooze 500", Act::Snooze(Until::Lines(500)));
        check("snooze next version", Act::Snooze(Until::Deploy));
        check("resolve", Act::Resolve { note: String::new() });
        check("resolved: rolled back", Act::Resolve { note: "rolled back".into() });
        let muted = |reason: &str| Act::Mute { until: NOW.plus(7 * 24 * HOUR), reason: reason.into() };
        check("mute 7d known bug", muted("known bug"));
        check("mute 1w", muted(""));
        check("mute for 7d known bug", muted("known bug"));
        check("assign me", Act::Assign { to: ada() });
        let grace = Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UGRACE"));
        check("assign <@UGRACE|grace>", Act::Assign { to: grace });
        check("reopen", Act::Reopen);
    }

    #[test]
    fn conversation_is_none_of_ours() {
        for text in [
            "",
            "ack?",
            "I ack that",
            "resolve the DNS thing first",
            "reopen the ticket please",
            "what is this?",
        ] {
            assert_eq!(heard(text, &ada(), NOW), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_followed_says_what_to_type() {
        for text in [
            "snooze",
            "snooze soon",
            "snooze 0h",
            "snooze 91d",
            "snooze -3",
            "mute",
            "mute it",
            "assign",
            "assign ada",
            "snooze 9€",
            "snooze next week",
            "snooze until monday",
            "snooze 2h30",
            "mute until tomorrow",
            "mute 18:00 known bug",
            "ack until tomorrow",
            "ack until",
            "ack rolling back until 18:00",
            "ack watching it UNTIL 2 hours have gone",
            "ack until 91d",
            "ack for 2hours",
            "ack: on it for 99d",
        ] {
            assert!(matches!(heard(text, &ada(), NOW), Some(Err(_))), "{text}");
        }
    }

    #[test]
    fn notes_hold_no_secret_and_have_an_end() {
        let Some(Ok(Act::Acknowledge { note, .. })) =
            heard(&format!("ack token=xoxb-123456789012-abcdefghijkl {}", "x".repeat(900)), &ada(), NOW)
        else {
            panic!("an acknowledgement")
        };
        assert!(!note.contains("xoxb-123456789012"), "{note}");
        assert!(note.chars().count() <= LONGEST_NOTE);
    }
}

//! `allow`: who may ask for an operation or act on what a watch finds, and where.
//!
//! A list that is left out or empty never allows anything: an empty list would match everyone, so it is an error.

use crate::report::{Report, quoted};
use crate::walk::{Field, Keyed, Text};
use signalbox_domain::Grant;
use signalbox_domain::{ChannelId, Chat, Place, UserId, WorkspaceId};

/// The keys of a grant.
pub(crate) const KEYS: &[&str] = &["users", "channels"];

/// Reads the grants of an operation or a watch. If there are no grants, nobody could `act` on it (such as `ask for it`), and that is an error.
pub(crate) fn read(report: &mut Report, of: &Keyed<'_>, act: &str) -> Option<Vec<Grant>> {
    let hint = "access is denied by default; write for example `allow: [{ users: [T024BE7LD/U0G9QF9C6], \
                channels: [T024BE7LD/C061EG9SL] }]`";
    let Some(field) = of.get("allow") else {
        report.error(of.at(), format!("{} has no `allow`, so nobody may {act}", of.label()), hint);
        return None;
    };
    let items = field.list(report, "a grant")?;
    if items.is_empty() {
        let message = format!("{} has an empty `allow`, so nobody may {act}", of.label());
        report.error(field.value_at(), message, hint);
        return None;
    }
    let grants: Vec<Option<Grant>> = items.iter().map(|item| grant(report, item)).collect();
    grants.into_iter().collect()
}

fn grant(report: &mut Report, item: &Field<'_>) -> Option<Grant> {
    let keyed = item.keyed(report, KEYS)?;
    if keyed.get("users").is_none() && keyed.get("channels").is_none() {
        report.error(
            keyed.at(),
            "this grant names neither `users` nor `channels`",
            "it would allow everyone everywhere; name at least one of the two",
        );
        return None;
    }
    let users = ids(report, keyed.get("users"), "an item of `users`", &USER);
    let channels = ids(report, keyed.get("channels"), "an item of `channels`", &CHANNEL);
    Some(Grant {
        users: users?.into_iter().map(|(w, id)| (w, UserId::new(id))).collect(),
        channels: channels?.into_iter().map(|(w, id)| (w, ChannelId::new(id))).collect(),
    })
}

/// What an id looks like, and what to say if it looks otherwise.
struct Shape {
    noun: &'static str,
    letters: &'static [char],
    hint: &'static str,
}

const USER: Shape = Shape {
    noun: "user",
    letters: &['U', 'W'],
    hint: "write workspace and user as Slack numbers them, such as T024BE7LD/U0G9QF9C6; \
           in Slack: the person's profile, ⋮, Copy member ID",
};

const CHANNEL: Shape = Shape {
    noun: "channel",
    letters: &['C', 'G', 'D'],
    hint: "write workspace and channel as Slack numbers them, such as T024BE7LD/C061EG9SL; \
           in Slack: the channel's details, at the very end",
};

const WHOM: Shape = Shape {
    noun: "channel, person or user group",
    letters: &['C', 'G', 'U', 'W', 'S'],
    hint: "write workspace and id as Slack numbers them: T024BE7LD/C061EG9SL is a channel, T024BE7LD/U0G9QF9C6 a person, \
           T024BE7LD/S0614TZR7 a user group",
};

/// Reads one person.
pub(crate) fn person(report: &mut Report, field: &Field<'_>) -> Option<(WorkspaceId, String)> {
    let text = field.text(report)?;
    person_of(report, text)
}

/// Reads one person out of a text.
pub(crate) fn person_of(report: &mut Report, text: Text<'_>) -> Option<(WorkspaceId, String)> {
    id(report, text, &USER)
}

/// Reads a channel, a person or a user group: its workspace, and an id whose first letter says which of the three it
/// is.
pub(crate) fn whom(report: &mut Report, text: Text<'_>) -> Option<(WorkspaceId, String)> {
    id(report, text, &WHOM)
}

fn ids(
    report: &mut Report,
    field: Option<&Field<'_>>,
    item: &str,
    shape: &Shape,
) -> Option<Vec<(WorkspaceId, String)>> {
    let Some(field) = field else { return Some(Vec::new()) };
    let items = field.list(report, item)?;
    if items.is_empty() {
        report.error(
            field.value_at(),
            format!("{} is empty", field.label),
            format!("name at least one {}, or leave the key out: then it does not matter which", shape.noun),
        );
        return None;
    }
    let mut seen: Vec<&str> = Vec::new();
    let mut ids = Vec::new();
    for item in &items {
        let Some(text) = item.text(report) else { continue };
        if seen.contains(&text.text) {
            report.error(text.span, format!("{} is here twice", quoted(text.text)), "keep one of them");
            continue;
        }
        seen.push(text.text);
        ids.extend(id(report, text, shape));
    }
    (ids.len() == items.len()).then_some(ids)
}

/// Reads one channel in which something is posted.
pub(crate) fn channel(report: &mut Report, field: &Field<'_>) -> Option<Place> {
    let text = field.text(report)?;
    let (workspace, id) = id(report, text, &CHANNEL)?;
    Some(Place { chat: Chat::SLACK, workspace, channel: ChannelId::new(id) })
}

fn id(report: &mut Report, text: Text<'_>, shape: &Shape) -> Option<(WorkspaceId, String)> {
    let fits = |id: &str, letters: &[char]| {
        (3..=32).contains(&id.len())
            && id.starts_with(letters)
            && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    match text.text.split_once('/') {
        Some((workspace, id)) if fits(workspace, &['T']) && fits(id, shape.letters) => {
            Some((WorkspaceId::new(workspace), id.to_owned()))
        }
        _ => {
            report.error(text.span, format!("{} is not a {} id", quoted(text.text), shape.noun), shape.hint);
            None
        }
    }
}

//! Who did something in Slack, and the permission to show them a form.

use super::{BadPayload, bad, id};
use secrecy::SecretString;
use serde::Deserialize;
use signalbox_domain::ids::{UserId, WorkspaceId};
use signalbox_domain::people::{self, Chat};

/// The longest `trigger_id` that is accepted, in characters; real ones have about sixty.
const LONGEST_TRIGGER: usize = 256;

/// A `trigger_id`: a credential, so nothing shows it.
#[derive(Debug, Clone)]
pub struct Trigger(pub(crate) SecretString);

impl Trigger {
    pub(super) fn read(text: Option<String>) -> Result<Self, BadPayload> {
        let text = text.filter(|t| (1..=LONGEST_TRIGGER).contains(&t.len()));
        text.map(|text| Self(SecretString::from(text)))
            .ok_or_else(|| bad("trigger_id", "is missing or too long"))
    }
}

#[derive(Deserialize)]
pub(super) struct Thing {
    pub(super) id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Person {
    id: Option<String>,
    team_id: Option<String>,
}

/// The person, by their own workspace, and the workspace in which they acted. For an app that is installed for a
/// whole organisation Slack says `team: null` (<https://docs.slack.dev/reference/interaction-payloads>): then it is
/// the person's own workspace.
pub(super) fn person(
    team: Option<&str>,
    installed: Option<&str>,
    who: Option<&Person>,
) -> Result<(people::Person, WorkspaceId), BadPayload> {
    let user = id("user.id", who.and_then(|p| p.id.as_deref()))?;
    let own = who.and_then(|p| p.team_id.as_deref());
    let own = own.map(|own| id("user.team_id", Some(own))).transpose()?;
    let team = match team.or(own) {
        Some(team) => id("team.id", Some(team))?,
        None => return Err(bad("team.id", "is missing")),
    };
    let place = installed.map(|team| id("view.app_installed_team_id", Some(team))).transpose()?;
    let workspace = WorkspaceId::new(own.unwrap_or(team));
    let person = people::Person { chat: Chat::SLACK, workspace, user: UserId::new(user) };
    Ok((person, WorkspaceId::new(place.unwrap_or(team))))
}

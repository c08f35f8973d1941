//! Interactions: <https://docs.slack.dev/reference/interaction-payloads>. Of these only our own buttons mean anything.

use super::{BadPayload, DOOR, bad, id, kind, token};
use crate::alert::BUTTONS;
use crate::card::{CANCEL, LOOK_AGAIN, RETRY};
use serde::Deserialize;
use signalbox_domain::ids::{ChannelId, UserId, WorkspaceId};
use signalbox_domain::policy::{Actor, Place};
use signalbox_engine::{Asker, Pressed};

/// What a person did with something we show.
#[derive(Debug, Clone)]
pub enum Interaction {
    /// Pressed one of our buttons.
    Pressed {
        /// Who, where, and what makes a repetition recognisable.
        asker: Asker,
        /// Which button.
        pressed: Pressed,
    },
    /// Something else, by its type: acknowledged and dropped.
    Ignored(String),
}

#[derive(Deserialize)]
struct Kind {
    r#type: Option<String>,
}

#[derive(Deserialize)]
struct BlockActions {
    team: Option<Thing>,
    user: Option<Person>,
    channel: Option<Thing>,
    container: Option<Container>,
    #[serde(default)]
    actions: Vec<Action>,
}

#[derive(Deserialize)]
struct Thing {
    id: Option<String>,
}

#[derive(Deserialize)]
struct Person {
    id: Option<String>,
    team_id: Option<String>,
}

#[derive(Deserialize)]
struct Container {
    message_ts: Option<String>,
    channel_id: Option<String>,
}

#[derive(Deserialize)]
struct Action {
    action_id: Option<String>,
    action_ts: Option<String>,
    value: Option<String>,
}

/// Reads an interaction: a form whose field `payload` is JSON.
///
/// The person's workspace is their own, `user.team_id`: a guest of a shared channel stays a guest, and the rules
/// deny by that.
///
/// # Errors
/// [`BadPayload`] where it is no interaction at all, or one of our buttons came without a field that decides.
pub fn interaction(body: &[u8]) -> Result<Interaction, BadPayload> {
    let (_, payload) = form_urlencoded::parse(body)
        .find(|(key, _)| key == "payload")
        .ok_or_else(|| bad("payload", "is missing"))?;
    let shape = |_| bad("payload", "is not of its documented shape");
    // The type first: what is not for us may look as it likes.
    let Kind { r#type } = serde_json::from_str(&payload).map_err(shape)?;
    if r#type.as_deref() != Some("block_actions") {
        return Ok(Interaction::Ignored(kind(r#type.as_deref())));
    }
    let payload: BlockActions = serde_json::from_str(&payload).map_err(shape)?;
    // Slack sends one action at a time from a message.
    let ours: Vec<&str> = [CANCEL, RETRY, LOOK_AGAIN].into_iter().chain(BUTTONS.map(|(id, _)| id)).collect();
    let pressed = payload.actions.iter().find_map(|a| {
        let id = *ours.iter().find(|id| a.action_id.as_deref() == Some(id))?;
        Some((a, id))
    });
    let Some((action, action_id)) = pressed else {
        return Ok(Interaction::Ignored("block_actions".to_owned()));
    };
    let pressed = meant(action_id, action.value.as_deref().unwrap_or_default())
        .ok_or_else(|| bad("actions.value", "is not what our button carries"))?;
    let person = payload.user.as_ref();
    let user = id("user.id", person.and_then(|p| p.id.as_deref()))?;
    let team = id("team.id", payload.team.as_ref().and_then(|t| t.id.as_deref()))?;
    let own_team = match person.and_then(|p| p.team_id.as_deref()) {
        Some(own) => id("user.team_id", Some(own))?,
        None => team,
    };
    let container = payload.container.as_ref();
    let channel = payload.channel.as_ref().and_then(|c| c.id.as_deref());
    let channel = id("channel.id", channel.or(container.and_then(|c| c.channel_id.as_deref())))?;
    let message = token("container.message_ts", container.and_then(|c| c.message_ts.as_deref()))?;
    let moment = token("actions.action_ts", action.action_ts.as_deref())?;
    let asker = Asker {
        actor: Actor { workspace: WorkspaceId::new(own_team), user: UserId::new(user) },
        place: Place { workspace: WorkspaceId::new(team), channel: ChannelId::new(channel) },
        door: DOOR,
        key: format!("{message}:{action_id}:{moment}:{user}"),
    };
    Ok(Interaction::Pressed { asker, pressed })
}

/// What one of our buttons means.
fn meant(action_id: &str, value: &str) -> Option<Pressed> {
    Some(match action_id {
        RETRY => {
            let (run, attempt) = value.split_once(' ')?;
            Pressed::Retry(run.parse().ok()?, attempt.parse().ok()?)
        }
        LOOK_AGAIN => Pressed::LookAgain(value.parse().ok()?),
        id if id != CANCEL => {
            let (_, button) = BUTTONS.into_iter().find(|(known, _)| *known == id)?;
            Pressed::Attend(value.parse().ok()?, button)
        }
        _ => Pressed::Cancel(value.parse().ok()?),
    })
}

//! Interactions: <https://docs.slack.dev/reference/interaction-payloads>. Only our own buttons, menus and forms mean
//! anything.

use super::form::{FormEvent, Search, Used, View, at_home, form_event, search, shortcut};
use super::who::{Person, Thing, Trigger, person};
use super::{BadPayload, DOOR, bad, digest, id, kind, token};
use crate::form;
use crate::press::{self, MENU, MUTE};
use serde::Deserialize;
use serde_json::Value;
use signalbox_domain::alert::Form;
use signalbox_domain::ids::{AlertId, ChannelId, WorkspaceId};
use signalbox_domain::people::{Actor, Chat, Place};
use signalbox_domain::pressed::{Filled, Pressed};
use signalbox_engine::Asker;
use signalbox_voice::{NO_END, PERSON, SAID, UNTIL};

/// What a person did with a message or form of ours.
#[derive(Debug, Clone)]
pub enum Interaction {
    /// Pressed one of our buttons.
    Pressed {
        /// Who, where, and the key by which a repetition is recognised.
        asker: Asker,
        /// Which button.
        pressed: Pressed,
    },
    /// Chose an entry of the menu: a form about an alert is to be shown.
    Wanted {
        /// Who, and where.
        asker: Asker,
        /// About which alert.
        alert: AlertId,
        form: Form,
        /// The permission to show it, for three seconds.
        trigger: Trigger,
    },
    /// Filled in a form that asks for an operation, or chose one.
    Form(FormEvent),
    /// Types into a field of such a form, and what fits is looked for.
    Search(Search),
    /// Wants the form of what a line asks for.
    Open {
        /// Who, and where.
        asker: Asker,
        /// The line, as it would be typed after `/signalbox`; empty: an operation is to be chosen.
        line: String,
        /// The permission to show it, for three seconds.
        trigger: Trigger,
    },
    /// Chose an operation on the app's own page, which is in no channel.
    Chosen(Used),
    /// Used the shortcut of an operation.
    Shortcut(Used),
    /// Sent a form about an alert.
    Filled {
        /// Who, where the form was asked for, and the key by which a repetition is recognised.
        asker: Asker,
        /// What was filled in.
        filled: Filled,
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
    trigger_id: Option<String>,
    #[serde(default)]
    actions: Vec<Action>,
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
    selected_option: Option<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    value: Option<String>,
}

#[derive(Deserialize)]
struct ViewSubmission {
    team: Option<Thing>,
    user: Option<Person>,
    view: View,
}

/// Reads an interaction: a form whose field `payload` is JSON.
///
/// The person's workspace is their own, `user.team_id`: so a guest of a shared channel stays a guest, and the rules
/// can refuse them.
///
/// # Errors
/// [`BadPayload`] if it is not an interaction at all, or if one of ours lacks a field that decides.
pub fn interaction(body: &[u8]) -> Result<Interaction, BadPayload> {
    let (_, payload) = form_urlencoded::parse(body)
        .find(|(key, _)| key == "payload")
        .ok_or_else(|| bad("payload", "is missing"))?;
    let shape = |_| bad("payload", "is not of its documented shape");
    // The type is read first, because a payload that is not for us may have any form.
    let Kind { r#type } = serde_json::from_str(&payload).map_err(shape)?;
    match r#type.as_deref() {
        Some("block_actions") => {
            let action: Value = serde_json::from_str(&payload).map_err(shape)?;
            match action["view"]["callback_id"].as_str() {
                Some(form::ASK | form::PICK | form::PLACE) => {
                    form_event(action, false).map(Interaction::Form)
                }
                Some(form::HOME) => {
                    Ok(at_home(action)?.map_or_else(ignored, |(asker, operation, trigger)| {
                        Interaction::Chosen(Used { asker, operation, text: None, trigger })
                    }))
                }
                Some(_) | None => acted(&serde_json::from_value(action).map_err(shape)?),
            }
        }
        Some("view_submission") => {
            let submission: Value = serde_json::from_str(&payload).map_err(shape)?;
            match submission["view"]["callback_id"].as_str() {
                Some(form::ASK) => form_event(submission, true).map(Interaction::Form),
                Some(word) => match Form::of(word) {
                    Some(form) => submitted(form, serde_json::from_value(submission).map_err(shape)?),
                    None => Ok(Interaction::Ignored("view_submission".to_owned())),
                },
                None => Ok(Interaction::Ignored("view_submission".to_owned())),
            }
        }
        Some("block_suggestion") => {
            let found = search(serde_json::from_str(&payload).map_err(shape)?)?;
            Ok(found.map_or_else(|| Interaction::Ignored("block_suggestion".to_owned()), Interaction::Search))
        }
        Some(word @ ("shortcut" | "message_action")) => {
            let used = shortcut(serde_json::from_str(&payload).map_err(shape)?)?;
            Ok(used.map_or_else(|| Interaction::Ignored(word.to_owned()), Interaction::Shortcut))
        }
        other => Ok(Interaction::Ignored(kind(other))),
    }
}

fn ignored() -> Interaction {
    Interaction::Ignored("block_actions".to_owned())
}

fn acted(payload: &BlockActions) -> Result<Interaction, BadPayload> {
    // Slack sends one action at a time from a message.
    let acted = payload.actions.iter().find_map(|action| {
        let id = action.action_id.as_deref()?;
        let ours = [MENU, MUTE].into_iter().find(|known| *known == id).or_else(|| press::known(id))?;
        Some((action, ours))
    });
    let Some((action, action_id)) = acted else {
        return Ok(Interaction::Ignored("block_actions".to_owned()));
    };
    let (person, workspace) =
        person(payload.team.as_ref().and_then(|t| t.id.as_deref()), None, payload.user.as_ref())?;
    let container = payload.container.as_ref();
    let channel = payload.channel.as_ref().and_then(|c| c.id.as_deref());
    let channel = id("channel.id", channel.or(container.and_then(|c| c.channel_id.as_deref())))?;
    let message = token("container.message_ts", container.and_then(|c| c.message_ts.as_deref()))?;
    let moment = token("actions.action_ts", action.action_ts.as_deref())?;
    let asker = Asker {
        key: format!("{message}:{action_id}:{moment}:{}", person.user),
        actor: Actor::Person(person),
        place: Place { chat: Chat::SLACK, workspace, channel: ChannelId::new(channel) },
        door: DOOR,
    };
    let chosen = action.selected_option.as_ref().and_then(|c| c.value.as_deref());
    let value = action.value.as_deref().or(chosen).unwrap_or_default();
    let foreign = || bad("actions.value", "is not what our button carries");
    let wanted = match action_id {
        MENU => Some(press::wanted(value).ok_or_else(foreign)?),
        MUTE => Some((Form::Mute, value.parse().map_err(|_| foreign())?)),
        _ => None,
    };
    if let Some((form, alert)) = wanted {
        let trigger = Trigger::read(payload.trigger_id.clone())?;
        return Ok(Interaction::Wanted { asker, alert, form, trigger });
    }
    match press::read(action_id, value).ok_or_else(foreign)? {
        Pressed::Ask(line) => {
            Ok(Interaction::Open { asker, line, trigger: Trigger::read(payload.trigger_id.clone())? })
        }
        pressed @ (Pressed::Cancel(_)
        | Pressed::Retry(..)
        | Pressed::LookAgain(_)
        | Pressed::Attend(..)
        | Pressed::Settle(..)
        | Pressed::Copy(_)) => Ok(Interaction::Pressed { asker, pressed }),
    }
}

fn submitted(form: Form, payload: ViewSubmission) -> Result<Interaction, BadPayload> {
    let view = payload.view;
    // In a shared channel the form is sent from the other workspace, but the app is in ours.
    let installed = view.app_installed_team_id.as_deref();
    let team = payload.team.as_ref().and_then(|t| t.id.as_deref()).or(view.team_id.as_deref());
    let (person, workspace) = person(team, installed, payload.user.as_ref())?;
    let about = view.private_metadata.as_deref().and_then(form::about);
    let about = about.ok_or_else(|| bad("view.private_metadata", "is not what our form carries"))?;
    let channel = ChannelId::new(id("view.private_metadata", Some(about.channel))?);
    // We wrote the workspace into the form when it was asked for; older forms do not have it.
    let workspace = match about.workspace {
        Some(workspace) => WorkspaceId::new(id("view.private_metadata", Some(workspace))?),
        None => workspace,
    };
    let alert = about.alert;
    let of = (token("view.id", view.id.as_deref())?, token("view.hash", view.hash.as_deref())?);
    let state = view.state.unwrap_or_default();
    let until = state.text(UNTIL).filter(|value| value != NO_END).unwrap_or_default();
    let said = match state.values.get(PERSON).and_then(|field| field.get(PERSON)) {
        Some(person) => format!("<@{}>", id("view.state.values.person", person.selected_user.as_deref())?),
        None => state.text(SAID).unwrap_or_default(),
    };
    // The same view with the same words is the same wish, however often it is sent. A view that was not accepted
    // keeps its hash, and comes again with other words.
    let key = format!("{}:{}:{}:{}", of.0, of.1, person.user, digest(&format!("{until}\n{said}")));
    let asker = Asker {
        actor: Actor::Person(person),
        place: Place { chat: Chat::SLACK, workspace, channel },
        door: DOOR,
        key,
    };
    Ok(Interaction::Filled { asker, filled: Filled { alert, form, until, said } })
}

//! What people do in forms that ask for an operation: they choose one, fill it in, search, send it. And shortcuts, which
//! open such a form.

use super::who::{Person, Thing, Trigger, person};
use super::{BadPayload, DOOR, bad, digest, id, token};
use crate::form::{self, About, State};
use serde::Deserialize;
use serde_json::Value;
use signalbox_domain::asking::Entered;
use signalbox_domain::ids::{ChannelId, OperationName, ParameterName};
use signalbox_domain::people::{Actor, Chat, Place};
use signalbox_engine::Asker;
use signalbox_voice::{TYPED, parameter_of};

/// Somebody did something in such a form.
#[derive(Debug, Clone)]
pub struct FormEvent {
    /// Who, where the form was asked for, and the key by which a repetition is recognised.
    pub asker: Asker,
    /// The form.
    pub view: ViewRef,
    /// What they did.
    pub did: Did,
}

/// A form that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewRef {
    pub id: String,
    /// Its state; Slack refuses a change to another one.
    pub hash: String,
}

/// What somebody did in a form.
#[derive(Debug, Clone)]
pub enum Did {
    /// Chose this operation.
    Picked(OperationName),
    /// Chose the channel of an operation that was asked for in none. The person is where they chose to be.
    Placed(OperationName),
    /// Filled in a field on which others depend.
    Changed(OperationName, Entered),
    /// Sent it.
    Sent(OperationName, Entered),
    /// Nothing that changes anything.
    Nothing,
}

/// Somebody types into a field, and what fits is looked for.
#[derive(Debug, Clone)]
pub struct Search {
    /// Who, and where the form was asked for.
    pub asker: Asker,
    /// The operation and the parameter; `None`: an operation is looked for.
    pub of: Option<(OperationName, ParameterName)>,
    /// What is filled in so far.
    pub entered: Entered,
    /// What was typed.
    pub typed: String,
}

#[derive(Deserialize)]
pub(super) struct View {
    pub(super) id: Option<String>,
    pub(super) hash: Option<String>,
    pub(super) team_id: Option<String>,
    pub(super) app_installed_team_id: Option<String>,
    pub(super) private_metadata: Option<String>,
    callback_id: Option<String>,
    pub(super) state: Option<State>,
}

#[derive(Deserialize)]
struct InView {
    team: Option<Thing>,
    user: Option<Person>,
    view: View,
    #[serde(default)]
    actions: Vec<Action>,
    action_id: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
struct Action {
    action_id: Option<String>,
    selected_option: Option<Chosen>,
}

#[derive(Deserialize)]
struct Chosen {
    value: Option<String>,
}

/// Who did it, and what we wrote into the form.
fn about(payload: &InView) -> Result<(Asker, About), BadPayload> {
    let view = &payload.view;
    let installed = view.app_installed_team_id.as_deref();
    let team = payload.team.as_ref().and_then(|t| t.id.as_deref()).or(view.team_id.as_deref());
    let (person, _) = person(team, installed, payload.user.as_ref())?;
    let foreign = || bad("view.private_metadata", "is not what our form carries");
    let about = view.private_metadata.as_deref().and_then(About::read).ok_or_else(foreign)?;
    let place = about.place();
    id("view.private_metadata", Some(place.channel.as_str()))?;
    id("view.private_metadata", Some(place.workspace.as_str()))?;
    let of = (token("view.id", view.id.as_deref())?, token("view.hash", view.hash.as_deref())?);
    let key = format!("{}:{}:{}", of.0, of.1, person.user);
    Ok((Asker { actor: Actor::Person(person), place, door: DOOR, key }, about))
}

fn entered(about: &About, state: Option<&State>) -> Entered {
    let (seen, placed) = (about.seen.clone(), about.placed);
    let Some(state) = state else { return Entered { seen, placed, ..Entered::default() } };
    Entered { given: form::given(state), fields: form::fields(state), seen, typed: state.text(TYPED), placed }
}

pub(super) fn form_event(payload: Value, sent: bool) -> Result<FormEvent, BadPayload> {
    let payload: InView =
        serde_json::from_value(payload).map_err(|_| bad("payload", "is not of its documented shape"))?;
    let (mut asker, about) = about(&payload)?;
    let view = ViewRef {
        id: payload.view.id.clone().unwrap_or_default(),
        hash: payload.view.hash.clone().unwrap_or_default(),
    };
    let entered = entered(&about, payload.view.state.as_ref());
    let chosen = payload.actions.iter().find_map(|action| action.selected_option.as_ref()?.value.clone());
    let placing = payload.view.callback_id.as_deref() == Some(form::PLACE);
    let did = match (about.operation, sent) {
        (Some(operation), _) if placing => match chosen {
            Some(channel) => {
                let channel = id("actions.selected_option.value", Some(&channel))?;
                asker.place.channel = ChannelId::new(channel);
                Did::Placed(operation)
            }
            None => Did::Nothing,
        },
        (None, _) => match chosen.map(|name| name.parse()) {
            Some(Ok(name)) => Did::Picked(name),
            Some(Err(_)) => return Err(bad("actions.selected_option.value", "is not an operation")),
            None => Did::Nothing,
        },
        (Some(operation), true) => {
            // The same view with the same values is the same wish, however often it is sent.
            let values = format!("{:?} {:?} {:?}", entered.given, entered.seen, entered.typed);
            asker.key = format!("{}:{}", asker.key, digest(&values));
            Did::Sent(operation, entered)
        }
        (Some(operation), false) => {
            let ours = payload
                .actions
                .iter()
                .any(|a| a.action_id.as_deref().is_some_and(|id| parameter_of(id).is_some()));
            if ours { Did::Changed(operation, entered) } else { Did::Nothing }
        }
    };
    Ok(FormEvent { asker, view, did })
}

/// Somebody chose an operation on the app's own page: its form is to open. `None`: they did something else.
pub(super) fn at_home(payload: Value) -> Result<Option<(Asker, OperationName, Trigger)>, BadPayload> {
    let trigger = payload["trigger_id"].as_str().map(str::to_owned);
    let event = form_event(payload, false)?;
    match event.did {
        Did::Picked(operation) => Ok(Some((event.asker, operation, Trigger::read(trigger)?))),
        Did::Placed(_) | Did::Changed(..) | Did::Sent(..) | Did::Nothing => Ok(None),
    }
}

/// Reads a search: `block_suggestion`.
pub(super) fn search(payload: Value) -> Result<Option<Search>, BadPayload> {
    let payload: InView =
        serde_json::from_value(payload).map_err(|_| bad("payload", "is not of its documented shape"))?;
    if !matches!(payload.view.callback_id.as_deref(), Some(form::ASK | form::PICK | form::HOME)) {
        return Ok(None);
    }
    let (asker, about) = about(&payload)?;
    let entered = entered(&about, payload.view.state.as_ref());
    let field = payload.action_id.as_deref().and_then(parameter_of);
    let of = match about.operation {
        Some(operation) => {
            Some((operation, field.ok_or_else(|| bad("action_id", "is not a field of ours"))?))
        }
        None => None,
    };
    Ok(Some(Search { asker, of, entered, typed: payload.value.unwrap_or_default() }))
}

/// Somebody used the shortcut of an operation: its form is to be shown.
#[derive(Debug, Clone)]
pub struct Used {
    /// Who, and where.
    pub asker: Asker,
    pub operation: OperationName,
    /// The message at which it was used; `None` if it was used in no channel.
    pub text: Option<String>,
    /// The permission to show it, for three seconds.
    pub trigger: Trigger,
}

#[derive(Deserialize)]
struct Shortcut {
    callback_id: Option<String>,
    trigger_id: Option<String>,
    team: Option<Thing>,
    user: Option<Person>,
    channel: Option<Thing>,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    text: Option<String>,
}

/// The `callback_id` of an operation's shortcut begins so; of one at a message with the second.
const SHORTCUT: &str = "ask:";
const AT_MESSAGE: &str = "ask-about:";

/// Reads a shortcut. One that is not at a message has no channel: then the person's own messages stand for it.
pub(super) fn shortcut(payload: Value) -> Result<Option<Used>, BadPayload> {
    let payload: Shortcut =
        serde_json::from_value(payload).map_err(|_| bad("payload", "is not of its documented shape"))?;
    let callback = payload.callback_id.as_deref().unwrap_or_default();
    let operation = callback.strip_prefix(SHORTCUT).or_else(|| callback.strip_prefix(AT_MESSAGE));
    let Some(operation) = operation.and_then(|name| name.parse::<OperationName>().ok()) else {
        return Ok(None);
    };
    let team = payload.team.as_ref().and_then(|t| t.id.as_deref());
    let (person, workspace) = person(team, None, payload.user.as_ref())?;
    let channel = payload.channel.as_ref().and_then(|c| c.id.as_deref());
    let channel = match channel {
        Some(channel) => id("channel.id", Some(channel))?.to_owned(),
        None => person.user.to_string(),
    };
    let place = Place { chat: Chat::SLACK, workspace, channel: ChannelId::new(channel) };
    let trigger = payload.trigger_id;
    let key = digest(trigger.as_deref().unwrap_or_default());
    let asker = Asker { actor: Actor::Person(person), place, door: DOOR, key };
    let text = payload.message.and_then(|message| message.text);
    Ok(Some(Used { asker, operation, text, trigger: Trigger::read(trigger)? }))
}

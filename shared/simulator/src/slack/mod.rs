//! The workspace: who is in it, where the app is attached, and what tests may see and break.
//!
//! [`Slack`] is a cheap handle; every clone is the same workspace. Its lock is never held while the app is called,
//! because the app calls back into the Web API before it answers.

mod arguments;
mod deliver;
mod message;
mod methods;
mod modal;
mod plain;
mod reply;
mod room;
mod scopes;
mod sign;
mod web_api;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use serde_json::Value;
use tokio::sync::watch;

pub use deliver::Answer;
pub use message::Message;
pub(crate) use message::Names;
pub use modal::Modal;
use room::Rooms;
pub use web_api::{Call, Fault};

/// The app's own user, as it appears in messages and mentions.
pub const BOT_USER: &str = "U0SIGNALBOX";
/// Slack's own voice: it tells people what went wrong with a command.
pub const SLACKBOT: &str = "USLACKBOT";

/// A team's Slack.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// `T…`
    pub id: String,
    /// What stands before `.slack.com`.
    pub domain: String,
}

/// Someone who can type and press.
#[derive(Clone, Debug)]
pub struct Person {
    /// `U…`; the only thing an app may go by.
    pub id: String,
    /// What people call them; for show alone.
    pub name: String,
}

/// A place to talk. Everyone is in every channel; the app is until it is removed.
#[derive(Clone, Debug)]
pub struct Channel {
    /// `C…`
    pub id: String,
    /// Without the `#`.
    pub name: String,
}

/// Everything a workspace is made of.
#[derive(Clone)]
pub struct SlackSettings {
    /// What deliveries are signed with.
    pub signing_secret: String,
    /// What the Web API asks for.
    pub bot_token: String,
    /// The team.
    pub workspace: Workspace,
    /// Its members.
    pub people: Vec<Person>,
    pub channels: Vec<Channel>,
    /// The clock, in milliseconds since 1970.
    pub now_ms: Arc<dyn Fn() -> i64 + Send + Sync>,
}

impl fmt::Debug for SlackSettings {
    /// Without the secrets, and without the clock, which has nothing to show.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlackSettings")
            .field("workspace", &self.workspace)
            .field("people", &self.people)
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

/// A handle on the workspace.
#[derive(Clone, Debug)]
pub struct Slack {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    settings: SlackSettings,
    names: Arc<Names>,
    state: Mutex<State>,
    version: watch::Sender<u64>,
    open: watch::Sender<bool>,
}

/// Which fault a call meets, by its method and arguments.
type Meets = dyn Fn(&str, &Value) -> Option<Fault> + Send + Sync;

/// What calls meet until further notice.
#[derive(Clone)]
struct Standing(Arc<Meets>);

impl fmt::Debug for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Standing(…)")
    }
}

#[derive(Debug, Default)]
struct State {
    door: Option<Router>,
    rooms: Rooms,
    calls: Vec<Call>,
    faults: Vec<(String, Fault)>,
    standing: Option<Standing>,
    granted: Option<String>,
    /// What people did lately, by the trigger ids that the app has of it.
    triggers: BTreeMap<String, modal::Trigger>,
    /// The modal that each person has open.
    modals: BTreeMap<String, Modal>,
    /// Makes trigger ids and response URLs unique.
    deliveries: u64,
    /// When each channel would have taken its messages one a second.
    rested_at_ms: BTreeMap<String, i64>,
}

impl Slack {
    /// A workspace in which nothing was said yet.
    pub fn new(settings: SlackSettings) -> Slack {
        let names = Arc::new(Names::of(&settings));
        let rooms = Rooms::of(&settings);
        let state = Mutex::new(State { rooms, ..State::default() });
        let inner =
            Inner { settings, names, state, version: watch::Sender::new(1), open: watch::Sender::new(true) };
        Slack { inner: Arc::new(inner) }
    }

    /// Where Slack delivers: the app's router. It may be attached after [`Slack::new`], since the app needs the
    /// Web API to be built; the last one attached counts.
    pub fn attach(&self, door: Router) {
        self.state().door = Some(door);
    }

    /// The top level of a channel, oldest first. A person's id stands for the app's direct messages with them.
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.state().rooms.at(channel).map(room::Room::top_level).unwrap_or_default()
    }

    /// A message and its replies, oldest first; empty if there is no such message.
    pub fn thread(&self, channel: &str, ts: &str) -> Vec<Message> {
        self.state().rooms.at(channel).map(|room| room.thread(ts)).unwrap_or_default()
    }

    /// What only this person sees in the channel, oldest first.
    pub fn ephemerals(&self, user: &str, channel: &str) -> Vec<Message> {
        self.state().rooms.at(channel).map(|room| room.ephemerals(user)).unwrap_or_default()
    }

    /// The slash commands this person typed in the channel; Slack shows them to their author alone.
    pub fn typed(&self, user: &str, channel: &str) -> Vec<Message> {
        self.state().rooms.at(channel).map(|room| room.typed(user)).unwrap_or_default()
    }

    /// A person says something that is no command. Nothing is delivered: the app hears commands and buttons only.
    pub fn say(&self, user: &str, channel: &str, text: &str) -> Option<Message> {
        self.person(user)?;
        let said = {
            let mut state = self.state();
            let ts = state.rooms.next_ts(channel, self.now_ms())?;
            let message = Message::new(channel, &ts, user, text, &self.inner.names);
            state.rooms.at_mut(channel)?.messages.push(message.clone());
            message
        };
        self.touch();
        Some(said)
    }

    /// Takes the app out of a channel: posting there fails with `not_in_channel` until [`Slack::add_to_channel`].
    pub fn remove_from_channel(&self, channel: &str) {
        self.change_room(channel, |room| room.member = false);
    }

    /// Brings the app back into a channel.
    pub fn add_to_channel(&self, channel: &str) {
        self.change_room(channel, |room| room.member = true);
    }

    /// Archives a channel: it can be read, and nothing can be posted.
    pub fn archive(&self, channel: &str) {
        self.change_room(channel, |room| room.archived = true);
    }

    /// Somebody deletes a message, as an admin can any: its thread goes with it.
    pub fn delete(&self, channel: &str, ts: &str) {
        self.change_room(channel, |room| {
            room.messages.retain(|m| m.ts != ts && m.thread_ts.as_deref() != Some(ts));
        });
    }

    /// Every call of the Web API so far, in order; `api.test` and unknown methods too.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// What the next call of this method meets. Faults queue up: each is met once, in order.
    pub fn fault(&self, method: &str, fault: Fault) {
        self.state().faults.push((method.to_owned(), fault));
    }

    /// What calls meet, by their method and arguments, as often as they come and until something else is said here.
    pub fn meets(&self, fault: impl Fn(&str, &Value) -> Option<Fault> + Send + Sync + 'static) {
        self.state().standing = Some(Standing(Arc::new(fault)));
    }

    /// A number that rises at every change that someone could see.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.inner.version.subscribe()
    }

    /// Ends every live stream, so that a server can stop while pages are open.
    pub fn hang_up(&self) {
        self.inner.open.send_replace(false);
    }

    pub(crate) fn open(&self) -> watch::Receiver<bool> {
        self.inner.open.subscribe()
    }

    pub(crate) fn settings(&self) -> &SlackSettings {
        &self.inner.settings
    }

    fn now_ms(&self) -> i64 {
        (self.inner.settings.now_ms)()
    }

    fn touch(&self) {
        self.inner.version.send_modify(|version| *version += 1);
    }

    /// A panic elsewhere must not turn every later assertion into a poisoned lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change_room(&self, channel: &str, change: impl FnOnce(&mut room::Room)) {
        if let Some(room) = self.state().rooms.at_mut(channel) {
            change(room);
        }
        self.touch();
    }
}

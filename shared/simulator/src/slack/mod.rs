//! The workspace: who is in it, where the app is attached, and what tests can look at and break.
//!
//! [`Slack`] is a cheap handle. Every clone is the same workspace. Its lock is never held while the app is called,
//! because the app calls the Web API before it answers.

mod arguments;
mod complaint;
mod deliver;
mod events;
mod message;
mod methods;
mod plain;
mod reply;
mod room;
mod scopes;
mod shortcuts;
mod sign;
mod views;
mod web_api;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use serde_json::Value;
use tokio::sync::watch;

pub use complaint::Complaint;
pub use deliver::Answer;
pub use message::Message;
pub(crate) use message::Names;
use room::Rooms;
pub use views::{Choice, Field, Modal, Suggested, Surface, View};
pub use web_api::{Call, Fault};

/// The app's own user in messages and mentions.
pub const BOT_USER: &str = "U0SIGNALBOX";
/// The user in whose name Slack itself tells people what went wrong with a command.
pub const SLACKBOT: &str = "USLACKBOT";

/// The Slack workspace of a team.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// `T…`
    pub id: String,
    /// The part of its address before `.slack.com`.
    pub domain: String,
}

/// A person who can type and press.
#[derive(Clone, Debug)]
pub struct Person {
    /// `U…`. An app may identify people only by this id.
    pub id: String,
    /// The name that people use. It is only shown.
    pub name: String,
}

/// A channel. Every person is in every channel. The app is in it too until it is removed.
#[derive(Clone, Debug)]
pub struct Channel {
    /// `C…`
    pub id: String,
    /// The name without the `#`.
    pub name: String,
}

/// The settings of a workspace.
#[derive(Clone)]
pub struct SlackSettings {
    /// The secret with which deliveries are signed.
    pub signing_secret: String,
    /// The token that the Web API requires.
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
    /// Leaves out the secrets, and the clock because it cannot be shown.
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

/// Decides from a call's method and arguments which fault it gets.
type Meets = dyn Fn(&str, &Value) -> Option<Fault> + Send + Sync;

/// The faults that calls get until this is replaced.
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
    /// What people did a short time ago, by the trigger ids that the app got for it.
    triggers: BTreeMap<String, views::Trigger>,
    /// The modals that each person has open, from the first to the topmost.
    modals: BTreeMap<String, Vec<View>>,
    /// The Home tabs that the app published, by person.
    homes: BTreeMap<String, View>,
    /// Where Slack asks for options, if it is not the usual address.
    options_address: Option<String>,
    complaints: Vec<Complaint>,
    /// A counter that makes trigger ids and response URLs unique.
    deliveries: u64,
    /// For each channel, when its messages so far would all be sent at a rate of one a second.
    rested_at_ms: BTreeMap<String, i64>,
}

impl Slack {
    /// A workspace in which nothing has been said yet.
    pub fn new(settings: SlackSettings) -> Slack {
        let names = Arc::new(Names::of(&settings));
        let rooms = Rooms::of(&settings);
        let state = Mutex::new(State { rooms, ..State::default() });
        let inner =
            Inner { settings, names, state, version: watch::Sender::new(1), open: watch::Sender::new(true) };
        Slack { inner: Arc::new(inner) }
    }

    /// Sets the app's router, to which Slack delivers. It may be attached after [`Slack::new`], because the app needs
    /// the Web API before it can be built. If it is called again, the last router is used.
    pub fn attach(&self, door: Router) {
        self.state().door = Some(door);
    }

    /// The messages of a channel without replies, oldest first. A person's id stands for the app's direct messages
    /// with them.
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.state().rooms.at(channel).map(room::Room::top_level).unwrap_or_default()
    }

    /// A message and its replies, oldest first. It is empty if there is no such message.
    pub fn thread(&self, channel: &str, ts: &str) -> Vec<Message> {
        self.state().rooms.at(channel).map(|room| room.thread(ts)).unwrap_or_default()
    }

    /// The messages in the channel that only this person sees, oldest first.
    pub fn ephemerals(&self, user: &str, channel: &str) -> Vec<Message> {
        self.state().rooms.at(channel).map(|room| room.ephemerals(user)).unwrap_or_default()
    }

    /// The slash commands that this person typed in the channel. Slack shows them only to the person who typed them.
    pub fn typed(&self, user: &str, channel: &str) -> Vec<Message> {
        self.state().rooms.at(channel).map(|room| room.typed(user)).unwrap_or_default()
    }

    /// A person writes a message that is no command and no reply. Nothing is delivered to the app.
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

    /// Removes the app from a channel. Posting there fails with `not_in_channel` until [`Slack::add_to_channel`].
    pub fn remove_from_channel(&self, channel: &str) {
        self.change_room(channel, |room| room.member = false);
    }

    /// Adds the app to a channel again.
    pub fn add_to_channel(&self, channel: &str) {
        self.change_room(channel, |room| room.member = true);
    }

    /// Archives a channel. It can still be read, but nothing can be posted.
    pub fn archive(&self, channel: &str) {
        self.change_room(channel, |room| room.archived = true);
    }

    /// Acts as if an admin deleted a message. Its thread is deleted with it.
    pub fn delete(&self, channel: &str, ts: &str) {
        self.change_room(channel, |room| {
            room.messages.retain(|m| m.ts != ts && m.thread_ts.as_deref() != Some(ts));
        });
    }

    /// Every call of the Web API so far, in order, with `api.test` and unknown methods.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// Makes the next call of this method get this fault. Several faults form a queue: each is used once, in order.
    pub fn fault(&self, method: &str, fault: Fault) {
        self.state().faults.push((method.to_owned(), fault));
    }

    /// Chooses faults by the method and arguments of calls. It is asked for every call until it is replaced by
    /// another call of this function.
    pub fn meets(&self, fault: impl Fn(&str, &Value) -> Option<Fault> + Send + Sync + 'static) {
        self.state().standing = Some(Standing(Arc::new(fault)));
    }

    /// A number that rises with every change that somebody could see.
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

    /// After a panic elsewhere, the poisoned lock must not make every later assertion fail too.
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

//! Channels and direct messages, and the order of the messages in them.
//!
//! Within a channel, a `ts` is used only once, and each is larger than the one before it, whatever the clock does.
//! Apps use it as the key of a message.

use std::collections::BTreeMap;

use super::SlackSettings;
use super::message::Message;

/// Every channel and conversation in the workspace, by its `C…` or `D…` id.
#[derive(Debug, Default)]
pub(crate) struct Rooms {
    rooms: BTreeMap<String, Room>,
}

/// One channel, or the app's direct messages with one person.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) name: String,
    pub(crate) member: bool,
    pub(crate) archived: bool,
    /// All messages in the order of `ts`: messages of the channel, replies, and ephemeral messages.
    pub(crate) messages: Vec<Message>,
    /// Slash commands as they were typed.
    pub(crate) commands: Vec<Message>,
    last_ts: i64,
}

impl Rooms {
    pub(crate) fn of(settings: &SlackSettings) -> Rooms {
        let channels = settings.channels.iter().map(|c| (c.id.clone(), Room::named(&c.name)));
        let direct = settings.people.iter().map(|p| (direct_id(&p.id), Room::named("directmessage")));
        Rooms { rooms: channels.chain(direct).collect() }
    }

    /// Finds a room by a channel's id, by a `D…` id, or by a person's id (for the direct messages with them).
    pub(crate) fn at(&self, id: &str) -> Option<&Room> {
        self.rooms.get(&room_id(id))
    }

    pub(crate) fn at_mut(&mut self, id: &str) -> Option<&mut Room> {
        self.rooms.get_mut(&room_id(id))
    }

    /// The next `ts` in this room: the clock's time, or just after the last `ts` that was used.
    pub(crate) fn next_ts(&mut self, id: &str, now_ms: i64) -> Option<String> {
        let room = self.at_mut(id)?;
        room.last_ts = (now_ms * 1000 + 100).max(room.last_ts + 100);
        Some(format!("{}.{:06}", room.last_ts / 1_000_000, room.last_ts % 1_000_000))
    }
}

impl Room {
    fn named(name: &str) -> Room {
        let (messages, commands) = (Vec::new(), Vec::new());
        Room { name: name.to_owned(), member: true, archived: false, messages, commands, last_ts: 0 }
    }

    pub(crate) fn top_level(&self) -> Vec<Message> {
        self.public().filter(|m| m.thread_ts.is_none()).cloned().collect()
    }

    pub(crate) fn thread(&self, ts: &str) -> Vec<Message> {
        let parent = self.public().filter(|m| m.ts == ts && m.thread_ts.is_none());
        parent.chain(self.replies(ts)).cloned().collect()
    }

    pub(crate) fn replies<'a>(&'a self, ts: &'a str) -> impl Iterator<Item = &'a Message> {
        self.public().filter(move |m| m.thread_ts.as_deref() == Some(ts))
    }

    pub(crate) fn ephemerals(&self, user: &str) -> Vec<Message> {
        self.messages.iter().filter(|m| m.visible_to.as_deref() == Some(user)).cloned().collect()
    }

    pub(crate) fn typed(&self, user: &str) -> Vec<Message> {
        self.commands.iter().filter(|m| m.user == user).cloned().collect()
    }

    pub(crate) fn public(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(|m| m.visible_to.is_none())
    }

    pub(crate) fn public_mut(&mut self, ts: &str) -> Option<&mut Message> {
        self.messages.iter_mut().find(|m| m.ts == ts && m.visible_to.is_none())
    }

    /// The message with this `ts`, if this person can see it.
    pub(crate) fn seen_by(&self, user: &str, ts: &str) -> Option<&Message> {
        self.messages.iter().find(|m| m.ts == ts && m.visible_to.as_deref().is_none_or(|one| one == user))
    }
}

/// The id of the conversation that is opened by posting to a person.
pub(crate) fn direct_id(person: &str) -> String {
    format!("D{}", person.get(1..).unwrap_or_default())
}

/// The id of the room in which a post to this id appears.
pub(crate) fn room_id(id: &str) -> String {
    if id.starts_with('U') || id.starts_with('W') { direct_id(id) } else { id.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ts_never_repeats_and_never_goes_back() {
        let mut rooms = Rooms { rooms: BTreeMap::from([("C1".to_owned(), Room::named("one"))]) };
        assert_eq!(rooms.next_ts("C1", 1_234_567_890_000).as_deref(), Some("1234567890.000100"));
        assert_eq!(rooms.next_ts("C1", 1_234_567_890_000).as_deref(), Some("1234567890.000200"));
        assert_eq!(rooms.next_ts("C1", 1_000_000_000_000).as_deref(), Some("1234567890.000300"));
        assert_eq!(rooms.next_ts("C1", 1_234_567_891_005).as_deref(), Some("1234567891.005100"));
        assert_eq!(rooms.next_ts("C2", 0), None);
    }
}

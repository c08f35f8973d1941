//! Who asks, and where. Stored for ever with every event, so each person and place names its chat.

use crate::ids::{BadId, ChannelId, Name, UserId, WorkspaceId};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// A chat that people are in, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Chat(Cow<'static, str>);

impl Chat {
    /// The first chat there was. It is stored as no chat at all, and stored data without a chat belongs to it: so
    /// versions that knew no other chat can still read the data.
    pub const SLACK: Self = Self(Cow::Borrowed("slack"));

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_first(&self) -> bool {
        *self == Self::SLACK
    }
}

impl Default for Chat {
    fn default() -> Self {
        Self::SLACK
    }
}

impl TryFrom<String> for Chat {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        let name: Name = text.parse()?;
        Ok(if name.as_str() == Self::SLACK.as_str() { Self::SLACK } else { Self(Cow::Owned(text)) })
    }
}

impl fmt::Display for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person: the chat's immutable id plus its workspace, never a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// The chat they are in.
    #[serde(default, skip_serializing_if = "Chat::is_first")]
    pub chat: Chat,
    /// The workspace the person belongs to; not always the one that the request came through.
    pub workspace: WorkspaceId,
    /// The person within it.
    pub user: UserId,
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.chat.is_first() {
            write!(f, "{}:", self.chat)?;
        }
        write!(f, "{}/{}", self.workspace, self.user)
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "Stored")]
pub enum Actor {
    /// A person, in a chat.
    Person(Person),
    /// A machine, by the name of its key.
    Key(Name),
    /// Signalbox itself.
    System,
}

impl Actor {
    /// A person.
    #[must_use]
    pub fn person(chat: Chat, workspace: WorkspaceId, user: UserId) -> Self {
        Self::Person(Person { chat, workspace, user })
    }

    /// The person, if it is one.
    #[must_use]
    pub fn as_person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::Key(_) | Self::System => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => person.fmt(f),
            Self::Key(name) => write!(f, "key/{name}"),
            Self::System => f.write_str("signalbox"),
        }
    }
}

/// A person's fields stand alone, as before there were other actors; a key has `key`, the system `system`.
impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (field, name) = match self {
            Self::Person(person) => return person.serialize(serializer),
            Self::Key(name) => ("key", Some(name)),
            Self::System => ("system", None),
        };
        let mut map = serializer.serialize_map(Some(1))?;
        match name {
            Some(name) => map.serialize_entry(field, name)?,
            None => map.serialize_entry(field, &true)?,
        }
        map.end()
    }
}

#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    chat: Chat,
    workspace: Option<WorkspaceId>,
    user: Option<UserId>,
    key: Option<Name>,
    #[serde(default)]
    system: bool,
}

impl TryFrom<Stored> for Actor {
    type Error = BadId;
    fn try_from(stored: Stored) -> Result<Self, BadId> {
        match stored {
            Stored { workspace: Some(workspace), user: Some(user), key: None, system: false, chat } => {
                Ok(Self::person(chat, workspace, user))
            }
            Stored { workspace: None, user: None, key: Some(name), system: false, chat: _ } => {
                Ok(Self::Key(name))
            }
            Stored { workspace: None, user: None, key: None, system: true, chat: _ } => Ok(Self::System),
            Stored { .. } => Err(BadId {
                kind: "actor",
                expected: "a person's workspace and user, or a key, or the system",
            }),
        }
    }
}

/// Where it was asked, and where the answer goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The chat it is in.
    #[serde(default, skip_serializing_if = "Chat::is_first")]
    pub chat: Chat,
    /// The workspace the channel belongs to.
    pub workspace: WorkspaceId,
    /// The channel within it.
    pub channel: ChannelId,
}

/// A message in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRef {
    pub channel: ChannelId,
    /// The chat's own name for it.
    pub ts: String,
}

impl MessageRef {
    /// The key by which a store finds the record whose card this message is.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("thread/{}/{}", self.channel, self.ts)
    }
}

/// Whom a word mentions. Every chat's adapter hands a mention in typed text on as `<@ID>`, because names are not
/// unique.
#[must_use]
pub fn mentioned(word: &str) -> Option<UserId> {
    named(word, "<@").map(UserId::new)
}

/// Which channel a word names; adapters hand it on as `<#ID>`.
#[must_use]
pub fn mentioned_channel(word: &str) -> Option<ChannelId> {
    named(word, "<#").map(ChannelId::new)
}

fn named<'w>(word: &'w str, opens: &str) -> Option<&'w str> {
    let id = word.strip_prefix(opens)?.strip_suffix('>')?.split('|').next()?;
    let is_id = (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
    is_id.then_some(id)
}

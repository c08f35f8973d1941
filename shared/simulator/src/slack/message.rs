//! A message, and who can see it.
//!
//! A message keeps what Slack keeps. It must never contain what Slack does not show the app again, such as tokens.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{BOT_USER, SLACKBOT, SlackSettings, plain};

/// A message in a channel, in a thread, or for one person only.
#[derive(Clone)]
pub struct Message {
    /// The id of the channel it is in.
    pub channel: String,
    /// Its id within the channel: `1234567890.000100`.
    pub ts: String,
    /// The `ts` of the message that it replies to, if it is a reply.
    pub thread_ts: Option<String>,
    /// Who wrote it: a person, [`BOT_USER`] or [`SLACKBOT`].
    pub user: String,
    /// The fallback text. If there are no blocks, it is the whole message.
    pub text: String,
    /// Block Kit as it was sent, with the `block_id`s and `action_id`s that Slack adds.
    pub blocks: Vec<Value>,
    /// The metadata that the app attached for its own use.
    pub metadata: Option<Value>,
    /// Whether it was changed after it was posted.
    pub edited: bool,
    /// How often it was changed.
    pub edits: u32,
    /// The only person who sees it, if it is ephemeral.
    pub visible_to: Option<String>,
    pub(crate) names: Arc<Names>,
}

impl Message {
    pub(crate) fn new(channel: &str, ts: &str, user: &str, text: &str, names: &Arc<Names>) -> Message {
        Message {
            channel: channel.to_owned(),
            ts: ts.to_owned(),
            thread_ts: None,
            user: user.to_owned(),
            text: text.to_owned(),
            blocks: Vec::new(),
            metadata: None,
            edited: false,
            edits: 0,
            visible_to: None,
            names: Arc::clone(names),
        }
    }

    /// What a person would read: the blocks as plain text, with names in place of mentions and `[Cancel]` for a
    /// button.
    pub fn plain(&self) -> String {
        plain::message(&self.text, &self.blocks, &self.names)
    }

    /// The labels of its buttons, in order.
    pub fn buttons(&self) -> Vec<String> {
        self.elements()
            .filter(|(_, e)| e["type"] == "button")
            .map(|(_, e)| plain::object(&e["text"], &self.names))
            .collect()
    }

    /// Every element that may be pressed, with its block.
    pub(crate) fn elements(&self) -> impl Iterator<Item = (&Value, &Value)> {
        self.blocks.iter().flat_map(|block| {
            let inner = block["elements"].as_array().into_iter().flatten();
            inner.chain(block.get("accessory")).map(move |element| (block, element))
        })
    }

    /// The message in the form in which the Web API and payloads show it.
    pub(crate) fn wire(&self, with_metadata: bool) -> Value {
        let mut wire = json!({"type": "message", "user": self.user, "ts": self.ts, "text": self.text});
        if self.user == BOT_USER {
            wire["bot_id"] = json!("B0SIGNALBOX");
            wire["app_id"] = json!("A0SIGNALBOX");
        }
        if !self.blocks.is_empty() {
            wire["blocks"] = json!(self.blocks);
        }
        if let Some(thread) = &self.thread_ts {
            wire["thread_ts"] = json!(thread);
        }
        // Slack marks an edit only if the text itself is shown; see
        // https://docs.slack.dev/reference/methods/chat.update
        if self.edited && self.blocks.is_empty() {
            wire["edited"] = json!({"user": self.user, "ts": self.ts});
        }
        if let (true, Some(metadata)) = (with_metadata, &self.metadata) {
            wire["metadata"] = metadata.clone();
        }
        wire
    }
}

impl fmt::Debug for Message {
    /// Shows what was written and by whom, so that a failed assertion can be understood.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} {}] {}: {:?}", self.channel, self.ts, self.user, self.plain())
    }
}

/// The names of people and channels, which are shown in place of mentions.
#[derive(Debug, Default)]
pub(crate) struct Names {
    people: BTreeMap<String, String>,
    channels: BTreeMap<String, String>,
}

impl Names {
    pub(crate) fn of(settings: &SlackSettings) -> Names {
        let mut people: BTreeMap<_, _> =
            settings.people.iter().map(|p| (p.id.clone(), p.name.clone())).collect();
        people.insert(BOT_USER.into(), "Signalbox".into());
        people.insert(SLACKBOT.into(), "Slackbot".into());
        let channels = settings.channels.iter().map(|c| (c.id.clone(), c.name.clone())).collect();
        Names { people, channels }
    }

    pub(crate) fn person<'a>(&'a self, id: &'a str) -> &'a str {
        self.people.get(id).map_or(id, String::as_str)
    }

    pub(crate) fn channel<'a>(&'a self, id: &'a str) -> &'a str {
        self.channels.get(id).map_or(id, String::as_str)
    }
}

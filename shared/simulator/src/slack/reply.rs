//! Replies in threads, and the event that the app gets about them:
//! <https://docs.slack.dev/reference/events/message.channels>.

use serde_json::json;

use super::message::Message;
use super::{Answer, Slack};

impl Slack {
    /// A person replies in the thread of a message. If the app has the scope `channels:history`, it gets an event
    /// about the reply. (Slack sends such an event for every message of a channel that the app is in; here only
    /// replies cause one.) If the reply mentions the app, a second event tells it of that.
    pub async fn reply(&self, user: &str, channel: &str, thread_ts: &str, text: &str) -> Answer {
        if self.person(user).is_none() {
            return Answer::undelivered(format!("nobody here is {user}"));
        }
        let Some(said) = self.keep_reply(user, channel, thread_ts, text) else {
            return Answer::undelivered(format!("there is no message {thread_ts} to reply to"));
        };
        let mut answer = Answer::nothing();
        if self.may("channels:history") {
            let event = json!({
                "type": "message", "user": user, "text": said.text, "ts": said.ts, "thread_ts": thread_ts,
                "channel": said.channel, "channel_type": "channel", "team": self.settings().workspace.id,
                "event_ts": said.ts,
            });
            answer = self.deliver_event(&event).await;
        }
        match self.mentioned(&said).await {
            Some(mention) if answer.status == 200 => mention,
            _ => answer,
        }
    }

    /// Stores the reply. The lock is released before the app gets the event, because the app may call back.
    fn keep_reply(&self, user: &str, channel: &str, thread_ts: &str, text: &str) -> Option<Message> {
        self.state().rooms.at(channel)?.public().find(|m| m.ts == thread_ts && m.thread_ts.is_none())?;
        let mut said = self.blank(channel, user)?;
        text.trim().clone_into(&mut said.text);
        said.thread_ts = Some(thread_ts.to_owned());
        self.keep(said)
    }
}

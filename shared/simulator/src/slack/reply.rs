//! Replies in threads, and the event that the app gets about them:
//! <https://docs.slack.dev/reference/events/message.channels>.

use axum::body::Body;
use http::Request;
use http::header::CONTENT_TYPE;
use serde_json::json;

use super::message::Message;
use super::{Answer, Slack};

impl Slack {
    /// A person replies in the thread of a message. If the app has the scope `channels:history`, it gets an event
    /// about the reply. (Slack sends such an event for every message of a channel that the app is in; here only
    /// replies cause one.)
    pub async fn reply(&self, user: &str, channel: &str, thread_ts: &str, text: &str) -> Answer {
        if self.person(user).is_none() {
            return Answer::undelivered(format!("nobody here is {user}"));
        }
        let Some(said) = self.keep_reply(user, channel, thread_ts, text) else {
            return Answer::undelivered(format!("there is no message {thread_ts} to reply to"));
        };
        if !self.may("channels:history") {
            return Answer { status: 200, ephemeral: None, body: String::new(), problem: None };
        }
        let team = &self.settings().workspace;
        let n = self.next_delivery();
        let event = json!({
            "type": "message", "user": user, "text": said.text, "ts": said.ts, "thread_ts": thread_ts,
            "channel": said.channel, "channel_type": "channel", "team": team.id, "event_ts": said.ts,
        });
        let body = json!({
            "token": "deprecated", "team_id": team.id, "api_app_id": "A0SIGNALBOX", "type": "event_callback",
            "event_id": format!("Ev{n:010}"), "event_time": self.now_ms() / 1000, "event": event,
        });
        let (status, body) = self.deliver_json("/slack/events", body.to_string()).await;
        Answer { status, ephemeral: None, body, problem: None }
    }

    /// Stores the reply. The lock is released before the app gets the event, because the app may call back.
    fn keep_reply(&self, user: &str, channel: &str, thread_ts: &str, text: &str) -> Option<Message> {
        self.state().rooms.at(channel)?.public().find(|m| m.ts == thread_ts && m.thread_ts.is_none())?;
        let mut said = self.blank(channel, user)?;
        text.trim().clone_into(&mut said.text);
        said.thread_ts = Some(thread_ts.to_owned());
        self.keep(said)
    }

    async fn deliver_json(&self, path: &str, body: String) -> (u16, String) {
        let timestamp = self.now_ms() / 1000;
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/json")
            .header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
            .header("x-slack-request-timestamp", timestamp)
            .header("x-slack-signature", self.sign(timestamp, body.as_bytes()))
            .body(Body::from(body));
        match request {
            Ok(request) => self.deliver_raw(request).await,
            Err(error) => (0, error.to_string()),
        }
    }
}

//! Events of which the app hears without anybody having asked it: <https://docs.slack.dev/apis/events-api>.

use axum::body::Body;
use http::Request;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::message::Message;
use super::room::{direct_id, room_id};
use super::{Answer, BOT_USER, Slack};

impl Slack {
    /// A person says something in a channel or in the app's direct messages. If the message mentions the app, the app
    /// hears of it: <https://docs.slack.dev/reference/events/app_mention>.
    pub async fn speak(&self, user: &str, channel: &str, text: &str) -> Answer {
        let Some(said) = self.say(user, channel, text.trim()) else {
            return Answer::undelivered(format!("{user} cannot say anything in {channel}"));
        };
        self.mentioned(&said).await.unwrap_or_else(Answer::nothing)
    }

    /// Tells the app of a message that mentions it, if the app is in the channel and may hear of mentions.
    pub(super) async fn mentioned(&self, said: &Message) -> Option<Answer> {
        let member = self.state().rooms.at(&said.channel)?.member && !room_id(&said.channel).starts_with('D');
        if !member || !mentions(&said.text, BOT_USER) || !self.may("app_mentions:read") {
            return None;
        }
        let mut event = json!({
            "type": "app_mention", "user": said.user, "text": said.text, "ts": said.ts, "channel": said.channel,
            "team": self.settings().workspace.id, "event_ts": said.ts,
        });
        if let Some(thread) = &said.thread_ts {
            event["thread_ts"] = json!(thread);
        }
        Some(self.deliver_event(&event).await)
    }

    /// A person opens their Home tab, and the app hears of it:
    /// <https://docs.slack.dev/reference/events/app_home_opened>.
    pub async fn open_home(&self, user: &str) -> Answer {
        if self.person(user).is_none() {
            return Answer::undelivered(format!("nobody here is {user}"));
        }
        let moment = self.moment(self.next_delivery());
        let mut event = json!({
            "type": "app_home_opened", "user": user, "channel": direct_id(user), "tab": "home", "event_ts": moment,
        });
        if let Some(home) = self.home(user) {
            event["view"] = home.wire_alone(self);
        }
        self.deliver_event(&event).await
    }

    /// Delivers an event to `/slack/events`.
    pub(super) async fn deliver_event(&self, event: &Value) -> Answer {
        let team = &self.settings().workspace;
        let n = self.next_delivery();
        let body = json!({
            "token": "deprecated", "team_id": team.id, "api_app_id": "A0SIGNALBOX", "type": "event_callback",
            "event_id": format!("Ev{n:010}"), "event_time": self.now_ms() / 1000, "event": event,
        });
        let body = body.to_string();
        let timestamp = self.now_ms() / 1000;
        let request = Request::post("/slack/events")
            .header(CONTENT_TYPE, "application/json")
            .header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
            .header("x-slack-request-timestamp", timestamp)
            .header("x-slack-signature", self.sign(timestamp, body.as_bytes()))
            .body(Body::from(body));
        let (status, body) = match request {
            Ok(request) => self.deliver_raw(request).await,
            Err(error) => (0, error.to_string()),
        };
        Answer { status, ephemeral: None, body, problem: None }
    }
}

/// Whether a text mentions somebody: `<@U…>` or `<@U…|name>`.
fn mentions(text: &str, id: &str) -> bool {
    text.split("<@")
        .skip(1)
        .any(|rest| rest.strip_prefix(id).is_some_and(|rest| rest.starts_with(['>', '|'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_is_told_from_other_text() {
        for text in ["<@U0SIGNALBOX>", "hey <@U0SIGNALBOX|Signalbox>: status"] {
            assert!(mentions(text, BOT_USER), "{text}");
        }
        for text in ["", "@Signalbox", "U0SIGNALBOX", "<@U0SIGNALBOXES>", "<@UADA> <#U0SIGNALBOX>"] {
            assert!(!mentions(text, BOT_USER), "{text}");
        }
    }
}

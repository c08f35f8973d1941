//! Shortcuts, which a person takes from a menu of Slack's: <https://docs.slack.dev/interactivity/implementing-shortcuts>.
//! Their payloads: <https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload>.

use serde_json::json;

use super::{Answer, Slack};

impl Slack {
    /// A person takes one of the app's global shortcuts.
    pub async fn shortcut(&self, user: &str, callback_id: &str) -> Answer {
        let Some(name) = self.person(user) else {
            return Answer::undelivered(format!("nobody here is {user}"));
        };
        let n = self.next_delivery();
        let mut payload = self.interaction("shortcut", user, &name);
        payload["callback_id"] = json!(callback_id);
        payload["trigger_id"] = json!(self.trigger(n, user));
        payload["action_ts"] = json!(self.moment(n));
        self.answered_shortcut(self.deliver_payload(&payload).await)
    }

    /// A person takes one of the app's shortcuts for messages, at a message that everybody sees.
    pub async fn message_shortcut(&self, user: &str, channel: &str, ts: &str, callback_id: &str) -> Answer {
        let Some(name) = self.person(user) else {
            return Answer::undelivered(format!("nobody here is {user}"));
        };
        let message = self.state().rooms.at(channel).and_then(|room| room.seen_by(user, ts).cloned());
        // Slack offers no shortcuts at a message that one person alone sees.
        let Some(message) = message.filter(|message| message.visible_to.is_none()) else {
            return Answer::undelivered(format!("there is no message {ts} to take a shortcut at"));
        };
        let n = self.next_delivery();
        let team = &self.settings().workspace.id;
        let mut payload = self.interaction("message_action", user, &name);
        payload["callback_id"] = json!(callback_id);
        payload["trigger_id"] = json!(self.trigger(n, user));
        payload["action_ts"] = json!(self.moment(n));
        payload["response_url"] =
            json!(format!("https://hooks.slack.com/app/{team}/{n:012}/practice{n:016x}"));
        payload["message_ts"] = json!(message.ts);
        payload["message"] = message.wire(true);
        payload["channel"] = json!({"id": message.channel, "name": self.channel_name(&message.channel)});
        self.answered_shortcut(self.deliver_payload(&payload).await)
    }

    fn answered_shortcut(&self, (status, body): (u16, String)) -> Answer {
        if status != 200 {
            self.complain("shortcut", format!("the answer has the status {status}"));
        }
        Answer { status, ephemeral: None, body, problem: None }
    }
}

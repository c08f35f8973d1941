//! What Slack delivers to the app's router in memory, signed: slash commands, button presses and choices from menus.
//!
//! Shapes: <https://docs.slack.dev/interactivity/implementing-slash-commands> and
//! <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>. Nothing is delivered that Slack's
//! own client would not let a person do: a button must be on the message as it is now, and the person who presses it
//! must see it.

use axum::body::{Body, to_bytes};
use http::Request;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::message::Message;
use super::methods::named;
use super::room::room_id;
use super::{BOT_USER, SLACKBOT, Slack};
use crate::limits;

/// How long Slack waits for an answer to a delivery.
pub(super) const PATIENCE_MS: i64 = 3_000;
/// The longest answer, in bytes. A longer answer counts as empty.
const ANSWER_LIMIT: usize = 1 << 20;

/// The result of a delivery.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status of the app's answer. 0 if nothing was delivered.
    pub status: u16,
    /// The message that only this person sees as the answer. It is from the app, or from Slack if the app failed.
    pub ephemeral: Option<Message>,
    /// The body of the app's answer.
    pub body: String,
    /// Why nothing was delivered. `None` if it was delivered.
    pub problem: Option<String>,
}

impl Answer {
    pub(super) fn undelivered(problem: impl Into<String>) -> Answer {
        Answer { status: 0, ephemeral: None, body: String::new(), problem: Some(problem.into()) }
    }

    /// Nothing had to be delivered.
    pub(super) fn nothing() -> Answer {
        Answer { status: 200, ephemeral: None, body: String::new(), problem: None }
    }
}

impl Slack {
    /// A person types a line into a channel's box. A slash command is signed and delivered to `/slack/commands`. Any
    /// other line becomes a message in the channel and is not delivered. Mentions must have the form that
    /// `should_escape` makes: `<@U…|name>`.
    pub async fn slash(&self, user: &str, channel: &str, line: &str) -> Answer {
        let line = line.trim();
        let Some(name) = self.person(user) else {
            return Answer::undelivered(format!("nobody here is {user}"));
        };
        let Some(channel_name) = self.channel_name(channel) else {
            return Answer::undelivered(format!("there is no channel {channel}"));
        };
        if !line.starts_with('/') {
            self.say(user, channel, line);
            return Answer::undelivered("this was said aloud: only lines that begin with / are commands");
        }
        let (command, text) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        self.keep_command(user, channel, line);
        let team = &self.settings().workspace;
        let n = self.next_delivery();
        let response_url = format!("https://hooks.slack.com/commands/{}/{n:012}/practice{n:016x}", team.id);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", "deprecated")
            .append_pair("team_id", &team.id)
            .append_pair("team_domain", &team.domain)
            .append_pair("channel_id", &room_id(channel))
            .append_pair("channel_name", &channel_name)
            .append_pair("user_id", user)
            .append_pair("user_name", &name)
            .append_pair("command", command)
            .append_pair("text", text.trim())
            .append_pair("api_app_id", "A0SIGNALBOX")
            .append_pair("is_enterprise_install", "false")
            .append_pair("response_url", &response_url)
            .append_pair("trigger_id", &self.trigger(n, user))
            .finish();
        let asked = self.now_ms();
        let (status, body) = self.deliver("/slack/commands", form).await;
        let late = self.now_ms() - asked > PATIENCE_MS;
        let ephemeral = match status {
            200 if late => self.slackbot(user, channel, command, "operation_timeout"),
            200 => self.answered(user, channel, command, &body),
            _ => self.slackbot(user, channel, command, "dispatch_failed"),
        };
        Answer { status, ephemeral, body, problem: None }
    }

    /// A person presses a button that they see. If the button has a `confirm`, the page asks first and then calls
    /// this.
    pub async fn press(&self, user: &str, channel: &str, ts: &str, action_id: &str) -> Answer {
        self.act(user, channel, ts, action_id, None).await
    }

    /// A person chooses from a menu that they see. `value` is the value of the option.
    pub async fn choose(&self, user: &str, channel: &str, ts: &str, action_id: &str, value: &str) -> Answer {
        self.act(user, channel, ts, action_id, Some(value)).await
    }

    async fn act(&self, user: &str, channel: &str, ts: &str, action_id: &str, value: Option<&str>) -> Answer {
        let Some(name) = self.person(user) else {
            return Answer::undelivered(format!("nobody here is {user}"));
        };
        let message = self.state().rooms.at(channel).and_then(|room| room.seen_by(user, ts).cloned());
        let Some(message) = message else {
            return Answer::undelivered(format!("{user} sees no message {ts}"));
        };
        let kind = if value.is_some() { "overflow" } else { "button" };
        let element = message.elements().find(|(_, e)| e["type"] == kind && e["action_id"] == action_id);
        let Some((block, element)) = element else {
            return Answer::undelivered(format!("the message shows no {kind} {action_id} now"));
        };
        let acted = match value {
            None => pressed(element),
            Some(value) => {
                let mut options = element["options"].as_array().into_iter().flatten();
                let Some(option) = options.find(|option| option["value"] == value) else {
                    return Answer::undelivered(format!("the menu {action_id} has no option {value} now"));
                };
                json!({"type": kind, "selected_option": option})
            }
        };
        let payload = self.block_actions(user, &name, &message, block, element, acted);
        let (status, body) = self.deliver_payload(&payload).await;
        Answer { status, ephemeral: None, body, problem: None }
    }

    /// Delivers an interaction.
    pub(super) async fn deliver_payload(&self, payload: &Value) -> (u16, String) {
        self.deliver_payload_to("/slack/interactivity", payload).await
    }

    pub(super) async fn deliver_payload_to(&self, path: &str, payload: &Value) -> (u16, String) {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &payload.to_string())
            .finish();
        self.deliver(path, form).await
    }

    /// The part that the payloads of all interactions have.
    pub(super) fn interaction(&self, kind: &str, user: &str, name: &str) -> Value {
        let team = &self.settings().workspace;
        json!({
            "type": kind,
            "user": {"id": user, "username": name, "name": name, "team_id": team.id},
            "api_app_id": "A0SIGNALBOX",
            "token": "deprecated",
            "team": {"id": team.id, "domain": team.domain},
            "enterprise": null,
            "is_enterprise_install": false,
        })
    }

    /// When something happens, as Slack writes it. The number tells apart what happens in the same millisecond.
    pub(super) fn moment(&self, n: u64) -> String {
        let now = self.now_ms();
        format!("{}.{:06}", now / 1000, (now % 1000) * 1000 + i64::try_from(n % 1000).unwrap_or(0))
    }

    /// Changes a typed line as Slack's client does if the manifest has `should_escape`: `@Ada` and `#releases` become
    /// `<@U…|Ada>` and `<#C…|releases>`. If several names fit, the longest is used.
    pub fn escape(&self, line: &str) -> String {
        let settings = self.settings();
        let people =
            settings.people.iter().map(|p| (format!("@{}", p.name), format!("<@{}|{}>", p.id, p.name)));
        let channels =
            settings.channels.iter().map(|c| (format!("#{}", c.name), format!("<#{}|{}>", c.id, c.name)));
        let app = (format!("@{}", self.inner.names.person(BOT_USER)), format!("<@{BOT_USER}>"));
        let mut known: Vec<_> = people.chain(channels).chain([app]).collect();
        known.sort_by_key(|(typed, _)| std::cmp::Reverse(typed.len()));
        let mut out = String::new();
        let mut rest = line;
        while let Some(next) = rest.chars().next() {
            let starts_word = out.chars().next_back().is_none_or(char::is_whitespace);
            let hit = known.iter().find(|(typed, _)| {
                starts_word
                    && rest
                        .strip_prefix(typed.as_str())
                        .is_some_and(|tail| !tail.starts_with(char::is_alphanumeric))
            });
            let (taken, put) =
                hit.map_or((next.len_utf8(), None), |(typed, escaped)| (typed.len(), Some(escaped)));
            out.push_str(put.map_or(&rest[..taken], String::as_str));
            rest = &rest[taken..];
        }
        out
    }

    /// Delivers a request without changing it. It is for deliveries that Slack would not make.
    pub async fn deliver_raw(&self, request: Request<Body>) -> (u16, String) {
        let door = self.state().door.clone();
        let Some(door) = door else { return (503, "no app is attached".to_owned()) };
        let Ok(response) = door.oneshot(request).await;
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), ANSWER_LIMIT).await.unwrap_or_default();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    async fn deliver(&self, path: &str, form: String) -> (u16, String) {
        let timestamp = self.now_ms() / 1000;
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
            .header("x-slack-request-timestamp", timestamp)
            .header("x-slack-signature", self.sign(timestamp, form.as_bytes()))
            .body(Body::from(form));
        match request {
            Ok(request) => self.deliver_raw(request).await,
            Err(error) => (0, error.to_string()),
        }
    }

    fn block_actions(
        &self,
        user: &str,
        name: &str,
        message: &Message,
        block: &Value,
        element: &Value,
        mut action: Value,
    ) -> Value {
        let team = &self.settings().workspace;
        let n = self.next_delivery();
        action["action_id"] = element["action_id"].clone();
        action["block_id"] = block["block_id"].clone();
        action["action_ts"] = json!(self.moment(n));
        let ephemeral = message.visible_to.is_some();
        let mut container = json!({
            "type": "message", "message_ts": message.ts, "channel_id": message.channel, "is_ephemeral": ephemeral,
        });
        if let Some(thread) = &message.thread_ts {
            container["thread_ts"] = json!(thread);
        }
        let mut payload = self.interaction("block_actions", user, name);
        payload["container"] = container;
        payload["trigger_id"] = json!(self.trigger(n, user));
        payload["channel"] = json!({"id": message.channel, "name": self.channel_name(&message.channel)});
        payload["state"] = json!({"values": {}});
        payload["response_url"] =
            json!(format!("https://hooks.slack.com/actions/{}/{n:012}/practice{n:016x}", team.id));
        payload["actions"] = json!([action]);
        // Slack does not send an ephemeral message back, because only its reader has it.
        if !ephemeral {
            payload["message"] = message.wire(true);
        }
        payload
    }

    /// Shows the app's answer: nothing, a text, or JSON with `text` and `blocks`.
    fn answered(&self, user: &str, channel: &str, command: &str, body: &str) -> Option<Message> {
        let body = body.trim();
        if body.is_empty() {
            return None;
        }
        let json =
            serde_json::from_str(body).ok().filter(Value::is_object).unwrap_or_else(|| json!({"text": body}));
        if json["text"].as_str().is_none_or(str::is_empty) && json.get("blocks").is_none() {
            return None;
        }
        let problems = json.get("blocks").map(limits::check_blocks).unwrap_or_default();
        if let Some(problem) = problems.first() {
            return self.slackbot(user, channel, command, &format!("invalid_blocks: {problem}"));
        }
        let mut message = self.blank(channel, BOT_USER)?;
        json["text"].as_str().unwrap_or_default().clone_into(&mut message.text);
        message.blocks = named(json["blocks"].as_array().cloned().unwrap_or_default());
        message.visible_to = (json["response_type"] != "in_channel").then(|| user.to_owned());
        self.keep(message).filter(|message| message.visible_to.is_some())
    }

    fn slackbot(&self, user: &str, channel: &str, command: &str, code: &str) -> Option<Message> {
        let mut message = self.blank(channel, SLACKBOT)?;
        message.text = format!("{command} failed with the error \"{code}\"");
        message.visible_to = Some(user.to_owned());
        self.keep(message)
    }

    fn keep_command(&self, user: &str, channel: &str, line: &str) {
        if let Some(mut typed) = self.blank(channel, user) {
            line.clone_into(&mut typed.text);
            typed.visible_to = Some(user.to_owned());
            if let Some(room) = self.state().rooms.at_mut(channel) {
                room.commands.push(typed);
            }
            self.touch();
        }
    }

    pub(super) fn blank(&self, channel: &str, author: &str) -> Option<Message> {
        let ts = self.state().rooms.next_ts(channel, self.now_ms())?;
        Some(Message::new(&room_id(channel), &ts, author, "", &self.inner.names))
    }

    pub(super) fn keep(&self, message: Message) -> Option<Message> {
        self.state().rooms.at_mut(&message.channel)?.messages.push(message.clone());
        self.touch();
        Some(message)
    }

    pub(super) fn person(&self, id: &str) -> Option<String> {
        self.settings().people.iter().find(|person| person.id == id).map(|person| person.name.clone())
    }

    pub(super) fn channel_name(&self, id: &str) -> Option<String> {
        self.state().rooms.at(id).map(|room| room.name.clone())
    }

    pub(super) fn next_delivery(&self) -> u64 {
        let mut state = self.state();
        state.deliveries += 1;
        state.deliveries
    }
}

/// What a payload says about a button, apart from its names.
pub(super) fn pressed(button: &Value) -> Value {
    let mut action = json!({"type": "button", "text": button["text"]});
    for key in ["value", "style", "url"] {
        if let Some(value) = button.get(key) {
            action[key] = value.clone();
        }
    }
    action
}

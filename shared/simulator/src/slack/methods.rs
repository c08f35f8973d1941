//! What each Web API method does: <https://docs.slack.dev/reference/methods>.
//!
//! The error codes are Slack's. Nothing here may answer with a code that the method's page does not name, unless a
//! comment says why.

use serde_json::{Map, Value, json};

use super::arguments::Arguments;
use super::message::Message;
use super::room::{Room, room_id};
use super::{BOT_USER, Slack, State, views};
use crate::limits;

/// The most characters of a text. Slack advises against texts of 4,000 characters or more.
const TEXT_LIMIT: usize = 40_000;
const PAGE: usize = 100;

/// An answer with `"ok": false`, the error code, and what Slack adds to explain it.
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    problems: Vec<String>,
    /// The scope that the token lacks, and the scopes that it has.
    lacking: Option<(&'static str, String)>,
}

impl From<&'static str> for Refusal {
    fn from(code: &'static str) -> Refusal {
        Refusal { code, problems: Vec::new(), lacking: None }
    }
}

impl Refusal {
    pub(super) fn with(code: &'static str, problems: Vec<String>) -> Refusal {
        Refusal { code, problems, lacking: None }
    }

    pub(super) fn lacking(needed: &'static str, provided: String) -> Refusal {
        Refusal { lacking: Some((needed, provided)), ..Refusal::from("missing_scope") }
    }

    pub(crate) fn wire(&self) -> Value {
        let mut wire = json!({"ok": false, "error": self.code});
        if let Some((needed, provided)) = &self.lacking {
            (wire["needed"], wire["provided"]) = (json!(needed), json!(provided));
        }
        if !self.problems.is_empty() {
            let messages: Vec<_> = self.problems.iter().map(|problem| format!("[ERROR] {problem}")).collect();
            wire["errors"] = json!(self.problems);
            wire["response_metadata"] = json!({"messages": messages});
        }
        wire
    }
}

pub(super) type Outcome = Result<Value, Refusal>;

pub(crate) fn carry_out(slack: &Slack, method: &str, arguments: &Arguments) -> Outcome {
    match method {
        "api.test" => Ok(json!({})),
        "auth.test" => Ok(auth_test(slack)),
        "chat.postMessage" => post_message(slack, arguments),
        "chat.postEphemeral" => post_ephemeral(slack, arguments),
        "chat.update" => update(slack, arguments),
        "conversations.open" => open(slack, arguments),
        "conversations.history" => history(slack, arguments),
        "conversations.replies" => replies(slack, arguments),
        "views.open" => views::methods::open(slack, arguments),
        "views.push" => views::methods::push(slack, arguments),
        "views.update" => views::methods::update(slack, arguments),
        "views.publish" => views::methods::publish(slack, arguments),
        _ => Err("unknown_method".into()),
    }
}

fn auth_test(slack: &Slack) -> Value {
    let team = &slack.settings().workspace;
    let url = format!("https://{}.slack.com/", team.domain);
    json!({"url": url, "team": team.domain, "team_id": team.id, "user": "signalbox", "user_id": BOT_USER, "bot_id": "B0SIGNALBOX"})
}

fn post_message(slack: &Slack, arguments: &Arguments) -> Outcome {
    let content = Content::read(arguments)?;
    if content.text.is_none() && content.blocks.as_ref().is_none_or(Vec::is_empty) {
        return Err("no_text".into());
    }
    let mut state = slack.state();
    // Posting to a person opens the conversation with them. Every other method needs the conversation's `D…` id.
    let channel = room_id(arguments.string("channel").ok_or("channel_not_found")?);
    let room = writable(&mut state, &channel)?;
    let thread_ts = parent(room, arguments)?;
    let ts = state.rooms.next_ts(&channel, slack.now_ms()).ok_or("channel_not_found")?;
    let mut message = Message::new(&channel, &ts, BOT_USER, "", &slack.inner.names);
    message.thread_ts = thread_ts;
    content.put(&mut message);
    let answer = json!({"channel": channel, "ts": ts, "message": message.wire(true)});
    state.rooms.at_mut(&channel).ok_or("channel_not_found")?.messages.push(message);
    drop(state);
    slack.touch();
    Ok(answer)
}

fn post_ephemeral(slack: &Slack, arguments: &Arguments) -> Outcome {
    let content = Content::read(arguments)?;
    if content.text.is_none() && content.blocks.as_ref().is_none_or(Vec::is_empty) {
        return Err("no_text".into());
    }
    let user = arguments.string("user").ok_or("user_not_in_channel")?;
    if !slack.settings().people.iter().any(|person| person.id == user) {
        return Err("user_not_in_channel".into());
    }
    let mut state = slack.state();
    let channel = room_id(arguments.string("channel").ok_or("channel_not_found")?);
    let room = writable(&mut state, &channel)?;
    let thread_ts = parent(room, arguments)?;
    let ts = state.rooms.next_ts(&channel, slack.now_ms()).ok_or("channel_not_found")?;
    let mut message = Message::new(&channel, &ts, BOT_USER, "", &slack.inner.names);
    message.thread_ts = thread_ts;
    message.visible_to = Some(user.to_owned());
    content.put(&mut message);
    state.rooms.at_mut(&channel).ok_or("channel_not_found")?.messages.push(message);
    drop(state);
    slack.touch();
    Ok(json!({"message_ts": ts}))
}

fn update(slack: &Slack, arguments: &Arguments) -> Outcome {
    let content = Content::read(arguments)?;
    if content.text.is_none() && content.blocks.is_none() && content.metadata.is_none() {
        return Err("no_text".into());
    }
    let mut state = slack.state();
    let channel = arguments.string("channel").ok_or("channel_not_found")?;
    let room = writable(&mut state, channel)?;
    // Ephemeral messages are not found here, because only a response URL can change them.
    let message = room.public_mut(arguments.string("ts").unwrap_or_default()).ok_or("message_not_found")?;
    if message.user != BOT_USER {
        return Err("cant_update_message".into());
    }
    content.put(message);
    message.edited = true;
    message.edits += 1;
    let answer =
        json!({"channel": channel, "ts": message.ts, "text": message.text, "message": message.wire(true)});
    drop(state);
    slack.touch();
    Ok(answer)
}

/// Opens the app's direct messages with one person. Groups of several people do not exist here.
fn open(slack: &Slack, arguments: &Arguments) -> Outcome {
    let users = arguments.string("users").ok_or("users_list_not_supplied")?;
    slack.person(users).ok_or("user_not_found")?;
    Ok(json!({"channel": {"id": room_id(users)}}))
}

fn history(slack: &Slack, arguments: &Arguments) -> Outcome {
    let metadata = slack.may("metadata.message:read");
    let state = slack.state();
    let room = readable(&state, arguments)?;
    let mut newest_first: Vec<_> = room.public().filter(|m| m.thread_ts.is_none()).collect();
    newest_first.reverse();
    let (page, cursor) = page(newest_first, arguments);
    let messages: Vec<_> = page
        .into_iter()
        .map(|m| listed(room, m, metadata && arguments.flag("include_all_metadata")))
        .collect();
    Ok(paged(&messages, cursor))
}

fn replies(slack: &Slack, arguments: &Arguments) -> Outcome {
    let metadata = slack.may("metadata.message:read");
    let state = slack.state();
    let room = readable(&state, arguments)?;
    let ts = arguments.string("ts").unwrap_or_default();
    let parent = room.public().find(|m| m.ts == ts && m.thread_ts.is_none()).ok_or("thread_not_found")?;
    let (page, cursor) = page(std::iter::once(parent).chain(room.replies(ts)).collect(), arguments);
    let messages: Vec<_> = page
        .into_iter()
        .map(|m| listed(room, m, metadata && arguments.flag("include_all_metadata")))
        .collect();
    Ok(paged(&messages, cursor))
}

/// A channel that the app may write to. Updates and reads find direct messages only by their `D…` id.
fn writable<'a>(state: &'a mut State, channel: &str) -> Result<&'a mut Room, Refusal> {
    let room =
        state.rooms.at_mut(channel).filter(|_| room_id(channel) == channel).ok_or("channel_not_found")?;
    match room {
        Room { archived: true, .. } => Err("is_archived".into()),
        Room { member: false, .. } => Err("not_in_channel".into()),
        room => Ok(room),
    }
}

fn readable<'a>(state: &'a State, arguments: &Arguments) -> Result<&'a Room, Refusal> {
    let channel = arguments.string("channel").unwrap_or_default();
    let room = state.rooms.at(channel).filter(|_| room_id(channel) == channel).ok_or("channel_not_found")?;
    if room.member { Ok(room) } else { Err("not_in_channel".into()) }
}

/// The message that a post replies to. Slack accepts an unknown `thread_ts` and then shows the reply nowhere. Here it
/// is refused, so that the mistake is found. See <https://docs.slack.dev/reference/methods/chat.postMessage#threads>.
fn parent(room: &Room, arguments: &Arguments) -> Result<Option<String>, Refusal> {
    let Some(ts) = arguments.string("thread_ts") else { return Ok(None) };
    match room.public().find(|m| m.ts == ts) {
        None => Err("thread_not_found".into()),
        Some(Message { thread_ts: Some(_), .. }) => Err("cannot_reply_to_message".into()),
        Some(_) => Ok(Some(ts.to_owned())),
    }
}

/// One page of messages. `oldest` and `latest` are exclusive unless `inclusive` is set. The cursor is the index at
/// which the page begins.
fn page<'a>(all: Vec<&'a Message>, arguments: &Arguments) -> (Vec<&'a Message>, Option<usize>) {
    let inclusive = arguments.flag("inclusive");
    let within = |message: &Message| {
        let after =
            arguments.string("oldest").is_none_or(|ts| *message.ts > *ts || (inclusive && message.ts == ts));
        let before =
            arguments.string("latest").is_none_or(|ts| *message.ts < *ts || (inclusive && message.ts == ts));
        after && before
    };
    let limit = arguments.number("limit").unwrap_or(PAGE).clamp(1, 999);
    let start = arguments.string("cursor").and_then(|c| c.strip_prefix("next:")?.parse().ok()).unwrap_or(0);
    let mut rest: Vec<_> = all.into_iter().filter(|m| within(m)).skip(start).collect();
    let more = rest.len() > limit;
    rest.truncate(limit);
    (rest, more.then_some(start + limit))
}

fn paged(messages: &[Value], cursor: Option<usize>) -> Value {
    let next = cursor.map(|at| format!("next:{at}")).unwrap_or_default();
    json!({"messages": messages, "has_more": cursor.is_some(), "response_metadata": {"next_cursor": next}})
}

fn listed(room: &Room, message: &Message, metadata: bool) -> Value {
    let mut wire = message.wire(metadata);
    let count = room.replies(&message.ts).count();
    if count > 0 {
        wire["reply_count"] = json!(count);
        wire["thread_ts"] = json!(message.ts);
    }
    wire
}

/// The content of a post or an update. A part is `None` if it was not given.
struct Content {
    text: Option<String>,
    blocks: Option<Vec<Value>>,
    metadata: Option<Option<Value>>,
}

impl Content {
    fn read(arguments: &Arguments) -> Result<Content, Refusal> {
        let text = arguments.string("text").map(str::to_owned);
        if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_LIMIT) {
            return Err("msg_too_long".into());
        }
        let blocks = match arguments.json("blocks").map_err(|()| "invalid_blocks_format")? {
            None => None,
            Some(Value::Array(blocks)) => Some(blocks),
            Some(_) => return Err("invalid_blocks_format".into()),
        };
        let problems =
            blocks.clone().map(|blocks| limits::check_blocks(&Value::Array(blocks))).unwrap_or_default();
        if !problems.is_empty() {
            return Err(Refusal::with("invalid_blocks", problems));
        }
        let metadata = arguments.json("metadata").map_err(|()| "invalid_metadata_format")?;
        let metadata = metadata.map(checked_metadata).transpose()?;
        Ok(Content { text, blocks, metadata })
    }

    /// An update with a text and no blocks removes the blocks. An update with neither keeps both.
    fn put(self, message: &mut Message) {
        match (self.blocks, self.text.is_some()) {
            (Some(blocks), _) => message.blocks = named(blocks),
            (None, true) => message.blocks.clear(),
            (None, false) => {}
        }
        if let Some(text) = self.text {
            message.text = text;
        }
        if let Some(metadata) = self.metadata {
            message.metadata = metadata;
        }
    }
}

/// `{"event_type", "event_payload"}`, or `{}` to remove the metadata. Values are plain, or nested one level deep.
#[expect(clippy::wildcard_enum_match_arm, reason = "an enum that others may add to")]
fn checked_metadata(metadata: Value) -> Result<Option<Value>, Refusal> {
    let Value::Object(fields) = &metadata else { return Err("invalid_metadata_format".into()) };
    if fields.is_empty() {
        return Ok(None);
    }
    let plain = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
    let allowed = |value: &Value| match value {
        Value::Array(items) => items.iter().all(plain),
        Value::Object(items) => items.values().all(plain),
        value => plain(value),
    };
    let known = fields.keys().all(|key| key == "event_type" || key == "event_payload");
    let typed = fields.get("event_type").and_then(Value::as_str).is_some_and(|name| !name.is_empty());
    let payload = fields.get("event_payload").and_then(Value::as_object);
    if known && typed && payload.is_some_and(|payload: &Map<_, _>| payload.values().all(allowed)) {
        Ok(Some(metadata))
    } else {
        Err("invalid_metadata_schema".into())
    }
}

/// Adds ids to the blocks and elements that have none, as Slack does.
pub(crate) fn named(mut blocks: Vec<Value>) -> Vec<Value> {
    for (i, block) in blocks.iter_mut().enumerate() {
        if block.get("block_id").is_none() {
            block["block_id"] = json!(format!("sim{i}"));
        }
        let Some(elements) = block.get_mut("elements").and_then(Value::as_array_mut) else { continue };
        for (j, element) in elements.iter_mut().enumerate() {
            if matches!(element["type"].as_str(), Some("button" | "overflow"))
                && element.get("action_id").is_none()
            {
                element["action_id"] = json!(format!("sim{i}.{j}"));
            }
        }
    }
    blocks
}

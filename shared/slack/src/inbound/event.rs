//! The Events API: <https://docs.slack.dev/apis/events-api>. Slack delivers an event up to four times, and sometimes
//! repeats one under another id; so both keys are needed to recognise a repetition.

use super::typed::typed;
use super::{BadPayload, DOOR, bad, id, kind, token};
use serde::Deserialize;
use serde_json::Value;
use signalbox_domain::ids::{ChannelId, UserId, WorkspaceId};
use signalbox_domain::people::{Actor, Chat, Place};
use signalbox_engine::Asker;
use signalbox_engine::ports::MessageRef;

/// The longest challenge that is echoed, in characters; real ones have 52.
const LONGEST_CHALLENGE: usize = 1024;

/// What came to the events address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventCallback {
    /// Slack checks the address: answer with exactly this.
    Challenge(String),
    /// A person said something in a thread.
    Said {
        /// Who, and where.
        asker: Box<Asker>,
        /// The message that the thread belongs to.
        thread: MessageRef,
        /// The text as it was typed; mentions stay as Slack writes them.
        text: String,
    },
    /// A person opened the app's own page.
    Home {
        /// Who; the place is their messages with the app.
        asker: Box<Asker>,
    },
    /// A person mentioned the app.
    Mentioned {
        /// Who, and where.
        asker: Box<Asker>,
        /// The message that the thread belongs to, in a thread.
        thread: Option<MessageRef>,
        /// What they said to it, without the mention.
        text: String,
    },
    /// Something happened.
    Event {
        /// Slack's name for the delivery.
        event_id: String,
        /// What it is about: workspace, channel (or `-`) and `event_ts`. If the keys are equal it is the same event,
        /// even if the `event_id`s differ. Without an `event_ts` it is the `event_id`.
        key: String,
        /// Which kind: `app_mention`, `app_home_opened`, ….
        kind: String,
    },
    /// Something else, by its type: acknowledged and dropped.
    Ignored(String),
}

#[derive(Deserialize)]
struct Outer {
    r#type: Option<String>,
    challenge: Option<String>,
    event_id: Option<String>,
    team_id: Option<String>,
    // The workspace through which the event reaches us, if the channel is shared.
    context_team_id: Option<String>,
    event: Option<Inner>,
}

#[derive(Deserialize)]
struct Inner {
    r#type: Option<String>,
    // An id, or an object with one.
    channel: Option<Value>,
    event_ts: Option<Value>,
    // Fields of a message; in other events some of these are objects.
    subtype: Option<Value>,
    bot_id: Option<Value>,
    user: Option<Value>,
    // The workspace that its author belongs to, in a shared channel.
    user_team: Option<Value>,
    text: Option<Value>,
    ts: Option<Value>,
    thread_ts: Option<Value>,
    // The workspace of its author, where `user_team` is not said.
    team: Option<Value>,
    // Which page of the app was opened.
    tab: Option<Value>,
}

/// Reads a JSON body of the Events API.
///
/// # Errors
/// [`BadPayload`] if it is not one.
pub fn event(body: &[u8]) -> Result<EventCallback, BadPayload> {
    let outer: Outer =
        serde_json::from_slice(body).map_err(|_| bad("body", "is not of its documented shape"))?;
    match outer.r#type.as_deref() {
        Some("url_verification") => match outer.challenge {
            Some(challenge) if challenge.len() <= LONGEST_CHALLENGE => {
                Ok(EventCallback::Challenge(challenge))
            }
            Some(_) => Err(bad("challenge", "is too long")),
            None => Err(bad("challenge", "is missing")),
        },
        Some("event_callback") => {
            let event_id = token("event_id", outer.event_id.as_deref())?.to_owned();
            let inner = outer.event.ok_or_else(|| bad("event", "is missing"))?;
            // The id of an organisation is not a workspace's id.
            let ours = outer.context_team_id.as_deref().filter(|id| id.starts_with('T'));
            if let Some(said) = said(outer.team_id.as_deref(), ours, &inner)? {
                return Ok(said);
            }
            // Nobody can be answered where a field is missing.
            if let Ok(Some(spoken)) = spoken_to(outer.team_id.as_deref(), ours, &inner) {
                return Ok(spoken);
            }
            let channel = inner.channel.as_ref().and_then(|c| c.as_str().or_else(|| c.get("id")?.as_str()));
            let key = match inner.event_ts.as_ref().and_then(Value::as_str).filter(|ts| !ts.is_empty()) {
                Some(ts) => {
                    let team = token("team_id", outer.team_id.as_deref())?;
                    let channel = channel
                        .filter(|c| !c.is_empty())
                        .map_or(Ok("-"), |c| token("event.channel", Some(c)))?;
                    format!("{team}:{channel}:{}", token("event.event_ts", Some(ts))?)
                }
                None => event_id.clone(),
            };
            Ok(EventCallback::Event { event_id, key, kind: kind(inner.r#type.as_deref()) })
        }
        other => Ok(EventCallback::Ignored(kind(other))),
    }
}

/// A mention of the app, or a look at its own page; `None` for anything else.
fn spoken_to(
    team: Option<&str>,
    ours: Option<&str>,
    event: &Inner,
) -> Result<Option<EventCallback>, BadPayload> {
    let text = |value: &'_ Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    let mentioned = match event.r#type.as_deref() {
        Some("app_mention") if event.bot_id.is_none() => true,
        Some("app_home_opened") if text(&event.tab).as_deref() == Some("home") => false,
        Some(_) | None => return Ok(None),
    };
    let team = id("team_id", team)?;
    let place = ours.map_or(Ok(team), |ours| id("context_team_id", Some(ours)))?;
    // In a shared channel somebody of another workspace may mention the app: `team` is theirs then.
    let own = text(&event.user_team).or_else(|| text(&event.team));
    let own = own.as_deref().map_or(Ok(team), |own| id("event.user_team", Some(own)))?;
    let (user, channel) = (text(&event.user), text(&event.channel));
    let user = id("event.user", user.as_deref())?;
    let channel = id("event.channel", channel.as_deref())?;
    let ts = text(&event.ts).or_else(|| text(&event.event_ts));
    let ts = token("event.event_ts", ts.as_deref())?;
    let place =
        Place { chat: Chat::SLACK, workspace: WorkspaceId::new(place), channel: ChannelId::new(channel) };
    let asker = Box::new(Asker {
        actor: Actor::person(Chat::SLACK, WorkspaceId::new(own), UserId::new(user)),
        place,
        door: DOOR,
        key: format!("mention:{channel}:{ts}"),
    });
    if !mentioned {
        return Ok(Some(EventCallback::Home { asker }));
    }
    let thread = text(&event.thread_ts).map(|ts| MessageRef { channel: ChannelId::new(channel), ts });
    let said = typed(&text(&event.text).unwrap_or_default());
    // The mention itself may stand before or after what is said.
    let words: Vec<&str> = said.split_whitespace().collect();
    let is_mention = |word: &&&str| word.starts_with("<@");
    let text = match (words.first().filter(is_mention), words.last().filter(is_mention)) {
        (Some(_), _) => words.get(1..).unwrap_or_default().join(" "),
        (None, Some(_)) => words[..words.len() - 1].join(" "),
        (None, None) => said.clone(),
    };
    Ok(Some(EventCallback::Mentioned { asker, thread, text }))
}

/// Other kinds of messages that a person wrote: also sent to the channel, or with a file
/// (<https://docs.slack.dev/reference/events/message>).
const SAID_TOO: [&str; 2] = ["thread_broadcast", "file_share"];

/// What a person said in a thread; `None` for anything else: bots, edits, the first message of a thread.
fn said(team: Option<&str>, ours: Option<&str>, event: &Inner) -> Result<Option<EventCallback>, BadPayload> {
    let text = |value: &'_ Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    let kind = event.subtype.as_ref().map(|s| s.as_str().unwrap_or_default());
    let by_person = kind.is_none_or(|kind| SAID_TOO.contains(&kind)) && event.bot_id.is_none();
    let (Some("message"), true, Some(thread)) = (event.r#type.as_deref(), by_person, text(&event.thread_ts))
    else {
        return Ok(None);
    };
    if text(&event.ts).as_ref() == Some(&thread) {
        return Ok(None);
    }
    let team = id("team_id", team)?;
    let place = ours.map_or(Ok(team), |ours| id("context_team_id", Some(ours)))?;
    let own_team = text(&event.user_team);
    let own_team = match own_team.as_deref() {
        Some(own) => id("event.user_team", Some(own))?,
        None => team,
    };
    let user = text(&event.user);
    let user = id("event.user", user.as_deref())?;
    let channel = id("event.channel", event.channel.as_ref().and_then(Value::as_str))?;
    let ts = text(&event.ts);
    let ts = token("event.ts", ts.as_deref())?;
    let asker = Asker {
        actor: Actor::person(Chat::SLACK, WorkspaceId::new(own_team), UserId::new(user)),
        place: Place {
            chat: Chat::SLACK,
            workspace: WorkspaceId::new(place),
            channel: ChannelId::new(channel),
        },
        door: DOOR,
        // Names the message itself, so it stays the same however often Slack sends it.
        key: format!("said:{channel}:{ts}"),
    };
    let thread = token("event.thread_ts", Some(&thread))?.to_owned();
    let thread = MessageRef { channel: ChannelId::new(channel), ts: thread };
    let text = typed(&text(&event.text).unwrap_or_default());
    Ok(Some(EventCallback::Said { asker: Box::new(asker), thread, text }))
}

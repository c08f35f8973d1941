//! Cards in Slack's channels: the methods of the Web API that show, find and change them:
//! <https://docs.slack.dev/reference/methods>.
//!
//! Keeps no state, and tries only a refused layout again: when to call again is for the notifier to decide.

use crate::blocks::Message;
use crate::inbound::is_domain;
use crate::means::Means;
use crate::scopes::{HEARING, MissingScope};
use crate::signature::TOLERANCE_SECONDS;
use crate::web_api::{Arguments, Trouble, WebApi, is_base};
use crate::{answer, draw};
use async_trait::async_trait;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use signalbox_domain::answer::Answer;
use signalbox_domain::card::{Drawing, Note};
use signalbox_domain::ids::{ChannelId, RecordId, UserId, WorkspaceId};
use signalbox_domain::people::Place;
use signalbox_domain::time::Timestamp;
use signalbox_engine::Asker;
use signalbox_engine::ports::{Chat, ChatError, MessageRef, Transport};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Where Slack's Web API is.
pub const DEFAULT_API_URL: &str = "https://slack.com/api";

/// The `event_type` of our messages' metadata; its payload is `{"run": …}`.
const EVENT_TYPE: &str = "signalbox_run";
/// Messages per page of a search. Slack advises 100 to 200.
const PAGE: u32 = 100;
/// How many pages one search reads.
const MOST_PAGES: usize = 10;
/// A search begins this long before the post, because two clocks never agree. This is the largest difference at which
/// Slack's requests are still accepted.
const CLOCK_SLACK_SECONDS: i64 = TOLERANCE_SECONDS.cast_signed();

/// A workspace's Slack, by its bot token.
pub struct SlackClient {
    pub(crate) api: WebApi,
    public: Option<String>,
    /// The workspace's own name in addresses, once Slack has said it.
    domain: OnceLock<String>,
}

impl fmt::Debug for SlackClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlackClient").field("base_url", &self.api.base_url).finish_non_exhaustive()
    }
}

/// Whose token it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its name, for people.
    pub workspace_name: String,
    /// The app's own user.
    pub user: UserId,
    /// Scopes that it lacks, as far as Slack says.
    pub missing: Vec<MissingScope>,
}

#[derive(Deserialize)]
struct Posted {
    channel: Option<String>,
    ts: Option<String>,
}

#[derive(Deserialize)]
struct Opened {
    channel: Option<Room>,
}

#[derive(Deserialize)]
struct Room {
    id: String,
}

#[derive(Deserialize)]
struct WhoAmI {
    team_id: Option<String>,
    team: Option<String>,
    user_id: Option<String>,
    url: Option<String>,
}

impl WhoAmI {
    /// The first part of links to the workspace's messages: for `https://acme.slack.com/` it is `acme`.
    fn domain(&self) -> Option<String> {
        let domain = self.url.as_deref()?.strip_prefix("https://")?.strip_suffix(".slack.com/")?;
        // In an organisation with several workspaces it is `acme.enterprise`.
        domain.split('.').all(is_domain).then(|| domain.to_owned())
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    messages: Vec<Listed>,
    response_metadata: Option<Cursor>,
}

#[derive(Deserialize)]
struct Cursor {
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    ts: Option<String>,
    // Other apps put any content into theirs.
    metadata: Option<Value>,
}

impl Listed {
    fn is_card_of(&self, record: &RecordId) -> bool {
        let Some(metadata) = &self.metadata else { return false };
        metadata["event_type"] == EVENT_TYPE && metadata["event_payload"]["run"] == record.as_str()
    }
}

impl SlackClient {
    /// A client of the Web API at `base_url`, usually [`DEFAULT_API_URL`].
    ///
    /// # Errors
    /// Says what is wrong with the address or the token, without showing the token.
    pub fn new(transport: Arc<dyn Transport>, base_url: &str, token: &str) -> Result<Self, String> {
        Ok(Self { api: WebApi::new(transport, base_url, token)?, public: None, domain: OnceLock::new() })
    }

    /// With pictures: Slack fetches them below this address of ours, drawn by [`picture`](crate::picture()). Without
    /// an address there are none.
    ///
    /// # Errors
    /// Says what is wrong with the address.
    pub fn with_pictures(self, public: Option<String>) -> Result<Self, String> {
        match &public {
            Some(public) if !is_base(public) => Err(
                "the public address is none; a right one is https://signalbox.example.com\n  help: set SIGNALBOX_PUBLIC_URL to where Slack reaches this server, or leave it out"
                    .to_owned(),
            ),
            _ => Ok(Self { public, ..self }),
        }
    }

    /// Asks Slack whose token this is: for the start, and to tell a wrong token from a wrong channel.
    ///
    /// # Errors
    /// As [`Chat::post`]; a wrong token is [`ChatError::Failed`] with what to do about it.
    pub async fn auth_test(&self) -> Result<Identity, ChatError> {
        let asked = self.api.call("auth.test", &Arguments::Form(vec![])).await;
        let who: WhoAmI = asked.map_err(Trouble::meaning)?;
        match (who.team_id, who.user_id) {
            (Some(team), Some(user)) => Ok(Identity {
                workspace: WorkspaceId::new(team),
                workspace_name: who.team.unwrap_or_default(),
                user: UserId::new(user),
                missing: self.api.lacks(),
            }),
            _ => Err(ChatError::Failed("auth.test did not say whose token this is".to_owned())),
        }
    }

    /// Tells one person something that only they can see, in the place or thread where they are. This is the answer
    /// to a pressed button, because Slack does not show the HTTP answer to that. Ages are counted until `now`.
    ///
    /// # Errors
    /// As [`Chat::post`].
    pub async fn tell(
        &self,
        asker: &Asker,
        thread: Option<&MessageRef>,
        answer: &Answer,
        now: Timestamp,
    ) -> Result<(), ChatError> {
        let message = answer::message(answer, now, None);
        let Some(person) = asker.actor.as_person() else {
            return Err(ChatError::Rejected("there is nobody to tell it to".into()));
        };
        let mut address = json!({"channel": asker.place.channel.as_str(), "user": person.user.as_str()});
        if let Some(thread) = thread {
            address["thread_ts"] = json!(thread.ts);
        }
        self.show::<Value>("chat.postEphemeral", &address, &message).await.map(|_| ())
    }

    /// Posts a message in a channel: words about this server itself, which no card shows.
    ///
    /// # Errors
    /// As [`Chat::post`].
    pub async fn say(&self, channel: &str, words: &str) -> Result<(), ChatError> {
        let lines: Vec<String> = words.lines().map(crate::markup::prose).collect();
        let text = lines.join("\n");
        let arguments = json!({"channel": channel, "text": text, "unfurl_links": false});
        let arguments = Arguments::Json(arguments.to_string());
        self.api.call::<Value>("chat.postMessage", &arguments).await.map(|_| ()).map_err(Trouble::meaning)
    }

    /// Sends a message. If its layout is refused, sends it once more without pictures, then as text alone, so that a
    /// person always learns what happened.
    async fn show<T: DeserializeOwned>(
        &self,
        method: &'static str,
        address: &Value,
        message: &Message,
    ) -> Result<T, ChatError> {
        let mut arguments = address.clone();
        let (text, blocks) = message.drawn();
        arguments["text"] = json!(text);
        arguments["blocks"] = json!(blocks);
        match self.api.call(method, &Arguments::json(&arguments)).await {
            Err(Trouble::Refused(refusal, _)) if refusal.is_about_form() => {
                // Mostly Slack could not fetch a picture; that alone should not cost the buttons.
                if let Some(plainer) = message.without_pictures() {
                    tracing::warn!(
                        method,
                        code = refusal.code(),
                        "Slack refused the layout; without pictures"
                    );
                    return Box::pin(self.show(method, address, &plainer)).await;
                }
                tracing::error!(
                    method,
                    code = refusal.code(),
                    "Slack refused the layout; sending text alone"
                );
                // An empty list removes the blocks of an edited message.
                arguments["blocks"] = json!([]);
                self.api.call(method, &Arguments::json(&arguments)).await.map_err(Trouble::meaning)
            }
            answer => answer.map_err(Trouble::meaning),
        }
    }

    async fn draw(&self, card: &Drawing, record: &RecordId) -> Message {
        let deaf = self.api.lacks().into_iter().any(|scope| scope.scope == HEARING);
        let domain = if card.leads_on() { self.domain().await } else { None };
        let page = signalbox_voice::page(card, record, deaf.then_some(HEARING));
        draw::message(&page, &Means { public: self.public.as_deref(), domain })
    }

    /// Asked only once; if it fails, messages are sent without links.
    async fn domain(&self) -> Option<&str> {
        if self.domain.get().is_none() {
            let asked = self.api.call::<WhoAmI>("auth.test", &Arguments::Form(vec![])).await;
            let asked = asked.map_err(Trouble::meaning);
            let who = asked.inspect_err(|error| tracing::warn!(%error, "cannot ask for the workspace's address; a message comes without links"));
            who.ok().and_then(|who| who.domain()).map(|domain| self.domain.set(domain).ok());
        }
        self.domain.get().map(String::as_str)
    }

    /// To post, a person's id may be used as a channel; all other calls need the id of the conversation.
    async fn conversation(&self, channel: &ChannelId) -> Result<String, ChatError> {
        if !channel.as_str().starts_with(['U', 'W']) {
            return Ok(channel.to_string());
        }
        let arguments = Arguments::Form(vec![("users", channel.to_string())]);
        let opened: Opened =
            self.api.call("conversations.open", &arguments).await.map_err(Trouble::meaning)?;
        let room = opened
            .channel
            .filter(|room| is_short_word(&room.id))
            .ok_or_else(|| ChatError::Failed("conversations.open opened nothing".to_owned()))?;
        Ok(room.id)
    }
}

/// Whether a text has the form of Slack's ids and moments: letters, digits and dots, and few of them.
fn is_short_word(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
}

fn metadata(record: &RecordId) -> Value {
    json!({"event_type": EVENT_TYPE, "event_payload": {"run": record.as_str()}})
}

#[async_trait]
impl Chat for SlackClient {
    async fn post(&self, place: &Place, record: &RecordId, card: &Drawing) -> Result<MessageRef, ChatError> {
        let address = json!({
            "channel": place.channel.as_str(), "metadata": metadata(record), "unfurl_links": false, "unfurl_media": false,
        });
        let posted: Posted = self.show("chat.postMessage", &address, &self.draw(card, record).await).await?;
        match (posted.channel, posted.ts) {
            // The place is stored and sent back unchanged, so a value with another form is not accepted as one.
            (Some(channel), Some(ts)) if is_short_word(&channel) && is_short_word(&ts) => {
                Ok(MessageRef { channel: ChannelId::new(channel), ts })
            }
            _ => Err(ChatError::Failed("chat.postMessage did not say where the message is".to_owned())),
        }
    }

    async fn find(
        &self,
        place: &Place,
        record: &RecordId,
        since: Timestamp,
    ) -> Result<Option<MessageRef>, ChatError> {
        let channel = self.conversation(&place.channel).await?;
        let oldest = since.seconds().saturating_sub(CLOCK_SLACK_SECONDS).max(0);
        let mut cursor = String::new();
        for _ in 0..MOST_PAGES {
            let mut arguments = vec![
                ("channel", channel.clone()),
                ("include_all_metadata", "true".to_owned()),
                ("oldest", format!("{oldest}.000000")),
                ("limit", PAGE.to_string()),
            ];
            if !cursor.is_empty() {
                arguments.push(("cursor", cursor));
            }
            let arguments = Arguments::Form(arguments);
            let page: Page =
                self.api.call("conversations.history", &arguments).await.map_err(Trouble::meaning)?;
            let cards = page.messages.iter().filter(|m| m.is_card_of(record));
            if let Some(ts) = cards.filter_map(|m| m.ts.clone()).find(|ts| is_short_word(ts)) {
                return Ok(Some(MessageRef { channel: ChannelId::new(channel), ts }));
            }
            cursor = page.response_metadata.and_then(|m| m.next_cursor).unwrap_or_default();
            if cursor.is_empty() {
                return Ok(None);
            }
        }
        // A second card is better than none, and better than reading a busy channel for ever.
        tracing::warn!(%record, pages = MOST_PAGES, "gave up looking for a card");
        Ok(None)
    }

    async fn edit(&self, message: &MessageRef, record: &RecordId, card: &Drawing) -> Result<(), ChatError> {
        let address = json!({
            "channel": message.channel.as_str(), "ts": message.ts, "metadata": metadata(record),
        });
        self.show::<Value>("chat.update", &address, &self.draw(card, record).await).await.map(|_| ())
    }

    async fn reply(&self, message: &MessageRef, note: &Note) -> Result<(), ChatError> {
        let address = json!({
            "channel": message.channel.as_str(), "thread_ts": message.ts, "unfurl_links": false, "unfurl_media": false,
        });
        self.show::<Value>(
            "chat.postMessage",
            &address,
            &draw::message(&signalbox_voice::note(note), &Means::NONE),
        )
        .await
        .map(|_| ())
    }
}

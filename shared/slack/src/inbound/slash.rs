//! Slash commands: <https://docs.slack.dev/interactivity/implementing-slash-commands>.
//!
//! A person waits for this code: it passes over the form once, and copies only what is needed.

use super::typed::typed;
use super::who::Trigger;
use super::{BadPayload, DOOR, bad, digest, id};
use signalbox_domain::ids::{ChannelId, UserId, WorkspaceId};
use signalbox_domain::people::{Actor, Chat, Place};
use signalbox_engine::Asker;
use std::borrow::Cow;

/// The longest `trigger_id` that is accepted, in characters; real ones have about sixty.
const LONGEST_TRIGGER: usize = 256;
/// The longest `command`, in characters, with its slash: the manifest's limit.
const LONGEST_COMMAND: usize = 32;

/// What a person typed, who and where.
#[derive(Debug, Clone)]
pub struct SlashCommand {
    /// Who, where, and the key by which a repetition is recognised.
    pub asker: Asker,
    /// The command with its slash: `/signalbox`.
    pub command: String,
    /// Everything after the command, as it was typed, before Slack changed it; may be empty.
    pub text: String,
    /// The workspace's own name in addresses, `team_domain`: links to its messages begin with it.
    pub domain: Option<String>,
    /// The permission to show a form, for three seconds.
    pub trigger: Trigger,
}

/// Reads a slash command.
///
/// The workspace of both person and place is `team_id`: Slack runs a command where its app is installed, even if it
/// is installed for a whole organisation.
///
/// # Errors
/// [`BadPayload`] if a field that decides who, where or what is missing, too long or malformed.
pub fn slash(body: &[u8]) -> Result<SlashCommand, BadPayload> {
    let (mut team, mut channel, mut user, mut command, mut text, mut trigger, mut domain) =
        (None, None, None, None, None, None, None);
    for pair in body.split(|b| *b == b'&') {
        // Slack does not encode field names, so a field that is not needed is not even decoded.
        let slot = match pair.split(|b| *b == b'=').next().unwrap_or_default() {
            b"team_id" => &mut team,
            b"channel_id" => &mut channel,
            b"user_id" => &mut user,
            b"command" => &mut command,
            b"text" => &mut text,
            b"trigger_id" => &mut trigger,
            b"team_domain" => &mut domain,
            _ => continue,
        };
        // A field that comes twice could be read in two ways.
        if slot.is_some() {
            return Err(bad("body", "has a field twice"));
        }
        *slot = form_urlencoded::parse(pair).next().map(|(_, value)| value);
    }
    let workspace = WorkspaceId::new(id("team_id", team.as_deref())?);
    let channel = ChannelId::new(id("channel_id", channel.as_deref())?);
    let user = UserId::new(id("user_id", user.as_deref())?);
    let key = key(trigger.as_deref())?;
    let command = command.map(Cow::into_owned).unwrap_or_default();
    let named = command.len() > 1 && command.starts_with('/') && command.chars().count() <= LONGEST_COMMAND;
    if !named || command.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(bad("command", "is not a slash and a name"));
    }
    let place = Place { chat: Chat::SLACK, workspace: workspace.clone(), channel };
    let asker = Asker { actor: Actor::person(Chat::SLACK, workspace, user), place, door: DOOR, key };
    let domain = domain.map(Cow::into_owned).filter(|domain| is_domain(domain));
    let trigger = Trigger::read(trigger.map(Cow::into_owned))?;
    Ok(SlashCommand { asker, command, text: text.as_deref().map(typed).unwrap_or_default(), domain, trigger })
}

/// Whether the text can stand in an address. Without such a text there are no links.
pub(crate) fn is_domain(domain: &str) -> bool {
    let plain = domain.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    plain && (1..=63).contains(&domain.len())
}

/// Slack gives each command one `trigger_id`. Its digest recognises a repetition just as well, and unlike the trigger
/// itself it may stand in commands and events.
fn key(trigger: Option<&str>) -> Result<String, BadPayload> {
    match trigger {
        None | Some("") => Err(bad("trigger_id", "is missing")),
        Some(text) if text.len() > LONGEST_TRIGGER => Err(bad("trigger_id", "is too long")),
        Some(text) => Ok(digest(text)),
    }
}

/// Whether this is Slack's test of a command's certificate, `ssl_check=1`, which sometimes comes, unsigned, and wants
/// an empty 200. Nothing else may be done for such a body.
#[must_use]
pub fn is_ssl_check(body: &[u8]) -> bool {
    body.split(|b| *b == b'&').any(|pair| pair == b"ssl_check=1")
}

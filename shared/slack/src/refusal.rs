//! What a Web API answer means for the caller: wait, go elsewhere, post anew, give up, or try again.
//!
//! Error codes are Slack's: <https://docs.slack.dev/reference/methods/chat.postMessage#errors>. What Slack says is
//! outside text; only texts with the form of a code are handed on.

use serde::Deserialize;
use signalbox_domain::observation::cut_middle;
use signalbox_domain::redact::redact;
use signalbox_engine::ports::ChatError;
use std::time::Duration;

/// How long to be quiet if Slack does not say.
const QUIET: Duration = Duration::from_secs(30);
/// Slack's waits are minutes; an answer with a longer wait than this should not be believed.
const LONGEST_QUIET: Duration = Duration::from_secs(3600);
/// The longest part of Slack's own explanation that reaches a log, in characters.
const LONGEST_REASON: usize = 200;

/// `"ok": false`, and why.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Refusal {
    error: Option<String>,
    needed: Option<String>,
    response_metadata: Option<Metadata>,
}

#[derive(Debug, Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    messages: Vec<String>,
}

/// Slack's wait, from a `Retry-After` header in whole seconds.
pub(crate) fn quiet(retry_after: Option<&[u8]>) -> ChatError {
    let seconds = retry_after.and_then(|h| std::str::from_utf8(h).ok()?.trim().parse().ok());
    let wait = seconds.map_or(QUIET, Duration::from_secs);
    ChatError::Quiet(wait.clamp(Duration::from_secs(1), LONGEST_QUIET))
}

impl Refusal {
    /// Slack's code for it.
    pub(crate) fn code(&self) -> &str {
        self.error.as_deref().and_then(word).unwrap_or("unreadable_error")
    }

    /// Whether the blocks are the cause: then the same as plain text may be accepted.
    pub(crate) fn is_about_form(&self) -> bool {
        matches!(
            self.code(),
            "invalid_blocks"
                | "invalid_blocks_format"
                | "msg_blocks_too_long"
                | "msg_too_long"
                | "too_many_attachments"
        )
    }

    /// What the refusal means for the notifier.
    pub(crate) fn meaning(&self, retry_after: Option<&[u8]>) -> ChatError {
        let code = self.code();
        match code {
            "ratelimited" | "rate_limited" | "message_limit_exceeded" => quiet(retry_after),
            "not_in_channel" => ChatError::NoEntry(format!("{code}: invite the app, `/invite @Signalbox`")),
            "channel_not_found" => ChatError::NoEntry(format!(
                "{code}: no such channel, or a private one that the app is not in"
            )),
            "is_archived" | "user_not_found" | "cannot_dm_bot" | "messages_tab_disabled" | "is_inactive" => {
                ChatError::NoEntry(code.to_owned())
            }
            code if code.starts_with("restricted_action") => {
                ChatError::NoEntry(format!("{code}: a workspace setting forbids the app to post there"))
            }
            // A card that we may not edit counts as gone: another one is posted.
            "message_not_found" | "cant_update_message" | "edit_window_closed" | "thread_not_found" => {
                ChatError::Gone
            }
            "missing_scope" => {
                let needed = self.needed.as_deref().and_then(word).unwrap_or("see the app manifest");
                ChatError::Failed(format!("{code}: add the scope ({needed}) to the app and reinstall it"))
            }
            "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "not_allowed_token_type" => {
                ChatError::Failed(format!(
                    "{code}: set SLACK_BOT_TOKEN to the bot token shown on the app's page under OAuth & Permissions"
                ))
            }
            "account_inactive" | "org_login_required" | "team_access_not_granted" => {
                ChatError::Failed(format!("{code}: install the app in this workspace again"))
            }
            "internal_error"
            | "fatal_error"
            | "service_unavailable"
            | "request_timeout"
            | "team_added_to_org"
            | "accesslimited"
            | "unreadable_error" => ChatError::Failed(code.to_owned()),
            code => ChatError::Rejected(match self.reason() {
                Some(reason) => format!("{code}: {reason}"),
                None => code.to_owned(),
            }),
        }
    }

    fn reason(&self) -> Option<String> {
        let first = self.response_metadata.as_ref()?.messages.first()?;
        let plain: String = first.chars().filter(|c| !c.is_control()).collect();
        Some(cut_middle(&redact(&plain), LONGEST_REASON))
    }
}

fn word(text: &str) -> Option<&str> {
    let shaped = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.' | ',');
    ((1..=80).contains(&text.len()) && text.chars().all(shaped)).then_some(text)
}

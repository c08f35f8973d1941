//! What the app's token may do: <https://docs.slack.dev/reference/scopes>. A method that needs a scope which the token
//! lacks is refused by name, and what a scope lets the app hear it does not hear without it.

use super::arguments::Arguments;
use super::methods::Refusal;
use super::{Slack, room};

/// What the app asks for in its manifest, and more than it needs.
const ALL: &str = "commands,chat:write,chat:write.public,metadata.message:read,channels:history,groups:history,im:history,im:write";

impl Slack {
    /// The scopes that the app was installed with, comma-separated as Slack sends them. Until this is said it has all
    /// that it asks for.
    pub fn grant(&self, scopes: &str) {
        self.state().granted = Some(scopes.to_owned());
    }

    /// As `x-oauth-scopes` has them.
    pub(super) fn granted(&self) -> String {
        self.state().granted.clone().unwrap_or_else(|| ALL.to_owned())
    }

    pub(super) fn may(&self, scope: &str) -> bool {
        self.granted().split(',').any(|granted| granted.trim() == scope)
    }

    /// Whether the token may call this method with these arguments.
    pub(super) fn scoped(&self, method: &str, arguments: &Arguments) -> Result<(), Refusal> {
        let direct = || {
            let channel = arguments.string("channel").unwrap_or_default();
            room::room_id(channel).starts_with('D')
        };
        let needed = match method {
            "chat.postMessage" | "chat.postEphemeral" | "chat.update" => "chat:write",
            "conversations.open" => "im:write",
            "conversations.history" | "conversations.replies" if direct() => "im:history",
            "conversations.history" | "conversations.replies" => "channels:history",
            _ => return Ok(()),
        };
        if self.may(needed) { Ok(()) } else { Err(Refusal::lacking(needed, self.granted())) }
    }
}

//! What the app's token may do: <https://docs.slack.dev/reference/scopes>. If a method needs a scope that the token
//! lacks, the refusal names the scope. Without the scope for an event, the app does not get that event.

use super::arguments::Arguments;
use super::methods::Refusal;
use super::{Slack, room};

/// The scopes that the app asks for in its manifest, and more.
const ALL: &str = "commands,app_mentions:read,chat:write,chat:write.public,metadata.message:read,channels:history,groups:history,im:history,im:write";

impl Slack {
    /// Sets the scopes with which the app was installed, separated by commas as Slack sends them. Before this is
    /// called, the app has all scopes that it asks for.
    pub fn grant(&self, scopes: &str) {
        self.state().granted = Some(scopes.to_owned());
    }

    /// The scopes in the form of the header `x-oauth-scopes`.
    pub(super) fn granted(&self) -> String {
        self.state().granted.clone().unwrap_or_else(|| ALL.to_owned())
    }

    pub(super) fn may(&self, scope: &str) -> bool {
        self.granted().split(',').any(|granted| granted.trim() == scope)
    }

    /// Checks that the token may call this method with these arguments.
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

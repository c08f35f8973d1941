//! What a person is told at once, in Slack's form.

use crate::blocks::{Block, Message};
use crate::draw;
use crate::means::Means;
use serde_json::{Value, json};
use signalbox_domain::Timestamp;
use signalbox_domain::answer::Answer;

/// The answer in the form that a slash command returns: `{"response_type": "ephemeral", "text": …, "blocks": […]}`.
/// Ages are counted until `now`; with the workspace's domain, lists link to its messages.
#[must_use]
pub fn answer(answer: &Answer, now: Timestamp, domain: Option<&str>) -> Value {
    let message = message(answer, now, domain);
    json!({"response_type": "ephemeral", "text": message.text(), "blocks": message.blocks()})
}

pub(crate) fn message(answer: &Answer, now: Timestamp, domain: Option<&str>) -> Message {
    let page = signalbox_voice::answer(answer, now);
    let message = draw::message(&page, &Means { domain, ..Means::NONE });
    // For a long list, a notification says what its first block says.
    let first = message.blocks.iter().find_map(|block| match block {
        Block::Section(text) => Some(text.clone()),
        Block::Fields(_) | Block::Context(_) | Block::Image { .. } | Block::Actions(..) => None,
    });
    Message { fallback: first.unwrap_or_default(), ..message }
}

//! What a person is told at once, as Slack takes it.

use crate::blocks::{Block, Message};
use crate::draw;
use crate::means::Means;
use serde_json::{Value, json};
use signalbox_domain::Timestamp;
use signalbox_domain::answer::Answer;

/// The answer as Slack takes it from a slash command: `{"response_type": "ephemeral", "text": …, "blocks": […]}`.
/// `now` is what ages are counted from; with the workspace's domain lists link to its messages.
#[must_use]
pub fn answer(answer: &Answer, now: Timestamp, domain: Option<&str>) -> Value {
    let message = message(answer, now, domain);
    json!({"response_type": "ephemeral", "text": message.text(), "blocks": message.blocks()})
}

pub(crate) fn message(answer: &Answer, now: Timestamp, domain: Option<&str>) -> Message {
    let page = signalbox_voice::answer(answer, now);
    let message = draw::message(&page, &Means { domain, ..Means::NONE });
    // Of a long list a notification says what its first block does.
    let first = message.blocks.iter().find_map(|block| match block {
        Block::Section(text) => Some(text.clone()),
        Block::Fields(_) | Block::Context(_) | Block::Image { .. } | Block::Actions(..) => None,
    });
    Message { fallback: first.unwrap_or_default(), ..message }
}

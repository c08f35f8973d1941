//! What a person is told at once, in Slack's form.

use crate::blocks::{Drawn, Message};
use crate::draw;
use crate::means::Means;
use serde::Serialize;
use signalbox_domain::Timestamp;
use signalbox_domain::answer::Answer;

/// The answer in the form that a slash command returns, as JSON: `{"response_type": "ephemeral", "text": …, "blocks":
/// […]}`. Ages are counted until `now`; with the workspace's domain, lists link to its messages.
#[must_use]
pub fn answer(answer: &Answer, now: Timestamp, domain: Option<&str>) -> String {
    let message = message(answer, now, domain);
    let (text, blocks) = message.drawn();
    let body = Response { response_type: "ephemeral", text, blocks };
    // Texts and lists always have a form in JSON.
    serde_json::to_string(&body).unwrap_or_default()
}

#[derive(Serialize)]
struct Response<'m> {
    response_type: &'static str,
    text: String,
    blocks: Vec<Drawn<'m>>,
}

pub(crate) fn message(answer: &Answer, now: Timestamp, domain: Option<&str>) -> Message {
    draw::message(&signalbox_voice::answer(answer, now), &Means { domain, ..Means::NONE })
}

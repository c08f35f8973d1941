//! Whatever has a card, drawn for Slack.

use crate::blocks::{Block, Message};
use crate::markup;
use crate::means::Means;
use crate::text::Text;
use signalbox_domain::card::Drawing;
use signalbox_domain::ids::{AlertId, ChannelId, RecordId, RunId};

/// Draws whatever has a card: `id` is what its buttons carry.
pub(crate) fn draw(drawing: &Drawing, id: &RecordId, means: &Means<'_>) -> Message {
    match drawing {
        Drawing::Run(run) => crate::card::card(run, Some(&RunId::of(id))),
        Drawing::Alert(alert) => crate::alert::card(alert, &AlertId::of(id), means.deaf),
        Drawing::Bulletin(bulletin) => crate::bulletin::card(bulletin, means),
        Drawing::Escalation(escalation) => crate::escalation::card(escalation, means.domain),
        Drawing::Alone(of, channel) if matches!(**of, Drawing::Escalation(_)) => {
            let text = Text::default().ours(":information_source: This could not be posted in ");
            elsewhere(draw(of, id, means), text, channel, ". Have the app invited there.")
        }
        Drawing::Alone(of, channel) => alone(draw(of, id, means), channel),
        // No blocks: what is left is the text that every message has for notifications.
        Drawing::Plain(of) => Message { blocks: vec![], ..draw(of, id, means) },
    }
}

/// A person wonders why they got it.
fn alone(message: Message, channel: &ChannelId) -> Message {
    let text = Text::default().ours(":information_source: For you alone: this could not be posted in ");
    elsewhere(message, text, channel, ". Have it invited there, or ask in another channel.")
}

fn elsewhere(message: Message, text: Text, channel: &ChannelId, advice: &'static str) -> Message {
    let text = match markup::channel(channel.as_str()) {
        Some(channel) => text.ours(channel),
        None => text.ours("the channel where it was asked for"),
    };
    let text = text.ours(advice);
    let fallback = Text::join([message.fallback, text.clone()], "\n");
    Message { blocks: [vec![Block::Context(vec![text])], message.blocks].concat(), fallback }
}

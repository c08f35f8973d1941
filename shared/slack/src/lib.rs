//! Slack, seen from the engine: is this request Slack's, what does it ask for, and how does an answer or a card look
//! there. Slack's JSON stays in here.
//!
//! - [`Secrets`] checks a request's signature; nothing of a request is read before that.
//! - [`slash`], [`interaction`] and [`event`] read what was verified.
//! - [`picture()`] draws the charts that cards refer to.
//! - [`answer()`] draws what one person is told; [`SlackClient`] shows cards in channels.
//!
//! Text from outside never becomes markup: `text` knows it for what it is until it is written, and one renderer,
//! `blocks`, keeps every limit of Block Kit.

mod alert;
mod answer;
mod blocks;
mod bulletin;
mod card;
mod chart;
mod client;
mod drawing;
mod duration;
mod escalation;
mod explain;
mod form;
mod inbound;
mod markup;
mod means;
mod outbound;
mod picture;
mod refusal;
mod scopes;
mod signature;
mod silence;
#[cfg(test)]
mod tests;
mod text;
mod web_api;

pub use answer::answer;
pub use card::CANCEL;
pub use client::{DEFAULT_API_URL, Identity, SlackClient};
pub use form::form_answer;
pub use inbound::{
    BadPayload, DOOR, EventCallback, Interaction, Request, SlashCommand, Trigger, event, interaction,
    is_ssl_check, request, slash,
};
pub use outbound::{sign, slash_body};
pub use picture::picture;
pub use scopes::{MissingScope, missing};
pub use signature::{NoSecret, Secrets, TOLERANCE_SECONDS, Unverified};

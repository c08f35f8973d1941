//! Slack, seen from the engine: whether a request is from Slack, what it asks for, and how an answer or a card looks
//! there. Slack's JSON stays in this crate.
//!
//! - [`Secrets`] checks a request's signature; nothing of a request is read before that.
//! - [`slash`], [`interaction`] and [`event`] read what was verified.
//! - [`picture()`] draws the charts that cards refer to.
//! - [`answer()`] draws what one person is told; [`SlackClient`] shows cards in channels. The crate `voice` makes the
//!   words: here pages become blocks.
//!
//! Text from outside never becomes markup: `text` keeps it apart until it is written, and one renderer, `blocks`,
//! keeps every limit of Block Kit.

mod answer;
mod blocks;
mod client;
mod draw;
mod form;
mod inbound;
mod markup;
mod means;
mod objects;
mod outbound;
mod picture;
mod press;
mod refusal;
mod scopes;
mod signature;
#[cfg(test)]
mod tests;
mod text;
mod views;
mod web_api;

pub use answer::answer;
pub use client::{DEFAULT_API_URL, Identity, SlackClient};
pub use form::{Suggested, ask_answer, ask_view, form_answer, place_view, suggested};
pub use inbound::{
    BadPayload, DOOR, Did, EventCallback, FormEvent, Interaction, Request, Search, SlashCommand, Trigger,
    Used, ViewRef, event, interaction, is_ssl_check, request, slash,
};
pub use outbound::{sign, slash_body};
pub use picture::picture;
pub use press::CANCEL;
pub use scopes::{MissingScope, missing};
pub use signature::{NoSecret, Secrets, TOLERANCE_SECONDS, Unverified};

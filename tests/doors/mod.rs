//! What doors take in, and what they do with everything else: bodies, phrases, webhooks, alerts.

pub mod alertmanager;
pub mod alerts;
pub mod intake;
pub mod phrases;
pub mod vouched;
pub mod webhooks;

//! What doors take in, and what they do with everything else: request bodies, phrases, webhooks and alerts.

pub mod alertmanager;
pub mod alerts;
pub mod forms;
pub mod intake;
pub mod phrases;
pub mod placed;
pub mod vouched;
pub mod webhooks;

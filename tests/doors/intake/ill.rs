//! Queues that do not take messages properly, each in its own way.

use signalbox_engine::ports::{Delivery, Message, PortError, Queue};
use std::time::Duration;

/// A queue that is down, hangs, or loses its answers.
#[derive(Clone, Copy)]
pub enum Ill {
    Down,
    Hangs,
    Loses,
}

/// The words in which the person is told of each.
pub const ILLS: [(Ill, &str); 3] =
    [(Ill::Down, "nothing was started"), (Ill::Hangs, "not confirmed"), (Ill::Loses, "not confirmed")];

#[async_trait::async_trait]
impl Queue for Ill {
    async fn send(&self, _message: Message) -> Result<(), PortError> {
        match self {
            Self::Down => Err(PortError::Unavailable("canary-detail".into())),
            Self::Hangs => std::future::pending().await,
            Self::Loses => Err(PortError::NoAnswer("canary-detail".into())),
        }
    }
    async fn receive(&self, _limit: usize) -> Result<Vec<Delivery>, PortError> {
        Ok(vec![])
    }
    async fn ack(&self, _receipt: &str) -> Result<(), PortError> {
        Ok(())
    }
    async fn again(&self, _receipt: &str, _after: Duration) -> Result<(), PortError> {
        Ok(())
    }
}

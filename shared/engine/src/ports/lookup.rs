//! Systems that answer questions: which values there are, whether something holds, what changed.

use async_trait::async_trait;
use signalbox_domain::Timestamp;
use signalbox_domain::lookup::{Question, Reply, System};

/// A question was not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NoReply {
    /// Why, in words that a person may read; without secrets.
    pub why: String,
}

impl NoReply {
    /// For this reason.
    pub fn because(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }
}

/// A system that answers questions. Asking changes nothing there, so it may be repeated. Only the dispatcher asks.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// Which questions it answers: those whose [`Question::system`] this is.
    fn system(&self) -> System;
    /// Asks, and is over by `until`. "It is not there" is an answer only where the system says so itself; what could not
    /// be asked, or may be a lack of rights, is none.
    async fn ask(&self, question: &Question, until: Timestamp) -> Result<Reply, NoReply>;
}

//! The one way out.

use async_trait::async_trait;
use std::time::Duration;

/// Every outside call goes through one of these. The whole exchange, body included, is over by `timeout`.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a request and reads the whole answer.
    async fn call(
        &self,
        request: http::Request<bytes::Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<bytes::Bytes>, TransportError>;
}

/// What became of a call that brought no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Certain: not a byte of the request was sent.
    #[error("not sent: {0}")]
    NotSent(String),
    /// It may have arrived.
    #[error("no answer: {0}")]
    NoAnswer(String),
}

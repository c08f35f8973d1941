//! Ports that cost nothing.

use async_trait::async_trait;
use bytes::Bytes;
use signalbox_engine::ports::{Delivery, Message, PortError, Queue, Transport, TransportError};
use std::hint::black_box;
use std::time::Duration;

/// A queue that accepts at once and forgets.
pub struct Dropping;

#[async_trait]
impl Queue for Dropping {
    async fn send(&self, message: Message) -> Result<(), PortError> {
        drop(black_box(message));
        Ok(())
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

/// A place for calls to a chat. It is never called, because a slash command is answered in its own response.
pub struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn call(
        &self,
        _request: http::Request<Bytes>,
        _timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        Err(TransportError::NotSent("there is nothing to call".into()))
    }
}

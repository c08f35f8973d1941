//! A queue that answers in time.

use async_trait::async_trait;
use signalbox_engine::ports::{Delivery, Message, PortError, Queue};
use std::sync::Arc;
use std::time::Duration;

/// A queue whose `send` takes no longer than a person can be kept waiting. A call that took too long may still go on.
pub(crate) struct Prompt {
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) within: Duration,
}

#[async_trait]
impl Queue for Prompt {
    async fn send(&self, message: Message) -> Result<(), PortError> {
        let late = |_| PortError::NoAnswer("the queue did not answer in time".into());
        tokio::time::timeout(self.within, self.queue.send(message)).await.map_err(late)?
    }

    async fn receive(&self, limit: usize) -> Result<Vec<Delivery>, PortError> {
        self.queue.receive(limit).await
    }

    async fn ack(&self, receipt: &str) -> Result<(), PortError> {
        self.queue.ack(receipt).await
    }

    async fn again(&self, receipt: &str, after: Duration) -> Result<(), PortError> {
        self.queue.again(receipt, after).await
    }
}

//! A batch of SQS messages, each handled by itself:
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures::FutureExt;
use signalbox_aws::{Record, SqsQueue};
use signalbox_engine::pause;
use signalbox_engine::ports::{Delivery, PortError, Queue};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Never again.
    Done,
    /// Once more, after that long.
    Again(Duration),
}

/// Handles a batch message by message. What is not done becomes visible again after its pause, and so does whatever
/// comes after it in the batch, unhandled: within a group, order holds.
pub async fn settle<F>(batch: SqsEvent, queue: &SqsQueue, handle: F) -> SqsBatchResponse
where
    F: AsyncFn(&Delivery) -> Result<Settled, PortError>,
{
    let mut answer = SqsBatchResponse::default();
    for message in batch.records {
        let name = message.message_id.clone().unwrap_or_default();
        let delivery = Delivery::from(record(message));
        let after = if answer.batch_item_failures.is_empty() {
            match AssertUnwindSafe(handle(&delivery)).catch_unwind().await {
                Ok(Ok(Settled::Done)) => continue,
                Ok(Ok(Settled::Again(after))) => after,
                Ok(Err(error)) => failed(&delivery, &error.to_string()),
                // The panic's own words went to standard error; they may hold anything.
                Err(_) => failed(&delivery, "the handler panicked"),
            }
        } else {
            Duration::ZERO
        };
        if let Err(error) = queue.again(&delivery.receipt, after).await {
            tracing::warn!(id = %delivery.message.id, %error, "could not put a message back; it comes when its visibility is over");
        }
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = name;
        answer.batch_item_failures.push(failure);
    }
    answer
}

fn failed(delivery: &Delivery, error: &str) -> Duration {
    let after = pause(delivery.receives);
    tracing::error!(id = %delivery.message.id, %error, receives = delivery.receives, again_in_ms = after.as_millis(), "could not handle a message");
    after
}

fn record(message: SqsMessage) -> Record {
    Record {
        receipt: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
        system: message.attributes,
        own: message
            .message_attributes
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.string_value?)))
            .collect(),
    }
}

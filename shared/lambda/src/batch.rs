//! A batch of SQS messages, each handled by itself:
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures::FutureExt;
use signalbox_aws::Record;
use signalbox_engine::ports::{Delivery, PortError, Queue};
use signalbox_engine::{GivenBack, give_back, pause};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It is done: never deliver it again.
    Done,
    /// Deliver it once more, after that long.
    Again(Duration),
    /// A newer version wrote it, so it goes back.
    Newer,
}

/// Handles a batch message by message. A message that is not done becomes visible again after its pause, and so do
/// all messages after it in the batch, without being handled: so the order within a group holds.
pub async fn settle<F>(batch: SqsEvent, queue: &dyn Queue, handle: F) -> SqsBatchResponse
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
                Ok(Ok(Settled::Newer)) => match give_back(queue, &delivery).await {
                    Ok(GivenBack::After(pause)) => pause,
                    Ok(GivenBack::Elsewhere) => continue,
                    Err(error) => failed(&delivery, &error.to_string()),
                },
                Ok(Err(error)) => failed(&delivery, &error.to_string()),
                // The panic's own words are on standard error; they are not repeated here, because they may hold
                // anything.
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

#[cfg(test)]
mod tests {
    use super::*;
    use signalbox_engine::ports::Message;
    use signalbox_testkit::{MemoryQueue, VirtualClock};
    use std::collections::HashMap;
    use std::sync::Arc;

    fn batch(ids: &[&str]) -> SqsEvent {
        let message = |id: &&str| {
            let mut message = SqsMessage::default();
            message.message_id = Some((*id).to_owned());
            message.receipt_handle = Some(format!("receipt of {id}"));
            message.body = Some((*id).to_owned());
            message.attributes = HashMap::from([
                ("MessageGroupId".to_owned(), "g".to_owned()),
                ("MessageDeduplicationId".to_owned(), format!("dedup {id}")),
                ("ApproximateReceiveCount".to_owned(), "3".to_owned()),
            ]);
            message
        };
        let mut event = SqsEvent::default();
        event.records = ids.iter().map(message).collect();
        event
    }

    async fn failures(ids: &[&str]) -> Vec<String> {
        let clock = Arc::new(VirtualClock::at(signalbox_domain::Timestamp(0)));
        let queue = MemoryQueue::new(clock, Duration::from_secs(1));
        let handle = async |delivery: &Delivery| match delivery.message.body.as_slice() {
            b"good" => Ok(Settled::Done),
            b"later" => Ok(Settled::Again(Duration::from_secs(1))),
            b"newer" => Ok(Settled::Newer),
            b"panics" => panic!("a defect"),
            _ => Err(PortError::Conflict),
        };
        let answer = settle(batch(ids), &queue, handle).await;
        answer.batch_item_failures.into_iter().map(|f| f.item_identifier).collect()
    }

    #[tokio::test]
    async fn from_the_first_failure_on_nothing_of_a_batch_is_done() {
        assert_eq!(failures(&["good", "good"]).await, [""; 0]);
        assert_eq!(failures(&["good", "bad", "good"]).await, ["bad", "good"]);
        assert_eq!(failures(&["later", "good"]).await, ["later", "good"]);
        assert_eq!(failures(&["panics", "good"]).await, ["panics", "good"]);
        assert_eq!(failures(&["newer", "good"]).await, ["newer", "good"]);
        assert_eq!(failures(&[]).await, [""; 0]);
    }

    #[test]
    fn a_record_is_read_as_the_receiver_would() {
        let Some(record_of) = batch(&["x"]).records.pop() else { return };
        let delivery = Delivery::from(record(record_of));
        let message = Message { group: "g".into(), id: "dedup x".into(), body: b"x".to_vec() };
        assert_eq!((delivery.receives, delivery.message), (3, message));
    }
}

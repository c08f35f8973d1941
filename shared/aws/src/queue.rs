//! `Queue` over an SQS FIFO queue: the group is the message group, the id the deduplication id.

use crate::body::{Body, decode, encode, is_name};
use crate::failure::{unavailable, unbuilt};
use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Config;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::operation::RequestId;
use aws_sdk_sqs::types::{
    Message as Received, MessageAttributeValue, MessageSystemAttributeName as Attribute, QueueAttributeName,
};
use aws_smithy_runtime_api::client::result::ConnectorError;
use signalbox_domain::Timestamp;
use signalbox_domain::ids::Digest;
use signalbox_engine::ports::{Delivery, Message, PortError, Queue, TransportError};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Marks a body that is not the text itself; its value is `base64`.
const ENCODING: &str = "encoding";
/// The group and the id themselves, if SQS takes only their digests.
const GROUP: &str = "group";
const ID: &str = "id";
/// A message may be invisible for twelve hours after it was received; a longer time is refused:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>. It may
/// have been in work for as long as a function lives, fifteen minutes.
const LONGEST: u64 = (12 * 60 - 15) * 60;
/// The port's 256 KiB become 342 KiB in base64; SQS takes 1 MiB:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>.
const LARGEST: u64 = 1024 * 1024;

/// How often a message is sent at most.
const TRIES: u32 = 3;

/// One FIFO queue. How long a delivery is invisible is the queue's own attribute.
///
/// Each message is received by a call of its own. A batch of SQS may hold several messages of one group. Those that
/// have to wait for the first would count as received too, and would end as dead letters without being read.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    url: Arc<str>,
}

fn string(value: &str) -> Result<MessageAttributeValue, PortError> {
    MessageAttributeValue::builder().data_type("String").string_value(value).build().map_err(unbuilt)
}

/// The text, or its digest if SQS does not take the text as a name.
fn name(text: &str) -> String {
    if is_name(text) { text.to_owned() } else { Digest::of([text.as_bytes()]).to_string() }
}

/// A message as SQS hands it over in any way: to a receiver, or to a function in an event
/// (<https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>).
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Names this delivery.
    pub receipt: String,
    /// The body, as it is.
    pub body: String,
    /// SQS's own attributes, by their names.
    pub system: HashMap<String, String>,
    /// The sender's attributes of type `String`.
    pub own: HashMap<String, String>,
}

impl From<Record> for Delivery {
    fn from(record: Record) -> Self {
        let Record { receipt, body: text, system, mut own } = record;
        let of_sqs = |name: Attribute| system.get(name.as_str()).cloned().unwrap_or_default();
        let body = match own.get(ENCODING) {
            // Somebody else put this there. It is handed on as it is, and the reader will say that it makes no sense.
            Some(_) => decode(Body::Encoded(text.clone())).unwrap_or_else(|| text.into_bytes()),
            None => text.into_bytes(),
        };
        Self {
            receipt,
            receives: of_sqs(Attribute::ApproximateReceiveCount).parse().unwrap_or(1),
            sent: of_sqs(Attribute::SentTimestamp).parse().ok().map(Timestamp),
            sender: system.get(Attribute::SenderId.as_str()).cloned(),
            message: Message {
                group: own.remove(GROUP).unwrap_or_else(|| of_sqs(Attribute::MessageGroupId)),
                id: own.remove(ID).unwrap_or_else(|| of_sqs(Attribute::MessageDeduplicationId)),
                body,
            },
        }
    }
}

fn delivery(received: Received) -> Delivery {
    let system = received.attributes.unwrap_or_default();
    let own = received.message_attributes.unwrap_or_default();
    let record = Record {
        receipt: received.receipt_handle.unwrap_or_default(),
        body: received.body.unwrap_or_default(),
        system: system.into_iter().map(|(name, value)| (name.as_str().to_owned(), value)).collect(),
        own: own.into_iter().filter_map(|(name, value)| Some((name, value.string_value?))).collect(),
    };
    record.into()
}

/// Whether a receipt is out of date: another receiver has the message now, or it is gone, and there is nothing to do.
fn outdated(code: Option<&str>, message: Option<&str>) -> bool {
    match code {
        Some(
            "ReceiptHandleIsInvalid" | "MessageNotInflight" | "AWS.SimpleQueueService.MessageNotInflight",
        ) => true,
        Some("InvalidParameterValue" | "InvalidParameterValueException") => {
            message.is_some_and(|m| m.contains("expired"))
        }
        _ => false,
    }
}

fn unless_outdated<E, R>(what: &str, error: &SdkError<E, R>) -> Result<(), PortError>
where
    E: ProvideErrorMetadata,
    SdkError<E, R>: RequestId,
{
    match error.as_service_error() {
        Some(e) if outdated(e.code(), e.message()) => Ok(()),
        _ => Err(unavailable(what, error)),
    }
}

/// Whether a message may be on the queue although sending failed. It is certainly not there if the request was never
/// made, if there was no connection, or if SQS said no.
#[expect(clippy::wildcard_enum_match_arm, reason = "an enum that others may add to")]
fn may_have_arrived<E>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => false,
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            // Credentials or endpoint are wrong: there was no connection yet.
            None => false,
            Some(error) if error.is_user() => false,
            Some(error) => !is_not_sent(error),
        },
        SdkError::ServiceError(answer) => !answer.raw().status().is_client_error(),
        _ => true,
    }
}

fn is_not_sent(error: &ConnectorError) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(error) = inner.downcast_ref::<TransportError>() {
            return matches!(error, TransportError::NotSent(_));
        }
        cause = inner.source();
    }
    false
}

/// Whether another try may succeed: the connection failed, or SQS itself did.
#[expect(clippy::wildcard_enum_match_arm, reason = "an enum that others may add to")]
fn is_worth_repeating<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::DispatchFailure(failure) => failure.as_connector_error().is_some_and(|e| !e.is_user()),
        SdkError::ServiceError(answer) => {
            let throttled = answer.err().code().is_some_and(|code| code.contains("Throttl"));
            throttled || answer.raw().status().is_server_error()
        }
        SdkError::ResponseError(_) => true,
        _ => false,
    }
}

/// Whole seconds, rounded up so that it is never sooner than asked for.
fn seconds(after: Duration) -> i32 {
    let whole = after.as_secs().saturating_add(u64::from(after.subsec_nanos() > 0));
    i32::try_from(whole.min(LONGEST)).unwrap_or(i32::MAX)
}

impl SqsQueue {
    /// The queue of this address.
    #[must_use]
    pub fn new(client: Client, url: &str) -> Self {
        Self { client, url: url.into() }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Makes a FIFO queue, for tests and emulators; its name ends in `.fifo`. A real installation's queue has dead
    /// letters too.
    ///
    /// # Errors
    /// When there is another queue of that name, or the service cannot be reached.
    pub async fn create(client: Client, name: &str, visibility: Duration) -> Result<Self, PortError> {
        let attributes = HashMap::from([
            (QueueAttributeName::FifoQueue, "true".to_owned()),
            (QueueAttributeName::ContentBasedDeduplication, "false".to_owned()),
            (QueueAttributeName::MaximumMessageSize, LARGEST.to_string()),
            (QueueAttributeName::VisibilityTimeout, seconds(visibility).to_string()),
        ]);
        let request = client.create_queue().queue_name(name).set_attributes(Some(attributes));
        let made = request.send().await.map_err(|e| unavailable("making a queue", &e))?;
        let url = made.queue_url.ok_or_else(|| unbuilt("a queue without an address"))?;
        Ok(Self::new(client, &url))
    }

    /// Opens the connection before it is needed, by the cheapest call there is. If that fails, the first message
    /// shows it.
    pub async fn warm(&self) {
        let request = self.client.get_queue_attributes().queue_url(&*self.url);
        if let Err(error) = request.attribute_names(QueueAttributeName::QueueArn).send().await {
            tracing::debug!(error = %unavailable("opening a connection to SQS", &error), "not warmed");
        }
    }

    /// Sends messages that were received `most` times and come back to another queue; for tests and emulators.
    ///
    /// # Errors
    /// When the service cannot be reached.
    pub async fn bury_in(&self, dead: &Self, most: u32) -> Result<(), PortError> {
        let asked = dead.client.get_queue_attributes().queue_url(&*dead.url);
        let asked = asked.attribute_names(QueueAttributeName::QueueArn).send().await;
        let attributes = asked.map_err(|e| unavailable("reading a queue's attributes", &e))?.attributes;
        let arn = attributes.and_then(|mut a| a.remove(&QueueAttributeName::QueueArn));
        let arn = arn.ok_or_else(|| unbuilt("a queue without a name"))?;
        let policy = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"{most}"}}"#);
        let request = self.client.set_queue_attributes().queue_url(&*self.url);
        let request = request.attributes(QueueAttributeName::RedrivePolicy, policy);
        request.send().await.map_err(|e| unavailable("setting a queue's attributes", &e))?;
        Ok(())
    }

    async fn receive_one(&self) -> Result<Option<Received>, PortError> {
        let request = self
            .client
            .receive_message()
            .queue_url(&*self.url)
            .max_number_of_messages(1)
            .wait_time_seconds(0)
            .message_system_attribute_names(Attribute::ApproximateReceiveCount)
            .message_system_attribute_names(Attribute::MessageGroupId)
            .message_system_attribute_names(Attribute::SentTimestamp)
            .message_system_attribute_names(Attribute::SenderId)
            .message_system_attribute_names(Attribute::MessageDeduplicationId)
            .message_attribute_names("All");
        let answer = request.send().await.map_err(|e| unavailable("receiving", &e))?;
        Ok(answer.messages.unwrap_or_default().pop())
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, message: Message) -> Result<(), PortError> {
        let mut request = self
            .client
            .send_message()
            .queue_url(&*self.url)
            .message_group_id(name(&message.group))
            .message_deduplication_id(name(&message.id));
        for (attribute, text) in [(GROUP, &message.group), (ID, &message.id)] {
            if !is_name(text) {
                request = request.message_attributes(attribute, string(text)?);
            }
        }
        let request = match encode(message.body) {
            Body::Plain(text) => request.message_body(text),
            Body::Encoded(text) => request.message_body(text).message_attributes(ENCODING, string("base64")?),
        };
        // One try at a time: when the SDK makes several, only the last is known, and an earlier one may have arrived.
        let once = || Config::builder().retry_config(RetryConfig::disabled());
        let mut arrived = false;
        for left in (0..TRIES).rev() {
            let Err(error) = request.clone().customize().config_override(once()).send().await else {
                return Ok(());
            };
            arrived |= may_have_arrived(&error);
            // The deduplication id makes a repetition harmless.
            if left == 0 || !is_worth_repeating(&error) {
                let PortError::Unavailable(why) = unavailable("sending", &error) else { break };
                return Err(if arrived { PortError::NoAnswer(why) } else { PortError::Unavailable(why) });
            }
        }
        Err(PortError::NoAnswer("sending: no answer".into()))
    }

    async fn receive(&self, limit: usize) -> Result<Vec<Delivery>, PortError> {
        let mut deliveries = vec![];
        while deliveries.len() < limit {
            match self.receive_one().await {
                Ok(Some(received)) => deliveries.push(delivery(received)),
                Ok(None) => break,
                // Messages that were received are invisible by now, so they are handed on; the failure will come
                // again.
                Err(_) if !deliveries.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(deliveries)
    }

    async fn ack(&self, receipt: &str) -> Result<(), PortError> {
        let request = self.client.delete_message().queue_url(&*self.url).receipt_handle(receipt);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => unless_outdated("acknowledging", &error),
        }
    }

    async fn again(&self, receipt: &str, after: Duration) -> Result<(), PortError> {
        let request = self.client.change_message_visibility().queue_url(&*self.url);
        let request = request.receipt_handle(receipt).visibility_timeout(seconds(after));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => unless_outdated("putting back", &error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clients;
    use bytes::Bytes;
    use signalbox_engine::ports::Transport;
    use std::sync::Mutex;

    /// The result of one try.
    #[derive(Clone, Copy)]
    enum Try {
        NotSent,
        NoAnswer,
        Refused(u16, &'static str),
        Taken,
    }

    /// A network whose tries end as listed here, in order; the rest of the list was not needed.
    struct Told(Mutex<Vec<Try>>);

    #[async_trait]
    impl Transport for Told {
        async fn call(
            &self,
            _: http::Request<Bytes>,
            _: Duration,
        ) -> Result<http::Response<Bytes>, TransportError> {
            let next = self.0.lock().unwrap().remove(0);
            let (status, body) = match next {
                Try::NotSent => return Err(TransportError::NotSent("no route".into())),
                Try::NoAnswer => return Err(TransportError::NoAnswer("the connection was cut".into())),
                Try::Refused(status, code) => (status, format!(r#"{{"__type":"{code}"}}"#)),
                Try::Taken => (200, r#"{"MessageId":"1"}"#.to_owned()),
            };
            let answer = http::Response::builder().status(status);
            Ok(answer.header("content-type", "application/x-amz-json-1.0").body(body.into()).unwrap())
        }
    }

    #[tokio::test]
    async fn what_is_certainly_not_on_the_queue_is_told_from_what_may_be() {
        let (down, busy) = (Try::Refused(500, "InternalFailure"), Try::Refused(400, "RequestThrottled"));
        let denied = Try::Refused(403, "AccessDenied");
        for (what, tries, may_be_there) in [
            ("taken at once", &[Try::Taken][..], None),
            ("taken at last", &[Try::NotSent, down, Try::Taken], None),
            ("no connection, three times", &[Try::NotSent; 3], Some(false)),
            ("no answer, three times", &[Try::NoAnswer; 3], Some(true)),
            ("the first may have arrived", &[Try::NoAnswer, Try::NotSent, Try::NotSent], Some(true)),
            ("the second may have arrived", &[Try::NotSent, down, Try::NotSent], Some(true)),
            ("one may have arrived, then the key was taken away", &[Try::NoAnswer, denied], Some(true)),
            ("refused", &[denied], Some(false)),
            ("too many, three times", &[busy; 3], Some(false)),
            ("a server that fails", &[down; 3], Some(true)),
        ] {
            let told = Arc::new(Told(Mutex::new(tries.to_vec())));
            let client = Clients::emulator("http://127.0.0.1", told.clone()).sqs();
            let queue = SqsQueue::new(client, "http://127.0.0.1/0/intents.fifo");
            let message = Message { group: "g".into(), id: "1".into(), body: b"x".to_vec() };
            let sent = queue.send(message).await;
            let is = match &sent {
                Ok(()) => None,
                Err(error) => Some(matches!(error, PortError::NoAnswer(_))),
            };
            assert_eq!(is, may_be_there, "{what}: {sent:?}");
            assert!(told.0.lock().unwrap().is_empty(), "{what}: tried too seldom");
        }
    }

    #[test]
    fn seconds_are_rounded_up_and_end_before_twelve_hours() {
        for (after, is) in [
            (Duration::ZERO, 0),
            (Duration::from_millis(1), 1),
            (Duration::from_secs(5), 5),
            (Duration::from_millis(5001), 6),
            (Duration::from_secs(43_200), 42_300),
            (Duration::MAX, 42_300),
        ] {
            assert_eq!(seconds(after), is, "{after:?}");
        }
    }

    #[test]
    fn receipts_that_are_out_of_date() {
        let expired =
            "Value AQEB for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.";
        for (code, message, is) in [
            ("ReceiptHandleIsInvalid", "", true),
            ("MessageNotInflight", "", true),
            ("InvalidParameterValue", expired, true),
            ("InvalidParameterValue", "Value 43201 for parameter VisibilityTimeout is invalid.", false),
            ("AccessDenied", "", false),
        ] {
            assert_eq!(outdated(Some(code), Some(message)), is, "{code} {message}");
        }
    }
}

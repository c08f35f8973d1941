//! One way to make the SDK's clients, so that every call has an end.

use aws_config::timeout::{TimeoutConfig, TimeoutConfigBuilder};
use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::config::Credentials;
use std::time::Duration;

/// The SDK has no limit of its own for a whole call:
/// <https://docs.aws.amazon.com/sdk-for-rust/latest/dg/timeouts.html>. With its three attempts a call is over by then.
const CALL: Duration = Duration::from_secs(10);
/// One attempt of it.
const ATTEMPT: Duration = Duration::from_secs(4);

fn timeouts() -> TimeoutConfig {
    TimeoutConfigBuilder::new().operation_timeout(CALL).operation_attempt_timeout(ATTEMPT).build()
}

/// The clients that the adapters need; cheap to clone, and to be shared.
#[derive(Debug, Clone)]
pub struct Clients {
    /// For [`DynamoStore`](crate::DynamoStore).
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// For [`SqsQueue`](crate::SqsQueue).
    pub sqs: aws_sdk_sqs::Client,
}

impl Clients {
    /// As the surroundings say (`AWS_REGION`, a function's role, `AWS_ENDPOINT_URL`, …), by the SDK's own rules:
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>.
    pub async fn load() -> Self {
        let config = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts()).load().await;
        Self { dynamodb: aws_sdk_dynamodb::Client::new(&config), sqs: aws_sdk_sqs::Client::new(&config) }
    }

    /// An emulator at that address, such as `http://127.0.0.1:4566`; reads nothing from the surroundings.
    #[must_use]
    pub fn emulator(address: &str) -> Self {
        let nobody = || Credentials::new("emulator", "emulator", None, None, "emulator");
        let region = || Region::from_static("us-east-1");
        let dynamodb = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region())
            .endpoint_url(address)
            .credentials_provider(nobody())
            .timeout_config(timeouts())
            .build();
        let sqs = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region())
            .endpoint_url(address)
            .credentials_provider(nobody())
            .timeout_config(timeouts())
            .build();
        Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
            sqs: aws_sdk_sqs::Client::from_conf(sqs),
        }
    }
}

//! The one way to make the SDK's clients, so that every call has a time limit.

use crate::http::Through;
use crate::seals::SealBucket;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::timeout::{TimeoutConfig, TimeoutConfigBuilder};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use signalbox_engine::ports::{Clock, Transport};
use std::sync::Arc;
use std::time::Duration;

/// The SDK has no limit of its own for a whole call:
/// <https://docs.aws.amazon.com/sdk-for-rust/latest/dg/timeouts.html>. With its three attempts a call is over after
/// this.
const CALL: Duration = Duration::from_secs(10);
/// The limit for one attempt.
const ATTEMPT: Duration = Duration::from_secs(4);
/// A search through logs, all its attempts together.
const SEARCH: Duration = Duration::from_secs(30);

fn timeouts() -> TimeoutConfig {
    TimeoutConfigBuilder::new().operation_timeout(CALL).operation_attempt_timeout(ATTEMPT).build()
}

fn through(network: Arc<dyn Transport>) -> SharedHttpClient {
    SharedHttpClient::new(Through::new(network, ATTEMPT))
}

/// Makes the clients that the adapters need. A client is cheap to clone and to share; it connects when it is first
/// used, over the given transport.
#[derive(Debug, Clone)]
pub struct Clients(SdkConfig);

impl Clients {
    /// Settings from the environment of a person's command line (`AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL`, …),
    /// by the SDK's own rules: <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>.
    pub async fn load(network: Arc<dyn Transport>) -> Self {
        let loader = aws_config::defaults(BehaviorVersion::latest()).http_client(through(network));
        Self(loader.timeout_config(timeouts()).load().await)
    }

    /// Settings from a function's environment: region and endpoint as given, credentials from the environment, where
    /// Lambda puts those of its role (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>).
    /// Nothing else is looked for: that would be most of the time that the SDK takes to start.
    #[must_use]
    pub fn in_function(region: Option<String>, endpoint: Option<&str>, network: Arc<dyn Transport>) -> Self {
        Self::with(
            network,
            region.map(Region::new),
            endpoint,
            SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()),
        )
    }

    /// An emulator at that address, such as `http://127.0.0.1:4566`; reads nothing from the environment.
    #[must_use]
    pub fn emulator(address: &str, network: Arc<dyn Transport>) -> Self {
        let nobody = Credentials::new("emulator", "emulator", None, None, "emulator");
        Self::with(
            network,
            Some(Region::from_static("us-east-1")),
            Some(address),
            SharedCredentialsProvider::new(nobody),
        )
    }

    fn with(
        network: Arc<dyn Transport>,
        region: Option<Region>,
        endpoint: Option<&str>,
        credentials: SharedCredentialsProvider,
    ) -> Self {
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region)
            .credentials_provider(credentials)
            .timeout_config(timeouts())
            .http_client(through(network));
        config.set_endpoint_url(endpoint.map(str::to_owned));
        Self(config.build())
    }

    /// For [`DynamoStore`](crate::DynamoStore).
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.0)
    }

    /// For [`CloudWatch`](crate::CloudWatch). Searching logs takes longer than any other call, so the given transport
    /// is used with a time limit of its own.
    #[must_use]
    pub fn cloudwatchlogs(&self, network: Arc<dyn Transport>) -> aws_sdk_cloudwatchlogs::Client {
        let times = TimeoutConfigBuilder::new().operation_timeout(SEARCH).operation_attempt_timeout(SEARCH);
        let config = aws_sdk_cloudwatchlogs::config::Builder::from(&self.0)
            .timeout_config(times.build())
            .http_client(SharedHttpClient::new(Through::new(network, SEARCH)));
        aws_sdk_cloudwatchlogs::Client::from_conf(config.build())
    }

    /// For [`SqsQueue`](crate::SqsQueue).
    #[must_use]
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.0)
    }

    /// Copies of the seals at `s3://BUCKET/PREFIX`. `clock` is for the signatures.
    ///
    /// # Errors
    /// When the address has another form, or there is no region; the text says what to do.
    pub fn seals(
        &self,
        url: &str,
        network: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<SealBucket, String> {
        let (bucket, prefix) = crate::seals::place(url)
            .ok_or_else(|| format!("{url} is no place for copies of seals: one is s3://BUCKET/seals"))?;
        let region = self.0.region().ok_or("AWS_REGION is not set")?.to_string();
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let address = match self.0.endpoint_url() {
            Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.{region}.{suffix}"),
        };
        let credentials = self.0.credentials_provider();
        Ok(SealBucket { network, clock, credentials, region, address, prefix: prefix.to_owned() })
    }

    /// For [`Parameters`](crate::Parameters).
    #[must_use]
    pub fn ssm(&self) -> aws_sdk_ssm::Client {
        aws_sdk_ssm::Client::new(&self.0)
    }
}

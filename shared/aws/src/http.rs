//! One HTTP client for all of the SDK's clients, made when the first of them calls.
//!
//! Left to itself, each client of the SDK makes one of its own when it is made, reads and parses the system's root
//! certificates for it, throws it away, and does so again at its first call.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// The SDK's own client as it makes it itself, but for when. Connections are shared too.
#[derive(Debug)]
pub(crate) struct Lazily(SharedHttpClient);

impl Default for Lazily {
    fn default() -> Self {
        Self(Builder::new().build_with_connector_fn(connector))
    }
}

/// What `aws_smithy_runtime::client::http::default_https_client` makes, which is private.
fn connector(settings: Option<&HttpConnectorSettings>, components: Option<&RuntimeComponents>) -> Connector {
    let mut builder = Connector::builder().proxy_config(ProxyConfig::from_env());
    builder.set_connector_settings(settings.cloned());
    builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
    builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build()
}

// `validate_base_client_config` stays what it is by default, nothing: that is where the connector would be made in vain.
impl HttpClient for Lazily {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}

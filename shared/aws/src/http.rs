//! The SDK's calls go out like all other calls: through the [`Transport`]. So a function has one HTTP client and one
//! pool of connections, and reads the system's root certificates once; without this, each client of the SDK would
//! read them twice.

use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use signalbox_engine::ports::Transport;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Every body is complete before it is sent, and read to its end. How often a call is tried is for the SDK to decide.
#[derive(Clone)]
pub(crate) struct Through {
    network: Arc<dyn Transport>,
    timeout: Duration,
}

impl Through {
    /// `timeout` is for one attempt, connecting included.
    pub(crate) fn new(network: Arc<dyn Transport>, timeout: Duration) -> Self {
        Self { network, timeout }
    }
}

impl fmt::Debug for Through {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Through")
    }
}

impl HttpClient for Through {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        None
    }
}

impl HttpConnector for Through {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { network, timeout } = self.clone();
        HttpConnectorFuture::new(async move {
            let unusual = |what: &str| ConnectorError::user(what.to_owned().into());
            let request = request.try_into_http1x().map_err(|e| ConnectorError::user(e.into()))?;
            let (parts, body) = request.into_parts();
            let body = body.bytes().map(Bytes::copy_from_slice);
            let body = body.ok_or_else(|| unusual("a body that is not at hand"))?;
            // The SDK may try again whether or not the request arrived: each of its calls may be repeated.
            let answer = network.call(http::Request::from_parts(parts, body), timeout).await;
            let answer = answer.map_err(|e| ConnectorError::io(e.into()))?;
            HttpResponse::try_from(answer.map(SdkBody::from)).map_err(|e| ConnectorError::user(e.into()))
        })
    }
}

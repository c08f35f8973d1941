//! The SDK's calls go out as everybody else's do: through the [`Transport`]. So a function has one HTTP client, one pool
//! of connections, and reads the system's root certificates once; left to itself, each client of the SDK reads them
//! twice.

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

/// Every body is at hand before it is sent, and read to its end. How often a call is tried is the SDK's affair.
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
            // Whether it arrived or not, the SDK may try again: each of its calls bears that.
            let answer = network.call(http::Request::from_parts(parts, body), timeout).await;
            let answer = answer.map_err(|e| ConnectorError::io(e.into()))?;
            HttpResponse::try_from(answer.map(SdkBody::from)).map_err(|e| ConnectorError::user(e.into()))
        })
    }
}

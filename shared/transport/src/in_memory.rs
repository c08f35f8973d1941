//! A router in this process in place of the network: for the console and for tests.

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use signalbox_engine::ports::{Transport, TransportError};
use std::time::Duration;
use tower::ServiceExt;

/// Gives every request to a router, whatever host the request names.
pub struct InMemory(pub Router);

#[async_trait]
impl Transport for InMemory {
    async fn call(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let no_answer = |why: &dyn std::fmt::Display| TransportError::NoAnswer(why.to_string());
        let exchange = async {
            let response =
                self.0.clone().oneshot(request.map(Body::from)).await.map_err(|never| no_answer(&never))?;
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, crate::LONGEST_BODY).await.map_err(|e| no_answer(&e))?;
            Ok(http::Response::from_parts(parts, body))
        };
        tokio::time::timeout(timeout, exchange).await.map_err(|_| no_answer(&"no answer in time"))?
    }
}

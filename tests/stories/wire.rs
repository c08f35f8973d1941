//! The wire to a simulated system. It can be cut.

use async_trait::async_trait;
use axum::Router;
use bytes::Bytes;
use signalbox_engine::ports::{Transport, TransportError};
use signalbox_transport::InMemory;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A router that may be out of reach.
pub struct Wire {
    inner: InMemory,
    cut: AtomicBool,
    slow: Mutex<Vec<&'static str>>,
}

impl Wire {
    pub fn to(router: Router) -> Self {
        Self { inner: InMemory(router), cut: AtomicBool::new(false), slow: Mutex::default() }
    }

    /// Every request to an address that contains this text is answered too late.
    pub fn slow(&self, path_contains: &'static str) {
        self.slow.lock().unwrap().push(path_contains);
    }

    /// Cuts or restores the wire. While it is cut, it is certain that nothing is sent.
    pub fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Relaxed);
    }
}

#[async_trait]
impl Transport for Wire {
    async fn call(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        if self.cut.load(Ordering::Relaxed) {
            return Err(TransportError::NotSent("connection refused".into()));
        }
        let address = request.uri().to_string();
        if self.slow.lock().unwrap().iter().any(|part| address.contains(part)) {
            assert!(timeout < Duration::from_secs(4), "{address} is waited for {timeout:?}");
            return Err(TransportError::NoAnswer("timed out".into()));
        }
        self.inner.call(request, timeout).await
    }
}

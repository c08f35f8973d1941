//! [`Reqwest`] for programs that may never make a call. It is set up at the first call, because reading the system's
//! root certificates takes longer than everything else that a function does when it starts.

use crate::Reqwest;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use signalbox_engine::ports::{Transport, TransportError};
use std::sync::OnceLock;
use std::time::Duration;

/// HTTP over the network, set up when it is first needed. If it cannot be set up, the answer is `NotSent`.
#[derive(Debug, Default)]
pub struct Lazy(OnceLock<Result<Reqwest, String>>);

#[async_trait]
impl Transport for Lazy {
    async fn call(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        match self.0.get_or_init(Reqwest::new) {
            Ok(made) => made.call(request, timeout).await,
            Err(why) => Err(TransportError::NotSent(why.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_calls_and_fails_as_the_other_does() {
        let lazy = Lazy::default();
        for _ in 0..2 {
            let request = Request::get("ftp://127.0.0.1/x").body(Bytes::new()).unwrap();
            let answer = lazy.call(request, Duration::from_millis(100)).await;
            assert!(matches!(answer, Err(TransportError::NotSent(_))), "{answer:?}");
        }
    }
}

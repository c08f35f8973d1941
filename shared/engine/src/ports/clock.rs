//! Time.

use signalbox_domain::time::Timestamp;
use std::pin::Pin;
use std::time::Duration;

/// What time it is.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Waits for that long; only for use within a call that is bounded anyway. A test's clock may return at once, so
    /// a caller reads the time again afterwards, and waits no more often than it would in earnest.
    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let _ = pause;
        Box::pin(std::future::ready(()))
    }
}

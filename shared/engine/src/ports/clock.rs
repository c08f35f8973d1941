//! Time.

use signalbox_domain::time::Timestamp;
use std::pin::Pin;
use std::time::Duration;

/// What time it is.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Waits for that long: within a call that is bounded anyway, and nowhere else. A clock of a test that waits for
    /// nothing is over at once; whoever waits asks it what time it is afterwards, and no more often than they would wait.
    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let _ = pause;
        Box::pin(std::future::ready(()))
    }
}

//! The one place that reads the wall clock and the machine's time zone.

use jiff::tz::TimeZone;
use signalbox_domain::Timestamp;
use signalbox_engine::ports::Clock;
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        now()
    }

    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(pause))
    }
}

/// Now, by the machine's clock.
#[expect(clippy::disallowed_methods, reason = "this is the clock's adapter")]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The machine's time zone, or the one of the variable `TZ`. If it cannot be read, UTC, and the log says so.
pub fn zone() -> TimeZone {
    TimeZone::try_system().unwrap_or_else(|error| {
        tracing::warn!(%error, "the time zone cannot be read: times in log files without an offset are taken for UTC");
        TimeZone::UTC
    })
}

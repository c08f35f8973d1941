//! The wall clock, as the binaries have it.

use signalbox_domain::Timestamp;
use signalbox_engine::ports::Clock;
use std::time::{SystemTime, UNIX_EPOCH};

/// The clock of the machine.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        now()
    }
}

/// The present time by the machine's clock.
#[expect(clippy::disallowed_methods, reason = "this is the clock's adapter")]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

//! Requests without a valid signature or secret: counted, and logged at most once a minute.

use signalbox_domain::Timestamp;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Counts unauthenticated requests and says so at most once a minute.
#[derive(Debug, Default)]
pub struct TurnedAway {
    count: AtomicU64,
    said_in_minute: AtomicI64,
}

impl TurnedAway {
    pub(crate) fn note(&self, door: &str, now: Timestamp, why: &dyn std::fmt::Display) {
        let minute = now.seconds() / 60;
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        if self.said_in_minute.swap(minute, Ordering::Relaxed) != minute {
            tracing::warn!(door, count, %why, "turned away requests that nobody we know signed");
        }
    }
}

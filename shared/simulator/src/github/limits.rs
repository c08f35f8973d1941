//! The primary and the secondary rate limit, which follow the simulator's clock.
//!
//! <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>. GitHub does not say how it
//! measures the minute of the secondary limit; here it is the last sixty seconds.

use std::collections::{HashMap, VecDeque};

use serde_json::{Value, json};

use super::GitHubSettings;
use super::reply::Reply;

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;
/// How many calls an hour may be made without authentication.
const ANONYMOUS: u32 = 60;

/// The limits, by whom they are for. The empty name is for calls without authentication.
#[derive(Debug, Default)]
pub(super) struct Limits {
    windows: HashMap<&'static str, Window>,
}

#[derive(Debug, Default)]
struct Window {
    since_ms: Option<i64>,
    used: u32,
    points: VecDeque<(i64, u32)>,
}

/// A limit in the form in which headers show it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub(super) limit: u32,
    pub(super) used: u32,
    pub(super) reset_s: i64,
}

impl Budget {
    pub(super) fn remaining(&self) -> u32 {
        self.limit.saturating_sub(self.used)
    }

    /// The form in which `GET /rate_limit` shows it.
    pub(super) fn wire(&self) -> Value {
        json!({"limit": self.limit, "used": self.used, "remaining": self.remaining(), "reset": self.reset_s})
    }
}

impl Limits {
    /// The state of the primary limit. If its hour is over, it begins again.
    pub(super) fn budget(&mut self, who: &'static str, now: i64, settings: &GitHubSettings) -> Budget {
        let window = self.windows.entry(who).or_default();
        if window.since_ms.is_some_and(|since| now >= since + HOUR_MS) {
            window.since_ms = None;
            window.used = 0;
        }
        let limit = if who.is_empty() { ANONYMOUS } else { settings.primary_limit };
        let reset_ms = window.since_ms.unwrap_or(now) + HOUR_MS;
        // Rounded up to the next whole second, so that a client that waits until then is not too early.
        Budget { limit, used: window.used, reset_s: (reset_ms + 999).div_euclid(1_000) }
    }

    /// Refuses a call that exceeds one of the limits. A refused call does not count.
    pub(super) fn admit(
        &mut self,
        who: &'static str,
        points: u32,
        now: i64,
        settings: &GitHubSettings,
    ) -> Result<(), Reply> {
        if self.budget(who, now, settings).remaining() == 0 {
            return Err(primary());
        }
        let window = self.windows.entry(who).or_default();
        while window.points.front().is_some_and(|(at, _)| *at + MINUTE_MS <= now) {
            window.points.pop_front();
        }
        let spent: u32 = window.points.iter().map(|(_, points)| points).sum();
        if spent + points > settings.secondary_limit {
            return Err(secondary(403, Some(60)));
        }
        window.points.push_back((now, points));
        Ok(())
    }

    /// Counts a call against the primary limit after it was carried out.
    pub(super) fn count(&mut self, who: &'static str, now: i64) {
        let window = self.windows.entry(who).or_default();
        window.since_ms.get_or_insert(now);
        window.used += 1;
    }
}

pub(super) fn primary() -> Reply {
    Reply::refusal(403, "API rate limit exceeded for user ID 1.")
}

pub(super) fn secondary(status: u16, retry_after_s: Option<u32>) -> Reply {
    let reply = Reply::refusal(
        status,
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    );
    match retry_after_s {
        Some(seconds) => reply.header("retry-after", seconds.to_string()),
        None => reply,
    }
}

//! GitHub's rate limits: <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>.
//!
//! After a 403 or 429 that speaks of a limit, nothing is sent until GitHub allows it again. Before that, the pauses
//! between looks grow if the calls of the hour are used up faster than the hour passes, or if looks fill the minute.
//! Where the reserve begins there are no looks: dispatches and cancels must still get through.

use crate::pace::Pace;
use http::{HeaderMap, StatusCode};
use signalbox_domain::time::Timestamp;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The rule if no header says how long: a minute, doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(900);
/// The longest time that a wait from GitHub, or a proxy before it, is obeyed: GitHub's own limits are by the hour.
const LONGEST_QUIET: Duration = Duration::from_secs(3600);
/// When only this share of the hour's calls is left, looks stop: it is kept for dispatches and cancels.
const RESERVE: f64 = 0.05;
/// The hour that the primary limit counts.
const HOUR_MS: f64 = 3_600_000.0;
/// No pause between looks grows beyond this.
const LONGEST_REST: Duration = Duration::from_secs(900);

/// At most this many looks in any minute. GitHub takes 900 points a minute; a read costs one, a write five. The 400
/// that are left are 80 writes, and GitHub takes no more than 80 writes a minute from anybody.
const MOST_LOOKS: usize = 500;
/// From this many looks a minute the pauses grow. 200 runs that are looked at once a minute, in two calls, make as
/// many; young runs, which are looked at more often, have to wait longer then.
const EASY_LOOKS: u32 = 400;

/// What GitHub said last, and the looks we made lately.
#[derive(Debug)]
pub(crate) struct Limits {
    said: Mutex<Said>,
    pace: Pace,
}

/// Why a look is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// The hour's calls run short.
    OfTheHour(Duration),
    /// Other runs are looked at too, and it is their turn.
    OfTheMinute(Duration),
}

impl Default for Limits {
    fn default() -> Self {
        Self { said: Mutex::default(), pace: Pace::new(EASY_LOOKS, MOST_LOOKS) }
    }
}

#[derive(Debug, Default)]
struct Said {
    quiet_until: Option<Timestamp>,
    /// How often in a row a limit was met without a header that says how long.
    in_a_row: u32,
    primary: Option<Primary>,
}

#[derive(Debug, Clone, Copy)]
struct Primary {
    limit: f64,
    remaining: f64,
    reset: Timestamp,
}

impl Limits {
    /// How long to be quiet from now on, if at all.
    pub(crate) fn quiet(&self, now: Timestamp) -> Option<Duration> {
        self.said(|s| s.quiet_until).filter(|until| *until > now).map(|until| until.since(now))
    }

    /// Notes an answer. `Some` if it says that a limit was met: nothing was done, and for so long to be quiet.
    pub(crate) fn heed(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Option<Duration> {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        let remaining = number("x-ratelimit-remaining");
        let reset = number("x-ratelimit-reset").map(|s| Timestamp(s.saturating_mul(1000)));
        let limited = matches!(status, StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS);
        self.said(|s| {
            if let (Some(limit), Some(remaining), Some(reset)) =
                (number("x-ratelimit-limit"), remaining, reset)
            {
                #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
                let (limit, remaining) = (limit.max(1) as f64, remaining as f64);
                s.primary = Some(Primary { limit, remaining, reset });
            }
            let retry_after = number("retry-after").and_then(|n| u64::try_from(n).ok());
            let pause = if !limited {
                s.in_a_row = 0;
                return None;
            } else if let Some(seconds) = retry_after {
                Duration::from_secs(seconds)
            } else if let (Some(0), Some(reset)) = (remaining, reset) {
                // One second more, because GitHub's clock is not ours.
                reset.since(now) + Duration::from_secs(1)
            } else if status == StatusCode::TOO_MANY_REQUESTS || speaks_of_a_limit(body) {
                s.in_a_row += 1;
                (FIRST_PAUSE * 2u32.saturating_pow(s.in_a_row - 1).min(64)).min(LONGEST_PAUSE)
            } else {
                return None;
            };
            let pause = pause.min(LONGEST_QUIET);
            s.quiet_until = Some(now.plus(pause));
            Some(pause)
        })
    }

    /// Notes a look that is about to be made; dispatches, cancels and searches do not count.
    ///
    /// # Errors
    /// How long to rest: because the rest of the hour's calls is kept for these, or only because other runs are
    /// looked at too.
    pub(crate) fn look(&self, now: Timestamp) -> Result<(), Rest> {
        let primary = self.said(|s| s.primary).filter(|p| p.reset > now);
        match primary.filter(|p| p.remaining <= p.limit * RESERVE) {
            Some(primary) => Err(Rest::OfTheHour(primary.reset.since(now).min(LONGEST_REST))),
            None => self.pace.look(now).map_err(Rest::OfTheMinute),
        }
    }

    /// How long to rest between two looks where `usual` is the usual pause; `None` if that pause is not known to be
    /// too short.
    pub(crate) fn rest(&self, usual: Duration, now: Timestamp) -> Option<Duration> {
        let of_the_minute = self.pace.rest(usual, now).map(|rest| rest.min(LONGEST_REST));
        self.of_the_hour(usual, now).max(of_the_minute)
    }

    /// The rest is longer, the further the calls that are left lag behind the time that is left. At first it is zero:
    /// the hour begins with one call less than there is time for, and that is no reason to wait a minute.
    fn of_the_hour(&self, usual: Duration, now: Timestamp) -> Option<Duration> {
        let primary = self.said(|s| s.primary)?;
        let left = primary.reset.since(now);
        if left.is_zero() {
            return None;
        }
        if primary.remaining <= primary.limit * RESERVE {
            return Some(left.min(LONGEST_REST));
        }
        let of_time = (left.as_secs_f64() * 1000.0 / HOUR_MS).min(1.0);
        let of_calls = (primary.remaining / primary.limit - RESERVE) / (1.0 - RESERVE);
        (of_calls < of_time).then(|| {
            usual.mul_f64((of_time / of_calls).powi(3).min(1000.0) - 1.0).min(LONGEST_REST).min(left)
        })
    }

    fn said<T>(&self, look: impl FnOnce(&mut Said) -> T) -> T {
        look(&mut self.said.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A 403 means a limit or a missing permission; only for a limit does the body speak of one.
fn speaks_of_a_limit(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body.get(..2000).unwrap_or(body)).to_ascii_lowercase();
    text.contains("rate limit") || text.contains("abuse detection")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_219_200_000);

    fn headers(all: &[(&'static str, i64)]) -> HeaderMap {
        all.iter().map(|(n, v)| (http::HeaderName::from_static(n), (*v).into())).collect()
    }

    #[test]
    fn what_a_limit_says() {
        let reset = NOW.seconds() + 600;
        let seconds = |status: u16, all: &[(&'static str, i64)], body: &str| {
            let status = StatusCode::from_u16(status).unwrap();
            let pause = Limits::default().heed(status, &headers(all), body.as_bytes(), NOW);
            pause.map(|p| p.as_secs())
        };
        // Retry-After counts first, then the primary limit's reset, then a minute.
        assert_eq!(seconds(403, &[("retry-after", 30), ("x-ratelimit-remaining", 0)], ""), Some(30));
        assert_eq!(
            seconds(429, &[("x-ratelimit-remaining", 0), ("x-ratelimit-reset", reset)], ""),
            Some(601)
        );
        assert_eq!(seconds(429, &[], ""), Some(60));
        assert_eq!(seconds(403, &[], "You have exceeded a secondary rate limit."), Some(60));
        // A proxy that gives an absurd number must not stop us for a year.
        assert_eq!(seconds(429, &[("retry-after", i64::MAX)], ""), Some(3600));
        let never = [("x-ratelimit-remaining", 0), ("x-ratelimit-reset", i64::MAX)];
        assert_eq!(seconds(429, &never, ""), Some(3600));
        // A missing permission is not a limit, and neither is a success that used the last call.
        assert_eq!(
            seconds(403, &[("x-ratelimit-remaining", 9)], "Resource not accessible by integration"),
            None
        );
        assert_eq!(seconds(200, &[("x-ratelimit-remaining", 0), ("x-ratelimit-reset", reset)], ""), None);
    }

    #[test]
    fn without_a_header_the_pause_doubles() {
        let limits = Limits::default();
        let meet =
            || limits.heed(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new(), b"", NOW).unwrap().as_secs();
        assert_eq!([meet(), meet(), meet(), meet(), meet(), meet()], [60, 120, 240, 480, 900, 900]);
        assert_eq!(limits.quiet(NOW).map(|q| q.as_secs()), Some(900));
        assert_eq!(limits.quiet(NOW.plus(Duration::from_secs(900))), None);
        assert!(limits.heed(StatusCode::OK, &HeaderMap::new(), b"", NOW).is_none());
        assert_eq!(meet(), 60);
    }

    #[test]
    fn looks_make_room_for_dispatches() {
        let rest = |remaining: i64, minutes: i64| {
            let limits = Limits::default();
            let reset = NOW.seconds() + minutes * 60;
            let all = [
                ("x-ratelimit-limit", 5000),
                ("x-ratelimit-remaining", remaining),
                ("x-ratelimit-reset", reset),
            ];
            limits.heed(StatusCode::OK, &headers(&all), b"", NOW);
            limits.rest(Duration::from_secs(10), NOW).map(|r| r.as_secs())
        };
        assert_eq!(rest(5000, 60), None);
        assert_eq!(rest(2000, 12), None);
        assert_eq!(rest(4999, 60), Some(0));
        assert_eq!(rest(4800, 60), Some(1));
        assert_eq!(rest(3900, 60), Some(12));
        assert_eq!(rest(2500, 60), Some(84));
        assert_eq!(rest(250, 5), Some(300));
        assert_eq!(rest(0, 60), Some(900));
        assert_eq!(rest(0, 0), None);
    }

    #[test]
    fn the_reserve_is_not_for_looks() {
        let look = |remaining: i64| {
            let limits = Limits::default();
            let reset = ("x-ratelimit-reset", NOW.seconds() + 300);
            let all = [("x-ratelimit-limit", 5000), ("x-ratelimit-remaining", remaining), reset];
            limits.heed(StatusCode::OK, &headers(&all), b"", NOW);
            (limits.look(NOW), limits.look(NOW.plus(Duration::from_secs(300))))
        };
        assert_eq!(look(251), (Ok(()), Ok(())));
        assert_eq!(look(250), (Err(Rest::OfTheHour(Duration::from_secs(300))), Ok(())));
    }
}

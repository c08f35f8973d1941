//! How often a system is looked at: the more looks within the last minute, the longer the pauses. With a single run
//! this is not noticed; 200 runs together do not become a flood.

use signalbox_domain::time::Timestamp;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// The looks of the last minute.
#[derive(Debug)]
pub(crate) struct Pace {
    looks: Mutex<VecDeque<Timestamp>>,
    /// At this many looks a minute the pause is the usual one. With fewer looks it is shorter, with more it is longer.
    easy: u32,
    /// At most this many looks a minute.
    most: usize,
}

impl Pace {
    pub(crate) fn new(easy: u32, most: usize) -> Self {
        Self { looks: Mutex::default(), easy, most }
    }

    /// Notes a look that is about to be made.
    ///
    /// # Errors
    /// How long to rest, if there were too many looks: then this one must not be made.
    pub(crate) fn look(&self, now: Timestamp) -> Result<(), Duration> {
        self.latest(now, |looks| match looks.front().filter(|_| looks.len() >= self.most) {
            Some(oldest) => Err(oldest.plus(MINUTE).since(now)),
            None => {
                looks.push_back(now);
                Ok(())
            }
        })
    }

    /// The least time to rest between two looks, where `usual` is a pause that is long enough for many looks. It
    /// grows slowly at first: a tenth of the easy number of looks gives a thousandth of the usual pause.
    pub(crate) fn rest(&self, usual: Duration, now: Timestamp) -> Option<Duration> {
        let looks = u32::try_from(self.latest(now, |looks| looks.len())).unwrap_or(u32::MAX);
        let part = f64::from(looks) / f64::from(self.easy);
        (looks > 0).then(|| usual.mul_f64(part.powi(3).min(1000.0)))
    }

    /// The looks within the last minute, the oldest first.
    fn latest<T>(&self, now: Timestamp, then: impl FnOnce(&mut VecDeque<Timestamp>) -> T) -> T {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        while looks.front().is_some_and(|at| at.plus(MINUTE) <= now) {
            looks.pop_front();
        }
        then(&mut looks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_219_200_000);

    #[test]
    fn the_more_looks_a_minute_the_longer_the_pauses_and_never_too_many() {
        let pace = Pace::new(400, 500);
        let later = |seconds| NOW.plus(Duration::from_secs(seconds));
        let look = |n: u32, now| (0..n).filter(|_| pace.look(now).is_ok()).count();
        let rest = |now| pace.rest(MINUTE, now).map(|r| r.as_secs());
        assert_eq!(rest(NOW), None);
        assert_eq!((look(100, NOW), rest(NOW)), (100, Some(0)));
        assert_eq!((look(300, later(20)), rest(later(20))), (300, Some(60)));
        assert_eq!((look(300, later(40)), rest(later(40))), (100, Some(117)));
        assert_eq!(pace.look(later(40)), Err(Duration::from_secs(20)));
        // The first hundred looks are a minute old.
        assert_eq!((look(300, later(60)), look(1, later(79))), (100, 0));
        assert_eq!(look(1000, later(200)), 500);
    }
}

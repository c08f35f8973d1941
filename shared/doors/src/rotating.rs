//! Secrets that change while a door is open.

use signalbox_domain::Timestamp;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A value is read again when it is this old, in seconds.
const KEPT: i64 = 300;
/// After a signature that does not hold, the value is read again at most this often, in seconds.
const AT_MOST_EVERY: i64 = 60;

/// Reads the value anew.
pub type Source<T> = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, String>> + Send>> + Send + Sync>;

/// A value from somewhere else, such as the secrets that are valid now. It is read again every five minutes and, at
/// most once a minute, when a request has a signature that does not hold. So a rotation needs no deploy.
pub struct Rotating<T> {
    kept: Mutex<(Arc<T>, Timestamp)>,
    source: Option<Source<T>>,
    /// Held while the value is read again, so that several requests with a new secret at the same time all wait for
    /// it.
    reading: tokio::sync::Mutex<()>,
}

impl<T> fmt::Debug for Rotating<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotating").field("rotates", &self.source.is_some()).finish_non_exhaustive()
    }
}

impl<T> From<T> for Rotating<T> {
    /// A value that never changes.
    fn from(value: T) -> Self {
        Self {
            kept: Mutex::new((Arc::new(value), Timestamp(0))),
            source: None,
            reading: tokio::sync::Mutex::default(),
        }
    }
}

impl<T> Rotating<T> {
    /// `value` was read from `source` just now.
    pub fn new(value: T, now: Timestamp, source: Source<T>) -> Self {
        Self {
            kept: Mutex::new((Arc::new(value), now)),
            source: Some(source),
            reading: tokio::sync::Mutex::default(),
        }
    }

    /// The value; read again first, if it is old. If that fails, the old one stays. Requests that come during the
    /// reading take the old one.
    pub async fn current(&self, now: Timestamp) -> Arc<T> {
        if self.is_older(now, KEPT)
            && let Ok(reading) = self.reading.try_lock()
        {
            self.reread(now).await;
            drop(reading);
        }
        self.kept().0.clone()
    }

    /// The value, if it is another one than `seen`. It is read again, unless that was tried within the last minute;
    /// if another request is reading it right now, this waits for that.
    pub async fn newer_than(&self, seen: &Arc<T>, now: Timestamp) -> Option<Arc<T>> {
        let reading = self.reading.lock().await;
        if Arc::ptr_eq(&self.kept().0, seen) && self.is_older(now, AT_MOST_EVERY) {
            self.reread(now).await;
        }
        drop(reading);
        Some(self.kept().0.clone()).filter(|value| !Arc::ptr_eq(value, seen))
    }

    fn kept(&self) -> MutexGuard<'_, (Arc<T>, Timestamp)> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_older(&self, now: Timestamp, seconds: i64) -> bool {
        now.seconds() - self.kept().1.seconds() >= seconds
    }

    async fn reread(&self, now: Timestamp) {
        let Some(source) = &self.source else { return };
        self.kept().1 = now;
        match source().await {
            Ok(value) => self.kept().0 = Arc::new(value),
            Err(error) => {
                tracing::error!(%error, "could not read the secrets again; those of before stay valid here");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1000)
    }

    fn counting(reads: &Arc<AtomicU32>) -> Rotating<u32> {
        let reads = reads.clone();
        let source: Source<u32> = Arc::new(move || {
            let nth = reads.fetch_add(1, Ordering::Relaxed) + 1;
            Box::pin(async move { if nth == 3 { Err("gone".to_owned()) } else { Ok(nth) } })
        });
        Rotating::new(0, at(0), source)
    }

    #[tokio::test]
    async fn it_is_read_again_when_it_is_old_and_when_a_signature_does_not_hold() {
        let reads = Arc::default();
        let secret = counting(&reads);
        assert_eq!(*secret.current(at(299)).await, 0);
        let first = secret.current(at(300)).await;
        assert_eq!(*first, 1);
        assert_eq!(secret.newer_than(&first, at(359)).await, None);
        let second = secret.newer_than(&first, at(360)).await.unwrap();
        assert_eq!(*second, 2);
        // The value cannot be read: the old one stays, and it is not read again at once.
        assert_eq!(secret.newer_than(&second, at(420)).await, None);
        assert_eq!(*secret.current(at(421)).await, 2);
        assert_eq!(secret.newer_than(&second, at(480)).await.as_deref(), Some(&4));
        assert_eq!(reads.load(Ordering::Relaxed), 4);
        let fixed = Rotating::from(7);
        let seven = fixed.current(at(9999)).await;
        assert_eq!((*seven, fixed.newer_than(&seven, at(9999)).await), (7, None));
    }

    /// Not only the first of them: all were signed with the new secret.
    #[tokio::test]
    async fn of_several_who_know_a_new_secret_each_is_judged_by_it() {
        let reads: Arc<AtomicU32> = Arc::default();
        let gate = Arc::new(tokio::sync::Semaphore::new(0));
        let (count, wait) = (reads.clone(), gate.clone());
        let source: Source<u32> = Arc::new(move || {
            let (count, wait) = (count.clone(), wait.clone());
            Box::pin(async move {
                wait.acquire().await.unwrap().forget();
                Ok(count.fetch_add(1, Ordering::Relaxed) + 1)
            })
        });
        let secret = Arc::new(Rotating::new(0, at(0), source));
        let old = secret.current(at(100)).await;
        let knocks = (0..4).map(|_| {
            let (secret, old) = (secret.clone(), old.clone());
            tokio::spawn(async move { secret.newer_than(&old, at(100)).await.as_deref().copied() })
        });
        let knocks: Vec<_> = knocks.collect();
        tokio::task::yield_now().await;
        gate.add_permits(1);
        for knock in knocks {
            assert_eq!(knock.await.unwrap(), Some(1));
        }
        assert_eq!(
            secret.newer_than(&old, at(101)).await.as_deref(),
            Some(&1),
            "within the same minute, too"
        );
        assert_eq!(reads.load(Ordering::Relaxed), 1);
    }
}

//! Secrets that change while a door is open.

use signalbox_domain::Timestamp;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

/// A value is read again when it is this old, in seconds.
const KEPT: i64 = 300;
/// After a signature that does not hold it is read again at most this often, in seconds.
const AT_MOST_EVERY: i64 = 60;

/// Reads the value anew.
pub type Source<T> = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, String>> + Send>> + Send + Sync>;

/// A value from somewhere else, such as the secrets that are valid now. A rotation needs no deploy: it is read again
/// every five minutes, and, at most once a minute, when somebody knocks with a signature that does not hold.
pub struct Rotating<T> {
    kept: Mutex<(Arc<T>, Timestamp)>,
    source: Option<Source<T>>,
}

impl<T> fmt::Debug for Rotating<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotating").field("rotates", &self.source.is_some()).finish_non_exhaustive()
    }
}

impl<T> From<T> for Rotating<T> {
    /// One that never changes.
    fn from(value: T) -> Self {
        Self { kept: Mutex::new((Arc::new(value), Timestamp(0))), source: None }
    }
}

impl<T> Rotating<T> {
    /// `value` was read from `source` just now.
    pub fn new(value: T, now: Timestamp, source: Source<T>) -> Self {
        Self { kept: Mutex::new((Arc::new(value), now)), source: Some(source) }
    }

    /// The value; read again first, if it is old. If that fails, the old one stays.
    pub async fn current(&self, now: Timestamp) -> Arc<T> {
        match self.reread(now, KEPT).await {
            Some(value) => value,
            None => self.kept.lock().unwrap_or_else(PoisonError::into_inner).0.clone(),
        }
    }

    /// The value read again, unless that was tried within the last minute.
    pub async fn reread_soon(&self, now: Timestamp) -> Option<Arc<T>> {
        self.reread(now, AT_MOST_EVERY).await
    }

    async fn reread(&self, now: Timestamp, after: i64) -> Option<Arc<T>> {
        let source = self.source.as_ref()?;
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if now.seconds() - kept.1.seconds() < after {
                return None;
            }
            // Whoever comes while it is being read takes the old one.
            kept.1 = now;
        }
        match source().await {
            Ok(value) => {
                let value = Arc::new(value);
                self.kept.lock().unwrap_or_else(PoisonError::into_inner).0 = value.clone();
                Some(value)
            }
            Err(error) => {
                tracing::error!(%error, "could not read the secrets again; those of before stay valid here");
                None
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
        assert_eq!(*secret.current(at(300)).await, 1);
        assert_eq!(secret.reread_soon(at(359)).await, None);
        assert_eq!(secret.reread_soon(at(360)).await.as_deref(), Some(&2));
        // It cannot be read: the old one stays, and it is not asked for again at once.
        assert_eq!(secret.reread_soon(at(420)).await, None);
        assert_eq!(*secret.current(at(421)).await, 2);
        assert_eq!(secret.reread_soon(at(480)).await.as_deref(), Some(&4));
        assert_eq!(reads.load(Ordering::Relaxed), 4);
        let fixed = Rotating::from(7);
        assert_eq!((*fixed.current(at(9999)).await, fixed.reread_soon(at(9999)).await), (7, None));
    }
}

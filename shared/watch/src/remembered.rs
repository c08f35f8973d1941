//! Memos as values: read, changed, and put back only if nobody else put them meanwhile.

use serde::Serialize;
use serde::de::DeserializeOwned;
use signalbox_domain::Timestamp;
use signalbox_domain::watch::Watch;
use signalbox_engine::ports::{Memo, Memos, PortError};

/// The largest memo that the port takes, in bytes.
pub(crate) const LARGEST: usize = 300 * 1024;

/// A value and the revision it was read at; 0 if there was none.
#[derive(Debug, Clone)]
pub(crate) struct Remembered<T> {
    pub(crate) value: T,
    revision: u64,
}

impl<T> Remembered<T> {
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }
}

/// The shelf for everything that is kept of a watch.
pub(crate) fn shelf(watch: &Watch) -> String {
    format!("watch/{}", watch.name)
}

/// The value, or the default where there is none.
pub(crate) async fn load<T: DeserializeOwned + Default>(
    memos: &(impl Memos + ?Sized),
    shelf: &str,
    key: &str,
) -> Result<Remembered<T>, PortError> {
    match memos.memo(shelf, key).await? {
        Some(memo) => {
            let value = serde_json::from_slice(&memo.body)
                .map_err(|e| PortError::Unavailable(format!("cannot read the memo {key} of {shelf}: {e}")))?;
            Ok(Remembered { value, revision: memo.revision })
        }
        None => Ok(Remembered { value: T::default(), revision: 0 }),
    }
}

/// Puts it back.
///
/// # Errors
/// `Conflict` if somebody else put one since it was read.
pub(crate) async fn save<T: Serialize>(
    memos: &(impl Memos + ?Sized),
    shelf: &str,
    key: &str,
    kept: &mut Remembered<T>,
    until: Option<Timestamp>,
) -> Result<(), PortError> {
    let body = serde_json::to_vec(&kept.value)
        .map_err(|e| PortError::Unavailable(format!("cannot write the memo {key} of {shelf}: {e}")))?;
    let revision = kept.revision + 1;
    let memo = Memo { shelf: shelf.to_owned(), key: key.to_owned(), revision, body, until };
    memos.put_memo(memo).await?;
    kept.revision = revision;
    Ok(())
}

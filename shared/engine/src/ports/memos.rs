//! A place for counts.

use super::PortError;
use async_trait::async_trait;
use signalbox_domain::Timestamp;

/// Something small that is kept under a key, and replaced under a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memo {
    /// Which shelf: 1 to 200 bytes of printable ASCII.
    pub shelf: String,
    /// Its key there: 1 to 200 bytes of printable ASCII.
    pub key: String,
    /// Rises with every write; the condition of the next. The first is 1.
    pub revision: u64,
    /// At most 300 KiB.
    pub body: Vec<u8>,
    /// It may be forgotten from then on; `None`: never.
    pub until: Option<Timestamp>,
}

/// A place for counts. It is no record of what happened: that is the event log.
#[async_trait]
pub trait Memos: Send + Sync {
    /// One memo.
    async fn memo(&self, shelf: &str, key: &str) -> Result<Option<Memo>, PortError>;
    /// Memos of a shelf in the order of their keys, from `from` on, before `to`. At most `limit`, which is at most
    /// 1,000; the last one's key with a zero byte is the next page's `from`.
    async fn memos(&self, shelf: &str, from: &str, to: &str, limit: usize) -> Result<Vec<Memo>, PortError>;
    /// Puts a memo if its revision is still `memo.revision - 1` (0: none). Else [`PortError::Conflict`].
    async fn put_memo(&self, memo: Memo) -> Result<(), PortError>;
    /// Takes one away if there is one.
    async fn drop_memo(&self, shelf: &str, key: &str) -> Result<(), PortError>;
}

//! Copies of the seals.

use super::{PortError, SealRow};
use async_trait::async_trait;
use signalbox_domain::ids::Digest;
use signalbox_domain::time::Day;
use std::collections::{BTreeMap, BTreeSet};

/// Copies of the seals, where whoever writes the store cannot change them.
#[async_trait]
pub trait SealCopies: Send + Sync {
    /// The days whose seals have a copy.
    async fn days(&self) -> Result<BTreeSet<Day>, PortError>;
    /// Keeps a copy of the seal's bytes, whole or not at all, unless its day has one: that one stays. Whether it did.
    async fn keep(&self, seal: &SealRow) -> Result<bool, PortError>;
    /// The SHA-256 of each copy's bytes: of the one that was kept first, whatever was put over it.
    async fn hashes(&self) -> Result<BTreeMap<Day, Digest>, PortError>;
}

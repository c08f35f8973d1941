//! Copies of the seals.

use super::{PortError, SealRow};
use async_trait::async_trait;
use signalbox_domain::ids::Digest;
use signalbox_domain::time::Day;
use std::collections::{BTreeMap, BTreeSet};

/// Copies of the seals, in a place where nobody who can write the store can change them.
#[async_trait]
pub trait SealCopies: Send + Sync {
    /// The days whose seals have a copy.
    async fn days(&self) -> Result<BTreeSet<Day>, PortError>;
    /// Keeps a copy of the seal's bytes, whole or not at all. If the day has a copy already, that one stays. Gives
    /// whether it kept this one.
    async fn keep(&self, seal: &SealRow) -> Result<bool, PortError>;
    /// The SHA-256 of each copy's bytes: of the copy that was kept first, even if something was put over it.
    async fn hashes(&self) -> Result<BTreeMap<Day, Digest>, PortError>;
}

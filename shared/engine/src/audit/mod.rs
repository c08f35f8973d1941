//! The audit: daily seals over the chained events, and the check of both.

mod seal;
mod verify;

pub use seal::{GRACE, seal_days};
pub use verify::{Break, Verified, verify};

//! The audit: daily seals over the chained events, and the check of both.

mod broken;
mod seal;
mod sealed;
mod verify;

pub use broken::Break;
pub use seal::{GRACE, seal_days};
pub use verify::{Verified, verify};

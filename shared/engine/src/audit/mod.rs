//! The audit: daily seals over the chained events, and the check of both.

mod broken;
mod copies;
mod rebuild;
mod seal;
mod sealed;
mod verify;

pub use broken::Break;
pub use copies::{Copying, day_of_copy, name_of_copy};
pub use rebuild::{Rebuilt, Wrong, rebuild};
pub use seal::{GRACE, seal_days};
pub use verify::{Verified, verify};

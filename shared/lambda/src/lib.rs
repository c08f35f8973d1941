//! What the Lambda functions share: their settings, their secrets, their logs, and how a batch of SQS is handled. A
//! function's `main.rs` says only what the function is made of.
//!
//! Nothing here decides anything. It must never log a secret or a body.

mod batch;
mod clock;
mod environment;
mod home;
mod log;
mod secrets;
mod watch;

pub use batch::{Settled, settle};
pub use home::Home;
pub use secrets::{Fresh, Reader, Values};
pub use watch::before_the_end;

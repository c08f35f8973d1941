//! What the Lambda functions have in common: their settings, their secrets, their logs, and how a batch of SQS is
//! handled. A function's `main.rs` says what it is made of, and nothing else.
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

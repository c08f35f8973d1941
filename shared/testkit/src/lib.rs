//! For tests only: a virtual clock, ports in memory with gates at which tests can stop or crash a worker, and the
//! contract suites that every adapter of a port must pass.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a failed assumption of a test shall stop it"
)]

pub mod contract;
mod gate;
mod memory;
mod memory_queue;
pub mod samples;

pub use gate::{Gate, VirtualClock, poll_once};
pub use memory::{MemoryStore, Tables};
pub use memory_queue::{MemoryQueue, Waiting};

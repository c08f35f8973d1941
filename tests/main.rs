//! All tests that look at the crates from outside, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a failed assumption of a test shall stop it"
)]

mod architecture;
mod audit;
mod binary;
mod deployed;
mod doors;
mod lookups;
mod ports;
mod schedules;
mod stories;

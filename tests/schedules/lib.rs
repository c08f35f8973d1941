//! Crash schedules: the real engine in worlds where everything goes wrong that can go wrong. Each schedule has a world
//! of its own.
#![expect(clippy::unwrap_used, reason = "a failed assumption of a test shall stop it")]

pub mod schedule;

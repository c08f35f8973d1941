//! Crash schedules: the real engine in worlds where everything that can go wrong does, one world per schedule.
#![expect(clippy::unwrap_used, reason = "a failed assumption of a test shall stop it")]

pub mod schedule;
